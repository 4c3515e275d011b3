"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.people import pages

urlpatterns = [
    path("people/chart/", pages.chart, name="people-chart"),
    path("people/raci/", pages.raci, name="people-raci"),
]
