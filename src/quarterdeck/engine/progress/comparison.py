"""Two schedules compared: by how much each task moved, and what was changed in the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from quarterdeck.engine.calendar import Calendar, Timeline, around_the_clock, timeline
from quarterdeck.engine.cpm import NONE, Schedule
from quarterdeck.engine.cpm.columns import Minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import LinkKind, TaskId
from quarterdeck.engine.progress.alignment import CAUSE_OF, LINK_FIELDS, Alignment, Cause, Side, aligned

CLOCK: Final = around_the_clock()


@dataclass(frozen=True, slots=True)
class Variance:
    """By how much a task differs, newer less older; positive is later, longer, more. None where one side has nothing.

    `start` and `finish` are working minutes on the newer calendar of the task; `duration` is the working time from
    start to finish, each on the calendar of its plan; `work` and `cost` are in their own units.
    """

    task: TaskId
    start: int | None
    finish: int | None
    duration: int | None
    work: float | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Something that is said of a task, before and after: the name of a field of `network.Task`, and its values."""

    task: TaskId
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link before and after: what it says, or None where it is not there. `fields` are lag, unit, calendar."""

    predecessor: TaskId
    successor: TaskId
    kind: LinkKind
    before: tuple[int, ...] | None
    after: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two schedules compared. `finish` is the variance of the project, in working minutes of its newer calendar.

    `variances` are those of the tasks that both schedule, in the newer order; `relinked` are links added, removed or
    with another lag, those of tasks added and removed among them; `reconstrained` what was changed of constraints,
    deadlines and delays; `changed` all else that is said of tasks: durations, calendars, progress, hierarchy.
    """

    finish: int
    variances: tuple[Variance, ...]
    added: tuple[TaskId, ...]
    removed: tuple[TaskId, ...]
    relinked: tuple[LinkChange, ...]
    reconstrained: tuple[FieldChange, ...]
    changed: tuple[FieldChange, ...]


def compare(
    older: Schedule,
    newer: Schedule,
    *,
    work: tuple[Mapping[TaskId, float], Mapping[TaskId, float]] = ({}, {}),
    cost: tuple[Mapping[TaskId, float], Mapping[TaskId, float]] = ({}, {}),
) -> Comparison:
    """Compare two schedules, or a schedule with its baseline: tasks by id, links by ends and kind.

    `work` and `cost` are what each task takes, in the older and in the newer. Variance = newer - older, as baseline
    variances are (GAO-16-89G, best practice 10). A task counts as added or removed too when it becomes
    active or inactive. Raises `EngineError`, naming the tasks, for work or cost that is no number.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> older = schedule(Network((Task("a", 480), Task("b", 480)), (Link("a", "b"),)))
    >>> newer = schedule(Network((Task("a", 600), Task("b", 480), Task("c", 60)), (Link("a", "b", lag=30),)))
    >>> found = compare(older, newer, cost=({"a": 100}, {"a": 130}))
    >>> found.finish, found.added, found.variances[1], found.variances[0].cost
    (150, ('c',), Variance(task='b', start=150, finish=150, duration=0, work=None, cost=None), 30)
    >>> [(change.task, change.field, change.before, change.after) for change in found.changed]
    [('a', 'duration', 480, 600)]
    >>> [(change.predecessor, change.before, change.after) for change in found.relinked]
    [('a', (0, 0, 0), (30, 0, 0))]
    """
    for what, given in (("work", work), ("cost", cost)):
        for side in given:
            odd = [task for task, value in side.items() if not math.isfinite(value)]
            if odd:
                raise EngineError(
                    f"the {what} of task {odd[0]!r} is not a number", culprits=odd, remedy="Give a number."
                )
    both = aligned(older.plan.columns, newer.plan.columns)
    own = newer.plan.columns
    line = timeline(own.calendars[own.project_calendar] if own.project_calendar >= 0 else CLOCK)
    fields = _fields(both)
    return Comparison(
        finish=line.between(older.project_finish, newer.project_finish),
        variances=_variances(both, (older, newer), work, cost),
        added=_ids(both, both.new.active & ~both.old.active),
        removed=_ids(both, both.old.active & ~both.new.active),
        relinked=_relinked(both),
        reconstrained=tuple(change for change in fields if CAUSE_OF.get(change.field) == Cause.CONSTRAINT),
        changed=tuple(change for change in fields if CAUSE_OF.get(change.field) != Cause.CONSTRAINT),
    )


def _ids(both: Alignment, rows: Any) -> tuple[TaskId, ...]:
    return tuple(both.ids[row] for row in np.flatnonzero(rows).tolist())


def _variances(
    both: Alignment,
    schedules: tuple[Schedule, Schedule],
    work: tuple[Mapping[TaskId, float], Mapping[TaskId, float]],
    cost: tuple[Mapping[TaskId, float], Mapping[TaskId, float]],
) -> tuple[Variance, ...]:
    rows = np.flatnonzero(both.old.active & both.new.active)
    rows = rows[np.argsort(both.new.task[rows], kind="stable")]
    dates = [
        (found.start[side.task[rows]], found.finish[side.task[rows]])
        for found, side in zip(schedules, (both.old, both.new), strict=True)
    ]
    known = np.ones(len(rows), np.bool_)
    for pair in dates:
        known &= (pair[0] != NONE) & (pair[1] != NONE)
    moved = [np.full(len(rows), NONE, np.int64) for _ in range(3)]
    for column, place in ((0, 0), (1, 1)):
        moved[column][known] = _between(both.new, rows[known], dates[0][place][known], dates[1][place][known])
    lengths = [
        _between(side, rows[known], pair[0][known], pair[1][known])
        for side, pair in zip((both.old, both.new), dates, strict=True)
    ]
    moved[2][known] = lengths[1] - lengths[0]
    spans = zip(*([None if value == NONE else value for value in column.tolist()] for column in moved), strict=True)
    return tuple(
        Variance(both.ids[row], start, finish, duration, _less(both.ids[row], work), _less(both.ids[row], cost))
        for row, (start, finish, duration) in zip(rows.tolist(), spans, strict=True)
    )


def _less(task: TaskId, given: tuple[Mapping[TaskId, float], Mapping[TaskId, float]]) -> float | None:
    return given[1][task] - given[0][task] if task in given[0] and task in given[1] else None


def _between(side: Side, rows: Minutes, first: Minutes, last: Minutes) -> Minutes:
    """Return the working minutes between instants, each on the calendar of the task in its row."""
    place = side.values["calendar"][rows]
    place = np.where(place < 0, side.calendar, place)
    place = np.where(side.values["elapsed"][rows] != 0, -1, place)
    found = np.empty(len(rows), np.int64)
    for each in np.unique(place).tolist():
        here = place == each
        found[here] = _line(side.calendars, each).between(first[here], last[here])
    return found


def _line(calendars: tuple[Calendar, ...], place: int) -> Timeline:
    return timeline(calendars[place] if place >= 0 else CLOCK)


def _fields(both: Alignment) -> list[FieldChange]:
    """Return what is said of tasks in both plans, where it differs: ids for parents and calendars, None for nothing."""
    old, new = both.old, both.new
    common = old.there & new.there

    def shown(side: Side, name: str, row: int) -> Any:
        value = int(side.values[name][row])
        if name == "parent":
            return both.ids[value] if value >= 0 else None
        if name == "calendar":
            return side.calendars[value].id if value >= 0 else None
        return None if value == NONE else value

    found = [
        FieldChange(both.ids[row], name, shown(old, name, row), shown(new, name, row))
        for name in CAUSE_OF
        for row in np.flatnonzero(common & (old.values[name] != new.values[name])).tolist()
    ]
    for row in sorted(old.splits.keys() | new.splits.keys()):
        if common[row] and old.splits.get(row, ()) != new.splits.get(row, ()):
            found.append(FieldChange(both.ids[row], "splits", old.splits.get(row, ()), new.splits.get(row, ())))
    return found


def _relinked(both: Alignment) -> tuple[LinkChange, ...]:
    old, new = both.old, both.new
    other = (old.link < 0) | (new.link < 0)
    for name in LINK_FIELDS:
        other |= old.links[name] != new.links[name]

    def said(side: Side, row: int) -> tuple[int, ...] | None:
        return tuple(int(side.links[name][row]) for name in LINK_FIELDS) if side.link[row] >= 0 else None

    return tuple(
        LinkChange(both.ids[one], both.ids[two], LinkKind(kind), said(old, row), said(new, row))
        for row in np.flatnonzero(other).tolist()
        for one, two, kind in (both.pairs[row].tolist(),)
    )
