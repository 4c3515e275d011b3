"""Reads over several models: working time, fiscal periods, exchange rates, the office of a node."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import holidays
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.choices import OfficeKind
from quarterdeck.apps.organisation.hours import Span, parse_hours, span_of
from quarterdeck.apps.organisation.models import (
    CalendarException,
    CalendarShift,
    Currency,
    ExchangeRate,
    FiscalYear,
    OfficeService,
    OrganisationUnit,
    Period,
    WorkCalendar,
)
from quarterdeck.kernel.access.actor import LEVEL
from quarterdeck.kernel.access.models import Scope

#: Days ahead in which the next working day is looked for: a calendar without one is refused, not looped over.
HORIZON = 3660


@dataclass(frozen=True)
class Interval:
    """Working time without a break, in the calendar's own local time (naive), `ends_at` excluded."""

    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class Closure:
    """One exception of a calendar as plain values; without spans, the days are off."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    spans: tuple[Span, ...]
    yearly: bool

    def covers(self, day: dt.date) -> bool:
        """Tell whether the exception holds on a day; a yearly one from its first year on, also over New Year."""
        if self.starts_on <= day <= self.ends_on:
            return True
        if not self.yearly or day < self.starts_on:
            return False
        first, last = (self.starts_on.month, self.starts_on.day), (self.ends_on.month, self.ends_on.day)
        at = (day.month, day.day)
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True)
class WorkingTime:
    """A working calendar as a frozen value: what the engine and every duration are computed from.

    `week` holds the spans of each weekday from Monday; times are minutes from local midnight.
    """

    name: str
    time_zone: str
    hours_per_day: Decimal
    week: tuple[tuple[Span, ...], ...]
    exceptions: tuple[Closure, ...] = ()
    country: str = ""
    subdivision: str = ""

    @cached_property
    def _holidays(self) -> holidays.HolidayBase | None:
        if not self.country:
            return None
        return holidays.country_holidays(self.country, subdiv=self.subdivision or None)

    def exception(self, day: dt.date) -> Closure | None:
        """Return the exception that rules a day: one of that year before a yearly one."""
        found = [item for item in self.exceptions if item.covers(day)]
        return min(found, key=lambda item: item.yearly, default=None)

    def holiday(self, day: dt.date) -> str:
        """Return the name of the public holiday on a day, or nothing."""
        return str(self._holidays.get(day) or "") if self._holidays is not None else ""

    def spans(self, day: dt.date) -> tuple[Span, ...]:
        """Return the shifts worked on a day, in order."""
        if exception := self.exception(day):
            return exception.spans
        return () if self.holiday(day) else self.week[day.weekday()]

    @cached_property
    def _worked(self) -> dict[dt.date, bool]:
        """Days that were looked up: hundreds of late projects ask for the same ones."""
        return {}

    def is_working_day(self, day: dt.date) -> bool:
        """Tell whether any work is done on a day."""
        known = self._worked.get(day)
        if known is None:
            known = self._worked[day] = bool(self.spans(day))
        return known

    def minutes(self, day: dt.date) -> int:
        """Return the working minutes of a day."""
        return sum(span.minutes for span in self.spans(day))

    def intervals(self, first: dt.date, last: dt.date) -> tuple[Interval, ...]:
        """Return the working intervals from `first` to `last`, both included; those that touch are joined."""
        found: list[Interval] = []
        for day in days(first, last):
            midnight = dt.datetime.combine(day, dt.time.min)
            for start, end in self.spans(day):
                starts_at, ends_at = midnight + dt.timedelta(minutes=start), midnight + dt.timedelta(minutes=end)
                if found and found[-1].ends_at == starts_at:
                    starts_at = found.pop().starts_at
                found.append(Interval(starts_at, ends_at))
        return tuple(found)

    def working_days(self, first: dt.date, last: dt.date) -> int:
        """Return how many working days lie from `first` to `last`, both included; 0 when `last` is earlier."""
        return sum(self.is_working_day(day) for day in days(first, last))

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the working day `count` working days after `day`, or before it when negative.

        0 gives the first working day not before it.
        Raises ValidationError when the calendar has no working day within ten years.
        """
        step = dt.timedelta(days=-1 if count < 0 else 1)
        left = abs(count)
        if left == 0 and not self.is_working_day(day):
            left = 1
        since = 0
        while left:
            day += step
            since += 1
            if self.is_working_day(day):
                left, since = left - 1, 0
            elif since > HORIZON:
                raise ValidationError(_("The calendar “%(name)s” has no working days.") % {"name": self.name})
        return day


def weekdays(first: dt.date, last: dt.date) -> int:
    """Return how many days from Monday to Friday lie from `first` to `last`, both included; 0 when `last` is earlier.

    For where no working calendar is named, or no one holds.
    """
    weeks, rest = divmod(max((last - first).days + 1, 0), 7)
    return 5 * weeks + sum((first.weekday() + step) % 7 < 5 for step in range(rest))


def working_days_after(known: WorkingTime | None, day: dt.date, count: int) -> dt.date:
    """Return the working day `count` working days after a day; from Monday to Friday where no calendar has shifts."""
    if known is not None and any(known.week):
        return known.add_working_days(day, count)
    left = count
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    return day


def days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    """Give the days from `first` to `last`, both included."""
    return (first + dt.timedelta(days=step) for step in range((last - first).days + 1))


def working_times(calendar_ids: Iterable[int]) -> dict[int, WorkingTime]:
    """Return working calendars as values by id, in three queries however many."""
    calendars = WorkCalendar.objects.in_bulk(set(calendar_ids))
    week: dict[int, list[list[Span]]] = {pk: [[] for _day in range(7)] for pk in calendars}
    for shift in CalendarShift.objects.filter(calendar__in=calendars).order_by("starts_at"):
        week[shift.calendar_id][shift.weekday].append(span_of(shift.starts_at, shift.ends_at))
    exceptions: dict[int, list[Closure]] = defaultdict(list)
    for item in CalendarException.objects.filter(calendar__in=calendars).order_by("starts_on"):
        exceptions[item.calendar_id].append(
            Closure(item.name, item.starts_on, item.ends_on, parse_hours(item.hours), item.yearly)
        )
    return {
        pk: WorkingTime(
            name=calendar.name,
            time_zone=calendar.time_zone,
            hours_per_day=calendar.hours_per_day,
            week=tuple(tuple(spans) for spans in week[pk]),
            exceptions=tuple(exceptions[pk]),
            country=calendar.country,
            subdivision=calendar.subdivision,
        )
        for pk, calendar in calendars.items()
    }


def working_time(calendar: WorkCalendar) -> WorkingTime:
    """Return one working calendar as a value."""
    return working_times([calendar.pk])[calendar.pk]


def default_calendar() -> WorkCalendar | None:
    """Return the organisation's working calendar, if one is named."""
    return WorkCalendar.objects.filter(is_default=True).first()


def calendars_without_week(ids: Iterable[int] | None = None) -> list[WorkCalendar]:
    """Return the calendars that have no shifts, in one query."""
    rows = WorkCalendar.objects.filter(shifts__isnull=True)
    return list(rows if ids is None else rows.filter(pk__in=set(ids)))


def unit_calendars() -> dict[int, int | None]:
    """Return the working calendar's id for each unit: its own, else of the nearest above, else the organisation's."""
    fallback = default_calendar()
    found: dict[int, int | None] = {}
    # Parents come before children in the order of paths.
    for pk, parent, own in OrganisationUnit.objects.order_by("scope__path").values_list("pk", "parent", "calendar"):
        found[pk] = own or (found.get(parent) if parent else None) or (fallback.pk if fallback else None)
    return found


def year_on(day: dt.date, calendar_id: int | None = None) -> FiscalYear | None:
    """Return the fiscal year of a day in the given calendar, or in that of the organisation."""
    return FiscalYear.objects.filter(_fiscal(calendar_id, ""), starts_on__lte=day, ends_on__gte=day).first()


def period_on(day: dt.date, calendar_id: int | None = None) -> Period | None:
    """Return the period of a day, with its year, in the given calendar, or in that of the organisation."""
    rows = Period.objects.select_related("year").filter(_fiscal(calendar_id, "year__"))
    return rows.filter(starts_on__lte=day, ends_on__gte=day).first()


def periods_between(first: dt.date, last: dt.date, calendar_id: int | None = None) -> list[Period]:
    """Return the periods that touch a stretch of days, in order, with their years."""
    rows = Period.objects.select_related("year").filter(_fiscal(calendar_id, "year__"))
    return list(rows.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on"))


def _fiscal(calendar_id: int | None, prefix: str) -> Q:
    return Q(**({f"{prefix}calendar": calendar_id} if calendar_id else {f"{prefix}calendar__is_default": True}))


class RateMissingError(ValidationError):
    """No rate leads from one currency to another on a day; the text names what to add."""


@dataclass(frozen=True)
class RateFound:
    """A rate with where it comes from: the day of its oldest part, and the currencies it goes through."""

    rate: Decimal
    valid_on: dt.date
    route: tuple[str, ...]


def base_currency() -> Currency | None:
    """Return the organisation's own currency, if one is named."""
    return Currency.objects.filter(is_base=True).first()


def rate_found(from_code: str, to_code: str, on: dt.date) -> RateFound:
    """Return the rate in force on a day, with its origin.

    Looked for in this order: the latest on or before the day between the two, either way round (a tie: as stated
    before its inverse); then through the organisation's currency. Raises RateMissingError naming the pair and the day.
    """
    if from_code == to_code:
        return RateFound(Decimal(1), on, (from_code,))
    base = base_currency()
    middle = base.code if base else ""
    codes = {from_code, to_code, middle} - {""}
    rows = (
        ExchangeRate.objects.filter(from_currency__code__in=codes, to_currency__code__in=codes, valid_on__lte=on)
        .order_by("valid_on", "pk")
        .values_list("from_currency__code", "to_currency__code", "rate", "valid_on")
    )
    latest: dict[tuple[str, str], tuple[Decimal, dt.date]] = {(a, b): (rate, day) for a, b, rate, day in rows}
    if direct := _between(latest, from_code, to_code):
        return direct
    missing = (from_code, to_code)
    if middle and middle not in (from_code, to_code):
        first, second = _between(latest, from_code, middle), _between(latest, middle, to_code)
        if first and second:
            return RateFound(
                first.rate * second.rate, min(first.valid_on, second.valid_on), (from_code, middle, to_code)
            )
        missing = (middle, to_code) if first else (from_code, middle)
    text = _("There is no exchange rate from %(from)s to %(to)s on or before %(day)s.")
    raise RateMissingError(text % {"from": missing[0], "to": missing[1], "day": formats.date_format(on, "DATE_FORMAT")})


def rate(from_code: str, to_code: str, on: dt.date) -> Decimal:
    """Return what one unit of a currency is worth in another on a day. Raises RateMissingError."""
    return rate_found(from_code, to_code, on).rate


def currencies_without_rate(base: Currency, on: dt.date) -> list[Currency]:
    """Return the currencies in use that no rate in force on a day ties to the base currency, in one query."""
    known = Q(rates_from__to_currency=base, rates_from__valid_on__lte=on)
    known |= Q(rates_to__from_currency=base, rates_to__valid_on__lte=on)
    tied = Currency.objects.filter(known).values("pk")
    return list(Currency.objects.filter(is_active=True).exclude(pk=base.pk).exclude(pk__in=tied))


def _between(latest: dict[tuple[str, str], tuple[Decimal, dt.date]], a: str, b: str) -> RateFound | None:
    stated, inverse = latest.get((a, b)), latest.get((b, a))
    if stated and (not inverse or stated[1] >= inverse[1]):
        return RateFound(stated[0], stated[1], (a, b))
    return RateFound(1 / inverse[0], inverse[1], (a, b)) if inverse else None


#: The closest office decides where several serve one node.
_CLOSEST = (OfficeKind.PROJECT, OfficeKind.PROGRAMME, OfficeKind.PORTFOLIO)


def office_service_for(scope: Scope, on: dt.date) -> OfficeService | None:
    """Return the service by which an office answers for a node on a day: the nearest served node's, closest office."""
    ancestors = [scope.path[:end] for end in range(LEVEL, len(scope.path) + 1, LEVEL)]
    serving = (
        OfficeService.objects.filter(scope__path__in=ancestors)
        .filter(_in_force(on, ""), _in_force(on, "office__"))
        .select_related("office", "scope")
    )
    return min(
        serving,
        key=lambda row: (-len(row.scope.path), _CLOSEST.index(OfficeKind(row.office.kind)), row.pk),
        default=None,
    )


def _in_force(on: dt.date, prefix: str) -> Q:
    started = Q(**{f"{prefix}starts_on__isnull": True}) | Q(**{f"{prefix}starts_on__lte": on})
    not_ended = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    return started & not_ended
