"""Scores by hand, and pairwise comparison against Saaty's published example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.scoring import (
    Criterion,
    Moscow,
    moscow_balance,
    pairwise,
    weighted,
    weighted_shortest_job_first,
)

# Saaty 2008, "Decision making with the analytic hierarchy process": drinks consumed in the United States.
DRINKS = ("coffee", "wine", "tea", "beer", "sodas", "milk", "water")
COMPARED: list[list[float]] = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]
PUBLISHED = (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327)


def test_saatys_drinks() -> None:
    result = pairwise(DRINKS, COMPARED)
    assert [round(result.weights[drink], 3) for drink in DRINKS] == list(PUBLISHED)
    assert round(result.ratio, 3) == 0.022
    assert result.consistent


def test_the_comparison_that_contradicts_the_others_is_named() -> None:
    """A is twice B, B is three times C, yet C is said to count more than A."""
    result = pairwise("ABC", [[1, 2, 1 / 2], [1 / 2, 1, 3], [2, 1 / 3, 1]])
    assert not result.consistent
    assert result.ratio > 0.5
    assert result.suspect is not None
    assert result.implied is not None


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=15))
def test_comparisons_made_from_weights_give_the_weights_back(weights: list[float]) -> None:
    ids = list(range(len(weights)))
    result = pairwise(ids, [[one / other for other in weights] for one in weights])
    assert [result.weights[i] for i in ids] == pytest.approx([weight / sum(weights) for weight in weights], rel=1e-6)
    assert result.ratio == pytest.approx(0, abs=1e-9)
    assert result.suspect is None


@pytest.mark.parametrize(
    ("comparisons", "said"),
    [
        ([[1, 2], [1, 1]], "'A' against 'B' is 2, but the other way round 1"),
        ([[1, -2], [-0.5, 1]], "'A' against 'B' is -2"),
        ([[1, 2]], "the comparisons of 2 things are 1x2"),
        ([[1, float("nan")], [1, 1]], "'A' against 'B' is nan"),
        ([[2, 1], [1, 1]], "'A' against 'A' is 2"),
    ],
)
def test_comparisons_that_are_refused(comparisons: list[list[float]], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        pairwise("AB", comparisons)


def test_more_than_fifteen_are_refused() -> None:
    with pytest.raises(EngineError, match="16 things are compared"):
        pairwise(range(16), [[1.0] * 16] * 16)


def test_weighted_scores_by_hand() -> None:
    criteria = [Criterion("value", 2, 0, 10), Criterion("effort", 1, worst=100, best=0), Criterion("reach", 1, 1, 5)]
    values = {
        "late": {"value": 10.0, "effort": 100.0, "reach": 1.0},  # 0.5
        "cheap": {"value": 0.0, "effort": -20.0, "reach": 3.0},  # 0.25 (beyond the scale) + 0.125
        "half": {"value": 10.0},  # 0.5, two criteria missing
    }
    scores = weighted(criteria, values)
    assert [(score.id, score.rank, score.score) for score in scores] == [
        ("half", 1, 0.5),
        ("late", 1, 0.5),
        ("cheap", 3, 0.375),
    ]
    assert scores[0].missing == ("effort", "reach")
    assert scores[2].shares == {"value": 0.0, "effort": 0.25, "reach": 0.125}


@pytest.mark.parametrize(
    ("criteria", "values", "said"),
    [
        ([Criterion("a", -1)], {}, "the weight of 'a' is -1"),
        ([Criterion("a", 0)], {}, "all weights are nil"),
        ([Criterion("a", 1, 2, 2)], {}, "'a' has no width"),
        ([Criterion("a", 1), Criterion("a", 2)], {}, "'a' stands twice"),
        ([Criterion("a", 1)], {"P": {"b": 1.0}}, "'P' is valued by 'b'"),
        ([Criterion("a", 1)], {"P": {"a": float("nan")}}, "values of 'P'"),
        ([], {}, "none of the weights"),
    ],
)
def test_scores_that_are_refused(criteria: list[Criterion], values: dict[str, dict[str, float]], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        weighted(criteria, values)


def test_wsjf() -> None:
    """The Scaled Agile Framework's worked table: 20 + 13 + 8 over 5."""
    assert weighted_shortest_job_first(business_value=20, time_criticality=13, risk_reduction=8, job_size=5) == 8.2
    with pytest.raises(EngineError, match="the job size is 0"):
        weighted_shortest_job_first(business_value=1, time_criticality=1, risk_reduction=1, job_size=0)


def test_moscow() -> None:
    items = {"A": (Moscow.MUST, 50.0), "B": (Moscow.SHOULD, 30.0), "C": (Moscow.COULD, 20.0), "D": (Moscow.WONT, 99.0)}
    balance = moscow_balance(items)
    assert balance.share == {Moscow.MUST: 0.5, Moscow.SHOULD: 0.3, Moscow.COULD: 0.2, Moscow.WONT: 0.0}
    assert balance.warnings == ()
    assert moscow_balance({"A": (Moscow.SHOULD, 1.0)}).warnings == (
        "Coulds are 0 % of the effort; DSDM keeps 20 % in reserve.",
    )
    assert moscow_balance({}).warnings == ()
