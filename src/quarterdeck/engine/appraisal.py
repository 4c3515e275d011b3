"""What a business case is worth: present values, rates of return, payback, ratios, sensitivity, break-even.

Cash flows are amounts of one currency at the ends of equal periods, the first of them now (period 0), money out
negative. Dated flows are pairs of a day and an amount; a year is 365 days, as spreadsheets count. Rates are fractions a
period, or a year for dated flows: 0.08 is 8 %.

Sources: Brealey, Myers & Allen, "Principles of Corporate Finance"; HM Treasury, "The Green Book"; for the several rates
of return, Rolle's theorem as told at `rates_of_return`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import finite, within
from quarterdeck.engine.errors import EngineError

Row = NDArray[np.float64]
DAYS_OF_YEAR = 365.0
NIL = 1e-14
"""A sum this small beside the size of its parts is rounding, not an amount."""
CashFlows = Sequence[float]
DatedFlows = Sequence[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class RatesOfReturn:
    """Every rate at which the flows are worth nothing, lowest first, and whether one may be quoted alone.

    With one change of sign there is at most one rate. With several there may be several, and then none of them says
    whether the case is good: quote the net present value instead.
    """

    rates: tuple[float, ...]
    sign_changes: int

    @property
    def single(self) -> float | None:
        """The rate, where there is exactly one; None where there is none or more than one."""
        return self.rates[0] if len(self.rates) == 1 else None


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one assumption moves the result: the result at its low and at its high value."""

    assumption: str
    low: float
    high: float
    at_low: float
    at_high: float
    base: float

    @property
    def width(self) -> float:
        """The distance between the two results: the order of the bars in a tornado."""
        return abs(self.at_high - self.at_low)


def net_present_value(rate: float, cash_flows: CashFlows) -> float:
    """NPV = sum of CF_t / (1 + rate)^t, t = 0, 1, ...; in the currency of the flows.

    Raises EngineError for a rate of -1 or below and for flows that are not finite numbers.

    >>> round(net_present_value(0.281, [-100, 39, 59, 55, 20]), 8)
    -0.00847859
    """
    flows = finite("cash flows", cash_flows, least=1)
    return float(flows @ _discount(rate, np.arange(len(flows), dtype=np.float64)))


def dated_net_present_value(rate: float, flows: DatedFlows) -> float:
    """XNPV = sum of CF_i / (1 + rate)^((d_i - d_0) / 365), d_0 the first day given; in the currency of the flows.

    Raises EngineError as `net_present_value` does, and for a day before the first.

    >>> flows = [(date(2008, 1, 1), -10000), (date(2008, 3, 1), 2750), (date(2008, 10, 30), 4250),
    ...          (date(2009, 2, 15), 3250), (date(2009, 4, 1), 2750)]
    >>> round(dated_net_present_value(0.09, flows), 4)
    2086.6476
    """
    years, amounts = _dated(flows)
    return float(amounts @ _discount(rate, years))


def rates_of_return(cash_flows: CashFlows) -> RatesOfReturn:
    """IRR: every rate above -1 at which the net present value is nil.

    With u = ln(1 + rate) the net present value is a sum of exponentials c_i * e^(-t_i * u). Multiplied by e^(t_0 * u)
    and differentiated it loses a term, so by Rolle's theorem its zeros lie one by one between the zeros of a shorter
    sum of the same kind, where bisection cannot miss them: no starting guess, no rate overlooked.

    Raises EngineError when all flows are nil: every rate would do.

    >>> [round(rate, 7) for rate in rates_of_return([-100, 39, 59, 55, 20]).rates]
    [0.2809484]
    >>> rates_of_return([-1600, 10000, -10000])
    RatesOfReturn(rates=(0.25, 4.0), sign_changes=2)
    """
    flows = finite("cash flows", cash_flows, least=1)
    return _rates(np.arange(len(flows), dtype=np.float64), flows)


def dated_rates_of_return(flows: DatedFlows) -> RatesOfReturn:
    """XIRR: every yearly rate above -1 at which `dated_net_present_value` is nil; found as in `rates_of_return`.

    >>> flows = [(date(2008, 1, 1), -10000), (date(2008, 3, 1), 2750), (date(2008, 10, 30), 4250),
    ...          (date(2009, 2, 15), 3250), (date(2009, 4, 1), 2750)]
    >>> round(dated_rates_of_return(flows).rates[0], 6)
    0.373363
    """
    return _rates(*_dated(flows))


def modified_rate_of_return(cash_flows: CashFlows, *, finance_rate: float, reinvestment_rate: float) -> float | None:
    """MIRR = (FV of receipts at the reinvestment rate / PV of payments at the finance rate)^(1/n) - 1, n periods.

    None where there are no receipts or no payments: it has no meaning then.

    >>> flows = [-4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000]
    >>> round(modified_rate_of_return(flows, finance_rate=0.08, reinvestment_rate=0.055), 7)
    0.0665972
    """
    flows = finite("cash flows", cash_flows, least=2)
    time = np.arange(len(flows), dtype=np.float64)
    paid = -float(np.minimum(flows, 0.0) @ _discount(finance_rate, time))
    received = float(np.maximum(flows, 0.0) @ _discount(reinvestment_rate, time - time[-1]))
    if paid <= 0 or received <= 0:
        return None
    return float((received / paid) ** (1 / time[-1]) - 1)


def payback(cash_flows: CashFlows, *, rate: float = 0.0) -> float | None:
    """Periods until the sum of the flows, discounted at `rate`, is no longer negative and stays so; None if never.

    Money is taken to flow evenly within a period: the answer is a fraction of it. With rate 0 this is the plain
    payback, else the discounted one.

    >>> payback([-1000, 400, 400, 400]), round(payback([-1000, 500, 500, 500], rate=0.1), 3)
    (2.5, 2.352)
    """
    flows = finite("cash flows", cash_flows, least=1)
    sums = np.cumsum(flows * _discount(rate, np.arange(len(flows), dtype=np.float64)))
    short = np.flatnonzero(sums < 0)
    if not len(short):
        return 0.0
    last = int(short[-1])
    if last + 1 == len(sums):
        return None
    return last + float(-sums[last] / (sums[last + 1] - sums[last]))


def benefit_cost_ratio(rate: float, *, benefits: CashFlows, costs: CashFlows) -> float | None:
    """BCR = PV(benefits) / PV(costs), both given as positive amounts by period; None where the costs are worth nothing.

    >>> round(benefit_cost_ratio(0.05, benefits=[0, 60, 70], costs=[100, 5, 5]), 4)
    1.1037
    """
    spent = net_present_value(rate, costs)
    return net_present_value(rate, benefits) / spent if spent else None


def return_on_investment(*, benefits: CashFlows, costs: CashFlows) -> float | None:
    """ROI = (benefits - costs) / costs, undiscounted, both given as positive amounts; None where nothing is spent.

    >>> return_on_investment(benefits=[0, 60, 70], costs=[100])
    0.3
    """
    spent = float(finite("costs", costs, least=1).sum())
    return (float(finite("benefits", benefits, least=1).sum()) - spent) / spent if spent else None


def profitability_index(rate: float, cash_flows: CashFlows) -> float | None:
    """PI = PV of the flows after period 0 / -(flow of period 0); None unless period 0 is an outlay.

    >>> round(profitability_index(0.1, [-1000, 600, 600]), 4)
    1.0413
    """
    flows = finite("cash flows", cash_flows, least=1)
    return net_present_value(rate, [0.0, *flows[1:]]) / -float(flows[0]) if flows[0] < 0 else None


def equivalent_annual(rate: float, cash_flows: CashFlows) -> float:
    """EAA = NPV / sum of (1 + rate)^-t, t = 1 ... n: the level amount a period, from period 1, that is worth the same.

    Raises EngineError for fewer than two flows.

    >>> round(equivalent_annual(0.1, [-1000, 600, 600, 600]), 2)
    197.89
    """
    flows = finite("cash flows", cash_flows, least=2)
    annuity = _discount(rate, np.arange(1, len(flows), dtype=np.float64)).sum()
    return net_present_value(rate, cash_flows) / float(annuity)


def sensitivity(
    measure: Callable[[Mapping[str, float]], float],
    base: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
) -> tuple[Swing, ...]:
    """The result at the low and at the high value of each assumption, all others at base; the widest swing first.

    `measure` makes the result of a set of assumptions. Raises EngineError for a range of what `base` lacks.

    >>> def worth(of): return net_present_value(of["rate"], [-100, of["income"]])
    >>> for swing in sensitivity(worth, {"rate": 0.1, "income": 132}, {"rate": (0.05, 0.2), "income": (121, 154)}):
    ...     print(swing.assumption, round(swing.at_low, 2), round(swing.at_high, 2))
    income 10.0 40.0
    rate 25.71 10.0
    """
    middle = measure(base)
    swings = []
    for name, (low, high) in ranges.items():
        _known(name, base)
        at_low, at_high = measure({**base, name: low}), measure({**base, name: high})
        swings.append(Swing(name, low, high, at_low, at_high, middle))
    return tuple(sorted(swings, key=lambda swing: (-swing.width, swing.assumption)))


def break_even(
    measure: Callable[[Mapping[str, float]], float],
    base: Mapping[str, float],
    assumption: str,
    *,
    low: float,
    high: float,
    target: float = 0.0,
) -> float | None:
    """The value of one assumption between `low` and `high` at which the result is `target` (its switching value).

    None where the result is on the same side of the target at both ends. Raises EngineError for an unknown assumption.

    >>> def worth(of): return net_present_value(of["rate"], [-100, of["income"]])
    >>> round(break_even(worth, {"rate": 0.1, "income": 132}, "income", low=50, high=200), 6)
    110.0
    """
    from scipy.optimize import brentq

    _known(assumption, base)

    def distance(value: float) -> float:
        return measure({**base, assumption: value}) - target

    ends = distance(low), distance(high)
    if 0.0 in ends:
        return low if ends[0] == 0 else high
    if math.copysign(1, ends[0]) == math.copysign(1, ends[1]):
        return None
    return float(brentq(distance, low, high, xtol=1e-12, rtol=1e-14))


def _known(name: str, base: Mapping[str, float]) -> None:
    if name not in base:
        raise EngineError(
            f"there is no assumption {name!r}", culprits=(name,), remedy=f"Known are: {', '.join(sorted(base))}."
        )


def _discount(rate: float, time: Row) -> Row:
    factors: Row = (1.0 + within("the discount rate", rate, low=-1.0, open_low=True)) ** -time
    return factors


def _dated(flows: DatedFlows) -> tuple[Row, Row]:
    amounts = finite("cash flows", [amount for _, amount in flows], least=1)
    first = flows[0][0]
    early = [day for day, _ in flows if day < first]
    if early:
        raise EngineError(
            f"the flow of {early[0]} lies before the first, {first}",
            culprits=early,
            remedy="Give the earliest flow first.",
        )
    return np.array([(day - first).days / DAYS_OF_YEAR for day, _ in flows]), amounts


def _rates(time: Row, amounts: Row) -> RatesOfReturn:
    """Every rate, of amounts at points in time given in any order."""
    moments, where = np.unique(time, return_inverse=True)
    sums = np.bincount(where, weights=amounts)
    if not sums.any():
        raise EngineError("all cash flows are nil", remedy="Give at least one amount other than 0.")
    paid: Row = sums[sums != 0].astype(np.float64)
    days: Row = moments[sums != 0].astype(np.float64)
    zeros = _zeros(days, paid)
    return RatesOfReturn(tuple(_rounded(math.expm1(u)) for u in zeros if u < 700), _changes(paid))


def _rounded(rate: float) -> float:
    """The rate to 13 significant digits of (1 + rate): what bisection in floating point can stand for."""
    return round(rate, max(0, 12 - math.floor(math.log10(1 + abs(rate))))) + 0.0  # never minus nil


def _changes(row: Row) -> int:
    return int(np.count_nonzero(np.diff(np.sign(row))))


def _zeros(time: Row, weight: Row) -> list[float]:
    """Every u at which sum of weight_i * e^(-time_i * u) is nil, ascending; see `rates_of_return`."""
    levels = [weight]
    while _changes(levels[-1]):
        level = len(levels)
        derived = -levels[-1][1:] * (time[level:] - time[level - 1])
        levels.append(derived / np.abs(derived).max())
    zeros: list[float] = []
    for level in range(len(levels) - 2, -1, -1):
        zeros = _between(zeros, time[level:], levels[level])
    return zeros


def _between(turns: list[float], time: Row, weight: Row) -> list[float]:
    """The zeros of a sum of exponentials whose slope changes sign at `turns` only."""
    from scipy.optimize import brentq

    def value(u: float) -> float:
        power = -time * u
        scaled = weight * np.exp(power - power.max())  # by a positive factor: the sign is what counts
        total, size = float(scaled.sum()), float(np.abs(scaled).sum())
        return 0.0 if abs(total) <= NIL * size else total / size

    size = np.abs(weight)
    # Beyond these bounds the last, or the first, amount outweighs all others together.
    low = -math.log(max(1.0, size[:-1].sum() / size[-1]) * 2) / (time[-1] - time[-2])
    high = math.log(max(1.0, size[1:].sum() / size[0]) * 2) / (time[1] - time[0])
    points = [low, *(u for u in turns if low < u < high), high]
    values = [value(u) for u in points]
    found = [u for u, at in zip(points, values, strict=True) if at == 0]  # touching nil where it turns: a double rate
    for (left, right), (at_left, at_right) in zip(pairwise(points), pairwise(values), strict=True):
        if at_left * at_right < 0:
            found.append(float(brentq(value, left, right, xtol=1e-15, rtol=1e-15)))
    return sorted(found)
