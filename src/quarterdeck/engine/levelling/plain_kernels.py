"""The passes of `kernels` for the plain case: one calendar, four resources at most, nothing split or begun.

More than twice as fast, since a slot is its own place and one word holds all resources. Both give the same schedule.
"""

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled
from quarterdeck.engine.levelling.kernels import FINISH, GUARD, NO_ROOM, PLACE, START

Whole = NDArray[np.int64]

BEFORE, STEP = range(2)
"""Columns of a plain edge: the other activity, and the slots from start to start."""


@compiled
def plain_forward(  # noqa: PLR0917  compiled: arrays one by one
    order: Whole, duration: Whole, release: Whole, need: Whole, pred_of: Whole, pred: Whole, free: Whole, state: Whole
) -> int:
    """Serial generation, see `kernels.forward`. `need` (n,) and `free` (slots,). The makespan, or NO_ROOM."""
    makespan, count = 0, len(free)
    for turn in range(len(order)):
        j = order[turn]
        d, n, s = duration[j], need[j], release[j]
        for e in range(pred_of[j], pred_of[j + 1]):
            s = max(s, state[pred[e, BEFORE], START] + pred[e, STEP])
        if s + d > count:
            return NO_ROOM
        u = s + d - 1
        while u >= s:
            if (free[u] - n) & GUARD == GUARD:
                u -= 1
            else:
                s = u + 1
                u = s + d - 1
                if u >= count:
                    return NO_ROOM
        for u in range(s, s + d):
            free[u] -= n
        state[j, START] = s
        state[j, FINISH] = s + d
        state[j, PLACE] = s
        makespan = max(makespan, s + d)
    return makespan


@compiled
def plain_backward(  # noqa: PLR0917
    order: Whole, duration: Whole, need: Whole, succ_of: Whole, succ: Whole, free: Whole, state: Whole, makespan: int
) -> int:
    """The mirror of `plain_forward`, see `kernels.backward`. The first slot taken, or NO_ROOM where none is left."""
    least = makespan
    for turn in range(len(order)):
        j = order[turn]
        d, n = duration[j], need[j]
        s = makespan - d
        for e in range(succ_of[j], succ_of[j + 1]):
            s = min(s, state[succ[e, BEFORE], START] - succ[e, STEP])
        u = s
        while 0 <= u < s + d:
            if (free[u] - n) & GUARD == GUARD:
                u += 1
            else:
                s = u - d
                u = s
        if s < 0:
            return NO_ROOM
        for u in range(s, s + d):
            free[u] -= n
        state[j, START] = s
        state[j, FINISH] = s + d
        state[j, PLACE] = s
        least = min(least, s)
    return least
