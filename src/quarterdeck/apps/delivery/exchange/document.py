"""A plan as files hold it: what every reader makes, what an import stores, and what every writer is given.

Plain values, one structure for Microsoft Project, Primavera, workbooks and task lists alike. Instants are minutes since
1970-01-01 00:00 in the plan's own local time, as in `engine.network`; durations, work and lags are minutes; money is
text of a decimal number, so that nothing is lost on the way. Ids are those of the file and unique within their list.
What has no field of its own stands in `extra`, by the name of the program that wrote it, and is written out again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from quarterdeck.engine.calendar import OFFICE_DAY

#: Rises when a change of these structures makes documents kept from before unreadable.
FORMAT = 1


class Dialect(StrEnum):
    """Whose rules the dates of a plan follow."""

    MICROSOFT = "microsoft"
    PRIMAVERA = "primavera"


class ResourceKind(StrEnum):
    """What a resource is to a plan."""

    WORK = "work"
    MATERIAL = "material"
    COST = "cost"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all parts of a document."""


class DocumentException(Part, frozen=True):
    """Days, first to last as ISO dates, that differ from the week: without shifts they are off.

    `recurrence` states the pattern that falls within them; None: every one of the days. Its keys: `every` (day, week,
    month, year) and `interval`; `weekdays` (Monday 0) of a week; `day` of a month, or `nth` (5: the last) with one
    weekday; `month` of a year; `occurrences` (0: as many as until the last day).
    """

    first: str
    last: str
    shifts: tuple[tuple[int, int], ...] = ()  # minutes of the day, an end past midnight over 1440
    name: str = ""
    recurrence: dict[str, Any] | None = None


class DocumentWeek(Part, frozen=True):
    """A week pattern; Monday first; None leaves the day to the calendar above. With dates, in force between them."""

    days: tuple[tuple[tuple[int, int], ...] | None, ...]
    first: str = ""
    last: str = ""


class DocumentCalendar(Part, frozen=True):
    """A working calendar; with a parent it says only what differs."""

    id: int
    name: str
    week: DocumentWeek
    parent: int | None = None
    weeks: tuple[DocumentWeek, ...] = ()
    exceptions: tuple[DocumentException, ...] = ()
    minutes_per_day: int = 480
    extra: dict[str, Any] = {}


class DocumentRate(Part, frozen=True):
    """A dated rate of a resource: amounts as decimal text, each for one hour (of material: for one unit).

    `standard_unit` and `overtime_unit` say for what time the rate was typed: h, d, w, mo, y.
    """

    table: int = 0  # 0 to 4, Microsoft's A to E
    first: str = ""  # ISO date, with the time where it is not midnight; empty: always
    last: str = ""
    standard: str = "0"
    overtime: str = "0"
    per_use: str = "0"
    standard_unit: str = "h"
    overtime_unit: str = "h"


class DocumentResource(Part, frozen=True):
    """Who or what does the work."""

    id: int
    name: str
    kind: ResourceKind = ResourceKind.WORK
    code: str = ""
    email: str = ""
    group: str = ""
    calendar: int | None = None
    max_units: float = 1.0
    unit: str = ""  # of material: tonnes, pieces
    availability: tuple[tuple[str, str, float], ...] = ()  # first, last (as the dates of rates), units
    rates: tuple[DocumentRate, ...] = ()
    notes: str = ""
    active: bool = True
    row: int | None = None  # the number that the program shows
    custom: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class DocumentAssignment(Part, frozen=True):
    """One resource at one task. Work in minutes; of material, units."""

    id: int
    task: int
    resource: int | None = None
    units: float = 1.0
    work: float = 0.0
    actual_work: float = 0.0
    remaining_work: float | None = None
    start: int | None = None
    finish: int | None = None
    delay: int = 0
    cost: str = "0"
    actual_cost: str = "0"
    rate_table: int = 0
    notes: str = ""
    custom: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class DocumentBaseline(Part, frozen=True):
    """What one baseline holds of one task."""

    number: int  # 0 to 10
    start: int | None = None
    finish: int | None = None
    duration: int | None = None
    work: float | None = None
    cost: str | None = None


class Stored(Part, frozen=True):
    """What the file itself says the schedule of a task is; None where it is silent."""

    start: int | None = None
    finish: int | None = None
    total_float: int | None = None
    free_float: int | None = None
    critical: bool | None = None
    early_start: int | None = None
    early_finish: int | None = None
    late_start: int | None = None
    late_finish: int | None = None


class DocumentTask(Part, frozen=True):
    """One line of a plan, in the order of the outline. Names of kinds and constraints are those of `engine.network`.

    The line of row 0, where a file has one, is the project itself: the parent of all others. A manual task stands at
    the dates of `stored`. Blank lines are not kept; the rows of the others tell where they are.
    """

    id: int
    name: str = ""
    parent: int | None = None
    row: int | None = None  # the number that the program shows and that typed predecessors name
    wbs: str = ""
    code: str = ""  # activity id of Primavera, or the user's own
    kind: str = "TASK"  # engine.network.TaskKind
    duration: int = 0
    duration_unit: str = "d"  # as typed: m h d w mo, prefixed e when elapsed
    estimated: bool = False
    manual: bool = False
    active: bool = True
    calendar: int | None = None
    ignores_resource_calendars: bool = False
    constraint: str = "AS_SOON_AS_POSSIBLE"  # engine.network.Constraint
    constraint_at: int | None = None
    second_constraint: str = "AS_SOON_AS_POSSIBLE"
    second_constraint_at: int | None = None
    constraint_is_soft: bool = False  # Primavera's start on and finish on
    deadline: int | None = None
    priority: int = 500
    levelling_delay: int = 0
    levelling_delay_elapsed: bool = True
    percent_complete: float = 0.0  # of the duration
    percent_work: float = 0.0
    percent_physical: float = 0.0
    actual_start: int | None = None
    actual_finish: int | None = None
    actual_duration: int | None = None
    remaining: int | None = None
    suspended: int | None = None
    resumed: int | None = None
    parts: tuple[tuple[int, int], ...] = ()  # of a split task: start and finish of each part
    type: str = "fixed_units"  # fixed_units, fixed_duration, fixed_work
    effort_driven: bool = False
    work: float = 0.0
    actual_work: float = 0.0
    fixed_cost: str = "0"
    cost: str = "0"
    actual_cost: str = "0"
    notes: str = ""
    hyperlink: str = ""
    external: bool = False
    stored: Stored = Stored()
    baselines: tuple[DocumentBaseline, ...] = ()
    custom: dict[str, Any] = {}  # custom fields by their alias or name
    extra: dict[str, Any] = {}


class DocumentLink(Part, frozen=True):
    """A dependency. Names are those of `engine.network`; a lag in hundredths of a percent for `PERCENT`."""

    predecessor: int
    successor: int
    kind: str = "FINISH_START"
    lag: int = 0
    unit: str = "WORKING"
    calendar: str = "DIALECT"
    lag_unit: str = "d"  # as typed; % and e% of a percentage
    notes: str = ""


class Problem(Part, frozen=True):
    """Something a reader noticed: what, where, and what was done about it."""

    severity: str  # error, warning, note
    text: str
    task: int | None = None


class DocumentField(Part, frozen=True):
    """What a key of `custom` is: of task, resource or assignment; the program's own name of the field; its sort."""

    of: str
    name: str  # the key
    field: str  # as the program calls it, such as TEXT3
    type: str  # text, number, cost, flag, date, duration


class DocumentProgress(Part, frozen=True):
    """What a tracking period says of one task: its baseline as it stood, what was done, what is left.

    Durations in minutes of work, money as decimal text, `fraction` complete of one. None: the file is silent.
    """

    task: int
    start: int | None = None
    finish: int | None = None
    duration: int | None = None
    resource_cost: str | None = None
    fixed_cost: str | None = None
    variable_cost: str | None = None
    total_cost: str | None = None
    actual_start: int | None = None
    actual_duration: int | None = None
    remaining_duration: int | None = None
    planned_actual_cost: str | None = None
    planned_remaining_cost: str | None = None
    actual_cost: str | None = None
    remaining_cost: str | None = None
    fraction: float | None = None
    state: str = ""  # Not Started, Started, Finished
    earned: str | None = None
    planned: str | None = None


class DocumentPeriod(Part, frozen=True):
    """A tracking period of a workbook: the state of every task at its status date, and the figures published for it.

    `published` holds the figures by their names: money and ratios as decimal text, instants and variances in time as
    minutes; a word, such as "Inf", as it stands.
    """

    name: str
    status: int
    started: int | None = None
    progress: tuple[DocumentProgress, ...] = ()
    published: dict[str, str | int] = {}


#: What a plan works by that names no calendar: five days of eight hours around an hour at noon.
OFFICE = DocumentCalendar(id=1, name="Standard", week=DocumentWeek(days=(OFFICE_DAY,) * 5 + ((), ())))


class PlanDocument(Part, frozen=True):
    """A whole plan."""

    name: str
    program: str  # as the file says, such as "Microsoft Project 2019"
    kind: str  # of file: MPP, MSPDI, MPX, XER, PMXML, ProTrack, CSV, XLSX ...
    dialect: Dialect = Dialect.MICROSOFT
    title: str = ""
    author: str = ""
    currency: str = ""
    start: int | None = None
    finish: int | None = None
    from_finish: bool = False
    must_finish_by: int | None = None
    status: int | None = None
    calendar: int | None = None
    minutes_per_day: int = 480
    minutes_per_week: int = 2400
    days_per_month: int = 20
    options: dict[str, Any] = {}  # of the program's scheduler, by the names of `engine.cpm.Options`
    calendars: tuple[DocumentCalendar, ...] = ()
    resources: tuple[DocumentResource, ...] = ()
    tasks: tuple[DocumentTask, ...] = ()
    links: tuple[DocumentLink, ...] = ()
    assignments: tuple[DocumentAssignment, ...] = ()
    baseline_names: dict[int, str] = {}
    fields: tuple[DocumentField, ...] = ()
    periods: tuple[DocumentPeriod, ...] = ()
    problems: tuple[Problem, ...] = ()
    extra: dict[str, Any] = {}
    format: int = FORMAT
