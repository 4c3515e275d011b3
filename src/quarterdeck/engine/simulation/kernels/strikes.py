"""How long tasks take once risks strike them and branches leave them out, and the days that weather takes."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare
from quarterdeck.engine.simulation.kernels.draws import Drawn, Singles, Wholes, Words, uniform_row, whole_minutes
from quarterdeck.engine.simulation.kernels.random import F4, I4, U4, U8

ALL = U8(0xFFFFFFFFFFFFFFFF)
#: No finish is later; one that the days worked out do not reach is this.
BEYOND = 2**30

Masks = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class Strikes(NamedTuple):
    """What besides its own draw makes a task's duration.

    The tasks are `node`; the hits on the h-th are first[h] to first[h + 1], the branches that it hangs on gate[h] to
    gate[h + 1].
    """

    node: Wholes
    base: Wholes  # row that is drawn for the duration, -1: the fixed one
    fixed: Wholes
    extra: Singles  # minutes in which it is interrupted: they are added and not struck
    first: Wholes
    occurs: Wholes  # row of 0 and 1
    impact: Wholes  # row of what the risk does
    factor: Flags  # the impact multiplies the duration, else it is added
    parallel: Flags  # of those that strike side by side only the worst counts
    gate: Wholes
    branch: Wholes  # row of the alternative taken
    among: Masks  # alternatives in which the task is done


class Weather(NamedTuple):
    """Conditions of work by day: day d of conditions c."""

    stream: Words  # [c]: of the first day
    chance: Singles  # [c, d]: that the day is lost
    pace: Singles  # [c, d]: work done in a minute that is not


class Days(NamedTuple):
    """The days of one task in one block."""

    midnights: Wholes  # work that its calendar holds before each day
    pace: Singles
    lost: Masks


@compiled_bare
def lane_bit(e: int) -> U8:
    """Return the mask of one lane."""
    return U8(U8(1) << U8(e))


@compiled_bare
def bits(mask: U8) -> int:
    """Return how many lanes are in a mask."""
    x = U8(mask - ((mask >> U8(1)) & U8(0x5555555555555555)))
    x = U8((x & U8(0x3333333333333333)) + ((x >> U8(2)) & U8(0x3333333333333333)))
    x = U8((x + (x >> U8(4))) & U8(0x0F0F0F0F0F0F0F0F))
    return int(U8(x * U8(0x0101010101010101)) >> U8(56))


@compiled_bare
def combine(parallel: bool, product: bool, occurs: Singles, impact: Singles, suffered: Singles) -> None:
    """Take one impact into three rows: the greatest and the least of parallel ones, the serial ones together."""
    neutral = F4(1) if product else F4(0)
    most, least, serial = suffered[0], suffered[1], suffered[2]
    for e in range(len(most)):
        value = impact[e] if occurs[e] > F4(0) else neutral
        value = max(value, F4(0)) if product else value
        if parallel:
            most[e], least[e] = max(most[e], value), min(least[e], value)
        elif product:
            serial[e] = serial[e] * value
        else:
            serial[e] = serial[e] + value


@compiled_bare
def suffer(strikes: Strikes, h: int, product: bool, row: Singles, scratch: Singles) -> None:
    """Multiply, or else lengthen, the durations in the last row of `scratch` by the impacts of that sort."""
    neutral = F4(1) if product else F4(0)
    most, least, serial, out = scratch[0], scratch[1], scratch[2], scratch[3]
    for e in range(len(out)):
        most[e], least[e], serial[e] = neutral, neutral, neutral
    for k in range(strikes.first[h], strikes.first[h + 1]):
        if strikes.factor[k] == product:
            combine(strikes.parallel[k], product, row[strikes.occurs[k]], row[strikes.impact[k]], scratch)
    for e in range(len(out)):
        if product:
            out[e] = out[e] * most[e] * least[e] * serial[e]
        else:
            out[e] = out[e] + most[e] + least[e] + serial[e]


@compiled_bare
def strike(strikes: Strikes, drawn: Drawn, present: Masks) -> None:
    """Fill the durations of the tasks that are struck or left out, and in which lanes they are present.

    Duration = base * factors + delays, at least nil. Of parallel impacts the greatest counts, and of those that help
    the least. A task that is absent takes no time.
    """
    out = drawn.scratch[3]
    for h in range(len(strikes.node)):
        node, base, fixed = strikes.node[h], strikes.base[h], F4(strikes.fixed[h])
        for e in range(len(out)):
            out[e] = fixed if base < 0 else drawn.row[base, e]
        suffer(strikes, h, True, drawn.row, drawn.scratch)
        suffer(strikes, h, False, drawn.row, drawn.scratch)
        here = ALL
        for k in range(strikes.gate[h], strikes.gate[h + 1]):
            inside, taken = U8(0), drawn.row[strikes.branch[k]]
            for e in range(len(out)):
                inside |= U8(((strikes.among[k] >> U8(I4(taken[e]))) & U8(1)) << U8(e))
            here = U8(here & inside)
        present[node] = here
        duration = drawn.duration[node]
        whole_minutes(out, strikes.extra[h], duration)
        for e in range(len(out)):
            duration[e] = duration[e] if here & lane_bit(e) else I4(0)


@compiled_bare
def lose_days(weather: Weather, key: Words, block: int, drawn: Drawn, lost: NDArray[np.uint64]) -> None:
    """Fill which days are lost in which lanes: all tasks under the same conditions lose the same days."""
    share = drawn.scratch[0]
    for c in range(len(weather.stream)):
        for day in range(weather.chance.shape[1]):
            chance = weather.chance[c, day]
            gone = U8(0)
            if chance > F4(0):
                uniform_row(key, U4(weather.stream[c] + U4(day)), block, drawn.words, share)
                for e in range(len(share)):
                    gone |= U8(U8(1 if share[e] < chance else 0) << U8(e))
            lost[c, day] = gone


@compiled_bare
def endured(start: int, duration: int, days: Days, e: int) -> int:
    """Return when work that starts here is done, with the days that one lane loses; BEYOND when not within these days.

    A lost day does nothing, another as much a minute as its pace.
    """
    if duration <= 0:
        return start
    midnights = days.midnights
    low, high = 0, len(midnights) - 1
    while low < high:  # the last day that begins by then: the one in which work can start
        middle = (low + high + 1) // 2
        if midnights[middle] <= start:
            low = middle
        else:
            high = middle - 1
    left, at = float(duration), start
    for day in range(low, len(midnights) - 1):
        pace = 0.0 if days.lost[day] & lane_bit(e) else float(days.pace[day])
        can = (midnights[day + 1] - at) * pace
        if left <= can:
            return at + math.ceil(left / pace - 1e-9)
        left -= can
        at = midnights[day + 1]
    return BEYOND
