"""Addresses of the landing page, stated from the root."""

from django.urls import path

from quarterdeck.kernel.needs import pages

urlpatterns = [
    path("", pages.landing, name="needs-you"),
    path("exceptions/", pages.exception_list, name="exceptions"),
    path("needs/<slug:source>/<int:pk>/<slug:verb>/", pages.act, name="needs-act"),
]
