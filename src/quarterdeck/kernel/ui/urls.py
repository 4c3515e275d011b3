"""Addresses of the guide, from the root."""

from django.urls import path

from quarterdeck.kernel.ui import guide

urlpatterns = [
    path("help/", guide.contents, name="guide"),
    path("help/img/<str:name>", guide.picture, name="guide_picture"),
    path("help/<slug:name>/", guide.page, name="guide_page"),
]
