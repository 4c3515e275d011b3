"""What follows from a plan: its dates and floats by the engine, and what is shown of summaries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quarterdeck.apps.delivery.selectors import promises
from quarterdeck.apps.delivery.selectors.network import FOUND, Held, Ints
from quarterdeck.engine.calendar import Calendar, around_the_clock, timeline
from quarterdeck.engine.cpm import NONE, Schedule, schedule

DAY: Final = 1440
#: Columns of the engine that are stored as they are.
DATES: Final = (
    "start",
    "finish",
    "early_start",
    "early_finish",
    "late_start",
    "late_finish",
    "total_float",
    "free_float",
)


@dataclass
class Solved:
    """A plan with what follows from it: `found` by name of `FOUND`, in outline order."""

    held: Held
    schedule: Schedule | None
    found: dict[str, NDArray[Any]]

    @property
    def leaves(self) -> NDArray[np.bool_]:
        """Which rows are work of their own: no summaries, and in use."""
        if self.held.columns is None:
            return np.zeros(0, bool)
        found: NDArray[np.bool_] = (self.held.columns.column("active") != 0) & ~self.found["is_summary"]
        return found

    def changed(self) -> NDArray[np.int64]:
        """Return the rows that differ from what was stored."""
        differs = np.zeros(len(self.held), bool)
        for name in FOUND:
            differs |= self.found[name] != self.held.before[name]
        return np.flatnonzero(differs)


def solved(held: Held) -> Solved:
    """Schedule a plan. Raises EngineError for links in a circle and for dates beyond the calendar."""
    if held.columns is None:
        return Solved(held, None, {name: np.empty(0, np.int64) for name in FOUND})
    schedule_ = schedule(held.columns, held.options)
    found: dict[str, NDArray[Any]] = {name: getattr(schedule_, name) for name in DATES}
    found |= {"critical": schedule_.critical, "near_critical": schedule_.near_critical}
    parent = held.columns.column("parent")
    summary = np.zeros(len(held), bool)
    summary[parent[parent >= 0]] = True
    found["is_summary"] = summary
    found["level"] = levels(parent)
    found["span"] = _spans(held, found)
    found["done"] = _done(held, found, parent)
    found |= promises.follow(
        held.rows,
        held.links,
        found["finish"],
        summary,
        ordered=held.plan.ordered_on,
        calendar=lambda row: calendar_of(held, row),
    )
    return Solved(held, schedule_, found)


def levels(parent: Ints) -> Ints:
    """Return how deep each row stands: 0 at the top. Parents may stand anywhere.

    >>> levels(np.array([-1, 0, 1, -1])).tolist()
    [0, 1, 2, 0]
    """
    found = np.zeros(len(parent), np.int64)
    above = parent.copy()
    while (up := above >= 0).any():
        found[up] += 1
        above[up] = parent[above[up]]
    return found


def calendar_of(held: Held, row: int) -> Calendar:
    """Return the calendar on which a row is worked."""
    place = int(held.worked[row]) if len(held) else -1
    place = held.project if place < 0 else place
    return around_the_clock() if place < 0 else held.calendars[place]


def _spans(held: Held, found: dict[str, NDArray[Any]]) -> Ints:
    """Return the duration that is shown: of a summary the working time of the plan between its ends."""
    spans = np.array(held.rows["duration"], np.int64)
    rows = np.flatnonzero(found["is_summary"])
    dated = rows[(found["start"][rows] != NONE) & (found["finish"][rows] != NONE)]
    spans[rows] = NONE
    if len(dated):
        calendar = around_the_clock() if held.project < 0 else held.calendars[held.project]
        spans[dated] = timeline(calendar).between(found["start"][dated], found["finish"][dated])
    return spans


def _done(held: Held, found: dict[str, NDArray[Any]], parent: Ints) -> NDArray[np.float64]:
    """Return percent complete: a summary's is that of the work below it, weighed by duration."""
    done = np.array(held.rows["percent"], np.float64)
    weight = np.array(held.rows["duration"], np.float64)
    summary, level = found["is_summary"], found["level"]
    weight[summary | ~np.array(held.rows["active"], bool)] = 0.0
    part = done * weight
    for depth in range(int(level.max(initial=0)), 0, -1):
        rows = np.flatnonzero(level == depth)
        np.add.at(weight, parent[rows], weight[rows])
        np.add.at(part, parent[rows], part[rows])
    some = summary & (weight > 0)
    done[summary] = 0.0
    done[some] = part[some] / weight[some]
    return np.round(done, 4)


def on_day(instants: Iterable[int]) -> list[dt.date | None]:
    """Return the dates of instants; None where there is none.

    >>> on_day([0, 1440, NONE])
    [datetime.date(1970, 1, 1), datetime.date(1970, 1, 2), None]
    """
    given = np.array(list(instants), np.int64)
    days = np.where(given == NONE, np.iinfo(np.int64).min, given // DAY)
    found: list[dt.date | None] = days.astype("M8[D]").tolist()
    return found


def plain(column: NDArray[Any]) -> list[Any]:
    """Return a column as plain values, None where there is none.

    >>> plain(np.array([5, NONE]))
    [5, None]
    """
    if column.dtype.kind != "i":
        values: list[Any] = column.tolist()
        return values
    return [None if value == NONE else value for value in column.tolist()]
