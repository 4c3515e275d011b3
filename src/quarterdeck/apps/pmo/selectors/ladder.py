"""The ladder: how far an exception has climbed, and how far it is to climb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db.models import F

from quarterdeck.apps.pmo.catalogue import LADDER
from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.models import Accountability, Escalation, EscalationRule
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.watch.models import Finding, Stage

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


class Holders(Protocol):
    """Tells who stands on a rung."""

    def holder(self, record: Accountability, rung: Rung, path: str | None) -> User | None:
        """Return who it is; None where nobody is there."""
        ...


@dataclass(frozen=True)
class Rise:
    """One step of the ladder of one exception: taken on a day, or to come on it; to whom, None for nobody."""

    rung: Rung
    on: dt.date
    taken: bool
    name: str | None


def ladder_of(finding: Finding, record: Accountability, leaders: Holders, moment: dt.datetime) -> list[Rise]:
    """Return every step of an exception at a moment: those taken by then, and on which day the others are due.

    What is due and not taken, since it rested or nobody answered for it then, is due on the day after.
    """
    rows = Escalation.objects.filter(finding=finding, opened_at=finding.opened_at, told_at__lte=moment)
    taken = {Rung(row.rung): row for row in rows.select_related("user")}
    days = days_of(record.office_id, finding.severity, rules())
    path = finding.scope.path if finding.scope is not None else None
    opened, today = clock.local_date(finding.opened_at), clock.local_date(moment)
    closed = finding.closed_at is not None and finding.closed_at <= moment
    rests = _rests_until(finding, today) if not closed else None
    found = []
    for rung in ORDER:
        row = taken.get(rung)
        if row is not None:
            found.append(
                Rise(rung, clock.local_date(row.told_at), taken=True, name=str(row.user) if row.user else None)
            )
        elif not closed:
            due = max(opened + dt.timedelta(days=days[rung]), today + dt.timedelta(days=1), rests or dt.date.min)
            user = leaders.holder(record, rung, path)
            found.append(Rise(rung, due, taken=False, name=str(user) if user else None))
    return found


def _rests_until(finding: Finding, today: dt.date) -> dt.date | None:
    """Return the day on which an accepted exception is open again."""
    handling = finding.handling
    return handling.accepted_until if handling is not None and handling.stage_on(today) == Stage.ACCEPTED else None
