"""Delay attribution: on how many days a breach was open while a critical task of the supplier was under way."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import BreachState
from quarterdeck.apps.suppliers.models import BreachCase, ServiceRecord
from quarterdeck.apps.suppliers.selectors.feeding import tasks_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible


@dataclass(frozen=True)
class Hit:
    """One project hit: the days on which a breach was open and a critical task of the supplier under way."""

    initiative: Initiative
    days: int
    breaches: tuple[str, ...]
    tasks: tuple[str, ...]


def hits(supplier: int, breaches: Iterable[BreachCase], *, on: dt.date, actor: Actor) -> list[Hit]:
    """Return the projects, of those that the actor may see, whose critical path the supplier's breaches hit.

    Critical is what decides the finish now: tasks that are not finished. Each runs from its start to its finish as
    planned now, or to the day asked about where it is late. A day counts once per project; an excused case is not
    counted.
    """
    stretches = [
        (case.code, case.opened_on, min(case.closed_on or on, on))
        for case in breaches
        if case.state != BreachState.EXCUSED and case.opened_on <= on
    ]
    if not stretches:
        return []
    rows = Task.objects.filter(pk__in=tasks_of([supplier]).order_by().values("task"), critical=True, actual_finish=None)
    critical = visible(rows, actor).select_related("plan__initiative")
    days: dict[int, set[dt.date]] = defaultdict(set)
    named: dict[int, tuple[Initiative, set[str], set[str]]] = {}
    for task in critical.filter(starts_on__isnull=False, finishes_on__isnull=False):
        assert task.starts_on is not None
        assert task.finishes_on is not None
        last = max(task.finishes_on, on)
        for code, first_open, last_open in stretches:
            both = _days(max(task.starts_on, first_open), min(last, last_open))
            if both:
                initiative = task.plan.initiative
                _initiative, codes, names = named.setdefault(initiative.pk, (initiative, set(), set()))
                days[initiative.pk] |= both
                codes.add(code)
                names.add(task.name)
    found = [
        Hit(initiative, len(days[pk]), tuple(sorted(codes)), tuple(sorted(names)))
        for pk, (initiative, codes, names) in named.items()
    ]
    return sorted(found, key=lambda hit: (-hit.days, hit.initiative.code))


def _days(first: dt.date, last: dt.date) -> set[dt.date]:
    return {first + dt.timedelta(days=step) for step in range((last - first).days + 1)}


def touched(breaches: Collection[BreachCase], *, actor: Actor) -> dict[int, list[Initiative]]:
    """Return by case the projects, of those that the actor may see, that its evidence is about; one query."""
    wanted = {pk for case in breaches for pk in case.evidence}
    seen = visible(Initiative.objects.all(), actor).order_by().values("pk")
    rows = ServiceRecord.objects.filter(pk__in=wanted, initiative__in=seen).select_related("initiative")
    about = {row.pk: row.initiative for row in rows if row.initiative is not None}
    found: dict[int, list[Initiative]] = {}
    for case in breaches:
        projects = {about[pk].pk: about[pk] for pk in case.evidence if pk in about}
        found[case.pk] = sorted(projects.values(), key=lambda one: one.code)
    return found
