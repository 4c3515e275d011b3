"""A running project with manager and sponsor, fiscal periods, and an assessment: what reports are written of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.organisation import services as organisation
from quarterdeck.apps.organisation.models import Currency, FiscalCalendar, Period
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
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
from tests.apps.people.conftest import catalogue, person  # noqa: F401
from tests.apps.portfolio.conftest import Lead, Make, backbone, lead, make, spine, top  # noqa: F401

#: Monday 16 March 2026: February has ended, and its reports were due on the 5th.
TODAY = NOW.date()
FEBRUARY, MARCH = dt.date(2026, 2, 28), dt.date(2026, 3, 31)


def snapshot(initiative: Initiative, on: dt.date, **facts: Any) -> Snapshot:
    """An assessment: 12 working days late, amber in time, green in cost."""
    given_facts: dict[str, Any] = {
        "assessed_at": dt.datetime.combine(on, dt.time(5), tzinfo=dt.UTC),
        "state": "active",
        "currency": "GBP",
        "colour": "amber",
        "colours": {"time": "amber", "cost": "green"},
        "budget": Decimal(2_000_000),
        "bac": Decimal(1_900_000),
        "pv": Decimal(1_000_000),
        "ev": Decimal(930_000),
        "ac": Decimal("950000.50"),
        "committed": Decimal(120_000),
        "eac": Decimal(2_040_860),
        "spi": 0.93,
        "cpi": 0.979,
        "spi_t": 0.91,
        "percent": 48.9,
        "baseline_finish": dt.date(2026, 5, 29),
        "forecast_finish": dt.date(2026, 6, 16),
        "days_late": 12,
        "projects": 1,
        "ambers": 1,
    }
    return Snapshot.objects.create(initiative=initiative, on=on, **{**given_facts, **facts})


@dataclass
class Stage:
    """The project, who writes, who reviews, and who only reads."""

    project: Initiative
    manager: Actor
    sponsor: Actor
    reader: Actor
    system: Actor

    def period(self, day: dt.date) -> Period:
        return Period.objects.get(starts_on__lte=day, ends_on__gte=day)


def _actor(who: Person) -> Actor:
    assert who.user is not None
    return Actor(user=User.objects.get(pk=who.user.pk), now=NOW)


@pytest.fixture
def periods(system: Actor) -> None:  # noqa: F811
    calendar = FiscalCalendar(name="Group", start_month=1, is_default=True)
    organisation.fiscal_calendar_save(calendar, actor=system)
    organisation.fiscal_years_generate(record=calendar, first=2025, last=2027, actor=system)


@pytest.fixture
def stage(  # noqa: PLR0917
    periods: None,
    make: Make,  # noqa: F811
    lead: Lead,  # noqa: F811
    top: Initiative,  # noqa: F811
    system: Actor,  # noqa: F811
    given: Any,  # noqa: F811
    currencies: dict[str, Currency],  # noqa: F811
) -> Stage:
    project = make(
        "Leeds Backbone",
        parent=top,
        state="active",
        currency=currencies["GBP"],
        budget=2_000_000,
        actual_start=dt.date(2025, 9, 1),
        planned_finish=dt.date(2026, 5, 29),
        time_tolerance=15,
    )
    manager = lead("Priya Nair", "PM", project, signs_in=True)
    sponsor = lead("Martin Oyelaran", "SPONSOR", project, signs_in=True)
    snapshot(project, FEBRUARY)
    reader = given(project.scope, {"*": ["view"]})
    return Stage(project, _actor(manager), _actor(sponsor), reader, system)
