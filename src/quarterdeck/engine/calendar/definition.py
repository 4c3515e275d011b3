"""What a working calendar says, before it is worked out: weeks, shifts, exceptions and their precedence.

A **shift** is `(start, end)` in minutes after midnight of the day on which it starts, `0 <= start < 1440` and
`start < end <= start + 1440`: a night shift from 22:00 to 06:00 is `(1320, 1800)` and belongs wholly to the day on
which it starts, so that a holiday on the next day does not cut it. Weekdays count from Monday, 0, to Sunday, 6.

What holds on a day is the first of these that speaks about it; within each the **later** in its tuple wins:

1. dated exceptions, 2. recurring exceptions, 3. effective-dated weeks (a day left `None` there does not speak),
4. the base week.

Where a shift across midnight runs into a shift of the next day that another layer brought, the two are one stretch of
work: nobody works twice at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final, TypeAlias

from quarterdeck.engine.errors import EngineError

Shift: TypeAlias = tuple[int, int]
Shifts: TypeAlias = tuple[Shift, ...]
Week: TypeAlias = tuple[Shifts | None, ...]

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: Minutes of a day.
DAY: Final = 1440
#: Every instant that the engine reckons with lies in here (the second date is not part of it).
EARLIEST: Final = dt.date(1900, 1, 1)
LATEST: Final = dt.date(2200, 1, 1)

#: The office day of Microsoft Project and most textbooks: eight hours around an hour at noon.
OFFICE_DAY: Final[Shifts] = ((480, 720), (780, 1020))
LAST: Final = -1


@dataclass(frozen=True, slots=True)
class EffectiveWeek:
    """A week that holds from one date to another, both included; `last=None`: for good.

    A day that is `None` is left as it is underneath.
    """

    first: dt.date
    last: dt.date | None
    week: Week


@dataclass(frozen=True, slots=True)
class CalendarException:
    """The dates from `first` to `last`, both included, have these shifts; none: nobody works."""

    first: dt.date
    last: dt.date
    shifts: Shifts = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Daily:
    """Every `every` days, counted from the first date."""

    every: int = 1


@dataclass(frozen=True, slots=True)
class Weekly:
    """On these weekdays of every `every`-th week; the first date lies in the first of them.

    Weeks start on Sunday unless told, as in Microsoft Project's patterns, whatever the first day of its weeks on view.
    """

    weekdays: tuple[int, ...]
    every: int = 1
    week_starts: int = SUNDAY


@dataclass(frozen=True, slots=True)
class Nth:
    """The `nth` day of a month (1 to 4, or `LAST`) among those that fall on one of these weekdays.

    One weekday: "the third Tuesday". All seven: "the last day". Monday to Friday: "the first working day".
    """

    nth: int
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Monthly:
    """On one day of every `every`-th month; a month too short for the day has it on its last."""

    day: int | Nth
    every: int = 1


@dataclass(frozen=True, slots=True)
class Yearly:
    """On one day of one month of every year; 29 February falls on the 28th where there is none."""

    month: int
    day: int | Nth


Pattern: TypeAlias = Daily | Weekly | Monthly | Yearly


@dataclass(frozen=True, slots=True)
class RecurringException:
    """Single days that return by a pattern from `first` on, until `last` or so many occurrences or for good."""

    pattern: Pattern
    first: dt.date
    last: dt.date | None = None
    occurrences: int | None = None
    shifts: Shifts = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A working calendar as it is written down; see the module for shifts and precedence.

    Raises `EngineError`, naming the calendar, for a week that has not seven days, a shift out of range, shifts that
    overlap, a range that ends before it starts, a pattern that cannot be, and a calendar without any working time.

    >>> office = WorkCalendar("office", week=(OFFICE_DAY,) * 5 + ((), ()))
    >>> WorkCalendar("odd", week=(((540, 480),),) * 7)
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: calendar 'odd': the shift 09:00-08:00 of Monday is out of range.
    A shift starts between 0 and 1439, ends after its start and lasts a day at most; past midnight its end is over 1440.
    """

    id: Hashable
    week: Week
    name: str = ""
    weeks: tuple[EffectiveWeek, ...] = ()
    exceptions: tuple[CalendarException, ...] = ()
    recurring: tuple[RecurringException, ...] = ()

    def __post_init__(self) -> None:
        _Check(self.id).calendar(self)

    def __hash__(self) -> int:
        """Cheap: the many exceptions are left to equality."""
        return hash((self.id, self.week))

    def derived(
        self,
        id: Hashable,
        *,
        name: str = "",
        week: Week = (None,) * 7,
        weeks: tuple[EffectiveWeek, ...] = (),
        exceptions: tuple[CalendarException, ...] = (),
        recurring: tuple[RecurringException, ...] = (),
    ) -> WorkCalendar:
        """Return a calendar that says all that this one says, and these things over it.

        So has a resource its hours and absences over the calendar of its office: days of its own week (`None`: as
        here) win over the weeks here, its exceptions over those here of the same sort.

        >>> office = five_day("office")
        >>> part_time = office.derived("Ann", week=(None, None, None, None, (), None, None))
        >>> part_time.week == office.week, len(part_time.weeks)
        (True, 1)
        """
        own = (EffectiveWeek(EARLIEST, None, week),) if any(shifts is not None for shifts in week) else ()
        return WorkCalendar(
            id=id,
            week=self.week,
            name=name,
            weeks=self.weeks + own + weeks,
            exceptions=self.exceptions + exceptions,
            recurring=self.recurring + recurring,
        )


def five_day(
    id: Hashable, *, shifts: Shifts = OFFICE_DAY, holidays: Iterable[dt.date] = (), name: str = ""
) -> WorkCalendar:
    """Return a calendar of the same shifts Monday to Friday, 08:00-12:00 and 13:00-17:00 unless told, less holidays.

    Raises `EngineError` as `WorkCalendar` does.

    >>> five_day("office").week[FRIDAY], five_day("office").week[SATURDAY]
    (((480, 720), (780, 1020)), ())
    """
    free = tuple(CalendarException(day, day) for day in holidays)
    return WorkCalendar(id, week=(shifts,) * 5 + ((), ()), name=name, exceptions=free)


def around_the_clock(id: Hashable = "24 h", *, name: str = "") -> WorkCalendar:
    """Return the calendar on which every minute counts: elapsed time.

    >>> around_the_clock().week[SUNDAY]
    ((0, 1440),)
    """
    return WorkCalendar(id, week=(((0, DAY),),) * 7, name=name)


@dataclass(frozen=True, slots=True)
class _Check:
    """The rules of the module; each refusal names the calendar."""

    id: Hashable

    def calendar(self, calendar: WorkCalendar) -> None:
        self.week(calendar.week, "the week", whole=True)
        for number, effective in enumerate(calendar.weeks, start=1):
            self.span(effective.first, effective.last, f"effective week {number}")
            self.week(effective.week, f"effective week {number}", whole=False)
        for exception in calendar.exceptions:
            where = f"the exception of {exception.first}"
            self.span(exception.first, exception.last, where)
            self.shifts(exception.shifts, where)
            if exception.last > exception.first:
                self.turn_of_day(exception.shifts, exception.shifts, where)
        for recurring in calendar.recurring:
            where = f"the recurring exception from {recurring.first}"
            self.span(recurring.first, recurring.last, where)
            self.shifts(recurring.shifts, where)
            self.pattern(recurring.pattern, where)
            if recurring.occurrences is not None:
                self.counts(recurring.occurrences, f"occurrences of {where}", 1, None)
        every = chain(
            (shifts for week in (calendar.week, *(w.week for w in calendar.weeks)) for shifts in week),
            (e.shifts for e in calendar.exceptions),
            (r.shifts for r in calendar.recurring),
        )
        if not any(every):
            raise self.refusal("no working time at all", "Give at least one day a shift.")

    def refusal(self, problem: str, remedy: str) -> EngineError:
        return EngineError(f"calendar {self.id!r}: {problem}", culprits=(self.id,), remedy=remedy)

    def week(self, week: Week, where: str, *, whole: bool) -> None:
        if type(week) is not tuple or len(week) != 7 or (whole and None in week):
            raise self.refusal(f"{where} has not seven days", "Give the shifts of Monday to Sunday, () where free.")
        for weekday, shifts in zip(WEEKDAYS, week, strict=True):
            if shifts is not None:
                self.shifts(shifts, weekday)
        for place, weekday in enumerate(WEEKDAYS):
            self.turn_of_day(week[place], week[(place + 1) % 7], weekday)

    def shifts(self, shifts: Shifts, where: str) -> None:
        if type(shifts) is not tuple:
            raise self.refusal(f"the shifts of {where} are no tuple", "Give a tuple of (start, end) in minutes.")
        for shift in shifts:
            if not _is_shift(shift):
                raise self.refusal(f"{shift!r} of {where} is no shift", "A shift is (start, end) in whole minutes.")
            start, end = shift
            if not (0 <= start < DAY and start < end <= start + DAY):
                raise self.refusal(
                    f"the shift {_clock(shift)} of {where} is out of range",
                    "A shift starts between 0 and 1439, ends after its start and lasts a day at most; "
                    "past midnight its end is over 1440.",
                )
        for one, two in pairwise(sorted(shifts)):
            if two[0] < one[1]:
                raise self.overlap(one, two, where)

    def turn_of_day(self, shifts: Shifts | None, following: Shifts | None, where: str) -> None:
        """Refuse a shift across midnight that runs into one of the next day."""
        if shifts and following:
            late, early = max(shifts, key=lambda shift: shift[1]), min(following)
            if late[1] - DAY > early[0]:
                raise self.overlap(late, early, f"{where} and of the day after it")

    def overlap(self, one: Shift, two: Shift, where: str) -> EngineError:
        return self.refusal(
            f"the shifts {_clock(one)} and {_clock(two)} of {where} overlap", "Shorten one or make them one."
        )

    def span(self, first: dt.date, last: dt.date | None, where: str) -> None:
        for date in (first, last):
            if date is not None and (isinstance(date, dt.datetime) or not isinstance(date, dt.date)):
                raise self.refusal(f"{date!r} in {where} is no date", "Give a datetime.date.")
        if last is not None and last < first:
            raise self.refusal(f"{where} ends on {last}, before it starts", "Swap the two dates.")

    def pattern(self, pattern: Pattern, where: str) -> None:
        match pattern:
            case Daily(every):
                self.counts(every, f"days between, in {where}", 1, None)
            case Weekly(weekdays, every, week_starts):
                self.counts(every, f"weeks between, in {where}", 1, None)
                self.counts(week_starts, f"first weekday, in {where}", 0, 6)
                self.weekdays(weekdays, where)
            case Monthly(day, every):
                self.counts(every, f"months between, in {where}", 1, None)
                self.day(day, where)
            case Yearly(month, day):
                self.counts(month, f"month, in {where}", 1, 12)
                self.day(day, where)
            case _:
                raise self.refusal(f"{pattern!r} in {where} is no pattern", "Use Daily, Weekly, Monthly or Yearly.")

    def day(self, day: int | Nth, where: str) -> None:
        if not isinstance(day, Nth):
            self.counts(day, f"day of the month, in {where}", 1, 31)
            return
        if day.nth != LAST:
            self.counts(day.nth, f"nth, in {where}", 1, 4)
        self.weekdays(day.weekdays, where)

    def weekdays(self, weekdays: tuple[int, ...], where: str) -> None:
        if type(weekdays) is not tuple or not weekdays:
            raise self.refusal(f"no weekdays in {where}", "Name at least one, 0 for Monday to 6 for Sunday.")
        for weekday in weekdays:
            self.counts(weekday, f"weekday, in {where}", 0, 6)

    def counts(self, value: int, what: str, least: int, most: int | None) -> None:
        if not _whole(value) or value < least or (most is not None and value > most):
            wanted = f"between {least} and {most}" if most is not None else f"from {least} on"
            raise self.refusal(f"{value!r} as the {what}", f"Give a whole number {wanted}.")


def _is_shift(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(_whole(minute) for minute in value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _clock(shift: Shift) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in shift)
