"""Compiled test whether work can be done in a given time at all, by the energy that every span must take up."""

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled

Whole = NDArray[np.int64]


@compiled
def overloaded(  # noqa: PLR0917  compiled: arrays one by one
    head: Whole, tail: Whole, duration: Whole, need: Whole, capacity: Whole, length: int
) -> bool:
    """Whether no schedule of this length exists, by energetic reasoning (Erschler, Lopez & Thuriot, 1991).

    `head` (n,) is the least start, `tail` (n,) the least time from a finish to the end. Of each activity, pushed to the
    left and to the right, at least the lesser part lies in a span; all parts together must not exceed the span.
    """
    n = len(head)
    last = length - tail - duration
    for j in range(n):
        if last[j] < head[j]:
            return True
    lows = np.unique(np.concatenate((head, last)))
    highs = np.unique(np.concatenate((head + duration, length - tail)))
    for low in lows:
        for high in highs:
            if high <= low:
                continue
            for k in range(need.shape[1]):
                energy = 0
                for j in range(n):
                    part = min(duration[j], high - low, head[j] + duration[j] - low, high - last[j])
                    if part > 0:
                        energy += part * need[j, k]
                if energy > capacity[k] * (high - low):
                    return True
    return False
