"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.governance.pages import raid
from quarterdeck.apps.portfolio.choices import WORDS

urlpatterns = [
    path("risks/heat-map/", raid.everywhere, name="risk-heat-map"),
    *(path(f"{word}/<str:code>/raid/", raid.page, {"kind": kind}, name=f"{kind}-raid") for kind, word in WORDS.items()),
]
