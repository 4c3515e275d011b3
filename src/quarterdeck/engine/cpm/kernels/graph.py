"""Order out of links: hierarchy, topological order, links by successor, the shortest circle."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled

Ints: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]


@compiled
def depths(parent: Ints) -> Rows:
    """Return how deep each row lies below the top, 0 there; -1 in the row of one that is its own ancestor."""
    count = len(parent)
    depth = np.full(count, -1, np.int32)
    trail = np.empty(count, np.int32)
    for row in range(count):
        walked = 0
        at = row
        while at >= 0 and depth[at] == -1:
            depth[at] = -2  # on the way
            trail[walked] = at
            walked += 1
            at = parent[at]
        if at >= 0 and depth[at] == -2:
            found = np.full(count, 0, np.int32)
            found[at] = -1
            return found
        below = depth[at] + 1 if at >= 0 else 0
        for step in range(walked - 1, -1, -1):
            depth[trail[step]] = below
            below += 1
    return depth


@compiled
def related(parent: Ints, one: Ints, other: Ints) -> int:
    """Return the first place where one row is an ancestor of the other, or the other way round; -1 for none."""
    for place in range(len(one)):
        for turn in range(2):
            at, sought = (one[place], other[place]) if turn == 0 else (other[place], one[place])
            while at >= 0:
                at = parent[at]
                if at == sought:
                    return place
    return -1


@compiled
def ordered(count: int, pred: Rows, succ: Rows) -> Rows:
    """Return the nodes so that links run forward (Kahn 1962); short of `count` where some run in a circle."""
    straight = True
    for edge in range(len(pred)):
        if pred[edge] >= succ[edge]:
            straight = False
            break
    if straight:
        return np.arange(count).astype(np.int32)
    first, follower = grouped(count, pred, succ)
    waiting = np.zeros(count, np.int32)
    for edge in range(len(succ)):
        waiting[succ[edge]] += 1
    order = np.empty(count, np.int32)
    tail = 0
    for node in range(count):
        if waiting[node] == 0:
            order[tail] = node
            tail += 1
    head = 0
    while head < tail:
        node = order[head]
        head += 1
        for place in range(first[node], first[node + 1]):
            after = follower[place]
            waiting[after] -= 1
            if waiting[after] == 0:
                order[tail] = after
                tail += 1
    return order[:tail]


@compiled
def grouped(count: int, key: Rows, value: Rows) -> tuple[Rows, Rows]:
    """Return values by key: those of key k lie from `first[k]` to `first[k + 1]`, in the order given."""
    first = np.zeros(count + 1, np.int32)
    for place in range(len(key)):
        first[key[place] + 1] += 1
    for node in range(count):
        first[node + 1] += first[node]
    at = first[:count].copy()
    values = np.empty(len(key), np.int32)
    for place in range(len(key)):
        group = key[place]
        values[at[group]] = value[place]
        at[group] += 1
    return first, values


@compiled
def incoming(rank: Rows, pred: Rows, succ: Rows) -> tuple[Rows, Rows, Rows]:
    """Return links by successor, both ends renumbered by rank: where each node's begin, predecessors, links taken."""
    count = len(rank)
    first = np.zeros(count + 1, np.int32)
    for edge in range(len(succ)):
        first[rank[succ[edge]] + 1] += 1
    for node in range(count):
        first[node + 1] += first[node]
    at = first[:count].copy()
    preds = np.empty(len(pred), np.int32)
    taken = np.empty(len(pred), np.int32)
    for edge in range(len(pred)):
        after = rank[succ[edge]]
        preds[at[after]] = rank[pred[edge]]
        taken[at[after]] = edge
        at[after] += 1
    return first, preds, taken


@compiled
def knotted(count: int, pred: Rows, succ: Rows) -> Flags:
    """Return which nodes lie on a circle or between two: what is left when loose ends are cut at both sides."""
    inside = np.ones(count, np.bool_)
    for turn in range(2):
        key, value = (pred, succ) if turn == 0 else (succ, pred)
        first, follower = grouped(count, key, value)
        waiting = np.zeros(count, np.int64)
        for edge in range(len(pred)):
            if inside[pred[edge]] and inside[succ[edge]]:
                waiting[value[edge]] += 1
        queue = np.empty(count, np.int32)
        tail = 0
        for node in range(count):
            if inside[node] and waiting[node] == 0:
                queue[tail] = node
                tail += 1
        head = 0
        while head < tail:
            node = queue[head]
            head += 1
            inside[node] = False
            for place in range(first[node], first[node + 1]):
                after = follower[place]
                if inside[after]:
                    waiting[after] -= 1
                    if waiting[after] == 0:
                        queue[tail] = after
                        tail += 1
    return inside


@compiled
def inherited(marked: Flags, parent: Rows, top_down: Rows) -> Flags:
    """Return which rows are marked or lie below one that is."""
    found = marked.copy()
    for row in top_down:
        if parent[row] >= 0 and found[parent[row]]:
            found[row] = True
    return found


@compiled
def risen(marked: Flags, parent: Rows, bottom_up: Rows) -> Flags:
    """Return which rows are marked or have one below them that is."""
    found = marked.copy()
    for row in bottom_up:
        if parent[row] >= 0 and found[row]:
            found[parent[row]] = True
    return found


class Search(NamedTuple):
    """What the search for the shortest circle works on; `levels` holds the nodes of this step and of the next."""

    first: Rows
    edges: Rows
    succ: Rows
    free: Flags
    inside: Flags
    cost: Rows  # links from the origin, -1 where it has not been reached
    came: Rows
    seen: Rows
    levels: NDArray[np.int32]


@compiled
def circle(count: int, pred: Rows, succ: Rows, free: Flags, patience: int) -> Rows:
    """Return the nodes of a circle with the fewest links that are not `free`, each before the one that follows it.

    Breadth-first searches from every node of the knot, two links deep, then four, eight and so on: the first depth at
    which circles close holds the shortest. Once `patience` links were looked at, any circle is taken.
    """
    inside = knotted(count, pred, succ)
    first, edges = grouped(count, pred, np.arange(len(pred)).astype(np.int32))
    unreached = np.full(count, -1, np.int32)
    room, seen = np.empty(count, np.int32), np.empty(count, np.int32)
    search = Search(first, edges, succ, free, inside, unreached, room, seen, np.empty((2, len(pred) + 1), np.int32))
    best = np.empty(0, np.int32)
    looked, depth = 0, 2
    while len(best) == 0:
        shortest = depth + 1
        for origin in range(count):
            if inside[origin] and (looked < patience or len(best) == 0):
                last, steps, links = _searched(search, origin, shortest if looked < patience else count + 1)
                looked += links
                if last >= 0:
                    shortest = steps
                    best = _traced(search.came, last, origin, count)
                if looked >= patience and len(best) > 0:
                    break
        depth *= 2
    return best


@compiled
def _searched(search: Search, origin: int, shortest: int) -> tuple[int, int, int]:
    """Look for a circle through a node shorter than `shortest`; return its last node or -1, its links, links looked at.

    The `came` of the nodes of the circle are left as they are.
    """
    search.cost[origin] = 0
    search.seen[0] = origin
    search.levels[0, 0] = origin
    size, reached, steps, looked, last, closed = 1, 1, 0, 0, -1, shortest
    while size > 0 and steps < closed:
        here, there = search.levels[steps % 2], search.levels[(steps + 1) % 2]
        more = 0
        while size > 0:
            size -= 1
            node = here[size]
            if search.cost[node] != steps:
                continue
            for place in range(search.first[node], search.first[node + 1]):
                edge = search.edges[place]
                after = search.succ[edge]
                step = steps if search.free[edge] else steps + 1
                looked += 1
                if after == origin:
                    if step < closed:
                        closed, last = step, node
                elif search.inside[after] and (search.cost[after] < 0 or step < search.cost[after]):
                    if search.cost[after] < 0:
                        search.seen[reached] = after
                        reached += 1
                    search.cost[after] = step
                    search.came[after] = node
                    if step == steps:
                        here[size] = after
                        size += 1
                    else:
                        there[more] = after
                        more += 1
        size = more
        steps += 1
    for place in range(reached):
        search.cost[search.seen[place]] = -1
    return last, closed, looked


@compiled
def _traced(came: Rows, last: int, origin: int, count: int) -> Rows:
    nodes = np.empty(count, np.int32)
    held = 0
    at = last
    while at != origin:
        nodes[held] = at
        held += 1
        at = came[at]
    nodes[held] = origin
    return nodes[: held + 1][::-1].copy()


@compiled
def unfloored(first: Rows, kind: NDArray[np.int8]) -> Flags:
    """Return which nodes have predecessors, none of them by a finish-finish link."""
    count = len(first) - 1
    found = np.zeros(count, np.bool_)
    for node in range(count):
        found[node] = first[node + 1] > first[node]
        for edge in range(first[node], first[node + 1]):
            if kind[edge] == 2:
                found[node] = False
    return found
