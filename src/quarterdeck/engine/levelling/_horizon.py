"""How long the grid must be, and how its slots read as instants."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling._prepare import FARTHEST, SLOTS, STEPS, Grid, Prepared, gridded
from quarterdeck.engine.levelling._search import unlimited

Whole = NDArray[np.int64]


def horizon(plan: Prepared, *, strict: bool, until: int = 0) -> tuple[Grid, Whole]:
    """A grid to this minute at least, long enough for the schedule without limits and most likely the levelled one."""
    step = plan.step
    longest = sum(activity.duration for activity in plan.order)
    while longest // step > SLOTS * 4 and step < STEPS[-1]:
        step = next(each for each in STEPS if each > step)
    count = 64
    while True:
        grid = ranked(plan, gridded(plan, count, step), strict=strict)
        free = unlimited(grid)
        fits = len(free) == 0 or int(free.min()) >= 0
        roomy = len(grid.instants) > 0 and int(grid.instants[-1]) >= until
        if fits and roomy and int(free[:, 1].max(initial=0)) * 3 < len(grid.instants):
            return grid, free
        if count >= FARTHEST:
            if fits:
                return grid, free
            raise EngineError(
                "there is never room for all the work", remedy="Look for resources whose calendars never work together."
            )
        count = min(4 * count, FARTHEST)


def longer(plan: Prepared, grid: Grid, *, strict: bool) -> Grid:
    """A grid of three times the length."""
    if len(grid.instants) >= FARTHEST:
        raise EngineError(
            "there is no room for all the work within the horizon",
            remedy="Raise capacities, or look for resources whose calendars never work together.",
        )
    return ranked(plan, gridded(plan, min(3 * len(grid.instants), FARTHEST), grid.step), strict=strict)


def ranked(plan: Prepared, grid: Grid, *, strict: bool) -> Grid:
    """With strict priorities the rank of each activity; what a higher one waits for is raised to it."""
    if strict:
        from quarterdeck.engine.levelling.kernels import RANK

        priority = [activity.priority for activity in plan.order]
        for before, after in sorted(((int(e[0]), int(e[1])) for e in plan.edges), reverse=True):
            priority[before] = max(priority[before], priority[after])
        levels = sorted(set(priority), reverse=True)
        grid.instance.act[:, RANK] = [levels.index(each) for each in priority]
    return grid


def instants_of(plan: Prepared, grid: Grid, state: Whole) -> tuple[Whole, Whole]:
    """Starts and finishes in minutes. What takes no time stands where the work before it ends."""
    ends = np.concatenate([[plan.problem.start], grid.instants + grid.step])
    starts = grid.instants[np.minimum(state[:, 0], len(grid.instants) - 1)]
    finishes = ends[state[:, 1]]
    instant = np.array([activity.duration == 0 for activity in plan.order])
    begun: Sequence[int | None] = [activity.started for activity in plan.order]
    starts = np.where(instant, finishes, starts)
    starts = np.array([at if of is None else of for at, of in zip(starts.tolist(), begun, strict=True)], dtype=np.int64)
    return starts, finishes.astype(np.int64)
