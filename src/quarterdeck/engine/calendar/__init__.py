"""Working calendars: what they say, and the arithmetic of working time on them.

    office = five_day("office", holidays=[date(2026, 4, 3)])
    line = timeline(office)
    line.add(minutes(datetime(2026, 4, 2, 16, 0)), 120)     # two working hours on: Monday 09:00

`WorkCalendar` is written down, `timeline` reckons on one calendar, `calendar_table` puts many into arrays for the
compiled passes of a plan (`kernels`), `spread` lays an amount over periods.
"""

from quarterdeck.engine.calendar.definition import (
    FRIDAY,
    LAST,
    MONDAY,
    OFFICE_DAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    CalendarException,
    Daily,
    EffectiveWeek,
    Monthly,
    Nth,
    Pattern,
    RecurringException,
    Shift,
    Shifts,
    Week,
    Weekly,
    WorkCalendar,
    Yearly,
    around_the_clock,
    five_day,
)
from quarterdeck.engine.calendar.instants import instant, local_minutes, minutes, zoned
from quarterdeck.engine.calendar.spreading import done_by, spread
from quarterdeck.engine.calendar.table import BEFORE, BEYOND, CalendarTable, TableArrays, calendar_table
from quarterdeck.engine.calendar.timeline import (
    Calendar,
    CombinedCalendar,
    Horizon,
    Timeline,
    intersection,
    timeline,
    union,
)

__all__ = [
    "BEFORE",
    "BEYOND",
    "FRIDAY",
    "LAST",
    "MONDAY",
    "OFFICE_DAY",
    "SATURDAY",
    "SUNDAY",
    "THURSDAY",
    "TUESDAY",
    "WEDNESDAY",
    "Calendar",
    "CalendarException",
    "CalendarTable",
    "CombinedCalendar",
    "Daily",
    "EffectiveWeek",
    "Horizon",
    "Monthly",
    "Nth",
    "Pattern",
    "RecurringException",
    "Shift",
    "Shifts",
    "TableArrays",
    "Timeline",
    "Week",
    "Weekly",
    "WorkCalendar",
    "Yearly",
    "around_the_clock",
    "calendar_table",
    "done_by",
    "five_day",
    "instant",
    "intersection",
    "local_minutes",
    "minutes",
    "spread",
    "timeline",
    "union",
    "zoned",
]
