"""What is kept of a block: money, and counts by which distributions are known without their values.

Finishes are counted by **bins**, 128 between what was seen first and a quarter of that more on either side; what lies
beyond falls into the first or the last. Durations that are more than one draw, and costs, are counted in **ticks**,
65,536 over as much and 4,096 times as far: their sum and that of their squares give mean and deviation, of what is rare
and far away too. All sums are of whole numbers, so that their order does not matter.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare, compiled_inline
from quarterdeck.engine.simulation.kernels.draws import FULL, Drawn, Grades, Singles, Wholes, Words
from quarterdeck.engine.simulation.kernels.passes import Dates
from quarterdeck.engine.simulation.kernels.random import F4, I2, I4, U2, U4, U8

TICKS = 65536
FARTHEST = 4096 * TICKS
LOW_BITS = 0xFFFFFFFF
BINS = 128

Counts = NDArray[np.int64]
Bins = NDArray[np.uint16]
Doubles = NDArray[np.float64]


class Costs(NamedTuple):
    """What tasks cost: an amount and so much a minute, each given or drawn; and what risks cost when they occur."""

    node: Wholes
    amount: Doubles
    amount_row: Wholes  # row that is drawn for it, -1: as given
    rate: Doubles
    rate_row: Wholes
    loss_occurs: Wholes  # row of 0 and 1
    loss_row: Wholes


class Money(NamedTuple):
    """What tasks with a cost and all together cost in each lane of a block."""

    cost: Doubles
    total: Doubles


class Gauge(NamedTuple):
    """Where the counting of some quantities begins, and how long a tick, or where only bins are counted a bin is."""

    row: Wholes  # node, or place among the tasks with a cost
    low: Doubles
    step: Doubles


class Due(NamedTuple):
    """Nodes that should finish by a date."""

    node: Wholes
    by: Wholes


class Impacts(NamedTuple):
    """How hard risks strike: sums of weighted rows; the terms of the k-th are first[k] to first[k + 1]."""

    first: Wholes
    row: Wholes
    weight: Doubles
    seen: Doubles  # [k, sample]: what such a sum comes to, rising


class Drivers(NamedTuple):
    """What the finish and the cost are compared with, by grade: middle rank as a share of `FULL`.

    The grades of draws are filled as they are drawn; those of struck durations are filled here, by what the first
    iterations showed, and those of risks: one for the finish each, then one for the cost each.
    """

    ranked: Wholes  # nodes whose duration is ranked among `seen`
    ranked_grade: Wholes
    seen: Wholes  # [ranked, iteration]: their first durations, rising
    risk_occurs: Wholes
    risk_chance: Singles
    impacts: Impacts
    risk_grade: Wholes
    finish_seen: Doubles  # rising
    cost_seen: Doubles


class Sums(NamedTuple):
    """What one thread has counted."""

    critical: Counts  # [node]
    duration: Counts  # [gauge, 3]: sum of ticks; of the low 32 bits of squares of blocks, and of what is above them
    finish: Counts  # [gauge]: sum of minutes
    finish_bins: Bins
    cost: Counts
    cost_bins: Bins
    kept: Counts  # how often what is due is done by then
    occurred: Counts  # how often risks occur
    driver: Counts  # [grade, 4]: sum, sum of squares, sums of products with the grades of finish and cost


@compiled_bare
def price(costs: Costs, dates: Dates, row: Singles, money: Money) -> None:
    """Fill what each task costs, and all together."""
    total = money.total
    for e in range(len(total)):
        total[e] = 0.0
    for c in range(len(costs.node)):
        out = money.cost[c]
        price_task(costs, c, dates.duration[costs.node[c]], row, out)
        present = dates.present[costs.node[c]]
        for e in range(len(total)):
            out[e] = out[e] * np.float64((present >> U8(e)) & U8(1))
        for e in range(len(total)):
            total[e] = total[e] + out[e]
    for c in range(len(costs.loss_row)):
        occurs, loss = row[costs.loss_occurs[c]], row[costs.loss_row[c]]
        for e in range(len(total)):
            total[e] = total[e] + np.float64(occurs[e]) * np.float64(loss[e])


@compiled_bare
def price_task(costs: Costs, c: int, duration: Wholes, row: Singles, out: Doubles) -> None:
    """Fill what a task costs that takes so long."""
    amount, rate = costs.amount[c], costs.rate[c]
    if costs.rate_row[c] >= 0:
        rates = row[costs.rate_row[c]]
        for e in range(len(out)):
            out[e] = amount + np.float64(rates[e]) * duration[e]
    else:
        for e in range(len(out)):
            out[e] = amount + rate * duration[e]
    if costs.amount_row[c] >= 0:
        amounts = row[costs.amount_row[c]]
        for e in range(len(out)):
            out[e] = out[e] + np.float64(amounts[e])


@compiled_inline
def add_up(ticks: Wholes, sums: Counts) -> None:
    """Add a row of ticks, and their squares by halves: all of them may come to more than 64 bits hold."""
    one, square = np.int64(0), np.int64(0)
    for e in range(len(ticks)):
        tick = np.int64(ticks[e])
        one += tick
        square += tick * tick
    sums[0] += one
    sums[1] += square & LOW_BITS
    sums[2] += square >> 32


@compiled_inline
def whole_steps(row: Wholes, gauge: tuple[float, float], ends: tuple[int, int], out: Wholes) -> None:
    """Fill in how many steps whole minutes stand from where the gauge begins; none beyond these ends."""
    base, scale, least, last = I4(gauge[0]), F4(1 / gauge[1]), I4(ends[0]), I4(ends[1])
    for e in range(len(out)):
        out[e] = max(least, min(last, I4(F4(I4(row[e] - base)) * scale)))


@compiled_bare
def count_dates(durations: Gauge, finishes: Gauge, dates: Dates, used: int, sums: Sums) -> None:
    """Count durations and finishes of the first lanes."""
    steps = dates.scratch[0][:used]
    for k in range(len(durations.row)):
        gauge = durations.low[k], durations.step[k]
        whole_steps(dates.duration[durations.row[k]], gauge, (-FARTHEST, FARTHEST), steps)
        add_up(steps, sums.duration[k])
    for k in range(len(finishes.row)):
        row, total = dates.finish[finishes.row[k]][:used], np.int64(0)
        for e in range(len(row)):
            total += np.int64(row[e])
        sums.finish[k] += total
        whole_steps(row, (finishes.low[k], finishes.step[k]), (0, BINS - 1), steps)
        bins = sums.finish_bins[k]
        for e in range(used):
            bins[U4(steps[e])] += U2(1)


@compiled_bare
def count_kept(due: Due, dates: Dates, used: int, kept: Counts) -> None:
    """Count how often what is due is done by then, in the first lanes."""
    for k in range(len(due.node)):
        for e in range(used):
            kept[k] += 1 if dates.finish[due.node[k], e] <= due.by[k] else 0


@compiled_bare
def count_occurred(drivers: Drivers, row: Singles, used: int, occurred: Counts) -> None:
    """Count how often risks occur, in the first lanes."""
    for k in range(len(drivers.risk_occurs)):
        occurs = row[drivers.risk_occurs[k]]
        for e in range(used):
            occurred[k] += 1 if occurs[e] > F4(0) else 0


@compiled_bare
def count_costs(gauge: Gauge, cost: Doubles, ticks: Wholes, sums: Sums) -> None:
    """Count what tasks cost, in as many lanes as there is room for ticks."""
    for k in range(len(gauge.row)):
        low, scale, row = gauge.low[k], 1 / gauge.step[k], cost[gauge.row[k]]
        for e in range(len(ticks)):
            ticks[e] = I4(max(-float(FARTHEST), min(float(FARTHEST), (row[e] - low) * scale)))
        add_up(ticks, sums.cost[k])
        bins = sums.cost_bins[k]
        for e in range(len(ticks)):
            bins[U4(max(I4(0), min(I4(TICKS - 1), ticks[e]))) // U4(TICKS // BINS)] += U2(1)


@compiled_bare
def grade_of(value: float, seen: Doubles) -> I2:
    """Return the grade of a value among rising ones."""
    low, high = 0, len(seen)
    while low < high:
        middle = (low + high) // 2
        if seen[middle] < value:
            low = middle + 1
        else:
            high = middle
    first, high = low, len(seen)
    while low < high:
        middle = (low + high) // 2
        if seen[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return I2((first + low) * FULL // (2 * len(seen)))


@compiled_bare
def grade_drivers(drivers: Drivers, drawn: Drawn, dates: Dates) -> None:
    """Fill the grades that follow from more than one draw.

    Where a risk does not occur its grade is the middle of its absence, (1 - p) / 2, else 1 - p and p times the rank of
    what it does.
    """
    impacts = drivers.impacts
    for k in range(len(drivers.ranked)):
        row, seen, out = dates.duration[drivers.ranked[k]], drivers.seen[k], drawn.grade[drivers.ranked_grade[k]]
        for e in range(len(out)):
            out[e] = grade_of(row[e], seen)
    for k in range(len(drivers.risk_occurs)):
        occurs, out = drawn.row[drivers.risk_occurs[k]], drawn.grade[drivers.risk_grade[k]]
        chance = drivers.risk_chance[k]
        away = F4(1) - chance
        for e in range(len(out)):
            done = 0.0
            for t in range(impacts.first[k], impacts.first[k + 1]):
                done += impacts.weight[t] * np.float64(drawn.row[impacts.row[t], e])
            hard = F4(grade_of(done, impacts.seen[k])) / F4(FULL)
            out[e] = I2(I4((away + chance * hard if occurs[e] > F4(0) else away / F4(2)) * F4(FULL)))


@compiled_bare
def compare(grade: Grades, finish: Grades, cost: Grades, driver: Counts) -> None:
    """Add the products of the first grades, those of the drivers, with those of finish and cost, lane by lane."""
    for k in range(len(driver)):
        row = grade[k]
        one, square, time, money = I4(0), I4(0), I4(0), I4(0)
        for e in range(len(finish)):
            g = I4(row[e])
            one = I4(one + g)
            square = I4(square + I4(g * g))
            time = I4(time + I4(g * I4(finish[e])))
            money = I4(money + I4(g * I4(cost[e])))
        sums = driver[k]
        sums[0] += one
        sums[1] += square
        sums[2] += time
        sums[3] += money


@compiled_bare
def percentiles(bins: Words, shares: Doubles, place: NDArray[np.int64], part: Doubles) -> None:
    """Fill by row and share the bin that a percentile falls into, and which part of the bin lies below it."""
    for row in range(len(bins)):
        total = np.int64(0)
        for b in range(bins.shape[1]):
            total += np.int64(bins[row, b])
        for number in range(len(shares)):
            wanted = max(math.ceil(shares[number] * total - 1e-9), 1)
            b, reached = 0, np.int64(bins[row, 0])
            while reached < wanted and b < bins.shape[1] - 1:
                b += 1
                reached += np.int64(bins[row, b])
            place[row, number] = b
            part[row, number] = (wanted - reached + np.int64(bins[row, b])) / max(np.int64(bins[row, b]), 1)
