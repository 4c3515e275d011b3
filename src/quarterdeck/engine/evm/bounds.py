"""How sure an estimate at completion is, from the scatter of the periods behind it.

Lipke, Zwikael, Henderson & Anbari, "Prediction of project outcome: The application of statistical methods to earned
value management and earned schedule performance indexes", International Journal of Project Management 27 (2009)
400-407: the logarithms of the periodic indexes are close to normal, so that the limits of the cumulative index I after
n periods are

    ln I  +-  z s / sqrt(n) x sqrt((T - D) / (T - D / n)),      s^2 = sum((ln I_j - ln I)^2) / (n - 1)

with z the normal score of the confidence, and D of the total T done: the last root corrects for a population that ends
with the project, and closes the limits when it does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TypeVar

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm.measures import Measures, TimeMeasures

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A forecast and its limits at a level of confidence, from `periods` periods.

    `left_out` numbers, from 0, the periods in which nothing was earned or nothing spent: no index, so no part in this.
    """

    low: float
    likely: float
    high: float
    periods: int
    left_out: tuple[int, ...]


def cost_bounds(history: Sequence[Measures], *, confidence: float = 0.9) -> Bounds:
    """Limits of EAC = BAC / CPI from cumulative measures at the ends of equal periods, in money.

    Raises EngineError for fewer than three periods with an index, for a cumulative CPI that is not above zero, and for
    a confidence not between 0 and 1.

    >>> months = [Measures(bac=1000, pv=0, ev=ev, ac=ac) for ev, ac in ((100, 110), (210, 215), (290, 320), (400, 430))]
    >>> found = cost_bounds(months)
    >>> round(found.low), round(found.likely), round(found.high)
    (978, 1075, 1182)
    """
    now = _latest(history)
    earlier = Measures(bac=now.bac, pv=0, ev=0, ac=0)
    steps = [two.since(one) for one, two in pairwise([earlier, *history])]
    return _bounds(now.bac, now.ev, now.cpi, [(step.ev, step.ac) for step in steps], confidence)


def duration_bounds(history: Sequence[TimeMeasures], *, confidence: float = 0.9) -> Bounds:
    """Limits of IEAC(t) = PD / SPI(t) from cumulative measures at the ends of equal periods, in their unit.

    Raises EngineError as `cost_bounds` does.

    >>> months = [TimeMeasures(planned=10, actual=at + 1, earned=es) for at, es in enumerate((0.8, 1.9, 2.7, 3.4))]
    >>> found = duration_bounds(months)
    >>> round(found.low, 2), round(found.likely, 2), round(found.high, 2)
    (10.28, 11.76, 13.46)
    """
    now = _latest(history)
    earlier = TimeMeasures(planned=now.planned, actual=0, earned=0)
    steps = [two.since(one) for one, two in pairwise([earlier, *history])]
    return _bounds(now.planned, now.earned, now.spi_t, [(step.earned, step.actual) for step in steps], confidence)


def _latest(history: Sequence[Each]) -> Each:
    if not history:
        raise EngineError("there is no history", remedy="Give the measures of at least three periods.")
    return history[-1]


def _bounds(
    total: float, done: float, index: float | None, steps: Sequence[tuple[float, float]], confidence: float
) -> Bounds:
    if not 0 < confidence < 1:
        raise EngineError(f"the confidence is {confidence:g}", remedy="Give a number between 0 and 1.")
    if index is None or index <= 0:
        raise EngineError("the cumulative index is not above zero", remedy="Wait until work has been earned.")
    sound = [(gain, means) for gain, means in steps if gain > 0 and means > 0]
    out = tuple(place for place, (gain, means) in enumerate(steps) if not (gain > 0 and means > 0))
    count = len(sound)
    if count < 3:
        raise EngineError(f"there are {count} periods with an index, at least 3 are needed", remedy="Wait for more.")
    middle = math.log(index)
    spread = math.sqrt(sum((math.log(gain / means) - middle) ** 2 for gain, means in sound) / (count - 1))
    ends = math.sqrt(max(0.0, total - done) / (total - done / count))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * spread / math.sqrt(count) * ends
    return Bounds(
        low=total / math.exp(middle + reach),
        likely=total / index,
        high=total / math.exp(middle - reach),
        periods=count,
        left_out=out,
    )
