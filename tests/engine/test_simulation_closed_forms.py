"""Simulation held against closed forms: distributions one by one, and what is known of chains and of parallel tasks.

A mean or share is allowed four standard errors, stated where it is compared; with the seed fixed no test depends on
luck. Closed forms: sums of means and variances for chains; E max of two normals mu + sigma / sqrt(pi) (Clark 1961);
E max of n uniforms n / (n + 1); sd of a perfectly correlated chain the sum of sds.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest

from quarterdeck.engine.network import Link, Network, Task
from quarterdeck.engine.simulation import (
    Correlation,
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Trigen,
    Uncertainty,
    Uniform,
    simulate,
)
from tests.engine.simulated import MANY, alike, chain, near, side_by_side

FORMS: Sequence[Distribution] = (
    Triangular(4000, 6000, 13000),
    Pert(4000, 6000, 13000),
    Pert(4000, 13000, 13000, 2.0),
    Uniform(2000, 9000),
    Normal(9000, 900),
    Lognormal(9000, 3000),
    Trigen(5000, 6000, 9000),
    Discrete((7000, 1000, 2000), (0.3, 0.2, 0.5)),
)


#: The share below the mean and one standard deviation of a normal distribution.
ONE_SIGMA = 0.8413447460685429
MEDIAN = 10 / 1.25**0.5


# -- random numbers and distributions


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0), (0x9D1C5EC6, 0x8BD50731)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0xFD36D048, 0x2D17272C)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xBA3E4725, 0xF27D669E)),
    ],
)
def test_random_words_are_those_published(
    key: tuple[int, int], counter: tuple[int, int], words: tuple[int, int]
) -> None:
    """The known answers of Random123 (Salmon et al. 2011) for threefry2x32 with 13 rounds."""
    from quarterdeck.engine.simulation.kernels.random import threefry

    found = threefry(*(np.uint32(each) for each in (*key, *counter)))
    assert tuple(int(each) for each in found) == words


@pytest.mark.parametrize("of", FORMS, ids=lambda of: type(of).__name__)
def test_one_task_has_the_distribution_given(of: Distribution) -> None:
    """Mean, deviation and percentiles of the formula; a correlated draw goes another way to the same."""
    for related in ((), (Correlation((0, 1), 0.5),)):
        found = simulate(
            side_by_side(2), uncertainties=alike(2, of), correlations=related, iterations=MANY, seed=3, keep=(0,)
        )
        values = found.kept_durations[0]
        assert near(values.mean(), of.mean, of.deviation / MANY**0.5)
        assert values.std() == pytest.approx(of.deviation, rel=0.02)
        for share in (0.05, 0.5, 0.8, 0.95):
            below = (values <= of.quantile(share)).mean()
            at_most = share if not isinstance(of, Discrete) else of.rising()[1][of.rising()[1] >= share - 1e-9][0]
            assert near(below, at_most, (share * (1 - share) / MANY) ** 0.5)


@pytest.mark.parametrize("weight", [0.0, 1.0, 4.0, 20.0, 100.0])
def test_pert_follows_the_beta_distribution(weight: float) -> None:
    """The polynomials give the quantiles of SciPy to a hundredth of a standard deviation, to |z| = 3."""
    from scipy.special import betaincinv, ndtr

    from quarterdeck.engine.simulation.drawing import beta_curves

    z = np.linspace(-3, 3, 301)
    for mode in (0.0, 0.003, 0.2, 0.5, 0.77, 1.0):
        curve = beta_curves(weight, np.array([mode]))[0]
        exact = betaincinv(1 + weight * mode, 1 + weight * (1 - mode), ndtr(z))
        off = np.abs(ndtr(np.polyval(curve[::-1], z)) - exact).max()
        assert off < 0.01 * Pert(0, mode, 1, weight).deviation


@pytest.mark.parametrize(
    ("of", "mean", "deviation", "likely", "quantiles"),
    [
        # F(x) = (x - 2)^2 / 14 up to 4, 1 - (9 - x)^2 / 35 from there
        (Triangular(2, 4, 9), 5, (39 / 18) ** 0.5, 4, {1 / 14: 3, 2 / 7: 4, 1 - 4 / 35: 7}),
        # PERT (Malcolm et al. 1959): (2 + 4 * 5 + 14) / 6; Vose's variance (6 - 2)(14 - 6) / 7
        (Pert(2, 5, 14), 6, (32 / 7) ** 0.5, 5, {}),
        # a beta distribution with shape 2, 4 on 0 to 4: F(x) = 1 - (1 - x/4)^4 (1 + x)
        (Pert(0, 1, 4), 8 / 6, (8 / 6 * 16 / 6 / 7) ** 0.5, 1, {1 - 0.75**4 * 2: 1, 1 - 0.5**4 * 3: 2}),
        # modified PERT (Vose 2008), weight 2: (0 + 2 * 1 + 4) / 4; variance (1.5)(2.5) / 5
        (Pert(0, 1, 4, 2), 1.5, 0.75**0.5, 1, {}),
        (Uniform(0, 12), 6, 12**0.5, 6, {0.25: 3}),
        (Normal(100, 15), 100, 15, 100, {0.5: 100, ONE_SIGMA: 115}),
        # of the logarithm: variance ln(1 + 1/4) = 0.223144; median 10 / sqrt(1.25), mode median / 1.25
        (
            Lognormal(10, 5),
            10,
            5,
            10 / 1.25**1.5,
            {0.5: MEDIAN, ONE_SIGMA: MEDIAN * math.exp(math.log(1.25) ** 0.5)},
        ),
        # F of the triangle 3, 5, 7 is 1/8 at 4 and 7/8 at 6
        (Trigen(4, 5, 6, 0.125, 0.875), 5, (2 / 3) ** 0.5, 5, {0.125: 4, 0.5: 5, 0.875: 6}),
        (Discrete((10, 40, 20), (0.5, 0.2, 0.3)), 19, 129**0.5, 10, {0.5: 10, 0.51: 20, 0.8: 20, 0.81: 40}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Distribution) else "",
)
def test_distributions_say_what_their_formulas_do(
    of: Distribution, mean: float, deviation: float, likely: float, quantiles: dict[float, float]
) -> None:
    assert (of.mean, of.deviation, of.likely) == pytest.approx((mean, deviation, likely), abs=1e-9)
    for share, value in quantiles.items():
        assert of.quantile(share) == pytest.approx(value, abs=1e-6)
        assert of.scaled(3).quantile(share) == pytest.approx(3 * value, abs=3e-6)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.9), (0.1, 1.0), (0.05, 0.8)])
def test_trigen_has_its_percentiles(low: float, high: float) -> None:
    """The triangle that is found has them; with 0 and 1 the ends are those given."""
    found = Trigen(4, 5, 9, low, high).triangular()
    assert found.quantile((low, high)).tolist() == pytest.approx([4, 9], abs=1e-9)
    assert found.mode == 5


# -- closed forms


def test_textbook_pert() -> None:
    """X (1, 2, 9) and then Y (2, 3, 10) take 7 days on average: (1 + 8 + 9) / 6 + (2 + 12 + 10) / 6.

    The deviation is that of the beta distributions, sqrt(2 * 12 / 7); the rule of thumb of a sixth of the range, 1.8856
    here, is not a property of any one distribution.
    """
    day = 480
    unknown = [Uncertainty(0, Pert(day, 2 * day, 9 * day)), Uncertainty(1, Pert(2 * day, 3 * day, 10 * day))]
    found = simulate(chain(2), uncertainties=unknown, iterations=MANY, seed=1)
    spread = (24 / 7) ** 0.5
    assert near(found.work.mean / day, 7, spread / MANY**0.5)
    assert near(found.work.deviation / day, spread, spread / (2 * MANY) ** 0.5)


def test_indices_of_two_normals_in_a_row() -> None:
    """Deviations 3 and 4, of both 5: SSI 0.6 and 0.8; Pearson's correlations with the whole are these too, Spearman's
    6 / pi asin(r / 2) (Pearson 1907).
    """
    unknown = [Uncertainty(0, Normal(9000, 300)), Uncertainty(1, Normal(9000, 400))]
    found = simulate(chain(2), uncertainties=unknown, iterations=MANY, seed=1)
    for place, share in enumerate((0.6, 0.8)):
        task = found.tasks[place]
        assert task.criticality == 1
        assert task.sensitivity == pytest.approx(share, rel=0.015)
        assert task.cruciality == pytest.approx(6 / math.pi * math.asin(share / 2), abs=0.01)
    assert [each.id for each in found.tornado()] == [1, 0]


def test_contingency_and_the_s_curve() -> None:
    """Of 480 minutes planned and 0 to 1,000 alike P80 is 800: 320 more; half are done by 500."""
    unknown = [Uncertainty(0, Uniform(0, 1000), cost=Uniform(0, 100))]
    found = simulate(chain(1), uncertainties=unknown, iterations=MANY, seed=1, planned_cost=30.0)
    wanted = found.contingency(0.8)
    assert wanted.work == pytest.approx(320, abs=7)
    assert wanted.cost == pytest.approx(50, abs=0.7)
    assert wanted.finish == pytest.approx(800, abs=7)
    assert found.plan_confidence == pytest.approx(0.48, abs=0.01)
    shares, values = found.finish.curve(11)
    assert shares.tolist() == pytest.approx([number / 10 for number in range(11)])
    assert values[1:-1].tolist() == pytest.approx([100.0 * number for number in range(1, 10)], abs=8)
    assert found.finish.histogram(10)[1].tolist() == pytest.approx([MANY / 10] * 10, rel=0.05)


def test_a_chain_adds_means_and_variances() -> None:
    of, count = Triangular(4000, 6000, 13000), 20
    found = simulate(chain(count), uncertainties=alike(count, of), iterations=MANY, seed=4)
    spread = of.deviation * count**0.5
    assert near(found.work.mean, count * of.mean, spread / MANY**0.5)
    assert near(found.work.deviation, spread, spread / (2 * MANY) ** 0.5)
    assert abs(found.merge_bias) <= 4 * spread / MANY**0.5 + count
    assert all(found.tasks[place].criticality == 1 for place in range(count))
    bound = found.work.interval(0.8)
    normal = count * of.mean + 0.8416212 * spread
    assert bound.low < normal < bound.high


def test_perfect_correlation_adds_deviations() -> None:
    of, count = Triangular(4000, 6000, 13000), 10
    together = [Correlation(tuple(range(count)), 1.0)]
    found = simulate(chain(count), uncertainties=alike(count, of), correlations=together, iterations=MANY, seed=4)
    assert near(found.work.deviation, count * of.deviation, count * of.deviation / (2 * MANY) ** 0.5)


def test_two_parallel_normals() -> None:
    found = simulate(side_by_side(2), uncertainties=alike(2, Normal(90000, 9000)), iterations=MANY, seed=5)
    assert near(found.work.mean, 90000 + 9000 / math.pi**0.5, 9000 * 0.8257 / MANY**0.5)
    assert near(found.tasks[0].criticality, 0.5, 0.5 / MANY**0.5)
    assert near(found.merge_bias, 9000 / math.pi**0.5, 9000 * 0.8257 / MANY**0.5)


@pytest.mark.parametrize("count", [2, 5, 9])
def test_the_greatest_of_uniforms(count: int) -> None:
    found = simulate(side_by_side(count), uncertainties=alike(count, Uniform(0, 1e6)), iterations=MANY, seed=6)
    spread = 1e6 * math.sqrt(count / ((count + 1) ** 2 * (count + 2)))
    assert near(found.work.mean, 1e6 * count / (count + 1), spread / MANY**0.5)
    assert near(found.tasks[0].criticality, 1 / count, 0.5 / MANY**0.5)


def test_discrete_durations_come_as_often_as_counted_out() -> None:
    """Two chains of two: all 81 cases, with their probabilities."""
    links = (Link("a", "b"), Link("c", "d"))
    of = {name: Discrete((60, 120, 300), chances) for name, chances in zip("abcd", CHANCES, strict=True)}
    found = simulate(
        Network(tuple(Task(name, 60) for name in "abcd"), links),
        uncertainties=[Uncertainty(name, each) for name, each in of.items()],
        iterations=MANY,
        seed=11,
    )
    exact: dict[int, float] = {}
    first_critical = 0.0
    for cases in itertools.product(*(zip(each.values, each.probabilities, strict=True) for each in of.values())):
        (a, p), (b, q), (c, r), (d, s) = cases
        weight = p * q * r * s
        exact[int(max(a + b, c + d))] = exact.get(int(max(a + b, c + d)), 0.0) + weight
        first_critical += weight if a + b >= c + d else 0.0
    values, counts = np.unique(found.work.values, return_counts=True)
    assert set(values.astype(int).tolist()) == set(exact)
    for value, count in zip(values, counts, strict=True):
        share = exact[int(value)]
        assert near(count / MANY, share, (share * (1 - share) / MANY) ** 0.5)
    assert near(found.tasks["a"].criticality, first_critical, 0.5 / MANY**0.5)
    by_hand = np.cumsum([exact[value] for value in sorted(exact)])
    median = sorted(exact)[int(np.searchsorted(by_hand, 0.5))]
    assert found.work.percentile(0.5) == median


CHANCES = ((0.2, 0.5, 0.3), (0.6, 0.3, 0.1), (0.1, 0.1, 0.8), (0.4, 0.4, 0.2))
