"""Service levels of tasks: how they are written, when each is due by its calendar, and how it stands on a day.

A level says "within so many working days of the order, of the predecessors' finish, or of a date".
`engine.service_level` has the clock; it runs on the calendar of the task. What follows is stored beside its dates.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from quarterdeck.apps.delivery.choices import ServiceStart, ServiceState
from quarterdeck.apps.delivery.exchange.texts import TextError
from quarterdeck.apps.delivery.models import Task, TaskAssignment
from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.engine.calendar import Calendar, instant, minutes
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.service_level import Case, ServiceLevel, clocks
from quarterdeck.kernel.access.models import User

Ints = NDArray[np.int64]
#: The instants that follow: from when a task is at risk, by when it is due, until when it keeps its level.
FOLLOWS: Final = ("service_risk", "service_due", "service_breach")
#: By what name a level stands in files.
IN_FILES: Final = "Service level"
#: Days that a level may allow.
MOST: Final = 2000
#: As of a day stands for its evening, 17:00: what is due on it is not broken yet.
EVENING: Final = 1020
#: What somebody has to see to.
URGENT: Final = (ServiceState.AT_RISK, ServiceState.BREACHED)
_TYPED: Final = re.compile(r"\s*(\d{1,4})\s*(?:d|days?|wd)?\s*(?:of|from|after)?\s*(\d{4}-\d\d-\d\d|[a-z]+)\s*", re.I)
_EVENTS: Final = {
    **dict.fromkeys(("order", "ordered"), ServiceStart.ORDER),
    **dict.fromkeys(("predecessors", "predecessor", "pred"), ServiceStart.PREDECESSORS),
}


@dataclass(frozen=True)
class Level:
    """A service level as typed: so many working days from an event; `at` for one that is a date."""

    days: int | None = None
    start: str = ""
    at: int | None = None

    @property
    def text(self) -> str:
        """Return it as it is typed: "10d order", "5d predecessors", "3d 2026-03-02"; "" for none."""
        if self.days is None:
            return ""
        if self.start == ServiceStart.DATE:
            return f"{self.days}d {instant(self.at or 0).date().isoformat()}"
        return f"{self.days}d {'order' if self.start == ServiceStart.ORDER else 'predecessors'}"


def parse(text: str) -> Level:
    """Return a level as typed. Raises TextError.

    >>> parse("10d order").days, parse("5 days after predecessors").start.value, parse("3d 2026-03-02").text
    (10, 'predecessors', '3d 2026-03-02')
    >>> parse(" ").days is None
    True
    """
    if not text.strip():
        return Level()
    found = _TYPED.fullmatch(text)
    days = int(found[1]) if found else 0
    if found is None or not 1 <= days <= MOST:
        raise TextError(_wrong(text))
    event = found[2].casefold()
    if event in _EVENTS:
        return Level(days, _EVENTS[event])
    try:
        day = dt.date.fromisoformat(event)
    except ValueError:
        raise TextError(_wrong(text)) from None
    if not 1900 <= day.year < 2200:
        raise TextError(_wrong(text))
    return Level(days, ServiceStart.DATE, minutes(day))


def _wrong(text: str) -> str:
    return _("“%(text)s” is no service level. Write 10d order, 5d predecessors or 3d 2026-03-02.") % {
        "text": text.strip()[:40]
    }


def of_task(task: Any) -> Level:
    """Return the level that a task carries."""
    return Level(task.service_days, task.service_from, task.service_at)


def state(
    *,
    risk: int | None,
    breach: int | None,
    ended: int | None,
    finish: int | None,
    on: dt.date,
) -> str:
    """Return how a level stands on a day: met or missed once the task ended, else breached, at risk or running.

    At risk is also what is planned to end after it breaks its level. "" where there is no level, or it has not begun
    to be known when.
    """
    if breach is None or risk is None:
        return ""
    now = minutes(on) + EVENING
    if ended is not None and ended <= now:
        return ServiceState.MET if ended <= breach else ServiceState.MISSED
    if now > breach:
        return ServiceState.BREACHED
    if now >= risk or (finish is not None and finish > breach):
        return ServiceState.AT_RISK
    return ServiceState.RUNNING


def state_of(task: Any, on: dt.date) -> str:
    """Return how the level of a stored task stands on a day."""
    return state(
        risk=task.service_risk, breach=task.service_breach, ended=task.actual_finish, finish=task.finish, on=on
    )


def follow(
    rows: Mapping[str, Any],
    links: Mapping[str, Any],
    finishes: Ints,
    summary: NDArray[np.bool_],
    *,
    ordered: dt.date | None,
    calendar: Callable[[int], Calendar],
) -> dict[str, Ints]:
    """Return by name of `FOLLOWS` the instants of every row, NONE where there is no level or its event is not known.

    `rows` and `links` are columns as `network.Held` has them, `finishes` what the schedule found, `calendar` gives that
    of a row. A summary keeps no level of its own. Raises EngineError for instants outside of the calendar.
    """
    found = {name: np.full(len(summary), NONE, np.int64) for name in FOLLOWS}
    wanted = [row for row, days in enumerate(rows["service_days"]) if days and not summary[row]]
    if not wanted:
        return found
    before = _before(rows, links, finishes) if ServiceStart.PREDECESSORS in rows["service_from"] else {}
    groups: dict[tuple[int, int], tuple[Calendar, list[Case]]] = {}
    for row in wanted:
        kind = rows["service_from"][row]
        if kind == ServiceStart.ORDER:
            start = None if ordered is None else minutes(ordered)
        else:
            start = rows["service_at"][row] if kind == ServiceStart.DATE else before.get(rows["pk"][row])
        if start is None:
            continue
        own = calendar(row)
        key = (id(own), rows["service_days"][row])
        groups.setdefault(key, (own, []))[1].append(Case(row, started=int(start)))
    for (_own, days), (calendar_, cases) in groups.items():
        level = ServiceLevel(id="service level", calendar=calendar_, days=days)
        for clock in clocks(level, cases, now=max(case.started for case in cases)):
            row = int(str(clock.id))
            for name, at in zip(FOLLOWS, (clock.at_risk, clock.due, clock.breach), strict=True):
                if at is not None:
                    found[name][row] = at
    return found


def _before(rows: Mapping[str, Any], links: Mapping[str, Any], finishes: Ints) -> dict[int, int]:
    """Return when the last predecessor of each task ends."""
    ends = dict(zip(rows["pk"], finishes.tolist(), strict=True))
    found: dict[int, int] = {}
    for before, after in zip(links["predecessor_id"], links["successor_id"], strict=True):
        if ends[before] != NONE:
            found[after] = max(found.get(after, ends[before]), ends[before])
    return found


def pressing(on: dt.date, plans: Collection[int] | None = None) -> QuerySet[Task]:
    """Return the open tasks of current plans, of projects that go on, whose level is at risk or broken on a day."""
    now = minutes(on) + EVENING
    rows = Task.objects.filter(
        Q(service_risk__lte=now) | Q(finish__gt=F("service_breach")),
        plan__is_current=True,
        plan__initiative__state=State.ACTIVE,
        service_breach__isnull=False,
        actual_finish__isnull=True,
        active=True,
        is_summary=False,
        done__lt=100,
    )
    return rows if plans is None else rows.filter(plan__in=set(plans))


@dataclass(frozen=True)
class Pressed:
    """A task whose service level is at risk or broken, and who answers: who does it, else who manages the project."""

    task: Task
    state: str
    due_on: dt.date
    owner: User | None


def pressed(on: dt.date, plans: Collection[int] | None = None) -> list[Pressed]:
    """Return what `pressing` finds, each with who answers for it; three queries."""
    found = list(pressing(on, plans).select_related("plan__initiative__scope"))
    doers = dict(
        TaskAssignment.objects.filter(task__in=[task.pk for task in found], resource__person__user__isnull=False)
        .order_by("-pk")
        .values_list("task_id", "resource__person__user_id")
    )
    users = User.objects.in_bulk(set(doers.values()))
    projects = {task.plan.initiative_id: task.plan.initiative for task in found}
    managers = {one.record.pk: one.owner for one in led(projects.values(), on)}
    return [
        Pressed(
            task,
            state_of(task, on),
            task.service_due_on,
            users.get(doers.get(task.pk, 0)) or managers.get(task.plan.initiative_id),
        )
        for task in found
        if task.service_due_on is not None
    ]
