"""Levelling: the search, its bounds, and what it says of every activity that moved."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling._prepare import FARTHEST, SLOTS, STEPS, Grid, Prepared, gridded, prepared
from quarterdeck.engine.levelling._reasons import moves
from quarterdeck.engine.levelling.problem import Levelled, Problem

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
EPOCH = 9000
"""Schedules that an island makes before the clock is looked at and the best are exchanged."""


def level(
    problem: Problem,
    *,
    schedules: int = 50_000,
    time_limit: float | None = None,
    islands: int = 1,
    population: int | None = None,
    strict_priorities: bool = False,
    seed: int = 0,
) -> Levelled:
    """A schedule within what resources can do, of the least finish; or of the least cost of delay, where it costs.

    Serial generation with double justification in a genetic search (see `genetic_kernels`) of at most `schedules`
    schedules, the same ones for the same seed and islands however many threads run them; `time_limit` in seconds ends
    it earlier, and then the answer depends on the machine. `islands` search apart and exchange their best. With
    `strict_priorities` a lower-priority activity never takes from a higher one what it needs (as Microsoft levels).
    Proven best where it reaches the bound: the longest path without limits on resources, or the work of the busiest
    resource over what it can do.

    Raises EngineError for cycles, unknown ids, a demand above the capacity, and work for which there is never room.

    >>> from quarterdeck.engine.levelling import Activity, Problem, Resource
    >>> digs = tuple(Activity(name, 480, {"crew": 1}) for name in ("A", "B"))
    >>> done = level(Problem(digs, resources=(Resource("crew"),)))
    >>> sorted(done.starts.values()), done.finish, done.optimal
    ([0, 480], 960, True)
    >>> [(move.cause.value, move.resources) for move in done.moves]
    [('resource', ('crew',))]
    """
    within("the number of schedules", schedules, low=1)
    within("the number of islands", islands, low=1, high=64)
    plan = prepared(problem)
    if not plan.order:
        return Levelled({}, {}, problem.start, 0.0, 0.0, None, True, 0, plan.step, ())
    search = _Search(plan, schedules, time_limit, int(islands), population, strict_priorities, seed)
    grid, free = _horizon(plan, strict=strict_priorities)
    floor = _floor(grid, free)
    while True:
        found = search.run(grid, free, floor)
        if found is not None:
            break
        grid = _longer(plan, grid, strict=strict_priorities)
        free = _unlimited(grid)
        floor = _floor(grid, free)
    return _told(plan, grid, found, free, floor)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    state: Whole
    cost: float
    schedules: int


@dataclass(frozen=True, slots=True)
class _Search:
    """How hard to look."""

    plan: Prepared
    schedules: int
    time_limit: float | None
    islands: int
    population: int | None
    strict: bool
    seed: int

    def run(self, grid: Grid, free: Whole, floor: float) -> _Found | None:
        """The best schedule found; None when the horizon is too short."""
        from quarterdeck.engine.levelling.genetic_kernels import searched, seeded

        instance = grid.instance
        count = len(instance.act)
        size = self.population or int(
            min(max(20, self.schedules // (150 * self.islands)), 1500, max(20, 2_000_000 // count))
        )
        justify = not instance.delay_cost.any() and not self.strict
        urgency = _urgency(instance, free)
        orders = [np.zeros((2 * size, count), np.int64) for _ in range(self.islands)]
        costs = [np.full(2 * size, np.inf) for _ in range(self.islands)]
        made = [0] * self.islands
        share = -(-self.schedules // self.islands)

        def epoch(island: int, number: int) -> int:
            seeded(self.seed * 1_000_003 + number * 1009 + island)
            budget = min(share, made[island] + EPOCH)
            return searched(instance, urgency, orders[island], costs[island], made[island], budget, floor, justify)

        ends = None if self.time_limit is None else time.monotonic() + self.time_limit
        number = 0
        with ThreadPoolExecutor(self.islands) as pool:
            while True:
                made = list(pool.map(epoch, range(self.islands), [number] * self.islands))
                if min(made) < 0:
                    return None
                number += 1
                best = min(float(cost[0]) for cost in costs)
                if best <= floor or min(made) >= share or (ends is not None and time.monotonic() >= ends):
                    break
                _exchange(orders, costs, size)
        chief = min(range(self.islands), key=lambda island: float(costs[island][0]))
        return _Found(_decoded(instance, orders[chief][0]), float(costs[chief][0]), sum(made))


def _exchange(orders: list[Whole], costs: list[Real], size: int) -> None:
    """Each island takes the best of the one before it in place of its worst."""
    best = [(order[0].copy(), float(cost[0])) for order, cost in zip(orders, costs, strict=True)]
    for island in range(len(orders)):
        order, cost = best[island - 1]
        orders[island][size - 1], costs[island][size - 1] = order, cost


def _decoded(instance: "Instance", order: Whole) -> Whole:
    from quarterdeck.engine.levelling.genetic_kernels import generated

    state = np.zeros((len(instance.act), 3), np.int64)
    generated(instance, order.copy(), instance.full.copy(), state)
    return state


def _unlimited(grid: Grid) -> Whole:
    """The earliest schedule without limits on resources; negative throughout when the horizon is too short."""
    from quarterdeck.engine.levelling.genetic_kernels import generated

    instance = grid.instance._replace(need=np.zeros_like(grid.instance.need))
    state = np.zeros((len(instance.act), 3), np.int64)
    order = np.arange(len(instance.act), dtype=np.int64)
    if generated(instance, order, instance.full.copy(), state) < 0:
        state[:] = -1
    return state


def _horizon(plan: Prepared, *, strict: bool) -> tuple[Grid, Whole]:
    """A grid long enough for the schedule without limits and, most likely, for the levelled one."""
    step = plan.step
    longest = sum(activity.duration for activity in plan.order)
    while longest // step > SLOTS * 4 and step < STEPS[-1]:
        step = next(each for each in STEPS if each > step)
    count = 64
    while True:
        grid = _ranked(plan, gridded(plan, count, step), strict=strict)
        free = _unlimited(grid)
        fits = len(free) == 0 or int(free.min()) >= 0
        if fits and int(free[:, 1].max(initial=0)) * 3 < len(grid.instants):
            return grid, free
        if count >= FARTHEST:
            if fits:
                return grid, free
            raise EngineError(
                "there is never room for all the work", remedy="Look for resources whose calendars never work together."
            )
        count = min(4 * count, FARTHEST)


def _longer(plan: Prepared, grid: Grid, *, strict: bool) -> Grid:
    if len(grid.instants) >= FARTHEST:
        raise EngineError(
            "there is no room for all the work within the horizon",
            remedy="Raise capacities, or look for resources whose calendars never work together.",
        )
    return _ranked(plan, gridded(plan, min(3 * len(grid.instants), FARTHEST), grid.step), strict=strict)


def _ranked(plan: Prepared, grid: Grid, *, strict: bool) -> Grid:
    """With strict priorities the rank of each activity; what a higher one waits for is raised to it."""
    if strict:
        from quarterdeck.engine.levelling.kernels import RANK

        priority = [activity.priority for activity in plan.order]
        for before, after in sorted(((int(e[0]), int(e[1])) for e in plan.edges), reverse=True):
            priority[before] = max(priority[before], priority[after])
        levels = sorted(set(priority), reverse=True)
        grid.instance.act[:, RANK] = [levels.index(each) for each in priority]
    return grid


def _urgency(instance: "Instance", free: Whole) -> Real:
    """The latest finish of each activity by its followers' lengths alone: the lower, the sooner its turn (LFT rule)."""
    length = free[:, 1] - free[:, 0]
    finish = np.full(len(free), float(free[:, 1].max()))
    for j in range(len(free) - 1, -1, -1):
        followers = instance.succ[instance.succ_of[j] : instance.succ_of[j + 1], 0]
        if len(followers):
            finish[j] = (finish[followers] - length[followers]).min()
    return finish


def _floor(grid: Grid, free: Whole) -> float:
    """What no schedule falls below, in slots or in money."""
    from quarterdeck.engine.levelling.kernels import DURATION, LANES, PROJECT, WIDTH

    instance = grid.instance
    if instance.delay_cost.any():
        ends = np.zeros(len(instance.due), np.int64)
        np.maximum.at(ends, instance.act[:, PROJECT], free[:, 1])
        return float(instance.delay_cost @ np.maximum(0, ends - instance.due))
    floor = int(free[:, 1].max())
    mask = (1 << (WIDTH - 1)) - 1
    for word in range(instance.need.shape[1]):
        for lane in range(LANES):
            need = (instance.need[:, word] >> (WIDTH * lane)) & mask
            work = int((need * instance.act[:, DURATION]).sum())
            given = np.cumsum((instance.full[:, word] >> (WIDTH * lane)) & mask)
            if work:
                floor = max(floor, int(np.searchsorted(given, work)) + 1)
    return float(floor)


def _told(plan: Prepared, grid: Grid, found: _Found, free: Whole, floor: float) -> Levelled:
    starts, finishes = _instants(plan, grid, found.state)
    names = [activity.id for activity in plan.order]
    finish = int(finishes.max())
    money = bool(grid.instance.delay_cost.any())
    objective = found.cost - 1e-6 * int(found.state[:, 1].max()) if money else float(finish - plan.problem.start)
    objective = round(objective, 6)
    reached = objective <= floor + 1e-6 if money else found.cost <= floor
    bound = objective
    if not reached:
        bound = floor if money else float(grid.instants[int(floor) - 1] + grid.step - plan.problem.start)
    return Levelled(
        dict(zip(names, starts.tolist(), strict=True)),
        dict(zip(names, finishes.tolist(), strict=True)),
        finish,
        objective,
        bound,
        (objective - bound) / objective if objective else None,
        reached and plan.step == grid.step,
        found.schedules,
        grid.step,
        moves(plan, grid, found.state, free, starts=starts, unlevelled=_instants(plan, grid, free)[0]),
    )


def _instants(plan: Prepared, grid: Grid, state: Whole) -> tuple[Whole, Whole]:
    """Starts and finishes in minutes. What takes no time stands where the work before it ends."""
    ends = np.concatenate([[plan.problem.start], grid.instants + grid.step])
    starts = grid.instants[np.minimum(state[:, 0], len(grid.instants) - 1)]
    finishes = ends[state[:, 1]]
    instant = np.array([activity.duration == 0 for activity in plan.order])
    begun: Sequence[int | None] = [activity.started for activity in plan.order]
    starts = np.where(instant, finishes, starts)
    starts = np.array([at if of is None else of for at, of in zip(starts.tolist(), begun, strict=True)], dtype=np.int64)
    return starts, finishes.astype(np.int64)
