"""A plan made ready for the passes: nodes in topological order, edges by successor, calendars in one table.

Making it ready sorts once; every pass after that runs straight through memory. Rooms that bring passes of their own
(simulation, levelling) take `net`, `table` and `settings`, laid out as `layout` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from quarterdeck.engine.calendar import BEFORE, CalendarTable, WorkCalendar, calendar_table
from quarterdeck.engine.calendar.definition import DAY
from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import FIRST, INSTANTS, LAST, LONGEST, NONE, TASK_COLUMNS, Columns, columns
from quarterdeck.engine.cpm.layout import Ints, Net, Rows, Settings, Small, Tiny
from quarterdeck.engine.cpm.options import MICROSOFT, AsLate, Options, OutOfSequence, TotalFloat
from quarterdeck.engine.cpm.structure import HELD, Flags, Hierarchy, Role, Structure, hierarchy, structure
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Network, TaskId, TaskKind

#: So many links are looked at in search of the shortest circle before the best one found is shown.
PATIENCE: Final = 100_000_000
#: How far the calendars are worked out at first, in minutes, before the first and beyond the last date of a plan.
BEHIND: Final = 400 * DAY
AHEAD: Final = 5 * 366 * DAY
CLOCK: Final = WorkCalendar(("round the clock",), week=(((0, DAY),),) * 7)
#: What makes a task special, so that it gets a row of rules.
TELLING: Final = (
    "constraint",
    "second_constraint",
    "deadline",
    "actual_start",
    "actual_finish",
    "remaining",
    "delay",
    "manual",
)


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan ready for the passes, and how its nodes and edges belong to tasks and links.

    `task` and `role` say what each node stands for, `node` is its inverse for the tasks that have one (else -1);
    `link` is the link that an edge stands for, -1 for the bond of a summary to a child; `place` is the number of each
    task's calendar in the table, whether its duration is elapsed or not, `project_place` that of the project. `tables`
    holds the one table in use: it grows when a plan turns out to reach further.
    """

    columns: Columns
    options: Options
    tree: Hierarchy
    settings: Settings
    net: Net
    task: Rows
    role: Tiny
    node: Rows
    link: Rows
    place: Small
    project_place: int
    tables: list[CalendarTable]

    @property
    def table(self) -> CalendarTable:
        """The calendars, worked out as far as was needed."""
        return self.tables[-1]

    @cached_property
    def rows(self) -> Mapping[TaskId, int]:
        """The row of each task by its id."""
        ids = range(len(self.columns)) if self.columns.ids is None else self.columns.ids
        return {each: row for row, each in enumerate(ids)}

    @cached_property
    def outgoing(self) -> tuple[Rows, Rows, Rows]:
        """Edges by predecessor: where each node's begin, which edges they are, and the node that each edge leads to."""
        from quarterdeck.engine.cpm.kernels import graph

        count = len(self.net.span)
        after = np.repeat(np.arange(count, dtype=np.int32), np.diff(self.net.first))
        first, edges = graph.grouped(count, self.net.pred, np.arange(len(after), dtype=np.int32))
        return first, edges, after

    def row(self, task: TaskId) -> int:
        """Return the row of a task. Raises `EngineError` for an id that is not in the plan.

        >>> from quarterdeck.engine.network import Network, Task
        >>> compile_plan(Network((Task("a"), Task("b")))).row("b")
        1
        """
        try:
            return self.rows[task]
        except (KeyError, TypeError):
            raise EngineError(
                f"there is no task {task!r} in the plan", culprits=(task,), remedy="Check the id."
            ) from None


def compile_plan(network: Network | Columns, options: Options = MICROSOFT) -> Plan:
    """Make a plan ready: check it, lay it out, sort it.

    Raises `EngineError`, naming the tasks, for links that run in a circle (the shortest one is shown, through
    summaries too), and for what `columns` refuses.

    >>> from quarterdeck.engine.network import Link, Task
    >>> plan = compile_plan(Network((Task("b", 480), Task("a", 960)), (Link("a", "b"),)))
    >>> plan.task.tolist(), plan.net.span.tolist(), plan.net.pred.tolist()
    ([1, 0], [960, 480], [0])
    >>> loop = (Link("Dig", "Pour"), Link("Pour", "Cure"), Link("Cure", "Dig"))
    >>> compile_plan(Network((Task("Dig"), Task("Pour"), Task("Cure")), loop))
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: links run in a circle: Dig → Pour → Cure → Dig.
    Remove one of these links, or turn it round.
    """
    given = network if isinstance(network, Columns) else columns(network)
    settings = _settings(given, options)
    tree = hierarchy(given)
    loose = structure(given, tree)
    net, order, link = _sorted(given, loose)
    table, place, project_place = _calendars(given, tree)
    task, role = loose.task[order], loose.role[order]
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    node = np.where(loose.node >= 0, rank[loose.node], np.int32(-1)) if len(order) else loose.node
    of_work = role == Role.TASK
    calendar = place[task]
    if given.elapsed is not None:
        calendar = np.where(given.elapsed[task] != 0, np.int16(0), calendar)
    flags = np.where(of_work, 0, layout.PHANTOM).astype(np.int16)
    flags[role == Role.FIRST] |= layout.EARLIEST_OF
    lag, lag_calendar = _lags(given, link, (place, project_place), options)
    net = net._replace(
        lag=lag,
        lag_calendar=lag_calendar,
        span=np.where(of_work, given.duration[task], 0),
        calendar=np.where(of_work, calendar, np.int16(0)),
        flags=flags,
    )
    net, table = _ruled(given, net, (task, role), table, settings)
    _flag_ends(net, options)
    return Plan(given, options, tree, settings, net, task, role, node, link, place, project_place, [table])


def _settings(given: Columns, options: Options) -> Settings:
    if options.from_finish and given.finish is None:
        raise EngineError("a plan cannot be scheduled from a finish that it has not", remedy="Give the finish.")
    status = given.status if options.from_status else None
    return Settings(
        start=int(given.start),
        origin=int(given.start if status is None else max(given.start, status)),
        finish=NONE if given.finish is None else int(given.finish),
        status=NONE if status is None else int(status),
        late_finish=NONE,
        early_finish=NONE,
        from_finish=options.from_finish,
        out_of_sequence=list(OutOfSequence).index(options.out_of_sequence),
        shown=options.lag_from_actual_start,
        late_total=options.as_late == AsLate.TOTAL_FLOAT,
        hard=sum(1 << constraint for constraint in options.hard),
        total_float=list(TotalFloat).index(options.total_float),
        free_to_finish=options.free_float_to_finish,
        finish_at_start=options.finish_at_start,
        dangling=options.dangling_finish,
    )


def _sorted(given: Columns, loose: Structure) -> tuple[Net, Rows, Rows]:
    """Return the bare graph with its nodes in order, which they were before, and the link of each edge."""
    from quarterdeck.engine.cpm.kernels import graph

    count = len(loose.task)
    order = graph.ordered(count, loose.pred, loose.succ)
    if len(order) < count:
        nodes = graph.circle(count, loose.pred, loose.succ, loose.link < 0, PATIENCE)
        raise _circle(given, loose, nodes)
    rank = np.empty(count, np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    first, pred, taken = graph.incoming(rank, loose.pred, loose.succ)
    net = Net(
        first=first,
        pred=pred,
        kind=loose.kind[taken],
        lag=np.empty(0, np.int32),
        lag_calendar=np.empty(0, np.int16),
        span=np.empty(0, np.int64),
        calendar=np.empty(0, np.int16),
        flags=np.empty(0, np.int16),
        rule=np.full(count, -1, np.int32),
        rules=np.empty((0, layout.RULES), np.int64),
    )
    return net, order, loose.link[taken]


def _circle(given: Columns, loose: Structure, nodes: Rows) -> EngineError:
    """Return the refusal of a circle: the tasks at the ends of its links, each once where it stands."""
    real = set(zip(loose.pred[loose.link >= 0].tolist(), loose.succ[loose.link >= 0].tolist(), strict=True))
    path = nodes.tolist()
    ends = [
        end
        for one, two in zip(path, [*path[1:], path[0]], strict=True)
        if (one, two) in real
        for end in (int(loose.task[one]), int(loose.task[two]))
    ]
    rows = [row for row, before in zip(ends, [ends[-1], *ends], strict=False) if row != before]
    head = rows.index(min(rows))
    rows = rows[head:] + rows[:head]
    names = " → ".join(given.name_of(row) for row in (*rows, rows[0]))
    return EngineError(
        f"links run in a circle: {names}",
        culprits=[given.id_of(row) for row in rows],
        remedy="Remove one of these links, or turn it round.",
    )


def _calendars(given: Columns, tree: Hierarchy) -> tuple[CalendarTable, Small, int]:
    """Return the calendars that the plan uses, worked out, and the numbers of each task's and of the project's."""
    held = given.column("calendar")
    used = np.unique([*np.unique(held[tree.active] if given.calendar is not None else -1), given.project_calendar])
    used = used[used >= 0]
    wanted = [given.calendars[each] for each in used]
    first, last = FIRST, FIRST + 2 * DAY
    if wanted:
        dates = [each for each in (given.start, given.finish, given.status) if each is not None]
        for name in INSTANTS:
            column = getattr(given, name)
            if column is not None and (column != NONE).any():
                dates += [int(column[column != NONE].min()), int(column.max())]
        first, last = max(FIRST, min(dates) - BEHIND), min(LAST, max(dates) + AHEAD)
    table = calendar_table([CLOCK, *wanted], first, last)
    numbers = {calendar: number for number, calendar in enumerate(table.calendars)}
    number = np.zeros(len(given.calendars) + 1, np.int16)
    number[used] = [numbers[calendar] for calendar in wanted]
    project = int(number[given.project_calendar])
    if given.calendar is None:
        return table, np.full(len(given), project, np.int16), project
    return table, np.where(held < 0, np.int16(project), number[np.where(tree.active, held, -1)]), project


def _lags(given: Columns, link: Rows, places: tuple[Small, int], options: Options) -> tuple[Rows, Small]:
    """Return the lag of each edge in minutes, and the calendar that counts it."""
    lag, calendar = np.zeros(len(link), np.int32), np.zeros(len(link), np.int16)
    if given.lag is not None and given.lag.any():
        # Link -1, of a bond, is the last one here and in the second condition not taken.
        some = np.flatnonzero((given.lag[link] != 0) & (link >= 0)).astype(np.int32)
        lag[some], calendar[some] = lags_of(given, link[some], given.lag[link[some]], places, options)
    return lag, calendar


def lags_of(given: Columns, link: Rows, lag: Ints, places: tuple[Small, int], options: Options) -> tuple[Rows, Small]:
    """Return lags of links in minutes and whose calendar counts them; without a lag it is the clock.

    Raises `EngineError` for a lag in percent of the duration of a summary.

    >>> plan = Columns(duration=np.array([960, 480]), predecessor=np.array([0]), successor=np.array([1]),
    ...                lag=np.array([2500]), lag_unit=np.array([LagUnit.PERCENT]))
    >>> lags_of(plan, np.array([0]), plan.lag, (np.zeros(2, np.int16), 0), MICROSOFT)[0].tolist()
    [240]
    """
    pred, succ = given.predecessor[link], given.successor[link]
    unit, whose = given.column("lag_unit")[link], given.column("lag_calendar")[link]
    share = (unit == LagUnit.PERCENT) & (lag != 0)
    if share.any():
        summaries = np.zeros(len(given), bool)
        parents = given.column("parent")
        summaries[parents[parents >= 0]] = True
        lag = np.where(share, (lag * given.duration[pred] + 5_000) // 10_000, lag)
        for wrong, problem, remedy in (
            (share & summaries[pred], "has a lag in percent of the duration of a summary", "Give the lag in minutes."),
            (np.abs(lag) > LONGEST, f"has a lag of over {LONGEST:,} minutes", "Check the lag."),
        ):
            if wrong.any():
                ends = tuple(given.id_of(int(end[np.argmax(wrong)])) for end in (pred, succ))
                raise EngineError(f"the link {ends[0]!r} → {ends[1]!r} {problem}", culprits=ends, remedy=remedy)
    whose = np.where(whose == LagCalendar.DIALECT, int(options.lag_calendar), whose)
    place, project = places
    calendar = np.select(
        [whose == LagCalendar.PREDECESSOR, whose == LagCalendar.SUCCESSOR, whose == LagCalendar.PROJECT],
        [place[pred], place[succ], np.int16(project)],
        np.int16(0),
    )
    calendar = np.where((unit == LagUnit.ELAPSED) | (lag == 0), 0, calendar)
    return lag.astype(np.int32), calendar.astype(np.int16)


def _ruled(
    given: Columns, net: Net, stand: tuple[Rows, Tiny], table: CalendarTable, settings: Settings
) -> tuple[Net, CalendarTable]:
    """Return the graph with rules, flags and spans where something special is said of the tasks it stands for."""
    task, role = stand
    found = np.flatnonzero(is_special(given)[task]).astype(np.int32)
    if len(found) == 0:
        return net, table
    facts = facts_of(given, task[found], role[found])
    rules, flags, span, table = resolve(facts, splits_of(given, task[found]), net.calendar[found], table, settings)
    net.flags[found] |= flags
    net.span[found] = span
    net.rule[found] = np.arange(len(found), dtype=np.int32)
    return net._replace(rules=rules), table


def is_special(given: Columns) -> Flags:
    """Return the tasks of which something is said that needs a row of rules.

    >>> is_special(Columns(duration=np.array([480, 480]), deadline=np.array([NONE, 9000]))).tolist()
    [False, True]
    """
    special = np.zeros(len(given), bool)
    for name in TELLING:
        held = getattr(given, name)
        if held is not None:
            special |= held != TASK_COLUMNS[name]
    if given.kind is not None:
        special |= given.kind == TaskKind.START_MILESTONE
    special[list(given.splits)] = True
    return special


def facts_of(given: Columns, task: Rows, role: Tiny) -> Ints:
    """Return what is said of the tasks of nodes, as the kernels take it; of a summary only what its node is for.

    >>> plan = Columns(duration=np.array([480]), deadline=np.array([9000]))
    >>> facts_of(plan, np.array([0]), np.array([Role.TASK]))[0, [0, 7]].tolist()
    [480, 9000]
    """
    from quarterdeck.engine.cpm.kernels.rules import FACTS

    facts = np.empty((len(task), len(FACTS)), np.int64)
    for place, name in enumerate(FACTS):
        facts[:, place] = given.duration[task] if name == "duration" else given.column(name)[task]
    of_summary = role != Role.TASK
    if of_summary.any():
        for place, name in enumerate(FACTS):
            if name in {"duration", "hard"}:
                facts[of_summary, place] = 0
            elif name == "deadline":
                facts[of_summary & (role != Role.LAST), place] = NONE
            elif name.endswith("constraint"):
                kept = np.zeros(len(task), bool)
                for constraint, roles in HELD.items():
                    kept |= (facts[:, place] == constraint) & np.isin(role, roles)
                facts[of_summary & ~kept, place] = Constraint.AS_SOON_AS_POSSIBLE
            elif not name.endswith("_at"):
                facts[of_summary, place] = TASK_COLUMNS[name]
    return facts


def splits_of(given: Columns, task: Rows) -> list[tuple[tuple[int, int], ...]]:
    """Return the splits of each of some tasks.

    >>> splits_of(Columns(duration=np.array([480, 480]), splits={1: ((240, 60),)}), np.array([1, 0]))
    [((240, 60),), ()]
    """
    return [given.splits.get(row, ()) for row in task.tolist()] if given.splits else [()] * len(task)


def resolve(
    facts: Ints, parts: list[tuple[tuple[int, int], ...]], calendar: Small, table: CalendarTable, settings: Settings
) -> tuple[Ints, Small, Ints, CalendarTable]:
    """Return rules, flags and spans for facts, and the table, grown where it had to be.

    >>> plan = compile_plan(Columns(duration=np.array([480]), deadline=np.array([9000])))
    >>> plan.net.rules[0, layout.FINISH_BY], plan.net.flags[0] == layout.RULED
    (np.int64(9000), np.True_)
    """
    from quarterdeck.engine.cpm.kernels.rules import Splits, resolved

    first = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int32)
    flat = np.array([pair for part in parts for pair in part], np.int64).reshape(-1, 2)
    splits = Splits(first, flat[:, 0].copy(), flat[:, 1].copy())
    while True:
        rules, flags, span, short = resolved(facts, calendar, splits, table.arrays, settings)
        if not short:
            return rules, flags, span, table
        table = table.grown()


def _flag_ends(net: Net, options: Options) -> None:
    """Flag what the project start does not hold, and what may not finish later since nothing follows."""
    from quarterdeck.engine.cpm.kernels.graph import unfloored

    if not options.floor:
        net.flags[unfloored(net.first, net.kind)] |= layout.UNFLOORED
        alone = np.flatnonzero((np.diff(net.first) == 0) & (net.rule >= 0))
        bounds = net.rules[net.rule[alone], layout.START_FROM : layout.FINISH_FROM + 1]
        net.flags[alone[(bounds > BEFORE).any(axis=1)]] |= layout.UNFLOORED
    if options.open_ends_critical:
        followed = np.zeros(len(net.span), bool)
        followed[net.pred] = True
        net.flags[~followed & (net.flags & layout.PHANTOM == 0)] |= layout.OPEN
