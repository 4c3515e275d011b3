"""One's own language and time zone, in force for the length of a request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from quarterdeck.kernel.access.models import User


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
