"""What follows from planned value, earned value and actual cost: textbook figures, forecasts and their bounds."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm import (
    CostForecast,
    Measures,
    TimeForecast,
    TimeMeasures,
    ToComplete,
    adherence,
    cost_bounds,
    cost_forecasts,
    duration_bounds,
    earned_schedule,
    estimate_at_completion,
    time_forecasts,
)

# -- textbook figures


def textbook(method: str, folder: Path) -> list[dict[str, Any]]:
    cases = json.loads((folder / "textbook_cases.json").read_text())["cases"]
    return [case for case in cases if case["method"] == method]


def test_textbook_cases_of_earned_value(shared_data: Path) -> None:
    """Every earned-value case of the textbooks: PMBOK and Lipke formulas on a plan by periods."""
    cases = textbook("evm", shared_data)
    assert len(cases) >= 6
    for case in cases:
        given_, tolerance = case["inputs"], case["tol"]
        planned = given_["pv"]
        now = Measures(bac=planned[-1], pv=planned[given_["at"]], ev=given_["ev"], ac=given_["ac"])
        time = TimeMeasures(
            planned=given_["periods"][-1], actual=given_["at"], earned=earned_schedule(planned, given_["ev"])
        )
        eac = cost_forecasts(now, time.spi_t)[CostForecast.CPI]
        ours = {
            "pv": now.pv,
            "cv": now.cv,
            "sv": now.sv,
            "cpi": now.cpi,
            "spi": now.spi,
            "eac_cpi": eac,
            "eac_typical": estimate_at_completion(now),
            "etc": now.etc(eac),
            "tcpi_bac": now.tcpi().index,
            "vac": now.vac(eac),
            "es": time.earned,
            "sv_t": time.sv_t,
            "spi_t": time.spi_t,
            "ieac_t": time.ieac_t,
        }
        for name, expected in case["expected"].items():
            assert ours[name] == pytest.approx(expected, abs=tolerance, rel=tolerance), (case["id"], name)


def test_textbook_cases_of_earned_schedule(shared_data: Path) -> None:
    cases = textbook("earned_schedule", shared_data)
    assert len(cases) >= 3
    for case in cases:
        assert earned_schedule(case["inputs"]["pv"], case["inputs"]["ev"]) == pytest.approx(case["expected"]["es"])


def test_a_linear_plan_behind_and_over_budget() -> None:
    """10,000 a period up to 100,000; after 4 periods 30,000 are earned for 35,000 (standard formulas, by hand)."""
    now = Measures(bac=100_000, pv=40_000, ev=30_000, ac=35_000)
    time = TimeMeasures(planned=10, actual=4, earned=earned_schedule([10_000 * n for n in range(11)], 30_000))
    assert (now.cv, now.sv, now.planned, now.complete, now.spent) == (-5_000, -10_000, 0.4, 0.3, 0.35)
    assert now.sci == pytest.approx(6 / 7 * 3 / 4)
    assert (time.sv_t, time.spi_t) == (-1, 0.75)
    assert now.tcpi(eac=105_000).index == pytest.approx(1.0)
    assert time.tspi().index == pytest.approx(7 / 6)
    assert time.tspi(due=14).index == pytest.approx(0.7)
    assert list(cost_forecasts(now, time.spi_t).values()) == pytest.approx(
        [
            35_000 + 70_000,
            35_000 + 70_000 / (6 / 7),
            35_000 + 70_000 / 0.75,
            35_000 + 70_000 / 0.75,
            35_000 + 70_000 / (6 / 7 * 0.75),
            35_000 + 70_000 / (6 / 7 * 0.75),
            35_000 + 70_000 / (0.8 * 6 / 7 + 0.2 * 0.75),
            35_000 + 70_000 / (0.8 * 6 / 7 + 0.2 * 0.75),
        ]
    )


def test_the_three_methods_in_time_differ_where_work_ran_late() -> None:
    """Vandevoorde & Vanhoucke 2006: past the planned end SPI goes to 1, and only earned schedule still tells.

    PD 10, AT 12, BAC 100, PV 100, EV 90, ES 8.5, AC 90: planned value foresees an end before today.
    """
    now, time = Measures(bac=100, pv=100, ev=90, ac=90), TimeMeasures(planned=10, actual=12, earned=8.5)
    found = time_forecasts(now, time)
    assert list(found.values()) == pytest.approx(
        [
            10 + 1,
            10 / 0.9,
            10 / 0.9,
            12 + (12 - 10.8),
            12 + (12 - 10.8) / 0.9,
            12 + (12 - 10.8) / 0.9,
            12 + 1.5,
            12 + 1.5 / (8.5 / 12),
            12 + 1.5 / (8.5 / 12),
        ]
    )
    assert found[TimeForecast.ES_SPI_T] == pytest.approx(time.ieac_t)


@pytest.mark.parametrize(
    ("planned", "earned", "expected"),
    [
        ([0, 20, 50, 90, 140, 200], 70, 2.5),
        ([0, 10, 10, 20], 10, 2.0),  # the plan stands still in period 2: the end of the stand
        ([0, 0, 10], 0, 1.0),
        ([5, 10], 3, 0.0),
        ([0, 10, 20, 20, 20], 20, 2.0),  # all is earned: the planned duration
        ([0, 10, 20], 30, 2.0),
        ([0, 0, 0], 0, 0.0),
    ],
)
def test_earned_schedule_in_periods(planned: Sequence[float], earned: float, expected: float) -> None:
    assert earned_schedule(planned, earned) == expected


# -- where nothing is known


def test_ratios_without_a_denominator_are_none() -> None:
    nothing = Measures(bac=0, pv=0, ev=0, ac=0)
    assert [nothing.spi, nothing.cpi, nothing.sci, nothing.planned, nothing.complete, nothing.spent] == [None] * 6
    assert TimeMeasures(planned=0, actual=0, earned=0).spi_t is None
    assert TimeMeasures(planned=10, actual=4, earned=0).ieac_t is None
    assert adherence([0, 0], [5, 5]) is None


def test_without_a_factor_what_is_left_goes_at_the_pace_of_the_plan() -> None:
    """Nothing earned, nothing spent: EAC = BAC, and the end is a planned duration from now (ProTrack's rule)."""
    now, time = Measures(bac=100, pv=30, ev=0, ac=0), TimeMeasures(planned=10, actual=3, earned=0)
    assert set(cost_forecasts(now, time.spi_t).values()) == {100}
    assert list(time_forecasts(now, time).values()) == [13] * 9
    spent = Measures(bac=100, pv=30, ev=0, ac=25)
    assert set(cost_forecasts(spent, 0.0).values()) == {125}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Measures(bac=100, pv=0, ev=50, ac=100), ToComplete(None, attainable=False)),
        (Measures(bac=100, pv=0, ev=50, ac=120), ToComplete(None, attainable=False)),
        (Measures(bac=100, pv=0, ev=100, ac=120), ToComplete(0.0)),
        (Measures(bac=100, pv=0, ev=50, ac=75), ToComplete(2.0)),
    ],
)
def test_what_cannot_be_attained_has_no_index(now: Measures, expected: ToComplete) -> None:
    assert now.tcpi() == expected


# -- how sure it is


def by_hand(total: float, steps: Sequence[tuple[float, float]], z: float) -> tuple[float, float, float]:
    """Lipke et al. 2009, written out: limits of the total over the cumulative index."""
    n, done = len(steps), sum(gain for gain, _ in steps)
    mean = math.log(done / sum(means for _, means in steps))
    deviation = math.sqrt(sum((math.log(gain / means) - mean) ** 2 for gain, means in steps) / (n - 1))
    reach = z * deviation / math.sqrt(n) * math.sqrt((total - done) / (total - done / n))
    return total / math.exp(mean + reach), total / math.exp(mean), total / math.exp(mean - reach)


def test_bounds_of_cost_and_duration_by_hand() -> None:
    """z is 1.6449 at 90 % and 1.9600 at 95 % (tables of the normal distribution)."""
    steps = [(100, 110), (110, 105), (80, 105), (110, 110)]
    found = cost_bounds(cumulative(steps, lambda ev, ac: Measures(bac=1000, pv=0, ev=ev, ac=ac)))
    assert (found.low, found.likely, found.high) == pytest.approx(by_hand(1000, steps, 1.6449), rel=1e-5)
    months = [(0.8, 1), (1.1, 1), (0.8, 1), (0.7, 1)]
    history = cumulative(months, lambda es, at: TimeMeasures(planned=10, actual=at, earned=es))
    limits = duration_bounds(history, confidence=0.95)
    assert (limits.low, limits.likely, limits.high) == pytest.approx(by_hand(10, months, 1.96), rel=1e-5)


def cumulative(steps: Sequence[tuple[float, float]], made: Callable[[float, float], Any]) -> list[Any]:
    return [
        made(sum(gain for gain, _ in steps[: n + 1]), sum(means for _, means in steps[: n + 1]))
        for n in range(len(steps))
    ]


def test_bounds_close_when_the_work_is_done_and_leave_idle_periods_out() -> None:
    steps = [(30, 40), (0, 5), (40, 35), (30, 30)]
    found = cost_bounds(cumulative(steps, lambda ev, ac: Measures(bac=100, pv=0, ev=ev, ac=ac)))
    assert (found.low, found.likely, found.high) == pytest.approx((110, 110, 110))
    assert (found.periods, found.left_out) == (3, (1,))


@given(confidence=st.floats(0.5, 0.98))
def test_more_confidence_takes_wider_bounds(confidence: float) -> None:
    history = [Measures(bac=100, pv=0, ev=ev, ac=ac) for ev, ac in ((10, 12), (25, 24), (35, 38))]
    narrow, wide = cost_bounds(history, confidence=confidence), cost_bounds(history, confidence=confidence + 0.01)
    assert wide.low < narrow.low < narrow.likely < narrow.high < wide.high


# -- what is refused

IDLE = Measures(bac=10, pv=1, ev=0, ac=0)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (lambda: Measures(bac=1, pv=math.nan, ev=0, ac=0), "the PV is nan"),
        (lambda: earned_schedule([0, 2, 1], 1), "the planned value falls in period 2"),
        (lambda: earned_schedule([0], 1), "at least 2 are needed"),
        (lambda: earned_schedule([0, 1], math.nan), "the earned value is nan"),
        (lambda: adherence([1], [1, 2]), "1 planned and 2 earned"),
        (lambda: cost_bounds([]), "there is no history"),
        (lambda: cost_bounds([IDLE] * 4), "the cumulative index is not above zero"),
        (lambda: cost_bounds([Measures(bac=10, pv=1, ev=1, ac=1)] * 3), "there are 1 periods with an index"),
        (lambda: cost_bounds([IDLE], confidence=1.0), "the confidence is 1"),
    ],
)
def test_figures_that_cannot_be_are_refused(asked: Callable[[], object], problem: str) -> None:
    with pytest.raises(EngineError, match=problem):
        asked()
