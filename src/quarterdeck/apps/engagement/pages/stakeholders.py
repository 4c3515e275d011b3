"""The map of influence and interest at a node and below, who is still to be won, what contacts and concerns wait."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from quarterdeck.apps.engagement import selectors
from quarterdeck.apps.engagement.choices import HIGH, Attitude
from quarterdeck.apps.engagement.models import Stakeholder
from quarterdeck.apps.engagement.selectors import CONCERN, PLAN, STAKEHOLDER
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.opening import opened
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Names in one cell of the map; of more, how many.
IN_CELL: Final = 4
#: Lines in the list of those still to be won.
TO_WIN: Final = 8
#: What is done with each quarter of the map, by whether influence and interest are high.
QUARTERS: Final = {
    (True, True): gettext_lazy("Manage closely"),
    (True, False): gettext_lazy("Keep satisfied"),
    (False, True): gettext_lazy("Keep informed"),
    (False, False): gettext_lazy("Watch"),
}


@dataclass(frozen=True)
class Chip:
    """A stakeholder in the map or a list, with how far its attitude is from the one wanted."""

    record: Stakeholder
    url: str
    colour: str
    gap: int
    label: str


@dataclass(frozen=True)
class Square:
    """One cell: those who stand there, the first few by name."""

    chips: list[Chip]
    more: int
    href: str
    css: str
    quarter: str


@dataclass(frozen=True)
class Row:
    """One level of influence with its cells by interest."""

    level: int
    squares: list[Square]


@require_safe
@login_required
def page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the stakeholders of an initiative and below, as of the date in force; 404 for whoever may not see them."""
    place = opened(request, code, "stakeholders/", record_type=STAKEHOLDER, may_open=may_open)
    if isinstance(place, HttpResponse):
        return place
    actor, frame = actor_of(request), frame_of(request)
    record = place.record
    told = {
        "record": record,
        "above": place.above,
        "tabs": tabs_of(record, actor, "stakeholders"),
        "may_add": not frame.read_only and actor.can("add", STAKEHOLDER, record.scope.path),
        "may_add_concern": not frame.read_only and actor.can("add", CONCERN, record.scope.path),
        "has_parts": record.kind != Kind.PROJECT,
    }
    return render(request, "engagement/stakeholders.html", {**told, **_context(actor, frame, record.scope)})


@require_safe
@login_required
def everywhere(request: HttpRequest) -> HttpResponse:
    """Show the same of everything at the node picked above, or of all that the reader may see."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", STAKEHOLDER):
        raise Http404
    told = {"record": None, "has_parts": True, "may_add": not frame.read_only and actor.can("add", STAKEHOLDER)}
    return render(request, "engagement/stakeholders.html", {**told, **_context(actor, frame, frame.scope)})


def may_open(record: Initiative, actor: Actor) -> bool:
    """Tell whether the actor sees stakeholders of an initiative: by a role at its node or at its unit."""
    return actor.can("view", STAKEHOLDER, record.scope.path) or actor.can("view", STAKEHOLDER, record.unit.scope.path)


def _context(actor: Actor, frame: Frame, scope: Scope | None) -> dict[str, Any]:
    found = selectors.stakeholders_at(scope, actor=actor, moment=frame.moment)
    chips = [chip(one) for one in found]
    # What is due is known as of today only.
    now = frame.moment is None
    contacts = _told(selectors.contacts_due(scope, actor=actor, on=frame.date), actor, PLAN) if now else None
    concerns = _told(selectors.concerns_open(scope, actor=actor, on=frame.date), actor, CONCERN) if now else None
    lagging = sorted((one for one in chips if one.gap > 0), key=lambda one: (-one.gap, -one.record.influence))
    return {
        "rows": grid(chips, scope, links=now),
        "chips": chips,
        "cells": cells(chips, contacts, concerns, scope),
        "to_win": lagging[:TO_WIN],
        "more_to_win": max(0, len(lagging) - TO_WIN),
        "contacts": contacts,
        "concerns": concerns,
        "today": frame.date,
        "at": f"scope={scope.pk}&" if scope is not None else "",
    }


def _told(found: selectors.Open, actor: Actor, record_type: str) -> selectors.Open | None:
    """Return what was found, or None to whoever may not view such records and owns none of them."""
    return found if found.total or actor.can("view", record_type) else None


def chip(record: Stakeholder) -> Chip:
    """Return a stakeholder with the colour of its attitude: red two steps below the one wanted, amber one."""
    gap = record.wanted - record.attitude
    colour = "red" if gap >= 2 else "amber" if gap == 1 else "green"
    words = {"name": record.name, "now": Attitude(record.attitude).label, "wanted": Attitude(record.wanted).label}
    return Chip(record, f"/stakeholders/{record.code}/", colour, gap, _("%(name)s: %(now)s, wanted %(wanted)s") % words)


def grid(chips: list[Chip], scope: Scope | None, *, links: bool) -> list[Row]:
    """Return the map, most influential at the top, most interested at the right."""
    by: dict[tuple[int, int], list[Chip]] = defaultdict(list)
    for one in chips:
        by[one.record.influence, one.record.interest].append(one)
    at = f"scope={scope.pk}&" if scope is not None else ""
    rows = []
    for influence in range(5, 0, -1):
        squares = []
        for interest in range(1, 6):
            here = by[influence, interest]
            high = (influence >= HIGH, interest >= HIGH)
            href = f"/stakeholders/?{at}f.influence={influence}&f.interest={interest}" if links else ""
            css = f"quarter-{int(high[0])}{int(high[1])}"
            first = (influence, interest) in ((5, 1), (5, 4), (3, 1), (3, 4))
            quarter = str(QUARTERS[high]) if first else ""
            squares.append(Square(here[:IN_CELL], max(0, len(here) - IN_CELL), href, css, quarter))
        rows.append(Row(influence, squares))
    return rows


def cells(
    chips: list[Chip], contacts: selectors.Open | None, concerns: selectors.Open | None, scope: Scope | None
) -> list[Cell]:
    """Return the headline: how many, how many to be won, contacts due, concerns open."""
    at = f"scope={scope.pk}&" if scope is not None else ""
    lagging = [one for one in chips if one.gap > 0]
    against = sum(one.colour == "red" for one in chips)
    closely = sum(one.record.influence >= HIGH and one.record.interest >= HIGH for one in chips)
    found = [
        Cell(
            _("Stakeholders"),
            components.number(len(chips)),
            _("%(count)d to manage closely") % {"count": closely},
            f"/stakeholders/?{at}sort=-influence",
        ),
        Cell(
            _("Still to be won"),
            components.number(len(lagging)),
            _("%(count)d by two steps or more") % {"count": against},
            "#to-win" if lagging else "",
            "red" if against else "amber" if lagging else "",
        ),
    ]
    if contacts is not None:
        note = _("%(count)d overdue") % {"count": contacts.late} if contacts.late else _("none overdue")
        href = f"/communications/?{at}f.state=running&sort=next_on"
        found.append(
            Cell(_("Contacts planned"), components.number(contacts.total), note, href, "amber" if contacts.late else "")
        )
    if concerns is not None:
        note = _("%(count)d late") % {"count": concerns.late} if concerns.late else _("none late")
        href = f"/concerns/?{at}f.state=received,acknowledged,answered&sort=answer_by"
        found.append(
            Cell(_("Concerns open"), components.number(concerns.total), note, href, "red" if concerns.late else "")
        )
    return found


def card(record: Any, actor: Actor) -> str | None:
    """Return what waits of stakeholders at an initiative and below for its home; nothing of a past day."""
    if not isinstance(record, Initiative) or not may_open(record, actor):
        return None
    if actor.today < clock.local_date(clock.now()):
        return None
    contacts = selectors.contacts_due(record.scope, actor=actor, on=actor.today)
    concerns = selectors.concerns_open(record.scope, actor=actor, on=actor.today)
    if not contacts.total and not concerns.total:
        return None
    context = {
        "record": record,
        "contacts": contacts,
        "shown": [one for one in contacts.shown if one.next_on <= actor.today + dt.timedelta(days=14)][:3],
        "concerns": concerns,
        "has_parts": record.kind != Kind.PROJECT,
        "today": actor.today,
        "at": f"scope={record.scope_id}&",
    }
    return render_to_string("engagement/_card.html", context)
