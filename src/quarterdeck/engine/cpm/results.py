"""What scheduling finds: dates, floats and reasons, as columns by row and as plain values by id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import NONE, Minutes
from quarterdeck.engine.cpm.layout import Ints, Passes, Settings
from quarterdeck.engine.cpm.options import Critical
from quarterdeck.engine.cpm.plan import Plan, lags_of
from quarterdeck.engine.cpm.structure import Role
from quarterdeck.engine.network import TaskId

if TYPE_CHECKING:
    from quarterdeck.engine.cpm.kernels.tables import Efforts

Flags: TypeAlias = NDArray[np.bool_]
#: Field of `Dates` -> its row in a sheet.
LINES: Final = {
    "start": layout.START,
    "finish": layout.FINISH,
    "early_start": layout.EARLY_START,
    "early_finish": layout.EARLY_FINISH,
    "late_start": layout.LATE_START,
    "late_finish": layout.LATE_FINISH,
    "remaining_start": layout.REMAINING_START,
    "start_float": layout.START_FLOAT,
    "finish_float": layout.FINISH_FLOAT,
    "total_float": layout.TOTAL_FLOAT,
    "free_float": layout.FREE_FLOAT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """One task of a schedule in plain values; None where there is none, as for a task that is not active.

    `start` and `finish` are where the task stands; `early_*` how soon it could, `late_*` how late it may stand without
    delaying the project. Of a started task `remaining_start` is when the work to be done can go on. Floats are minutes
    of work on the task's calendar: `start_float` and `finish_float` late less early; `total_float` one of them, by the
    options; `free_float` how far it may slip before anything else moves; `interfering_float` the rest of the total;
    `negative_float` by how much it is too late, 0 where it is not.
    """

    start: int | None
    finish: int | None
    early_start: int | None
    early_finish: int | None
    late_start: int | None
    late_finish: int | None
    remaining_start: int | None
    start_float: int | None
    finish_float: int | None
    total_float: int | None
    free_float: int | None
    interfering_float: int | None
    negative_float: int | None
    critical: bool
    near_critical: bool
    on_longest_path: bool


@dataclass(frozen=True, eq=False)
class Schedule:
    """A plan with its dates.

    Columns have one entry for each task, in the order of `plan.columns`, or for each link; `NONE` where there is no
    value. They are worked out from the passes when first asked for, and must not be written to. `schedule[id]` gives
    one task in plain values.
    """

    plan: Plan
    passes: Passes
    settings: Settings
    soonest: tuple[Ints, Ints] | None  # nodes put off as late as possible, and when they could have been

    # -- tasks

    @cached_property
    def _sheet(self) -> Ints:
        from quarterdeck.engine.cpm.kernels import tables

        plan, tree = self.plan, self.plan.tree
        table = plan.table.arrays
        sheet = np.full((layout.LINES, len(plan.columns)), NONE, np.int64)
        tables.filled(plan.net, table, self.passes, plan.task, sheet)
        if not plan.options.remaining_dates:
            going = plan.task[plan.net.flags & (layout.STARTED | layout.FINISHED) == layout.STARTED]
            sheet[layout.EARLY_START, going] = sheet[layout.LATE_START, going] = sheet[layout.START, going]
            sheet[layout.START_FLOAT, going] = 0
        if self.soonest is not None:
            nodes, when = self.soonest
            sheet[layout.EARLY_FINISH, plan.task[nodes]] = when[:, 0]
            sheet[layout.EARLY_START, plan.task[nodes]] = when[:, 1]
        tables.rolled_up(tree.parent, tree.bottom_up, tree.summary, sheet)
        spans = np.flatnonzero(tree.summary & tree.active)
        if tree.effort.any():
            efforts = self.efforts
            tables.spanned(efforts, plan.place, table, sheet)
            tables.rolled_up(tree.parent, tree.bottom_up, tree.summary, sheet)
            spans = np.concatenate([spans, efforts.rows])
        tables.weighed(spans.astype(np.int32), plan.place, table, sheet, self.settings.total_float)
        self._free_summaries(sheet)
        return sheet

    def _free_summaries(self, sheet: Ints) -> None:
        """Find the free float of summaries that others follow: as far as these are not moved."""
        from quarterdeck.engine.cpm.kernels.passes import w

        plan, table = self.plan, self.plan.table.arrays
        before = np.unique(plan.net.pred[plan.link >= 0])
        for node in before[plan.role[before] == Role.LAST].tolist():
            row = int(plan.task[node])
            at, place = int(sheet[layout.FINISH, row]), plan.place[row]
            free = at + int(self.passes.late[node, 3])
            sheet[layout.FREE_FLOAT, row] = w(table, place, free) - w(table, place, at)

    @cached_property
    def efforts(self) -> Efforts:
        """Levels of effort and hammocks with their ties, predecessors before those that follow them."""
        from quarterdeck.engine.cpm.kernels import graph
        from quarterdeck.engine.cpm.kernels.tables import Efforts

        plan, given = self.plan, self.plan.columns
        is_effort, known = plan.tree.effort, plan.tree.active
        link = np.flatnonzero(known[given.predecessor] & known[given.successor]).astype(np.int32)
        link = link[is_effort[given.predecessor[link]] | is_effort[given.successor[link]]]
        pred, succ, kind = (given.predecessor[link], given.successor[link], given.column("link_kind")[link])
        rows = np.flatnonzero(is_effort).astype(np.int32)
        number = np.full(len(given), -1, np.int32)
        number[rows] = np.arange(len(rows), dtype=np.int32)
        among = is_effort[pred] & is_effort[succ]
        order = graph.ordered(len(rows), number[pred[among]], number[succ[among]])
        order = np.concatenate([order, np.setdiff1d(np.arange(len(rows)), order)]).astype(np.int32)
        rank = np.empty(len(rows), np.int32)
        rank[order] = np.arange(len(rows), dtype=np.int32)
        lag, calendar = lags_of(given, link, given.column("lag")[link], (plan.place, plan.project_place), plan.options)
        behind, ahead = is_effort[succ], is_effort[pred]
        ties = [
            np.column_stack([pred, kind % 2 == 0, kind >= 2, lag, calendar, np.zeros(len(link))])[behind],
            np.column_stack([succ, kind >= 2, kind % 2 == 0, lag, calendar, np.ones(len(link))])[ahead],
        ]
        owner = rank[np.concatenate([number[succ[behind]], number[pred[ahead]]])]
        first, places = graph.grouped(len(rows), owner, np.arange(len(owner), dtype=np.int32))
        rows = rows[order]
        said = [given.duration, np.full(len(given), self.settings.origin)]
        said += [given.column("actual_start"), given.column("actual_finish")]
        return Efforts(
            rows,
            first,
            np.concatenate(ties)[places].astype(np.int64),
            np.column_stack([column[rows] for column in said]).astype(np.int64),
        )

    def _line(self, number: int) -> Minutes:
        line: Minutes = self._sheet[number]
        return line

    @property
    def start(self) -> Minutes:
        """Where each task starts: its actual start once it has one."""
        return self._line(layout.START)

    @property
    def finish(self) -> Minutes:
        """Where each task finishes."""
        return self._line(layout.FINISH)

    @property
    def early_start(self) -> Minutes:
        """How soon each task could start."""
        return self._line(layout.EARLY_START)

    @property
    def early_finish(self) -> Minutes:
        """How soon each task could finish."""
        return self._line(layout.EARLY_FINISH)

    @property
    def late_start(self) -> Minutes:
        """How late each task may start without delaying the project."""
        return self._line(layout.LATE_START)

    @property
    def late_finish(self) -> Minutes:
        """How late each task may finish without delaying the project."""
        return self._line(layout.LATE_FINISH)

    @property
    def remaining_start(self) -> Minutes:
        """When the work still to do can start or go on; `NONE` of finished tasks."""
        return self._line(layout.REMAINING_START)

    @property
    def start_float(self) -> Minutes:
        """Late start less early start."""
        return self._line(layout.START_FLOAT)

    @property
    def finish_float(self) -> Minutes:
        """Late finish less early finish."""
        return self._line(layout.FINISH_FLOAT)

    @property
    def total_float(self) -> Minutes:
        """The float by which a task may slip without delaying the project, by `Options.total_float`."""
        return self._line(layout.TOTAL_FLOAT)

    @property
    def free_float(self) -> Minutes:
        """The float by which a task may slip without moving any other; a summary slips as a whole."""
        return self._line(layout.FREE_FLOAT)

    @cached_property
    def _open(self) -> Flags:
        """Which tasks can be critical: work that is not over."""
        found = np.zeros(len(self.plan.columns), bool)
        found[self.plan.task[self.plan.net.flags & (layout.FINISHED | layout.PHANTOM) == 0]] = True
        return found

    @cached_property
    def critical(self) -> Flags:
        """Which tasks are critical, by `Options.critical`; of summaries those with a critical task below them."""
        if self.plan.options.critical == Critical.LONGEST_PATH:
            return self._risen(self._on_path & self._open)
        return self._risen((self.total_float <= self.plan.options.critical_float) & self._open)

    @cached_property
    def near_critical(self) -> Flags:
        """Which tasks are not critical but have little float, by `Options.near_critical_float`."""
        return (self.total_float <= self.plan.options.near_critical_float) & self._open & ~self.critical

    @cached_property
    def on_longest_path(self) -> Flags:
        """Which tasks lie on a chain of driving links to one that ends with the project, and their summaries."""
        return self._risen(self._on_path)

    @cached_property
    def _on_path(self) -> Flags:
        from quarterdeck.engine.cpm.kernels.tables import longest

        plan = self.plan
        nodes = longest(plan.net, self.passes, self.edges[1], self.settings.early_finish)
        found = np.zeros(len(plan.columns), bool)
        found[plan.task[nodes & (plan.net.flags & layout.PHANTOM == 0)]] = True
        return found

    @property
    def longest_path(self) -> tuple[TaskId, ...]:
        """The ids of the tasks on the longest path, from the start of the project to its finish."""
        rows = np.flatnonzero(self._on_path)
        order = np.lexsort((rows, self.finish[rows], self.start[rows]))
        return tuple(self.plan.columns.id_of(row) for row in rows[order].tolist())

    def _risen(self, found: Flags) -> Flags:
        from quarterdeck.engine.cpm.kernels.graph import risen

        tree = self.plan.tree
        return risen(found, tree.parent, tree.bottom_up) if tree.summary.any() else found

    # -- links

    @cached_property
    def edges(self) -> tuple[Ints, Flags]:
        """By edge of the plan: its float, and whether it drives; of links `relationship_float` and `driving`."""
        from quarterdeck.engine.cpm.kernels.tables import driven

        return driven(self.plan.net, self.plan.table.arrays, self.passes)

    @cached_property
    def driving(self) -> Flags:
        """Which links set the dates of their successors: without them these might be earlier."""
        found = np.zeros(len(self.plan.columns.predecessor), bool)
        real = self.plan.link >= 0
        found[self.plan.link[real]] = self.edges[1][real]
        return found

    @cached_property
    def relationship_float(self) -> Minutes:
        """By how much work of its own the predecessor of each link may slip before its successor moves.

        Negative where the dates break the link; `NONE` where the link was not reckoned with.
        """
        found = np.full(len(self.plan.columns.predecessor), NONE, np.int64)
        real = self.plan.link >= 0
        found[self.plan.link[real]] = self.edges[0][real]
        return found

    # -- the project

    @cached_property
    def project_start(self) -> int:
        """The earliest start of any task."""
        starts = self.start[self.start != NONE]
        return int(starts.min()) if len(starts) else self.settings.start

    @property
    def project_finish(self) -> int:
        """The latest finish of any task."""
        return self.settings.early_finish

    def __getitem__(self, task: TaskId) -> Dates:
        """Return one task in plain values. Raises `EngineError` for an id that is not in the plan."""
        row = self.plan.row(task)
        known = {name: None if (held := int(self._sheet[line, row])) == NONE else held for name, line in LINES.items()}
        total, free = known["total_float"], known["free_float"]
        return Dates(
            **known,
            interfering_float=None if total is None or free is None else total - free,
            negative_float=None if total is None else max(0, -total),
            critical=bool(self.critical[row]),
            near_critical=bool(self.near_critical[row]),
            on_longest_path=bool(self.on_longest_path[row]),
        )
