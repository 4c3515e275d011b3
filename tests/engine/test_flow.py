"""Flow by hand, against a walk day by day, and forecasts with known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.flow import Item, cumulative_flow, flow, how_many, when_done

spans = st.tuples(st.integers(-5, 15), st.none() | st.integers(0, 10))


def test_steady_work_obeys_littles_law_exactly() -> None:
    """One item begun each day and done on its third: two open each night, three worked on each day."""
    seen = flow([Item(day, day, day + 2) for day in range(-10, 40)], first=0, last=29)
    assert set(seen.in_progress.tolist()) == {2}
    assert seen.throughput == 1
    assert set(seen.cycle_times.tolist()) == {3}
    assert seen.expected_cycle_time == 3
    assert seen.cycle_time(0.85) == 3


@given(st.lists(spans, max_size=12))
def test_flow_equals_a_walk_day_by_day(raw: list[tuple[int, int | None]]) -> None:
    items = [
        Item(number, begun, None if length is None else begun + length) for number, (begun, length) in enumerate(raw)
    ]
    seen = flow(items, first=0, last=9)
    for day in range(10):
        begun = [item for item in items if item.begun is not None and item.begun <= day]
        assert seen.in_progress[day] == sum(item.done is None or item.done > day for item in begun)
        assert seen.departed[day] == sum(item.done == day for item in items)
    assert sorted(seen.cycle_times) == sorted(
        item.done - item.begun + 1
        for item in items
        if item.done is not None and item.begun is not None and 0 <= item.done <= 9
    )


def test_bands_do_not_cross_when_a_state_is_skipped() -> None:
    bands = cumulative_flow(
        {"ready": [0, 0], "doing": [1], "done": [2, 3]}, order=["ready", "doing", "done"], first=0, last=4
    )
    assert {state: counts.tolist() for state, counts in bands.items()} == {
        "ready": [2, 2, 2, 2, 2],
        "doing": [0, 1, 1, 2, 2],
        "done": [0, 0, 1, 2, 2],
    }
    with pytest.raises(EngineError, match="'tested' is not in the order"):
        cumulative_flow({"tested": [1]}, order=["done"], first=0, last=1)


def test_when_done_has_the_distribution_of_a_coin() -> None:
    """Throughput 0 or 1 with even chances: the day of the first item is geometric, P(day <= k) = 1 - 2^-k."""
    days = when_done(1, [0, 1], generator=np.random.default_rng(7), trials=200_000)
    for day in range(1, 6):
        assert np.mean(days <= day) == pytest.approx(1 - 0.5**day, abs=0.004)
    assert days.mean() == pytest.approx(2, abs=0.02)


def test_how_many_has_the_binomial_distribution() -> None:
    """Ten tosses: mean 5, variance 2.5."""
    counts = how_many(10, [0, 1], generator=np.random.default_rng(7), trials=200_000)
    assert counts.mean() == pytest.approx(5, abs=0.02)
    assert counts.var() == pytest.approx(2.5, abs=0.03)


def test_the_same_seed_says_the_same() -> None:
    first, second = (when_done(50, [0, 2, 5], generator=np.random.default_rng(3), trials=500) for _ in range(2))
    assert first.tolist() == second.tolist()
    assert when_done(0, [1], generator=np.random.default_rng(3), trials=2).tolist() == [0, 0]


def test_nothing_done() -> None:
    empty = flow([], first=0, last=3)
    assert (empty.throughput, empty.cycle_time(), empty.expected_cycle_time) == (0, None, None)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([Item("A", 3, 2)], "'A' was done on day 2 but begun on day 3"),
        ([Item("A", None, 2)], "'A' was done on day 2 but never begun"),
        ([Item("A", 1), Item("A", 2)], "'A' stands twice"),
    ],
)
def test_items_that_are_refused(items: list[Item], said: str) -> None:
    with pytest.raises(EngineError, match=said) as refusal:
        flow(items, first=0, last=5)
    assert refusal.value.culprits == ("A",)


@pytest.mark.parametrize("daily", [[], [0, 0], [-1, 2], [0.5]])
def test_throughput_that_is_refused(daily: list[int]) -> None:
    with pytest.raises(EngineError):
        when_done(5, daily, generator=np.random.default_rng(1))


def test_windows_and_trials_that_are_refused() -> None:
    with pytest.raises(EngineError, match="before its first day"):
        flow([], first=2, last=1)
    with pytest.raises(EngineError, match="the number of trials is 0"):
        how_many(1, [1], generator=np.random.default_rng(1), trials=0)
    with pytest.raises(EngineError, match="more than a hundred years"):
        when_done(10**9, [1], generator=np.random.default_rng(1), trials=1)
