"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.finance.pages.money import choose, page
from quarterdeck.apps.portfolio.choices import WORDS

urlpatterns = [
    *(
        path(f"{word}/<str:code>/money/", page, {"kind": kind}, name=f"finance-{kind}-money")
        for kind, word in WORDS.items()
    ),
    *(
        path(f"{word}/<str:code>/money/forecast/", choose, {"kind": kind}, name=f"finance-{kind}-forecast")
        for kind, word in WORDS.items()
        if kind == "project"
    ),
]
