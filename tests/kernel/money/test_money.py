from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.kernel.money import CurrencyError, Money, minor_units, total


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("1.00005", "CLF", "1.0001"),
    ],
)
def test_rounding_is_half_up_to_the_minor_unit(amount: str, currency: str, rounded: str) -> None:
    money = Money(Decimal(amount), currency).rounded
    assert str(money.amount) == rounded
    assert -int(money.amount.as_tuple().exponent) == minor_units(currency)


def test_only_one_currency_adds_and_compares() -> None:
    ten, two = Money(Decimal(10), "EUR"), Money(Decimal(2), "EUR")
    assert ten + two == Money(Decimal(12), "EUR")
    assert ten - two == Money(Decimal(8), "EUR")
    assert 3 * two == Money(Decimal(6), "EUR")
    assert two < ten
    assert ten >= two
    with pytest.raises(CurrencyError):
        ten + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyError):
        _ = ten > Money(Decimal(1), "USD")


@pytest.mark.parametrize(("amount", "currency"), [("NaN", "EUR"), ("Infinity", "EUR"), ("1", "eur"), ("1", "EURO")])
def test_what_is_not_money_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount of money|three capital"):
        Money(Decimal(amount), currency)


def test_sums_stay_apart_by_currency() -> None:
    amounts = [Money(Decimal("1.10"), "USD"), Money(Decimal("2.20"), "EUR"), Money(Decimal("0.90"), "USD")]
    assert total(amounts) == {"EUR": Money(Decimal("2.20"), "EUR"), "USD": Money(Decimal("2.00"), "USD")}
    assert total([]) == {}


def test_conversion_keeps_precision_until_rounded() -> None:
    yen = Money(Decimal("10.00"), "EUR").convert(Decimal("161.256"), "JPY")
    assert yen.amount == Decimal("1612.56000")
    assert yen.rounded == Money(Decimal(1613), "JPY")
    with pytest.raises(ValueError, match="above zero"):
        yen.convert(Decimal(0), "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "weights", "shares"),
    [
        ("100.00", "EUR", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.05", "EUR", [3, 7], ["0.02", "0.03"]),
        ("-100.00", "EUR", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("100", "JPY", [1, 0, 2], ["33", "0", "67"]),
        ("10.00", "EUR", [Decimal("0.2"), Decimal("0.8")], ["2.00", "8.00"]),
    ],
)
def test_allocation_by_largest_remainder(
    amount: str, currency: str, weights: list[Decimal | int], shares: list[str]
) -> None:
    assert [str(share.amount) for share in Money(Decimal(amount), currency).allocate(weights)] == shares


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_share_nothing_are_refused(weights: list[Decimal | int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        Money(Decimal(1), "EUR").allocate(weights)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any),
)
def test_allocation_loses_nothing_and_is_fair_to_a_unit(amount: Decimal, weights: list[int]) -> None:
    shares = Money(amount, "EUR").allocate(weights)
    assert sum(share.amount for share in shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.amount - amount * weight / sum(weights)) < Decimal("0.0101")
