"""The figures of earned value at one instant, in money and in time.

Sources: PMI, "Practice Standard for Earned Value Management" (2nd ed.); EIA-748; ISO 21508; for the measures in time
W. Lipke, "Schedule is Different", The Measurable News (2003). A ratio whose denominator is zero is None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from quarterdeck.engine.checking import finite, ratio, within
from quarterdeck.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class ToComplete:
    """The performance that what is left must have: `index` 1.2 is a fifth better than planned; 0, nothing is left.

    Where nothing is left to do it with, it is not `attainable` and there is no index.
    """

    index: float | None
    attainable: bool = True


def to_complete(left: float, means: float) -> ToComplete:
    """How well what is left must go with the means that are left, both in money or both in time.

    TCPI = (BAC - EV) / (BAC - AC) or / (EAC - AC); TSPI = (PD - ES) / (due - AT). Never negative: with work left and no
    means left it is not attainable.

    >>> to_complete(70_000, 65_000).index
    1.0769230769230769
    >>> to_complete(10, -5)
    ToComplete(index=None, attainable=False)
    """
    if left <= 0:
        return ToComplete(0.0)
    return ToComplete(left / means) if means > 0 else ToComplete(None, attainable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Budget at completion, planned value, earned value and actual cost, all in one currency; and what follows.

    Cumulative to an instant, or of one period (see `since`). Measures of one instant add up.

    >>> month = Measures(bac=100_000, pv=40_000, ev=30_000, ac=35_000)
    >>> month.sv, month.cv, month.spi, round(month.cpi, 3)
    (-10000, -5000, 0.75, 0.857)
    """

    bac: float
    pv: float
    ev: float
    ac: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.bac + self.pv + self.ev + self.ac):
            for name in ("bac", "pv", "ev", "ac"):
                within(f"the {name.upper()}", getattr(self, name))

    def __add__(self, other: Measures) -> Measures:
        return Measures(
            bac=self.bac + other.bac, pv=self.pv + other.pv, ev=self.ev + other.ev, ac=self.ac + other.ac
        )  # fmt: skip

    def since(self, earlier: Measures) -> Measures:
        """What the time since earlier measures brought; the budget stays the whole.

        >>> later = Measures(bac=100, pv=60, ev=50, ac=55)
        >>> later.since(Measures(bac=100, pv=40, ev=40, ac=41)).cpi
        0.7142857142857143
        """
        return Measures(bac=self.bac, pv=self.pv - earlier.pv, ev=self.ev - earlier.ev, ac=self.ac - earlier.ac)

    @property
    def sv(self) -> float:
        """Schedule variance, EV - PV, in money."""
        return self.ev - self.pv

    @property
    def cv(self) -> float:
        """Cost variance, EV - AC."""
        return self.ev - self.ac

    @property
    def spi(self) -> float | None:
        """Schedule performance index, EV / PV."""
        return ratio(self.ev, self.pv)

    @property
    def cpi(self) -> float | None:
        """Cost performance index, EV / AC."""
        return ratio(self.ev, self.ac)

    @property
    def sci(self) -> float | None:
        """Schedule cost index, SPI x CPI."""
        return product(self.spi, self.cpi)

    @property
    def planned(self) -> float | None:
        """Share of the budget that was due, PV / BAC."""
        return ratio(self.pv, self.bac)

    @property
    def complete(self) -> float | None:
        """Share of the budget that was earned, EV / BAC."""
        return ratio(self.ev, self.bac)

    @property
    def spent(self) -> float | None:
        """Actual cost as a share of the budget, AC / BAC."""
        return ratio(self.ac, self.bac)

    def vac(self, eac: float) -> float:
        """Variance at completion, BAC - EAC: negative when over budget."""
        return self.bac - eac

    def etc(self, eac: float) -> float:
        """Estimate to complete, EAC - AC."""
        return eac - self.ac

    def tcpi(self, eac: float | None = None) -> ToComplete:
        """To-complete performance index: to keep the budget, or an estimate at completion.

        >>> Measures(bac=100, pv=60, ev=50, ac=110).tcpi()
        ToComplete(index=None, attainable=False)
        >>> Measures(bac=100, pv=60, ev=50, ac=110).tcpi(eac=210)
        ToComplete(index=0.5, attainable=True)
        """
        return to_complete(self.bac - self.ev, (self.bac if eac is None else eac) - self.ac)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMeasures:
    """Planned duration PD, actual time AT and earned schedule ES, in one unit (periods, or working minutes).

    All count from the planned start. Of one period only `actual` and `earned` are its own (see `since`).

    >>> month = TimeMeasures(planned=10, actual=4, earned=3)
    >>> month.sv_t, month.spi_t, round(month.ieac_t, 2)
    (-1, 0.75, 13.33)
    """

    planned: float
    actual: float
    earned: float

    def since(self, earlier: TimeMeasures) -> TimeMeasures:
        """What the time since earlier measures brought.

        >>> TimeMeasures(planned=10, actual=5, earned=3.5).since(TimeMeasures(planned=10, actual=4, earned=3)).spi_t
        0.5
        """
        return TimeMeasures(
            planned=self.planned, actual=self.actual - earlier.actual, earned=self.earned - earlier.earned
        )

    @property
    def sv_t(self) -> float:
        """Schedule variance in time, ES - AT: negative when late."""
        return self.earned - self.actual

    @property
    def spi_t(self) -> float | None:
        """Schedule performance index in time, SPI(t) = ES / AT."""
        return ratio(self.earned, self.actual)

    @property
    def ieac_t(self) -> float | None:
        """Independent estimate of the duration at completion, IEAC(t) = PD / SPI(t)."""
        index = self.spi_t
        return None if index is None else ratio(self.planned, index)

    def tspi(self, due: float | None = None) -> ToComplete:
        """To-complete schedule performance index: to end at the planned duration, or at another that is due.

        >>> TimeMeasures(planned=10, actual=4, earned=3).tspi().index
        1.1666666666666667
        """
        return to_complete(self.planned - self.earned, (self.planned if due is None else due) - self.actual)


def earned_schedule(planned: Sequence[float], earned: float) -> float:
    """Earned schedule in periods: when what is earned by now was to be earned.

    `planned` is the cumulative planned value at the ends of periods 0 (the start), 1, 2 ... ; `earned` the cumulative
    earned value. ES = C + I, with C the last period whose planned value is not above what is earned and
    I = (EV - PV[C]) / (PV[C+1] - PV[C]) (Lipke 2003). Where the plan stands still, that is the end of the stand; once
    the whole is earned, ES is the planned duration, the first period that has the whole.

    Raises EngineError for fewer than two values and for a planned value that falls.

    >>> earned_schedule([0, 20, 50, 90, 140, 200], 70)
    2.5
    >>> earned_schedule([0, 10, 10, 20, 20], 10), earned_schedule([0, 10, 10, 20, 20], 20)
    (2.0, 3.0)
    """
    curve = finite("planned values", planned, least=2)
    within("the earned value", earned)
    falls = [place + 1 for place, (one, two) in enumerate(pairwise(curve)) if two < one]
    if falls:
        raise EngineError(
            f"the planned value falls in period {falls[0]}", culprits=falls, remedy="Give cumulative values."
        )  # fmt: skip
    if earned >= curve[-1]:
        return float(np.searchsorted(curve, curve[-1]))
    last = int(np.searchsorted(curve, earned, side="right")) - 1
    if last < 0:
        return 0.0
    return last + float((earned - curve[last]) / (curve[last + 1] - curve[last]))


def adherence(planned: Sequence[float], earned: Sequence[float]) -> float | None:
    """Schedule adherence, the p-factor: how far the work that was done is the work that was due (1: wholly).

    `planned` is each work's planned value at the instant of the earned schedule, `earned` its earned value, in one
    order. p = sum of min(PV, EV) / sum of PV (Lipke, "Schedule Adherence", The Measurable News 2008). None where
    nothing was due.

    Raises EngineError where the rows are not of one length.

    >>> adherence([100, 50, 0], [80, 50, 20])
    0.8666666666666667
    """
    due, done = finite("planned values", planned), finite("earned values", earned)
    if len(due) != len(done):
        raise EngineError(
            f"there are {len(due)} planned and {len(done)} earned values", remedy="Give both for each work."
        )  # fmt: skip
    return ratio(float(np.minimum(due, done).sum()), float(due.sum()))


def product(*factors: float | None) -> float | None:
    """The factors multiplied, or None when one of them is None.

    >>> product(0.5, 0.8), product(0.5, None)
    (0.4, None)
    """
    result = 1.0
    for factor in factors:
        if factor is None:
            return None
        result *= factor
    return result
