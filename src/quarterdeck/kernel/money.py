"""Money: an amount with its currency, never a bare number.

Amounts keep full precision until `rounded`; rounding is half up, to the currency's minor unit (ISO 4217).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

#: Currencies whose minor unit is not a hundredth, with their digits after the point (ISO 4217).
MINOR_UNITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class CurrencyError(ValueError):
    """Two amounts in different currencies were added or compared."""


def minor_units(currency: str) -> int:
    """Return the digits after the point of a currency; 2 unless ISO 4217 says otherwise."""
    return MINOR_UNITS.get(currency, 2)


def unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency, such as 0.01."""
    return Decimal(1).scaleb(-minor_units(currency))


@dataclass(frozen=True)
class Money:
    """An amount in a currency. Adding or comparing different currencies raises CurrencyError."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError("The amount of money is a finite Decimal.")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError("A currency is three capital letters.")

    @property
    def rounded(self) -> Money:
        """The amount at the currency's minor unit, rounded half up."""
        return Money(self.amount.quantize(unit(self.currency), ROUND_HALF_UP), self.currency)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CurrencyError(f"{self.currency} and {other.currency} need a rate.")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.rounded.amount:,} {self.currency}"

    def convert(self, rate: Decimal, currency: str) -> Money:
        """Return the worth in another currency at `rate` units of it per unit of this one, not rounded."""
        if rate <= 0:
            raise ValueError("An exchange rate is above zero.")
        return Money(self.amount * rate, currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> tuple[Money, ...]:
        """Share the rounded amount out by weight, to the minor unit and without loss.

        Largest remainder: what rounding down leaves over goes, unit by unit, to the shares that lost most; the earlier
        share wins a tie. Raises ValueError on a negative weight or when all are zero.
        """
        shares = [Decimal(weight) for weight in weights]
        whole = sum(shares, Decimal(0))
        if any(share < 0 for share in shares) or whole <= 0:
            raise ValueError("Weights are zero or more, and one at least is above zero.")
        smallest = unit(self.currency)
        total = self.rounded.amount
        units = int(abs(total) / smallest)
        sign = -1 if total < 0 else 1
        exact = [units * share / whole for share in shares]
        floors = [int(value.to_integral_value(ROUND_DOWN)) for value in exact]
        order = sorted(range(len(shares)), key=lambda i: floors[i] - exact[i])
        for i in order[: units - sum(floors)]:
            floors[i] += 1
        return tuple(Money(sign * count * smallest, self.currency) for count in floors)


def total(amounts: Iterable[Money]) -> dict[str, Money]:
    """Return the sum of amounts for each currency that occurs, in order of the currency's code."""
    sums: dict[str, Money] = {}
    for money in amounts:
        sums[money.currency] = sums[money.currency] + money if money.currency in sums else money
    return dict(sorted(sums.items()))
