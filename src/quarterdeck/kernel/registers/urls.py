"""The addresses of every register. They come last in the site's list, after the bespoke pages."""

from __future__ import annotations

from django.urls import path

from quarterdeck.kernel.registers.pages import bulk, companions, edit, exchange, listing, record

urlpatterns = [
    path("undo/<uuid:batch>/", record.undo, name="undo"),
    path("open/<str:record_type>/<int:pk>/", record.open_record, name="open-record"),
    path("<slug:slug>/", listing.list_page, name="register-list"),
    path("<slug:slug>/new/", edit.add, name="register-add"),
    path("<slug:slug>/bulk/", bulk.bulk_edit, name="register-bulk"),
    path("<slug:slug>/bulk/remove/", bulk.bulk_remove, name="register-bulk-remove"),
    path("<slug:slug>/options/<str:name>/", listing.options, name="register-options"),
    path("<slug:slug>/views/", listing.save_view, name="register-view-save"),
    path("<slug:slug>/views/<int:pk>/remove/", listing.remove_view, name="register-view-remove"),
    *exchange.urlpatterns,
    path("<slug:slug>/<str:ref>/", record.record_page, name="register-record"),
    path("<slug:slug>/<str:ref>/panel/", record.panel, name="register-panel"),
    path("<slug:slug>/<str:ref>/edit/", edit.edit, name="register-edit"),
    path("<slug:slug>/<str:ref>/row/", edit.row, name="register-row"),
    path("<slug:slug>/<str:ref>/history/", record.history, name="register-history"),
    path("<slug:slug>/<str:ref>/remove/", record.remove, name="register-remove"),
    path("<slug:slug>/<str:ref>/do/<str:name>/", record.act, name="register-act"),
    path("<slug:slug>/<str:ref>/mentions/", companions.mentions, name="register-mentions"),
    path("<slug:slug>/<str:ref>/with/<str:verb>/", companions.companion, name="register-companion"),
]
