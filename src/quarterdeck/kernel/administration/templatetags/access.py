"""`{% load access %}`: the banner of an elevation, for the frame."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from quarterdeck.kernel.access.middleware import elevation
from quarterdeck.kernel.access.models import User

register = template.Library()


@register.inclusion_tag("access/elevation_banner.html", takes_context=True)
def elevation_banner(context: template.Context) -> dict[str, Any]:
    """Draw the banner while this session is elevated; without an elevation in the session it asks no query."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    open_ = elevation(request, user) if request is not None and isinstance(user, User) else None
    return {"elevation": open_, "request": request, "csrf_token": context.get("csrf_token")}
