"""Calendar feeds: making one, ending it, and what a calendar program is given."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.apps.delivery.selectors import feeds, plans
from quarterdeck.apps.delivery.services import feed_make, feed_revoke, feed_used
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.signin.lockout import client_address
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Fetches a minute from one address before more are refused, whatever they ask for.
A_MINUTE: Final = 60


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """List one's feeds and make one; its link is on the page that follows, and nowhere after."""
    actor = actor_of(request)
    if actor.user is None or not actor.can("view", "delivery.task"):
        raise Http404
    code = request.GET.get("project", "") or request.POST.get("project", "")
    project = plans.project_at(code, actor=actor) if code else None
    if code and (project is None or plans.plan_at(project.code, actor=actor) is None):
        raise Http404
    vars(request)["nav_key"] = "my-tasks"
    context: dict[str, Any] = {"project": project, "feeds": list(feeds.own(actor)), "error": ""}
    if request.method == "POST":
        if frame_of(request).read_only:
            raise Http404
        try:
            made, secret = feed_make(actor=actor, initiative=project)
        except (ValidationError, PermissionDenied) as error:
            context["error"] = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        else:
            context |= {
                "made": made,
                "link": request.build_absolute_uri(reverse("delivery-feed", args=[secret])),
                "feeds": list(feeds.own(actor)),
            }
    return render(request, "delivery/feeds.html", context, status=422 if context["error"] else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    """End one of one's own feeds."""
    actor = actor_of(request)
    found = feeds.own(actor).filter(pk=key).first()
    if found is None or frame_of(request).read_only:
        raise Http404
    try:
        feed_revoke(feed=found, actor=actor)
    except PermissionDenied as error:
        toasts.add(request, str(error), tone="red")
    else:
        toasts.add(request, _("Feed “%(name)s” revoked.") % {"name": found})
    return redirect("delivery-feeds")


@require_safe
@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a calendar program what a feed shows; 404 whatever is wrong with it."""
    if _too_many(request):
        response = HttpResponse(_("Too many requests. Wait a minute."), content_type="text/plain", status=429)
        response.headers["Retry-After"] = "60"
        return response
    found = feeds.opened(secret)
    if found is None:
        raise Http404
    actor = Actor(user=found.user, now=clock.now(), via="api", read_only=True)
    content = feeds.entries(found, actor=actor)
    if content is None:
        raise Http404
    feed_used(feed=found, actor=actor)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="quarterdeck.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _too_many(request: HttpRequest) -> bool:
    """Count a fetch; tell whether its address has made too many within a minute."""
    key = f"plan-feed:{client_address(request)}"
    if cache.add(key, 1, timeout=60):
        return False
    try:
        return int(cache.incr(key)) > A_MINUTE
    except ValueError:
        return False
