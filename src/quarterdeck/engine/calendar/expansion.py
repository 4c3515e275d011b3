"""From what a calendar says to the stretches of work of a range of days, all days at once."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar.definition import (
    DAY,
    LAST,
    Daily,
    Nth,
    Pattern,
    RecurringException,
    Shifts,
    Week,
    Weekly,
    WorkCalendar,
    Yearly,
)

Minutes: TypeAlias = NDArray[np.int64]

EPOCH: Final = dt.date(1970, 1, 1).toordinal()
#: 1970-01-01 was a Thursday.
EPOCH_WEEKDAY: Final = 3


def day_number(date: dt.date) -> int:
    """Return the days from 1970-01-01 to a date.

    >>> day_number(dt.date(1970, 1, 2)), day_number(dt.date(1969, 12, 31))
    (1, -1)
    """
    return date.toordinal() - EPOCH


def occurrences(recurring: RecurringException, last: int) -> Minutes:
    """Return the days (numbers since 1970-01-01, rising) of a recurring exception, up to day `last` inclusive.

    A monthly pattern begins in the month of its first date or, where the day is already past, in the next one, and
    steps from there, as in Microsoft Project.

    >>> from quarterdeck.engine.calendar.definition import TUESDAY, Monthly
    >>> third = RecurringException(Monthly(Nth(3, (TUESDAY,)), every=2), dt.date(2026, 1, 21), occurrences=3)
    >>> [str(day) for day in occurrences(third, day_number(dt.date(2030, 1, 1))).astype("M8[D]")]
    ['2026-02-17', '2026-04-21', '2026-06-16']
    """
    first = day_number(recurring.first)
    if recurring.last is not None:
        last = min(last, day_number(recurring.last))
    days = _days(recurring.pattern, first, last)
    days = days[(days >= first) & (days <= last)]
    return days[: recurring.occurrences]


def _days(pattern: Pattern, first: int, last: int) -> Minutes:
    """Return the days of a pattern around a range; the caller cuts them to it."""
    if last < first:
        return np.empty(0, np.int64)
    if isinstance(pattern, Daily):
        return np.arange(first, last + 1, pattern.every, dtype=np.int64)
    if isinstance(pattern, Weekly):
        monday = first - (first + EPOCH_WEEKDAY - pattern.week_starts) % 7
        into = sorted({(weekday - pattern.week_starts) % 7 for weekday in pattern.weekdays})
        weeks = np.arange(monday, last + 1, 7 * pattern.every, dtype=np.int64)
        return (weeks[:, None] + np.array(into, np.int64)).ravel()
    month, final = (int(np.datetime64(day, "D").astype("M8[M]").astype(np.int64)) for day in (first, last))
    if isinstance(pattern, Yearly):
        month += (pattern.month - 1 - month) % 12
        step = 12
    else:
        step = pattern.every
        if _in_months(np.array([month]), pattern.day)[0] < first:
            month += 1
    return _in_months(np.arange(month, final + 1, step, dtype=np.int64), pattern.day)


def _in_months(months: Minutes, day: int | Nth) -> Minutes:
    """Return the number of one day in each month (months since 1970-01)."""
    opening: Minutes = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    length: Minutes = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - opening
    within: Minutes
    if isinstance(day, Nth):
        into = np.arange(31, dtype=np.int64)
        fits = np.isin((opening[:, None] + into + EPOCH_WEEKDAY) % 7, day.weekdays) & (into < length[:, None])
        within = (
            30 - fits[:, ::-1].argmax(axis=1) if day.nth == LAST else (fits.cumsum(axis=1) == day.nth).argmax(axis=1)
        )
    else:
        within = np.minimum(day, length) - 1
    return opening + within


def expanded(calendar: WorkCalendar, first: int, last: int) -> tuple[Minutes, Minutes]:
    """Return starts and ends (minutes since 1970-01-01 00:00) of all work within the days `first` to `last`, exclusive.

    Stretches are rising, apart from each other and longer than nothing; what reaches over the range is cut to it.

    >>> from quarterdeck.engine.calendar.definition import five_day
    >>> [stretch.tolist() for stretch in expanded(five_day("office"), 1, 4)]
    [[1920, 2220], [2160, 2460]]
    """
    origin = first - 1  # the day before may work across midnight
    kinds: dict[Shifts, int] = {}

    def kind(shifts: Shifts) -> int:
        return kinds.setdefault(shifts, len(kinds))

    def lay(of_day: NDArray[np.int32], opening: int, week: Week) -> None:
        for weekday, shifts in enumerate(week):
            if shifts is not None:
                of_day[(weekday - EPOCH_WEEKDAY - opening) % 7 :: 7] = kind(shifts)

    of_day = np.empty(last - origin, np.int32)
    lay(of_day, origin, calendar.week)
    for effective in calendar.weeks:
        opening = max(day_number(effective.first), origin)
        closing = last if effective.last is None else min(day_number(effective.last) + 1, last)
        if opening < closing:
            lay(of_day[opening - origin : closing - origin], opening, effective.week)
    for recurring in calendar.recurring:
        days = occurrences(recurring, last - 1) - origin
        of_day[days[days >= 0]] = kind(recurring.shifts)
    for exception in calendar.exceptions:
        opening, closing = day_number(exception.first) - origin, day_number(exception.last) + 1 - origin
        if closing > 0:
            of_day[max(opening, 0) : closing] = kind(exception.shifts)
    return _merged(*_shifts_of_days(of_day, origin, list(kinds)), first * DAY, last * DAY)


def _shifts_of_days(of_day: NDArray[np.int32], origin: int, kinds: list[Shifts]) -> tuple[Minutes, Minutes]:
    """Return start and end of every shift of every day, from the kind of each day."""
    flat = np.array([shift for shifts in kinds for shift in sorted(shifts)], np.int64).reshape(-1, 2)
    sizes = np.array([len(shifts) for shifts in kinds], np.int64)
    begins = np.array([0, *accumulate(len(shifts) for shifts in kinds)][:-1], np.int64)
    count = sizes[of_day]
    day = np.repeat(np.arange(len(of_day), dtype=np.int64), count)
    within = np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    shift = flat[begins[of_day[day]] + within]
    midnight = (day + origin) * DAY
    return midnight + shift[:, 0], midnight + shift[:, 1]


def _merged(starts: Minutes, ends: Minutes, first: int, last: int) -> tuple[Minutes, Minutes]:
    """Make one stretch of those that touch or overlap (starts rising), cut to a range."""
    ends = np.maximum.accumulate(ends)
    apart = np.ones(len(starts), np.bool_)
    apart[1:] = starts[1:] > ends[:-1]
    starts, ends = starts[apart], ends[np.append(apart[1:], True)] if len(starts) else ends
    inside = (ends > first) & (starts < last)
    return np.maximum(starts[inside], first), np.minimum(ends[inside], last)


def combined(stretches: list[tuple[Minutes, Minutes]], depth: int) -> tuple[Minutes, Minutes]:
    """Return the time in which at least `depth` of several sets of stretches work.

    `depth` = number of sets: the intersection; 1: the union.

    >>> ten_to_five, noon_on = (np.array([600]), np.array([1020])), (np.array([720]), np.array([1440]))
    >>> [stretch.tolist() for stretch in combined([ten_to_five, noon_on], 2)]
    [[720], [1020]]
    >>> [stretch.tolist() for stretch in combined([ten_to_five, noon_on], 1)]
    [[600], [1440]]
    """
    starts = np.concatenate([starts for starts, _ in stretches])
    ends = np.concatenate([ends for _, ends in stretches])
    # At one instant those who come are counted before those who go, so that what touches stays one stretch; two that
    # only touch each other make stretches of no length, dropped at the end.
    at = np.concatenate([starts, ends])
    change = np.concatenate([np.ones(len(starts), np.int64), np.full(len(ends), -1, np.int64)])
    order = np.argsort(at, kind="stable")
    at, working = at[order], np.cumsum(change[order])
    before = working - change[order]
    opens, closes = at[(working >= depth) & (before < depth)], at[(working < depth) & (before >= depth)]
    real = closes > opens
    return opens[real], closes[real]
