"""A small organisation, and someone with rights at one of its nodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import pytest

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.organisation.services import currency_save, unit_save
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor, Right
from quarterdeck.kernel.access.models import User

NOW = dt.datetime(2026, 3, 17, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MakeActor = Callable[..., Actor]
EVERYTHING = ("view", "add", "change", "delete")


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system(now=NOW)


@pytest.fixture
def units(system: Actor) -> dict[str, OrganisationUnit]:
    made: dict[str, OrganisationUnit] = {}
    for code, parent in (("GRP", None), ("NET", "GRP"), ("OPS", "GRP")):
        kind = "division" if parent else "enterprise"
        made[code] = OrganisationUnit(code=code, name=code.title(), kind=kind, parent=made[parent] if parent else None)
        unit_save(made[code], actor=system)
    return made


@pytest.fixture
def person(system: Actor, units: dict[str, OrganisationUnit]) -> Person:
    row = Person(name="Helen Ashdown", unit=units["NET"])
    person_save(row, actor=system)
    return row


@pytest.fixture
def pound(system: Actor) -> Currency:
    row = Currency(code="GBP", name="Pound sterling")
    currency_save(row, actor=system)
    return row


@pytest.fixture
def someone(units: dict[str, OrganisationUnit]) -> MakeActor:
    """Make a user with actions on every kind of record at a unit and below; "" is the root."""

    def make(
        name: str = "Amara", *, at: str = "NET", actions: Iterable[str] = EVERYTHING, sees: Iterable[str] = ()
    ) -> Actor:
        user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
        path = units[at].scope.path if at else scopes.root().path
        right = Right(path, {"*": tuple(actions)}, frozenset(sees))
        return Actor(user=user, now=NOW, _given=(right,))

    return make
