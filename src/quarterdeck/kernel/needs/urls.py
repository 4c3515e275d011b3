"""Addresses of the landing page, stated from the root."""

from django.urls import path

from quarterdeck.kernel.needs import exception_pages, pages, saying

urlpatterns = [
    path("", pages.landing, name="needs-you"),
    path("exceptions/", exception_pages.exception_list, name="exceptions"),
    path("exceptions/<int:pk>/", exception_pages.exception_page, name="exception"),
    path("exceptions/say/<slug:verb>/", saying.say_many, name="exceptions-say"),
    path("exceptions/export.csv", exception_pages.export, {"kind": "csv"}, name="exceptions-csv"),
    path("exceptions/export.xlsx", exception_pages.export, {"kind": "xlsx"}, name="exceptions-xlsx"),
    path("needs/<slug:source>/<int:pk>/<slug:verb>/", pages.act, name="needs-act"),
]
