"""Clocks of service levels against a minute-by-minute reading; shares by counting; credits of a published table."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import Timeline, WorkCalendar, around_the_clock, five_day, minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.service_level import (
    Case,
    Clock,
    Performance,
    ServiceLevel,
    State,
    Tier,
    clock,
    clocks,
    credit_amount,
    credit_share,
    performance,
)
from tests.engine.calendars import OPENING, SPAN, calendars, worked_minutes

OFFICE = five_day("office", holidays=[dt.date(2026, 4, 3), dt.date(2026, 4, 6)])
ORIGIN = minutes(OPENING)
END = SPAN * 1440


def at(month: int, day: int, hour: int, minute: int = 0) -> int:
    """An instant of 2026; 2 March is a Monday."""
    return minutes(dt.date(2026, month, day)) + hour * 60 + minute


def hours(amount: int, **more: Any) -> ServiceLevel:
    return ServiceLevel(id="L", calendar=OFFICE, minutes=amount * 60, **more)


# -- named examples


def test_an_evening_and_a_weekend_do_not_count() -> None:
    """Eight hours from Friday 16:00 are over on Monday at 16:00."""
    found = clock(hours(8), Case("R", at(3, 6, 16)), now=at(3, 9, 10))
    assert found == Clock("R", State.RUNNING, 480, 180, 0, at(3, 9, 14, 24), at(3, 9, 16), at(3, 9, 16))
    assert (found.remaining, found.decided) == (300, False)


def test_what_is_due_at_the_end_of_a_shift_may_be_done_until_the_next_starts() -> None:
    level, case = hours(8), Case("R", at(3, 6, 8))
    found = clock(level, case, now=at(3, 7, 9))
    assert (found.due, found.breach, found.state) == (at(3, 6, 17), at(3, 9, 8), State.AT_RISK)
    assert clock(level, case, now=at(3, 9, 8)).state is State.AT_RISK
    late = clock(level, case, now=at(3, 9, 8, 1))
    assert (late.state, late.remaining, late.decided) == (State.BREACHED, -1, True)
    assert clock(level, Case("R", at(3, 6, 8), at(3, 8, 3)), now=at(3, 12, 0)).state is State.MET
    assert clock(level, Case("R", at(3, 6, 8), at(3, 9, 8, 1)), now=at(3, 12, 0)).state is State.MISSED


def test_a_pause_moves_everything_after_it() -> None:
    """Two working hours of pause, of which one is the lunch hour that nobody works."""
    pause = (at(3, 2, 11), at(3, 2, 14))
    found = clock(hours(8), Case("R", at(3, 2, 9), pauses=(pause,)), now=at(3, 2, 15))
    assert (found.elapsed, found.paused, found.remaining) == (180, 120, 300)
    assert (found.due, found.at_risk) == (at(3, 3, 11), at(3, 3, 9, 24))
    states = [
        clock(hours(8), Case("R", at(3, 2, 9), pauses=(pause,)), now=now).state for now in (pause[0], pause[1] - 1)
    ]
    assert states == [State.PAUSED, State.PAUSED]
    assert clock(hours(8), Case("R", at(3, 2, 9), pauses=(pause,)), now=pause[1]).state is State.RUNNING


def test_pauses_that_overlap_or_came_before_the_start_count_once_and_from_it() -> None:
    pauses = ((at(3, 2, 13), at(3, 2, 15)), (at(3, 2, 8), at(3, 2, 10)), (at(3, 2, 14), at(3, 2, 16)))
    found = clock(hours(8), Case("R", at(3, 2, 9), pauses=pauses), now=at(3, 2, 17))
    assert (found.elapsed, found.paused, found.due) == (180, 240, at(3, 3, 14))


def test_while_a_pause_lasts_nothing_falls_due() -> None:
    open_pause = Case("R", at(3, 2, 9), pauses=((at(3, 2, 11), None),))
    found = clock(hours(8), open_pause, now=at(6, 1, 9))
    assert (found.state, found.elapsed, found.due, found.at_risk, found.breach) == (State.PAUSED, 120, None, None, None)
    soon = clock(hours(2), open_pause, now=at(6, 1, 9))
    assert (soon.state, soon.due, soon.breach) == (State.PAUSED, at(3, 2, 11), None)
    late = clock(hours(1), open_pause, now=at(6, 1, 9))
    assert (late.state, late.due, late.breach) == (State.BREACHED, at(3, 2, 10), at(3, 2, 10))


@pytest.mark.parametrize(
    ("days", "started", "due"),
    [
        (1, at(3, 2, 8), at(3, 3, 17)),
        (1, at(3, 2, 23), at(3, 3, 17)),
        (1, at(3, 6, 9), at(3, 9, 17)),
        (1, at(3, 7, 9), at(3, 9, 17)),
        (10, at(3, 24, 15), at(4, 9, 17)),  # over Good Friday and Easter Monday
        (258, at(1, 1, 0), at(12, 31, 17)),  # the 261 weekdays of 2026 less New Year, the start, and Easter's two
    ],
)
def test_working_days_end_with_the_work_of_the_last(days: int, started: int, due: int) -> None:
    """Within n working days of the order: the day of the order does not count."""
    level = ServiceLevel(id="L", calendar=OFFICE, days=days)
    assert clock(level, Case("R", started), now=started).due == due


def test_a_pause_lengthens_working_days_by_its_working_time() -> None:
    level = ServiceLevel(id="L", calendar=OFFICE, days=2)
    found = clock(level, Case("R", at(3, 2, 12), pauses=((at(3, 3, 13), at(3, 4, 12)),)), now=at(3, 2, 12))
    assert (found.allowance, found.due) == (240 + 960, at(3, 5, 17))


def test_what_has_not_begun_and_what_is_known_later() -> None:
    level = hours(1)
    early = clock(level, Case("R", at(3, 2, 9), at(3, 2, 9, 30)), now=at(3, 1, 0))
    assert (early.state, early.elapsed, early.due) == (State.RUNNING, 0, at(3, 2, 10))
    assert clock(level, Case("R", at(3, 2, 9), at(3, 2, 9, 30)), now=at(3, 2, 9, 29)).state is State.RUNNING
    assert clock(level, Case("R", at(3, 2, 9), at(3, 2, 9, 30)), now=at(3, 2, 9, 30)).state is State.MET
    assert clock(level, Case("R", at(3, 2, 9), at(3, 2, 9)), now=at(3, 3, 0)).elapsed == 0


def test_the_share_at_risk_is_taken_as_written() -> None:
    """0.07 of 100 minutes is 7, though 0.07 * 100 is a little more."""
    level = ServiceLevel(id="L", calendar=around_the_clock(), minutes=100, at_risk=0.07)
    assert clock(level, Case("R", 0), now=0).at_risk == 7
    assert [clock(level, Case("R", 0), now=now).state for now in (6, 7)] == [State.RUNNING, State.AT_RISK]


# -- against the minutes themselves


@st.composite
def cases(draw: st.DrawFn) -> Case:
    moment = st.integers(0, END - 1440)
    started = draw(moment)
    pauses = draw(st.lists(st.tuples(moment, st.none() | st.integers(0, 3000)), max_size=4))
    ended = draw(st.none() | st.integers(0, 9000))
    return Case(
        "R",
        ORIGIN + started,
        None if ended is None else ORIGIN + started + ended,
        tuple((ORIGIN + start, None if length is None else ORIGIN + start + length) for start, length in pauses),
    )


def counted(calendar: WorkCalendar, case: Case) -> np.ndarray[Any, np.dtype[np.int64]]:
    """E at each minute of the span: those before it that are worked, after the start and in no pause."""
    ticks = worked_minutes(calendar, OPENING, SPAN)
    ticks[: case.started - ORIGIN] = False
    for start, end in case.pauses:
        ticks[start - ORIGIN : None if end is None else end - ORIGIN] = False
    return np.concatenate([[0], np.cumsum(ticks)])


@settings(max_examples=40)
@given(calendars(), cases(), st.integers(1, 4000), st.integers(0, END))
def test_a_clock_counts_minutes(calendar: WorkCalendar, case: Case, allowance: int, now: int) -> None:
    level = ServiceLevel(id="L", calendar=calendar, minutes=allowance, at_risk=0.5)
    elapsed = counted(calendar, case)
    found = clock(level, case, now=ORIGIN + now)
    until = now if case.stopped is None else min(now, case.stopped - ORIGIN)
    assert found.elapsed == (elapsed[until] if until > case.started - ORIGIN else 0)
    for instant, first in ((found.due, allowance), (found.at_risk, -(-allowance // 2)), (found.breach, allowance + 1)):
        expected = int(np.searchsorted(elapsed, first))
        expected = expected - 1 if first > allowance else expected
        if expected < END:
            assert instant == ORIGIN + expected
        else:
            assert instant is None or instant >= ORIGIN + END
    late = found.elapsed > allowance
    ended = case.stopped is not None and case.stopped <= ORIGIN + now
    assert (found.state in (State.MISSED, State.BREACHED)) == late
    assert (found.state in (State.MISSED, State.MET)) == ended
    assert late == (found.breach is not None and ORIGIN + until > found.breach)


@settings(max_examples=15)
@given(calendars(), st.lists(cases(), max_size=6), st.integers(1, 5), st.integers(0, END))
def test_many_clocks_are_the_single_ones(calendar: WorkCalendar, drawn: list[Case], days: int, now: int) -> None:
    level = ServiceLevel(id="L", calendar=calendar, days=days)
    assert clocks(level, drawn, now=ORIGIN + now) == tuple(clock(level, each, now=ORIGIN + now) for each in drawn)
    line = Timeline(calendar)
    for case, found in zip(drawn, clocks(level, drawn, now=ORIGIN + now), strict=True):
        day, left = case.started // 1440, days
        while left:
            day += 1
            left -= line.between(day * 1440, day * 1440 + 1440) > 0
        assert found.allowance == line.between(case.started, day * 1440 + 1440)


@settings(max_examples=15)
@given(calendars(), st.lists(cases(), max_size=8), st.lists(st.integers(0, END), min_size=1, max_size=4))
def test_every_case_is_decided_in_one_window(calendar: WorkCalendar, drawn: list[Case], cuts: list[int]) -> None:
    """Windows side by side count what one window over them counts."""
    level = ServiceLevel(id="L", calendar=calendar, minutes=700)
    named = [Case(n, each.started, each.stopped, each.pauses) for n, each in enumerate(drawn)]
    edges = sorted({ORIGIN + cut for cut in [0, *cuts, END]})
    whole = performance(level, named, first=edges[0], last=edges[-1], now=edges[-1])
    parts = [performance(level, named, first=first, last=last, now=edges[-1]) for first, last in pairwise(edges)]
    assert sum(part.met for part in parts) == whole.met
    assert {each: n for n, part in enumerate(parts) for each in part.missed}.keys() == set(whole.missed)
    assert sum(len(part.missed) for part in parts) == len(whole.missed)
    assert whole.met + len(whole.missed) + whole.undecided == len(named)


# -- windows


def test_a_window_counts_what_was_decided_in_it() -> None:
    march = (at(3, 1, 0), at(4, 1, 0))
    found = performance(
        hours(8),
        [
            Case("before", at(2, 25, 9), at(2, 26, 9)),
            Case("met in March, begun before", at(2, 27, 12), at(3, 2, 9)),
            Case("late in February, ended in March", at(2, 24, 8), at(3, 3, 9)),
            Case("late in March, ended in April", at(3, 27, 8), at(4, 2, 9)),
            Case("late in March, never ended", at(3, 3, 8)),
            Case("due in April, ended in April", at(3, 31, 12), at(4, 1, 9)),
            Case("waiting", at(3, 3, 8), pauses=((at(3, 3, 9), None),)),
            Case("begun in April", at(4, 2, 8)),
        ],
        first=march[0],
        last=march[1],
        now=at(5, 1, 0),
    )
    assert found == Performance(1, ("late in March, ended in April", "late in March, never ended"), 2)
    assert found.share == pytest.approx(1 / 3)


def test_a_window_ends_before_its_last_instant() -> None:
    noon = at(3, 2, 12)
    in_time, late = Case("in time", at(3, 2, 11), noon), Case("late", at(3, 2, 11))
    for first, last, expected in (
        (at(3, 2, 8), noon, Performance(0, (), 2)),
        (noon, at(3, 2, 13), Performance(1, (), 1)),
        (at(3, 2, 13), at(3, 2, 14), Performance(0, ("late",), 0)),
    ):
        assert performance(hours(1), [in_time, late], first=first, last=last, now=at(4, 1, 0)) == expected


def test_without_evidence_there_is_no_share() -> None:
    found = performance(hours(8), [Case("R", at(3, 2, 8))], first=at(3, 2, 0), last=at(3, 2, 9), now=at(5, 1, 0))
    assert (found.met, found.missed, found.undecided, found.share) == (0, (), 1, None)
    assert performance(hours(8), [], first=0, last=0, now=0).share is None


def test_what_is_known_now_does_not_see_the_future() -> None:
    case = Case("R", at(3, 2, 8), at(3, 2, 9))
    window = {"first": at(3, 1, 0), "last": at(4, 1, 0)}
    assert performance(hours(8), [case], now=at(3, 2, 8, 59), **window).undecided == 1
    assert performance(hours(8), [case], now=at(3, 2, 9), **window).met == 1


# -- credits


def test_the_credits_of_a_published_table() -> None:
    """Amazon Compute Service Level Agreement, a region: below 99.99 % 10 %, below 99.0 % 30 %, below 95.0 % 100 %."""
    table = [Tier(0.9999, 0.10), Tier(0.99, 0.30), Tier(0.95, 1.00)]
    achieved = [1.0, 0.9999, 0.99989, 0.99, 0.98999, 0.95, 0.94999, 0.0, None]
    assert [credit_share(each, table) for each in achieved] == [0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 1.0, 1.0, 0.0]
    assert credit_share(0.5, reversed(table)) == 1.0
    assert credit_share(0.5, []) == 0.0


def test_credits_add_up_to_the_cap_and_to_the_cent() -> None:
    assert credit_amount([0.1, 0.3], charge=100_00) == 40_00
    assert credit_amount([0.1, 0.3], charge=100_00, cap=0.25) == 25_00
    assert credit_amount([0.7, 0.7], charge=99) == 99
    assert credit_amount([], charge=99) == 0
    assert credit_amount([0.29], charge=50) == 15  # 14.5 as written, 14.499... as a float
    assert credit_amount([0.1, 0.2], charge=5) == 2
    assert credit_amount([0.5], charge=10**24 + 1) == 5 * 10**23 + 1


# -- refused


@pytest.mark.parametrize(
    "amounts",
    [
        {},
        {"minutes": 0},
        {"days": -1},
        {"minutes": 1, "days": 1},
        {"minutes": 1.5},
        {"days": 10**9},
        {"minutes": 10**12},
    ],
)
def test_a_level_without_one_clear_allowance_is_refused(amounts: Any) -> None:
    with pytest.raises(EngineError, match=r"service level 'L' allows .* minutes and .* days") as refused:
        ServiceLevel(id="L", calendar=OFFICE, **amounts)
    assert refused.value.culprits == ("L",)


@pytest.mark.parametrize("share", [0, 1.01, -1, float("nan"), float("inf")])
def test_a_share_at_risk_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(EngineError, match="the share from which service level 'L' is at risk is"):
        hours(1, at_risk=share)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"started": 9, "stopped": 8}, "case 'R' ends before it starts"),
        ({"started": 9, "pauses": ((12, 11),)}, "case 'R' has a pause that ends before it starts"),
        ({"started": 1.5}, "case 'R' has an instant that is no whole number of minutes: 1.5"),
        ({"started": float("nan")}, "no whole number of minutes: nan"),
        ({"started": None}, "no whole number of minutes: None"),
        ({"started": 0, "stopped": "x"}, "no whole number of minutes: 'x'"),
        ({"started": 2**70}, "no whole number of minutes: 1180591620717411303424"),
        ({"started": 0, "pauses": ((0.5, None),)}, "no whole number of minutes: 0.5"),
    ],
)
def test_cases_that_cannot_be_are_refused(parts: Any, problem: str) -> None:
    with pytest.raises(EngineError, match=problem) as refused:
        Case("R", **parts)
    assert refused.value.culprits == ("R",)


def test_questions_that_cannot_be_answered_are_refused() -> None:
    level, case, nothing = hours(1), Case("R", 0), float("nan")
    whenever: Any = nothing
    with pytest.raises(EngineError, match="service level 'L' is asked at an instant that is no whole number"):
        clock(level, case, now=whenever)
    with pytest.raises(EngineError, match="the window of service level 'L' has an instant that is no whole number"):
        performance(level, [case], first=whenever, last=1, now=1)
    with pytest.raises(EngineError, match="the window of service level 'L' ends before it starts"):
        performance(level, [case], first=2, last=1, now=1)
    with pytest.raises(EngineError, match="'R' stands twice among the cases"):
        performance(level, [case, case], first=0, last=1, now=1)
    with pytest.raises(EngineError, match="'office' is asked about"):
        clock(level, Case("R", minutes(dt.date(2300, 1, 1))), now=0)
    with pytest.raises(EngineError, match="'office' is asked about"):
        clock(ServiceLevel(id="L", calendar=OFFICE, days=100_000), case, now=0)
    charge: Any = 1.5
    for bad in (charge, -1):
        with pytest.raises(EngineError, match="a charge of"):
            credit_amount([0.1], charge=bad)
    for share in (1.1, -0.1, nothing):
        with pytest.raises(EngineError, match="the share of the charge given back"):
            credit_amount([share], charge=1)
        with pytest.raises(EngineError, match="the share achieved"):
            credit_share(share, [])
        with pytest.raises(EngineError, match="the cap"):
            credit_amount([0.1], charge=1, cap=share)
        with pytest.raises(EngineError, match="the share below which there is credit"):
            credit_share(0.5, [Tier(share, 0.1)])
