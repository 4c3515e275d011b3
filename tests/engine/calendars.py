"""Random calendars, and a second, slow reading of them: minute by minute, by dates, without arrays' help."""

from __future__ import annotations

import calendar as almanac
import datetime as dt
from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from quarterdeck.engine.calendar import (
    LAST,
    CalendarException,
    Daily,
    EffectiveWeek,
    Monthly,
    Nth,
    Pattern,
    RecurringException,
    Shifts,
    Weekly,
    WorkCalendar,
    Yearly,
)
from quarterdeck.engine.errors import EngineError

EPOCH = dt.date(1970, 1, 1)
#: The days on which random calendars have their exceptions: around a leap day; near 1970 they are quick to work out.
OPENING = dt.date(1972, 2, 14)
SPAN = 42


# -- the slow reading


def pattern_days(pattern: Pattern, first: dt.date, last: dt.date) -> list[dt.date]:
    """Walk the dates one by one and keep those that fit."""
    walk = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [date for date in walk if _fits(pattern, first, date)]


def _fits(pattern: Pattern, first: dt.date, date: dt.date) -> bool:
    if isinstance(pattern, Daily):
        return (date - first).days % pattern.every == 0
    if isinstance(pattern, Weekly):
        return date.weekday() in pattern.weekdays and _weeks(first, date, pattern.week_starts) % pattern.every == 0
    if date.day != _day_of_month(date.year, date.month, pattern.day):
        return False
    if isinstance(pattern, Yearly):
        return date.month == pattern.month
    begins = first.year * 12 + first.month - 1
    if _day_of_month(first.year, first.month, pattern.day) < first.day:
        begins += 1
    return (date.year * 12 + date.month - 1 - begins) % pattern.every == 0


def _weeks(first: dt.date, date: dt.date, week_starts: int) -> int:
    def opening(day: dt.date) -> dt.date:
        while day.weekday() != week_starts:
            day -= dt.timedelta(days=1)
        return day

    return (opening(date) - opening(first)).days // 7


def _day_of_month(year: int, month: int, day: int | Nth) -> int:
    length = almanac.monthrange(year, month)[1]
    if not isinstance(day, Nth):
        return min(day, length)
    fitting = [n for n in range(1, length + 1) if dt.date(year, month, n).weekday() in day.weekdays]
    return fitting[-1] if day.nth == LAST else fitting[day.nth - 1]


def shifts_on(calendar: WorkCalendar, date: dt.date) -> Shifts:
    """Ask the layers of a calendar from the strongest down."""
    for exception in reversed(calendar.exceptions):
        if exception.first <= date <= exception.last:
            return exception.shifts
    for recurring in reversed(calendar.recurring):
        if recurring.first <= date <= (recurring.last or dt.date.max):
            days = pattern_days(recurring.pattern, recurring.first, date)
            if days and days[-1] == date and len(days) <= (recurring.occurrences or len(days)):
                return recurring.shifts
    for effective in reversed(calendar.weeks):
        if effective.first <= date <= (effective.last or dt.date.max):
            shifts = effective.week[date.weekday()]
            if shifts is not None:
                return shifts
    return calendar.week[date.weekday()] or ()


def worked_minutes(calendar: WorkCalendar, opening: dt.date, days: int) -> NDArray[np.bool_]:
    """Say of every minute from `opening` on whether it is worked."""
    worked = np.zeros(days * 1440 + 4 * 1440, np.bool_)
    for n in range(-1, days):
        for start, end in shifts_on(calendar, opening + dt.timedelta(days=n)):
            worked[max(n * 1440 + start, 0) : max(n * 1440 + end, 0)] = True
    return worked[: days * 1440]


# -- random calendars


@st.composite
def shift_sets(draw: st.DrawFn, grain: int = 30, overnight: bool = True) -> Shifts:
    """Draw up to three shifts that do not overlap, the last perhaps across midnight."""
    latest = 2 * 1440 // grain if overnight else 1440 // grain
    marks = sorted(draw(st.sets(st.integers(0, latest - 1), max_size=6)))
    pairs = [(marks[n] * grain, marks[n + 1] * grain) for n in range(0, len(marks) - 1, 2)]
    return tuple((start, end) for start, end in pairs if start < 1440 and end <= start + 1440)


DATES = st.integers(0, SPAN - 1).map(lambda n: OPENING + dt.timedelta(days=n))
WEEKDAY_SETS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
DAYS_OF_MONTH = st.integers(1, 31) | st.builds(Nth, st.sampled_from([1, 2, 3, 4, LAST]), WEEKDAY_SETS)
PATTERNS: st.SearchStrategy[Pattern] = st.one_of(
    st.builds(Daily, st.integers(1, 9)),
    st.builds(Weekly, WEEKDAY_SETS, st.integers(1, 4), st.integers(0, 6)),
    st.builds(Monthly, DAYS_OF_MONTH, st.integers(1, 5)),
    st.builds(Yearly, st.integers(1, 12), DAYS_OF_MONTH),
)


@st.composite
def _ranges(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    one, two = draw(DATES), draw(DATES)
    return min(one, two), max(one, two)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Draw a calendar with some of everything and work for ever; redrawn where its parts contradict each other."""
    day = shift_sets()
    week = tuple(draw(day) for _ in range(7))
    if not any(week):
        week = (((600, 660),), *week[1:])
    weeks = draw(st.lists(st.tuples(_ranges(), st.tuples(*([st.none() | day] * 7)), st.booleans()), max_size=2))
    exceptions = draw(st.lists(st.tuples(_ranges(), shift_sets(overnight=False)), max_size=3))
    recurring = draw(st.lists(st.tuples(PATTERNS, DATES, st.none() | st.integers(1, 5), day), max_size=2))
    return _or_redraw(
        lambda: WorkCalendar(
            "random",
            week=week,
            weeks=tuple(
                EffectiveWeek(first, None if for_good and any(week) else last, week)
                for (first, last), week, for_good in weeks
            ),
            exceptions=tuple(CalendarException(first, last, shifts) for (first, last), shifts in exceptions),
            recurring=tuple(
                RecurringException(pattern, first, occurrences=times or (None if shifts else 4), shifts=shifts)
                for pattern, first, times, shifts in recurring
            ),
        )
    )


def _or_redraw(make: Callable[[], WorkCalendar]) -> WorkCalendar:
    from hypothesis import reject

    try:
        return make()
    except EngineError:
        reject()
