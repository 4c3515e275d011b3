"""A portfolio with a programme and three projects, their people, and those who read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import Person, Role
from quarterdeck.apps.people.services import role_assign
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User

# The units, people and actors are those of the other apps' tests.
from tests.apps.organisation.conftest import (  # noqa: F401
    NOW,
    build,
    currencies,
    given,
    group,
    networks,
    office_hours,
    stranger,
    system,
    unit,
)
from tests.apps.people.conftest import MakePerson, catalogue, person  # noqa: F401

TODAY = NOW.date()

Make = Callable[..., Initiative]
Lead = Callable[..., Person]


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def make(system: Actor, networks: OrganisationUnit) -> Make:  # noqa: F811
    """Make an initiative through the service; a state is set past its guard, as an earlier life would have left it."""

    def made(
        name: str, kind: str = "project", parent: Initiative | None = None, state: str = "", **fields: Any
    ) -> Initiative:
        record = Initiative(name=name, kind=kind, parent=parent, **{"unit": networks, **fields})
        services.initiative_save(record, actor=system)
        if state:
            record.state = state
            records.save(record, actor=system)
        return record

    return made


@pytest.fixture
def lead(system: Actor, person: MakePerson, catalogue: dict[str, Role]) -> Lead:  # noqa: F811
    """Give a new person a role at an initiative."""

    def given_role(name: str, role: str, record: Initiative, **fields: Any) -> Person:
        who = person(name, **fields)
        role_assign(person=who, role=catalogue[role], scope=record.scope, starts_on=day(-60), actor=system)
        return who

    return given_role


@pytest.fixture
def top(make: Make) -> Initiative:
    return make("Network Build", "portfolio")


@pytest.fixture
def spine(make: Make, top: Initiative) -> Initiative:
    return make("Northern Spine", "programme", top)


@pytest.fixture
def backbone(make: Make, spine: Initiative, currencies: dict[str, Currency]) -> Initiative:  # noqa: F811
    return make(
        "Leeds Backbone",
        parent=spine,
        purpose="A route to Hull.",
        method="prince2",
        currency=currencies["GBP"],
        budget=2_000_000,
        planned_start=day(-30),
        planned_finish=day(-10),
        time_tolerance=15,
        cost_tolerance=10,
    )
