"""Calendars as MPXJ has them, made into those of a document."""

from collections.abc import Iterator
from typing import Any

import jpype

from quarterdeck.apps.delivery.exchange.document import DocumentCalendar, DocumentException, DocumentWeek
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import day, text

Shifts = tuple[tuple[int, int], ...]


def calendars(project: Any, of_resources: set[int | None]) -> Iterator[DocumentCalendar]:
    """Yield the calendars of a project, those of the resources too, but none that lost its resource."""
    for each in project.getCalendars():
        if each.getPersonal() and int(each.getUniqueID()) not in of_resources and not len(each.getTasks()):
            continue
        parent = each.getParent()
        extra: dict[str, Any] = {"PERSONAL": True} if each.getPersonal() else {}
        if each.getGUID() is not None:
            extra["GUID"] = str(each.getGUID())
        alone = parent is None or parent is each
        days = week(each)
        yield DocumentCalendar(
            id=int(each.getUniqueID()),
            name=text(each.getName()),
            parent=None if alone else int(parent.getUniqueID()),
            week=DocumentWeek(days=tuple(day_ or () for day_ in days) if alone else days),
            weeks=tuple(
                DocumentWeek(days=week(held), first=str(day(span.getStart())), last=str(day(span.getEnd())))
                for held in each.getWorkWeeks()
                if (span := held.getDateRange()) is not None
            ),
            exceptions=tuple(exceptions(each)),
            minutes_per_day=int(each.getMinutesPerDay()),
            extra=extra,
        )


def week(days: Any) -> tuple[Shifts | None, ...]:
    """Return Monday to Sunday; None for a day that is left to the calendar above."""
    kinds = java("DayType")
    found: list[Shifts | None] = []
    for weekday in jpype.JClass("java.time.DayOfWeek").values():
        kind, hours = days.getCalendarDayType(weekday), days.getCalendarHours(weekday)
        worked = shifts(hours) if kind == kinds.WORKING and hours is not None else ()
        found.append(None if kind not in (kinds.WORKING, kinds.NON_WORKING) else worked)
    return tuple(found)


def shifts(hours: Any) -> Shifts:
    """Return the working hours of a day, an end past midnight over 1440."""
    found = []
    for span in hours:
        start, end = span.getStart(), span.getEnd()
        if start is not None:
            opened = int(start.getHour()) * 60 + int(start.getMinute())
            closed = int(end.getHour()) * 60 + int(end.getMinute())
            found.append((opened, closed if closed > opened else closed + 1440))
    return tuple(sorted(found))


def exceptions(calendar: Any) -> Iterator[DocumentException]:
    """Yield the exceptions, recurring ones with their pattern."""
    for each in calendar.getCalendarExceptions():
        recurring = each.getRecurring()
        first, last = day(each.getFromDate()), day(each.getToDate())
        yield DocumentException(
            first=str(first),
            last=str(max(first, last)),
            shifts=shifts(each),
            name=text(each.getName()),
            recurrence=None if recurring is None else pattern(recurring),
        )


def pattern(recurring: Any) -> dict[str, Any]:
    """Return how days return, as `DocumentException` says it."""
    kind = text(recurring.getRecurrenceType())
    found: dict[str, Any] = {
        "every": {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[kind],
        "interval": max(int(recurring.getFrequency() or 1), 1),
        "occurrences": 0 if recurring.getUseEndDate() else int(recurring.getOccurrences() or 0),
    }
    if kind == "DAILY" and recurring.getWorkingDaysOnly():
        found |= {"every": "week", "interval": 1, "weekdays": [0, 1, 2, 3, 4]}
    if kind == "WEEKLY":
        names = jpype.JClass("java.time.DayOfWeek").values()
        found["weekdays"] = [place for place, each in enumerate(names) if recurring.getWeeklyDay(each)]
    if kind in ("MONTHLY", "YEARLY"):
        if recurring.getRelative():
            found |= {"nth": int(recurring.getDayNumber()), "weekdays": [int(recurring.getDayOfWeek().ordinal())]}
        else:
            found["day"] = int(recurring.getDayNumber())
    if kind == "YEARLY":
        found["month"] = int(recurring.getMonthNumber())
        found["interval"] = 1
    return found
