"""Calendars of a document as MPXJ has them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import jpype

from quarterdeck.apps.delivery.exchange.document import DocumentCalendar, DocumentException, DocumentWeek
from quarterdeck.apps.delivery.exchange.java.machine import java


def write_calendar(project: Any, held: DocumentCalendar, parent: Any) -> Any:
    """Write one calendar; those above it are written already."""
    made = project.addCalendar()
    made.setUniqueID(jpype.JClass("java.lang.Integer").valueOf(held.id))
    made.setName(held.name or None)
    if parent is not None:
        made.setParent(parent)
    write_week(made, held.week)
    for each in held.weeks:
        week = made.addWorkWeek()
        week.setDateRange(java("LocalDateRange")(day(each.first), day(each.last)))
        write_week(week, each)
    for exception in held.exceptions:
        write_exception(made, exception)
    if "GUID" in held.extra:
        made.setGUID(jpype.JClass("java.util.UUID").fromString(held.extra["GUID"]))
    made.setPersonal(bool(held.extra.get("PERSONAL")))
    return made


def write_week(made: Any, week: DocumentWeek) -> None:
    """Write the days of a week; a day left to the calendar above stays so."""
    kinds = java("DayType")
    for weekday, shifts in zip(jpype.JClass("java.time.DayOfWeek").values(), week.days, strict=True):
        if shifts is None:
            made.setCalendarDayType(weekday, kinds.DEFAULT)
            continue
        made.setCalendarDayType(weekday, kinds.WORKING if shifts else kinds.NON_WORKING)
        hours = made.addCalendarHours(weekday)
        for start, end in shifts:
            hours.add(span(start, end))


def write_exception(made: Any, held: DocumentException) -> None:
    """Write an exception, with its pattern where it returns."""
    if held.recurrence is None:
        exception = made.addCalendarException(day(held.first), day(held.last))
    else:
        exception = made.addCalendarException(pattern(held, held.recurrence))
    exception.setName(held.name or None)
    for start, end in held.shifts:
        exception.add(span(start, end))


def pattern(held: DocumentException, recurrence: Mapping[str, Any]) -> Any:
    """Return how days return as MPXJ has it."""
    integer = jpype.JClass("java.lang.Integer").valueOf
    weekdays = list(jpype.JClass("java.time.DayOfWeek").values())
    found = java("RecurringData")()
    kind = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}[recurrence["every"]]
    found.setRecurrenceType(java("RecurrenceType").valueOf(kind))
    found.setStartDate(day(held.first))
    found.setFinishDate(day(held.last))
    found.setFrequency(integer(recurrence.get("interval", 1)))
    times = recurrence.get("occurrences", 0)
    found.setUseEndDate(not times)
    if times:
        found.setOccurrences(integer(times))
    if kind == "WEEKLY":
        for place in recurrence["weekdays"]:
            found.setWeeklyDay(weekdays[place], True)
    elif "nth" in recurrence:
        found.setRelative(True)
        found.setDayNumber(integer(recurrence["nth"]))
        found.setDayOfWeek(weekdays[recurrence["weekdays"][0]])
    elif "day" in recurrence:
        found.setDayNumber(integer(recurrence["day"]))
    if kind == "YEARLY":
        found.setMonthNumber(integer(recurrence["month"]))
    return found


def day(iso: str) -> Any:
    """Return an ISO date as a LocalDate."""
    found = dt.date.fromisoformat(iso)
    return jpype.JClass("java.time.LocalDate").of(found.year, found.month, found.day)


def span(start: int, end: int) -> Any:
    """Return a shift; midnight and what is past it by the clock."""
    time = jpype.JClass("java.time.LocalTime").of
    return java("LocalTimeRange")(time(start // 60, start % 60), time(end % 1440 // 60, end % 60))
