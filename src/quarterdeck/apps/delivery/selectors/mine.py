"""The tasks that one person works on, over all current plans: what is overdue, goes on, comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from quarterdeck.apps.delivery.exchange.texts import duration_text
from quarterdeck.apps.delivery.models import Plan, Task, TaskAssignment
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.selectors.plans import may_report
from quarterdeck.apps.people.models import Person
from quarterdeck.engine.calendar import instant
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: How far ahead work counts as next.
NEXT: Final = dt.timedelta(days=14)
#: Tasks shown at once.
MOST: Final = 200
OVERDUE, NOW, SOON, LATER = "overdue", "now", "next", "later"
GROUPS: Final = (OVERDUE, NOW, SOON, LATER)


@dataclass(frozen=True)
class Mine:
    """One task of the reader's own; `due` where something is to be said of it today, `reports` whether one may."""

    task: Task
    group: str
    due: bool
    reports: bool

    @property
    def percent(self) -> int:
        """Percent complete as reported."""
        return round(self.task.percent)

    @property
    def begun(self) -> dt.date | None:
        """When it began, as reported."""
        return None if self.task.actual_start is None else instant(self.task.actual_start).date()

    @property
    def left(self) -> str:
        """What remains, as typed."""
        task = self.task
        if task.actual_finish is not None:
            return duration_text(0, "d", units_of(task.plan))
        known = task.remaining if task.actual_start is not None else None
        minutes = known if known is not None else round(task.duration * (100 - task.percent) / 100)
        return duration_text(minutes, task.duration_unit or "d", units_of(task.plan))


def tasks(actor: Actor) -> QuerySet[Task]:
    """Return the work of current plans that the actor is assigned to and may see."""
    if actor.user is None:
        return Task.objects.none()
    mine = TaskAssignment.objects.filter(task=OuterRef("pk"), resource__person__user=actor.user)
    rows = Task.objects.filter(Exists(mine), plan__is_current=True, is_summary=False, active=True)
    return visible(rows, actor)


def open_tasks(actor: Actor) -> QuerySet[Task]:
    """Return those that are not finished, what ends first at the top."""
    rows = tasks(actor).filter(actual_finish__isnull=True, done__lt=100)
    return rows.order_by("finishes_on", "starts_on", "pk")


def due(actor: Actor) -> QuerySet[Task]:
    """Return those of which something is to be said: past their finish, or past their start and not begun."""
    late = Q(finishes_on__lt=actor.today) | Q(starts_on__lt=actor.today, actual_start__isnull=True)
    return open_tasks(actor).filter(late)


def persons_with_due(actor: Actor) -> QuerySet[Person]:
    """Return the reader as a person where something of their tasks is due; nobody otherwise."""
    if actor.user is None:
        return Person.objects.none()
    of_mine = TaskAssignment.objects.filter(resource__person=OuterRef("pk"), task__in=due(actor).order_by())
    return Person.objects.filter(Exists(of_mine), user=actor.user)


def mine(actor: Actor) -> list[Mine]:
    """Return the reader's open tasks in the order of groups, then of their finish."""
    rows = open_tasks(actor).select_related("plan__initiative__scope", "plan__initiative__unit__scope")
    may: dict[int, bool] = {}
    found = []
    for task in rows[:MOST]:
        if task.plan_id not in may:
            may[task.plan_id] = may_report(task.plan, actor)
        found.append(as_mine(task, actor, reports=may[task.plan_id]))
    return sorted(found, key=lambda each: GROUPS.index(each.group))


def one(actor: Actor, key: int) -> Mine | None:
    """Return one of the reader's own tasks, finished or not; None for any other."""
    rows = tasks(actor).select_related("plan__initiative__scope", "plan__initiative__unit__scope")
    task = rows.filter(pk=key).first()
    return None if task is None else as_mine(task, actor, reports=may_report(task.plan, actor))


def task_in(plan: Plan, key: int) -> Task | None:
    """Return a task of a plan by its id; summaries tell only what is below them."""
    return Task.objects.filter(plan=plan, pk=key, is_summary=False).first()


def as_mine(task: Task, actor: Actor, *, reports: bool) -> Mine:
    """Return a task with where it belongs today."""
    today = actor.today
    start, finish = task.starts_on or today, task.finishes_on or today
    begun = task.actual_start is not None
    if finish < today:
        group = OVERDUE
    elif begun or start <= today:
        group = NOW
    else:
        group = SOON if start <= today + NEXT else LATER
    is_open = task.actual_finish is None and task.done < 100
    return Mine(task, group, is_open and (finish < today or (start < today and not begun)), reports)
