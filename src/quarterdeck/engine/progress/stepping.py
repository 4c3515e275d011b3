"""From the schedule of one plan to that of another that differs little from it, without making the other ready anew."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.cpm import Columns, Options, Schedule, reschedule, schedule
from quarterdeck.engine.cpm.columns import LINK_COLUMNS, TASK_COLUMNS
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Task, TaskKind

#: With more tasks or links than these to be changed a plan is made ready anew.
FEW: Final = 200
#: What gives the plan its shape, and so cannot be mended.
SHAPE: Final = ("kind", "parent", "active", "predecessor", "successor", "link_kind")
PROJECT: Final = ("calendars", "project_calendar", "start", "finish", "status", "ids")
SAID: Final = ("duration", *(name for name in TASK_COLUMNS if name not in SHAPE))
LAGS: Final = tuple(name for name in LINK_COLUMNS if name not in SHAPE)
#: How a number in a column is said of a task, where that is not as a number.
READ: Final[dict[str, Any]] = {
    "kind": TaskKind,
    "constraint": Constraint,
    "second_constraint": Constraint,
    "elapsed": bool,
    "manual": bool,
    "active": bool,
}


def scheduled(wanted: Columns, near: Schedule | None, options: Options) -> Schedule:
    """Return the schedule of a plan, mended from one that is near it where one is at hand.

    Both hold the same tasks in the same rows. Raises `EngineError` as `cpm.schedule` does.

    >>> from quarterdeck.engine.cpm import MICROSOFT
    >>> older, newer = (Columns(duration=np.array([each, 960])) for each in (480, 1200))
    >>> scheduled(newer, schedule(older), MICROSOFT).project_finish
    1200
    """
    edits = None if near is None else _edits(near, wanted)
    if near is None or edits is None:
        return schedule(wanted, options)
    try:
        return reschedule(near, tasks=edits[0], links=edits[1]) if any(edits) else near
    except EngineError:
        return schedule(wanted, options)


def _edits(near: Schedule, wanted: Columns) -> tuple[list[Task], list[Link]] | None:
    """Return the tasks and links that turn one plan into another; None where that takes more than these."""
    given = near.plan.columns
    if any(getattr(given, name) != getattr(wanted, name) for name in PROJECT):
        return None
    if not all(np.array_equal(given.column(name), wanted.column(name)) for name in SHAPE):
        return None
    rows = np.flatnonzero(_differing(given, wanted, SAID, len(wanted)))
    split = {
        row for row in given.splits.keys() | wanted.splits.keys() if given.splits.get(row) != wanted.splits.get(row)
    }
    rows = np.union1d(rows, np.array(sorted(split), np.int64))
    links = np.flatnonzero(_differing(given, wanted, LAGS, len(wanted.predecessor)))
    if len(rows) + len(links) > FEW or (near.plan.node[rows] < 0).any():
        return None
    if any(_twins(wanted, row) for row in links.tolist()):
        return None
    return [_task(wanted, row) for row in rows.tolist()], [_link(wanted, row) for row in links.tolist()]


def _differing(given: Columns, wanted: Columns, names: tuple[str, ...], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, np.bool_)
    for name in names:
        found |= given.column(name) != wanted.column(name)
    return found


def _twins(plan: Columns, row: int) -> bool:
    """Return whether a link has others of its ends and kind, which its ends and kind do not tell it from."""
    same = (plan.predecessor == plan.predecessor[row]) & (plan.successor == plan.successor[row])
    same &= plan.column("link_kind") == plan.column("link_kind")[row]
    return int(same.sum()) > 1


def _task(plan: Columns, row: int) -> Task:
    """Return the task in a row."""
    said: dict[str, Any] = {}
    for name, default in TASK_COLUMNS.items():
        held = int(plan.column(name)[row])
        if held != default:
            said[name] = READ.get(name, int)(held)
    if "parent" in said:
        said["parent"] = plan.id_of(said["parent"])
    if "calendar" in said:
        said["calendar"] = list(plan.places)[said["calendar"]]
    if "hard" in said:
        said["hard"] = bool(said["hard"])
    name = plan.names[row] if plan.names is not None else ""
    return Task(plan.id_of(row), int(plan.duration[row]), name, splits=plan.splits.get(row, ()), **said)


def _link(plan: Columns, row: int) -> Link:
    """Return the link in a row."""
    return Link(
        plan.id_of(int(plan.predecessor[row])),
        plan.id_of(int(plan.successor[row])),
        LinkKind(int(plan.column("link_kind")[row])),
        int(plan.column("lag")[row]),
        LagUnit(int(plan.column("lag_unit")[row])),
        LagCalendar(int(plan.column("lag_calendar")[row])),
    )
