"""Accountabilities that something is wrong with, and functions that nobody answers for."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.choices import UNIT_HEAD
from quarterdeck.apps.people.models import RoleAssignment
from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.pmo.choices import Function, Rung, State
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.pmo.selectors.ladder import nearest
from quarterdeck.apps.portfolio.choices import SPONSOR
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch import functions
from quarterdeck.kernel.watch.checks import checks

#: The code of the role of who heads an office.
HEAD = "PMO-HEAD"


def in_force(ids: Iterable[int] | None = None) -> QuerySet[Accountability]:
    """Return the accountabilities in force with what they name, in one query."""
    rows = Accountability.objects.filter(state=State.IN_FORCE)
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    return rows.select_related("scope", "office__unit__scope", "owner__user", "deputy__user")


class Leaders:
    """Who heads offices and sponsors nodes on a day, in one query; the nearest node at or above decides."""

    def __init__(self, on: dt.date) -> None:
        self.on = on
        rows = held(on).filter(role__code__in=(HEAD, UNIT_HEAD, SPONSOR)).select_related("person__user")
        self._rows: list[RoleAssignment] = sorted(rows, key=lambda row: (-len(row.scope.path), row.pk))

    def _nearest(self, code: str, path: str) -> User | None:
        for row in self._rows:
            fits = row.role.code == code and path.startswith(row.scope.path)
            if fits and row.person.user is not None and not row.person.has_left(self.on):
                return row.person.user
        return None

    def head(self, record: Accountability | Office) -> User | None:
        """Return who heads the office of an accountability, or an office: else who heads the unit it belongs to."""
        office = record.office if isinstance(record, Accountability) else record
        path = office.unit.scope.path
        return self._nearest(HEAD, path) or self._nearest(UNIT_HEAD, path)

    def sponsor(self, path: str) -> User | None:
        """Return who sponsors a node or the nearest above."""
        return self._nearest(SPONSOR, path)

    def holder(self, record: Accountability, rung: Rung, path: str | None) -> User | None:
        """Return to whom an exception at a node goes on a rung of the ladder; None where nobody is there."""
        if rung == Rung.HEAD:
            return self.head(record)
        if rung == Rung.SPONSOR:
            return self.sponsor(path or record.scope.path)
        person = record.owner if rung == Rung.OWNER else record.deputy
        return person.user if person is not None and not person.has_left(self.on) else None


def doubled(ids: Iterable[int] | None = None) -> list[Accountability]:
    """Return the accountabilities in force of whose function there is another in force at the same node."""
    rows = list(in_force())
    count = Counter((row.function, row.scope_id) for row in rows)
    wanted = None if ids is None else set(ids)
    return [row for row in rows if count[row.function, row.scope_id] > 1 and (wanted is None or row.pk in wanted)]


@dataclass(frozen=True)
class Unanswered:
    """A function that checks serve and nobody answers for, before the office whom it concerns."""

    office: Office
    key: str
    title: Text
    checks: int


def unanswered(ids: Iterable[int] | None = None) -> list[Unanswered]:
    """Return what checks serve without an accountability in force, for each office that is no spoke of another.

    Only where the office has begun to state what it answers for. A function is answered for where, of each node that
    the office serves, somebody answers for it there or above. A check whose function is in no catalogue is told by the
    name it gives. Two queries.
    """
    rows = Office.objects.filter(hub__isnull=True, accountabilities__isnull=False).distinct()
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    offices = list(rows.select_related("unit__scope"))
    if not offices:
        return []
    rows_in_force = list(in_force())
    number: Counter[str] = Counter()
    titles: dict[str, Text] = {}
    for known in checks.values():
        served = functions.serving(known.function)
        key = served.key if served is not None else known.function
        number[key] += 1
        titles[key] = served.title if served is not None else known.function
    order = [key for key in (*Function.values, *sorted(set(number) - set(Function.values))) if number[key]]
    found = []
    for office in offices:
        places = _served(office, rows_in_force)
        found += [
            Unanswered(office, key, titles[key], number[key])
            for key in order
            if any(nearest(rows_in_force, key, path) is None for path in places)
        ]
    return found


def _served(office: Office, rows: Iterable[Accountability]) -> list[str]:
    """Return the topmost nodes at which an office answers for anything; for nothing yet, the node of its unit."""
    own = {row.scope.path for row in rows if row.office_id == office.pk} or {office.unit.scope.path}
    return sorted(path for path in own if not any(path != other and path.startswith(other) for other in own))
