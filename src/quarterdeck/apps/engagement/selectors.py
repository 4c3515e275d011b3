"""Reads of engagement: the map of influence and interest, what is due and late, the clocks of concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When, Window

from quarterdeck.apps.engagement.choices import (
    ACKNOWLEDGE_DAYS,
    ANSWER_DAYS,
    HIGH,
    OPEN,
    WAITING,
    ConcernState,
    PlanState,
)
from quarterdeck.apps.engagement.models import Communication, Concern, Stakeholder
from quarterdeck.apps.organisation.selectors import unit_calendars, working_days_after, working_times
from quarterdeck.apps.portfolio.choices import ENDED
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.policy import under, visible
from quarterdeck.kernel.records import Past

STAKEHOLDER: Final = "engagement.stakeholder"
PLAN: Final = "engagement.communication"
CONCERN: Final = "engagement.concern"
#: Lines shown of each kind.
SHOWN: Final = 5
Found = list[tuple[Any, User | None]]


def due_days(initiative: Initiative, received_on: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days by which a concern is acknowledged and answered.

    In working days on the calendar of the unit whose work it is; without one, Monday to Friday.
    """
    key = unit_calendars().get(initiative.unit_id)
    known = working_times([key]).get(key) if key is not None else None
    acknowledge, answer = (working_days_after(known, received_on, days) for days in (ACKNOWLEDGE_DAYS, ANSWER_DAYS))
    return acknowledge, answer


@dataclass(frozen=True)
class Open:
    """Records of one kind that wait at a node: the first few, how many there are, how many are late."""

    shown: list[Any]
    total: int
    late: int


def _first(rows: QuerySet[Any], late: Q) -> Open:
    flag = Case(When(late, then=Value(1)), output_field=IntegerField())
    shown = list(rows.annotate(all_open=Window(Count("pk")), all_late=Window(Count(flag)))[:SHOWN])
    return Open(shown, shown[0].all_open if shown else 0, shown[0].all_late if shown else 0)


def contacts_due(scope: Scope | None, *, actor: Actor, on: dt.date) -> Open:
    """Return the planned contacts at a node and below, the one due first before the others; one query."""
    rows = under(visible(Communication.objects.all(), actor), scope).filter(state=PlanState.RUNNING)
    rows = rows.select_related("stakeholder__initiative", "owner").order_by("next_on", "code")
    return _first(rows, Q(next_on__lt=on))


def concerns_open(scope: Scope | None, *, actor: Actor, on: dt.date) -> Open:
    """Return the open concerns at a node and below; one query."""
    rows = under(visible(Concern.objects.all(), actor), scope).filter(state__in=OPEN)
    return _first(rows.select_related("initiative", "owner").order_by("answer_by", "code"), concern_late(on))


def concern_late(on: dt.date) -> Q:
    """Return the condition that the next step of a concern was due before a day."""
    return Q(state=ConcernState.RECEIVED, acknowledge_by__lt=on) | Q(state__in=WAITING, answer_by__lt=on)


def stakeholders_at(scope: Scope | None, *, actor: Actor, moment: dt.datetime | None = None) -> list[Stakeholder]:
    """Return the stakeholders at a node and below, now or as known at a moment, the most influential first."""
    if moment is not None:
        found = Past(Stakeholder, moment, actor=actor, scope=scope).records(("initiative", "owner"))
        return sorted(found, key=lambda one: (-one.influence, -one.interest, one.name))
    rows = under(visible(Stakeholder.objects.all(), actor), scope).select_related("initiative", "owner")
    return list(rows.order_by("-influence", "-interest", "name"))


def _led(rows: QuerySet[Any], ids: Iterable[int] | None, on: dt.date, path: str = "") -> Found:
    """Return records with who answers for each: its owner, else whoever leads the initiative; two queries.

    Where the initiative has ended, nothing is found.
    """
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    rows = rows.exclude(**{f"{path}initiative__state__in": ENDED})
    found = list(rows.select_related(f"{path}initiative__scope", "owner__user"))
    at = [row.stakeholder.initiative if path else row.initiative for row in found]
    leads = {one.record.pk: one.owner for one in led({one.pk: one for one in at}.values(), on)}
    return [(row, _user(row, on) or leads.get(one.pk)) for row, one in zip(found, at, strict=True)]


def _user(row: Any, on: dt.date) -> User | None:
    owner = row.owner
    return owner.user if owner is not None and not owner.has_left(on) else None


def contacts_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the planned contacts that were due before a day."""
    return _led(Communication.objects.filter(state=PlanState.RUNNING, next_on__lt=on), ids, on, "stakeholder__")


def concerns_late(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the concerns not acknowledged or answered in time."""
    return _led(Concern.objects.filter(concern_late(on)), ids, on)


def not_planned(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the stakeholders of much influence and interest with whom no contact is planned."""
    planned = Communication.objects.filter(stakeholder=OuterRef("pk"), state=PlanState.RUNNING)
    rows = Stakeholder.objects.filter(~Exists(planned), influence__gte=HIGH, interest__gte=HIGH)
    return _led(rows, ids, on)
