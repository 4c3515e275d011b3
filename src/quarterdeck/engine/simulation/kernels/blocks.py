"""Whole blocks of iterations, one after the other; what a thread is given to do.

What is kept on disk of a kernel is thrown away when its own file changes, not when one below it does: with every change
of another kernel goes one here. Last: ranks of steps and of all that a risk does.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare
from quarterdeck.engine.simulation.kernels.draws import Drawn, Draws, Grades, Wholes, draw
from quarterdeck.engine.simulation.kernels.efforts import Efforts, span_efforts
from quarterdeck.engine.simulation.kernels.instants import Ground, forward_instants
from quarterdeck.engine.simulation.kernels.passes import Dates, Logic, forward, settle, trace
from quarterdeck.engine.simulation.kernels.random import F4, U8
from quarterdeck.engine.simulation.kernels.strikes import ALL, Masks, Strikes, bits, lose_days, strike
from quarterdeck.engine.simulation.kernels.tally import (
    Costs,
    Doubles,
    Drivers,
    Due,
    Gauge,
    Money,
    Sums,
    compare,
    count_costs,
    count_dates,
    count_kept,
    count_occurred,
    grade_drivers,
    grade_of,
    price,
)


class Model(NamedTuple):
    """The plan and what is not known of it."""

    logic: Logic
    draws: Draws
    strikes: Strikes
    efforts: Efforts
    costs: Costs


class Room(NamedTuple):
    """What one thread works in."""

    drawn: Drawn
    dates: Dates
    ground: Ground
    money: Money
    critical: Masks  # by node
    unmarked: Masks  # none
    grades: Grades  # of finish and cost


class Measures(NamedTuple):
    """How what comes out is counted."""

    durations: Gauge
    finishes: Gauge
    costs: Gauge
    due: Due
    drivers: Drivers


class Totals(NamedTuple):
    """The finish and the cost of the whole in every iteration."""

    finish: Wholes
    cost: Doubles


class Survey(NamedTuple):
    """What the first iterations showed: least and most, [:, 2], and all durations of some nodes."""

    watched: Wholes
    finish: Doubles  # of the watched nodes
    cost: Doubles
    ranked: Wholes
    seen: Wholes  # [ranked, iteration]


class Kept(NamedTuple):
    """The finishes and the durations of some nodes in every iteration."""

    node: Wholes
    finish: Wholes  # [node, iteration]
    duration: Wholes


class Found(NamedTuple):
    """Where what is found goes; what is not asked for is left alone."""

    totals: Totals
    survey: Survey
    measures: Measures
    sums: Sums
    kept: Kept


#: What blocks are worked out for: the dates of durations that are there, the whole alone, a survey, counts, what is
#: kept.
ONCE, TOTALS, SURVEY, COUNTS, KEPT = range(5)


@compiled_bare
def date(model: Model, room: Room, critical: Masks) -> None:
    """Find the dates that follow from the durations of a block, and what is critical, where there is room for marks."""
    if room.ground.several:
        forward_instants(room.ground, model.logic, room.dates, critical)
        return
    forward(model.logic, room.dates)
    if len(critical) > 0:
        trace(model.logic, room.dates, critical)
    settle(model.logic, room.dates)


@compiled_bare
def iterate(model: Model, room: Room, block: int, without: int, critical: Masks) -> None:
    """Work one block out; `without` is the row of a risk that is not to occur, -1: none."""
    draw(model.draws, room.drawn, block)
    if without >= 0:
        gone = room.drawn.row[without]
        for e in range(len(gone)):
            gone[e] = F4(0)
    strike(model.strikes, room.drawn, room.dates.present)
    lose_days(model.logic.weather, model.draws.key, block, room.drawn, room.dates.lost)
    date(model, room, critical)
    span_efforts(model.efforts, model.logic, room.ground, room.dates)
    price(model.costs, room.dates, room.drawn.row, room.money)


@compiled_bare
def note(room: Room, block: int, totals: Totals) -> int:
    """Write the finishes and costs of a block down; return how many of its lanes are asked for."""
    lanes = len(room.dates.total)
    begin = block * lanes
    used = min(lanes, len(totals.finish) - begin)
    for e in range(used):
        totals.finish[begin + e] = room.dates.total[e]
        totals.cost[begin + e] = room.money.total[e]
    return used


@compiled_bare
def extend_whole(least_most: Doubles, row: Wholes) -> None:
    """Take a row into its range."""
    least, most = row[0], row[0]
    for e in range(len(row)):
        least, most = min(least, row[e]), max(most, row[e])
    least_most[0] = min(least_most[0], least)
    least_most[1] = max(least_most[1], most)


@compiled_bare
def look(room: Room, begin: int, used: int, survey: Survey) -> None:
    """Take a block into a survey."""
    for k in range(len(survey.watched)):
        extend_whole(survey.finish[k], room.dates.finish[survey.watched[k]][:used])
    for c in range(len(survey.cost)):
        least_most, cost = survey.cost[c], room.money.cost[c]
        for e in range(used):
            least_most[0] = min(least_most[0], cost[e])
            least_most[1] = max(least_most[1], cost[e])
    for k in range(len(survey.ranked)):
        for e in range(used):
            survey.seen[k, begin + e] = room.dates.duration[survey.ranked[k], e]


@compiled_bare
def count_critical(room: Room, used: int, count: NDArray[np.int64]) -> None:
    """Count in how many lanes each node is critical, among those asked for."""
    asked = U8(ALL >> U8(len(room.dates.total) - used))
    for i in range(len(count)):
        count[i] += bits(U8(room.critical[i] & room.dates.present[i] & asked))


@compiled_bare
def tally(room: Room, used: int, measures: Measures, sums: Sums) -> None:
    """Count a block."""
    drivers, drawn, dates = measures.drivers, room.drawn, room.dates
    count_critical(room, used, sums.critical)
    count_dates(measures.durations, measures.finishes, dates, used, sums)
    count_kept(measures.due, dates, used, sums.kept)
    count_occurred(drivers, drawn.row, used, sums.occurred)
    count_costs(measures.costs, room.money.cost, dates.scratch[0][:used], sums)
    finish, cost = room.grades[0][:used], room.grades[1][:used]
    for e in range(used):
        finish[e] = grade_of(dates.total[e], drivers.finish_seen)
        cost[e] = grade_of(room.money.total[e], drivers.cost_seen)
    grade_drivers(drivers, drawn, dates)
    compare(drawn.grade, finish, cost, sums.driver)


@compiled_bare
def run(model: Model, room: Room, blocks: tuple[int, int], task: tuple[int, int], found: Found) -> None:
    """Work the blocks from one to another out.

    `task` is what for and the row of a risk that is not to occur, -1: none. One kernel does it all, since each kernel
    that is called from outside is compiled as a whole.
    """
    what, without = task
    if what == ONCE:
        date(model, room, room.unmarked)
        span_efforts(model.efforts, model.logic, room.ground, room.dates)
        return
    for block in range(blocks[0], blocks[1]):
        iterate(model, room, block, without, room.critical if what == COUNTS else room.unmarked)
        used = note(room, block, found.totals)
        begin = block * len(room.dates.total)
        if what == SURVEY:
            look(room, begin, used, found.survey)
        elif what == COUNTS:
            tally(room, used, found.measures, found.sums)
        elif what == KEPT:
            for k in range(len(found.kept.node)):
                for e in range(used):
                    found.kept.finish[k, begin + e] = room.dates.finish[found.kept.node[k], e]
                    found.kept.duration[k, begin + e] = room.dates.duration[found.kept.node[k], e]
