"""Many calendars in one set of arrays, for compiled passes over a plan.

A pass takes `table.arrays` and the number of a calendar in it, and calls the functions of `kernels`. Whatever leaves
the table comes back as `BEFORE` or `BEYOND`; these swallow any duration added to them, so that a pass runs to its end
and looks at its results once: found one, take `table.grown()` and run again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar.definition import DAY, EARLIEST, LATEST
from quarterdeck.engine.calendar.expansion import Minutes
from quarterdeck.engine.calendar.timeline import FIRST_DAY, LAST_DAY, Calendar, Horizon, timeline
from quarterdeck.engine.errors import EngineError

#: What the kernels return for what lies before and beyond the table.
BEFORE: Final = -(1 << 60)
BEYOND: Final = 1 << 60
#: Calendars in one table: with more it would take gigabytes.
MOST: Final = 10_000
#: Minutes of time, and of work, that one entry of an index covers, as powers of two.
TIME_BUCKET: Final = 10
WORK_BUCKET: Final = 9


class TableArrays(NamedTuple):
    """What the kernels take. The stretches of calendar c lie from `offsets[c]` to `offsets[c + 1]`.

    The first and the last of each calendar are no work but stops, at `first` and at `BEYOND`, so that a search need not
    look for its end; the work proper is `offsets[c] + 1` to `offsets[c + 1] - 1`, exclusive.
    """

    first: int  # the instants between which the calendars are worked out
    last: int
    offsets: Minutes
    starts: Minutes
    ends: Minutes
    cum: Minutes  # W at each start
    first_work: Minutes  # W at `first`, of each calendar
    last_work: Minutes  # W at `last`, of each calendar
    by_time: NDArray[np.int32]  # [c, b]: the last stretch that has begun at first + (b << TIME_BUCKET)
    by_work: NDArray[np.int32]  # as by_time, by work done since `first`, calendar after calendar
    by_work_offsets: Minutes


@dataclass(frozen=True, slots=True)
class CalendarTable:
    """Calendars worked out over one horizon; `number[id]` is what the kernels take for a calendar."""

    calendars: tuple[Calendar, ...]
    number: Mapping[Hashable, int]
    arrays: TableArrays

    def grown(self) -> CalendarTable:
        """Return the same calendars over more time: once as much again and a half, and three years at least.

        Raises `EngineError`, naming the calendars, when the table spans all time that the engine knows, 1900 to 2200.

        >>> from quarterdeck.engine.calendar import calendar_table, five_day
        >>> table = calendar_table([five_day("office")], 0, 1440 * 1000)
        >>> wider = table.grown()
        >>> wider.arrays.first <= -1440 * 365, wider.arrays.last >= 1440 * 2000
        (True, True)
        """
        first, last = self.arrays.first, self.arrays.last
        if first <= FIRST_DAY * DAY and last >= LAST_DAY * DAY:
            raise EngineError(
                f"the plan does not end between {EARLIEST} and {LATEST}",
                culprits=self.number,
                remedy="Check dates, durations and lags, and that every calendar has working time.",
            )
        more = max(last - first, 2 * 366 * DAY)
        return calendar_table(self.calendars, max(first - more // 2, FIRST_DAY * DAY), min(last + more, LAST_DAY * DAY))


def calendar_table(calendars: Iterable[Calendar], first: int, last: int) -> CalendarTable:
    """Work calendars out between two instants, for the kernels; each keeps its place as its number.

    Raises `EngineError` for no calendars or over `MOST`, for two different ones of one id, and for instants outside
    1900 to 2200 or in the wrong order.

    >>> from quarterdeck.engine.calendar import around_the_clock, five_day
    >>> table = calendar_table([five_day("office"), around_the_clock()], 0, 1440 * 365)
    >>> table.number["24 h"], table.arrays.last_work.tolist()
    (1, [125280, 525600])
    """
    taken = tuple(dict.fromkeys(calendars))
    number = {calendar.id: place for place, calendar in enumerate(taken)}
    if not taken:
        raise EngineError("no calendars", remedy="Give the plan at least one calendar.")
    if len(taken) > MOST:
        raise EngineError(
            f"{len(taken):,} calendars", remedy=f"A plan works on {MOST:,} at most: let tasks share them."
        )
    if len(number) < len(taken):
        twice = [calendar.id for place, calendar in enumerate(taken) if number[calendar.id] != place]
        raise EngineError(
            f"two different calendars are called {twice[0]!r}", culprits=twice, remedy="Give each its own id."
        )
    return CalendarTable(taken, number, _arrays([timeline(each).part(first, last) for each in taken]))


def _arrays(parts: list[Horizon]) -> TableArrays:
    first, last = parts[0].first, parts[0].last
    offsets = np.cumsum([0, *(len(part.starts) + 2 for part in parts)], dtype=np.int64)
    edges = np.arange(first, last + 1, 1 << TIME_BUCKET, dtype=np.int64)
    by_time = np.empty((len(parts), len(edges)), np.int32)
    by_work = []
    for number, (part, offset) in enumerate(zip(parts, offsets[:-1], strict=True)):
        by_time[number] = offset + np.searchsorted(part.starts, edges, side="right")
        done = np.arange(part.first_work, part.last_work + 1, 1 << WORK_BUCKET, dtype=np.int64)
        by_work.append((offset + np.searchsorted(part.cum, done, side="left")).astype(np.int32))
    return TableArrays(
        first=first,
        last=last,
        offsets=offsets,
        starts=np.concatenate([stop for part in parts for stop in ([first], part.starts, [BEYOND])]),
        ends=np.concatenate([stop for part in parts for stop in ([first], part.ends, [BEYOND])]),
        cum=np.concatenate([stop for part in parts for stop in ([part.first_work], part.cum, [part.last_work])]),
        first_work=np.array([part.first_work for part in parts], np.int64),
        last_work=np.array([part.last_work for part in parts], np.int64),
        by_time=by_time,
        by_work=np.concatenate(by_work),
        by_work_offsets=np.cumsum([0, *(len(index) for index in by_work)], dtype=np.int64),
    )
