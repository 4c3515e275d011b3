"""Compiled smoothing: each activity in turn to where, inside its float, the resources are used the most evenly."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled
from quarterdeck.engine.levelling.kernels import (
    CALENDAR,
    DURATION,
    FINISH,
    HIGH,
    LOW,
    PINNED,
    PLACE,
    RELEASE,
    START,
    earliest,
    latest,
)

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

AT_PEAK = 1e6
"""What a slot costs in which a resource is asked for as much as the peak to be got below; squares are small beside."""
SAME = 1e-9


@compiled
def measured(use: Real) -> tuple[float, float]:
    """The greatest use of any resource in any slot over what it has, and the sum of squares of all such ratios."""
    peak, squares = 0.0, 0.0
    for t in range(use.shape[0]):
        for k in range(use.shape[1]):
            peak = max(peak, use[t, k])
            squares += use[t, k] * use[t, k]
    return peak, squares


@compiled
def put(  # noqa: PLR0917  compiled: arrays one by one
    instance: "Instance", j: int, asked: Real, state: Whole, use: Real, sign: float
) -> None:
    """Add what activity `j` asks for to the use where it stands, or with a `sign` of -1 take it off."""
    for v in range(state[j, PLACE], state[j, PLACE] + instance.act[j, DURATION]):
        for k in range(use.shape[1]):
            use[instance.slots[v], k] += sign * asked[j, k]


@compiled
def weigh(j: int, asked: Real, slots: Whole, use: Real, peak: float, added: Real) -> None:  # noqa: PLR0917
    """What activity `j` would add in each of these slots, written to `added`."""
    for v in range(len(slots)):
        cost = 0.0
        for k in range(use.shape[1]):
            if asked[j, k] > 0:
                after = use[slots[v], k] + asked[j, k]
                cost += after * after - use[slots[v], k] * use[slots[v], k]
                if after > peak - SAME:
                    cost += AT_PEAK
        added[v] = cost


@compiled
def moved(  # noqa: PLR0917  compiled: arrays one by one
    instance: "Instance",
    j: int,
    asked: Real,
    state: Whole,
    use: Real,
    end: int,
    peak: float,
    late: bool,
    anywhere: bool,
    added: Real,
) -> bool:
    """Put activity `j` to the place between its neighbours at which it costs least; whether it moved for the better.

    Among equal ones the last if `late`, else the first. `anywhere`: to a place drawn at random instead.
    """
    act, slots, before = instance.act, instance.slots, instance.before
    pred_of, succ_of, top = instance.pred_of, instance.succ_of, before.shape[1] - 1
    d, c = act[j, DURATION], act[j, CALENDAR]
    if act[j, PINNED] >= 0:
        return False
    low = before[c, min(max(act[j, RELEASE], 0), top)]
    low = earliest(instance.pred, pred_of[j], pred_of[j + 1], before, c, state, max(low, act[j, LOW]))
    high = latest(instance.succ, succ_of[j], succ_of[j + 1], act, slots, before, c, d, state, before[c, end] - d)
    # Something that takes no time may end with the plan, where no slot is left to begin in.
    high = min(high, act[j, HIGH] - max(d, 1))
    if high <= low:
        return False
    old = state[j, PLACE]
    put(instance, j, asked, state, use, -1.0)
    weigh(j, asked, slots[low : high + d], use, peak, added)
    total = 0.0
    for v in range(d):
        total += added[v]
    least, pick, stay = total, low, total
    for u in range(low, high + 1):
        if u > low:
            total += added[u + d - 1 - low] - added[u - 1 - low]
        if u == old:
            stay = total
        if total < least - SAME or (late and total <= least + SAME):
            least, pick = min(total, least), u
    if anywhere:
        pick = low + np.random.randint(high - low + 1)
    state[j, PLACE], state[j, START] = pick, slots[pick]
    state[j, FINISH] = slots[pick + d - 1] + 1 if d else slots[pick]
    put(instance, j, asked, state, use, 1.0)
    return least < stay - SAME


@compiled
def smoothed(  # noqa: PLR0917
    instance: "Instance", asked: Real, state: Whole, end: int, rounds: int, seed: int
) -> None:
    """Improve `state` for so many rounds: shake some activities, then settle all, backwards and forwards in turn.

    Settling follows Burgess & Killebrew (1962); each round tries to get below the peak of the best so far.
    """
    np.random.seed(seed)
    n = len(state)
    use = np.zeros((instance.before.shape[1], asked.shape[1]))
    added = np.zeros(len(instance.slots) + 1)
    for j in range(n):
        put(instance, j, asked, state, use, 1.0)
    best, (peak, squares) = state.copy(), measured(use)
    for turn in range(rounds):
        if turn:
            for _ in range(1 + np.random.randint(1 + max(2, n // 10))):
                moved(instance, np.random.randint(n), asked, state, use, end, peak, False, True, added)
        for sweep in range(50):
            better = False
            for step in range(n):
                j = n - 1 - step if sweep % 2 == 0 else step
                better = moved(instance, j, asked, state, use, end, peak, sweep % 2 == 0, False, added) or better
            if not better and sweep % 2:
                break
        now, sum_now = measured(use)
        if now < peak - SAME or (now <= peak + SAME and sum_now < squares - SAME):
            best, peak, squares = state.copy(), now, sum_now
        elif now > peak + SAME or sum_now > squares + SAME:
            state[:] = best
            use[:] = 0.0
            for j in range(n):
                put(instance, j, asked, state, use, 1.0)
    state[:] = best
