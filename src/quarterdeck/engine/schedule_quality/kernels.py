"""Which links say nothing that others do not say already.

A task is two events, its start and its finish (2i and 2i + 1), and a link is an edge between two of them; the start
leads to the finish. An event reaches another for certain when a path of edges without leads leads there. Sixty-four
events are asked about at once, one bit each, in one run back through the plan.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled
from quarterdeck.engine.cpm.layout import Ints, Rows, Small, Tiny

Bits: TypeAlias = NDArray[np.uint64]
Flags: TypeAlias = NDArray[np.bool_]

WORD = 64


class Edges(NamedTuple):
    """The links as `cpm.layout.Net` has them; `certain` ones may lie on a path, `judged` ones are asked about."""

    first: Rows
    pred: Rows
    kind: Tiny
    lag: Rows
    lag_calendar: Small
    certain: Flags
    judged: Flags


@compiled
def ends(edges: Edges, node: int, edge: int) -> tuple[int, int]:
    """Return the events at the ends of an edge that leads to a node."""
    kind = edges.kind[edge]
    return 2 * edges.pred[edge] + (1 - kind % 2), 2 * node + kind // 2


@compiled
def repeated(edges: Edges, node: int, edge: int) -> bool:
    """Say whether another link between the same events asks for more, or for as much and stands before this one."""
    mine = edges.lag[edge]
    for other in range(edges.first[node], edges.first[node + 1]):
        if other == edge or not edges.certain[other] or ends(edges, node, other) != ends(edges, node, edge):
            continue
        theirs = edges.lag[other]
        alike = edges.lag_calendar[other] == edges.lag_calendar[edge]
        if theirs == mine and (alike or mine == 0):
            if other < edge:
                return True
        elif (alike and theirs > mine) or mine <= 0:
            return True
    return False


@compiled
def reached(edges: Edges, nodes: tuple[int, int], bit: Tiny, direct: Bits, indirect: Bits) -> None:
    """Find which of the marked events are reached from the events of a range of nodes: by one edge, by more."""
    low, high = nodes
    direct[2 * low : 2 * high + 2] = 0
    indirect[2 * low : 2 * high + 2] = 0
    for node in range(high, low - 1, -1):
        start, finish = 2 * node, 2 * node + 1
        indirect[start] |= direct[finish] | indirect[finish]
        if bit[finish] >= 0:
            direct[start] |= np.uint64(1) << np.uint64(bit[finish])
        for edge in range(edges.first[node], edges.first[node + 1]):
            if not edges.certain[edge] or edges.pred[edge] < low:
                continue
            one, two = ends(edges, node, edge)
            indirect[one] |= direct[two] | indirect[two]
            if bit[two] >= 0:
                direct[one] |= np.uint64(1) << np.uint64(bit[two])


@compiled
def heaviest(edges: Edges, node: int, edge: int, leads: tuple[Bits, Bits, int], best: Ints) -> int:
    """Return the most lag, on the lag calendar of an edge, on any path of several edges between its ends, or -1."""
    one, two = ends(edges, node, edge)
    direct, indirect, bit = leads
    mask = np.uint64(1) << np.uint64(bit)
    low = one // 2
    best[2 * low : 2 * node + 2] = -1
    best[one] = 0
    found = -1
    for after in range(low, node + 1):
        start, finish = 2 * after, 2 * after + 1
        if after < node and (direct[start] | indirect[start] | direct[finish] | indirect[finish]) & mask == 0:
            continue
        for other in range(edges.first[after], edges.first[after + 1]):
            if not edges.certain[other] or edges.pred[other] < low:
                continue
            came, led = ends(edges, after, other)
            if best[came] < 0 or (came == one and led == two):
                continue
            more = edges.lag[other] if edges.lag_calendar[other] == edges.lag_calendar[edge] else 0
            if led == two:
                found = max(found, best[came] + more)
            best[led] = max(best[led], best[came] + more)
        if best[start] >= 0:
            best[finish] = max(best[finish], best[start])
            if finish == two:
                found = max(found, best[start])
    return int(found)


@compiled
def redundant(edges: Edges) -> Flags:
    """Return which of the judged edges follow from the others."""
    count = len(edges.first) - 1
    found = np.zeros(len(edges.pred), np.bool_)
    direct, indirect = np.zeros(2 * count, np.uint64), np.zeros(2 * count, np.uint64)
    best = np.empty(2 * count, np.int64)
    bit = np.full(2 * count, -1, np.int8)
    nodes = np.empty(WORD, np.int64)
    at = 0
    while at < count:
        asked = taken = 0
        low = high = at
        while at < count and asked + 2 <= WORD:
            least = at
            if edges.first[at + 1] - edges.first[at] > 1:
                for edge in range(edges.first[at], edges.first[at + 1]):
                    least = min(least, edges.pred[edge])
                    event = 2 * at + edges.kind[edge] // 2
                    if bit[event] < 0:
                        bit[event] = asked
                        asked += 1
                nodes[taken] = at
                taken += 1
                low, high = min(low, least), at
            at += 1
        reached(edges, (low, high), bit, direct, indirect)
        for place in range(taken):
            node = nodes[place]
            for edge in range(edges.first[node], edges.first[node + 1]):
                if not edges.judged[edge]:
                    continue
                one, two = ends(edges, node, edge)
                mask = np.uint64(1) << np.uint64(bit[two])
                if repeated(edges, node, edge):
                    found[edge] = True
                elif indirect[one] & mask != 0:
                    lag = edges.lag[edge]
                    leads = (direct, indirect, int(bit[two]))
                    found[edge] = lag <= 0 or heaviest(edges, node, edge, leads, best) >= lag
        for place in range(taken):
            bit[2 * nodes[place]] = -1
            bit[2 * nodes[place] + 1] = -1
    return found
