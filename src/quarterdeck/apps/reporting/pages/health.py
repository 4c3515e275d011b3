"""How an initiative stands and why: the card on its home, the mark beside its name, the page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.apps.reporting import health_words
from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.health_words import Why
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.pages.rule_bar import rule_bar
from quarterdeck.apps.reporting.pages.trend import trend_chart
from quarterdeck.apps.reporting.selectors import health as selectors
from quarterdeck.apps.reporting.selectors.seen import in_whole, last_seen
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

CALL = "reporting.managercall"


@dataclass(frozen=True)
class Panel:
    """A dimension as the card and its dialog show it; `since` tells since when it has had its colour."""

    why: Why
    ident: str
    since: str
    bar: SafeString | str
    opens: str
    open_label: str


def _last(record: Initiative, actor: Actor) -> Snapshot | None:
    """Return the snapshot of the day in force, read once for a page."""
    known = vars(record).setdefault("_health", {})
    if actor.today not in known:
        known[actor.today] = last_seen(record, actor=actor, on=actor.today)
    found: Snapshot | None = known[actor.today]
    return found


def health_badge(record: Any, actor: Actor) -> str | None:
    """Return the mark and word of an initiative's health beside its name; nothing where it is not assessed."""
    if not isinstance(record, Initiative) or not record.is_open:
        return None
    snapshot = _last(record, actor)
    if snapshot is None or not snapshot.colour:
        return None
    badge = components.rag_badge(snapshot.colour)
    return f'<a class="health-badge" href="{record.url}health/">{badge}</a>'


def health_card(record: Any, actor: Actor) -> str | None:
    """Return the health of an initiative by dimension, each with its reasons one click away."""
    if not isinstance(record, Initiative) or not record.is_open:
        return None
    snapshot = _last(record, actor)
    if snapshot is None:
        return None
    return render_to_string("reporting/_health_card.html", health_context(record, snapshot, actor))


def health_context(record: Initiative, snapshot: Snapshot, actor: Actor) -> dict[str, Any]:
    """Return what card and page show of a snapshot, as far as the actor may see."""
    today = actor.today
    money = sees_money(record, actor)
    past = selectors.quarter(record, actor=actor, on=today)
    leads = leads_of([record], on=today)[record.pk]
    return {
        "record": record,
        "snapshot": snapshot,
        "assessed": components.date_text(clock.local_date(snapshot.assessed_at), today),
        "stale": (today - snapshot.on).days > 2,
        "panels": [_panel(record, why, past, today) for why in health_words.whys(snapshot, money=money, today=today)],
        "way": _way(snapshot),
        "signs": [health_words.sign_text(sign, today) for sign in snapshot.signs],
        "owner": leads.manager or leads.sponsor,
        "owner_role": _("manager") if leads.manager else _("sponsor"),
        "disagree": _disagree(record, actor),
        "url": f"{record.url}health/",
        "agrees": snapshot.own_colour == snapshot.colour,
        "tiles": _tiles(record, snapshot, past, money),
    }


def sees_money(record: Initiative, actor: Actor) -> bool:
    """Tell whether the actor may see the money of an initiative; of a node, only where all below it is in sight."""
    return actor.sees("money", "portfolio.initiative", row_paths(record)) and in_whole(record, actor)


def _panel(record: Initiative, why: Why, past: Sequence[Snapshot], today: dt.date) -> Panel:
    page, label = {
        Dimension.TIME: ("plan/", _("Open in plan")),
        Dimension.COST: ("money/", _("Open money")),
        Dimension.PARTS: ("dashboard/", _("Open dashboard")),
    }.get(Dimension(why.key), ("", ""))
    if record.kind != Kind.PROJECT and why.key == Dimension.TIME:
        page, label = "", ""
    since = health_words.since(past, why.key, why.colour)
    return Panel(
        why,
        f"why-{record.pk}-{why.key}",
        components.date_text(since, today) if since else "",
        rule_bar(why.limits) if why.limits else "",
        f"{record.url}{page}" if page else "",
        label,
    )


def _way(snapshot: Snapshot) -> str:
    """Return in words how the whole is made of its dimensions."""
    if Dimension.PARTS in snapshot.facts:
        return _("by the rule of parts")
    names = [str(Dimension(key).label).lower() for key in Dimension.values if key in snapshot.colours]
    return _("worst of %(names)s") % {"names": ", ".join(names)} if names else _("nothing to judge yet")


def _disagree(record: Initiative, actor: Actor) -> str:
    """Return the address at which the manager makes a call of their own; "" for who may not."""
    if actor.read_only or actor.today != clock.local_date(clock.now()):
        return ""
    if not any(actor.can("add", CALL, path) for path in row_paths(record)):
        return ""
    return f"/manager-calls/new/?{urlencode({'initiative': record.pk, 'next': record.url})}"


def _tiles(record: Initiative, snapshot: Snapshot, past: Sequence[Snapshot], money: bool) -> list[dict[str, Any]]:
    """Return the dimensions of a node, which has no reasons of its own for them: how its projects stand."""
    if Dimension.PARTS not in snapshot.facts:
        return []
    return [
        {"label": Dimension(key).label, "colour": snapshot.colours[key]}
        for key in (Dimension.TIME, Dimension.COST, Dimension.DATA)
        if key in snapshot.colours
    ]


@require_safe
@login_required
def health(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show how an initiative stands on the date in force, why, and how it came there."""
    actor, frame = actor_of(request), frame_of(request)
    record = selectors.initiative_at(code, actor=actor)
    if record is None:
        raise Http404
    if f"{record.url}health/" != request.path:
        return redirect(f"{record.url}health/")
    vars(request)["nav_key"] = "initiatives"
    then = actor if frame.moment is None else actor.at(frame.moment)
    snapshot = _last(record, then)
    if snapshot is None and frame.read_only:
        raise NotHere(_("Nothing had been assessed by that date."))
    context: dict[str, Any] = {"record": record, "tabs": tabs_of(record, actor, "health"), "snapshot": snapshot}
    if snapshot is not None:
        past = selectors.quarter(record, actor=then, on=then.today)
        context |= health_context(record, snapshot, then)
        context["chart"] = trend_chart(past, money=sees_money(record, actor))
        context["calls"] = selectors.calls(record, actor=actor, on=then.today, now=then.now)
        context["today"] = then.today
    return render(request, "reporting/health.html", context)
