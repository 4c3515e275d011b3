"""Gives each request its actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Elevation, User

#: Session key of the elevation in force.
ELEVATION = "elevation"
_FOUND = "_elevation"


def actor_for(request: HttpRequest) -> Actor:
    """Return the actor of a request: the signed-in user, elevated or as someone else while an elevation lasts."""
    now = clock.now()
    if not request.user.is_authenticated:
        return Actor(user=None, now=now)
    # `request.user` is a lazy proxy; an actor is handed on to services, which take the user itself.
    user: Any = getattr(request.user, "_wrapped", request.user)
    open_ = elevation(request, user)
    if open_ is None:
        return Actor(user=user, now=now)
    if open_.kind == Elevation.Kind.ADMINISTER:
        return Actor(user=user, now=now, unlimited=True)
    return Actor(user=open_.target, now=now, behind=user, read_only=open_.kind == Elevation.Kind.VIEW_AS)


def elevation(request: HttpRequest, user: User) -> Elevation | None:
    """Return the elevation that this session is in, if it has not ended; read once a request."""
    pk = request.session.get(ELEVATION)
    if not pk or not user.is_administrator:
        return None
    known: Elevation | None
    if hasattr(request, _FOUND):
        known = getattr(request, _FOUND)
        return known
    known = (
        Elevation.objects.select_related("target")
        .filter(pk=pk, user=user, ended_at__isnull=True, ends_at__gt=clock.now())
        .first()
    )
    setattr(request, _FOUND, known)
    return known


class ActorMiddleware:
    """Sets `request.actor`. Its rights are read only when asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor and go on."""
        request.actor = actor_for(request)  # type: ignore[attr-defined]  # read through ui.request.actor_of
        return self.get_response(request)
