"""The list of one's notifications, the bell, and how one wants to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quarterdeck.kernel import clock
from quarterdeck.kernel.jobs.http import ActorRequest, back
from quarterdeck.kernel.notifications.closing import close
from quarterdeck.kernel.notifications.following import followed_by, unfollow
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
from quarterdeck.kernel.ui.components import date_text

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
    context = {
        "page": page,
        "days": _by_day(close(list(page.object_list), request.actor), request.actor.today),
        "unread": unread,
        "tab": "unread" if unread else "all",
        "count": unread_count(request.actor.user),
    }
    return render(request, "notifications/list.html", context)


@dataclass(frozen=True)
class Day:
    """What one was told on one day."""

    label: str
    told: list[Notification]


def _by_day(told: Iterable[Notification], today: dt.date) -> list[Day]:
    """Return notifications day by day, in their order."""
    near = {today: _("Today"), today - dt.timedelta(days=1): _("Yesterday")}
    grouped = groupby(told, key=lambda one: clock.local_date(one.created_at))
    return [Day(near.get(day) or date_text(day, today), list(rows)) for day, rows in grouped]


@login_required
@require_GET
def following(request: ActorRequest) -> HttpResponse:
    """Show what one follows."""
    context = {
        "follows": close(list(followed_by(request.actor)), request.actor),
        "count": unread_count(request.actor.user),
    }
    return render(request, "notifications/following.html", context)


@login_required
@require_POST
def following_end(request: ActorRequest, pk: int) -> HttpResponse:
    """Follow one record no more."""
    kept = followed_by(request.actor).filter(pk=pk).first()
    if kept is None:
        raise Http404
    unfollow(record_type=kept.record_type, record_id=kept.record_id, actor=request.actor)
    return redirect("notifications:following")


@login_required
@require_GET
@never_cache
def bell(request: ActorRequest) -> HttpResponse:
    """The bell: how many are unread, and the latest few."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    context = {
        "count": unread_count(request.actor.user),
        "notifications": latest(request.actor),
        "next": f"{here.path}?{here.query}" if here.query else here.path,
    }
    return render(request, "notifications/_bell.html", context)


@login_required
@require_GET
def notification_open(request: ActorRequest, pk: int) -> HttpResponse:
    """Go to what a notification is about, and mark it as read."""
    notification = _mine(request, pk)
    mark_read(notification, actor=request.actor)
    close([notification], request.actor)
    # The page of a record that is closed would not be found.
    return redirect((not notification.closed and notification.url) or reverse("notifications:list"))


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
