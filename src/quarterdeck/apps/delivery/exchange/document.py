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


class DocumentException(Part):
    """Days, first to last as ISO dates, that differ from the week: without shifts they are off.

    `recurrence` states the pattern as the file has it (frequency, interval, days); None for a single range.
    """

    first: str
    last: str
    shifts: tuple[tuple[int, int], ...] = ()  # minutes of the day, an end past midnight over 1440
    name: str = ""
    recurrence: dict[str, Any] | None = None


class DocumentWeek(Part):
    """A week pattern; Monday first; None leaves the day to the calendar above. With dates, in force between them."""

    days: tuple[tuple[tuple[int, int], ...] | None, ...]
    first: str = ""
    last: str = ""


class DocumentCalendar(Part):
    """A working calendar; with a parent it says only what differs."""

    id: int
    name: str
    week: DocumentWeek
    parent: int | None = None
    weeks: tuple[DocumentWeek, ...] = ()
    exceptions: tuple[DocumentException, ...] = ()
    minutes_per_day: int = 480


class DocumentRate(Part):
    """A dated rate of a resource: amounts as decimal text, each for one hour (of material: for one unit)."""

    table: int = 0  # 0 to 4, Microsoft's A to E
    first: str = ""  # ISO date; empty: always
    standard: str = "0"
    overtime: str = "0"
    per_use: str = "0"


class DocumentResource(Part):
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
    availability: tuple[tuple[str, str, float], ...] = ()  # first, last, units
    rates: tuple[DocumentRate, ...] = ()
    notes: str = ""
    active: bool = True
    extra: dict[str, Any] = {}


class DocumentAssignment(Part):
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
    extra: dict[str, Any] = {}


class DocumentBaseline(Part):
    """What one baseline holds of one task."""

    number: int  # 0 to 10
    start: int | None = None
    finish: int | None = None
    duration: int | None = None
    work: float | None = None
    cost: str | None = None


class Stored(Part):
    """What the file itself says the schedule of a task is; None where it is silent."""

    start: int | None = None
    finish: int | None = None
    total_float: int | None = None
    free_float: int | None = None
    critical: bool | None = None


class DocumentTask(Part):
    """One line of a plan, in the order of the outline. Names of kinds and constraints are those of `engine.network`."""

    id: int
    name: str = ""
    parent: int | None = None
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


class DocumentLink(Part):
    """A dependency. Names are those of `engine.network`; a lag in hundredths of a percent for `PERCENT`."""

    predecessor: int
    successor: int
    kind: str = "FINISH_START"
    lag: int = 0
    unit: str = "WORKING"
    calendar: str = "DIALECT"
    lag_unit: str = "d"  # as typed


class Problem(Part):
    """Something a reader noticed: what, where, and what was done about it."""

    severity: str  # error, warning, note
    text: str
    task: int | None = None


class PlanDocument(Part):
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
    problems: tuple[Problem, ...] = ()
    extra: dict[str, Any] = {}
    format: int = FORMAT
