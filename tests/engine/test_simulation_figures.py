"""Figures that a simulation counts, against the values of every iteration, which it can keep."""

import numpy as np
import pytest

from quarterdeck.engine.calendar import Calendar, five_day
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Link, LinkKind, Network, Task
from quarterdeck.engine.simulation import (
    Conditions,
    Correlation,
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Occurrence,
    Response,
    Risk,
    Triangular,
    Uncertainty,
    Uniform,
    simulate,
)
from tests.engine.simulated import MONDAY, chain, spearman

COIN = Discrete((400.0, 800.0), (0.5, 0.5))


@pytest.mark.parametrize(
    "of", [COIN, Discrete((800.0, 400.0, 400.0), (0.2, 0.4, 0.4)), Normal(100, 200), Normal(2000, 500)]
)
def test_cruciality_moments_and_sensitivity_are_those_of_the_values(of: Distribution) -> None:
    """Steps have one rank each, and what a bell has below nil stands at nil."""
    unknown = [Uncertainty(0, of), Uncertainty(1, Uniform(0, 900))]
    found = simulate(chain(2), uncertainties=unknown, iterations=20_000, seed=3, keep=(0, 1))
    values, task = found.kept_durations[0], found.tasks[0]
    assert task.cruciality == pytest.approx(spearman([values, found.work.values])[0, 1], abs=0.01)
    assert task.duration == pytest.approx(values.mean(), rel=0.01)
    assert task.duration_deviation == pytest.approx(values.std(), rel=0.01)
    assert task.sensitivity == pytest.approx(values.std() / found.work.deviation, rel=0.01)
    assert abs(found.merge_bias) <= 8 * found.work.error  # a chain has no paths that meet


def test_prices_and_losses_in_steps_are_ranked_by_steps() -> None:
    unknown = [Uncertainty(0, cost=Discrete((0.0, 100.0), (0.5, 0.5))), Uncertainty(1, cost=Uniform(0, 100))]
    risks = [Risk(id="r", probability=1.0, loss=Discrete((0.0, 50.0), (0.5, 0.5)))]
    found = simulate(chain(2), uncertainties=unknown, risks=risks, iterations=20_000, seed=3)
    bars = {bar.kind + str(bar.id): bar.correlation for bar in found.tornado("cost")}
    rng = np.random.default_rng(1)
    coin, even, loss = 100 * (rng.random(100_000) < 0.5), 100 * rng.random(100_000), 50 * (rng.random(100_000) < 0.5)
    wanted = spearman([coin, even, loss, coin + even + loss])[3]
    assert [bars["cost0"], bars["cost1"], bars["riskr"]] == pytest.approx(wanted[:3].tolist(), abs=0.02)


def test_a_certain_estimate_is_no_uncertainty() -> None:
    """A range that is one point drives nothing: no rank correlation, no bar, and no notice twice."""
    unknown = [Uncertainty(0, Uniform(700, 700), cost=Uniform(5, 5)), Uncertainty(1, Uniform(0, 900), rate=1.0)]
    found = simulate(chain(2), uncertainties=unknown, iterations=2000, seed=3)
    task = found.tasks[0]
    assert (task.duration, task.duration_deviation, task.cruciality) == (700, 0, None)
    assert {bar.id for bar in (*found.finish_drivers, *found.cost_drivers)} == {1}


def test_impacts_leave_the_gaps_of_splits_alone() -> None:
    """240 and 240 of work with a gap of 100: twice the work is 960 and the gap, estimated or not."""
    network = Network((Task(0, 480, splits=((240, 100),)),))
    risks = [Risk(id=1, probability=1.0, tasks=(0,), factor=2.0)]
    for unknown in ([], [Uncertainty(0, Uniform(480, 480))]):
        assert simulate(network, uncertainties=unknown, risks=risks, iterations=64).work.mean == 1060


def test_a_risk_is_ranked_by_all_that_it_does() -> None:
    """A factor that weighs much and a delay that weighs little on the finish; what it costs is a matter of its own."""
    wide = Risk(id="r", probability=1.0, tasks=(0,), factor=Uniform(1, 5), delay=Uniform(0, 10), loss=Uniform(0, 99))
    found = simulate(chain(1), risks=[wide], iterations=5000, seed=2)
    assert found.risks[0].finish_correlation == pytest.approx(1, abs=0.01)
    assert found.risks[0].cost_correlation == pytest.approx(1, abs=0.01)
    assert [bar.correlation for bar in found.tornado()] == [
        pytest.approx(1, abs=0.01),
        pytest.approx(1, abs=0.01),
    ]  # the task and the risk


def test_an_opportunity_and_one_draw_for_each_task_are_ranked_too() -> None:
    helps = Risk(id="r", probability=0.5, tasks=(0,), delay=Uniform(-400, 0))
    found = simulate(chain(1), risks=[helps], iterations=5000, seed=2)
    assert found.risks[0].finish_correlation == pytest.approx(-1, abs=0.02)
    apart = Risk(id="r", probability=1.0, tasks=(0, 1), delay=Uniform(0, 900), apart=True)
    found = simulate(chain(2), risks=[apart], iterations=5000, seed=2)
    assert found.risks[0].finish_correlation == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("share", "points"), [(0.7, 25), (0.5, 1), (1.0, 7), (0.0, 5)])
def test_the_frontier_is_the_least_cost_by_each_finish(share: float, points: int) -> None:
    """Finishes tie, three values for 600 iterations: each pair holds with its probability, and nothing cheaper does."""
    unknown = [Uncertainty(0, Discrete((100, 200, 300), (0.6, 0.3, 0.1)), cost=Uniform(0, 100))]
    found = simulate(chain(1), uncertainties=unknown, iterations=600, seed=1)
    assert found.cost is not None
    pairs = found.frontier(share, points)
    wanted = max(share, 1 / 600)
    for finish, cost in pairs:
        assert found.joint(finish, cost) >= wanted
        assert all(found.joint(finish, lower) < wanted for lower in found.cost.values if lower < cost)
    assert [pair[0] for pair in pairs] == sorted({pair[0] for pair in pairs})
    if points > 1:
        assert pairs[-1][1] == min(cost for _, cost in found.frontier(share, 600))
    with pytest.raises(EngineError, match="the number of points"):
        found.frontier(share, 0)


@pytest.mark.parametrize("dear", [3.5, 4e6, 2e12])
def test_a_cost_that_shows_rarely_counts_in_full(dear: float) -> None:
    """1 in 1,000, behind iterations that do not show it: mean and deviation are those of the values."""
    rare = Uncertainty(0, Discrete((1.0, 9000.0), (0.999, 0.001)), rate=dear / 9000)
    found = simulate(chain(1), uncertainties=[rare], iterations=20_000, seed=1)
    assert found.cost is not None
    assert found.cost.values[:512].max() < dear / 2 < found.cost.most
    assert found.tasks[0].cost_mean == pytest.approx(found.cost.mean, rel=1e-3)
    assert found.tasks[0].cost_deviation == pytest.approx(found.cost.deviation, rel=1e-3)


def test_a_certain_cost_is_told_as_it_is() -> None:
    found = simulate(chain(1), uncertainties=[Uncertainty(0, cost=0.25)], iterations=64)
    assert found.tasks[0].cost == pytest.approx(dict.fromkeys((0.1, 0.5, 0.8, 0.9), 0.25), rel=1e-5)


@pytest.mark.parametrize("several", [False, True])
def test_work_before_the_start_of_the_plan_may_lose_days(several: bool) -> None:
    """A finish bound by a start lies before the plan does: no reason to look for days without end."""
    held: dict[object, Calendar] = {number: five_day(number) for number in range(2)}
    other = (Task("x", 60, calendar=1),) if several else ()
    link = Link(0, 3, LinkKind.START_FINISH, -60)
    network = Network((Task(0, 240), Task(3, 960), *other), (link,), held, 0, start=MONDAY)
    found = simulate(network, conditions=[Conditions(id="w", tasks=(3,), lost=(0.3,))], iterations=640, seed=1)
    assert found.work.least >= 240
    assert found.work.most < 480 * 40


def test_weather_ends_with_the_time_that_calendars_know() -> None:
    """A century of work at half the pace ends in 2150 or so; at a hundredth it is refused in words."""
    network = Network((Task(0, 480 * 260 * 60),), (), {0: five_day(0)}, 0, start=MONDAY)
    slow = simulate(network, conditions=[Conditions(id="w", tasks=(0,), pace=(0.5,))], iterations=64)
    assert slow.work.mean == 480 * 260 * 120
    with pytest.raises(EngineError):
        simulate(network, conditions=[Conditions(id="w", tasks=(0,), pace=(0.1,))], iterations=64)


def test_notices_are_told_once_however_often_the_plan_is_laid_out() -> None:
    """Weather that needs more days than are worked out at first lays the plan out again."""
    network = Network((Task(0, 480 * 260 * 10), Task(1, 480)), (), {0: five_day(0)}, 0, start=MONDAY)
    found = simulate(
        network,
        uncertainties=[Uncertainty(1, Uniform(1, 2))],
        correlations=[Correlation((0, 1), 0.5)],
        conditions=[Conditions(id="w", tasks=(0,), pace=(0.5,))],
        iterations=64,
    )
    assert len(found.notices) == len(set(found.notices)) == 1


@pytest.mark.parametrize("factor", [-1.0, Uniform(-2, 5), Normal(-1, 1), Triangular(-0.1, 1, 2)])
def test_a_factor_below_nil_is_refused(factor: float | Distribution) -> None:
    for risk in (
        Risk(id="r", probability=1.0, tasks=(0,), factor=factor),
        Risk(id="r", probability=1.0, tasks=(0,), response=Response(factor=factor)),
    ):
        with pytest.raises(EngineError, match="the factor of risk 'r' falls below zero") as refusal:
            simulate(chain(1), risks=[risk], responded=True, iterations=64)
        assert refusal.value.culprits == ("r",)


def test_a_factor_that_a_bell_draws_below_nil_counts_as_nil() -> None:
    """Two such factors do not make a time out of nothing."""
    risks = [Risk(id=n, probability=1.0, tasks=(0,), factor=Normal(0.0, 1.0)) for n in range(2)]
    found = simulate(chain(1, 480), risks=risks, iterations=2000, seed=1)
    assert (found.work.values > 0).mean() == pytest.approx(0.25, abs=0.04)


def test_occurrences_that_go_with_durations_are_ranked_as_they_fall() -> None:
    """Spearman's on what was kept: a risk bound to a task that it does not strike."""
    unknown = [Uncertainty(0, Lognormal(500, 200))]
    risks = [Risk(id="r", probability=0.3, tasks=(1,), delay=300.0)]
    bound = [Correlation((0, Occurrence("r")), 0.7)]
    found = simulate(
        chain(2), uncertainties=unknown, risks=risks, correlations=bound, iterations=10_000, seed=3, keep=(0, 1)
    )
    exact = spearman([found.kept_durations[1], found.work.values])[0, 1]
    assert found.risks[0].finish_correlation == pytest.approx(exact, abs=0.02)
