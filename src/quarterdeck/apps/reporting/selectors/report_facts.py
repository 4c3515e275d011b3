"""The facts of a status report: what the records say of an initiative for a period, as plain values to be kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F

from quarterdeck.apps.organisation.models import Currency, Period
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.models.snapshots import Snapshot
from quarterdeck.apps.reporting.selectors import snapshots
from quarterdeck.kernel.access.policy import scopes_below
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.stages import awake

#: The check of reports that are not handed in.
OVERDUE = "status-report-overdue"
#: Milestones and findings that a report lists.
MILESTONES, FINDINGS = 12, 6
INDICES = ("spi", "cpi", "spi_t", "percent")


@dataclass
class Filled:
    """What is filled into a report: plain facts, amounts apart from them, the colour, and the day it all is of."""

    on: dt.date
    facts: dict[str, Any] = field(default_factory=dict)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    currency: Currency | None = None
    health: str = ""


def filled(initiative: Initiative, period: Period, *, today: dt.date) -> Filled:
    """Return the facts of a period's end, or of today while it has not ended.

    Where nothing was assessed until then, the assessment of today stands in, and its day is said.
    """
    on = min(period.ends_on, today)
    known = snapshots.latest([initiative], on) or snapshots.latest([initiative], today)
    found = known.get(initiative.pk)
    made = Filled(on)
    made.facts = {
        "on": on.isoformat(),
        "planned_finish": _iso(initiative.planned_finish),
        "time_tolerance": initiative.time_tolerance,
        "cost_tolerance": _text(initiative.cost_tolerance),
        "milestones": milestones(found),
        "findings": findings(initiative, today),
    }
    made.currency, made.amounts = initiative.currency, {"budget": initiative.budget}
    if found is not None:
        made.health = found.colour
        made.facts |= _assessed(found)
        made.amounts = {name: getattr(found, name) for name in AMOUNTS}
        if found.currency and found.currency != getattr(made.currency, "code", ""):
            made.currency = Currency.objects.filter(code=found.currency).first()
    return made


def _assessed(found: Snapshot) -> dict[str, Any]:
    return {
        "assessed_on": found.on.isoformat(),
        "state": found.state,
        "colour": found.colour,
        "colours": dict(found.colours),
        "own": {"colour": found.own_colour, "reason": found.own_reason},
        **{name: getattr(found, name) for name in INDICES},
        "baseline_finish": _iso(found.baseline_finish),
        "forecast_finish": _iso(found.forecast_finish),
        "days_late": found.days_late,
        "over_budget": _text(found.over),
        "signs": list(found.signs),
        "why": dict(found.facts),
    }


def milestones(found: Snapshot | None) -> list[dict[str, Any]]:
    """Return the milestones that an assessment kept: name, baseline, finish, slip in working days, whether done.

    They are those of the dashboard, so that both tell the same of any day.
    """
    kept = () if found is None else found.facts.get("milestones", ())
    return [
        {
            "name": one["name"],
            "baseline": one["baseline"],
            "finish": one["forecast"],
            "slip": one["late"],
            "done": one["done"],
        }
        for one in kept[:MILESTONES]
    ]


def findings(initiative: Initiative, today: dt.date) -> list[dict[str, Any]]:
    """Return the worst open findings at an initiative and below that anybody who sees it may read, none accepted."""
    closed = [name for name, check in checks.items() if check.tells[0]]
    # That a report is late says nothing of the project.
    closed.append(OVERDUE)
    rows = Finding.objects.filter(
        awake(today), closed_at__isnull=True, scope__in=scopes_below((initiative.scope.path,)).values("pk")
    ).exclude(check_name__in=closed)
    rows = rows.select_related("owner").order_by("rank", F("due_on").asc(nulls_last=True), "opened_at", "pk")
    return [
        {
            "record": one.label,
            "message": one.message,
            "values": one.values,
            "severity": one.severity,
            "owner": one.owner.name if one.owner else "",
            "due": _iso(one.due_on),
        }
        for one in rows[:FINDINGS]
    ]


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
