"""What breach cases of one contract give back: each its share of the charge, all of a period together up to the cap."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from quarterdeck.apps.suppliers.choices import LIVE, BreachState, Window
from quarterdeck.apps.suppliers.models import BreachCase, Contract
from quarterdeck.apps.suppliers.selectors.windows import Stretch, months_of, stretch_of
from quarterdeck.engine.service_level import Tier, credit_amount, credit_share
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Decimals that the field of an amount has; a currency may know more.
PLACES: Final = 2
#: Periods over which the cap holds, the shortest first.
_PERIODS: Final = (Window.MONTH, Window.QUARTER, Window.YEAR)


def locked(contract_id: int) -> Contract:
    """Return a contract whose credits are about to be reckoned: one after the other, whichever of its levels it is."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("supplier__owner", "owner", "currency")
    return rows.get(pk=contract_id)


def reckon_credit(case: BreachCase, share: float, contract: Contract) -> None:
    """Put the credit of a share of cases met into a case: percent by the tiers of its level, currency and amount."""
    tiers = [Tier(below=float(tier.below) / 100, credit=float(tier.credit) / 100) for tier in case.level.tiers.all()]
    found = Decimal(repr(credit_share(share, tiers))) * 100
    case.credit = found.quantize(Decimal("0.01"), ROUND_HALF_UP)
    case.currency_id = contract.currency_id
    case.credit_amount = amount_of(case, contract)


def amount_of(case: BreachCase, contract: Contract) -> Decimal | None:
    """Return the credit of a case in money; None without a charge or a credit.

    It is its share of the charge of its window (of a single case: the month), and no more than what the other cases
    leave of the cap, within that period and within each longer one: a month's credits count in their quarter and year.
    """
    if contract.monthly_charge is None or not case.credit:
        return None
    units = Decimal(10) ** min(contract.currency.minor_units, PLACES)
    cap, own = float(contract.credit_cap) / 100, months_of(case.level.window)
    others = BreachCase.objects.filter(level__contract=contract, currency=contract.currency_id)
    others = others.exclude(pk=case.pk).exclude(state=BreachState.EXCUSED).filter(credit_amount__gt=0)
    given = [
        (months_of(window), day, int((amount or 0) * units))
        for window, day, amount in others.values_list("level__window", "last_day", "credit_amount")
    ]
    found = credit_amount([float(case.credit) / 100], charge=_charge(contract, own, units))
    for period in _PERIODS:
        size = months_of(period)
        if size < own:
            continue
        stretch = stretch_of(case.last_day, period)
        taken = sum(amount for other, day, amount in given if other <= size and _within(day, stretch))
        most = credit_amount([1.0], charge=_charge(contract, size, units), cap=cap)
        found = min(found, max(0, most - taken))
    return Decimal(found) / units


def _charge(contract: Contract, months: int, units: Decimal) -> int:
    assert contract.monthly_charge is not None
    return int((contract.monthly_charge * months * units).quantize(Decimal(1), ROUND_HALF_UP))


def _within(day: dt.date, stretch: Stretch) -> bool:
    return stretch.first <= day <= stretch.last


def give_room(case: BreachCase, contract: Contract, actor: Actor) -> None:
    """Reckon the cases anew that shared the cap with one that gives nothing any more; those that are over stay."""
    rows = BreachCase.objects.filter(level__contract=contract, state__in=LIVE, credit__gt=0).exclude(pk=case.pk)
    for other in rows.select_related("level").order_by("last_day", "code"):
        wider = max(case.level.window, other.level.window, key=months_of)
        if not _within(other.last_day, stretch_of(case.last_day, wider)):
            continue
        amount = amount_of(other, contract)
        if amount is not None and (other.credit_amount is None or amount > other.credit_amount):
            other.credit_amount = amount
            records.save(other, actor=actor, note=case.reason)
