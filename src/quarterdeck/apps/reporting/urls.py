"""Addresses of the bespoke pages, stated from the root."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import path

from quarterdeck.apps.portfolio.choices import WORDS
from quarterdeck.apps.reporting.pages import dashboard, health, packs, report_writing, reports

_Views = dict[str, tuple[Callable[..., HttpResponseBase], str]]
_REPORTS: _Views = {
    "": (reports.reports, "reports"),
    "start/": (report_writing.start, "report-start"),
    "<int:pk>/": (reports.report, "report"),
    "<int:pk>/write/": (report_writing.write, "report-write"),
    "<int:pk>/report.pdf": (reports.pdf, "report-pdf"),
    "<int:pk>/do/<slug:verb>/": (report_writing.act, "report-act"),
}
_PACKS: _Views = {
    "": (packs.pack, "pack"),
    "<int:pk>/progress": (packs.progress, "pack-progress"),
    "<int:pk>/file": (packs.download, "pack-file"),
}

urlpatterns = [
    path("portfolio/dashboard/", dashboard.start, name="portfolio-dashboard"),
    *(
        path(f"{word}/<str:code>/dashboard/", dashboard.dashboard, {"kind": kind}, name=f"{kind}-dashboard")
        for kind, word in WORDS.items()
    ),
    *(
        path(f"{word}/<str:code>/health/", health.health, {"kind": kind}, name=f"{kind}-health")
        for kind, word in WORDS.items()
    ),
    *(
        path(f"{word}/<str:code>/reports/{rest}", view, {"kind": kind}, name=f"{kind}-{name}")
        for kind, word in WORDS.items()
        for rest, (view, name) in _REPORTS.items()
    ),
    *(
        path(f"{word}/<str:code>/pack/{rest}", view, {"kind": kind}, name=f"{kind}-{name}")
        for kind, word in WORDS.items()
        for rest, (view, name) in _PACKS.items()
    ),
]
