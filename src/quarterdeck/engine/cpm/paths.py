"""Float paths and drag: what holds the finish, in which order, and how much each task adds to it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.editing import copied
from quarterdeck.engine.cpm.layout import Sweep
from quarterdeck.engine.cpm.results import Schedule
from quarterdeck.engine.network import TaskId


@dataclass(frozen=True, slots=True)
class FloatPath:
    """A chain of tasks to the end that was asked for, or to a path before it, and how much work it may slip by."""

    number: int
    slip: int
    tasks: tuple[TaskId, ...]


def float_paths(found: Schedule, *, most: int = 10, to: TaskId | None = None) -> tuple[FloatPath, ...]:
    """Return the paths that lead to a task, the most critical first; to the task that finishes last when none is named.

    The first path runs back from the end along the links with the least relationship float. Each further one begins at
    the task, not yet on a path, that can slip least before it delays the end, and runs back likewise: its float is the
    sum of relationship floats from there to the end, working minutes of the predecessors along the way (multiple float
    paths of Primavera, "free float" option). Raises `EngineError` for an id that is not in the plan.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> tasks = (Task("a", 480), Task("b", 960), Task("c", 60), Task("d", 900))
    >>> plan = Network(tasks, (Link("a", "c"), Link("b", "c"), Link("d", "c")))
    >>> [(path.slip, path.tasks) for path in float_paths(schedule(plan))]
    [(0, ('b', 'c')), (60, ('d',)), (480, ('a',))]
    """
    plan, net = found.plan, found.plan.net
    room = found.edges[0]
    if len(net.span) == 0:
        return ()
    end = _last(found) if to is None else int(plan.node[plan.row(to)])
    if end < 0:
        return ()
    taken = np.zeros(len(net.span), bool)
    open_ends: list[tuple[int, int]] = [(0, end)]
    paths: list[FloatPath] = []
    while open_ends and len(paths) < most:
        slip, node = heapq.heappop(open_ends)
        if taken[node]:
            continue
        chain = []
        at: int | None = node
        spare = slip
        while at is not None:
            taken[at] = True
            chain.append(at)
            edges = range(int(net.first[at]), int(net.first[at + 1]))
            free = sorted((int(room[edge]), int(net.pred[edge])) for edge in edges if not taken[net.pred[edge]])
            for more, before in free[1:]:
                heapq.heappush(open_ends, (spare + more, before))
            at = free[0][1] if free else None
            spare += free[0][0] if free else 0
        rows = [int(plan.task[each]) for each in reversed(chain) if not net.flags[each] & layout.PHANTOM]
        if rows:
            paths.append(FloatPath(len(paths) + 1, slip, tuple(plan.columns.id_of(row) for row in rows)))
    return tuple(paths)


def _last(found: Schedule) -> int:
    """Return the node of the task that finishes last, of several that which others lead to."""
    real = found.plan.net.flags & layout.PHANTOM == 0
    return int(np.flatnonzero(real & (found.passes.when[:, 0] == found.project_finish))[-1])


def drag(found: Schedule, tasks: Iterable[TaskId] | None = None) -> dict[TaskId, int]:
    """Return how much each task adds to the length of the project: by how much it would end sooner without it.

    Minutes of work on the project's calendar, found by scheduling with no duration for the task (what remains, of one
    that has started), which is exact for every kind of link; for finish-start links it is Devaux's drag (Devaux 1999),
    the smaller of its duration and the least float of what runs beside it. Of all tasks on the longest path when none
    are named; of those off it it is 0. Raises `EngineError` for an id that is not in the plan.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> tasks = (Task("a", 480), Task("b", 960), Task("c", 60), Task("d", 900))
    >>> drag(schedule(Network(tasks, (Link("a", "c"), Link("b", "c"), Link("d", "c")))))
    {'b': 60, 'c': 60}
    """
    from quarterdeck.engine.cpm.kernels.passes import forward, w
    from quarterdeck.engine.cpm.kernels.repair import finishes_without

    plan, net, table = found.plan, found.plan.net, found.plan.table.arrays
    asked = found.longest_path if tasks is None else tuple(tasks)
    nodes = {task: int(plan.node[plan.row(task)]) for task in asked}
    fixed = layout.FINISHED | layout.PHANTOM
    tried = sorted({node for node in nodes.values() if node >= 0 and not net.flags[node] & fixed and net.span[node]})
    marked = np.zeros(len(net.span), bool)
    marked[tried] = True
    sweep = Sweep(np.zeros(len(net.span), bool), marked, *plan.outgoing)
    passes = copied(found.passes)
    forward(net, table, found.settings, passes)  # what is as late as possible as soon as possible
    ends = finishes_without(net._replace(span=net.span.copy()), table, found.settings, passes, sweep)
    whole = int(w(table, plan.project_place, found.project_finish))
    saved = {
        node: whole - int(w(table, plan.project_place, end)) for node, end in zip(tried, ends.tolist(), strict=True)
    }
    return {task: max(0, saved.get(node, 0)) for task, node in nodes.items()}
