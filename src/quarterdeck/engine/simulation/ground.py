"""The plan under a simulation: its graph and its time, laid out for the kernels.

A plan with one calendar runs in **work time**: minutes of work since its start, whole rows at once. Where tasks or lags
have other calendars it runs in minutes of the clock, one iteration after the other, on the forward pass of `cpm`: the
same dates, some thirty times slower.

Two things differ from `cpm.schedule`, since a simulation asks what will happen, not what is allowed: a date that a task
must not pass does not hold it there against its links (how often such a date is kept is counted instead), and "as late
as possible" is as soon as possible.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import BEYOND, timeline
from quarterdeck.engine.cpm import NONE, Plan, layout, schedule
from quarterdeck.engine.cpm.layout import Settings
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import LagUnit, TaskId
from quarterdeck.engine.simulation.model import LONGEST

if TYPE_CHECKING:
    from quarterdeck.engine.simulation.kernels.efforts import Efforts
    from quarterdeck.engine.simulation.kernels.passes import Links, Nodes

Minutes: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]

#: So many tasks are refused: each thread would need gigabytes.
MANY: Final = 500_000
AWAY: Final = BEYOND // 2
NEVER: Final = -(2**62)


@dataclass(frozen=True, eq=False)
class Ground:
    """A compiled plan as the simulation sees it. Raises `EngineError` for one that cannot be simulated."""

    plan: Plan

    def __post_init__(self) -> None:
        net = self.plan.net
        if self.count > MANY:
            raise EngineError(
                f"the plan has {self.count:,} tasks, {MANY:,} are the most that can be simulated",
                remedy="Simulate its parts apart, or roll tasks up.",
            )
        if self.flagged(layout.PHANTOM).all():
            raise EngineError("the plan has no task with work in it", remedy="Give it at least one.")
        for lengths, nodes, what in (
            (net.span, np.arange(self.count), "lasts"),
            (np.abs(net.lag.astype(np.int64)), self.after, "has a lag of"),
        ):
            if lengths.size and lengths.max() > LONGEST:
                task = self.id_of(int(nodes[np.argmax(lengths)]))
                raise EngineError(
                    f"task {task!r} {what} over {LONGEST:,} minutes", culprits=(task,), remedy="Check the length."
                )

    @property
    def count(self) -> int:
        """How many nodes there are."""
        return len(self.plan.net.span)

    def id_of(self, node: int) -> TaskId:
        """Return the id of the task behind a node."""
        return self.ids[node]

    @cached_property
    def ids(self) -> list[TaskId]:
        """The id of the task behind each node."""
        ids, rows = self.plan.columns.ids, self.plan.task.tolist()
        return rows if ids is None else [ids[row] for row in rows]

    def flagged(self, flag: int) -> Flags:
        """Return which nodes have one of some flags of `cpm.layout`."""
        found: Flags = self.plan.net.flags & flag != 0
        return found

    @cached_property
    def after(self) -> Rows:
        """The node that each edge leads to."""
        return np.repeat(np.arange(self.count, dtype=np.int32), np.diff(self.plan.net.first))

    # -- time

    @cached_property
    def settings(self) -> Settings:
        """The options and dates of the plan; where it is scheduled from its finish, it begins when that tells it to."""
        found = self.plan.settings
        if not found.from_finish:
            return found
        start = schedule(self.plan).settings.start
        return found._replace(start=start, origin=start)

    @cached_property
    def calendar(self) -> int:
        """The number of the one calendar of the plan; -1 where there are several, or delays by the clock."""
        net = self.plan.net
        used = set(np.unique(net.calendar[~self.flagged(layout.PHANTOM)]).tolist())
        if (net.rules[:, layout.DELAY] > 0).any() or net.span[self.flagged(layout.PHANTOM)].any():
            return -1
        used |= set(np.unique(net.lag_calendar[net.lag != 0]).tolist())
        return int(used.pop()) if len(used) == 1 else -1

    @property
    def several(self) -> bool:
        """Whether the plan runs in minutes of the clock."""
        return self.calendar < 0

    @cached_property
    def origin(self) -> int:
        """The instant, in work time W of the instant, from which everything is counted: the start of the project."""
        return int(self.work_at(max(self.calendar, 0), np.array([self.settings.start]))[0])

    @cached_property
    def begin(self) -> int:
        """From when on work can be done, counted from the origin: the start of the project or the status date."""
        return int(self.counted(np.array([self.settings.origin]))[0])

    def touching(self, instant: int) -> int:
        """Return where a milestone stands that may not come earlier: here, unless nobody works before or after."""
        if self.calendar <= 0:
            return instant
        line = timeline(self.plan.table.calendars[self.calendar])
        work = line.work_at(instant)
        return instant if line.finish_at(work) == instant else line.start_at(work)

    def instants(self, finishes: NDArray[np.float64] | Minutes | Rows) -> Minutes:
        """Return finishes, counted from the origin, as instants: ends of shifts."""
        whole = np.rint(np.asarray(finishes, np.float64)).astype(np.int64) + self.origin
        if self.calendar <= 0:
            return whole
        return timeline(self.plan.table.calendars[self.calendar]).finish_at(whole.ravel()).reshape(whole.shape)

    def instants_of(self, nodes: Rows, finishes: NDArray[np.float64] | Minutes | Rows) -> Minutes:
        """Return finishes of nodes, [node, any], counted from the origin, as instants.

        A milestone shows where a date holds it, be it the start of a shift; what is done shows when it was.
        """
        found = self.instants(finishes)
        instants, counted = (each[nodes, np.newaxis] for each in self.stands)
        return np.where(np.rint(finishes) == counted, instants, found)

    def ends(self, finishes: Rows) -> Minutes:
        """Return finishes of the whole as instants: the latest at which what ends then shows."""
        found = self.instants(finishes)
        instants, counted = (each[~self.flagged(layout.PHANTOM)] for each in self.stands)
        order = np.lexsort((instants, counted))
        place = np.maximum(np.searchsorted(counted[order], finishes, side="right") - 1, 0)
        there = counted[order][place] == finishes
        return np.where(there, np.maximum(found, instants[order][place]), found)

    def counted(self, instants: Minutes) -> Minutes:
        """Return instants as counted from the origin."""
        return self.work_at(max(self.calendar, 0), instants) - self.origin

    def work_at(self, number: int, instants: Minutes) -> Minutes:
        """Return W of instants on a calendar of the table; round the clock (0) they are their own."""
        return instants if number == 0 else timeline(self.plan.table.calendars[number]).work_at(instants)

    def work(self, instants: Minutes) -> Minutes:
        """Return the work between the start of the project and instants, on the project's calendar."""
        number = self.plan.project_place
        return self.work_at(number, instants) - self.work_at(number, np.array([self.settings.start]))

    # -- what is known of tasks

    @cached_property
    def finished(self) -> Flags:
        """Which nodes are done."""
        return self.flagged(layout.FINISHED)

    @cached_property
    def begun(self) -> Flags:
        """Which nodes have started."""
        return self.flagged(layout.STARTED)

    @cached_property
    def stands(self) -> tuple[Minutes, Minutes]:
        """By node the instant at which it is held and that instant as counted, never where nothing holds it.

        Milestones are held by dates and by the start of the project, what is done by when that was.
        """
        net, settings = self.plan.net, self.settings
        loose = (net.span == 0) & ~self.finished
        instants = np.where(loose, self.touching(settings.origin), 0)
        for node in np.flatnonzero((net.rule >= 0) & (loose | self.finished)).tolist():
            flags, rule = int(net.flags[node]), self.rules[net.rule[node]].tolist()
            if flags & (layout.FINISHED | layout.FIXED):
                instants[node] = rule[layout.ACTUAL_FINISH if flags & layout.FINISHED else layout.START_FROM]
            elif (held := max(rule[layout.START_FROM], rule[layout.FINISH_FROM])) > -AWAY:
                floored = flags & layout.UNFLOORED == 0
                instants[node] = self.touching(max(held, settings.origin) if floored else held)
        held_at = loose | self.finished
        counted = np.full(self.count, NEVER, np.int64)
        counted[held_at] = self.counted(instants[held_at])
        return instants, counted

    @cached_property
    def efforts(self) -> Rows:
        """The rows of levels of effort and hammocks."""
        return np.flatnonzero(self.plan.tree.effort & self.plan.tree.active).astype(np.int32)

    def place_of(self, row: int) -> int:
        """Return where the duration of a task stands: its node, or its place among the efforts behind them; else -1."""
        if self.plan.tree.effort[row]:
            return self.count + int(np.searchsorted(self.efforts, row))
        return int(self.plan.node[row])

    @cached_property
    def rules(self) -> Minutes:
        """Rules without the dates at which constraints would hold tasks against their links."""
        rules = self.plan.net.rules.copy()
        rules[:, [layout.START_CAP, layout.FINISH_CAP]] = BEYOND
        return rules

    @cached_property
    def percent(self) -> Flags:
        """Which edges have a lag that is a share of a duration which is not known yet."""
        link, net = self.plan.link, self.plan.net
        unit = self.plan.columns.column("lag_unit")
        found: Flags = np.where(link >= 0, unit[link], 0) == LagUnit.PERCENT if len(unit) else link >= 0
        found &= (net.lag != 0) & ~self.flagged(layout.STARTED | layout.FINISHED)[net.pred]
        return found

    @cached_property
    def extra(self) -> NDArray[np.float32]:
        """Minutes of the gaps that splits make in tasks not yet started."""
        found = np.zeros(self.count, np.float32)
        for row, parts in self.plan.columns.splits.items():
            node = self.plan.node[row]
            if node >= 0 and not self.begun[node]:
                found[node] = sum(gap for _, gap in parts)
        return found

    @cached_property
    def due(self) -> dict[TaskId, int]:
        """By task the instant that its finish should keep: its deadline, or a constraint that it be no later."""
        net = self.plan.net
        found = {}
        done = self.flagged(layout.PHANTOM | layout.FINISHED)
        for node in np.flatnonzero((net.rule >= 0) & ~done).tolist():
            rule = net.rules[net.rule[node]]
            by = min(int(rule[layout.FINISH_BY]), int(rule[layout.FINISH_CAP]))
            if by < AWAY:
                found[self.id_of(node)] = by
        return found

    # -- levels of effort

    def efforts_of(self, places: Collection[int]) -> tuple[Efforts, Flags]:
        """Return levels of effort with the ties of those in `places`, and the nodes from whose starts they count.

        Raises `EngineError` for one of those that is tied to a summary: only tasks have dates of their own here.
        """
        from quarterdeck.engine.simulation.kernels.efforts import Efforts

        plan, columns = self.plan, self.plan.columns
        wanted = {int(self.efforts[place - self.count]) for place in places if place >= self.count}
        ties: list[list[tuple[int, bool, bool, int]]] = [[] for _ in self.efforts]
        of_effort = plan.tree.effort[columns.predecessor] | plan.tree.effort[columns.successor]
        kinds, lags, begun = columns.column("link_kind"), columns.column("lag"), columns.column("actual_start")
        for link in np.flatnonzero(of_effort).tolist() if wanted else ():
            pred, succ, kind = int(columns.predecessor[link]), int(columns.successor[link]), int(kinds[link])
            for row, other, sign in ((succ, pred, 1), (pred, succ, -1)):
                if row not in wanted or not plan.tree.active[other] or plan.tree.effort[other]:
                    continue
                if begun[row] != NONE and not (kind >= 2 if sign > 0 else kind % 2 == 0):
                    continue
                if plan.node[other] < 0:
                    effort, summary = columns.id_of(row), columns.id_of(other)
                    raise EngineError(
                        f"level of effort {effort!r} is linked to the summary {summary!r}",
                        culprits=(effort, summary),
                        remedy="Link it to the tasks of the summary.",
                    )
                to_finish, to_start = kind >= 2, kind % 2 == 0
                ends = (to_start, to_finish) if sign > 0 else (to_finish, to_start)
                ties[self.place_of(row) - self.count].append((int(plan.node[other]), *ends, sign * int(lags[link])))
        flat = np.array([tie for each in ties for tie in each], np.int64).reshape(-1, 4)
        tied = np.zeros(self.count, bool)
        tied[flat[flat[:, 1] == 0, 0]] = True
        starts = self.counted(np.where(begun == NONE, self.settings.origin, begun)[self.efforts])
        return Efforts(
            first=np.cumsum([0, *(len(each) for each in ties)]).astype(np.int32),
            node=flat[:, 0].astype(np.int32),
            of_finish=flat[:, 1] != 0,
            to_finish=flat[:, 2] != 0,
            lag=flat[:, 3].astype(np.int32),
            calendar=plan.place[self.efforts],
            start=starts.astype(np.int32),
            given=columns.duration[self.efforts].astype(np.int32),
        ), tied

    # -- the graph

    def lags(self) -> Rows:
        """Return lags in minutes, or where they are a share in hundredths of a percent."""
        lag = self.plan.net.lag.copy()
        lag[self.percent] = self.plan.columns.column("lag")[self.plan.link[self.percent]]
        return lag

    def floors(self, column: int) -> Rows:
        """Return the rule that is a floor, of every node, counted from the origin."""
        from quarterdeck.engine.simulation.kernels.passes import NONE as NO_FLOOR

        found = np.full(self.count, NO_FLOOR, np.int64)
        ruled = np.flatnonzero(self.plan.net.rule >= 0)
        held = self.rules[self.plan.net.rule[ruled], column]
        told = np.abs(held) < AWAY
        found[ruled[told]] = np.maximum(self.counted(held[told]), NO_FLOOR)
        return found.astype(np.int32)

    def graph(self, gated: Flags, weather: Rows, tied: Flags) -> tuple[Links, Nodes]:
        """Return links and nodes for the kernels.

        `gated` are nodes that may be absent, `weather` is the number of each node's conditions, -1 for none, `tied` are
        those whose start a level of effort counts from.
        """
        from quarterdeck.engine.simulation.kernels.passes import MINUTES, PERCENT, Links, Nodes

        net = self.plan.net
        floor, finish_floor = self.floors(layout.START_FROM), self.floors(layout.FINISH_FROM)
        held = ~self.flagged(layout.UNFLOORED | layout.FIXED)
        floor[held] = np.maximum(floor[held], self.begin)
        kept, lag = np.ones(len(net.pred), bool), self.lags()
        phantom, earliest = self.flagged(layout.PHANTOM), self.flagged(layout.EARLIEST_OF)
        last = ~phantom
        if not self.several:
            from_known = (net.kind & 1 == 1) & self.flagged(layout.SHOWN)[net.pred]
            kept = ~self.flagged(layout.IGNORE | layout.FIXED)[self.after]
            self._put_known(kept & from_known, (floor, finish_floor))
            kept &= ~from_known
            after = self.after[kept]
            sure = (net.kind[kept] & 1 == 0) & (lag[kept] >= 0) & ~phantom[after] & ~earliest[after]
            last[net.pred[kept][sure]] = False
        outside = (weather >= 0) | (tied & self.several)
        outdoors = np.where(outside, np.cumsum(outside) - 1, -1).astype(np.int32)
        pred, after = net.pred[kept], self.after[kept]
        absent = gated[pred] | gated[after]
        share = self.percent[kept]
        special = absent | share | earliest[after] | (outdoors >= 0)[pred]
        first = np.searchsorted(after, np.arange(self.count + 1)).astype(np.int32)
        unit = np.where(share, PERCENT, MINUTES).astype(np.int8)
        links = Links(first, pred, net.kind[kept], lag[kept], unit, absent, ~special)
        return links, Nodes(floor, finish_floor, earliest, last, weather, outdoors)

    def _put_known(self, edges: Flags, floors: tuple[Rows, Rows]) -> None:
        """Make floors of what links from actual starts ask for."""
        net = self.plan.net
        for edge in np.flatnonzero(edges).tolist():
            start = self.rules[net.rule[net.pred[edge]], layout.ACTUAL_START]
            asked = int(self.counted(np.array([start]))[0]) + int(net.lag[edge])
            floor = floors[1 if net.kind[edge] & 2 else 0]
            floor[self.after[edge]] = max(int(floor[self.after[edge]]), asked)
