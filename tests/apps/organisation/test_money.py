from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation import selectors, services
from quarterdeck.apps.organisation.models import Currency, ExchangeRate
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied

D = dt.date
Currencies = dict[str, Currency]


@pytest.fixture
def rates(currencies: Currencies, system: Actor) -> None:
    for pair, rate, day in (
        ("EUR/GBP", "0.80", D(2026, 1, 1)),
        ("EUR/GBP", "0.90", D(2026, 3, 1)),
        ("GBP/SEK", "12.5", D(2026, 2, 1)),
    ):
        first, second = pair.split("/")
        row = ExchangeRate(
            from_currency=currencies[first], to_currency=currencies[second], rate=Decimal(rate), valid_on=day
        )
        records.save(row, actor=system)


@pytest.mark.parametrize(
    ("pair", "day", "expected"),
    [
        (("EUR", "GBP"), D(2026, 2, 28), "0.80"),
        (("EUR", "GBP"), D(2026, 3, 1), "0.90"),
        (("GBP", "EUR"), D(2026, 2, 28), "1.25"),
        (("SEK", "GBP"), D(2026, 2, 1), "0.08"),
        (("EUR", "SEK"), D(2026, 2, 15), "10"),  # 0.80 x 12.5
        (("SEK", "EUR"), D(2026, 2, 15), "0.1"),  # 0.08 x 1.25
        (("USD", "USD"), D(2020, 1, 1), "1"),
    ],
)
@pytest.mark.usefixtures("rates")
def test_rates(pair: tuple[str, str], day: dt.date, expected: str) -> None:
    assert selectors.rate(*pair, day) == Decimal(expected)


@pytest.mark.usefixtures("rates")
def test_a_rate_says_where_it_comes_from() -> None:
    found = selectors.rate_found("EUR", "SEK", D(2026, 3, 5))
    assert (found.rate, found.valid_on, found.route) == (Decimal("11.25"), D(2026, 2, 1), ("EUR", "GBP", "SEK"))


@pytest.mark.parametrize(
    ("pair", "day", "told"),
    [
        (("EUR", "GBP"), D(2025, 12, 31), "from EUR to GBP on or before 31 Dec 2025"),
        (("EUR", "SEK"), D(2026, 1, 31), "from GBP to SEK on or before 31 Jan 2026"),
        (("USD", "SEK"), D(2026, 3, 1), "from USD to GBP on or before 1 Mar 2026"),
    ],
)
@pytest.mark.usefixtures("rates")
def test_a_missing_rate_is_named(pair: tuple[str, str], day: dt.date, told: str) -> None:
    with pytest.raises(selectors.RateMissingError, match=told):
        selectors.rate(*pair, day)


def test_one_currency_is_that_of_the_organisation(currencies: Currencies, system: Actor, stranger: Actor) -> None:
    currencies["EUR"].is_base = True
    with pytest.raises(AccessDenied):
        services.currency_save(currencies["EUR"], actor=stranger)
    services.currency_save(currencies["EUR"], actor=system)
    base = selectors.base_currency()
    assert base == currencies["EUR"]
    assert Currency.objects.filter(is_base=True).count() == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"rate": Decimal(0)}, "A rate is above zero"),
        ({"to_currency": "EUR"}, "two different currencies"),
        ({"valid_on": D(2026, 1, 1)}, "There is a rate for these two currencies on this day already"),
    ],
)
@pytest.mark.usefixtures("rates")
def test_rates_that_cannot_be_are_refused(
    fields: dict[str, object], told: str, currencies: Currencies, system: Actor
) -> None:
    values = {"rate": Decimal("1.1"), "to_currency": "GBP", "valid_on": D(2026, 5, 1), **fields}
    values["to_currency"] = currencies[str(values["to_currency"])]
    with pytest.raises(ValidationError, match=told):
        records.save(ExchangeRate(from_currency=currencies["EUR"], **values), actor=system)


def test_a_code_is_three_capitals(system: Actor) -> None:
    with pytest.raises(ValidationError, match="Three capital letters"):
        services.currency_save(Currency(code="eur", name="Euro"), actor=system)
