"""Runs of simulation and levelling of a plan, its estimates and risks, and whether they still fit the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from quarterdeck.apps.delivery.models import Plan, PlanAnalysis, PlanRisk, TaskEstimate
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
