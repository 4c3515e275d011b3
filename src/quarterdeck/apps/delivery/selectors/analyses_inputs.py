"""A plan with its estimates and risks as the simulation of the engine takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np

from quarterdeck.apps.delivery.choices import FIRST_BASELINE, ResourceKind
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanRisk, Shape, Task, TaskAssignment, TaskEstimate
from quarterdeck.apps.delivery.selectors.network import Held
from quarterdeck.apps.delivery.selectors.solving import Solved
from quarterdeck.engine.calendar import Calendar, around_the_clock
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.simulation import (
    Correlation,
    Distribution,
    Pert,
    Response,
    Risk,
    Triangular,
    Trigen,
    Uncertainty,
    Uniform,
)

#: What the date to be kept is, in the order in which it is looked for.
TARGETS: Final = ("asked", "deadline", "must", "baseline", "plan")


@dataclass
class Inputs:
    """What is not known of a plan, and how much of it is."""

    uncertainties: list[Uncertainty] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    correlations: list[Correlation] = field(default_factory=list)
    #: Tasks with work left, those of them with an estimate, and those with the spread for all others.
    open: int = 0
    estimated: int = 0
    spread: int = 0
    #: Risks of the plan, of which `risks` are those that hit something still to be done.
    noted: int = 0
    names: dict[int, str] = field(default_factory=dict)
    responses: dict[int, str] = field(default_factory=dict)


def inputs_of(now: Solved, options: Mapping[str, Any]) -> Inputs:
    """Return what is not known of a plan: estimates, or the spread asked for where there is none, costs and risks."""
    held, found = now.held, Inputs()
    plan = held.plan
    estimates = {each.task_id: each for each in TaskEstimate.objects.filter(plan=plan)}
    money = _money(plan)
    left = _left(now)
    groups: dict[Any, list[int]] = defaultdict(list)
    for row in np.flatnonzero(now.leaves).tolist():
        key, remaining = int(held.ids[row]), left[row]
        spread = None
        if remaining > 0:
            found.open += 1
            spread = _spread(found, estimates.get(key), remaining / held.rows["duration"][row], options)
            if spread is not None and not _certain(spread[0]):
                groups[held.rows["parent_id"][row] if options.get("within") != "all" else 0].append(key)
        cost, rate = _price(money.get(key), remaining)
        if spread is not None or cost or rate:
            shape, relative = spread or (None, False)
            found.uncertainties.append(Uncertainty(key, shape, cost, rate, relative))
    coefficient = float(options.get("correlation") or 0)
    if coefficient > 0:
        found.correlations = [Correlation(tuple(keys), coefficient) for keys in groups.values() if len(keys) > 1]
    _risks(found, plan, {int(held.ids[row]) for row in np.flatnonzero(now.leaves).tolist() if left[row] >= 0})
    return found


def _left(now: Solved) -> list[int]:
    """Return the minutes of work that each row has left; -1 where it is finished, nil of what only marks an instant."""
    rows = now.held.rows
    told = zip(rows["duration"], rows["actual_start"], rows["actual_finish"], rows["remaining"], strict=True)
    return [
        -1 if ended is not None else span if begun is None or remaining is None else min(span, remaining)
        for span, begun, ended, remaining in told
    ]


def _spread(
    found: Inputs, estimate: TaskEstimate | None, part: float, options: Mapping[str, Any]
) -> tuple[Distribution, bool] | None:
    """Return how long a task may take, and whether as times what is planned."""
    if estimate is None:
        low, high = options.get("low"), options.get("high")
        if low is None or high is None:
            return None
        found.spread += 1
        return Triangular(1 + float(low) / 100, 1.0, 1 + float(high) / 100), True
    found.estimated += 1
    by = 0.01 if estimate.relative else part
    ends = (estimate.low * by, estimate.likely * by, estimate.high * by)
    return shaped(estimate.shape, *ends), estimate.relative


def shaped(shape: str, low: float, likely: float, high: float) -> Distribution:
    """Return a distribution by the name of its shape.

    >>> shaped("triangular", 6.0, 9.0, 15.0).mean
    10.0
    """
    if low == high or (shape == Shape.TRIGEN and not low < likely < high):
        return Triangular(low, likely, high)
    if shape == Shape.UNIFORM:
        return Uniform(low, high)
    if shape == Shape.TRIGEN:
        return Trigen(low, likely, high)
    return (Pert if shape == Shape.PERT else Triangular)(low, likely, high)


def _certain(shape: Distribution) -> bool:
    return shape.deviation == 0


def _money(plan: Plan) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Return by task its cost, what of it was spent, and what of it goes with time: that of people and machines."""
    timed: dict[int, Decimal] = defaultdict(Decimal)
    every: dict[int, Decimal] = defaultdict(Decimal)
    assigned = TaskAssignment.objects.filter(plan=plan).exclude(cost=0)
    for task, kind, cost in assigned.values_list("task_id", "resource__kind", "cost"):
        every[task] += cost
        if kind == ResourceKind.WORK:
            timed[task] += cost
    found = {}
    rows = Task.objects.filter(plan=plan, is_summary=False).values_list("pk", "cost", "fixed_cost", "actual_cost")
    for key, cost, fixed, spent in rows:
        whole = cost or fixed + every[key]
        if whole:
            found[key] = (whole, spent, min(timed[key], whole))
    return found


def _price(told: tuple[Decimal, Decimal, Decimal] | None, remaining: int) -> tuple[float, float]:
    """Return what a task costs whatever it takes, and what each minute of the work left costs."""
    if told is None:
        return 0.0, 0.0
    whole, spent, timed = told
    if remaining <= 0:
        return float(whole), 0.0
    ahead = max(whole - spent, Decimal(0)) * timed / whole
    return float(whole - ahead), float(ahead) / remaining


def _risks(found: Inputs, plan: Plan, open_: set[int]) -> None:
    for risk in PlanRisk.objects.filter(plan=plan).order_by("pk"):
        found.noted += 1
        hit = tuple(key for key in risk.tasks if key in open_)
        delay = _three(risk.delay_low, risk.delay_likely, risk.delay_high) if hit else 0.0
        loss = _three(risk.cost_low, risk.cost_likely, risk.cost_high)
        if delay == 0.0 and loss == 0.0:
            continue
        answer = None
        if risk.response:
            found.responses[risk.pk] = risk.response
            answer = Response(
                cost=float(risk.response_cost),
                probability=None if risk.probability_after is None else risk.probability_after / 100,
                delay=None if risk.delay_after is None or not hit else float(risk.delay_after),
            )
        found.names[risk.pk] = risk.name
        probability = risk.probability / 100
        found.risks.append(
            Risk(id=risk.pk, probability=probability, tasks=hit, delay=delay, loss=loss, response=answer)
        )


def _three(low: Any, likely: Any, high: Any) -> float | Triangular:
    ends = float(low), float(likely), float(high)
    return ends[1] if ends[0] == ends[2] else Triangular(*ends)


def project_calendar(held: Held) -> Calendar:
    """Return the calendar on which a plan is counted."""
    return around_the_clock() if held.project < 0 else held.calendars[held.project]


def target_of(now: Solved, asked: int | None) -> tuple[str, int]:
    """Return the instant by which the plan should be done, and what it is (see `TARGETS`).

    That asked for, else the last deadline of its tasks, the finish it must keep, the finish of its first baseline, or
    the finish as planned now.
    """
    plan = now.held.plan
    if asked is not None:
        return "asked", asked
    assert now.held.columns is not None
    deadline = now.held.columns.column("deadline")[now.leaves]
    deadline = deadline[deadline != NONE]
    if len(deadline):
        return "deadline", int(deadline.max())
    if plan.finish is not None:
        return "must", plan.finish
    agreed = Baseline.objects.filter(plan=plan, number=FIRST_BASELINE).values_list("finish", "figures").first()
    if agreed is not None:
        ends = [each for each in agreed[1].get("finish", ()) if each is not None]
        finish = agreed[0] if agreed[0] is not None else max(ends, default=None)
        if finish is not None:
            return "baseline", int(finish)
    assert now.schedule is not None
    return "plan", int(now.schedule.project_finish)


def budget_of(plan: Plan, asked: str | None) -> tuple[str, float | None]:
    """Return the money that the plan should keep to, and what it is: asked for, of the baseline, of the project."""
    if asked:
        return "asked", float(asked)
    agreed = Baseline.objects.filter(plan=plan, number=FIRST_BASELINE).values_list("figures", "costs").first()
    if agreed is not None and agreed[1]:
        summaries = set(Task.objects.filter(plan=plan, is_summary=True).values_list("pk", flat=True))
        told = zip(agreed[0].get("task", ()), agreed[1], strict=True)
        total = sum((Decimal(cost) for key, cost in told if cost and key not in summaries), Decimal(0))
        if total:
            return "baseline", float(total)
    project = plan.initiative
    alike = plan.currency in ("", project.currency.code if project.currency is not None else "")
    return ("project", float(project.budget)) if project.budget is not None and alike else ("", None)
