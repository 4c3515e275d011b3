"""What the current plans of projects say on a day, for any number of projects in six queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from django.db.models import Count, Q

from quarterdeck.apps.delivery.choices import FIRST_BASELINE, TaskKind
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanCalendar, Task
from quarterdeck.apps.delivery.selectors.working import Working, frame_of
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.calendar import Timeline, five_day, instant, minutes, timeline
from quarterdeck.engine.errors import EngineError

DAY: Final = 1440
#: Days after which the status date of a plan is old, and after which a date that passed should have been reported on.
FRESH: Final = 14
PASSED: Final = 7
#: Milestones are kept that finish from so many days before the day to so many after it.
BEHIND, AHEAD = 35, 92
MOST: Final = 60
MILESTONES = (TaskKind.MILESTONE, TaskKind.START_MILESTONE)


@dataclass(frozen=True)
class Counts:
    """Tasks of a plan, without summaries: all, and those that something is said or missing of."""

    tasks: int = 0
    undated: int = 0
    due: int = 0
    unstatused: int = 0
    actual: int = 0
    future: int = 0
    under_way: int = 0


@dataclass
class Schedule:
    """A project's current plan beside its first baseline; days are working days on the plan's calendar."""

    plan: Plan
    baseline: Baseline | None
    counts: Counts
    time: Timeline
    milestones: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status_on(self) -> dt.date | None:
        """The day up to which progress was last reported."""
        return None if self.plan.status is None else instant(self.plan.status).date()

    @property
    def baseline_finish(self) -> int | None:
        """The finish of the first baseline, minutes."""
        if self.baseline is None:
            return None
        if self.baseline.finish is not None:
            return self.baseline.finish
        return max((at for at in self.baseline.figures.get("finish", ()) if at is not None), default=None)

    @property
    def baseline_day(self) -> dt.date | None:
        """The day of the first baseline's finish."""
        return None if self.baseline_finish is None else instant(self.baseline_finish).date()

    @property
    def days_late(self) -> int | None:
        """Working days from the baseline's finish to the forecast, negative when early."""
        return self.days(self.baseline_finish, self.plan.found_finish)

    @property
    def least_float(self) -> float | None:
        """The least total float of unfinished work, working days."""
        found = self.plan.least_float
        return None if found is None else round(found / self.plan.minutes_per_day, 1)

    def days(self, first: int | None, last: int | None) -> int | None:
        """Return whole working days between two instants, rounded to the nearest."""
        if first is None or last is None:
            return None
        return round(self.time.between(first, last) / self.plan.minutes_per_day)


def schedules(initiatives: Collection[Initiative], *, on: dt.date) -> dict[int, Schedule]:
    """Return the schedule of each project that has a current plan with tasks, by the project's id."""
    plans = list(Plan.objects.filter(initiative__in=[one.pk for one in initiatives], is_current=True))
    if not plans:
        return {}
    by_id = {plan.pk: plan for plan in plans}
    baselines = {row.plan_id: row for row in Baseline.objects.filter(plan__in=by_id, number=FIRST_BASELINE)}
    counted = _counts(by_id, on)
    lines = _lines(plans)
    found = {
        plan.initiative_id: Schedule(plan, baselines.get(plan.pk), counted[plan.pk], lines[plan.pk])
        for plan in plans
        if plan.pk in counted
    }
    _add_milestones(found, on)
    return found


def _counts(plans: Collection[int], on: dt.date) -> dict[int, Counts]:
    today = minutes(on)
    passed, over = today - PASSED * DAY, today + DAY
    late = Q(finish__lt=passed, actual_finish__isnull=True, done__lt=100)
    late |= Q(start__lt=passed, actual_start__isnull=True, done=0)
    rows = (
        Task.objects.filter(plan__in=plans, is_summary=False, active=True)
        .order_by()
        .values("plan")
        .annotate(
            tasks=Count("pk"),
            undated=Count("pk", filter=Q(start__isnull=True) | Q(finish__isnull=True)),
            due=Count("pk", filter=Q(start__lt=passed)),
            unstatused=Count("pk", filter=late),
            actual=Count("pk", filter=Q(actual_start__isnull=False)),
            future=Count("pk", filter=Q(actual_start__gte=over) | Q(actual_finish__gte=over)),
            under_way=Count("pk", filter=Q(actual_start__isnull=False, actual_finish__isnull=True, done__lt=100)),
        )
    )
    names = [each.name for each in fields(Counts)]
    return {key: Counts(*counts) for key, *counts in rows.values_list("plan", *names)}


def _lines(plans: Collection[Plan]) -> dict[int, Timeline]:
    definitions: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for key, definition in PlanCalendar.objects.filter(plan__in=plans).values_list("plan", "definition"):
        definitions[key].append(definition)
    office = timeline(five_day("office"))
    found = {}
    for plan in plans:
        found[plan.pk] = office
        if plan.calendar_uid is None or not definitions[plan.pk]:
            continue
        frame = frame_of(
            dialect=plan.dialect,
            given=plan.options,
            from_finish=plan.from_finish,
            definitions=definitions[plan.pk],
        )
        try:
            found[plan.pk] = timeline(Working(frame).own(plan.calendar_uid))
        except EngineError:  # a calendar without working time: days are counted on office days
            continue
    return found


def _add_milestones(schedules: Mapping[int, Schedule], on: dt.date) -> None:
    by_plan = {one.plan.pk: one for one in schedules.values()}
    rows = Task.objects.filter(plan__in=by_plan, is_summary=False, active=True, kind__in=MILESTONES)
    rows = rows.filter(
        finishes_on__range=(on - dt.timedelta(days=BEHIND), on + dt.timedelta(days=AHEAD)),
    )
    at: dict[int, dict[int, int | None]] = {}
    for pk, plan, name, finish, finishes_on, done in rows.order_by("finish", "position").values_list(
        "pk", "plan", "name", "finish", "finishes_on", "done"
    ):
        one = by_plan[plan]
        if plan not in at:
            figures = one.baseline.figures if one.baseline is not None else {}
            at[plan] = dict(zip(figures.get("task", ()), figures.get("finish", ()), strict=False))
        planned = at[plan].get(pk)
        if len(one.milestones) < MOST and finishes_on is not None:
            one.milestones.append(
                {
                    "task": pk,
                    "name": name,
                    "forecast": finishes_on.isoformat(),
                    "baseline": None if planned is None else instant(planned).date().isoformat(),
                    "late": one.days(planned, finish),
                    "done": done >= 100,
                }
            )
