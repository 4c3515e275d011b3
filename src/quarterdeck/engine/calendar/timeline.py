"""A calendar worked out along time: how much work lies between two instants, and when an amount of work is done.

All follows from one function, **W(t)**: the working minutes between 1970-01-01 00:00 and the instant t, negative
before. W never falls and has no jumps; over a stretch of free time it is level. Its inverse has therefore two sides:

* `finish_at(w)`: the first instant at which w is reached, the **end of a shift** where there is a choice;
* `start_at(w)`: the last instant at which w still holds, the **start of the next shift** where there is a choice;

so that W(finish_at(w)) = W(start_at(w)) = w and finish_at(w) <= start_at(w), to the minute.

An instant is a whole number of minutes since 1970-01-01 00:00 local time. Every method takes one number and returns
one, or takes arrays (which broadcast) and returns an array.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar.definition import DAY, EARLIEST, LATEST, WorkCalendar
from quarterdeck.engine.calendar.expansion import EPOCH, Minutes, combined, day_number, expanded
from quarterdeck.engine.errors import EngineError

Whole: TypeAlias = int | Minutes

FIRST_DAY: Final = day_number(EARLIEST)
LAST_DAY: Final = day_number(LATEST)
YEAR: Final = 366  # days by which a horizon grows at least, behind and ahead
AHEAD: Final = 10 * YEAR


@dataclass(frozen=True, slots=True)
class CombinedCalendar:
    """The time that `depth` of several calendars have in common; made by `intersection` and `union`."""

    id: Hashable
    parts: tuple[Calendar, ...]
    depth: int


Calendar: TypeAlias = WorkCalendar | CombinedCalendar


def intersection(*calendars: Calendar) -> Calendar:
    """Return the calendar that works when all of these do, as a task done by resources; its id is the tuple of theirs.

    Raises `EngineError` for no calendars. That there is no common time is found when it is first worked out.

    >>> from quarterdeck.engine.calendar import around_the_clock, five_day, timeline
    >>> late = five_day("late", shifts=((720, 1200),))
    >>> both = intersection(five_day("office"), late)
    >>> both.id, timeline(both).between(4 * 1440, 5 * 1440)
    (('office', 'late'), 240)
    """
    return _combination(calendars, len(set(calendars)))


def union(*calendars: Calendar) -> Calendar:
    """Return the calendar that works when any of these does, as a desk that several shifts man.

    Raises `EngineError` for no calendars.

    >>> from quarterdeck.engine.calendar import five_day, timeline
    >>> late = five_day("late", shifts=((720, 1200),))
    >>> timeline(union(five_day("office"), late)).between(4 * 1440, 5 * 1440)
    720
    """
    return _combination(calendars, 1)


def _combination(calendars: tuple[Calendar, ...], depth: int) -> Calendar:
    parts = tuple(dict.fromkeys(calendars))
    if not parts:
        raise EngineError("no calendars to combine", remedy="Name at least one.")
    return parts[0] if len(parts) == 1 else CombinedCalendar(tuple(part.id for part in parts), parts, depth)


def work(calendar: Calendar, first: int, last: int) -> tuple[Minutes, Minutes]:
    """Return starts and ends of all work within the days `first` to `last` (numbers since 1970-01-01), exclusive.

    Stretches are rising, apart from each other and longer than nothing.

    >>> from quarterdeck.engine.calendar import around_the_clock
    >>> [stretch.tolist() for stretch in work(around_the_clock(), 0, 7)]
    [[0], [10080]]
    """
    if isinstance(calendar, WorkCalendar):
        return expanded(calendar, first, last)
    return combined([work(part, first, last) for part in calendar.parts], calendar.depth)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Part of a timeline, worked out: instants from `first` to `last`, W there, and every stretch of work between."""

    first: int
    last: int
    first_work: int
    last_work: int
    starts: Minutes
    ends: Minutes
    cum: Minutes  # W at each start

    def work_at(self, instants: Minutes) -> Minutes:
        """Return W of instants within the horizon."""
        if not len(self.starts):
            return np.full_like(instants, self.first_work)
        at = np.searchsorted(self.starts, instants, side="right") - 1
        held = np.maximum(at, 0)
        done = self.cum[held] + np.minimum(instants, self.ends[held]) - self.starts[held]
        return np.where(at < 0, self.first_work, done)

    def finish_at(self, works: Minutes) -> Minutes:
        """Return the first instants at which works over `first_work` up to `last_work` are reached."""
        at = np.searchsorted(self.cum, works, side="left") - 1
        return self.starts[at] + works - self.cum[at]

    def start_at(self, works: Minutes) -> Minutes:
        """Return the last instants at which works from `first_work` to below `last_work` hold."""
        at = np.searchsorted(self.cum, works, side="right") - 1
        return self.starts[at] + works - self.cum[at]

    def cut(self, first: int, last: int) -> Horizon:
        """Return the part of it between two instants; a stretch that reaches over is cut."""
        low, high = self.work_at(np.array([first, last], np.int64))
        inside = slice(np.searchsorted(self.ends, first, side="right"), np.searchsorted(self.starts, last, side="left"))
        starts = np.maximum(self.starts[inside], first)
        return Horizon(
            first,
            last,
            int(low),
            int(high),
            starts,
            np.minimum(self.ends[inside], last),
            self.cum[inside] + starts - self.starts[inside],
        )


def horizon(calendar: Calendar, first: int, last: int) -> Horizon:
    """Work a calendar out between two days (numbers since 1970-01-01), the second exclusive.

    W is reckoned from 1970 whatever the days, so that parts worked out apart agree.

    >>> from quarterdeck.engine.calendar import five_day
    >>> part = horizon(five_day("office"), 7, 14)
    >>> part.first_work, part.last_work, part.starts[:2].tolist(), part.cum[:2].tolist()
    (2400, 4800, [10560, 10860], [2400, 2640])
    """
    low, high = min(first, 0), max(last, 0)
    starts, ends = work(calendar, low, high)
    done = np.cumsum(ends - starts)
    before_1970 = int((np.minimum(ends, 0) - np.minimum(starts, 0)).sum())
    total = int(done[-1]) if len(done) else 0
    cum = done - (ends - starts) - before_1970
    whole = Horizon(low * DAY, high * DAY, -before_1970, total - before_1970, starts, ends, cum)
    return whole.cut(first * DAY, last * DAY)


class Timeline:
    """Arithmetic on a calendar; the part of it that is worked out grows with what is asked, within 1900 to 2200.

    Raises `EngineError`, naming the calendar and the date, for an instant outside that time, for work that is not done
    within it, and for numbers that are not whole. Instances may be shared between threads.

    >>> from quarterdeck.engine.calendar import five_day, instant, minutes
    >>> office = Timeline(five_day("office"))
    >>> friday = minutes(dt.datetime(2026, 3, 6, 16, 0))
    >>> str(instant(office.add(friday, 120)))
    '2026-03-09 09:00:00'
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._horizon: Horizon | None = None

    # -- W and its two inverses

    @overload
    def work_at(self, instant: int) -> int: ...
    @overload
    def work_at(self, instant: Minutes) -> Minutes: ...
    def work_at(self, instant: Whole) -> Whole:
        """Return W: the working minutes from 1970-01-01 00:00 to an instant, negative before."""
        instants = self._whole(instant, "instant")
        return _like(instants, self._reaching(instants).work_at(instants))

    @overload
    def finish_at(self, work: int) -> int: ...
    @overload
    def finish_at(self, work: Minutes) -> Minutes: ...
    def finish_at(self, work: Whole) -> Whole:
        """Return the first instant with W = work: where a shift ends rather than where the next one starts."""
        works = self._whole(work, "amount of work")
        if works.size == 0:
            return works
        found = self._working(int(works.min()) - 1, int(works.max()))
        return _like(works, found.finish_at(works))

    @overload
    def start_at(self, work: int) -> int: ...
    @overload
    def start_at(self, work: Minutes) -> Minutes: ...
    def start_at(self, work: Whole) -> Whole:
        """Return the last instant with W = work: where a shift starts rather than where the one before ended."""
        works = self._whole(work, "amount of work")
        if works.size == 0:
            return works
        found = self._working(int(works.min()), int(works.max()) + 1)
        return _like(works, found.start_at(works))

    # -- what people ask

    @overload
    def add(self, instant: int, work: int) -> int: ...
    @overload
    def add(self, instant: Minutes, work: Whole) -> Minutes: ...
    @overload
    def add(self, instant: int, work: Minutes) -> Minutes: ...
    def add(self, instant: Whole, work: Whole) -> Whole:
        """Return when so many working minutes after an instant are done, the end of a shift where there is a choice.

        No work at all leaves the instant as it is; negative work goes back as `subtract` does. For a, b >= 0
        add(add(t, a), b) = add(t, a + b).
        """
        instants, works = self._alike(self._whole(instant, "instant"), self._whole(work, "amount of work"))
        ahead, back = works > 0, works < 0
        target = self._reaching(instants).work_at(instants) + works
        moved = instants.copy()
        moved[ahead] = self.finish_at(target[ahead])
        moved[back] = self.start_at(target[back])
        return _like(instants, moved)

    @overload
    def subtract(self, instant: int, work: int) -> int: ...
    @overload
    def subtract(self, instant: Minutes, work: Whole) -> Minutes: ...
    @overload
    def subtract(self, instant: int, work: Minutes) -> Minutes: ...
    def subtract(self, instant: Whole, work: Whole) -> Whole:
        """Return the latest instant from which so much work leads to this one: the start of a shift for choice."""
        return self.add(instant, -self._whole(work, "amount of work"))

    @overload
    def between(self, start: int, finish: int) -> int: ...
    @overload
    def between(self, start: Minutes, finish: Whole) -> Minutes: ...
    @overload
    def between(self, start: int, finish: Minutes) -> Minutes: ...
    def between(self, start: Whole, finish: Whole) -> Whole:
        """Return the working minutes from one instant to another, negative when the second is the earlier."""
        starts, finishes = self._alike(self._whole(start, "instant"), self._whole(finish, "instant"))
        found = self._reaching(starts, finishes)
        return _like(starts, found.work_at(finishes) - found.work_at(starts))

    @overload
    def next_working(self, instant: int) -> int: ...
    @overload
    def next_working(self, instant: Minutes) -> Minutes: ...
    def next_working(self, instant: Whole) -> Whole:
        """Return the first instant from this one on at which work can start: itself within a shift, not at its end."""
        return self.start_at(self.work_at(instant))

    @overload
    def previous_working(self, instant: int) -> int: ...
    @overload
    def previous_working(self, instant: Minutes) -> Minutes: ...
    def previous_working(self, instant: Whole) -> Whole:
        """Return the last instant up to this one at which work can finish: itself within a shift, not at its start."""
        return self.finish_at(self.work_at(instant))

    @overload
    def is_working(self, instant: int) -> bool: ...
    @overload
    def is_working(self, instant: Minutes) -> NDArray[np.bool_]: ...
    def is_working(self, instant: Whole) -> bool | NDArray[np.bool_]:
        """Return whether the minute that begins at an instant is worked."""
        instants = self._whole(instant, "instant")
        found = self._reaching(instants, instants + 1)
        worked = found.work_at(instants + 1) > found.work_at(instants)
        return worked if instants.ndim else bool(worked)

    def part(self, first: int, last: int) -> Horizon:
        """Return the work between two instants: its stretches, cut where they reach over, and W at each start."""
        if first > last:
            raise EngineError(
                f"calendar {self.calendar.id!r} is asked about the time from {_date(first)} back to {_date(last)}",
                culprits=(self.calendar.id,),
                remedy="Swap the two instants.",
            )
        return self._grown(first, last).cut(first, last)

    # -- the horizon

    def _reaching(self, *instants: Minutes) -> Horizon:
        """Return a horizon that holds all these instants."""
        full = [each for each in instants if each.size]
        if not full:
            return self._grown(0, 0)
        return self._grown(min(int(each.min()) for each in full), max(int(each.max()) for each in full))

    def _grown(self, first: int, last: int) -> Horizon:
        found = self._horizon
        if found is not None and found.first <= first and last <= found.last:
            return found
        for instant in (first, last):
            if not FIRST_DAY * DAY <= instant <= LAST_DAY * DAY:
                raise EngineError(
                    f"calendar {self.calendar.id!r} is asked about {_date(instant)}, outside {EARLIEST} to {LATEST}",
                    culprits=(self.calendar.id,),
                    remedy="Check the date.",
                )
        low, high = first // DAY - YEAR, last // DAY + AHEAD
        if found is not None:
            held = (found.last - found.first) // DAY
            low = found.first // DAY if found.first <= first else min(low, found.first // DAY - held)
            high = found.last // DAY if last <= found.last else max(high, found.last // DAY + held)
        grown = horizon(self.calendar, max(low, FIRST_DAY), min(high, LAST_DAY))
        self._horizon = grown
        return grown

    def _working(self, least: int, most: int) -> Horizon:
        """Return a horizon in which W runs from `least` or less to `most` or more."""
        found = self._horizon or self._grown(0, 0)
        while found.first_work > least or found.last_work < most:
            first, last = found.first, found.last
            if found.first_work > least:
                first -= 1
            if found.last_work < most:
                last += 1
            if first < FIRST_DAY * DAY or last > LAST_DAY * DAY:
                at, side = (EARLIEST, "before") if first < FIRST_DAY * DAY else (LATEST, "after")
                raise EngineError(
                    f"calendar {self.calendar.id!r} has too little working time: it would take dates {side} {at}",
                    culprits=(self.calendar.id,),
                    remedy="Give the calendar working time, or check the amount of work.",
                )
            found = self._grown(first, last)
        return found

    def _alike(self, one: Minutes, other: Minutes) -> tuple[Minutes, Minutes]:
        try:
            one, other = np.broadcast_arrays(one, other)
        except ValueError:
            raise EngineError(
                f"calendar {self.calendar.id!r} is asked with {len(one)} and {len(other)} numbers",
                culprits=(self.calendar.id,),
                remedy="Give as many of both, or one of either.",
            ) from None
        return one, other

    def _whole(self, value: Whole, what: str) -> Minutes:
        array = np.asarray(value)
        if array.size and array.dtype.kind not in "iu":
            raise EngineError(
                f"calendar {self.calendar.id!r} is asked with an {what} that is no whole number of minutes",
                culprits=(self.calendar.id,),
                remedy="Give whole minutes.",
            )
        return array.astype(np.int64, copy=False)


@lru_cache(maxsize=256)
def timeline(calendar: Calendar) -> Timeline:
    """Return the timeline of a calendar, the same one for equal calendars, so that each is worked out once.

    >>> from quarterdeck.engine.calendar import five_day
    >>> timeline(five_day("office")) is timeline(five_day("office"))
    True
    """
    return Timeline(calendar)


def _like(asked: Minutes, found: Minutes) -> Whole:
    return found if asked.ndim else int(found)


def _date(instant: int) -> str:
    """Return a date for a message, however far."""
    try:
        return str(dt.date.fromordinal(instant // DAY + EPOCH))
    except (OverflowError, ValueError):
        return f"minute {instant} since 1970"
