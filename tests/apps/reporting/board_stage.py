"""A portfolio in pounds over a programme in euros, with hand-made assessments of their projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import Currency, ExchangeRate
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.audit.models import Change
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Make

TODAY = NOW.date()
Assessed = Callable[..., Snapshot]


def assessed(record: Initiative, on: dt.date = TODAY, **facts: Any) -> Snapshot:
    """An assessment of a project: green, nothing else stated."""
    given: dict[str, Any] = {
        "assessed_at": dt.datetime.combine(on, dt.time(5), tzinfo=dt.UTC),
        "state": "active",
        "currency": record.currency.code if record.currency else "",
        "colour": "green",
        "colours": {"time": "green"},
        "projects": 1,
    }
    return Snapshot.objects.create(initiative=record, on=on, **{**given, **facts})


def amounts(**given: str) -> dict[str, Any]:
    return {name: Decimal(value) for name, value in given.items()}


@dataclass
class Board:
    """The tree: Whole (GBP) > Works (EUR) > A (EUR), B (EUR); Whole > C (GBP), D (SEK, no rate, on hold)."""

    whole: Initiative
    works: Initiative
    a: Initiative
    b: Initiative
    c: Initiative
    d: Initiative
    system: Actor
    given: Any

    def reader(self, *sees: str, at: Initiative | None = None) -> User:
        user = self.given((at or self.whole).scope, {"*": ["view"]}, list(sees)).user
        assert user is not None
        return User.objects.get(pk=user.pk)


@pytest.fixture
def board(make: Make, system: Actor, currencies: dict[str, Currency], given: Any) -> Board:
    euro, pound, krona = currencies["EUR"], currencies["GBP"], currencies["SEK"]
    for code, rate, day in ((euro, "0.80", 60), (euro, "0.85", 10)):
        row = ExchangeRate(
            from_currency=code, to_currency=pound, rate=Decimal(rate), valid_on=TODAY - dt.timedelta(days=day)
        )
        records.save(row, actor=system)
    whole = make("Whole", "portfolio", currency=pound, state="active")
    works = make("Works", "programme", whole, currency=euro, state="active")
    found = Board(
        whole,
        works,
        make("Alder", parent=works, currency=euro, state="active", budget=1000),
        make("Birch", parent=works, currency=euro, state="active"),
        make("Cedar", parent=whole, currency=pound, state="active"),
        make("Damson", parent=whole, currency=krona, state="on_hold"),
        system,
        given,
    )
    # All this stood a month before.
    Change.objects.update(at=NOW - dt.timedelta(days=30))
    return found
