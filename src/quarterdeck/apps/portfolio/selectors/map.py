"""The map of the portfolio: what each project weighs, in one currency or by count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from quarterdeck.apps.organisation.selectors import RateMissingError, base_currency, rate
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.selectors.tree import Node

BUDGET, COUNT = "budget", "count"


@dataclass
class Weights:
    """What each project weighs, by id: its budget in one currency, or 1. `unpriced` have no budget.

    `unrated` are the currencies that no rate in force ties to `currency`.
    """

    by: str
    currency: str = ""
    of: dict[int, Decimal] = field(default_factory=dict)
    unpriced: int = 0
    unrated: list[str] = field(default_factory=list)

    def total(self, node: Node) -> Decimal:
        """Return what a node weighs with all below it."""
        return sum((self.of.get(one.record.pk, Decimal(0)) for one in node.walk()), Decimal(0))


def projects(nodes: Iterable[Node], *, ended: bool) -> list[Node]:
    """Return the projects at and below some nodes; without `ended`, only those still open."""
    below = (one for node in nodes for one in node.walk() if one.record.kind == Kind.PROJECT)
    return [one for one in below if ended or one.record.is_open]


def may_weigh_budgets(nodes: Iterable[Node]) -> bool:
    """Tell whether every budget below is shown to the actor: otherwise sizes would tell what figures do not."""
    return not any(node.closed for node in nodes)


def weights(nodes: Iterable[Node], *, by: str, ended: bool, on: dt.date) -> Weights:
    """Return the weights of the projects below; budgets of cancelled ones are not counted.

    Several currencies are put into the organisation's at the rates in force on the day: one query per currency.
    """
    found = projects(nodes, ended=ended)
    if by == COUNT:
        return Weights(COUNT, of={one.record.pk: Decimal(1) for one in found})
    codes = {code for one in found for code in one.budgets}
    base = base_currency() if len(codes) > 1 else None
    into = base.code if base else min(codes, default="")
    rates = {into: Decimal(1)}
    unrated = []
    for code in sorted(codes - {into}):
        try:
            rates[code] = rate(code, into, on)
        except RateMissingError:
            unrated.append(code)
    weighed = Weights(BUDGET, into, unrated=unrated)
    for one in found:
        amounts = [amount * rates[code] for code, amount in one.budgets.items() if code in rates]
        if amounts and sum(amounts) > 0:
            weighed.of[one.record.pk] = sum(amounts, Decimal(0))
        elif not any(one.budgets.values()) and one.record.state != State.CANCELLED:
            weighed.unpriced += 1
    return weighed
