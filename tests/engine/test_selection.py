"""The choice against every choice tried one by one, and by hand."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.selection import (
    Budget,
    Candidate,
    Capacity,
    Group,
    Problem,
    Requires,
    efficient_frontier,
    marginal_values,
    regret,
    select,
)

PERIODS = 3


def fits(problem: Problem, starts: dict[str, int]) -> bool:
    """Whether these starts keep every limit and rule, read straight from the problem."""
    chosen = {each.id: each for each in problem.candidates if each.id in starts}
    if any(each.mandatory and each.id not in starts for each in problem.candidates):
        return False
    for budget in problem.budgets:
        spent = sum(
            amount
            for name, each in chosen.items()
            for offset, amount in enumerate(each.costs.get(budget.kind, ()))
            if budget.first <= starts[str(name)] + offset <= budget.last
        )
        if spent > budget.amount + 1e-9:
            return False
    for capacity in problem.capacities:
        for period, most in enumerate(capacity.amounts):
            asked = sum(
                amount
                for name, each in chosen.items()
                for offset, amount in enumerate(each.demands.get(capacity.skill, ()))
                if starts[str(name)] + offset == period
            )
            if asked > most + 1e-9:
                return False
    for link in problem.requires:
        one, other = starts.get(str(link.id)), starts.get(str(link.needs))
        if one is not None and (other is None or one < other + link.lag):
            return False
    return all(
        group.least
        <= sum(member in starts for member in group.members)
        <= (len(group.members) if group.most is None else group.most)
        for group in problem.groups
    )


def worth(problem: Problem, starts: dict[str, int]) -> float:
    """The value of these starts by the definition."""
    return sum(
        each.value - each.delay_loss * (starts[str(each.id)] - each.earliest)
        for each in problem.candidates
        if each.id in starts
    )


def best_of_all(problem: Problem) -> float | None:
    """The greatest value of all choices; None when none is allowed."""
    found: float | None = None
    names = [str(each.id) for each in problem.candidates]
    options = [
        [None, *range(each.earliest, (PERIODS - 1 if each.latest is None else each.latest) + 1)]
        for each in problem.candidates
    ]
    for pick in product(*options):
        starts = {name: start for name, start in zip(names, pick, strict=True) if start is not None}
        if fits(problem, starts):
            value = worth(problem, starts)
            found = value if found is None else max(found, value)
    return found


amounts = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=2).map(tuple)
candidates = st.lists(
    st.tuples(st.integers(-2, 20), amounts, amounts, st.integers(0, 3), st.integers(0, 9)), min_size=4, max_size=4
)


@settings(max_examples=60)
@given(
    candidates,
    st.integers(2, 12),
    st.integers(2, 8),
    st.integers(0, 2),
    st.tuples(st.integers(0, 1), st.integers(0, 2)),
)
def test_the_choice_is_the_best_of_all(
    raw: list[tuple[int, tuple[float, ...], tuple[float, ...], int, int]],
    money: int,
    people: int,
    lag: int,
    bounds: tuple[int, int],
) -> None:
    names, (least, most) = "ABCD", bounds
    problem = Problem(
        tuple(
            Candidate(
                name,
                float(value),
                {"capex": cost},
                {"test": demand},
                earliest=min(first, 2) if first < 3 else 0,
                delay_loss=loss / 4,
                mandatory=first == 3 and name == "D",
            )
            for name, (value, cost, demand, first, loss) in zip(names, raw, strict=True)
        ),
        PERIODS,
        budgets=(Budget("capex", money, 0, 1), Budget("capex", 4, 2, 2)),
        capacities=(Capacity("test", (float(people),) * PERIODS),),
        requires=(Requires("B", "A", lag),),
        groups=(
            Group("few", ("A", "C"), most=1),
            Group("some", ("B", "C", "D"), least=min(least, most), most=most + 1),
        ),
    )
    expected = best_of_all(problem)
    if expected is None:
        with pytest.raises(EngineError):
            select(problem)
        return
    chosen = select(problem, gap=0)
    starts = {str(name): start for name, start in chosen.starts.items()}
    assert fits(problem, starts)
    assert chosen.value == pytest.approx(expected, abs=1e-6)
    assert worth(problem, starts) == pytest.approx(chosen.value)
    assert chosen.optimal
    assert all(use.left >= -1e-9 for use in chosen.uses)


# A knapsack of the textbooks (Martello & Toth 1990, "Knapsack Problems", example 2.2): best 280 of capacity 102.
MARTELLO = Problem(
    tuple(
        Candidate(number, value, {"weight": (weight,)})
        for number, (value, weight) in enumerate(
            [(15, 2), (100, 20), (90, 20), (60, 30), (40, 40), (15, 30), (10, 60), (1, 10)]
        )
    ),
    periods=1,
    budgets=(Budget("weight", 102, 0, 0),),
)


def test_a_published_knapsack() -> None:
    chosen = select(MARTELLO, gap=0)
    assert chosen.value == 280
    assert set(chosen.starts) == {0, 1, 2, 3, 5}
    assert (chosen.optimal, chosen.gap, chosen.bound) == (True, 0, 280)


def test_what_a_unit_of_money_is_worth() -> None:
    """The relaxation takes the four best by value per weight (72) and 30 of the 40 of the fifth: 40/40 a unit."""
    (worth_of,) = marginal_values(MARTELLO)
    assert worth_of.value == pytest.approx(1.0)
    assert marginal_values(Problem((Candidate("A", 1, {"capex": (1,)}),), 1, (Budget("capex", 5, 0, 0),))) == ()


def test_the_frontier_never_falls_and_each_point_is_the_best() -> None:
    points = efficient_frontier(MARTELLO, shares=(0.2, 0.5, 0.8, 1.0, 2.5))
    assert [point.budget for point in points] == pytest.approx([20.4, 51, 81.6, 102, 255])
    assert [point.selection.value for point in points] == [100, 205, 265, 280, 331]


def test_frontier_leaves_out_what_the_mandatory_cannot_be_paid_from() -> None:
    problem = Problem((Candidate("A", 1, {"capex": (8,)}, mandatory=True),), 1, (Budget("capex", 10, 0, 0),))
    assert [point.share for point in efficient_frontier(problem, shares=(0.5, 0.8, 1))] == [0.8, 1]


def test_regret_of_a_choice_by_hand() -> None:
    """By hand 5, 6 and 7 (26); best 280; one swap brings the 100 in for the 1."""
    found = regret(MARTELLO, [5, 6, 7], swaps=1)
    assert (found.by_hand.value, found.best.value, found.given_away) == (26, 280, 254)
    assert (found.swap_out, found.swap_in) == ((6,), (1,))
    assert found.swapped.value == 116
    with pytest.raises(EngineError, match="99 is chosen but no candidate"):
        regret(MARTELLO, [99])
    with pytest.raises(EngineError, match="needs 8 more of 'weight' from period 0"):
        regret(MARTELLO, [1, 2, 3, 4])


def test_what_cannot_be_met_is_named() -> None:
    problem = Problem(
        (Candidate("A", 1, {"capex": (8,)}, mandatory=True), Candidate("B", 1, {"capex": (4,)}, mandatory=True)),
        1,
        (Budget("capex", 10, 0, 0),),
    )
    with pytest.raises(EngineError, match="needs 2 more of 'capex' from period 0") as refusal:
        select(problem)
    assert refusal.value.culprits == ("capex",)
    rules = Problem(
        (Candidate("A", 1), Candidate("B", 1)),
        1,
        requires=(Requires("A", "B"),),
        groups=(Group("one", ("B",), most=0), Group("all", ("A",), least=1)),
    )
    with pytest.raises(EngineError, match="no choice meets the rules"):
        select(rules)


A = Candidate("A", 1)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem((), 1), "there are no candidates"),
        (Problem((A, A), 1), "'A' stands twice"),
        (Problem((A,), 0), "the number of periods is 0"),
        (Problem((Candidate("A", float("nan")),), 1), "figures of candidate 'A'"),
        (Problem((Candidate("A", 1, earliest=2),), 2), "'A' may start in periods 2 to 1"),
        (Problem((Candidate("A", 1, {"capex": (-1,)}),), 2), "amounts of candidate 'A' is -1"),
        (Problem((A,), 1, (Budget("capex", -5, 0, 0),)), "budget of 'capex' is -5"),
        (Problem((A,), 1, (Budget("capex", 5, 1, 0),)), "runs from period 1 to 0"),
        (Problem((A,), 1, requires=(Requires("A", "Z"),)), "names 'Z', which is no candidate"),
        (Problem((A,), 1, requires=(Requires("A", "A"),)), "'A' requires itself"),
        (Problem((A,), 1, groups=(Group("g", ("A",), least=2),)), "group 'g' of 1 wants at least 2"),
    ],
)
def test_problems_that_are_refused(problem: Problem, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        select(problem)
