"""Who holds which role where, on a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from quarterdeck.apps.people.choices import UNIT_HEAD
from quarterdeck.apps.people.models import Person, RoleAssignment


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


def roles_of(person: Person, on: dt.date) -> list[RoleAssignment]:
    """Return what a person holds on a day, topmost node first."""
    return list(held(on).filter(person=person).order_by("scope__path", "role__position"))
