"""Calendars in tables, their compiled arithmetic, and amounts laid over periods."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import (
    BEFORE,
    BEYOND,
    WorkCalendar,
    around_the_clock,
    calendar_table,
    done_by,
    five_day,
    intersection,
    minutes,
    spread,
    timeline,
)
from quarterdeck.engine.calendar.kernels import finish_at, start_at, work_at
from quarterdeck.engine.errors import EngineError
from tests.engine.calendars import OPENING, SPAN, calendars

ORIGIN = minutes(OPENING)
EDGES = st.tuples(st.integers(0, 20 * 1440), st.integers(20 * 1440, SPAN * 1440))


# -- tables


@settings(max_examples=12)
@given(st.lists(calendars(), min_size=1, max_size=3), EDGES, st.randoms(use_true_random=False))
def test_kernels_say_what_timelines_say(drawn: list[WorkCalendar], edges: tuple[int, int], random: Any) -> None:
    """Within the table's horizon; at its edges only what is sure; beyond them what swallows durations."""
    first, last = (ORIGIN + edge for edge in edges)
    named = [around_the_clock(), *drawn]
    named = [
        WorkCalendar(n, each.week, "", each.weeks, each.exceptions, each.recurring) for n, each in enumerate(named)
    ]
    table = calendar_table(named, first, last)
    for number, calendar in enumerate(named):
        line = timeline(calendar)
        low, high = line.work_at(first), line.work_at(last)
        instants = {first, last, first - 1, last + 1, BEFORE + 9, BEYOND - 9} | {
            random.randint(first - 99, last + 99) for _ in range(25)
        }
        for instant in instants:
            found = work_at(table.arrays, number, instant)
            assert found == (BEFORE if instant < first else BEYOND if instant > last else line.work_at(instant))
        for work in {low - 1, low, low + 1, high - 1, high, high + 1} | {random.randint(low, high) for _ in range(25)}:
            finish, start = finish_at(table.arrays, number, work), start_at(table.arrays, number, work)
            assert finish == (BEFORE if work <= low else BEYOND if work > high else line.finish_at(work))
            assert start == (BEFORE if work < low else BEYOND if work >= high else line.start_at(work))


def test_what_leaves_the_table_stays_out_whatever_is_added() -> None:
    arrays = calendar_table([five_day("office")], 0, 1440 * 100).arrays
    for duration in (0, 1, 10**12, -(10**12), 2**58):
        assert finish_at(arrays, 0, work_at(arrays, 0, BEYOND) + duration) == BEYOND
        assert start_at(arrays, 0, work_at(arrays, 0, BEFORE) + duration) == BEFORE
        assert work_at(arrays, 0, BEFORE + duration) == BEFORE


def test_a_calendar_of_crumbs_is_exact() -> None:
    """One minute in two for three hours a day: many stretches in one entry of the index."""
    crumbs = WorkCalendar("crumbs", week=(tuple((n, n + 1) for n in range(0, 180, 2)),) * 7)
    arrays = calendar_table([crumbs], 0, 1440 * 9).arrays
    assert [work_at(arrays, 0, instant) for instant in (0, 1, 2, 3, 200, 1441, 8 * 1440)] == [0, 1, 1, 2, 90, 91, 720]
    assert [finish_at(arrays, 0, work) for work in (1, 2, 90, 91, 720)] == [1, 3, 179, 1441, 7 * 1440 + 179]
    assert [start_at(arrays, 0, work) for work in (0, 1, 89, 90, 720)] == [0, 2, 178, 1440, 8 * 1440]


def test_shifts_as_long_as_an_entry_of_the_index_end_where_they_end() -> None:
    """512 minutes a day: every shift ends on an edge of the index by work."""
    arrays = calendar_table([WorkCalendar("c", week=(((480, 992),),) * 7)], 0, 1440 * 9).arrays
    assert [finish_at(arrays, 0, 512 * n) for n in (1, 2, 8)] == [992, 1440 + 992, 7 * 1440 + 992]
    assert [start_at(arrays, 0, 512 * n) for n in (0, 1, 2)] == [480, 1440 + 480, 2 * 1440 + 480]


def test_a_calendar_without_work_in_the_horizon_has_all_of_it_out_of_reach() -> None:
    holidays = [dt.date(1970, 1, 1) + dt.timedelta(days=n) for n in range(100)]
    arrays = calendar_table([five_day("closed", holidays=holidays)], 0, 1440 * 50).arrays
    assert work_at(arrays, 0, 1440 * 25) == 0
    assert (start_at(arrays, 0, 0), finish_at(arrays, 0, 1), finish_at(arrays, 0, 0)) == (BEYOND, BEYOND, BEFORE)


def test_a_table_keeps_order_and_numbers() -> None:
    office, clock = five_day("office"), around_the_clock("clock")
    both = intersection(office, clock)
    table = calendar_table([clock, office, both, office], 0, 1440 * 7)
    assert dict(table.number) == {"clock": 0, "office": 1, ("office", "clock"): 2}
    assert table.arrays.last_work.tolist() == [10080, 2400, 2400]
    assert all(array.flags.c_contiguous for array in table.arrays if isinstance(array, np.ndarray))


def test_a_table_grows_to_the_edges_of_time_and_no_further() -> None:
    table = calendar_table([five_day("office")], 0, 1440)
    widths = [table.arrays.last - table.arrays.first]
    while widths[-1] < minutes(dt.date(2200, 1, 1)) - minutes(dt.date(1900, 1, 1)):
        table = table.grown()
        widths.append(table.arrays.last - table.arrays.first)
        assert widths[-1] > widths[-2]
    assert len(widths) < 10
    with pytest.raises(EngineError, match="the plan does not end between 1900-01-01 and 2200-01-01") as refused:
        table.grown()
    assert refused.value.culprits == ("office",)


def test_tables_that_cannot_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="no calendars"):
        calendar_table([], 0, 1)
    with pytest.raises(EngineError, match="two different calendars are called 'office'") as twice:
        calendar_table([five_day("office"), five_day("office", shifts=((0, 60),))], 0, 1)
    assert twice.value.culprits == ("office",)
    with pytest.raises(EngineError, match="'office' is asked about the time from 1970-01-02 back to 1970-01-01"):
        calendar_table([five_day("office")], 1440, 0)
    with pytest.raises(EngineError, match="'office' is asked about 1899-12-31"):
        calendar_table([five_day("office")], minutes(dt.date(1899, 12, 31)), 0)
    monkeypatch.setattr("quarterdeck.engine.calendar.table.MOST", 2)
    assert len(calendar_table([five_day(n) for n in range(2)], 0, 1).number) == 2
    with pytest.raises(EngineError, match=r"3 calendars\. A plan works on 2 at most"):
        calendar_table([five_day(n) for n in range(3)], 0, 1)


# -- spreading

FRIDAY = minutes(dt.date(2026, 3, 6))
MONDAY = FRIDAY + 3 * 1440
DAYS = FRIDAY + 1440 * np.arange(5)  # Friday to Monday


def test_an_amount_falls_on_working_time_only() -> None:
    line = timeline(five_day("office"))
    starts, finishes = [FRIDAY + 780, FRIDAY + 480, FRIDAY + 1020], [MONDAY + 1020, FRIDAY + 1020, FRIDAY + 1020]
    laid = spread(line, starts, finishes, [120.0, 50.0, 7.0], DAYS)
    assert laid.tolist() == [[40.0, 0.0, 0.0, 80.0], [50.0, 0.0, 0.0, 0.0], [7.0, 0.0, 0.0, 0.0]]


def test_a_milestone_at_midnight_belongs_to_the_day_that_ends() -> None:
    line = timeline(around_the_clock())
    at = FRIDAY + 1440
    assert spread(line, [at], [at], [5], DAYS).tolist() == [[5, 0, 0, 0]]
    assert done_by(line, [at], [at], [at - 1, at]).tolist() == [[0.0, 1.0]]


def test_what_lies_outside_the_periods_is_left_out() -> None:
    line = timeline(around_the_clock())
    assert spread(line, [FRIDAY - 1440], [FRIDAY + 1440], [10.0], DAYS).tolist() == [[5.0, 0.0, 0.0, 0.0]]
    assert spread(line, [FRIDAY - 9], [FRIDAY - 9], [10.0], DAYS).tolist() == [[0.0] * 4]


@settings(max_examples=20)
@given(calendars(), st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999), st.integers(-99999, 99999))))
def test_parts_add_up_to_the_cent_and_follow_the_work(
    calendar: WorkCalendar, spans: list[tuple[int, int, int]]
) -> None:
    line = timeline(calendar)
    starts = np.array([ORIGIN + start for start, _, _ in spans], np.int64)
    finishes = np.array([ORIGIN + start + length for start, length, _ in spans], np.int64)
    cents = np.array([amount for _, _, amount in spans], np.int64)
    edges = ORIGIN - 1 + np.arange(0, 20_001 + 700, 700)
    laid = spread(line, starts, finishes, cents, edges)
    assert laid.dtype == np.int64
    assert (laid.sum(axis=1) == cents).all()
    for start, finish, amount, row in zip(starts, finishes, cents, laid, strict=True):
        whole = line.between(int(start), int(finish))
        for period, part in enumerate(row):
            low, high = max(start, edges[period]), min(finish, edges[period + 1])
            share = line.between(int(low), int(high)) / whole if whole and low < high else 0
            if whole:
                assert abs(part - amount * share) <= 1


def test_spans_that_cannot_be_are_refused() -> None:
    line = timeline(five_day("office"))
    with pytest.raises(EngineError, match="span 2 on calendar 'office' finishes before it starts"):
        spread(line, [0, 9], [9, 0], [1, 1], [0, 9])
    with pytest.raises(EngineError, match="do not rise"):
        spread(line, [0], [9], [1], [9, 0])
    with pytest.raises(EngineError, match="at least 2 are needed"):
        spread(line, [0], [9], [1], [0])
    for bad in (float("nan"), float("inf"), -float("inf"), None):
        with pytest.raises(EngineError, match="value 2 of the amounts is not a number") as wrong:
            spread(line, [0, 0], [9, 9], np.array([2, bad]), [0, 9])
        assert wrong.value.culprits == (1,)
    with pytest.raises(EngineError, match=r"amount 2 of those to spread is over 2\*\*53"):
        spread(line, [0, 0], [9, 9], [2, 2**53 + 1], [0, 9])
    with pytest.raises(EngineError, match="the amounts are not all numbers"):
        spread(line, [0], [9], ["nine"], [0, 9])
    with pytest.raises(EngineError, match="the starts are not one row of numbers"):
        spread(line, 0, [9], [1], [0, 9])
    with pytest.raises(EngineError, match="2 starts and 1 finishes"):
        spread(line, [0, 1], [9], [1, 1], [0, 9])
    with pytest.raises(EngineError, match="1 amounts for 2 spans"):
        spread(line, [0, 1], [9, 9], [1], [0, 9])
    with pytest.raises(EngineError, match="no whole number of minutes"):
        spread(line, [0.5], [9], [1], [0, 9])
    many = np.zeros(10**6, np.int64)
    with pytest.raises(EngineError, match="1000000 spans over 101 instants are too many"):
        spread(line, many, many, many, np.arange(101))
    assert spread(line, [], [], [], [0, 9]).shape == (0, 1)
