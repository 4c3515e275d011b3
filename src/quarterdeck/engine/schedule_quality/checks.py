"""What a check of a plan is, what it may be told beside the plan, and what all checks look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar, Timeline, around_the_clock, timeline
from quarterdeck.engine.checking import within
from quarterdeck.engine.cpm import NONE, Schedule
from quarterdeck.engine.cpm.columns import Minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import LinkKind, TaskId, TaskKind

Flags: TypeAlias = NDArray[np.bool_]

DAY: Final = 1440
#: So many days are looked at to find how long a calendar's working day is.
SAMPLE: Final = 364
#: Baselines beyond it are no minutes of this calendar.
MOST: Final = 1 << 40
CLOCK: Final = around_the_clock()
KINDS: Final = tuple(LinkKind)


class Verdict(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSED = "not assessed"


class LinkAt(NamedTuple):
    """A link by its ends."""

    predecessor: TaskId
    successor: TaskId
    kind: LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a plan and how it came out.

    `value` is `numerator` / `denominator`, None where there is nothing to divide by; it passes up to `threshold`, or,
    where `at_least`, from there on. `formula` says in words what is divided by what, `tasks` and `links` are those at
    fault in the order of the plan, `remedy` says what to do about them. A check that only informs counts in no score.
    """

    id: str
    name: str
    formula: str
    threshold: float
    at_least: bool = False
    informs: bool = False
    numerator: float
    denominator: float
    value: float | None
    verdict: Verdict
    tasks: tuple[TaskId, ...] = ()
    links: tuple[LinkAt, ...] = ()
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the plan itself does not say. What is left out leaves the checks that need it not assessed.

    `baseline_finish` and `baseline_duration` are by task, in minutes; `resourced` are the tasks that have a resource or
    a cost; `rolling_wave` are planning packages, excused from long durations; `finish` is the milestone that ends the
    project (else its last task) and `required` when it must be reached (else its baseline finish, else the plan's own).
    """

    baseline_finish: Mapping[TaskId, int] | None = None
    baseline_duration: Mapping[TaskId, int] = field(default_factory=dict)
    resourced: Collection[TaskId] | None = None
    rolling_wave: Collection[TaskId] = ()
    finish: TaskId | None = None
    required: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where the checks draw their lines; the defaults are those of the Defense Contract Management Agency.

    Shares are of one; `long` (tasks and floats) and `test` (the critical path test) are working days. `milestones` are
    the numbers of the DCMA checks whose population holds milestones too; summaries, levels of effort and hammocks are
    in none.
    """

    logic: float = 0.05
    leads: float = 0.0
    lags: float = 0.05
    finish_start: float = 0.90
    hard_constraints: float = 0.05
    high_float: float = 0.05
    negative_float: float = 0.0
    long_tasks: float = 0.05
    missed: float = 0.05
    cpli: float = 0.95
    bei: float = 0.95
    long: float = 44.0
    test: int = 600
    merge: int = 5  # so many predecessors make a merge point
    milestones: frozenset[int] = frozenset({1, 5, 7, 9})

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "milestones":
                within(f"the limit {each.name}", getattr(self, each.name), low=0)


@dataclass(frozen=True, eq=False)
class Facts:
    """A schedule as the checks look at it. Columns by task row, or by link row where they say so.

    `task` is work that is scheduled: no summary, level of effort, hammock or inactive task; `day` the minutes in a
    working day of each task's calendar; `span` what remains to be done; `live` the links that hold between active
    tasks, `pending` those of them that lead to something unfinished.
    """

    schedule: Schedule
    evidence: Evidence
    limits: Limits
    task: Flags
    milestone: Flags
    finished: Flags
    started: Flags
    day: NDArray[np.float64]
    span: Minutes
    live: Flags
    pending: Flags
    project: Timeline
    project_day: float

    @property
    def open(self) -> Flags:
        """Unfinished tasks, milestones among them."""
        return self.task & ~self.finished

    def population(self, number: int) -> Flags:
        """Unfinished tasks as DCMA check `number` counts them."""
        return self.open if number in self.limits.milestones else self.open & ~self.milestone

    def ids(self, rows: Flags) -> tuple[TaskId, ...]:
        """Return the ids of the tasks that are marked."""
        given = self.schedule.plan.columns.ids
        found = np.flatnonzero(rows).tolist()
        return tuple(found) if given is None else tuple(given[row] for row in found)

    def links(self, rows: Flags) -> tuple[LinkAt, ...]:
        """Return the links that are marked."""
        plan = self.schedule.plan.columns
        ids = range(len(plan)) if plan.ids is None else plan.ids
        ends = (plan.predecessor[rows].tolist(), plan.successor[rows].tolist(), plan.column("link_kind")[rows].tolist())
        return tuple(LinkAt(ids[one], ids[two], KINDS[kind]) for one, two, kind in zip(*ends, strict=True))

    def column(self, given: Mapping[TaskId, int]) -> Minutes:
        """Return a column of what is given by id. Raises `EngineError` for ids not in the plan and for no numbers."""
        rows = self.schedule.plan.rows
        found = np.full(len(self.task), NONE, np.int64)
        odd = [task for task, value in given.items() if not _whole(value)]
        if odd:
            raise EngineError(
                f"the baseline of task {odd[0]!r} is no whole number of minutes",
                culprits=odd,
                remedy="Give whole minutes, or leave the task out.",
            )
        lost = [task for task in given if task not in rows]
        if lost:
            raise EngineError(f"there is no task {lost[0]!r} in the plan", culprits=lost, remedy="Check the id.")
        found[[rows[task] for task in given]] = list(given.values())
        return found

    def marked(self, given: Collection[TaskId]) -> Flags:
        """Return which tasks are among those given; ids of other plans do no harm."""
        ids = self.schedule.plan.columns.ids
        wanted = frozenset(given)
        found = (each in wanted for each in (range(len(self.task)) if ids is None else ids))
        return np.fromiter(found, np.bool_, len(self.task))


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and abs(int(value)) < MOST


def day_length(calendar: Calendar, around: int) -> float:
    """Return the minutes of work in a usual working day of a calendar: the median of the year from an instant.

    Half days before holidays and shorter Fridays so leave it alone.

    >>> from quarterdeck.engine.calendar import five_day
    >>> day_length(five_day("office"), 0), day_length(around_the_clock(), 0)
    (480.0, 1440.0)
    """
    midnights = np.arange(SAMPLE + 1, dtype=np.int64) * DAY + around // DAY * DAY
    worked = np.diff(timeline(calendar).work_at(midnights))
    worked = worked[worked > 0]
    return float(np.median(worked)) if len(worked) else float(DAY)


def facts(schedule: Schedule, evidence: Evidence, limits: Limits) -> Facts:
    """Return what the checks look at.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Network, Task
    >>> found = facts(schedule(Network((Task("a", 480), Task("b")))), Evidence(), Limits())
    >>> found.task.tolist(), found.milestone.tolist(), found.day.tolist()
    ([True, True], [False, True], [1440.0, 1440.0])
    """
    plan = schedule.plan
    given, tree = plan.columns, plan.tree
    task = np.asarray(tree.work)
    kind = given.column("kind")
    milestone = (kind == TaskKind.MILESTONE) | (kind == TaskKind.START_MILESTONE) | (given.duration == 0)
    finished = given.column("actual_finish") != NONE
    lengths = [day_length(each, given.start) for each in given.calendars]
    lengths.append(lengths[given.project_calendar] if given.project_calendar >= 0 else float(DAY))
    day = np.array(lengths)[given.column("calendar")]
    day[given.column("elapsed") != 0] = DAY
    span = given.duration.copy()
    placed = plan.node >= 0
    span[task & placed] = plan.net.span[plan.node[task & placed]]
    usable = tree.active & ~tree.effort
    live = usable[given.predecessor] & usable[given.successor]
    own = given.calendars[given.project_calendar] if given.project_calendar >= 0 else CLOCK
    return Facts(
        schedule=schedule,
        evidence=evidence,
        limits=limits,
        task=task,
        milestone=milestone & task,
        finished=finished,
        started=given.column("actual_start") != NONE,
        day=day,
        span=span,
        live=live,
        pending=live & ~finished[given.successor],
        project=timeline(own),
        project_day=lengths[-1],
    )
