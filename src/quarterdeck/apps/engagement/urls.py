"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.engagement.pages import stakeholders
from quarterdeck.apps.portfolio.choices import WORDS

urlpatterns = [
    path("stakeholders/map/", stakeholders.everywhere, name="stakeholder-map"),
    *(
        path(f"{word}/<str:code>/stakeholders/", stakeholders.page, {"kind": kind}, name=f"{kind}-stakeholders")
        for kind, word in WORDS.items()
    ),
]
