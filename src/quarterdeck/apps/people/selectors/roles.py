"""Who holds which role where, on a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.choices import UNIT_HEAD, PersonKind
from quarterdeck.apps.people.models import Person, RoleAssignment
from quarterdeck.kernel.access.models import User


def held(on: dt.date) -> QuerySet[RoleAssignment]:
    """Return the assignments in force on a day, with person, role and node."""
    return RoleAssignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on
    ).select_related("person", "role", "scope")


def holders(
    scope_ids: Iterable[int], on: dt.date, role_codes: Iterable[str] | None = None
) -> dict[int, list[RoleAssignment]]:
    """Return the assignments in force at each of some nodes, by id of the node, in one query; without, left out.

    `role_codes` narrows to some roles. What is held at nodes above is not counted.
    """
    rows = held(on).filter(scope__in=set(scope_ids))
    if role_codes is not None:
        rows = rows.filter(role__code__in=set(role_codes))
    found: dict[int, list[RoleAssignment]] = defaultdict(list)
    for row in rows.order_by("role__position", "role__name", "starts_on", "pk"):
        found[row.scope_id].append(row)
    return dict(found)


def heads(on: dt.date, scope_ids: Iterable[int] | None = None) -> dict[int, Person]:
    """Return who heads each unit on a day, by id of the unit's node."""
    rows = held(on).filter(role__code=UNIT_HEAD)
    if scope_ids is not None:
        rows = rows.filter(scope__in=set(scope_ids))
    return {row.scope_id: row.person for row in rows}


def answering_for(people: Iterable[Person], on: dt.date) -> dict[int, User]:
    """Return who answers for each of some people on a day, by id of the person: their manager, else the nearest head.

    That is of their unit or one above it. Who has left, or does not sign in, answers for nobody; without anybody, left
    out. One query beside those that fill `manager__user` and `unit__scope`.
    """
    above = sorted(
        held(on).filter(role__code=UNIT_HEAD).select_related("person__user"), key=lambda row: -len(row.scope.path)
    )
    found: dict[int, User] = {}
    for person in people:
        path = person.unit.scope.path
        heading = [row.person for row in above if path.startswith(row.scope.path) and row.person_id != person.pk]
        candidates = [person.manager, *heading]
        for one in candidates:
            if one is not None and one.user is not None and (one.ends_on is None or one.ends_on >= on):
                found[person.pk] = one.user
                break
    return found


def roles_of(person: Person, on: dt.date) -> list[RoleAssignment]:
    """Return what a person holds on a day, topmost node first."""
    return list(held(on).filter(person=person).order_by("scope__path", "role__position"))


def held_by_leavers(on: dt.date, ids: Iterable[int] | None = None) -> list[RoleAssignment]:
    """Return the assignments in force, or open, on a day whose person has left before it, in one query."""
    rows = RoleAssignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), person__ends_on__lt=on)
    rows = rows.select_related("person__manager__user", "person__unit__scope", "role", "scope")
    return list(rows if ids is None else rows.filter(pk__in=set(ids)))


def without_manager(on: dt.date, ids: Iterable[int] | None = None) -> list[tuple[Person, OrganisationUnit]]:
    """Return the staff on a day whom nobody manages, each with the unit that lacks a head.

    They have no manager named, and nobody heads their unit, or the unit above where they head their own.

    Whoever heads a topmost unit is left out. Two queries.
    """
    staff = Person.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), kind=PersonKind.STAFF)
    staff = staff.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on), manager__isnull=True)
    if ids is not None:
        staff = staff.filter(pk__in=set(ids))
    headed = heads(on)
    found = []
    for person in staff.select_related("unit__parent", "unit__scope", "user"):
        unit: OrganisationUnit | None = person.unit
        head = headed.get(person.unit.scope_id)
        if head is not None and head.pk == person.pk:
            unit = person.unit.parent
            head = headed.get(unit.scope_id) if unit else None
        if unit is not None and head is None:
            found.append((person, unit))
    return found
