"""Fiscal years and periods by rule: pure date arithmetic.

A year is identified by the calendar year in which its nominal first month falls. Years of whole weeks end on one
weekday, the last or the nearest to the end of the month before the first; a 53rd week lengthens the last period.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from quarterdeck.apps.organisation.choices import FiscalScheme, NamedAfter, YearEnd

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
_WEEKS = {FiscalScheme.W445: (4, 4, 5), FiscalScheme.W454: (4, 5, 4), FiscalScheme.W544: (5, 4, 4)}


@dataclass(frozen=True)
class FiscalRule:
    """The rule of a fiscal calendar as plain values; months 1-12, weekdays 0-6 from Monday."""

    start_month: int
    scheme: str = FiscalScheme.MONTHS
    week_start: int = 0
    year_end: str = YearEnd.LAST
    prefix: str = "FY"
    named_after: str = NamedAfter.ENDS

    def name(self, first_year: int) -> str:
        """Return the name of the year whose first month falls in `first_year`, such as FY26."""
        later = self.named_after == NamedAfter.ENDS and self.start_month > 1
        return f"{self.prefix}{(first_year + later) % 100:02}"

    def first_year(self, named: int) -> int:
        """Return the calendar year of the first month of the year named after `named`."""
        return named - (self.named_after == NamedAfter.ENDS and self.start_month > 1)


@dataclass(frozen=True)
class Stretch:
    """A period: number 1-12, quarter 1-4, first and last day."""

    number: int
    quarter: int
    starts_on: dt.date
    ends_on: dt.date


def periods_of(rule: FiscalRule, first_year: int) -> tuple[Stretch, ...]:
    """Return the twelve periods of a year, in order and without gaps."""
    if rule.scheme == FiscalScheme.MONTHS:
        starts = [_month(first_year, rule.start_month + step) for step in range(13)]
    else:
        starts = _week_starts(rule, first_year)
    return tuple(
        Stretch(number, (number + 2) // 3, starts[number - 1], starts[number] - DAY) for number in range(1, 13)
    )


def _month(year: int, month: int) -> dt.date:
    return dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _week_starts(rule: FiscalRule, first_year: int) -> list[dt.date]:
    start = _year_end(rule, first_year) + DAY
    starts = [start]
    for weeks in _WEEKS[FiscalScheme(rule.scheme)] * 4:
        starts.append(starts[-1] + weeks * WEEK)
    starts[12] = _year_end(rule, first_year + 1) + DAY
    return starts


def _year_end(rule: FiscalRule, year: int) -> dt.date:
    """Return the last day of the year of weeks that ends before the first month of `year`."""
    nominal = _month(year, rule.start_month) - DAY
    last = nominal - dt.timedelta(days=(nominal.weekday() - (rule.week_start - 1)) % 7)
    if rule.year_end == YearEnd.NEAREST and (nominal - last).days > 3:
        return last + WEEK
    return last
