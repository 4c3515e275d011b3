"""Runs of simulation and levelling of a plan, its estimates and risks, and whether they still fit the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from quarterdeck.apps.delivery.choices import TaskKind
from quarterdeck.apps.delivery.models import Plan, PlanAnalysis, PlanRisk, Task, TaskEstimate
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

Kind = PlanAnalysis.Kind
WORDS = {Kind.SIMULATION: "risk", Kind.LEVELLING: "level"}


def plan_address(plan: Plan) -> str:
    """Return the address of a plan's page: that of the project for the current one."""
    own = "" if plan.is_current else f"{plan.pk}/"
    return f"/projects/{plan.initiative.code}/plan/{own}"


def address(run: PlanAnalysis) -> str:
    """Return the address of the page of a run."""
    return f"{plan_address(run.plan)}{WORDS[Kind(run.kind)]}/{run.number}/"


def runs_of(plan: Plan, kind: str, *, until: dt.datetime | None = None) -> QuerySet[PlanAnalysis]:
    """Return the runs of a plan that the caller may see, the latest first; with `until` those asked for by then."""
    rows = PlanAnalysis.objects.filter(plan=plan, kind=kind).select_related("job", "asked_by", "adopted_as")
    rows = rows if until is None else rows.filter(asked_at__lte=until)
    return rows.order_by("-number")


def run_at(
    plan: Plan, kind: str, number: int, *, actor: Actor, until: dt.datetime | None = None
) -> PlanAnalysis | None:
    """Return a run by its number; None where there is none, or the actor may not see its plan."""
    if number >= 1 << 31 or not visible(Plan.objects.filter(pk=plan.pk), actor).exists():
        return None
    return runs_of(plan, kind, until=until).filter(number=number).first()


@dataclass(frozen=True)
class Known:
    """How many estimates and risks a plan has, and when one of them was changed last."""

    estimates: int
    risks: int
    changed_at: dt.datetime | None


def known_of(plan: Plan) -> Known:
    """Return what is known of a plan's uncertainty."""
    told = [
        rows.aggregate(count=Count("pk"), last=Max("updated_at"))
        for rows in (TaskEstimate.objects.filter(plan=plan), PlanRisk.objects.filter(plan=plan))
    ]
    moments = [each["last"] for each in told if each["last"] is not None]
    return Known(told[0]["count"], told[1]["count"], max(moments, default=None))


def outdated(run: PlanAnalysis, plan: Plan, known: Known | None = None) -> bool:
    """Tell whether the plan, or given what is known of them its estimates and risks, changed since a run read them."""
    if run.revision is not None and plan.revision != run.revision:
        return True
    changed = known.changed_at if known is not None else None
    return changed is not None and run.finished_at is not None and changed > run.asked_at


def risks_of(plan: Plan, *, actor: Actor) -> list[PlanRisk]:
    """Return the risks of a plan."""
    return list(visible(PlanRisk.objects.filter(plan=plan), actor).order_by("pk"))


def risk_at(plan: Plan, key: int, *, actor: Actor) -> PlanRisk | None:
    """Return one risk of a plan by its id."""
    return visible(PlanRisk.objects.filter(plan=plan), actor).filter(pk=key).first() if key < 1 << 62 else None


@dataclass(frozen=True)
class Estimated:
    """Some tasks of a plan with their estimates, and how many there are of each sort."""

    lines: list[tuple[int, Task, TaskEstimate | None]]
    pages: int
    counts: dict[str, int]


def estimates_of(plan: Plan, *, which: str, page: int, size: int) -> Estimated:
    """Return a page of the tasks with work left, with the number of their row and their estimate.

    `which`: all of them, those without an estimate, or the critical ones. The caller may see the plan.
    """
    rows = Task.objects.filter(plan=plan).order_by("position", "pk").values_list("pk", flat=True)
    number = {key: place + 1 for place, key in enumerate(rows)}
    noted = TaskEstimate.objects.filter(plan=plan).select_related("updated_by")
    known = {each.task_id: each for each in noted}
    all_ = open_tasks(plan)
    sorts = {
        "all": all_,
        "without": [each for each in all_ if each.pk not in known],
        "critical": [each for each in all_ if each.critical],
    }
    chosen = sorts.get(which, all_)
    pages = max(1, -(-len(chosen) // size))
    first = (min(max(page, 1), pages) - 1) * size
    lines = [(number[each.pk], each, known.get(each.pk)) for each in chosen[first : first + size]]
    return Estimated(lines, pages, {name: len(found) for name, found in sorts.items()})


def open_tasks(plan: Plan) -> list[Task]:
    """Return the tasks of a plan whose duration is not known yet, in outline order."""
    rows = Task.objects.filter(plan=plan, is_summary=False, active=True, actual_finish=None, duration__gt=0)
    return list(rows.filter(kind=TaskKind.TASK).order_by("position", "pk"))


def rows_of(plan: Plan) -> dict[int, tuple[int, str]]:
    """Return the number of its row and the name of each task of a plan by id."""
    told = Task.objects.filter(plan=plan).order_by("position", "pk").values_list("pk", "name")
    return {key: (place + 1, name) for place, (key, name) in enumerate(told)}
