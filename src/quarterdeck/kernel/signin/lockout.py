"""The lockout after failed sign-ins: whom it counts, and the page it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from axes.helpers import get_cool_off, get_failure_limit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOO_MANY = 429


def attempted_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str | None:
    """Return the address that was tried, lower-cased, from the credentials or the form; one name for one lockout."""
    tried = credentials or {}
    name = tried.get("email") or tried.get("username") or (request.POST.get("login") if request else None)
    return str(name).strip().lower() if name else None


def client_address(request: HttpRequest) -> str | None:
    """Return the address the request came from; behind a trusted proxy, the one that the proxy saw.

    A sign-in that came over no network, such as one that a program makes itself, has none.
    """
    if not request.META.get("REMOTE_ADDR"):
        return None
    address: str | None = get_adapter().get_client_ip(request)
    return address


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any = None) -> HttpResponse:
    """Return the page that says how long signing in is closed; it tells nothing about the account."""
    cool_off = get_cool_off(request)
    minutes = max(1, round(cool_off.total_seconds() / 60)) if cool_off else 0
    context = {"minutes": minutes, "limit": get_failure_limit(request, credentials)}
    page = render(request, "signin/locked_out.html", context, status=TOO_MANY)
    if minutes:
        page.headers["Retry-After"] = str(minutes * 60)
    return page
