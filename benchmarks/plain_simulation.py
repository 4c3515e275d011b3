"""What a simulation costs when it is written down plainly: the yardstick of `benchmarks.simulation`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled


@compiled
def simulated(
    graph: tuple[Any, Any, Any, Any], durations: NDArray[np.int64], iterations: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return finishes by iteration and how often each node was critical; triangular durations from 80 % to 160 %.

    `graph` is where the links into each node begin, their predecessors, kinds and lags.
    """
    first, pred, kind, lag = graph
    np.random.seed(seed)
    count = len(durations)
    finishes, critical = np.empty(iterations, np.int64), np.zeros(count, np.int64)
    start, finish, late = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    drawn = np.empty(count, np.int64)
    for iteration in range(iterations):
        total = 0
        for i in range(count):
            planned = durations[i]
            drawn[i] = int(np.random.triangular(0.8 * planned, planned, 1.6 * planned) + 0.5)
            begin = 0
            for edge in range(first[i], first[i + 1]):
                before = start[pred[edge]] if kind[edge] & 1 else finish[pred[edge]]
                begin = max(begin, before + lag[edge] - (drawn[i] if kind[edge] & 2 else 0))
            start[i] = begin
            finish[i] = begin + drawn[i]
            total = max(total, finish[i])
        late[:] = total
        for i in range(count - 1, -1, -1):
            if late[i] == finish[i]:
                critical[i] += 1
            for edge in range(first[i], first[i + 1]):
                after = late[i] if kind[edge] & 2 else late[i] - drawn[i]
                after -= lag[edge]
                late[pred[edge]] = min(late[pred[edge]], after + drawn[pred[edge]] if kind[edge] & 1 else after)
        finishes[iteration] = total
    return finishes, critical
