"""A plan as the engine takes it: tasks, links, calendars and the rules to reckon by.

Time is a whole number of minutes since 1970-01-01 00:00 in the plan's own local time, without zone: what
`numpy.datetime64[m]` holds, so that a column of dates becomes a column of minutes without a loop. Durations and lags
are whole minutes too: of work where a calendar counts them, of the clock where they are elapsed.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from quarterdeck.engine.calendar import Calendar

TaskId = Hashable
CalendarId = Hashable


class TaskKind(IntEnum):
    """What a task is to the passes. A task that others name as their parent is a summary, whatever it says itself."""

    TASK = 0
    MILESTONE = 1  # without duration it stands where its predecessor ends, at the end of a shift
    SUMMARY = 2  # spans its children; links and constraints on it hold for all of them
    LEVEL_OF_EFFORT = 3  # spans from its start-side to its finish-side neighbours; never drives, never critical
    HAMMOCK = 4  # as level of effort, but with cost and duration of its own reported
    START_MILESTONE = 5  # Primavera's: a milestone that stands where work can start, at the start of a shift


class LinkKind(IntEnum):
    """Which end of the predecessor binds which end of the successor."""

    FINISH_START = 0
    START_START = 1
    FINISH_FINISH = 2
    START_FINISH = 3


class LagUnit(IntEnum):
    """How a lag is measured; negative is a lead."""

    WORKING = 0  # minutes of work on the lag calendar
    ELAPSED = 1  # minutes of the clock
    PERCENT = 2  # hundredths of a percent of the predecessor's duration, on the lag calendar


class LagCalendar(IntEnum):
    """Whose calendar counts a working lag."""

    DIALECT = 0  # what the dialect says: the successor's in Microsoft, the project option in Primavera
    PREDECESSOR = 1
    SUCCESSOR = 2
    PROJECT = 3
    AROUND_THE_CLOCK = 4


class Constraint(IntEnum):
    """The eight date constraints."""

    AS_SOON_AS_POSSIBLE = 0
    AS_LATE_AS_POSSIBLE = 1
    START_NO_EARLIER_THAN = 2
    START_NO_LATER_THAN = 3
    FINISH_NO_EARLIER_THAN = 4
    FINISH_NO_LATER_THAN = 5
    MUST_START_ON = 6
    MUST_FINISH_ON = 7


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a plan. Instants and durations in minutes, see the module."""

    id: TaskId
    duration: int = 0
    name: str = ""
    kind: TaskKind = TaskKind.TASK
    parent: TaskId | None = None
    calendar: CalendarId | None = None  # None: the project's
    elapsed: bool = False  # duration runs around the clock
    constraint: Constraint = Constraint.AS_SOON_AS_POSSIBLE
    constraint_at: int | None = None
    second_constraint: Constraint = Constraint.AS_SOON_AS_POSSIBLE  # Primavera's secondary
    second_constraint_at: int | None = None
    hard: bool | None = None  # whether the constraints win over the links; None: as the dialect says for their kind
    deadline: int | None = None
    actual_start: int | None = None
    actual_finish: int | None = None
    remaining: int | None = None  # working minutes still to do; None: by the duration and what was done
    suspended: int | None = None
    resumed: int | None = None
    splits: tuple[tuple[int, int], ...] = ()  # (work done before the gap, working minutes of gap), in order
    delay: int = 0  # levelling delay before the start, minutes of the clock
    manual: bool = False  # dates are given (constraint_at and duration) and not reckoned
    active: bool = True
    priority: int = 500


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency between two tasks."""

    predecessor: TaskId
    successor: TaskId
    kind: LinkKind = LinkKind.FINISH_START
    lag: int = 0
    unit: LagUnit = LagUnit.WORKING
    calendar: LagCalendar = LagCalendar.DIALECT


@dataclass(frozen=True, slots=True)
class Network:
    """A whole plan: what `cpm.schedule` takes."""

    tasks: tuple[Task, ...]
    links: tuple[Link, ...] = ()
    calendars: Mapping[CalendarId, Calendar] = field(default_factory=dict)
    calendar: CalendarId | None = None  # the project's own; None: round the clock
    start: int = 0
    finish: int | None = None  # given: the plan must finish by it (and is scheduled back from it when so asked)
    status: int | None = None  # status or data date
