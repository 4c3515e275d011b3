"""How long levels of effort and hammocks last: from the first of what they are tied to until the last."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare
from quarterdeck.engine.cpm.kernels.passes import w
from quarterdeck.engine.simulation.kernels.draws import Wholes
from quarterdeck.engine.simulation.kernels.instants import Ground
from quarterdeck.engine.simulation.kernels.passes import NONE, Dates, Logic, starts_of
from quarterdeck.engine.simulation.kernels.random import I4


class Efforts(NamedTuple):
    """Levels of effort; the ties of the k-th are first[k] to first[k + 1]. Their durations stand behind the nodes'."""

    first: Wholes
    node: Wholes
    of_finish: NDArray[np.bool_]  # the node's finish counts, else its start
    to_finish: NDArray[np.bool_]  # for the finish of the effort, else for its start
    lag: Wholes
    calendar: NDArray[np.int16]
    start: Wholes  # where nothing is tied to it, and what it lasts then
    given: Wholes


@compiled_bare
def span_efforts(efforts: Efforts, logic: Logic, ground: Ground, dates: Dates) -> None:
    """Fill the durations of levels of effort, minutes of work on their calendars."""
    start, finish, at = dates.scratch[0], dates.scratch[1], dates.scratch[2]
    nodes = len(logic.nodes.floor)
    for k in range(len(efforts.given)):
        for e in range(len(start)):
            start[e], finish[e] = -NONE, NONE
        for tie in range(efforts.first[k], efforts.first[k + 1]):
            node, lag = efforts.node[tie], efforts.lag[tie]
            if efforts.of_finish[tie]:
                for e in range(len(at)):
                    at[e] = dates.finish[node, e]
            else:
                starts_of(logic, dates, node, at)
            for e in range(len(at)):
                if efforts.to_finish[tie]:
                    finish[e] = max(finish[e], I4(at[e] + lag))
                else:
                    start[e] = min(start[e], I4(at[e] + lag))
        duration, calendar = dates.duration[nodes + k], efforts.calendar[k]
        for e in range(len(start)):
            begin = efforts.start[k] if start[e] == -NONE else start[e]
            if finish[e] == NONE:
                duration[e] = efforts.given[k]
            elif ground.several:
                last = w(ground.table, calendar, ground.origin + finish[e])
                duration[e] = I4(max(0, last - w(ground.table, calendar, ground.origin + begin)))
            else:
                duration[e] = I4(max(0, finish[e] - begin))
