"""Working time against a minute-by-minute reading, the properties of W, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import (
    OFFICE_DAY,
    THURSDAY,
    CalendarException,
    Daily,
    EffectiveWeek,
    Monthly,
    Nth,
    RecurringException,
    Timeline,
    Weekly,
    WorkCalendar,
    Yearly,
    around_the_clock,
    five_day,
    intersection,
    minutes,
    timeline,
    union,
)
from quarterdeck.engine.calendar.expansion import day_number, expanded, occurrences
from quarterdeck.engine.calendar.timeline import work
from quarterdeck.engine.errors import EngineError
from tests.engine.calendars import DATES, EPOCH, OPENING, PATTERNS, SPAN, calendars, pattern_days, worked_minutes

Shifts = tuple[tuple[int, int], ...]
ORIGIN = minutes(OPENING)
INSTANTS = st.integers(ORIGIN, ORIGIN + SPAN * 1440)
WORKS = st.integers(0, 20_000)


def at(month: int, day: int, hour: int, minute: int = 0) -> int:
    """An instant of 2026; 2 March is a Monday."""
    return minutes(dt.date(2026, month, day)) + hour * 60 + minute


# -- against the minutes themselves


@settings(max_examples=40)
@given(calendars())
def test_every_minute_is_worked_as_the_layers_say(calendar: WorkCalendar) -> None:
    every = ORIGIN + np.arange(SPAN * 1440)
    assert (Timeline(calendar).is_working(every) == worked_minutes(calendar, OPENING, SPAN)).all()


@settings(max_examples=30)
@given(calendars())
def test_work_and_its_inverses_follow_from_the_minutes(calendar: WorkCalendar) -> None:
    """W counts the worked minutes; finish is the first instant of a value of W, start the last."""
    line = Timeline(calendar)
    every = ORIGIN + np.arange(SPAN * 1440 + 1)
    counted = np.concatenate([[0], np.cumsum(worked_minutes(calendar, OPENING, SPAN))])
    assert (line.between(ORIGIN, every) == counted).all()
    reached = np.arange(1, counted[-1])
    assert (line.add(ORIGIN, reached) == ORIGIN + np.searchsorted(counted, reached, side="left")).all()
    zero = line.work_at(ORIGIN)
    assert (line.start_at(zero + reached) == ORIGIN + np.searchsorted(counted, reached, side="right") - 1).all()


@settings(max_examples=100)
@given(PATTERNS, DATES, st.none() | st.integers(1, 9))
def test_a_pattern_falls_on_the_dates_that_fit_it(pattern: Any, first: dt.date, times: int | None) -> None:
    last = first + dt.timedelta(days=900)
    found = occurrences(RecurringException(pattern, first, occurrences=times), day_number(last))
    expected = [(date - EPOCH).days for date in pattern_days(pattern, first, last)]
    assert found.tolist() == expected[:times]


@settings(max_examples=15)
@given(calendars(), calendars())
def test_combined_calendars_work_when_both_or_either_does(one: WorkCalendar, other: WorkCalendar) -> None:
    first, second = (worked_minutes(calendar, OPENING, SPAN) for calendar in (one, other))
    every = ORIGIN + np.arange(SPAN * 1440)
    assert (Timeline(union(one, other)).is_working(every) == (first | second)).all()
    assert (Timeline(intersection(one, other)).is_working(every) == (first & second)).all()


# -- the properties of W, see docs/dev/engine.md


@settings(max_examples=30)
@given(calendars(), st.lists(WORKS, min_size=1, max_size=20), INSTANTS)
def test_inverses_are_exact_and_in_order(calendar: WorkCalendar, works: list[int], instant: int) -> None:
    line = Timeline(calendar)
    work = line.work_at(instant) + np.array(works)
    finish, start = line.finish_at(work), line.start_at(work)
    assert (line.work_at(finish) == work).all()
    assert (line.work_at(start) == work).all()
    assert (finish <= start).all()
    assert line.previous_working(instant) <= instant <= line.next_working(instant)


@settings(max_examples=30)
@given(calendars(), INSTANTS, WORKS, WORKS)
def test_adding_twice_is_adding_the_sum_and_subtracting_gives_it_back(
    calendar: WorkCalendar, instant: int, a: int, b: int
) -> None:
    line = Timeline(calendar)
    assert line.add(line.add(instant, a), b) == line.add(instant, a + b)
    assert line.subtract(line.subtract(instant, a), b) == line.subtract(instant, a + b)
    assert line.between(instant, line.add(instant, a)) == a
    assert line.between(line.subtract(instant, a), instant) == a
    assert line.add(instant, -a) == line.subtract(instant, a)


@settings(max_examples=20)
@given(calendars(), st.lists(st.tuples(INSTANTS, st.integers(-9_000, 9_000)), max_size=8))
def test_arrays_give_what_numbers_give(calendar: WorkCalendar, asked: list[tuple[int, int]]) -> None:
    line = Timeline(calendar)
    instants = np.array([instant for instant, _ in asked], np.int64)
    works = np.array([work for _, work in asked], np.int64)
    assert line.add(instants, works).tolist() == [line.add(*each) for each in asked]
    assert line.subtract(instants, works).tolist() == [line.subtract(*each) for each in asked]
    assert line.is_working(instants).tolist() == [line.is_working(instant) for instant, _ in asked]
    assert line.work_at(instants).tolist() == [line.work_at(instant) for instant, _ in asked]


@settings(max_examples=20)
@given(calendars(), st.integers(minutes(dt.date(1902, 1, 1)), minutes(dt.date(2190, 1, 1))), WORKS)
def test_w_does_not_depend_on_what_was_asked_before(calendar: WorkCalendar, instant: int, work: int) -> None:
    fresh, grown = Timeline(calendar), Timeline(calendar)
    grown.work_at(ORIGIN)
    grown.work_at(minutes(dt.date(1930, 1, 1)))
    assert fresh.work_at(instant) == grown.work_at(instant)
    assert fresh.add(instant, work % 99) == grown.add(instant, work % 99)
    assert fresh.work_at(0) == 0


# -- named examples


def test_an_office_week() -> None:
    """08:00-12:00 and 13:00-17:00: Microsoft Project's Standard calendar; a finish is the end of a shift."""
    line = timeline(five_day("Standard", holidays=[dt.date(2026, 4, 3), dt.date(2026, 4, 6)]))
    assert line.add(at(3, 2, 8), 480) == at(3, 2, 17)
    assert line.add(at(3, 2, 17), 1) == at(3, 3, 8, 1)
    assert line.add(at(3, 7, 3), 240) == at(3, 9, 12)
    assert line.add(at(4, 2, 16), 120) == at(4, 7, 9)  # over Easter
    assert line.subtract(at(4, 7, 9), 120) == at(4, 2, 16)
    assert line.subtract(at(3, 3, 8), 480) == at(3, 2, 8)
    assert line.subtract(at(3, 2, 13), 240) == at(3, 2, 8)
    assert line.between(at(3, 2, 0), at(3, 9, 0)) == 2400
    assert line.between(at(3, 9, 0), at(3, 2, 0)) == -2400
    assert line.next_working(at(3, 2, 12)) == at(3, 2, 13)
    assert line.previous_working(at(3, 2, 13)) == at(3, 2, 12)
    assert line.next_working(at(3, 6, 17)) == at(3, 9, 8)
    assert line.add(at(3, 7, 3), 0) == at(3, 7, 3)
    assert [line.is_working(at(3, 2, hour)) for hour in (7, 8, 12, 13, 16, 17)] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
    assert line.part(at(3, 2, 9), at(3, 3, 8)).starts.tolist() == [at(3, 2, 9), at(3, 2, 13)]


def test_elapsed_time_is_the_clock() -> None:
    line = timeline(around_the_clock())
    instants = ORIGIN + np.arange(0, 9_000, 7)
    assert (line.work_at(instants) == instants).all()
    assert (line.add(instants, 123) == instants + 123).all()


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    """22:00-06:00; the night into a holiday is worked, the night of the holiday is not."""
    nights: Shifts = ((1320, 1800),)
    holiday = dt.date(2026, 3, 4)
    line = timeline(five_day("nights", shifts=nights, holidays=[holiday]))
    assert line.between(at(3, 4, 0), at(3, 4, 6)) == 360
    assert line.between(at(3, 4, 6), at(3, 5, 22)) == 0
    assert line.add(at(3, 3, 23), 480) == at(3, 5, 23)
    assert line.between(at(3, 7, 0), at(3, 8, 0)) == 360  # Friday's night ends on Saturday


def test_a_night_that_runs_into_a_day_brought_by_an_exception_is_one_stretch() -> None:
    day: Shifts = ((300, 720),)  # 05:00-12:00
    calendar = WorkCalendar(
        "mixed",
        week=(((1320, 1800),),) * 7,
        exceptions=(CalendarException(dt.date(2026, 3, 4), dt.date(2026, 3, 4), day),),
    )
    assert timeline(calendar).between(at(3, 3, 22), at(3, 4, 12)) == 14 * 60


def test_the_later_and_the_more_particular_wins() -> None:
    """One Thursday, 12 March 2026, under layers added one by one."""
    thursday, one_hour = dt.date(2026, 3, 12), ((0, 60),)
    base = five_day("c")

    def worked(calendar: WorkCalendar) -> int:
        return timeline(calendar).between(minutes(thursday), minutes(thursday) + 1440)

    assert worked(base) == 480
    summer = EffectiveWeek(dt.date(2026, 3, 1), None, (((480, 780),),) * 5 + (None, None))
    assert worked(base.derived("w", weeks=(summer,))) == 300
    short = EffectiveWeek(thursday, thursday, (None, None, None, ((480, 600),), None, None, None))
    assert worked(base.derived("ww", weeks=(summer, short))) == 120
    assert worked(base.derived("ww", weeks=(short, summer))) == 300
    second = RecurringException(Monthly(Nth(2, (THURSDAY,))), dt.date(2026, 1, 1), shifts=((480, 570),))
    daily = RecurringException(Daily(), dt.date(2026, 1, 1), occurrences=100)
    assert worked(base.derived("r", weeks=(summer,), recurring=(second,))) == 90
    assert worked(base.derived("rr", recurring=(second, daily))) == 0
    free, extra = CalendarException(thursday, thursday), CalendarException(thursday, thursday, one_hour)
    assert worked(base.derived("e", recurring=(second,), exceptions=(free,))) == 0
    assert worked(base.derived("ee", recurring=(second,), exceptions=(free, extra))) == 60


def test_a_derived_calendar_keeps_what_it_does_not_say() -> None:
    """As Microsoft's resource calendars over a base calendar: own days win, the base's holidays stay."""
    summer = EffectiveWeek(dt.date(2026, 3, 1), None, (((480, 780),),) * 5 + (None, None))
    office = five_day("office", holidays=[dt.date(2026, 3, 3)]).derived("summer office", weeks=(summer,))
    free = dt.date(2026, 3, 4)
    own: tuple[Shifts | None, ...] = (((540, 600),), ((540, 600),), None, None, (), None, None)
    person = timeline(office.derived("Ann", week=own, exceptions=(CalendarException(free, free),)))
    worked = [person.between(at(3, day, 0), at(3, day + 1, 0)) for day in range(2, 9)]
    assert worked == [60, 0, 0, 300, 0, 0, 0]


def test_equal_calendars_share_a_timeline_and_pairs_too() -> None:
    assert timeline(five_day("a")) is timeline(five_day("a"))
    assert timeline(intersection(five_day("a"), around_the_clock())) is timeline(
        intersection(five_day("a"), around_the_clock())
    )
    assert intersection(five_day("a"), five_day("a")) == five_day("a")


def test_stretches_are_apart_from_each_other_and_cut_to_the_days_asked() -> None:
    """Shifts that touch, in any order, are one stretch; the night before the first day is not forgotten."""
    halves: Shifts = ((720, 1440), (0, 720))
    assert [part.tolist() for part in expanded(WorkCalendar("halves", week=(halves,) * 7), 3, 9)] == [
        [3 * 1440],
        [9 * 1440],
    ]
    nights = five_day("nights", shifts=((1320, 1800),))  # 1 January 1970 is a Thursday
    assert [part.tolist() for part in expanded(nights, 1, 2)] == [[1440, 1440 + 1320], [1440 + 360, 2 * 1440]]
    assert [part.tolist() for part in expanded(nights, 3, 4)] == [[], []]


def test_calendars_that_only_touch_have_nothing_in_common_and_one_counts_once() -> None:
    early, late = five_day("early", shifts=((480, 720),)), five_day("late", shifts=((720, 900),))
    assert [part.tolist() for part in work(intersection(early, late), 0, 99)] == [[], []]
    assert [part.tolist() for part in work(union(early, late), 0, 1)] == [[480], [900]]
    office = five_day("office")
    assert intersection(office, early, office) == intersection(office, early)
    assert timeline(intersection(office, early, office)).between(0, 7 * 1440) == 5 * 240


def test_the_edges_of_what_is_worked_out_do_not_show() -> None:
    """Ask at every distance of a year around the day on which the first horizon begins."""
    known = Timeline(five_day("office"))
    known.work_at(-1440 * 9000)
    for day in range(-370, -360):
        for minute in (0, 480, 600, 720):
            line = Timeline(five_day("office"))
            line.work_at(0)
            amount = line.work_at(day * 1440 + minute)
            assert line.finish_at(amount) == known.finish_at(amount)
            assert line.start_at(amount) == known.start_at(amount)


# -- refused


def refusal(**changes: Any) -> EngineError:
    given: dict[str, Any] = {"id": "C1", "week": (OFFICE_DAY,) * 7} | changes
    with pytest.raises(EngineError) as caught:
        WorkCalendar(**given)
    assert caught.value.culprits == ("C1",)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("week", "problem"),
    [
        (((),) * 7, "no working time at all"),
        ((OFFICE_DAY,) * 6, "the week has not seven days"),
        ((OFFICE_DAY,) * 6 + (None,), "the week has not seven days"),
        ((((480, 720), (700, 900)),) * 7, "the shifts 08:00-12:00 and 11:40-15:00 of Monday overlap"),
        ((((700, 900), (480, 720)),) * 7, "the shifts 08:00-12:00 and 11:40-15:00 of Monday overlap"),
        (((), ((480, 480),)) + ((),) * 5, "the shift 08:00-08:00 of Tuesday is out of range"),
        (((), ((720, 480),)) + ((),) * 5, "the shift 12:00-08:00 of Tuesday is out of range"),
        (((), ((-1, 480),)) + ((),) * 5, "of Tuesday is out of range"),
        (((), ((1440, 1500),)) + ((),) * 5, "the shift 24:00-25:00 of Tuesday is out of range"),
        (((), ((60, 1501),)) + ((),) * 5, "the shift 01:00-25:01 of Tuesday is out of range"),
        (((), ((8.0, 9.5),)) + ((),) * 5, "(8.0, 9.5) of Tuesday is no shift"),
        (((), (8, 9)) + ((),) * 5, "8 of Tuesday is no shift"),
        (
            (((0, 60),),) + ((),) * 5 + (((1320, 1501),),),
            "22:00-25:01 and 00:00-01:00 of Sunday and of the day after it",
        ),
    ],
)
def test_a_week_that_cannot_be_is_refused(week: Any, problem: str) -> None:
    assert problem in str(refusal(week=week))


NO_DATE: Any = "2026-03-01"
NO_NUMBER: Any = float("nan")
NO_PATTERN: Any = "weekly"
DAY_ONE, DAY_TWO = dt.date(2026, 3, 1), dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"exceptions": (CalendarException(DAY_TWO, DAY_ONE),)}, "ends on 2026-03-01, before it starts"),
        ({"weeks": (EffectiveWeek(DAY_TWO, DAY_ONE, (None,) * 7),)}, "effective week 1 ends on 2026-03-01, before"),
        ({"weeks": (EffectiveWeek(DAY_ONE, None, ()),)}, "effective week 1 has not seven days"),
        ({"exceptions": (CalendarException(DAY_ONE, DAY_TWO, ((60, 1441 + 60),)),)}, "is out of range"),
        ({"exceptions": (CalendarException(DAY_ONE, DAY_TWO, ((600, 1440 + 600), (1380, 1400))),)}, "overlap"),
        ({"exceptions": (CalendarException(DAY_ONE, DAY_TWO, ((0, 100), (1380, 1500))),)}, "and of the day after it"),
        ({"exceptions": (CalendarException(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), DAY_TWO),)}, "is no date"),
        ({"exceptions": (CalendarException(NO_DATE, DAY_TWO),)}, "'2026-03-01' in the exception"),
        ({"recurring": (RecurringException(Daily(0), DAY_ONE),)}, "0 as the days between"),
        ({"recurring": (RecurringException(Daily(), DAY_ONE, occurrences=0),)}, "0 as the occurrences"),
        ({"recurring": (RecurringException(Weekly(()), DAY_ONE),)}, "no weekdays"),
        ({"recurring": (RecurringException(Weekly((7,)), DAY_ONE),)}, "7 as the weekday"),
        ({"recurring": (RecurringException(Weekly((1,), 0), DAY_ONE),)}, "0 as the weeks between"),
        ({"recurring": (RecurringException(Weekly((1,), 1, 9), DAY_ONE),)}, "9 as the first weekday"),
        ({"recurring": (RecurringException(Monthly(32), DAY_ONE),)}, "32 as the day of the month"),
        ({"recurring": (RecurringException(Monthly(1, 0), DAY_ONE),)}, "0 as the months between"),
        ({"recurring": (RecurringException(Monthly(Nth(5, (0,))), DAY_ONE),)}, "5 as the nth"),
        ({"recurring": (RecurringException(Monthly(NO_NUMBER), DAY_ONE),)}, "nan as the day of the month"),
        ({"recurring": (RecurringException(Yearly(13, 1), DAY_ONE),)}, "13 as the month"),
        ({"recurring": (RecurringException(NO_PATTERN, DAY_ONE),)}, "'weekly' in the recurring exception"),
        ({"recurring": (RecurringException(Daily(), DAY_TWO, last=DAY_ONE),)}, "ends on 2026-03-01, before it starts"),
    ],
)
def test_parts_that_cannot_be_are_refused(parts: Any, problem: str) -> None:
    assert problem in str(refusal(**parts))


def test_a_date_outside_the_horizon_is_named() -> None:
    line = timeline(five_day("office"))
    with pytest.raises(
        EngineError, match=r"'office' is asked about 2200-01-02, outside 1900-01-01 to 2200-01-01"
    ) as far:
        line.add(minutes(dt.date(2200, 1, 2)), 1)
    assert far.value.culprits == ("office",)
    with pytest.raises(EngineError, match="asked about 1899-12-31"):
        line.work_at(minutes(dt.date(1900, 1, 1)) - 1)
    with pytest.raises(EngineError, match=r"asked about minute -9000000000000 since 1970"):
        line.work_at(-(9 * 10**12))
    with pytest.raises(EngineError, match="too little working time: it would take dates after 2200-01-01"):
        line.add(0, 10**9)
    with pytest.raises(EngineError, match="too little working time: it would take dates before 1900-01-01"):
        line.subtract(0, 10**9)
    edge = timeline(around_the_clock())
    assert edge.between(minutes(dt.date(1900, 1, 1)), minutes(dt.date(2200, 1, 1))) == 109_573 * 1440


def test_a_calendar_that_ends_runs_out_of_time() -> None:
    once = WorkCalendar("once", week=((),) * 7, exceptions=(CalendarException(DAY_ONE, DAY_ONE, OFFICE_DAY),))
    line = timeline(once)
    assert line.add(0, 480) == at(3, 1, 17)
    assert line.between(0, at(3, 5, 0)) == 480
    with pytest.raises(EngineError, match="'once' has too little working time"):
        line.add(0, 481)
    with pytest.raises(EngineError, match="'once' has too little working time"):
        line.next_working(at(3, 1, 17))


def test_calendars_that_never_meet_say_so() -> None:
    early, late = five_day("early", shifts=((0, 480),)), five_day("late", shifts=((480, 960),))
    with pytest.raises(EngineError, match=r"\('early', 'late'\) has too little working time"):
        timeline(intersection(early, late)).add(0, 1)
    with pytest.raises(EngineError, match="no calendars to combine"):
        union()


@pytest.mark.parametrize("bad", [1.5, float("nan"), float("inf"), "2026-03-01", None, 2**70, [1.0], True])
def test_what_is_no_whole_number_is_refused(bad: Any) -> None:
    line = timeline(five_day("office"))
    for ask in (line.work_at, line.next_working, line.is_working, line.finish_at):
        with pytest.raises(EngineError, match="no whole number of minutes"):
            ask(bad)
    with pytest.raises(EngineError, match="no whole number of minutes"):
        line.add(0, bad)
    with pytest.raises(EngineError, match="no whole number of minutes"):
        line.subtract(0, bad)


def test_numbers_that_do_not_pair_and_reversed_ranges_are_refused() -> None:
    line = timeline(five_day("office"))
    with pytest.raises(EngineError, match="asked with 2 and 3 numbers"):
        line.add(np.arange(2), np.arange(3))
    with pytest.raises(EngineError, match="asked about the time from 1970-01-02 back to 1970-01-01"):
        line.part(1440, 0)
    assert line.add(np.arange(0), 5).tolist() == []
    with pytest.raises(EngineError, match="too little working time"):
        line.add(0, 2**63 - 1)


@settings(max_examples=60)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_any_numbers_at_all_are_answered_or_refused(instant: int, work: int) -> None:
    line = timeline(five_day("office"))
    for ask in (line.add, line.subtract, line.between):
        culprits: tuple[Any, ...] = ("office",)
        try:
            answer = ask(instant, work)
        except EngineError as refused:
            culprits, answer = refused.culprits, 0
        assert (type(answer), culprits) == (int, ("office",))
