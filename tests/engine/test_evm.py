"""Earned value of works: each technique by hand, earned schedule on the calendar, the tree, and what is refused.

The figures that follow from PV, EV and AC are in `test_evm_figures`, real projects in `test_evm_dslib`.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.calendar import around_the_clock, five_day, instant, minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm import (
    FIFTY_FIFTY,
    ZERO_HUNDRED,
    Apportioned,
    Baseline,
    LevelOfEffort,
    Measures,
    Milestone,
    PercentComplete,
    Progress,
    StartFinish,
    Technique,
    TimeForecast,
    UnitsComplete,
    WeightedMilestones,
    Work,
    assess,
    assess_tree,
    by_period,
    roll_up,
)

HOUR = 60
OFFICE = five_day("office")
MONDAY = minutes(dt.datetime(2026, 3, 2, 8, 0))  # noqa: DTZ001  the engine knows no zone
WEEK = 7 * 1440
END = MONDAY + 1440 + 9 * HOUR
NOON = MONDAY + 4 * HOUR
STEPS = WeightedMilestones((Milestone("drawn", 0.3, NOON), Milestone("built", 0.7, MONDAY + 1440)))

# -- each technique


def dig(**changes: Any) -> Work:
    """Work of 100 from Monday 08:00 to Tuesday 17:00."""
    fields: dict[str, Any] = {"id": "w", "budget": 100.0, "start": MONDAY, "finish": END}
    return Work(**(fields | changes))


@pytest.mark.parametrize(
    ("technique", "due", "progress", "earned"),
    [
        (PercentComplete(), (0.0, 25.0, 50.0, 100.0), Progress(actual_start=MONDAY, complete=0.4), 40.0),
        (PercentComplete(), (0.0, 25.0, 50.0, 100.0), Progress(actual_finish=NOON), 100.0),
        (UnitsComplete(8), (0.0, 25.0, 50.0, 100.0), Progress(units=2), 25.0),
        (UnitsComplete(8), (0.0, 25.0, 50.0, 100.0), Progress(units=10), 100.0),
        (ZERO_HUNDRED, (0.0, 0.0, 0.0, 100.0), Progress(actual_start=MONDAY, complete=0.9), 0.0),
        (ZERO_HUNDRED, (0.0, 0.0, 0.0, 100.0), Progress(actual_start=MONDAY, actual_finish=NOON), 100.0),
        (FIFTY_FIFTY, (0.0, 50.0, 50.0, 100.0), Progress(actual_start=MONDAY), 50.0),
        (FIFTY_FIFTY, (0.0, 50.0, 50.0, 100.0), Progress(actual_start=MONDAY + WEEK), 0.0),
        (StartFinish(0.25), (0.0, 25.0, 25.0, 100.0), Progress(actual_start=MONDAY), 25.0),
        (STEPS, (0.0, 30.0, 100.0, 100.0), Progress(achieved={"built"}), 70.0),
        (STEPS, (0.0, 30.0, 100.0, 100.0), Progress(complete=1.0), 0.0),
        (LevelOfEffort(), (0.0, 25.0, 50.0, 100.0), Progress(), 50.0),
    ],
)
def test_when_a_budget_is_due_and_when_it_is_earned(
    technique: Technique, due: tuple[float, ...], progress: Progress, earned: float
) -> None:
    """Due at the start, at Monday noon, on Tuesday morning and at the end; earned on Tuesday morning."""
    plan = Baseline([dig(technique=technique)], calendar=OFFICE)
    instants = [MONDAY, NOON, MONDAY + 1440, END]
    assert plan.planned(instants).tolist() == [list(due)]
    assert plan.earned({"w": progress}, at=MONDAY + 1440).tolist() == [pytest.approx(earned)]


def test_a_part_may_be_due_at_the_start() -> None:
    """A purchase of 40 when the work starts, 60 over its two days: 40 + 15 at noon of the first."""
    plan = Baseline([dig(due_at_start=40)], calendar=OFFICE)
    assert plan.planned([MONDAY, MONDAY + 1, NOON]).tolist() == [[0.0, pytest.approx(40 + 60 / 960), 55.0]]
    assert plan.earned({"w": Progress(actual_start=MONDAY)}, at=NOON).tolist() == [40.0]
    assert plan.earned({"w": Progress(complete=0.5)}, at=NOON).tolist() == [70.0]
    assert plan.earned({"w": Progress(actual_start=NOON + 1)}, at=NOON).tolist() == [0.0]


def test_apportioned_work_goes_with_its_base() -> None:
    """Inspection of 20 apportioned to work of 100 with milestones, and a report apportioned to the inspection."""
    inspect = Work(id="inspect", budget=20, start=MONDAY, finish=MONDAY, technique=Apportioned("w"))
    report = Work(id="report", budget=10, start=MONDAY, finish=MONDAY, technique=Apportioned("inspect"))
    plan = Baseline([report, inspect, dig(technique=STEPS)], calendar=OFFICE)
    assert plan.planned([NOON]).tolist() == [[pytest.approx(3)], [pytest.approx(6)], [30]]
    earned = plan.earned({"w": Progress(achieved=["built"]), "inspect": Progress(complete=1.0)}, at=NOON)
    assert earned.tolist() == pytest.approx([7, 14, 70])


def test_a_milestone_with_a_budget_is_due_at_its_instant() -> None:
    plan = Baseline([Work(id="m", budget=5, start=NOON, finish=NOON), dig()], calendar=OFFICE)
    assert plan.planned([NOON - 1, NOON])[0].tolist() == [0.0, 5.0]


def test_a_milestone_may_finish_the_evening_before_its_start() -> None:
    """Both sides of a night are one working moment; a finish that leaves work between is refused."""
    evening = MONDAY - 63 * HOUR  # Friday 17:00
    plan = Baseline([Work(id="m", budget=5, start=MONDAY, finish=evening), dig()], calendar=OFFICE)
    assert (plan.start, plan.duration) == (MONDAY, 960)
    with pytest.raises(EngineError, match="'m' finishes before it starts"):
        Baseline([Work(id="m", budget=5, start=MONDAY, finish=evening - 1)], calendar=OFFICE)


def test_each_work_has_its_own_calendar() -> None:
    """Around the clock from Friday 17:00 to Monday 08:00 (63 h), while the office is closed."""
    friday = MONDAY - 63 * HOUR
    tank = Work(id="cure", budget=63, start=friday, finish=MONDAY, calendar=around_the_clock())
    plan = Baseline([tank, dig()], calendar=OFFICE)
    assert plan.curve([friday + 21 * HOUR, MONDAY, NOON]).tolist() == pytest.approx([21, 63, 88])


# -- earned schedule on the calendar


def two_days_with_a_stand() -> Baseline:
    """8 hours of work on Monday, none on Tuesday, 8 hours on Wednesday; 100 each."""
    day = 9 * HOUR
    return Baseline(
        [
            Work(id="one", budget=100, start=MONDAY, finish=MONDAY + day),
            Work(id="two", budget=100, start=MONDAY + 2 * 1440, finish=MONDAY + 2 * 1440 + day),
        ],
        calendar=OFFICE,
    )


@pytest.mark.parametrize(
    ("earned", "hours_after", "expected"),
    [
        (43, 24, 3),  # behind: 3 h give 37.5, 4 h give 50
        (43, 3, 4),  # ahead: the first full hour that has it
        (50, 9, 4),
        (100, 12, 12),  # just what is due, on Tuesday: the status date
        (100, 20, 16),  # behind: the stand is no excuse, its end is when it was due
        (100, 4, 8),  # ahead: nor is it credit
        (200, 40, 24),  # done late: the planned duration
        (200, 24, 24),
        (0, 8, 0),
        (0, 0, 0),
    ],
)
def test_earned_schedule_on_the_calendar(earned: float, hours_after: int, expected: int) -> None:
    """In working hours from Monday 08:00, told at so many working hours (the rule in `Baseline.earned_schedule`)."""
    plan = two_days_with_a_stand()
    at = plan.timeline.add(MONDAY, hours_after * HOUR)
    found = plan.earned_schedule(earned, at)
    assert (found.actual, found.earned, found.planned) == (hours_after * HOUR, expected * HOUR, 24 * HOUR)


def test_finer_steps_tell_earned_schedule_to_the_minute() -> None:
    plan = two_days_with_a_stand()
    assert plan.earned_schedule(43, MONDAY + 30 * HOUR, step=1).earned == math.floor(0.43 * 480)


def test_before_the_start_there_is_no_index_in_time() -> None:
    status = assess(two_days_with_a_stand(), {}, MONDAY - WEEK)
    assert (status.time.actual, status.time.spi_t, status.total.spi, status.p_factor) == (0, None, None, None)
    assert status.earned_schedule == MONDAY


def test_the_forecast_is_a_date_on_the_calendar() -> None:
    """Half earned after all of Monday: SPI(t) 0.5, so that 24 planned hours take 48: six days, to Monday 17:00."""
    status = assess(two_days_with_a_stand(), {"one": Progress(complete=0.5, cost=60)}, MONDAY + 9 * HOUR)
    finish = status.finishes[TimeForecast.ES_SPI_T]
    assert finish is not None
    assert str(instant(finish)) == "2026-03-09 17:00:00"
    assert (status.earned_schedule, status.p_factor) == (NOON, 1.0)


def brute_earned_schedule(plan: Baseline, earned: float, at: int) -> int:
    """Walk hour by hour from the status date, as the rule is written."""
    last, hours = -(-plan.duration // HOUR), plan.timeline.between(plan.start, at) / HOUR
    due = [float(plan.curve([plan.timeline.add(plan.start, n * HOUR)])[0]) for n in range(last + 1)]
    now = float(plan.curve([at])[0])
    if abs(now - earned) <= 0.01:
        found = hours
    elif now < earned:
        found = next((n for n in range(last + 1) if n > hours and due[n] >= earned - 0.01), last)
    else:
        found = max((n for n in range(last + 1) if n <= hours and due[n] <= earned + 0.01), default=0)
    return int(min(found * HOUR, plan.duration))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=5
)


@given(spans=spans, share=st.floats(0, 1), hours=st.integers(0, 100))
def test_earned_schedule_is_the_walk_from_the_status_date(
    spans: list[tuple[int, int, int, int]], share: float, hours: int
) -> None:
    line = Baseline([dig()], calendar=OFFICE).timeline
    works = [
        Work(
            id=place,
            budget=fixed + rest,
            due_at_start=fixed,
            start=line.next_working(line.add(MONDAY, start * HOUR)),
            finish=line.add(MONDAY, (start + length) * HOUR),
        )
        for place, (start, length, fixed, rest) in enumerate(spans)
    ]
    plan = Baseline(works, calendar=OFFICE)
    at = line.add(plan.start, hours * HOUR)
    assert plan.earned_schedule(plan.bac * share, at).earned == brute_earned_schedule(plan, plan.bac * share, at)


# -- properties


works = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.integers(0, 3000),
        st.floats(0, 1000),
        st.sampled_from([PercentComplete(), ZERO_HUNDRED, FIFTY_FIFTY, LevelOfEffort(), UnitsComplete(4)]),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=8,
)


@given(works=works, at=st.integers(-100, 9000))
def test_what_is_due_rises_to_the_budget_and_what_is_earned_stays_within(works: list[Any], at: int) -> None:
    plan = Baseline(
        Work(id=place, budget=budget, start=start, finish=start + length, technique=technique)
        for place, (start, length, budget, technique, _) in enumerate(works)
    )
    due = plan.planned(range(0, 9000, 250))
    assert (due[:, 1:] >= due[:, :-1] - 1e-9).all()
    assert due[:, -1] == pytest.approx(plan.budgets)
    progress = {place: Progress(actual_start=0, complete=share) for place, (*_, share) in enumerate(works)}
    earned = plan.earned(progress, at)
    assert ((earned >= -1e-9) & (earned <= plan.budgets + 1e-9)).all()


@given(works=works, at=st.integers(-100, 9000))
def test_every_level_is_the_sum_of_its_leaves(works: list[Any], at: int) -> None:
    """Roll-up and the status of a node agree, with every technique below it."""
    plan = Baseline(
        Work(id=place, budget=budget, start=start, finish=start + length, technique=technique)
        for place, (start, length, budget, technique, _) in enumerate(works)
    )
    progress = {place: Progress(complete=share, cost=place) for place, (*_, share) in enumerate(works)}
    parents: Mapping[Any, Any] = {"all": None, "odd": "all", "even": "all"} | {
        place: "odd" if place % 2 else "even" for place in range(len(works))
    }
    levels, rolled = assess_tree(plan, progress, at, parents), roll_up(parents, assess(plan, progress, at).works)
    for node, status in levels.items():
        ours, sums = status.total, rolled[node]
        assert (ours.bac, ours.pv, ours.ev, ours.ac) == pytest.approx((sums.bac, sums.pv, sums.ev, sums.ac))
    assert levels["all"].total == assess(plan, progress, at).total  # to the last bit, in whatever order it is summed


def test_a_node_below_apportioned_work_stands_without_its_base() -> None:
    inspect = Work(id="inspect", budget=20, start=MONDAY, finish=MONDAY, technique=Apportioned("w"))
    plan = Baseline([inspect, dig()], calendar=OFFICE)
    levels = assess_tree(plan, {"w": Progress(complete=0.5)}, NOON, {"all": None, "inspect": "all", "w": "all"})
    assert (levels["inspect"].total.ev, levels["inspect"].total.pv) == (10, 5)


def test_periods_are_the_differences_of_what_is_cumulative() -> None:
    plan = two_days_with_a_stand()
    ends = [MONDAY + 9 * HOUR, MONDAY + 1440 + 9 * HOUR]
    history = [
        assess(plan, {"one": Progress(complete=share, cost=cost)}, at)
        for at, share, cost in zip(ends, (0.5, 1.0), (60, 100), strict=True)
    ]
    (first, early), (second, later) = by_period(history)
    assert (first.pv, first.ev, first.ac, early.spi_t) == (100, 50, 60, 0.5)
    assert (second.pv, second.ev, second.ac, second.cpi, later.earned) == (0, 50, 40, 1.25, 12 * HOUR)
    assert by_period([]) == ()


def test_a_forecast_lies_centuries_ahead_and_not_beyond_the_year_9999() -> None:
    plan = Baseline([dig()], calendar=OFFICE)
    far = plan.instant_of(500 * 52 * 2400)
    assert far is not None
    assert instant(far) == instant(MONDAY) + dt.timedelta(weeks=26_000) - dt.timedelta(hours=63)
    assert plan.instant_of(1e11) is None
    assert plan.instant_of(math.inf) is None


# -- what is refused


ENDLESS = dig(id="a", technique=Apportioned("b"))


@pytest.mark.parametrize(
    ("works", "problem", "culprits"),
    [
        ([], "there is no work", ()),
        ([dig(), dig()], "'w' stands twice", ("w",)),
        ([dig(budget=-1)], "the budget of 'w' is -1", ("w",)),
        ([dig(budget=math.nan)], "the budget of 'w' is nan", ("w",)),
        ([dig(budget=math.inf)], "the budget of 'w' is inf", ("w",)),
        ([dig(due_at_start=101)], "due at the start of 'w' is 101", ("w",)),
        ([dig(start=MONDAY + WEEK)], "'w' finishes before it starts", ("w",)),
        ([dig(start=None)], "a date of 'w'", ("w",)),
        ([dig(finish=math.nan)], "a date of 'w'", ("w",)),
        ([dig(finish=10**12)], "a date of 'w'", ("w",)),
        ([dig(technique=StartFinish(1.5))], "share at the start of 'w' is 1.5", ("w",)),
        ([dig(technique=UnitsComplete(0))], "'w' has no units", ("w",)),
        ([dig(technique=UnitsComplete(-2))], "number of units of 'w' is -2", ("w",)),
        ([dig(technique=WeightedMilestones(()))], "milestones of 'w' do not make 1", ("w",)),
        ([dig(technique=WeightedMilestones((Milestone("m", 0.4, NOON),)))], "'w' do not make 1", ("w",)),
        ([dig(technique=WeightedMilestones((Milestone("m", 2.0, NOON),)))], "weight of 'm' of 'w' is 2", ("w",)),
        ([dig(technique=Apportioned("x"))], "'w' is apportioned to 'x', which is not among", ("w",)),
        ([dig(technique=Apportioned("w"))], "in a circle: 'w', 'w'", ("w",)),
        ([ENDLESS, dig(id="b", technique=Apportioned("a"))], "in a circle: 'a', 'b', 'a'", ("a", "b")),
    ],
)
def test_a_baseline_that_cannot_be_is_refused(works: list[Work], problem: str, culprits: tuple[str, ...]) -> None:
    with pytest.raises(EngineError, match=problem) as refusal:
        Baseline(works, calendar=OFFICE)
    assert refusal.value.culprits == culprits
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("progress", "problem", "culprit"),
    [
        ({"x": Progress()}, "there is progress of 'x'", "x"),
        ({"w": Progress(complete=1.01)}, "share complete of 'w' is 1.01", "w"),
        ({"w": Progress(complete=math.nan)}, "share complete of 'w' is nan", "w"),
        ({"w": Progress(units=-1)}, "units done of 'w' is -1", "w"),
        ({"w": Progress(cost=math.inf)}, "actual cost of 'w' is inf", "w"),
        ({"w": Progress(achieved=["flown"])}, "'w' has no milestone 'flown'", "w"),
    ],
)
def test_progress_that_cannot_be_is_refused(progress: dict[str, Progress], problem: str, culprit: str) -> None:
    with pytest.raises(EngineError, match=problem) as refusal:
        assess(Baseline([dig(technique=STEPS)], calendar=OFFICE), progress, NOON)
    assert refusal.value.culprits == (culprit,)


def statuses(*instants: int) -> list[Any]:
    plan = Baseline([dig()], calendar=OFFICE)
    return [assess(plan, {}, at) for at in instants]


IDLE = Measures(bac=10, pv=1, ev=0, ac=0)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (lambda: Baseline([dig()]).earned_schedule(1, NOON, step=0), "the step is 0"),
        (lambda: Baseline([dig()], calendar=OFFICE).part(["x"]), "'x' is not in the baseline"),
        (lambda: Baseline([dig()], calendar=OFFICE).planned([0.5]), "no whole number of minutes"),
        (lambda: roll_up({"a": "b"}, {}), "'b' is not in the tree"),
        (lambda: roll_up({"a": None}, {"x": IDLE}), "'x' is not in the tree"),
        (lambda: roll_up({"a": "b", "b": "a"}, {}), "'a' lies below itself"),
        (lambda: assess_tree(Baseline([dig()]), {}, NOON, {"a": None}), "'w' is not in the tree"),
        (lambda: by_period(statuses(NOON, MONDAY)), "not in order of time"),
    ],
)
def test_questions_without_an_answer_are_refused(asked: Callable[[], object], problem: str) -> None:
    with pytest.raises(EngineError, match=problem):
        asked()
