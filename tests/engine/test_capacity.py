"""Capacity by hand and, for the proposal, against every mix tried one by one."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.capacity import Contract, Defer, Demand, Hire, Means, Supply, Train, balance, close_gaps
from quarterdeck.engine.errors import EngineError


def test_balance_by_hand() -> None:
    rows = balance(
        [Supply("weld", "yard", (4, 4, 0)), Supply("plan", "office", (1, 1, 1))],
        [
            Demand(1, "A", "weld", "yard", 0, (3, 3, 3)),
            Demand(2, "B", "weld", "yard", 1, (4,), probability=0.5),
            Demand(3, "C", "dive", "yard", 2, (1, 1, 1)),
        ],
        periods=3,
    )
    assert [(row.skill, row.left, row.short_from) for row in rows] == [
        ("dive", (0, 0, -1), 2),
        ("plan", (1, 1, 1), None),
        ("weld", (1, -1, -3), 1),
    ]
    assert list(rows[2].pipeline) == [0, 2, 0]
    assert list(rows[2].utilisation) == [0.75, 1.25, None]


def test_hire_for_long_contract_for_a_peak() -> None:
    """A gap of one throughout costs 6 x 10 + 5 hired, 6 x 15 contracted; a peak of one period costs 15 contracted."""
    supply = [Supply("weld", "yard", (0,) * 6)]
    means: list[Means] = [Hire("weld", "yard", 1, 10, fixed=5), Contract("weld", "yard", 15)]
    long = close_gaps(supply, [Demand(1, "A", "weld", "yard", 0, (1,) * 6)], means, periods=6)
    assert [(type(each.means), each.period, each.amount, each.cost) for each in long.actions] == [(Hire, 0, 1, 65)]
    peak = close_gaps(supply, [Demand(1, "A", "weld", "yard", 2, (1,))], means, periods=6)
    assert [(type(each.means), each.period, each.amount, each.cost) for each in peak.actions] == [(Contract, 2, 1, 15)]


def test_training_uses_those_to_spare() -> None:
    """Two planners too many; one is away a period and welds from the next on."""
    plan = close_gaps(
        [Supply("plan", "yard", (3, 3, 3)), Supply("weld", "yard", (0, 0, 0))],
        [Demand(1, "A", "weld", "yard", 1, (1, 1)), Demand(2, "B", "plan", "yard", 0, (1, 1, 1))],
        [Train("plan", "weld", "yard", amount=1, cost=7), Contract("weld", "yard", 20)],
        periods=3,
    )
    assert [(type(each.means), each.period, each.amount) for each in plan.actions] == [(Train, 0, 1)]
    assert (plan.cost, plan.shortfalls, plan.optimal, plan.gap) == (7, (), True, 0)


def test_nobody_is_trained_away_from_work_that_needs_him() -> None:
    plan = close_gaps(
        [Supply("plan", "yard", (1, 1)), Supply("weld", "yard", (0, 0))],
        [Demand(1, "A", "weld", "yard", 1, (1,)), Demand(2, "B", "plan", "yard", 0, (1, 1))],
        [Train("plan", "weld", "yard", amount=1, cost=0)],
        periods=2,
    )
    assert plan.actions == ()
    assert [(each.skill, each.period, each.amount) for each in plan.shortfalls] == [("weld", 1, 1)]


def test_lead_times_leave_a_shortfall() -> None:
    plan = close_gaps(
        [], [Demand(1, "A", "weld", "yard", 0, (2, 2, 2))], [Contract("weld", "yard", 1, lead=1, most=1.5)], periods=3
    )
    assert [(each.period, each.amount) for each in plan.shortfalls] == [(0, 2), (1, 0.5), (2, 0.5)]
    assert [(each.period, each.amount) for each in plan.actions] == [(1, 1.5), (2, 1.5)]


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=3),
    st.integers(1, 9),
)
def test_as_little_short_and_as_cheap_as_the_best_of_all_mixes(
    supply: list[int], raw: list[tuple[int, int]], price: int
) -> None:
    """Deferring by 0 to 2 periods each, contracting the rest at 2 a period at most: all mixes tried."""
    demands = [
        Demand(number, number, "x", "u", start, (float(amount),) * 2) for number, (start, amount) in enumerate(raw)
    ]
    means = [Defer(number, 2, cost=4) for number in range(len(raw))]
    plan = close_gaps(
        [Supply("x", "u", tuple(map(float, supply)))], demands, [*means, Contract("x", "u", price, most=2)], periods=4
    )
    best = None
    for shifts in product(range(3), repeat=len(raw)):
        needed = [0] * 4
        for (start, amount), shift in zip(raw, shifts, strict=True):
            for period in range(start + shift, min(start + shift + 2, 4)):
                needed[period] += amount
        gaps = [max(0, need - have) for need, have in zip(needed, supply, strict=True)]
        short = sum(max(0, gap - 2) for gap in gaps)
        found = short, 4 * sum(shifts) + price * sum(min(gap, 2) for gap in gaps)
        best = found if best is None else min(best, found)
    assert (sum(each.amount for each in plan.shortfalls), plan.cost) == pytest.approx(best, abs=1e-5)
    assert plan.optimal


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (Demand(1, "A", "x", "u", -1, (1,)), "demand 1 starts in period -1"),
        (Demand(1, "A", "x", "u", 0, (-1,)), "in period 0 is -1"),
        (Demand(1, "A", "x", "u", 0, (float("nan"),)), "is not a number"),
        (Demand(1, "A", "x", "u", 0, (1,), probability=1.5), "the probability of demand 1"),
    ],
)
def test_demands_that_are_refused(demand: Demand, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        balance([], [demand], periods=2)


def test_means_that_are_refused() -> None:
    with pytest.raises(EngineError, match="'Z' asks for nothing"):
        close_gaps([], [], [Defer("Z", 1, 1)], periods=2)
    with pytest.raises(EngineError, match="means 'hire' is -1"):
        close_gaps([], [], [Hire("x", "u", 1, -1)], periods=2)
    with pytest.raises(EngineError, match="the number of periods is 0"):
        close_gaps([], [], [], periods=0)
