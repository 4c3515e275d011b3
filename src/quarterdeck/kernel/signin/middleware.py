"""What a signed-in request brings: a second factor where one is asked, one's own language and time zone, and that the
session is in use."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Final

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.signin import second_factor

#: Seconds between two notes that a session is in use.
SEEN_EVERY = 300
#: What is served to someone who has yet to set up the second factor: the way to one, and the way out.
WAY: Final = frozenset(
    {
        "second_factor",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "account_logout",
        "profile_theme",
        "alive",
    }
)
API: Final = "/api/"
FORBIDDEN: Final = 403


class SessionsSeen(UserSessionsMiddleware):  # type: ignore[misc]  # allauth ships no types
    """Middleware: notes when and from where each session was last used, every few minutes only.

    A note at every page would make each reader wait for the one writer of SQLite.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it when it is time, and answer."""
        key = request.session.session_key
        due = key and cache.add(f"session-seen:{key}", True, timeout=SEEN_EVERY)
        answer: HttpResponse = super().__call__(request) if due else self.get_response(request)
        return answer


class SecondFactor:
    """Middleware: whoever has to set up a second factor is served nothing else, be it a page, a file or the API.

    Addresses are told apart by their names, as the resolver sees them, never by how they begin. API tokens are no
    session and keep working: a call with one is made without the session beside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the set-up."""
        wanted = settings.SECOND_FACTOR != second_factor.NOBODY and settings.SESSION_COOKIE_NAME in request.COOKIES
        if not wanted or not second_factor.lacking(request):
            return self.get_response(request)
        if self._is_way(request):
            request.session.setdefault(second_factor.AFTER, settings.LOGIN_REDIRECT_URL)
            # The pages of the set-up stand without the frame, which would show what there is.
            request.own_layout = "ui/auth.html"  # type: ignore[attr-defined]  # read by signin/own.html
            return self.get_response(request)
        if request.path_info.startswith(API):
            if request.headers.get("Authorization", "").lower().startswith("bearer "):
                request.user = AnonymousUser()
                return self.get_response(request)
            return _told_to_programs()
        place = reverse("second_factor")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=FORBIDDEN, headers={"HX-Redirect": place})
        if request.method == "GET" and "text/html" in request.headers.get("Accept", "text/html"):
            request.session[second_factor.AFTER] = request.get_full_path()
        return redirect(place)

    def _is_way(self, request: HttpRequest) -> bool:
        try:
            return resolve(request.path_info).url_name in WAY
        except Resolver404:
            return False


def _told_to_programs() -> HttpResponse:
    """Return the refusal as the API words its others."""
    body = {
        "type": "about:blank",
        "title": "Second step wanted",
        "status": FORBIDDEN,
        "detail": _("Set up a second step of signing in first: open %(address)s in a browser.")
        % {"address": reverse("second_factor")},
    }
    return JsonResponse(body, status=FORBIDDEN, content_type="application/problem+json")


class Preferences:
    """Middleware: activates what the signed-in user has chosen; the organisation's settings otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate, answer, put back."""
        # Only a session cookie makes it worth asking who this is; static answers stay without a query.
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        zone = self._zone(user) if isinstance(user, User) else None
        if isinstance(user, User) and user.language and user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or user.language
        with timezone.override(zone):
            return self.get_response(request)

    def _zone(self, user: User) -> zoneinfo.ZoneInfo | None:
        try:
            return zoneinfo.ZoneInfo(user.time_zone) if user.time_zone else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return None
