"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path
from django.views.generic import RedirectView

from quarterdeck.apps.portfolio.choices import WORDS
from quarterdeck.apps.portfolio.pages import from_template, home, map

urlpatterns = [
    path("initiatives/from-template/", from_template.from_template, name="portfolio-from-template"),
    path("portfolio/map/", map.portfolio_map, name="portfolio-map"),
    *(
        path(f"{word}/<str:code>/", home.home, {"kind": kind}, name=f"portfolio-{kind}-home")
        for kind, word in WORDS.items()
    ),
    *(path(f"{word}/", RedirectView.as_view(url=f"/initiatives/?f.kind={kind}")) for kind, word in WORDS.items()),
]
