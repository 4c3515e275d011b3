"""Who acts in a request. The node and the date of a page are in `frame`."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from quarterdeck.kernel.access.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; set by `ActorMiddleware`."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # ActorMiddleware sets it on every request
