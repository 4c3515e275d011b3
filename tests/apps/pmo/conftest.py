"""An office with its people, what it answers for, and exceptions opened on stated days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import Office, OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.watch.models import Finding
from tests.apps.organisation.conftest import (  # noqa: F401
    NOW,
    build,
    currencies,
    given,
    group,
    networks,
    stranger,
    system,
    unit,
)
from tests.apps.people.conftest import MakePerson, catalogue, person  # noqa: F401
from tests.apps.portfolio.conftest import lead, make, spine, top  # noqa: F401

MakeAnswer = Callable[..., Accountability]
Found = Callable[..., Finding]


@pytest.fixture
def root(db: None) -> Scope:
    return scopes.root()


@pytest.fixture
def office(system: Actor, group: OrganisationUnit) -> Office:  # noqa: F811
    row = Office(code="GPMO", name="Group PMO", unit=group)
    records.save(row, actor=system)
    return row


@pytest.fixture
def owner(person: MakePerson) -> Person:  # noqa: F811
    return person("Olga Owner", signs_in=True)


@pytest.fixture
def deputy(person: MakePerson) -> Person:  # noqa: F811
    return person("Dev Deputy", signs_in=True)


@pytest.fixture
def answers(system: Actor, office: Office, root: Scope) -> MakeAnswer:  # noqa: F811
    """Make an accountability in force at the root, for project timeframes unless told otherwise."""

    def made(name: str = "Project timeframes", **fields: Any) -> Accountability:
        stated = {"category": "delivery", "function": "timeframes", "scope": root, "office": office, **fields}
        row = Accountability(name=name, scope_text="Projects finish in time.", **stated)
        records.save(row, actor=system)
        return row

    return made


@pytest.fixture
def found(top: Initiative) -> Found:  # noqa: F811
    """Open an exception some days ago about an initiative: past its planned finish unless told otherwise."""

    def opened(days: int, record: Initiative = top, check: str = "initiative-past-finish", **fields: Any) -> Finding:
        at = NOW - dt.timedelta(days=days)
        stated = {"severity": "high", "rank": 0, "label": record.name, "message": "Late.", "scope": record.scope}
        return Finding.objects.create(
            check_name=check,
            record_type="portfolio.initiative",
            record_id=record.pk,
            key=f"{days}-{Finding.objects.count()}",
            first_seen=at,
            opened_at=at,
            last_seen=at,
            **{**stated, **fields},
        )

    return opened
