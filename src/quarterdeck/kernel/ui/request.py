"""What every page takes from its request: who acts. The node and the date are the frame's (`ui.frame.frame_of`)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from quarterdeck.kernel.access.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; set by `ActorMiddleware`."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # ActorMiddleware sets it on every request
