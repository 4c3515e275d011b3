"""What no schedule falls below."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.levelling._prepare import Grid

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]

EFFORT = 30_000_000
"""Looks at an activity that energetic reasoning may take for one length: a tenth of a second."""


def cost_of_delay(instance: "Instance", state: Whole) -> float:
    """What the delays of a schedule's projects cost."""
    from quarterdeck.engine.levelling.kernels import FINISH, PROJECT

    ends = np.zeros(len(instance.due), np.int64)
    np.maximum.at(ends, instance.act[:, PROJECT], state[:, FINISH])
    return float(instance.delay_cost @ np.maximum(0, instance.clock[ends] - instance.due))


def floor_of(grid: Grid, free: Whole) -> float:
    """In slots or in money: the schedule `free` of limits; with makespans also the work of resources, and of skills."""
    from quarterdeck.engine.levelling.kernels import DURATION

    instance = grid.instance
    unsure = _unsure(instance)
    if instance.delay_cost.any():
        return 0.0 if unsure else cost_of_delay(instance, free)
    floor = 0 if unsure else int(free[:, 1].max())
    need, given = shares(instance)
    for asked, rate in zip((need * instance.act[:, [DURATION]]).sum(axis=0), given.T, strict=True):
        if asked:
            floor = max(floor, _when(asked, rate))
    team = instance.team
    seat = np.repeat(np.arange(len(free)), np.diff(team.seat_of))
    for skill, able in enumerate(team.able):
        own = team.seats[:, 0] == skill
        asked = int((team.seats[own, 1] * instance.act[seat[own], DURATION]).sum())
        if asked:
            floor = max(floor, _when(asked, given[:, np.flatnonzero(able)].sum(axis=1)))
    return float(_energetic(instance, free, floor)) if instance.plain else float(floor)


def _unsure(instance: "Instance") -> bool:
    """Whether an activity that ends early may start late, on another calendar, and a link counts from its start."""
    from quarterdeck.engine.levelling.kernels import BY_FINISH

    several = np.diff(instance.team.option_of) > 1
    return bool(several.any() and not instance.pred[:, BY_FINISH].all())


def _when(asked: int, rate: Whole) -> int:
    """The first slot by which so much can have been done."""
    return int(np.searchsorted(np.cumsum(rate), asked)) + 1


def shares(instance: "Instance") -> tuple[Whole, Whole]:
    """What activities need (n, resources) and what is free (slots, resources) in hundredths, unpacked."""
    from quarterdeck.engine.levelling.kernels import LANES, MOST, WIDTH

    need, given = (
        np.stack([(packed >> (WIDTH * lane)) & MOST for lane in range(LANES)], axis=2).reshape(len(packed), -1)
        for packed in (instance.need, instance.full)
    )
    return need, given


def tails(instance: "Instance") -> Whole:
    """The least time from the finish of each activity to the end of all, by links alone; for the plain case."""
    from quarterdeck.engine.levelling.kernels import DURATION

    duration = instance.act[:, DURATION]
    after = duration.copy()
    for j in range(len(after) - 1, -1, -1):
        rows = instance.plain_succ[instance.succ_of[j] : instance.succ_of[j + 1]]
        if len(rows):
            after[j] = max(int(after[j]), int((after[rows[:, 0]] + rows[:, 1]).max()))
    return np.asarray(after - duration, dtype=np.int64)


def _energetic(instance: "Instance", free: Whole, floor: int) -> int:
    """The least length, from `floor` on, that energetic reasoning does not refute: first by leaps, then by halves."""
    from quarterdeck.engine.levelling.bound_kernels import overloaded
    from quarterdeck.engine.levelling.kernels import DURATION

    duration = instance.act[:, DURATION]
    kept = duration > 0
    need, given = shares(instance)
    used = need.any(axis=0)
    if not used.any() or kept.sum() * min(floor, 2 * kept.sum()) ** 2 * used.sum() > EFFORT:
        return floor
    facts = (
        free[kept, 0].copy(),
        tails(instance)[kept],
        duration[kept].copy(),
        np.ascontiguousarray(need[kept][:, used]),
        given[0, used].copy(),
    )
    low, leap = floor - 1, 1
    while overloaded(*facts, low + leap):
        low, leap = low + leap, 2 * leap
    high = low + leap
    while high - low > 1:
        middle = (low + high) // 2
        if overloaded(*facts, middle):
            low = middle
        else:
            high = middle
    return high
