"""Compiled generation of resource-constrained schedules, and their justification.

A slot is the unit of time. What is free in a slot is one whole number: four resources to a word, fifteen bits to a
resource, the highest of them a guard that a subtraction clears when the resource does not suffice, so that one
subtraction and one mask judge four resources at once.

Every activity counts its time on a calendar: `slots[LOW:HIGH]` of it are the slots in which it may work, and
`before[c, t]` is the place in `slots` of the first of them from slot t on. A place is an index into `slots`.

The loops take their arrays one by one and are written out: a call with arrays inside them costs more than its work.
"""

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled, compiled_inline

Whole = NDArray[np.int64]

LANES, WIDTH = 4, 15
MOST = (1 << (WIDTH - 1)) - 1
"""The greatest capacity of a resource, in the smallest shares in which it is given out."""
GUARD = sum(1 << (WIDTH * lane + WIDTH - 1) for lane in range(LANES))

# Columns of an activity. PINNED: the slot in which it has begun, or -1; what it takes is taken off `full` already, its
# own need is nil. RANK: 0 goes first, never above a successor's.
DURATION, CALENDAR, LOW, HIGH, RELEASE, PINNED, SPLIT, RANK, PROJECT = range(9)
# Columns of an edge: the other activity, whether the predecessor's finish counts (else its start), whether it binds the
# successor's finish less its duration (else its start), slots of the clock to wait, working slots of the successor.
OTHER, BY_FINISH, TO_FINISH, WAIT, LAG = range(5)
# Columns of a schedule: first slot, slot after the last, place of the first.
START, FINISH, PLACE = range(3)

NO_ROOM = -1
"""What a pass returns when the horizon is too short."""


@compiled_inline
def room(free: Whole, need: Whole, j: int, slot: int) -> bool:
    """Whether the resources of `j` are free in the slot."""
    enough = True
    for w in range(need.shape[1]):
        if (free[slot, w] - need[j, w]) & GUARD != GUARD:
            enough = False
    return enough


@compiled_inline
def earliest(  # noqa: PLR0917
    edges: Whole, first: int, last: int, before: Whole, c: int, state: Whole, place: int
) -> int:
    """The first place, `place` at least, at which the predecessors in these edges allow a start."""
    top = before.shape[1] - 1
    for e in range(first, last):
        at = (state[edges[e, OTHER], FINISH] if edges[e, BY_FINISH] else state[edges[e, OTHER], START]) + edges[e, WAIT]
        place = max(place, before[c, min(max(at, 0), top)] + edges[e, LAG])
    return place


@compiled
def forward(  # noqa: PLR0917  compiled: arrays one by one
    order: Whole,
    act: Whole,
    need: Whole,
    pred_of: Whole,
    pred: Whole,
    slots: Whole,
    before: Whole,
    free: Whole,
    state: Whole,
) -> int:
    """Serial generation: each in the order given starts as soon as predecessors and resources allow.

    `free` is used up. Returns the makespan in slots, or NO_ROOM.
    """
    makespan, top = 0, before.shape[1] - 1
    for turn in range(len(order)):
        j = order[turn]
        d, c, last = act[j, DURATION], act[j, CALENDAR], act[j, HIGH]
        u = before[c, min(max(act[j, RELEASE], act[j, PINNED]), top)]
        if act[j, PINNED] < 0:
            u = earliest(pred, pred_of[j], pred_of[j + 1], before, c, state, u)
            if act[j, SPLIT]:
                while u < last and not room(free, need, j, slots[u]):
                    u += 1
            else:
                v = u + d - 1
                while v >= u and u + d <= last:
                    if room(free, need, j, slots[v]):
                        v -= 1
                    else:
                        u = v + 1
                        v = u + d - 1
        left, v = d, u
        while left and v < last:
            if not act[j, SPLIT] or act[j, PINNED] >= 0 or room(free, need, j, slots[v]):
                for w in range(need.shape[1]):
                    free[slots[v], w] -= need[j, w]
                left -= 1
            v += 1
        if left or u >= last:
            return NO_ROOM
        state[j, START] = slots[u]
        state[j, FINISH] = slots[v - 1] + 1 if d else slots[u]
        state[j, PLACE] = u
        makespan = max(makespan, state[j, FINISH])
    return makespan


@compiled_inline
def latest(  # noqa: PLR0917
    edges: Whole,
    first: int,
    last: int,
    act: Whole,
    slots: Whole,
    before: Whole,
    c: int,
    d: int,
    state: Whole,
    place: int,
) -> int:
    """The last place, `place` at most, from which a start and a run of `d` suit the successors in these edges."""
    top = before.shape[1] - 1
    for e in range(first, last):
        i = edges[e, OTHER]
        q = before[act[i, CALENDAR], state[i, FINISH]] - act[i, DURATION] if edges[e, TO_FINISH] else state[i, PLACE]
        q = max(q - edges[e, LAG], act[i, LOW])
        if q < act[i, HIGH]:
            at = slots[q] - edges[e, WAIT]
            if edges[e, BY_FINISH]:
                place = min(place, before[c, min(max(at, 0), top)] - d)
            else:
                place = min(place, before[c, min(max(at + 1, 0), top)] - 1)
    return place


@compiled
def backward(  # noqa: PLR0917
    order: Whole,
    act: Whole,
    need: Whole,
    succ_of: Whole,
    succ: Whole,
    slots: Whole,
    before: Whole,
    free: Whole,
    state: Whole,
    makespan: int,
) -> None:
    """The mirror of `forward`: each in the order given as late as successors, resources and the makespan allow.

    Each finds a place no earlier than it has, since those before it in the order have only moved away.
    """
    for turn in range(len(order)):
        j = order[turn]
        d, c, first = act[j, DURATION], act[j, CALENDAR], act[j, LOW]
        u = before[c, makespan] - d
        u = latest(succ, succ_of[j], succ_of[j + 1], act, slots, before, c, d, state, u)
        if act[j, PINNED] >= 0:
            u = before[c, act[j, PINNED]]
        if act[j, SPLIT] and act[j, PINNED] < 0:
            v = u + d - 1
            left, high = d, -1
            while left and v >= first:
                if room(free, need, j, slots[v]):
                    for w in range(need.shape[1]):
                        free[slots[v], w] -= need[j, w]
                    high = max(high, v)
                    u = v
                    left -= 1
                v -= 1
            state[j, FINISH] = slots[high] + 1
        else:
            v = u
            while v < u + d and u > first and act[j, PINNED] < 0:
                if room(free, need, j, slots[v]):
                    v += 1
                else:
                    u = v - d
                    v = u
            for v in range(u, u + d):
                for w in range(need.shape[1]):
                    free[slots[v], w] -= need[j, w]
            state[j, FINISH] = slots[u + d - 1] + 1 if d else slots[u]
        state[j, START] = slots[u]
        state[j, PLACE] = u


@compiled
def ordered(  # noqa: PLR0917
    state: Whole, column: int, most: int, descending: bool, counts: Whole, into: Whole
) -> None:
    """The activities by a column of the schedule (values 0 to `most`), by counting. Equal ones stay in order of index.

    Descending, the whole order is turned round, equal ones too: the order stays one of precedence when indices are.
    """
    n = len(state)
    for v in range(most + 2):
        counts[v] = 0
    for j in range(n):
        counts[state[j, column] + 1] += 1
    for v in range(most + 1):
        counts[v + 1] += counts[v]
    for j in range(n):
        turn = counts[state[j, column]]
        counts[state[j, column]] += 1
        into[n - 1 - turn if descending else turn] = j


@compiled
def reset(free: Whole, full: Whole, top: int) -> None:
    """Give back what was taken in the slots before `top`."""
    for slot in range(top):
        for w in range(full.shape[1]):
            free[slot, w] = full[slot, w]
