"""The clock of a service record: when it is due, from when it is missed, and whether it was kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from quarterdeck.apps.organisation.selectors import (
    WorkingTime,
    days,
    default_calendar,
    working_days_after,
    working_time,
)
from quarterdeck.apps.suppliers.choices import Unit
from quarterdeck.apps.suppliers.models import ServiceLevel, ServicePause, ServiceRecord
from quarterdeck.engine.calendar import CalendarException, WorkCalendar, five_day, local_minutes, zoned
from quarterdeck.engine.service_level import Case, clock
from quarterdeck.engine.service_level import ServiceLevel as Level

#: Days beyond the allowance for which a calendar is spelled out: long shutdowns.
BEYOND: Final = 120


@dataclass(frozen=True)
class Reckoned:
    """What follows from the clock: when it is due, after which instant it is missed, and where it is decided."""

    due_at: dt.datetime | None
    breaks_at: dt.datetime | None
    kept: bool | None
    decided_on: dt.date | None


def calendar_of(level: ServiceLevel) -> WorkingTime | None:
    """Return the working calendar on which a level counts; None where the organisation has none."""
    found = level.calendar or default_calendar()
    return working_time(found) if found is not None else None


def engine_calendar(known: WorkingTime | None, first: dt.date, last: dt.date) -> WorkCalendar:
    """Return a working calendar as the engine takes it, with the holidays and exceptions from one day to another.

    Without one, or without shifts: the office day from Monday to Friday.
    """
    if known is None or not any(known.week):
        return five_day("office")
    week = tuple(tuple((span[0], span[1]) for span in spans) for spans in known.week)
    other = tuple(
        CalendarException(day, day, tuple((span[0], span[1]) for span in known.spans(day)))
        for day in days(first, last)
        if known.spans(day) != known.week[day.weekday()]
    )
    return WorkCalendar(known.name, week=week, exceptions=other)


def reckon(
    record: ServiceRecord,
    pauses: Iterable[ServicePause],
    known: WorkingTime | None,
    level: ServiceLevel,
    calendar: WorkCalendar | None = None,
) -> Reckoned:
    """Return how a record stands by its own promise, or else by the clock of its level. Pauses stop both.

    `calendar` is the level's as the engine takes it, where it is known already for the days in question.
    """
    zone = ZoneInfo(known.time_zone) if known is not None else timezone.get_default_timezone()
    if record.promised_at is not None:
        breaks = due = _promised(record.promised_at, record.started_at, pauses)
    elif level.allowance is not None:
        due, breaks = _counted(record, list(pauses), known, level, zone=zone, calendar=calendar)
    else:
        return Reckoned(None, None, None, None)
    if record.ended_at is None:
        return Reckoned(due, breaks, None, _day(breaks, zone))
    kept = breaks is None or record.ended_at.replace(second=0, microsecond=0) <= breaks
    return Reckoned(due, breaks, kept, _day(record.ended_at if kept else breaks, zone))


def _day(moment: dt.datetime | None, zone: dt.tzinfo) -> dt.date | None:
    return moment.astimezone(zone).date() if moment is not None else None


def _promised(promised: dt.datetime, started: dt.datetime, pauses: Iterable[ServicePause]) -> dt.datetime | None:
    """Return the promise put off by the excused time before it, each moment once; None while that lasts."""
    until, counted = promised, started
    for pause in sorted(pauses, key=lambda each: each.starts_at):
        if max(pause.starts_at, counted) >= until:
            break
        if pause.ends_at is None:
            return None
        until += max(pause.ends_at - max(pause.starts_at, counted), dt.timedelta(0))
        counted = max(counted, pause.ends_at)
    return until


def spelled(level: ServiceLevel, known: WorkingTime | None, first: dt.datetime, last: dt.datetime) -> WorkCalendar:
    """Return the calendar of a level for cases asked for between two instants, with room for what it allows."""
    allowance = level.allowance or 0
    reach = allowance * 3 if level.unit == Unit.DAYS else allowance // 3
    day = dt.timedelta(days=1)
    return engine_calendar(known, first.date() - day, last.date() + (reach + BEYOND) * day)


def _counted(
    record: ServiceRecord,
    pauses: list[ServicePause],
    known: WorkingTime | None,
    level: ServiceLevel,
    *,
    zone: dt.tzinfo,
    calendar: WorkCalendar | None,
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return when the record is due and the last instant at which it is not yet missed."""
    assert level.allowance is not None
    by_days = level.unit == Unit.DAYS
    ends = [record.started_at, *(pause.ends_at for pause in pauses if pause.ends_at is not None)]
    started = local_minutes(record.started_at, zone)
    found = clock(
        Level(
            id=level.code,
            calendar=calendar or spelled(level, known, record.started_at, max(ends)),
            minutes=None if by_days else level.allowance * 60,
            days=level.allowance if by_days else None,
        ),
        Case(
            record.reference,
            started,
            pauses=tuple(
                (
                    max(local_minutes(pause.starts_at, zone), started),
                    None if pause.ends_at is None else max(local_minutes(pause.ends_at, zone), started),
                )
                for pause in pauses
            ),
        ),
        now=started,
    )
    return _moment(found.due, zone), _moment(found.breach, zone)


def _moment(at: int | None, zone: dt.tzinfo) -> dt.datetime | None:
    return None if at is None else zoned(at, zone)


def cure_until(level: ServiceLevel, since: dt.date) -> dt.date:
    """Return the last day of the cure period that begins with a notice on a day."""
    return working_days_after(calendar_of(level), since, level.cure_days)
