"""Planned, earned, actual and forecast cost through time: of a project, or of many together in one currency."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from quarterdeck.apps.finance.selectors.earned_value import EarnedValue, Measured
from quarterdeck.apps.finance.selectors.works import day_of, end_of
from quarterdeck.engine.evm import TimeForecast

#: Days up to which curves are drawn by the week.
WEEKLY = 150


@dataclass
class Curves:
    """Cumulative amounts at the ends of stretches of time; None where nothing is known or told of a day.

    `earned` and `actual` end with the day that is looked at, `forecast` begins there.
    """

    days: list[dt.date]
    planned: list[float]
    earned: list[float | None]
    actual: list[float | None]
    forecast: list[float | None] = field(default_factory=list)


@dataclass(frozen=True)
class Curved:
    """One project to be drawn: what it is measured by, where it stands, its forecast, and the rate of its currency."""

    measured: Measured
    value: EarnedValue
    forecast: float
    rate: float = 1.0

    @property
    def finish(self) -> dt.date:
        """The day on which it will be done, by earned schedule; the baseline's finish where that cannot be told."""
        at = self.value.status.finishes[TimeForecast.ES_SPI_T]
        found = day_of(at) if at is not None and at < end_of(dt.date(2199, 1, 1)) else self.value.baseline_finish
        return max(found, self.value.on)


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the last day of each month from that of `first` to that of `last`."""
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append(dt.date(year, month, 1) - dt.timedelta(days=1))
    return found


def marks(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days at which curves over a span are drawn: Sundays of a short one, else the ends of months."""
    if (last - first).days >= WEEKLY:
        return month_ends(first, last)
    sunday = first + dt.timedelta(days=6 - first.weekday())
    return [sunday + dt.timedelta(days=step) for step in range(0, (last - sunday).days + 7, 7)]


def curves(projects: Sequence[Curved], *, days: Sequence[dt.date], on: dt.date) -> Curves:
    """Return the curves of projects together at some days; `on` is the day that is looked at."""
    found = Curves(list(days), [0.0] * len(days), [], [])
    earned, actual, ahead = ([0.0] * len(days) for _line in range(3))
    for each in projects:
        baseline = each.measured.baseline
        if baseline is None:
            continue
        due = baseline.curve([end_of(day) for day in days]).tolist()
        spent = _spent(each.measured, days)
        total = each.value.status.total
        for place, day in enumerate(days):
            found.planned[place] += due[place] * each.rate
            if day <= on:
                earned[place] += _earned(each, day) * each.rate
                actual[place] += (spent[place] if each.measured.spent else _told(each, day)) * each.rate
            ahead[place] += _ahead(each, day, spent[-1] if each.measured.spent else total.ac) * each.rate
    known = bisect_right(days, on)
    found.earned = [*earned[:known], *([None] * (len(days) - known))]
    found.actual = [*actual[:known], *([None] * (len(days) - known))]
    found.forecast = [None if place < known - 1 else amount for place, amount in enumerate(ahead)]
    if 0 < known <= len(days):
        found.forecast[known - 1] = actual[known - 1]
    return found


def _spent(measured: Measured, days: Sequence[dt.date]) -> list[float]:
    """Return what the ledger had by the end of each day."""
    posted = [day for day, _task, _amount in measured.spent]
    sums = list(accumulate((amount for _day, _task, amount in measured.spent), initial=Decimal(0)))
    return [float(sums[bisect_right(posted, day)]) for day in days]


def _earned(each: Curved, day: dt.date) -> float:
    """Return what was earned by the end of a day; after the last report, what that told."""
    return each.measured.earned_by(min(day, each.value.on))


def _told(each: Curved, day: dt.date) -> float:
    """Return what a plan without ledger tells of the cost at a day: spread as its work went on."""
    whole = each.measured.earned_by(each.value.on)
    return each.value.status.total.ac * (_earned(each, day) / whole) if whole else 0.0


def _ahead(each: Curved, day: dt.date, spent: float) -> float:
    """Return the forecast at a day to come: what is left, evenly from the last report to the forecast finish."""
    start, finish = each.value.on, each.finish
    if day <= start:
        return spent
    share = 1.0 if day >= finish else (day - start).days / max((finish - start).days, 1)
    return spent + max(each.forecast - spent, 0.0) * share


def span(projects: Iterable[Curved]) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day that curves of projects need; None without any."""
    told = list(projects)
    if not told:
        return None
    first = min(each.value.baseline_start for each in told)
    return first, max(max(each.value.baseline_finish, each.finish) for each in told)
