"""Sponsors and managers of initiatives: role assignments at their nodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from quarterdeck.apps.people.models import Person, RoleAssignment
from quarterdeck.apps.people.selectors.roles import holders
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR
from quarterdeck.apps.portfolio.models import Initiative

LEADING = (SPONSOR, *MANAGERS.values())


@dataclass(frozen=True)
class Leads:
    """Who sponsors and who manages an initiative on a day; None where nobody does."""

    sponsor: Person | None = None
    manager: Person | None = None


def manager_role(record: Initiative) -> str:
    """Return the code of the role that manages this kind of initiative."""
    return MANAGERS[record.kind]


def leads_of(initiatives: Iterable[Initiative], *, on: dt.date) -> dict[int, Leads]:
    """Return sponsor and manager of each initiative by its id; one query."""
    known = list(initiatives)
    held = holders([record.scope_id for record in known], on, LEADING)
    found = {}
    for record in known:
        by_code = {row.role.code: row.person for row in reversed(held.get(record.scope_id, []))}
        found[record.pk] = Leads(by_code.get(SPONSOR), by_code.get(manager_role(record)))
    return found


def missing_roles(record: Initiative, *, on: dt.date) -> set[str]:
    """Return the codes of the leading roles that nobody holds at this node on a day."""
    held = holders([record.scope_id], on, LEADING).get(record.scope_id, [])
    return {SPONSOR, manager_role(record)} - {row.role.code for row in held}


def roles_at(record: Initiative, *, on: dt.date) -> list[RoleAssignment]:
    """Return every assignment in force at an initiative's node, leading roles first."""
    rows = holders([record.scope_id], on).get(record.scope_id, [])
    return sorted(rows, key=lambda row: (row.role.code not in LEADING, row.role.position, row.person.name))
