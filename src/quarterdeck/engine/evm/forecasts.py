"""Estimates at completion, in money and in time, by the names of the literature.

A forecast is what has been plus what is left at a pace, the performance factor PF. Sources: D. Christensen, "The
Estimate at Completion Problem" (1993), for money; S. Vandevoorde & M. Vanhoucke, "A comparison of different project
duration forecasting methods using earned value metrics", International Journal of Project Management 24 (2006), for the
nine in time: planned value (Anbari), earned duration (Jacob) and earned schedule (Lipke), each with three factors.

Where a factor cannot be formed, or is not above zero, nothing is known against the plan, and what is left is taken at
the pace of the plan (PF = 1), as ProTrack does.
"""

from enum import StrEnum

from quarterdeck.engine.checking import ratio
from quarterdeck.engine.evm.measures import Measures, TimeMeasures, product


class CostForecast(StrEnum):
    """The eight estimates at completion, by their factor."""

    PLAN = "EAC (PF=1)"
    CPI = "EAC (PF=CPI)"
    SPI = "EAC (PF=SPI)"
    SPI_T = "EAC (PF=SPI(t))"
    SCI = "EAC (PF=SCI)"
    SCI_T = "EAC (PF=SCI(t))"
    CPI_SPI = "EAC (PF=0.8*CPI+0.2*SPI)"
    CPI_SPI_T = "EAC (PF=0.8*CPI+0.2*SPI(t))"


class TimeForecast(StrEnum):
    """The nine durations at completion, by their method and factor."""

    PV_PLAN = "EAC(t)-PV (PF=1)"
    PV_SPI = "EAC(t)-PV (PF=SPI)"
    PV_SCI = "EAC(t)-PV (PF=SCI)"
    ED_PLAN = "EAC(t)-ED (PF=1)"
    ED_SPI = "EAC(t)-ED (PF=SPI)"
    ED_SCI = "EAC(t)-ED (PF=SCI)"
    ES_PLAN = "EAC(t)-ES (PF=1)"
    ES_SPI_T = "EAC(t)-ES (PF=SPI(t))"
    ES_SCI_T = "EAC(t)-ES (PF=SCI(t))"


def estimate_at_completion(measures: Measures, factor: float | None = 1.0) -> float:
    """EAC = AC + (BAC - EV) / PF, in money.

    For a CPI of the last three months give `now.since(three_months_ago).cpi` as the factor.

    >>> now = Measures(bac=100_000, pv=40_000, ev=30_000, ac=35_000)
    >>> estimate_at_completion(now), round(estimate_at_completion(now, now.cpi), 2)
    (105000.0, 116666.67)
    """
    return measures.ac + (measures.bac - measures.ev) / _pace(factor)


def cost_forecasts(measures: Measures, spi_t: float | None) -> dict[CostForecast, float]:
    """The eight estimates at completion; `spi_t` is `TimeMeasures.spi_t`.

    >>> now = Measures(bac=100_000, pv=40_000, ev=30_000, ac=35_000)
    >>> [round(value) for value in cost_forecasts(now, 0.75).values()]
    [105000, 116667, 128333, 128333, 143889, 143889, 118761, 118761]
    """
    cpi, spi = measures.cpi, measures.spi
    factors = {
        CostForecast.PLAN: 1.0,
        CostForecast.CPI: cpi,
        CostForecast.SPI: spi,
        CostForecast.SPI_T: spi_t,
        CostForecast.SCI: product(cpi, spi),
        CostForecast.SCI_T: product(cpi, spi_t),
        CostForecast.CPI_SPI: _mixed(cpi, spi),
        CostForecast.CPI_SPI_T: _mixed(cpi, spi_t),
    }
    return {name: estimate_at_completion(measures, factor) for name, factor in factors.items()}


def time_forecasts(measures: Measures, time: TimeMeasures) -> dict[TimeForecast, float]:
    """The nine durations at completion from the planned start, in the unit of `time`; never negative.

    With PD, AT and ES of `time`:

    * planned value: PD - SV / (BAC / PD) with PF = 1; PD / PF with SPI and SCI;
    * earned duration ED = AT x SPI: AT + (max(PD, AT) - ED) / PF;
    * earned schedule: AT + (PD - ES) / PF.

    Where nothing is earned yet, planned value with SPI or SCI gives AT + PD: all is left.

    >>> now = Measures(bac=100_000, pv=40_000, ev=30_000, ac=35_000)
    >>> found = time_forecasts(now, TimeMeasures(planned=10, actual=4, earned=3))
    >>> [round(value, 2) for value in found.values()]
    [11.0, 13.33, 15.56, 11.0, 13.33, 14.89, 11.0, 13.33, 14.89]
    """
    planned, actual = time.planned, time.actual
    spi, sci, spi_t = measures.spi, measures.sci, time.spi_t
    sci_t = product(spi_t, measures.cpi)
    to_earn = max(planned, actual) - actual * (spi or 0.0)
    to_go = planned - time.earned
    found = {
        TimeForecast.PV_PLAN: planned - planned * (ratio(measures.sv, measures.bac) or 0.0),
        TimeForecast.PV_SPI: _at_pace(planned, actual, spi),
        TimeForecast.PV_SCI: _at_pace(planned, actual, sci),
        TimeForecast.ED_PLAN: actual + to_earn,
        TimeForecast.ED_SPI: actual + to_earn / _pace(spi),
        TimeForecast.ED_SCI: actual + to_earn / _pace(sci),
        TimeForecast.ES_PLAN: actual + to_go,
        TimeForecast.ES_SPI_T: actual + to_go / _pace(spi_t),
        TimeForecast.ES_SCI_T: actual + to_go / _pace(sci_t),
    }
    return {name: max(0.0, float(value)) for name, value in found.items()}


def _pace(factor: float | None) -> float:
    return factor if factor is not None and factor > 0 else 1.0


def _mixed(cpi: float | None, schedule: float | None) -> float | None:
    return None if cpi is None or schedule is None else 0.8 * cpi + 0.2 * schedule


def _at_pace(planned: float, actual: float, factor: float | None) -> float:
    return planned / factor if factor is not None and factor > 0 else actual + planned
