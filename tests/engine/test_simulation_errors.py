"""What simulation refuses, in words that name the culprit; and that nothing else than a refusal ever comes out."""

import math
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Link, Network, Task
from quarterdeck.engine.simulation import (
    Alternative,
    Branch,
    Conditions,
    Correlation,
    CostOf,
    Discrete,
    Lognormal,
    Normal,
    Occurrence,
    Pert,
    Response,
    Risk,
    Triangular,
    Trigen,
    Uncertainty,
    Uniform,
    simulate,
)

PLAN = Network((Task("whole"), Task("a", 480, parent="whole"), Task("b", 480, parent="whole")), (Link("a", "b"),))
SURE = (Uncertainty("a", Uniform(1, 2)), Uncertainty("b", Uniform(1, 2)))
NAN = math.nan


def refused(**said: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        simulate(PLAN, iterations=64, **said)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "of",
    [
        Triangular(5, 4, 6),
        Triangular(NAN, 4, 6),
        Triangular(1, 2, math.inf),
        Triangular(1, 2, 1e12),
        Triangular(-1, 2, 3),
        Pert(1, 2, 3, -1),
        Pert(1, 2, 3, 1000),
        Uniform(3, 2),
        Normal(5, -1),
        Normal(-5, 1),
        Lognormal(0, 1),
        Trigen(5, 5, 6),
        Trigen(4, 5, 6, 0.6, 0.9),
        Discrete((), ()),
        Discrete((1, 2), (0.5, 0.6)),
        Discrete((1, 2), (0.5,)),
        Discrete((1, -2), (0.5, 0.5)),
        Discrete((1, NAN), (0.5, 0.5)),
        Triangular("1", 2, "x"),  # type: ignore[arg-type]  # what an import may bring
        5.0,
        "long",
    ],
)
def test_estimates_that_are_none_name_the_task(of: Any) -> None:
    assert refused(uncertainties=[Uncertainty("b", of)]).culprits == ("b",)


@pytest.mark.parametrize(
    ("said", "culprit"),
    [
        ({"uncertainties": [Uncertainty("z", Uniform(1, 2))]}, "z"),
        ({"uncertainties": [SURE[0], SURE[0]]}, "a"),
        ({"uncertainties": [Uncertainty("whole", Uniform(1, 2))]}, "whole"),
        ({"uncertainties": [Uncertainty("whole", rate=1.0)]}, "whole"),
        ({"uncertainties": [Uncertainty("a", cost=NAN)]}, "a"),
        ({"uncertainties": [Uncertainty("a", rate=cast("float", "dear"))]}, "a"),
        ({"uncertainties": ["a"]}, None),
        ({"risks": [Risk(id="r", probability=1.5)]}, "r"),
        ({"risks": [Risk(id="r", probability=-0.1)]}, "r"),
        ({"risks": [Risk(id="r", probability=NAN)]}, "r"),
        ({"risks": [Risk(id="r", probability=cast("float", None))]}, "r"),
        ({"risks": [Risk(id="r", probability=0.5, loss=math.inf)]}, "r"),
        ({"risks": [Risk(id="r", probability=0.5, response=Response(cost=NAN))], "responded": True}, "r"),
        ({"risks": [Risk(id="r", probability=0.5, response=Response(probability=2.0))], "responded": True}, "r"),
        ({"risks": [Risk(id="r", probability=0.5, tasks=("z",))]}, "z"),
        ({"risks": [Risk(id="r", probability=0.5, tasks=("a", "a"))]}, "a"),
        ({"risks": [Risk(id="r", probability=0.5, tasks=cast("tuple[str, ...]", "a"))]}, "r"),
        ({"risks": [Risk(id="r", probability=0.5), Risk(id="r", probability=0.5)]}, "r"),
        ({"risks": [Risk(id="r", probability=0.5, tasks=("a",), delay=Uniform(2, 1))]}, "r"),
        ({"risks": ["r"]}, None),
        ({"responded": ("z",)}, "z"),
        ({"branches": [Branch("f", (Alternative(0.7, ("a",)), Alternative(0.7, ("b",))))]}, "f"),
        ({"branches": [Branch("f", ())]}, "f"),
        ({"branches": [Branch("f", (Alternative(-0.1, ("a",)),))]}, "f"),
        ({"branches": [Branch("f", cast("tuple[Alternative, ...]", ("a",)))]}, None),
        ({"branches": [Branch("f", (Alternative(0.7, ("z",)),))]}, "z"),
        ({"conditions": [Conditions(id="w", tasks=("z",))]}, "z"),
        ({"conditions": [Conditions(id="w", tasks=("a",), lost=(1.0,))]}, "w"),
        ({"conditions": [Conditions(id="w", tasks=("a",), lost=(0.1, 0.2))]}, "w"),
        ({"conditions": [Conditions(id="w", tasks=("a",), lost=cast("tuple[float]", 0.1))]}, "w"),
        ({"conditions": [Conditions(id="w", tasks=("a",), pace=(-1.0,))]}, "w"),
        ({"conditions": [Conditions(id=w, tasks=("a",), lost=(0.1,)) for w in "vw"]}, "a"),
        ({"correlations": [Correlation(("a", "b"), 1.5)]}, "a"),
        ({"correlations": [Correlation(("a", "b"), NAN)]}, "a"),
        ({"correlations": [Correlation(("a",), 0.5)]}, "a"),
        ({"correlations": [Correlation(("a", "a"), 0.5)]}, "a"),
        ({"correlations": [Correlation(("a", "z"), 0.5)]}, "z"),
        ({"correlations": [Correlation(("a", CostOf("z")), 0.5)]}, CostOf("z")),
        ({"correlations": [Correlation(("a", Occurrence("z")), 0.5)]}, Occurrence("z")),
        ({"correlations": [Correlation(("a", "b"), ((1.0, 0.5), (0.4, 1.0)))]}, "a"),
        ({"correlations": [Correlation(("a", "b"), ((1.0,),))]}, "a"),
        ({"correlations": [Correlation(("a", "b"), 0.5), Correlation(("b", "a"), 0.6)]}, "b"),
        ({"correlations": ["a"]}, None),
        ({"watch": ("z",)}, "z"),
        ({"keep": ("whole",)}, "whole"),
        ({"seed": -1}, None),
        ({"seed": 0.5}, None),
        ({"threads": 0}, None),
        ({"percentiles": (1.5,)}, None),
        ({"planned_cost": NAN}, None),
        ({"planned_cost": "dear"}, None),
        ({"percentiles": None}, None),
        ({"percentiles": ("most",)}, None),
        ({"risks": None}, None),
        ({"uncertainties": 5}, None),
        ({"responded": 5}, None),
        ({"responded": ([],)}, None),
        ({"keep": 5}, None),
        ({"keep": ([],)}, None),
        ({"watch": 5}, None),
        ({"risks": [Risk(id="r", probability=0.5, response=cast("Response", "call"))]}, "r"),
    ],
)
def test_what_cannot_be_simulated_is_refused(said: dict[str, Any], culprit: Any) -> None:
    found = refused(**{"uncertainties": SURE} | said)
    if culprit is not None:
        assert found.culprits[0] == culprit


@pytest.mark.parametrize("iterations", [0, -5, 2.5, 10**9, "many", True])
def test_numbers_of_iterations(iterations: Any) -> None:
    with pytest.raises(EngineError, match="iterations"):
        simulate(PLAN, iterations=iterations)


def test_plans_that_are_too_large_or_too_long() -> None:
    import numpy as np

    from quarterdeck.engine.cpm import Columns

    with pytest.raises(EngineError, match="10,000,000"):
        simulate(Columns(duration=np.ones(10**7, np.int64)), iterations=64)
    with pytest.raises(EngineError, match="600,000 tasks"):
        simulate(Columns(duration=np.ones(600_000, np.int64)), iterations=64)
    with pytest.raises(EngineError, match="minutes"):
        simulate(Network((Task("a", 2**29),)), iterations=64)
    ages = Network(tuple(Task(number, 2**28) for number in range(9)), tuple(Link(n, n + 1) for n in range(8)))
    with pytest.raises(EngineError):
        simulate(ages, iterations=64)
    with pytest.raises(EngineError, match="no task"):
        simulate(Network((Task("a", active=False),)), iterations=64)


def test_nothing_was_simulated_of_a_summary() -> None:
    found = simulate(PLAN, uncertainties=SURE, iterations=64)
    with pytest.raises(EngineError, match="whole"):
        found.tasks["whole"]
    with pytest.raises(EngineError, match="cost"):
        found.joint(0, 0)


NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-5, 5000),
    st.sampled_from([0.0, 1.0, NAN, 1e308, 10**400, None, "x", (1,)]),
)
SHAPES = st.one_of(
    st.builds(Triangular, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Pert, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Uniform, NUMBERS, NUMBERS),
    st.builds(Normal, NUMBERS, NUMBERS),
    st.builds(Lognormal, NUMBERS, NUMBERS),
    st.builds(Trigen, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Discrete, st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS)),
)
ESTIMATES = st.one_of(NUMBERS, SHAPES)
IDS = st.sampled_from(["a", "b", "whole", "z", None, 3])


@settings(max_examples=150, deadline=None)
@given(
    st.builds(Uncertainty, IDS, st.one_of(st.none(), SHAPES), ESTIMATES, ESTIMATES, st.booleans()),
    st.builds(
        Risk,
        id=IDS,
        probability=NUMBERS,
        tasks=st.lists(IDS, max_size=2).map(tuple),
        delay=ESTIMATES,
        factor=ESTIMATES,
        loss=ESTIMATES,
        response=st.one_of(st.none(), st.builds(Response, cost=NUMBERS, probability=st.one_of(st.none(), NUMBERS))),
    ),
    st.builds(
        Correlation,
        st.lists(IDS, max_size=3).map(tuple),
        st.one_of(NUMBERS, st.lists(st.lists(NUMBERS, max_size=3).map(tuple), max_size=3).map(tuple)),
    ),
    st.builds(
        Conditions, id=IDS, tasks=st.lists(IDS, max_size=1).map(tuple), lost=st.tuples(NUMBERS), pace=st.tuples(NUMBERS)
    ),
    st.builds(Branch, IDS, st.lists(st.builds(Alternative, NUMBERS, st.lists(IDS, max_size=2).map(tuple)), max_size=2)),
)
def test_whatever_is_given_only_refusals_come_out(
    one: Uncertainty, risk: Risk, related: Correlation, held: Conditions, fork: Branch
) -> None:
    """A result whose figures are numbers, or an `EngineError`; never anything else."""
    for said in (
        {"uncertainties": [one]},
        {"risks": [risk], "responded": True},
        {"branches": [fork]},
        {"uncertainties": SURE, "correlations": [related]},
        {"conditions": [held]},
    ):
        try:
            found = simulate(PLAN, iterations=64, threads=1, **cast("dict[str, Any]", said))
        except EngineError:
            continue
        assert math.isfinite(found.finish.mean)
        assert found.cost is None or math.isfinite(found.cost.mean)


ODD = st.one_of(
    NUMBERS, st.booleans(), st.lists(st.one_of(NUMBERS, IDS), max_size=2), st.just([[]]), st.just({}), st.text()
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        (
            "uncertainties",
            "risks",
            "correlations",
            "branches",
            "conditions",
            "responded",
            "seed",
            "percentiles",
            "watch",
            "keep",
            "planned_cost",
        )
    ),
    ODD,
)
def test_whatever_is_asked_only_refusals_come_out(word: str, value: Any) -> None:
    """Iterations and threads are left out: some numbers of them take long."""
    said: dict[str, Any] = {"uncertainties": SURE, "iterations": 64, "threads": 1} | {word: value}
    try:
        found = simulate(PLAN, **said)
    except EngineError:
        return
    assert math.isfinite(found.finish.mean)


def test_results_refuse_what_they_cannot_tell() -> None:
    found = simulate(PLAN, uncertainties=[Uncertainty("a", Uniform(1, 900), rate=1.0)], iterations=800)
    for ask in (
        lambda: found.finish.interval(0.5, confidence=1),
        lambda: found.finish.percentile(cast("float", "most")),
        lambda: found.finish.histogram(cast("int", 2.5)),
        lambda: found.finish.curve(1),
        lambda: found.frontier(0.5, cast("int", None)),
        lambda: found.scatter(0),
    ):
        with pytest.raises(EngineError):
            ask()
    known = found.finish.interval(0.5, confidence=0.99)
    assert math.isfinite(known.low)
    assert known.low <= known.value <= known.high
