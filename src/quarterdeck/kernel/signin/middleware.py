"""What a signed-in request brings: one's own language and time zone, and that the session is in use."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from quarterdeck.kernel.access.models import User

#: Seconds between two notes that a session is in use.
SEEN_EVERY = 300


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
