"""Why what moved has moved."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.levelling._prepare import Grid, Prepared
from quarterdeck.engine.levelling._skills import SHARES
from quarterdeck.engine.levelling.problem import Cause, Move

Whole = NDArray[np.int64]


def moves(
    plan: Prepared, grid: Grid, state: Whole, held: Whole, free: Whole, *, starts: Whole, unlevelled: Whole
) -> tuple[Move, ...]:
    """A reason for every activity that starts later than it would without limits, in order of start.

    The place just before its own is looked at: where a predecessor forbids it, that is the cause; else the resources
    that lack there and those that hold them. For work that asks for skills, all who have these and are busy there.
    """
    from quarterdeck.engine.levelling.kernels import DURATION, START

    told = []
    team = grid.instance.team
    demands, wanted = plan.demands.copy(), plan.demands.copy()
    of_seat = np.repeat(np.arange(len(demands)), np.diff(team.seat_of))
    for seat, j in enumerate(of_seat.tolist()):
        demands[j, held[seat]] += team.seats[seat, 1] / SHARES
        able = np.flatnonzero(team.able[team.seats[seat, 0]])
        wanted[j, able] = np.maximum(wanted[j, able], team.seats[seat, 1] / SHARES)
    taken = used(demands, grid, state)
    given = _given(plan, grid)
    later = np.flatnonzero(state[:, START] > free[:, START])
    for j in later[np.argsort(starts[later], kind="stable")]:
        holders = tuple(plan.order[i].id for i in _drivers(grid, state, int(j)))
        name, before, now = plan.order[j].id, int(unlevelled[j]), int(starts[j])
        if holders:
            told.append(Move(name, before, now, Cause.PREDECESSOR, (), holders))
            continue
        length = max(1, int(grid.instance.act[j, DURATION]))
        lacking, by = _blockers(
            grid, state, int(j), length=length, own=demands, wanted=wanted, taken=taken, given=given
        )
        resources = tuple(plan.problem.resources[number].id for number in lacking)
        told.append(Move(name, before, now, Cause.RESOURCE, resources, tuple(plan.order[i].id for i in by)))
    return tuple(told)


def _drivers(grid: Grid, state: Whole, j: int) -> Iterator[int]:
    """The predecessors that let the activity start where it does and no earlier."""
    from quarterdeck.engine.levelling.kernels import BY_FINISH, CALENDAR, FINISH, LAG, OTHER, PLACE, START, WAIT

    instance = grid.instance
    before = instance.before[instance.act[j, CALENDAR]]
    for e in range(instance.pred_of[j], instance.pred_of[j + 1]):
        edge = instance.pred[e]
        at = state[edge[OTHER], FINISH if edge[BY_FINISH] else START] + edge[WAIT]
        if before[min(max(at, 0), len(before) - 1)] + edge[LAG] >= state[j, PLACE]:
            yield int(edge[OTHER])


def _blockers(
    grid: Grid,
    state: Whole,
    j: int,
    *,
    length: int,
    own: NDArray[np.float64],
    wanted: NDArray[np.float64],
    taken: NDArray[np.float64],
    given: NDArray[np.float64],
) -> tuple[list[int], list[int]]:
    """The resources that lack in a slot of the window one place earlier, and the activities that hold them then."""
    from quarterdeck.engine.levelling.kernels import FINISH, LOW, PLACE, START

    instance = grid.instance
    place = max(int(state[j, PLACE]) - 1, int(instance.act[j, LOW]))
    window = instance.slots[place : place + length]
    inside = (window >= state[j, START]) & (window < state[j, FINISH])
    others = taken[:, window] - np.outer(own[j], inside)
    short = (others + wanted[j][:, None] > given[:, window] + 1e-9) & (wanted[j][:, None] > 0)
    if not short.any():
        return [], []
    slot = window[int(np.flatnonzero(short.any(axis=0))[0])]
    lacking = np.flatnonzero(short[:, int(np.flatnonzero(short.any(axis=0))[0])])
    there = (state[:, START] <= slot) & (slot < state[:, FINISH]) & (own[:, lacking] > 0).any(axis=1)
    there[j] = False
    return lacking.tolist(), np.flatnonzero(there).tolist()


def used(demands: NDArray[np.float64], grid: Grid, state: Whole) -> NDArray[np.float64]:
    """Units of each resource in use by slot."""
    from quarterdeck.engine.levelling.kernels import DURATION, PLACE

    table = np.zeros((demands.shape[1], len(grid.instants)))
    for j, asked in enumerate(demands):
        place, length = int(state[j, PLACE]), int(grid.instance.act[j, DURATION])
        for number in np.flatnonzero(asked).tolist():
            table[number, grid.instance.slots[place : place + length]] += asked[number]
    return table


def _given(plan: Prepared, grid: Grid) -> NDArray[np.float64]:
    capacities = np.array([resource.capacity for resource in plan.problem.resources], dtype=np.float64)
    return np.repeat(capacities[:, None], len(grid.instants), axis=1)
