"""Two plans laid side by side, so that any part of the newer can be put into the older."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar
from quarterdeck.engine.cpm import Columns
from quarterdeck.engine.cpm.columns import LINK_COLUMNS, TASK_COLUMNS, Minutes
from quarterdeck.engine.network import TaskId

Flags: TypeAlias = NDArray[np.bool_]
Key: TypeAlias = tuple[int, int, int, int]


class Cause(StrEnum):
    """What moves a plan. `SCOPE` holds the links of tasks added or removed too, `LOGIC` those between the others."""

    CALENDAR = "calendar"
    SCOPE = "scope"
    LOGIC = "logic"
    DURATION = "duration"
    CONSTRAINT = "constraint"
    PROGRESS = "progress"


#: What is said of a task -> the cause that it belongs to; whether a task is there and active is scope.
CAUSE_OF: Final = {
    "calendar": Cause.CALENDAR,
    "elapsed": Cause.CALENDAR,
    "kind": Cause.LOGIC,
    "parent": Cause.LOGIC,
    "duration": Cause.DURATION,
    "constraint": Cause.CONSTRAINT,
    "constraint_at": Cause.CONSTRAINT,
    "second_constraint": Cause.CONSTRAINT,
    "second_constraint_at": Cause.CONSTRAINT,
    "hard": Cause.CONSTRAINT,
    "deadline": Cause.CONSTRAINT,
    "delay": Cause.CONSTRAINT,
    "manual": Cause.CONSTRAINT,
    "actual_start": Cause.PROGRESS,
    "actual_finish": Cause.PROGRESS,
    "remaining": Cause.PROGRESS,
    "suspended": Cause.PROGRESS,
    "resumed": Cause.PROGRESS,
}
#: What is said of the project -> the cause that it belongs to.
PROJECT: Final = {
    "project_calendar": Cause.CALENDAR,
    "start": Cause.CONSTRAINT,
    "finish": Cause.CONSTRAINT,
    "status": Cause.PROGRESS,
}
LINK_FIELDS: Final = tuple(LINK_COLUMNS)[1:]


@dataclass(frozen=True)
class Side:
    """One of the two plans in the rows of both; what it does not hold it has from the other."""

    plan: Columns
    task: Minutes  # row of each task in the plan, -1 where it is not in it
    link: Minutes
    values: dict[str, Minutes]
    links: dict[str, Minutes]
    calendars: tuple[Calendar, ...]
    project: dict[str, int | None]
    splits: dict[int, tuple[tuple[int, int], ...]]

    @property
    def there(self) -> Flags:
        """Which tasks the plan holds."""
        return self.task >= 0

    @property
    def calendar(self) -> int:
        """The place of the project's calendar, -1 for round the clock."""
        return int(self.project["project_calendar"] or 0)

    @property
    def active(self) -> Flags:
        """Which tasks the plan holds and schedules."""
        return np.asarray(self.there & (self.values["active"] != 0))


@dataclass(frozen=True)
class Alignment:
    """Two plans in the same rows: the tasks of the older in their order, then those that are new.

    `pairs` holds predecessor, successor and kind of every link of either, as rows and numbers.
    """

    ids: tuple[TaskId, ...]
    names: tuple[str, ...]
    pairs: Minutes
    old: Side
    new: Side

    @property
    def of_scope(self) -> Flags:
        """Which links have an end that is not in both plans."""
        both = self.old.there & self.new.there
        return ~(both[self.pairs[:, 0]] & both[self.pairs[:, 1]])


def aligned(older: Columns, newer: Columns) -> Alignment:
    """Lay two plans side by side: tasks by id, links by ends and kind, calendars by id.

    >>> older = Columns(duration=np.array([10, 20]), ids=("a", "b"))
    >>> newer = Columns(duration=np.array([30, 25]), ids=("c", "b"))
    >>> both = aligned(older, newer)
    >>> both.ids, both.old.values["duration"].tolist(), both.new.values["duration"].tolist()
    (('a', 'b', 'c'), [10, 20, 30], [10, 25, 30])
    """
    plans = (older, newer)
    named = [tuple(range(len(plan))) if plan.ids is None else tuple(plan.ids) for plan in plans]
    ids = tuple(dict.fromkeys((*named[0], *named[1])))
    number = {task: row for row, task in enumerate(ids)}
    onto = [np.fromiter((number[task] for task in each), np.int64, len(each)) for each in named]
    tasks = [_inverse(rows, len(ids)) for rows in onto]
    known = [{calendar.id: calendar for calendar in plan.calendars} for plan in plans]
    place = {id: at for at, id in enumerate(dict.fromkeys((*known[0], *known[1])))}
    keys = [_keys(plan, rows) for plan, rows in zip(plans, onto, strict=True)]
    both = tuple(dict.fromkeys((*keys[0], *keys[1])))
    at = {key: row for row, key in enumerate(both)}
    links = [_inverse(np.fromiter((at[key] for key in each), np.int64, len(each)), len(both)) for each in keys]
    values = [_task_values(plan, rows, place) for plan, rows in zip(plans, onto, strict=True)]
    fields = [{name: plan.column(name) for name in LINK_FIELDS} for plan in plans]
    sides = []
    for mine, other in ((0, 1), (1, 0)):
        plan = plans[mine]
        sides.append(
            Side(
                plan=plan,
                task=tasks[mine],
                link=links[mine],
                values=_filled(values, tasks, mine, other),
                links=_filled(fields, links, mine, other),
                calendars=tuple(known[mine].get(id) or known[other][id] for id in place),
                project={
                    "project_calendar": place[plan.calendars[plan.project_calendar].id]
                    if plan.project_calendar >= 0
                    else -1,
                    "start": plan.start,
                    "finish": plan.finish,
                    "status": plan.status,
                },
                splits=_splits(plan, onto[mine]) | _splits(plans[other], onto[other], ~(tasks[mine] >= 0)),
            )
        )
    names = [""] * len(ids)
    for plan, rows in zip(plans, onto, strict=True):
        for mine, row in enumerate(rows.tolist()):
            names[row] = plan.name_of(mine)
    pairs = np.array([key[:3] for key in both], np.int64).reshape(-1, 3)
    return Alignment(ids, tuple(names), pairs, sides[0], sides[1])


def _inverse(rows: Minutes, count: int) -> Minutes:
    found = np.full(count, -1, np.int64)
    found[rows] = np.arange(len(rows))
    return found


def _keys(plan: Columns, onto: Minutes) -> list[Key]:
    """Return what tells each link from the others: its ends, its kind, and which of such links it is."""
    seen: dict[tuple[int, int, int], int] = {}
    keys = []
    ends = (onto[plan.predecessor].tolist(), onto[plan.successor].tolist(), plan.column("link_kind").tolist())
    for key in zip(*ends, strict=True):
        seen[key] = seen.get(key, -1) + 1
        keys.append((*key, seen[key]))
    return keys


def _task_values(plan: Columns, onto: Minutes, place: dict[Any, int]) -> dict[str, Minutes]:
    values = {name: plan.column(name) for name in ("duration", *TASK_COLUMNS) if name != "duration"}
    values["duration"] = plan.duration
    values["parent"] = np.append(onto, -1)[values["parent"]]
    places = np.array([*(place[calendar.id] for calendar in plan.calendars), -1], np.int64)
    values["calendar"] = places[values["calendar"]]
    return values


def _filled(values: list[dict[str, Minutes]], rows: list[Minutes], mine: int, other: int) -> dict[str, Minutes]:
    """Return columns in common rows: one's own values where it has the row, else the other's."""
    own, lent = rows[mine], rows[other]
    found = {}
    for name, column in values[mine].items():
        padded = np.append(column, 0)
        found[name] = np.where(own >= 0, padded[own], np.append(values[other][name], 0)[lent])
    return found


def _splits(plan: Columns, onto: Minutes, only: Flags | None = None) -> dict[int, tuple[tuple[int, int], ...]]:
    rows = {int(onto[row]): tuple(parts) for row, parts in plan.splits.items()}
    return {row: parts for row, parts in rows.items() if only is None or only[row]}
