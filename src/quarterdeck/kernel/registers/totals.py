"""Counts and sums of a list, as a whole and by group; amounts of different currencies are never added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quarterdeck.kernel.registers.columns import Shown

#: A sum by currency code; "" holds what has no currency.
Amounts = dict[str, Any]


@dataclass
class Group:
    """Rows that share a value of the grouping column, with their count and sums over the whole list, not the page."""

    value: Any
    count: int
    sums: dict[str, Amounts]


def gathered(rows: Iterable[dict[str, Any]], columns: Sequence[Shown]) -> Group:
    """Return one group from rows of counts and sums, one for each currency."""
    group = Group(None, 0, {column.name: {} for column in columns})
    for row in rows:
        group.count += row["n"]
        for column in columns:
            amount = row[f"sum_{column.name}"]
            if amount is not None:
                currency = (row[f"code_{column.currency}"] or "") if column.currency else ""
                sums = group.sums[column.name]
                sums[currency] = sums.get(currency, 0) + amount
    return group


def merged(groups: Iterable[Group]) -> Group:
    """Return all groups as one."""
    whole = Group(None, 0, {})
    for group in groups:
        whole.count += group.count
        for name, amounts in group.sums.items():
            sums = whole.sums.setdefault(name, {})
            for currency, amount in amounts.items():
                sums[currency] = sums.get(currency, 0) + amount
    return whole
