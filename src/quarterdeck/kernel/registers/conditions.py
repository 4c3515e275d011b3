"""One parsed filter, applied alike to SQL and to a record of the past."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _


class FilterError(ValueError):
    """The filter's text is not understood; the message says what is."""


@dataclass(frozen=True)
class Condition:
    """What a value must satisfy. `op` is one of in, not_in, between, outside, contains, none, any, where.

    `between` takes two inclusive bounds, either of which may be None, and `outside` passes what that does not;
    `contains` takes words, all of which must occur; `where` takes a condition on whole rows, which only SQL knows.
    """

    op: str
    values: tuple[Any, ...] = ()

    def q(self, path: str) -> Q:
        """Return the condition on an ORM path. A row without a value passes only `not_in`, `outside` and `none`."""
        match self.op:
            case "where":
                whole: Q = self.values[0]
                return whole
            case "outside":
                return ~Condition("between", self.values).q(path) | self._empty(path)
            case "in":
                return Q(**{f"{path}__in": self.values})
            case "not_in":
                return ~Q(**{f"{path}__in": self.values}) | self._empty(path)
            case "none":
                return self._empty(path)
            case "any":
                return ~self._empty(path)
            case "contains":
                condition = Q()
                for word in self.values:
                    condition &= Q(**{f"{path}__icontains": word})
                return condition
            case _:
                low, high = self.values
                condition = Q(**{f"{path}__isnull": False})
                if low is not None:
                    condition &= Q(**{f"{path}__gte": low})
                if high is not None:
                    condition &= Q(**{f"{path}__lte": high})
                return condition

    def _empty(self, path: str) -> Q:
        blank = Q(**{f"{path}__isnull": True})
        return blank | Q(**{path: ""}) if self.values == ("text",) else blank

    def holds(self, value: Any) -> bool:
        """Tell whether a value satisfies the condition, as the SQL would."""
        empty = value is None or value == ""
        match self.op:
            case "where":
                return False
            case "outside":
                return not Condition("between", self.values).holds(value)
            case "in":
                return value in self.values
            case "not_in":
                return value not in self.values
            case "none":
                return empty
            case "any":
                return not empty
            case "contains":
                text = str(value or "").casefold()
                return all(word.casefold() in text for word in self.values)
            case _:
                low, high = self.values
                return not empty and (low is None or value >= low) and (high is None or value <= high)


def month_start(day: dt.date, months: int = 0) -> dt.date:
    """Return the first day of the month `months` away."""
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def date_range(text: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """Return the inclusive bounds of a date filter; raises FilterError for a text not understood or beyond the years.

    Understands today, overdue, tomorrow, yesterday, this/next/last_week, _month, _quarter, _year (calendar), next:30d,
    last:4w, before:DATE, after:DATE, DATE and DATE..DATE with either side open, where DATE may be
    today or today-30d.
    """
    try:
        low, high = _bounds(text, today)
        # The first and the last year are left out: a moment in them may have no counterpart in another zone.
        if all(day is None or 1 < day.year < dt.MAXYEAR for day in (low, high)):
            return low, high
    except OverflowError:
        pass
    raise FilterError(_("“%(text)s” is out of range.") % {"text": text[:30]})


def _bounds(text: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    one = dt.timedelta(days=1)
    simple: dict[str, tuple[dt.date | None, dt.date | None]] = {
        "today": (today, today),
        "tomorrow": (today + one, today + one),
        "yesterday": (today - one, today - one),
        "overdue": (None, today - one),
    }
    if text in simple:
        return simple[text]
    which, _mark, unit = text.partition("_")
    if which in ("this", "next", "last") and unit in ("week", "month", "quarter", "year"):
        return _calendar_range(today, unit, {"this": 0, "next": 1, "last": -1}[which])
    head, _mark, rest = text.partition(":")
    if head in ("next", "last") and rest:
        days = _days(rest)
        return (today, today + days) if head == "next" else (today - days, today)
    if head == "before":
        return None, _date(rest, today) - one
    if head == "after":
        return _date(rest, today) + one, None
    low, dots, high = text.partition("..")
    if dots:
        return (_date(low, today) if low else None), (_date(high, today) if high else None)
    return _date(text, today), _date(text, today)


def _calendar_range(today: dt.date, unit: str, step: int) -> tuple[dt.date, dt.date]:
    one = dt.timedelta(days=1)
    if unit == "week":
        start = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=step)
        return start, start + dt.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = month_start(today, -((today.month - 1) % months) + step * months)
    return first, month_start(first, months) - one


def _days(text: str) -> dt.timedelta:
    factors = {"d": 1, "w": 7, "m": 30, "y": 365}
    number, unit = text[:-1], text[-1:]
    if unit not in factors or not number.isdecimal() or len(number) > 5:
        raise FilterError(f"“{text}” is not a span of time; write 30d, 4w, 6m or 1y.")
    return dt.timedelta(days=int(number) * factors[unit])


def _date(text: str, today: dt.date) -> dt.date:
    if text == "today":
        return today
    if text.startswith("today-"):
        return today - _days(text.removeprefix("today-"))
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise FilterError(f"“{text}” is not a date; write it as 2026-03-31.") from error
