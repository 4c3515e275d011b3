"""Units, people, absences and rates, and actors with rights at some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.organisation.services import currency_save, unit_save
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.registers import find
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register

EVERYTHING = ("view", "add", "change", "delete")
#: Wednesday, in the third quarter.
NOW = dt.datetime(2026, 8, 19, 9, 0, tzinfo=dt.UTC)
Join = Callable[..., User]


def the(slug: str) -> Register[Any]:
    register = find(slug)
    assert register is not None
    return register


def listing(slug: str, actor: Actor, **query: str) -> Listing:
    """Return a list as its address asks for it: `f_name` stands for `f.name`."""
    params = {key.replace("f_", "f.", 1) if key.startswith("f_") else key: value for key, value in query.items()}
    return Listing(the(slug), actor, Params.parse(params))


def names(found: Listing) -> list[str]:
    return [str(row.record) for row in found.rows]


def at(user: User) -> Actor:
    """Return the user at the tests' moment, with the grants as stored."""
    return Actor(user=User.objects.get(pk=user.pk), now=NOW)


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system(now=NOW)


@pytest.fixture
def units(system: Actor) -> dict[str, OrganisationUnit]:
    made: dict[str, OrganisationUnit] = {}
    for code, parent in (("GRP", None), ("NET", "GRP"), ("OPS", "GRP"), ("NET-B", "NET")):
        kind = "division" if parent else "enterprise"
        made[code] = OrganisationUnit(code=code, name=code, kind=kind, parent=made[parent] if parent else None)
        unit_save(made[code], actor=system)
    return made


@pytest.fixture
def people(units: dict[str, OrganisationUnit], system: Actor) -> dict[str, Person]:
    """Ada manages Ben and Cai; Dee is elsewhere. They leave on the days that relative dates ask for."""
    made: dict[str, Person] = {}
    for name, unit, ends, title in (
        ("Ada", "NET", None, "Head"),
        ("Ben", "NET", dt.date(2026, 8, 18), "Engineer"),
        ("Cai", "NET-B", dt.date(2026, 9, 18), "engineer, lines"),
        ("Dee", "OPS", dt.date(2026, 12, 31), ""),
    ):
        row = Person(name=name, unit=units[unit], ends_on=ends, job_title=title, manager=made.get("Ada"))
        person_save(row, actor=system)
        made[name] = row
    return made


@pytest.fixture
def rates(people: dict[str, Person], system: Actor) -> dict[str, CostRate]:
    pound = Currency(code="GBP", name="Pound sterling")
    currency_save(pound, actor=system)
    made = {}
    for name, rate in (("Ada", "120.50"), ("Ben", "80.25"), ("Dee", "60.00")):
        made[name] = CostRate(person=people[name], starts_on=dt.date(2026, 1, 1), rate=Decimal(rate), currency=pound)
        records.save(made[name], actor=system)
    return made


@pytest.fixture
def join(system: Actor) -> Join:
    """Make a user who holds a role at a unit and below, or at the root."""

    def make(
        name: str = "Amara",
        *,
        unit: OrganisationUnit | None = None,
        actions: Iterable[str] = EVERYTHING,
        sees: Iterable[str] = (),
        on: str = "*",
    ) -> User:
        user, _made = User.objects.get_or_create(email=f"{name.lower()}@example.org", defaults={"name": name})
        role = AccessRole(name=f"{name} {AccessRole.objects.count()}", permissions={on: list(actions)}, sees=list(sees))
        records.save(role, actor=system)
        records.save(Grant(user=user, role=role, scope=unit.scope if unit else scopes.root()), actor=system)
        return user

    return make


@pytest.fixture
def head(join: Join) -> User:
    """Someone who may do and see everything."""
    return join("Head", sees=("money", "personal"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def yesterday() -> dt.datetime:
    return clock.now() - dt.timedelta(days=1)
