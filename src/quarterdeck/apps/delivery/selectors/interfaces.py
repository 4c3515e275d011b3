"""Interfaces between projects: their dates, who may speak for which side, and which are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from quarterdeck.apps.delivery.choices import InterfaceState, Side
from quarterdeck.apps.delivery.models import Interface
from quarterdeck.apps.organisation.selectors import weekdays
from quarterdeck.apps.portfolio.choices import ENDED
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import row_paths, under, visible

INTERFACE = "delivery.interface"
#: What is still to be handed over.
OPEN = (InterfaceState.PROPOSED, InterfaceState.AGREED)


def dated(rows: QuerySet[Interface], on: dt.date | None = None) -> QuerySet[Any]:
    """Add by when each is given and needed, and whether it comes too late: `given_by`, `needed_by`, `is_late`.

    A task of a plan says it where one is named, else the date that was typed; what was delivered, when it was. What is
    needed and not delivered by the day `on`, today unless given, is late whatever was forecast.
    """
    on = on or clock.local_date(clock.now())
    late = Q(given_by__gt=F("needed_by")) | Q(needed_by__lt=on)
    found: QuerySet[Any] = rows.annotate(
        given_by=Coalesce("delivered_on", "giver_task__finishes_on", "gives_on"),
        needed_by=Coalesce("receiver_task__starts_on", "needed_on"),
    ).annotate(is_late=Case(When(late & Q(state__in=OPEN), then=Value(True)), default=Value(False)))
    return found


def days_late(given: dt.date | None, needed: dt.date | None, on: dt.date) -> int | None:
    """Return how many working days something open is given after it is needed, 0 when in time; None where unknown.

    Monday to Friday: the two sides may keep different calendars. It cannot be given before the day `on` any more.
    """
    if needed is None or (given is None and needed >= on):
        return None
    return weekdays(needed + dt.timedelta(days=1), max(given or on, on))


def sides(record: Interface, actor: Actor, action: str = "change") -> set[Side]:
    """Return for which sides the actor may speak: where their roles permit the action."""
    found: set[Side] = set()
    for side in Side:
        project = record.giver if side == Side.GIVER else record.receiver
        if any(actor.can(action, INTERFACE, path) for path in ("", *row_paths(project))):
            found.add(side)
    return found


@dataclass(frozen=True)
class Late:
    """An interface that comes too late, by when against by when, and who answers for the giving project."""

    record: Interface
    given_by: dt.date | None
    needed_by: dt.date
    days: int
    owner: User | None


def late(on: dt.date, ids: Iterable[int] | None = None) -> list[Late]:
    """Return what is to be handed over and is forecast after it is needed, to projects that go on.

    Of half a weekend's difference nothing is said: it counts from one working day.
    """
    rows = dated(Interface.objects.all(), on).filter(is_late=True).exclude(receiver__state__in=ENDED)
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    found = list(rows.select_related("giver__scope", "receiver"))
    owners = {one.record.pk: one.owner for one in led({row.giver_id: row.giver for row in found}.values(), on)}
    made = []
    for row in found:
        given, needed = vars(row)["given_by"], vars(row)["needed_by"]
        if days := days_late(given, needed, on):
            made.append(Late(row, given, needed, days, owners.get(row.giver_id)))
    return made


def of_project(record: Initiative, *, actor: Actor) -> QuerySet[Interface]:
    """Return the interfaces that a project gives or receives and the actor may see, what is needed first at the top."""
    rows = visible(Interface.objects.filter(Q(giver=record) | Q(receiver=record)), actor)
    return dated(rows).select_related("giver__scope", "giver__unit__scope", "receiver__scope", "receiver__unit__scope")


def at_node(record: Initiative, *, actor: Actor) -> QuerySet[Interface]:
    """Return the interfaces of the projects at and below a node that the actor may see, by code."""
    rows = under(visible(Interface.objects.all(), actor), record.scope)
    return (
        dated(rows)
        .select_related(
            "giver__scope",
            "giver__unit__scope",
            "giver__parent__scope",
            "receiver__scope",
            "receiver__unit__scope",
            "receiver__parent__scope",
            "giver_task",
            "receiver_task",
        )
        .order_by("code")
    )
