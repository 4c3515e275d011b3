"""What the pages of administration share: who may open one, and where to go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; `ActorMiddleware` sets it on every request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor


def person_of(request: HttpRequest) -> User:
    """Return who is signed in, whoever they act as."""
    user = request.user
    assert isinstance(user, User)  # the pages ask for a sign-in
    return user


def may(actor: Actor, action: str, model: type[models.Model]) -> bool:
    """Tell whether the actor may do this on the whole: administration is no matter of one node."""
    return actor.can_everywhere(action, model._meta.label_lower)


def needs(action: str, model: type[models.Model]) -> Callable[[View], View]:
    """Let those in who hold the right; offer administrators to elevate; to others the page does not exist."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if may(actor_of(request), action, model):
                return view(request, *args, **kwargs)
            if person_of(request).is_administrator:
                return redirect(f"{reverse('administer')}?{urlencode({'next': request.get_full_path()})}")
            raise Http404

        return guarded

    return decorate


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where the reader wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fits = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if fits and wanted.startswith("/") else default
