"""A small organisation: a group with one division and one department, and people with rights at one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from quarterdeck.apps.organisation import services
from quarterdeck.apps.organisation.choices import UnitKind
from quarterdeck.apps.organisation.models import Currency, OrganisationUnit, WorkCalendar
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User

NOW = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system(now=NOW)


@pytest.fixture
def stranger(db: None) -> Actor:
    return Actor(user=User.objects.create_user("stranger@example.org", name="Sam Stranger"), now=NOW)


MakeUnit = Callable[..., OrganisationUnit]


@pytest.fixture
def unit(system: Actor) -> MakeUnit:
    def make(code: str, kind: str, parent: OrganisationUnit | None = None) -> OrganisationUnit:
        row = OrganisationUnit(code=code, name=code.title(), kind=kind, parent=parent)
        services.unit_save(row, actor=system)
        return row

    return make


@pytest.fixture
def group(unit: MakeUnit) -> OrganisationUnit:
    return unit("GROUP", UnitKind.ENTERPRISE)


@pytest.fixture
def networks(unit: MakeUnit, group: OrganisationUnit) -> OrganisationUnit:
    return unit("NETWORKS", UnitKind.DIVISION, group)


@pytest.fixture
def build(unit: MakeUnit, networks: OrganisationUnit) -> OrganisationUnit:
    return unit("BUILD", UnitKind.DEPARTMENT, networks)


MakeActor = Callable[..., Actor]


@pytest.fixture
def given(db: None) -> MakeActor:
    """An actor with some permissions at one node."""

    def make(scope: Scope, permissions: dict[str, list[str]], sees: list[str] | None = None) -> Actor:
        count = User.objects.count()
        user = User.objects.create_user(f"user{count}@example.org", name=f"User {count}")
        role = AccessRole.objects.create(name=f"Role {count}", permissions=permissions, sees=sees or [])
        Grant.objects.create(user=user, role=role, scope=scope)
        return Actor(user=user, now=NOW)

    return make


@pytest.fixture
def office_hours(system: Actor) -> WorkCalendar:
    """Monday to Friday 08:00-12:00 and 13:00-17:00, holidays of England."""
    calendar = WorkCalendar(name="England", country="GB", subdivision="ENG", time_zone="Europe/London", is_default=True)
    services.calendar_save(calendar, actor=system)
    services.week_set(calendar=calendar, hours=dict.fromkeys(range(5), "08:00-12:00, 13:00-17:00"), actor=system)
    return calendar


@pytest.fixture
def currencies(system: Actor) -> dict[str, Currency]:
    rows = {code: Currency(code=code, name=code, is_base=code == "GBP") for code in ("GBP", "EUR", "SEK", "USD")}
    for row in rows.values():
        services.currency_save(row, actor=system)
    return rows
