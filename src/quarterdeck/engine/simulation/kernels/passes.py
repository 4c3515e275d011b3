"""From durations to dates in work time: the forward pass, and what is critical.

Nodes stand in topological order. Times are whole minutes of work since the start of the plan on the one calendar that
it has, so that a start is the finish less the duration; plans with several calendars go through `instants` instead.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare, compiled_inline
from quarterdeck.engine.simulation.kernels.draws import Wholes
from quarterdeck.engine.simulation.kernels.random import I4, U8
from quarterdeck.engine.simulation.kernels.strikes import BEYOND, Days, Flags, Masks, Weather, endured, lane_bit

#: No floor; far below any time, and far enough from the end of the numbers to be added to.
NONE = -(2**30)

#: Kinds of links are those of `LinkKind`: odd ones leave from the start, those from 2 on bind the finish.
FINISH_START, START_START, FINISH_FINISH = 0, 1, 2
#: What a lag is: minutes of work, or hundredths of a percent of the predecessor's duration.
MINUTES, PERCENT = 0, 1


class Links(NamedTuple):
    """Links by successor: those into node i are first[i] to first[i + 1]."""

    first: Wholes
    pred: Wholes
    kind: NDArray[np.int8]
    lag: Wholes
    unit: NDArray[np.int8]
    gated: Flags  # an end may be absent; the lag is then void
    plain: Flags  # a lag in minutes, never void, and neither end is special


class Nodes(NamedTuple):
    """What holds of each node."""

    floor: Wholes  # starts no earlier
    finish_floor: Wholes  # finishes no earlier
    earliest: Flags  # starts with the first, not the last, of what leads to it
    last: Flags  # nothing that follows is sure to finish as late
    weather: Wholes  # number of its conditions, -1: none
    outdoors: Wholes  # row of its start, where that is kept: it has conditions; else -1


class Logic(NamedTuple):
    """The graph and the weather over it."""

    links: Links
    nodes: Nodes
    weather: Weather
    midnights: Wholes  # work before each day


class Dates(NamedTuple):
    """What comes out for one block, by node and lane."""

    scratch: Wholes  # four rows
    duration: Wholes
    finish: Wholes
    start: Wholes  # of outdoor nodes: it does not follow from finish and duration
    total: Wholes  # finish of the whole
    present: Masks
    lost: NDArray[np.uint64]  # [c, d]


@compiled_inline
def push(link: tuple[int, int], before: Wholes, duration: Wholes, own: Wholes, start: Wholes) -> None:
    """Put a row of starts off to where a plain link leads; `link` is kind and lag.

    `before` and `duration` are finishes and durations of the predecessor, `own` is how long the successor takes.
    """
    kind, lag = link[0], I4(link[1])
    if kind == FINISH_START:
        for e in range(len(start)):
            start[e] = max(start[e], I4(before[e] + lag))
    elif kind == START_START:
        for e in range(len(start)):
            start[e] = max(start[e], I4(before[e] - duration[e] + lag))
    elif kind == FINISH_FINISH:
        for e in range(len(start)):
            start[e] = max(start[e], I4(before[e] - own[e] + lag))
    else:
        for e in range(len(start)):
            start[e] = max(start[e], I4(before[e] - duration[e] - own[e] + lag))


@compiled_inline
def starts_of(logic: Logic, dates: Dates, i: int, out: Wholes) -> None:
    """Fill a row with the starts of a node."""
    finish, duration, outdoors = dates.finish[i], dates.duration[i], logic.nodes.outdoors[i]
    if outdoors >= 0:
        start = dates.start[outdoors]
        for e in range(len(out)):
            out[e] = start[e]
    else:
        for e in range(len(out)):
            out[e] = I4(finish[e] - duration[e])


@compiled_inline
def asked(logic: Logic, dates: Dates, j: int, i: int, out: Wholes) -> None:
    """Fill a row with the start that any link asks of its successor, node i."""
    links = logic.links
    p, kind, lag = links.pred[j], links.kind[j], I4(links.lag[j])
    before, duration = dates.finish[p], dates.duration[p]
    if kind & 1:
        before = dates.scratch[3]
        starts_of(logic, dates, p, before)
    for e in range(len(out)):
        out[e] = I4(before[e] + lag)
    if links.unit[j] == PERCENT:
        for e in range(len(out)):
            waited = (np.int64(duration[e]) * np.int64(lag) + np.int64(5000)) // np.int64(10000)
            out[e] = I4(before[e] + I4(waited))
    if links.gated[j]:
        both = U8(dates.present[p] & dates.present[i])
        for e in range(len(out)):
            out[e] = out[e] if both & lane_bit(e) else before[e]
    if kind & 2:
        own = dates.duration[i]
        for e in range(len(out)):
            out[e] = I4(out[e] - own[e])


@compiled_bare
def pull(logic: Logic, dates: Dates, j: int, i: int, start: Wholes) -> None:
    """Put a row of starts off to where a link leads that is not plain."""
    other = dates.scratch[1]
    asked(logic, dates, j, i, other)
    if logic.nodes.earliest[i] and j > logic.links.first[i]:
        for e in range(len(start)):
            start[e] = min(start[e], other[e])
    else:
        for e in range(len(start)):
            start[e] = max(start[e], other[e])


@compiled_inline
def plain_pair(links: Links, dates: Dates, i: int, bounds: tuple[int, int]) -> None:
    """Fill the finishes of a node behind one or two plain links, in one go; `bounds`: what start and finish keep to."""
    j, k = links.first[i], links.first[i + 1] - 1
    p, q, lag, other = links.pred[j], links.pred[k], I4(links.lag[j]), I4(links.lag[k])
    floor, least, own, finish = I4(bounds[0]), I4(bounds[1]), dates.duration[i], dates.finish[i]
    before, beside = dates.finish[p], dates.finish[q]
    if links.kind[j] == FINISH_START and links.kind[k] == FINISH_START:
        for e in range(len(finish)):
            start = max(floor, I4(before[e] + lag), I4(beside[e] + other))
            finish[e] = min(max(I4(start + own[e]), least), I4(BEYOND))
        return
    # What a link takes off, as masks: the duration of its predecessor, that of the node.
    from_start, to_finish = I4(-(links.kind[j] & 1)), I4(-(links.kind[j] >> 1))
    and_start, and_finish = I4(-(links.kind[k] & 1)), I4(-(links.kind[k] >> 1))
    long, wide = dates.duration[p], dates.duration[q]
    for e in range(len(finish)):
        one = I4(before[e] + lag - (long[e] & from_start) - (own[e] & to_finish))
        two = I4(beside[e] + other - (wide[e] & and_start) - (own[e] & and_finish))
        finish[e] = min(max(I4(max(floor, one, two) + own[e]), least), I4(BEYOND))


@compiled_bare
def forward(logic: Logic, dates: Dates) -> None:
    """Fill the finishes of all nodes, and of the whole."""
    links, nodes, start, total = logic.links, logic.nodes, dates.scratch[0], dates.total
    for e in range(len(total)):
        total[e] = NONE
    for i in range(len(nodes.floor)):
        floor, least, duration, finish = nodes.floor[i], nodes.finish_floor[i], dates.duration[i], dates.finish[i]
        first, end = links.first[i], links.first[i + 1]
        if 0 < end - first <= 2 and links.plain[first] and links.plain[end - 1]:
            plain_pair(links, dates, i, (floor, least))
        else:
            for e in range(len(start)):
                start[e] = floor
            for j in range(first, end):
                if links.plain[j]:
                    p = links.pred[j]
                    push((links.kind[j], links.lag[j]), dates.finish[p], dates.duration[p], duration, start)
                else:
                    pull(logic, dates, j, i, start)
            for e in range(len(start)):
                finish[e] = min(max(I4(start[e] + duration[e]), least), I4(BEYOND))
        if nodes.weather[i] >= 0:
            endure(logic, dates, i)
        if nodes.last[i]:
            for e in range(len(total)):
                total[e] = max(total[e], finish[e])


@compiled_bare
def endure(logic: Logic, dates: Dates, i: int) -> None:
    """Put the finish of a node that works under conditions off by what they cost it, and keep its start."""
    c, outdoors = logic.nodes.weather[i], logic.nodes.outdoors[i]
    start, finish, duration = dates.start[outdoors], dates.finish[i], dates.duration[i]
    days = Days(logic.midnights, logic.weather.pace[c], dates.lost[c])
    for e in range(len(start)):
        start[e] = I4(finish[e] - duration[e])
    for e in range(len(start)):
        finish[e] = I4(endured(start[e], duration[e], days, e))


@compiled_bare
def settle(logic: Logic, dates: Dates) -> None:
    """Make the durations of nodes under conditions what they took."""
    for i in range(len(logic.nodes.outdoors)):
        outdoors = logic.nodes.outdoors[i]
        if outdoors >= 0:
            start, finish, duration = dates.start[outdoors], dates.finish[i], dates.duration[i]
            for e in range(len(start)):
                duration[e] = I4(finish[e] - start[e])


@compiled_inline
def alike(one: Wholes, other: Wholes) -> U8:
    """Return the lanes in which two rows are the same."""
    found = U8(0)
    for e in range(len(one)):
        found |= U8(U8(1 if one[e] == other[e] else 0) << U8(e))
    return found


@compiled_bare
def trace(logic: Logic, dates: Dates, critical: Masks) -> None:
    """Mark for each node the lanes in which it is critical: on a chain of links that decide the end of the plan.

    What ends last is critical, and so is what decides the start of something critical. Few nodes are, so links are
    looked at only behind those.
    """
    links, nodes, start, other = logic.links, logic.nodes, dates.scratch[0], dates.scratch[1]
    for i in range(len(critical)):
        critical[i] = U8(0)
    for back in range(len(critical)):
        i = len(critical) - 1 - back
        if nodes.last[i]:
            critical[i] |= alike(dates.finish[i], dates.total)
        if critical[i]:
            starts_of(logic, dates, i, start)
            for j in range(links.first[i], links.first[i + 1]):
                asked(logic, dates, j, i, other)
                critical[links.pred[j]] |= critical[i] & alike(other, start)
