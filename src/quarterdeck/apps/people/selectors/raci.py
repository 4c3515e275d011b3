"""The RACI matrix of a node."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quarterdeck.apps.people.choices import Raci, RaciEntryLetter
from quarterdeck.apps.people.models import Activity, Person, RaciDefault, RaciEntry, Role
from quarterdeck.apps.people.selectors.roles import holders
from quarterdeck.kernel.access.models import Scope


@dataclass(frozen=True)
class RaciRole:
    """A column: a role with those who hold it at the node."""

    role: Role
    people: tuple[Person, ...]


@dataclass(frozen=True)
class RaciCell:
    """The part of a role in an activity: the letter in force, the standard one, and whether the node sets it itself."""

    role_id: int
    letter: str
    standard: str
    own: bool


@dataclass(frozen=True)
class RaciRow:
    """An activity with its cells in the order of the columns, and what is wrong with it."""

    activity: Activity
    cells: tuple[RaciCell, ...]
    warning: str

    @property
    def accountable(self) -> int:
        """How many of the roles are accountable; right is one."""
        return sum(cell.letter == Raci.ACCOUNTABLE for cell in self.cells)


@dataclass(frozen=True)
class RaciMatrix:
    """Activities by roles at one node."""

    scope: Scope
    roles: tuple[RaciRole, ...]
    rows: tuple[RaciRow, ...]

    @property
    def warnings(self) -> int:
        """How many activities lack the one accountable role."""
        return sum(bool(row.warning) for row in self.rows)


def raci_matrix(scope: Scope, on: dt.date) -> RaciMatrix:
    """Return the matrix of a node on a day, in four queries: the roles held there, or given a part there, by activity.

    The caller has checked that the node may be seen. A row warns where more than one role is accountable, or none, and
    where the accountable role is held by nobody or by several persons.
    """
    people: dict[int, list[Person]] = {}
    roles: dict[int, Role] = {}
    for assignment in holders([scope.pk], on).get(scope.pk, []):
        roles[assignment.role_id] = assignment.role
        people.setdefault(assignment.role_id, []).append(assignment.person)
    own: dict[tuple[int, int], str] = {}
    for entry in RaciEntry.objects.filter(scope=scope).select_related("role"):
        own[entry.activity_id, entry.role_id] = entry.letter
        if entry.letter != RaciEntryLetter.NONE:
            roles.setdefault(entry.role_id, entry.role)
    ordered = sorted(roles.values(), key=lambda role: (role.position, role.name))
    standard = {(row.activity_id, row.role_id): row.letter for row in RaciDefault.objects.filter(role__in=list(roles))}
    columns = tuple(RaciRole(role, tuple(people.get(role.pk, ()))) for role in ordered)
    rows = []
    for activity in Activity.objects.filter(is_active=True).order_by("position", "name"):
        cells = tuple(_cell((activity.pk, role.pk), own, standard) for role in ordered)
        rows.append(RaciRow(activity, cells, _warning(cells, columns)))
    return RaciMatrix(scope, columns, tuple(rows))


def _cell(key: tuple[int, int], own: dict[tuple[int, int], str], standard: dict[tuple[int, int], str]) -> RaciCell:
    usual = standard.get(key, "")
    letter = own.get(key, usual)
    return RaciCell(key[1], "" if letter == RaciEntryLetter.NONE else letter, usual, key in own)


def _warning(cells: tuple[RaciCell, ...], columns: tuple[RaciRole, ...]) -> str:
    accountable = [column for cell, column in zip(cells, columns, strict=True) if cell.letter == Raci.ACCOUNTABLE]
    if not accountable:
        return _("No role is accountable.")
    if len(accountable) > 1:
        return _("%(count)d roles are accountable; one answers.") % {"count": len(accountable)}
    column = accountable[0]
    if not column.people:
        return _("Nobody holds %(role)s here.") % {"role": column.role.name}
    if len(column.people) > 1:
        return _("%(count)d people hold %(role)s; one answers.") % {
            "count": len(column.people),
            "role": column.role.name,
        }
    return ""
