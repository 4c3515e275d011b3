"""The RACI matrix of a node."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from quarterdeck.apps.people.choices import Raci, RaciEntryLetter
from quarterdeck.apps.people.models import Activity, Person, RaciDefault, RaciEntry, Role
from quarterdeck.apps.people.selectors.roles import held, holders
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import visible


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

    @property
    def own(self) -> int:
        """How many parts depart from the standard."""
        return sum(cell.own for row in self.rows for cell in row.cells)

    @property
    def people(self) -> int:
        """How many persons hold a role at the node."""
        return len({person.pk for column in self.roles for person in column.people})


@dataclass(frozen=True)
class RaciNode:
    """A node with how many roles are held there, by how many people, and its depth among the nodes shown."""

    scope: Scope
    roles: int
    people: int
    depth: int = 0


def raci_node(pk: int) -> Scope | None:
    """Return a node by its number. The caller checks whether it may be seen."""
    return Scope.objects.filter(pk=pk).first()


def raci_nodes(*, actor: Actor, on: dt.date, limit: int = 200) -> list[RaciNode]:
    """Return the nodes at which roles are held on a day as far as the actor may see them, in the order of the tree.

    Where there are more than `limit`, those at which most are held.
    """
    rows = visible(held(on).select_related(None), actor).order_by()
    counts = {
        scope: (roles, people)
        for scope, roles, people in rows.values_list("scope").annotate(
            roles=Count("role", distinct=True), people=Count("person", distinct=True)
        )
    }
    scopes = Scope.objects.filter(pk__in=counts)
    most = sorted(scopes, key=lambda scope: -counts[scope.pk][0])[:limit]
    found = []
    above: list[str] = []
    for scope in sorted(most, key=lambda scope: scope.path):
        while above and not scope.path.startswith(above[-1]):
            above.pop()
        found.append(RaciNode(scope, *counts[scope.pk], depth=len(above)))
        above.append(scope.path)
    return found


def raci_matrix(scope: Scope, on: dt.date, also: Iterable[int] = ()) -> RaciMatrix:
    """Return the matrix of a node on a day: the roles held there, or given a part there, by activity.

    Four queries, and one more for the roles `also` named by id, which nobody holds there yet.
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
    roles |= {role.pk: role for role in Role.objects.filter(pk__in=set(also) - roles.keys())} if also else {}
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


def roles_unlisted(matrix: RaciMatrix) -> list[Role]:
    """Return the roles in use that the matrix does not show, to add one."""
    shown = [column.role.pk for column in matrix.roles]
    return list(Role.objects.filter(is_active=True).exclude(pk__in=shown))
