"""Addresses of the job pages; included at `/jobs/`."""

from typing import Any

from django.urls import path

from quarterdeck.kernel.jobs import pages

app_name = "jobs"

_views: list[tuple[str, Any, str]] = [
    ("", pages.job_list, "list"),
    ("<int:pk>/", pages.job_page, "job"),
    ("<int:pk>/progress", pages.job_progress, "progress"),
    ("<int:pk>/cancel", pages.job_cancel, "cancel"),
    ("<int:pk>/retry", pages.job_retry, "retry"),
]
urlpatterns = [path(route, view, name=name) for route, view, name in _views]
