"""Counts by month of several kinds of records, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import TruncMonth

#: Every row.
ALL: Final = Q(pk__isnull=False)


@dataclass(frozen=True)
class Tally:
    """What to count: rows, by what they belong to (`key`) and the month of a day.

    `asked` are names with what counts under each, and which of that was met.
    """

    rows: QuerySet[Any]
    key: str
    day: str
    asked: tuple[tuple[str, Q, Q], ...]


#: Place of the tally, name, key, first of the month, met, counted.
Counted = tuple[int, str, int, dt.date, int, int]


def tallied(tallies: Sequence[Tally]) -> Iterator[Counted]:
    """Give the counts of some tallies, in no order; one query, however many they are."""
    width = max(len(tally.asked) for tally in tallies)
    first, *others = (_query(place, tally, width) for place, tally in enumerate(tallies))
    for place, key, month, *counts in first.union(*others, all=True) if others else first:
        for number, (name, _which, _met) in enumerate(tallies[place].asked):
            of, met = counts[2 * number : 2 * number + 2]
            if of:
                yield place, name, key, month, met, of


def _query(place: int, tally: Tally, width: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Return one tally as rows of place, key, month and the pairs counted and met, filled up with noughts."""
    counts: dict[str, Count | Value] = {}
    for number in range(width):
        counts[f"of_{number}"] = counts[f"met_{number}"] = Value(0, IntegerField())
        if number < len(tally.asked):
            _name, which, met = tally.asked[number]
            counts[f"of_{number}"] = Count("pk", filter=which)
            counts[f"met_{number}"] = Count("pk", filter=which & met)
    rows: Any = tally.rows.order_by().annotate(tally_key=F(tally.key), tally_month=TruncMonth(tally.day))
    grouped = rows.values("tally_key", "tally_month").annotate(**counts, tally_place=Value(place, IntegerField()))
    told: QuerySet[Any, tuple[Any, ...]] = grouped.values_list("tally_place", "tally_key", "tally_month", *counts)
    return told
