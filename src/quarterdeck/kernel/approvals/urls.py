"""Addresses of the approval pages; included at `/approvals/`."""

from typing import Any

from django.urls import path

from quarterdeck.kernel.approvals import pages

app_name = "approvals"

_views: list[tuple[str, Any, str]] = [
    ("", pages.waiting_list, "waiting"),
    ("asked", pages.asked_list, "asked"),
    ("<int:pk>/", pages.approval_page, "approval"),
    ("<int:pk>/decide", pages.approval_decide, "decide"),
    ("<int:pk>/delegate", pages.approval_delegate, "delegate"),
    ("<int:pk>/withdraw", pages.approval_withdraw, "withdraw"),
    ("<int:pk>/remind", pages.approval_remind, "remind"),
]
urlpatterns = [path(route, view, name=name) for route, view, name in _views]
