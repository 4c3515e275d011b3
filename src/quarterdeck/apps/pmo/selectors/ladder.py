"""The ladder: how far an exception has climbed, and how far it is to climb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F

from quarterdeck.apps.pmo.catalogue import LADDER
from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.models import Accountability, Escalation, EscalationRule

ORDER = list(Rung)


def rules() -> dict[tuple[int, str], dict[Rung, int]]:
    """Return the rules that offices have stated, by office and severity, in one query."""
    return {(row.office_id, row.severity): row.days() for row in EscalationRule.objects.all()}


def days_of(office: int, severity: str, stated: Mapping[tuple[int, str], Mapping[Rung, int]]) -> Mapping[Rung, int]:
    """Return the days of each rung for a severity under an office: its own, else those that ship."""
    return stated.get((office, severity)) or LADDER[severity]


def reached(days: Mapping[Rung, int], age: int) -> list[Rung]:
    """Return the rungs that an exception of some days has reached, the lowest first."""
    return [rung for rung in ORDER if age >= days[rung]]


def nearest(rows: Iterable[Accountability], function: str, path: str | None) -> Accountability | None:
    """Return what answers for a function at a node: nearest at or above; for what has no node, the topmost."""
    fitting = [row for row in rows if row.function == function and (path is None or path.startswith(row.scope.path))]
    if path is None:
        return min(fitting, key=lambda row: (len(row.scope.path), row.pk), default=None)
    return min(fitting, key=lambda row: (-len(row.scope.path), row.pk), default=None)


@dataclass(frozen=True)
class Step:
    """The highest rung that an exception has reached, since when, and who was told; nobody there: None."""

    rung: Rung
    at: dt.datetime
    name: str | None


def standing(findings: Iterable[int], moment: dt.datetime) -> dict[int, Step]:
    """Return the highest rung of each of some exceptions at a moment, in one query; not escalated: left out.

    The caller has looked that the reader may see the exceptions.
    """
    rows = Escalation.objects.filter(
        finding__in=list(findings), opened_at=F("finding__opened_at"), told_at__lte=moment
    ).select_related("user")
    found: dict[int, Step] = {}
    for row in rows:
        rung = Rung(row.rung)
        known = found.get(row.finding_id)
        if known is None or ORDER.index(rung) > ORDER.index(known.rung):
            found[row.finding_id] = Step(rung, row.told_at, str(row.user) if row.user else None)
    return found
