"""The list of one's notifications, the bell, and how one wants to be told."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quarterdeck.kernel.jobs.http import ActorRequest, back
from quarterdeck.kernel.notifications.kinds import Channel, kinds
from quarterdeck.kernel.notifications.models import Digest, Notification
from quarterdeck.kernel.notifications.services import (
    latest,
    mark_all_read,
    mark_read,
    of,
    prefer,
    preferences_of,
    rhythm_of,
    unread_count,
)

#: Rows of one page of the list.
ROWS = 50


def _mine(request: ActorRequest, pk: int) -> Notification:
    notification = of(request.actor).filter(pk=pk).first()
    if notification is None:
        raise Http404
    return notification


@login_required
@require_GET
def notification_list(request: ActorRequest) -> HttpResponse:
    """One's notifications, latest first; `?unread` leaves out those read."""
    unread = "unread" in request.GET
    rows = of(request.actor).select_related("actor")
    page = Paginator(rows.filter(read_at__isnull=True) if unread else rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "unread": unread, "count": unread_count(request.actor.user), "now": request.actor.now}
    return render(request, "notifications/list.html", context)


@login_required
@require_GET
@never_cache
def bell(request: ActorRequest) -> HttpResponse:
    """The bell: how many are unread, and the latest few."""
    context = {"count": unread_count(request.actor.user), "notifications": latest(request.actor)}
    return render(request, "notifications/_bell.html", context)


@login_required
@require_GET
def notification_open(request: ActorRequest, pk: int) -> HttpResponse:
    """Go to what a notification is about, and mark it as read."""
    notification = _mine(request, pk)
    mark_read(notification, actor=request.actor)
    return redirect(notification.url or reverse("notifications:list"))


@login_required
@require_POST
def notification_read(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark one as read."""
    mark_read(_mine(request, pk), actor=request.actor)
    return back(request, reverse("notifications:list"))


@login_required
@require_POST
def notifications_read(request: ActorRequest) -> HttpResponse:
    """Mark all as read."""
    mark_all_read(actor=request.actor)
    return back(request, reverse("notifications:list"))


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: ActorRequest) -> HttpResponse:
    """How one wants to be told of each kind, and how often by e-mail."""
    user = request.actor.user
    if user is None:
        raise Http404
    if request.method == "POST":
        names = {name: request.POST[f"kind.{name}"] for name in kinds if f"kind.{name}" in request.POST}
        try:
            prefer(actor=request.actor, channels=names, every=request.POST.get("every", ""))
        except ValueError:
            return HttpResponseBadRequest()
        return redirect("notifications:preferences")
    chosen = preferences_of(user)
    rows = [(kind, chosen[name]) for name, kind in sorted(kinds.items(), key=lambda item: str(item[1].title))]
    context = {
        "rows": rows,
        "channels": Channel.choices,
        "rhythms": Digest.Every.choices,
        "every": rhythm_of(user),
        "read_only": request.actor.read_only,
    }
    return render(request, "notifications/preferences.html", context)
