"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.suppliers.pages.ranking import ranking
from quarterdeck.apps.suppliers.pages.stock import item_page
from quarterdeck.apps.suppliers.pages.supplier import page

urlpatterns = [
    path("suppliers/ranking/", ranking, name="suppliers-ranking"),
    path("stock-items/<str:code>/overview/", item_page, name="suppliers-stock-item"),
    path("suppliers/<str:code>/overview/", page, name="suppliers-page"),
]
