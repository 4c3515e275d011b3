"""What plans are measured by, read for many plans at once: tasks, baselines, calendars, techniques, costs of use."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet

from quarterdeck.apps.delivery.choices import FIRST_BASELINE
from quarterdeck.apps.delivery.models import (
    Baseline,
    Plan,
    PlanCalendar,
    PlanResource,
    PlanRevision,
    Task,
    TaskAssignment,
)
from quarterdeck.apps.finance.models import BudgetLine, Technique, TechniqueMilestone
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import Record, as_of

_TASK: Final = (
    "plan_id",
    "pk",
    "uid",
    "parent_id",
    "kind",
    "active",
    "name",
    "calendar_uid",
    "percent",
    "actual_start",
    "actual_finish",
    "fixed_cost",
    "actual_cost",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A task as far as its measurement needs it. Instants as in plans, amounts in the currency of the plan."""

    pk: int
    uid: int
    parent: int | None
    kind: str
    active: bool
    name: str
    calendar_uid: int | None
    percent: float
    actual_start: int | None
    actual_finish: int | None
    fixed_cost: float
    actual_cost: float


@dataclass
class Reading:
    """One plan with what it is measured by; `figures` and `costs` are those of its first baseline."""

    plan: Plan
    initiative: Initiative
    lines: dict[int, Line] = field(default_factory=dict)
    calendars: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, list[Any]] = field(default_factory=dict)
    costs: Sequence[str | None] = ()
    #: What the use of resources costs as soon as a task starts, by task.
    uses: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    techniques: dict[int, Technique] = field(default_factory=dict)
    milestones: dict[int, list[TechniqueMilestone]] = field(default_factory=lambda: defaultdict(list))
    #: Budget lines as (task, amount).
    budgets: list[tuple[int | None, Decimal]] = field(default_factory=list)

    @property
    def parents(self) -> set[int]:
        """Tasks with others below them."""
        return {line.parent for line in self.lines.values() if line.parent is not None}

    def leaves(self) -> dict[int, Line]:
        """The tasks in which the work is: in use, nothing below them, and no empty branch."""
        above = self.parents
        return {
            key: line for key, line in self.lines.items() if line.active and key not in above and line.kind != "SUMMARY"
        }


def readings(initiatives: Collection[Initiative], *, known_at: dt.datetime | None = None) -> dict[int, Reading]:
    """Return the current plan of each initiative with what it is measured by, by the initiative's key.

    Some ten queries, whatever the number; at a moment, as all of it was known then. Initiatives without a plan, or
    whose plan has no baseline, are left out.
    """
    by_key = {each.pk: each for each in initiatives}
    plans = _plans(by_key, known_at)
    found = {plan.pk: Reading(plan, by_key[plan.initiative_id]) for plan in plans}
    if not found:
        return {}
    _baselines(found, known_at)
    found = {key: each for key, each in found.items() if each.figures.get("task")}
    _tasks(found, known_at)
    _calendars(found, known_at)
    _uses(found, known_at)
    _techniques(found, known_at)
    _budgets(found, known_at)
    return {each.initiative.pk: each for each in found.values()}


def _then(model: type[Record], known_at: dt.datetime, pks: Iterable[int]) -> list[Any]:
    keys = set(pks)
    return as_of(model, known_at, actor=Actor.system(now=known_at), pks=keys) if keys else []


def _plans(by_key: dict[int, Initiative], known_at: dt.datetime | None) -> list[Plan]:
    rows = Plan.objects.filter(initiative__in=list(by_key))
    if known_at is None:
        return list(rows.filter(is_current=True))
    then: list[Plan] = _then(Plan, known_at, rows.values_list("pk", flat=True))
    return [plan for plan in then if plan.is_current and plan.initiative_id in by_key]


def _baselines(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    rows = Baseline.objects.filter(plan__in=list(found), number=FIRST_BASELINE)
    told: Iterable[Baseline] = (
        rows if known_at is None else _then(Baseline, known_at, rows.values_list("pk", flat=True))
    )
    for base in told:
        if base.plan_id in found:
            found[base.plan_id].figures, found[base.plan_id].costs = base.figures, base.costs


def _tasks(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    rows = Task.objects.filter(plan__in=list(found))
    told: Iterable[tuple[Any, ...]]
    if known_at is None:
        told = rows.order_by("position", "pk").values_list(*_TASK)
    else:
        removed = PlanRevision.objects.filter(plan__in=list(found)).values_list("removed", flat=True)
        keys = {*rows.values_list("pk", flat=True), *(key for gone in removed for key in gone)}
        states = sorted(_then(Task, known_at, keys), key=lambda task: (task.position, task.pk))
        told = [tuple(getattr(task, name) for name in _TASK) for task in states]
    for plan, *values, fixed, spent in told:
        if plan in found:
            line = Line(*[*values, float(fixed), float(spent)])
            found[plan].lines[line.pk] = line


def _calendars(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    rows = PlanCalendar.objects.filter(plan__in=list(found))
    told: Iterable[PlanCalendar] = (
        rows if known_at is None else _then(PlanCalendar, known_at, rows.values_list("pk", flat=True))
    )
    for each in told:
        if each.plan_id in found:
            found[each.plan_id].calendars.append(each.definition)


def _uses(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    """Read what the use of resources costs: of one that stays for each unit, of material once."""
    resources: QuerySet[PlanResource] = PlanResource.objects.filter(plan__in=list(found)).exclude(rates=[])
    told: Iterable[PlanResource] = (
        resources if known_at is None else _then(PlanResource, known_at, resources.values_list("pk", flat=True))
    )
    per_use = {
        each.pk: (amount, each.kind)
        for each in told
        if (amount := next((float(rate.get("per_use", "0")) for rate in each.rates), 0.0))
    }
    if not per_use:
        return
    rows = TaskAssignment.objects.filter(resource__in=list(per_use))
    for plan, task, resource, units in rows.values_list("plan_id", "task_id", "resource_id", "units"):
        amount, kind = per_use[resource]
        found[plan].uses[task] += amount * (1.0 if kind == "material" else units)


def _techniques(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    rows = Technique.objects.filter(task__plan__in=list(found))
    told: list[Technique] = (
        list(rows) if known_at is None else _then(Technique, known_at, rows.values_list("pk", flat=True))
    )
    if not told:
        return
    plan_of = {key: reading for reading in found.values() for key in reading.lines}
    for each in told:
        if each.task_id in plan_of:
            plan_of[each.task_id].techniques[each.task_id] = each
    steps = TechniqueMilestone.objects.filter(technique__in=[each.pk for each in told])
    by_key = {each.pk: each.task_id for each in told}
    then: Iterable[TechniqueMilestone] = (
        steps if known_at is None else _then(TechniqueMilestone, known_at, steps.values_list("pk", flat=True))
    )
    for step in then:
        task = by_key[step.technique_id]
        if task in plan_of:
            plan_of[task].milestones[task].append(step)


def _budgets(found: dict[int, Reading], known_at: dt.datetime | None) -> None:
    """Read the budget lines where baselines have no costs of their own."""
    bare = {each.initiative.pk: each for each in found.values() if not has_costs(each)}
    if not bare:
        return
    rows = BudgetLine.objects.filter(initiative__in=list(bare))
    told: Iterable[BudgetLine] = (
        rows if known_at is None else _then(BudgetLine, known_at, rows.values_list("pk", flat=True))
    )
    for each in told:
        if each.initiative_id in bare:
            bare[each.initiative_id].budgets.append((each.task_id, each.amount))


def has_costs(reading: Reading) -> bool:
    """Tell whether the baseline of a plan says what anything costs."""
    return any(cost and float(cost) for cost in reading.costs)
