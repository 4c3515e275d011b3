"""Present values and rates against published examples, numpy's polynomial roots and the definitions."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.appraisal import (
    benefit_cost_ratio,
    break_even,
    dated_net_present_value,
    dated_rates_of_return,
    equivalent_annual,
    modified_rate_of_return,
    net_present_value,
    payback,
    profitability_index,
    rates_of_return,
    return_on_investment,
    sensitivity,
)
from quarterdeck.engine.errors import EngineError

# Microsoft's documentation of XNPV and XIRR.
DATED = [
    (date(2008, 1, 1), -10000.0),
    (date(2008, 3, 1), 2750.0),
    (date(2008, 10, 30), 4250.0),
    (date(2009, 2, 15), 3250.0),
    (date(2009, 4, 1), 2750.0),
]

flows = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=14).filter(any)


def test_irr_and_npv_of_the_numpy_financial_example() -> None:
    assert rates_of_return([-100, 39, 59, 55, 20]).single == pytest.approx(0.2809484, abs=5e-8)
    assert net_present_value(0.281, [-100, 39, 59, 55, 20]) == pytest.approx(-0.00847859, abs=5e-9)


def test_all_rates_of_a_case_with_several() -> None:
    # Lorie & Savage 1955, the oil pump: 25 % and 400 %.
    result = rates_of_return([-1600, 10000, -10000])
    assert result.rates == (0.25, 4.0)
    assert result.sign_changes == 2
    assert result.single is None


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([-1, 6, -11, 6], (0.0, 1.0, 2.0)),  # (x-1)(x-2)(x-3) in 1 + rate
        ([1, -2, 1], (0.0,)),  # a double rate: the value touches nil and does not cross it
        ([-1, 0, 0, 1.331], (0.1,)),
        ([-100, 50], (-0.5,)),
        ([1, 2, 3], ()),
        ([-1, 1, -1], ()),
        ([0, -100, 110], (0.1,)),
    ],
)
def test_rates_of_cases_solved_by_hand(amounts: list[float], expected: tuple[float, ...]) -> None:
    assert rates_of_return(amounts).rates == pytest.approx(expected, abs=1e-7)


@given(flows)
def test_as_many_rates_as_the_polynomial_has_roots(amounts: list[float]) -> None:
    """Roots of numpy that are simple, real and positive are all found; each rate found is worth nothing."""
    found = rates_of_return(amounts)
    assert len(found.rates) <= found.sign_changes
    for rate in found.rates:
        factors = (1 + rate) ** -np.arange(len(amounts), dtype=float)
        assert abs(factors @ amounts) <= 1e-7 * (factors @ np.abs(amounts))
    roots = np.roots(amounts[::-1])
    simple = [
        1 / root.real - 1
        for root in roots
        if abs(root.imag) < 1e-9 and root.real > 1e-3 and np.sum(np.abs(roots - root) < 1e-2 * abs(root)) == 1
    ]
    for rate in simple:
        assert any(abs(rate - each) <= 1e-5 * (1 + abs(rate)) for each in found.rates)


def test_rates_of_thirty_years_of_months() -> None:
    """A level loan: 200,000 at 0.5 % a month over 360 months is repaid by 1,199.10 (any annuity table)."""
    assert rates_of_return([-200_000, *[1199.1010503] * 360]).single == pytest.approx(0.005, abs=1e-10)


def test_a_thousand_dated_flows() -> None:
    first = date(2020, 1, 1)
    daily = [(first, -1000.0), *((first + timedelta(days=day), 1.1) for day in range(1, 1001))]
    (rate,) = dated_rates_of_return(daily).rates
    assert dated_net_present_value(rate, daily) == pytest.approx(0, abs=1e-6)
    assert rate > 0


def test_dated_flows_as_microsoft_documents_them() -> None:
    assert dated_net_present_value(0.09, DATED) == pytest.approx(2086.647602, abs=5e-7)
    assert dated_rates_of_return(DATED).single == pytest.approx(0.373362535, abs=5e-9)


def test_modified_rate() -> None:
    amounts = [-4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000]
    rate = modified_rate_of_return(amounts, finance_rate=0.08, reinvestment_rate=0.055)
    assert rate == pytest.approx(0.0665972, abs=5e-8)
    assert modified_rate_of_return([1, 2], finance_rate=0.1, reinvestment_rate=0.1) is None
    assert modified_rate_of_return([-1, -2], finance_rate=0.1, reinvestment_rate=0.1) is None


@pytest.mark.parametrize(
    ("amounts", "rate", "expected"),
    [
        ([-1000, 400, 400, 400], 0.0, 2.5),
        ([-1000, 500, 500], 0.0, 2.0),
        ([-1000, 1500, -800, 400], 0.0, 2.75),  # paid back, in the red again, and back for good
        ([-1000, 500, 499], 0.0, None),
        ([-1000, 600, 600], 0.1, 1 + (1000 - 600 / 1.1) / (600 / 1.21)),
        ([10, -5], 0.0, 0.0),
    ],
)
def test_payback(amounts: list[float], rate: float, expected: float | None) -> None:
    assert payback(amounts, rate=rate) == (None if expected is None else pytest.approx(expected))


def test_ratios_by_hand() -> None:
    assert benefit_cost_ratio(0, benefits=[0, 150], costs=[100]) == 1.5
    assert benefit_cost_ratio(0.1, benefits=[0, 1], costs=[0, 0]) is None
    assert return_on_investment(benefits=[0, 150], costs=[60, 40]) == 0.5
    assert return_on_investment(benefits=[1], costs=[0]) is None
    assert profitability_index(0.1, [-1000, 550, 605]) == pytest.approx(1.0)
    assert profitability_index(0.1, [1000, 5]) is None
    assert equivalent_annual(0, [-100, 80, 80]) == 30.0


@given(st.floats(0.01, 0.5), st.floats(-0.3, 1.5), st.integers(1, 30))
def test_equivalent_annual_is_worth_the_same(level: float, rate: float, periods: int) -> None:
    rate = rate or 0.1
    amounts = [0.0, *[level] * periods]
    assert equivalent_annual(rate, amounts) == pytest.approx(level, rel=1e-6)


def worth(of: Mapping[str, float]) -> float:
    """The case that the next tests vary."""
    return net_present_value(of["rate"], [-of["outlay"], of["income"], of["income"]])


def test_sensitivity_orders_by_width() -> None:
    base = {"rate": 0.0, "outlay": 100.0, "income": 60.0}
    swings = sensitivity(worth, base, {"outlay": (90, 120), "income": (30, 70)})
    assert [(swing.assumption, swing.at_low, swing.at_high, swing.base) for swing in swings] == [
        ("income", -40.0, 40.0, 20.0),
        ("outlay", 30.0, 0.0, 20.0),
    ]


def test_break_even() -> None:
    base = {"rate": 0.0, "outlay": 100.0, "income": 60.0}
    assert break_even(worth, base, "income", low=0, high=100) == pytest.approx(50)
    assert break_even(worth, base, "income", low=50, high=100) == 50
    assert break_even(worth, base, "income", low=60, high=100) is None
    with pytest.raises(EngineError, match="no assumption 'price'"):
        break_even(worth, base, "price", low=0, high=1)


@pytest.mark.parametrize("bad", [[], [1, float("nan")], [float("inf")], ["x"], [[1, 2], [3, 4]], [0, 0]])
def test_what_cannot_be_reckoned_with_is_refused(bad: list[float]) -> None:
    with pytest.raises(EngineError):
        rates_of_return(bad)


@pytest.mark.parametrize("rate", [-1, -2, float("nan"), float("inf")])
def test_rates_out_of_range(rate: float) -> None:
    with pytest.raises(EngineError, match="the discount rate is"):
        net_present_value(rate, [1, 2])


def test_a_flow_before_the_first() -> None:
    with pytest.raises(EngineError, match="2007-12-31 lies before the first") as refusal:
        dated_net_present_value(0.1, [*DATED, (date(2007, 12, 31), 1.0)])
    assert refusal.value.culprits == (date(2007, 12, 31),)
