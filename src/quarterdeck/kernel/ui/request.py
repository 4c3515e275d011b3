"""What every page takes from its request: who acts, at which node, as of which date."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import below

#: Query parameters and session keys of the frame's two pickers.
SCOPE, AS_OF = "scope", "as_of"


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; set by `ActorMiddleware`."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # ActorMiddleware sets it on every request


def scope_of(request: HttpRequest) -> Scope | None:
    """Return the node that the reader picked (`?scope=ID`, remembered; `?scope=` forgets), None for all that may be seen.

    A node at which the actor has no right is treated as not picked, so that it tells nothing.
    """
    if hasattr(request, "_scope"):
        return cast("Scope | None", request._scope)
    if SCOPE in request.GET:
        wanted = request.GET[SCOPE]
        request.session[SCOPE] = int(wanted) if wanted.isdigit() and len(wanted) < 12 else None
    chosen = request.session.get(SCOPE)
    scope = visible_scopes(actor_of(request)).filter(pk=chosen).first() if chosen else None
    request._scope = scope  # type: ignore[attr-defined]  # cached for this request
    return scope


def visible_scopes(actor: Actor) -> QuerySet[Scope]:
    """Return the nodes at and below which the actor holds any role."""
    scopes = Scope.objects.all()
    return scopes if actor.unlimited else scopes.filter(below(right.path for right in actor.rights))


def as_of(request: HttpRequest) -> dt.date | None:
    """Return the past date that the reader looks at (`?as_of=2026-03-31`, remembered; `?as_of=` is today), else None.

    A date that is not in the past, or not a date, is today.
    """
    if hasattr(request, "_as_of"):
        return cast("dt.date | None", request._as_of)
    if AS_OF in request.GET:
        request.session[AS_OF] = request.GET[AS_OF][:10]
    date: dt.date | None
    try:
        date = dt.date.fromisoformat(request.session.get(AS_OF) or "")
    except ValueError:
        date = None
    if date is not None and date >= actor_of(request).today:
        date = None
    request._as_of = date  # type: ignore[attr-defined]  # cached for this request
    return date
