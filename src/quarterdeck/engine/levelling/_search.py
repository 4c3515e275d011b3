"""The genetic search: one population, bred by as many threads as there are."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.levelling._prepare import Grid

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

BLOCK = 6000
"""Places that a thread gives before it takes the next share of a generation."""
STALE = 30
"""Generations without a shorter schedule, all being equally long, after which a new population is drawn."""
TRIED = 8
"""Schedules drawn to see how many there is time for."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best order, what its schedule costs (see `genetic_kernels.worth`), and how many were made."""

    order: Whole
    cost: float
    schedules: int


@dataclass(frozen=True, slots=True)
class Search:
    """How hard to look: until so many schedules are made, or the clock, in seconds, shows the end."""

    schedules: int | None
    ends: float | None
    threads: int
    population: int | None
    justify: bool
    seed: int

    def run(self, grid: Grid, free: Whole, floor: float) -> Found | None:
        """The best schedule found; None when the horizon is too short."""
        from quarterdeck.engine.levelling.genetic_kernels import MONEY, bred, selected

        instance = grid.instance
        urgency = _urgency(instance, free)
        size = self.population or self._population(instance, urgency)
        if not size:
            return None
        tolerance = MONEY * (len(instance.full) + 1) if instance.delay_cost.any() else 1.0
        orders, starts = np.zeros((2, 2 * size, len(instance.act)), np.int64)
        cost, signs = np.full(2 * size, np.inf), np.zeros(2 * size, np.int64)
        share = max(8, BLOCK // len(instance.act))
        made = generation = stale = 0
        best = Found(starts[0], np.inf, 0)

        def block(first: int, last: int) -> int:
            seed = (self.seed * 1_000_003 + generation * 20_011 + first) % 2**32
            return bred(instance, urgency, orders, starts, cost, signs, first, last, seed, self.justify)

        def populated(first: int) -> bool:
            nonlocal made, generation
            generation += 1
            wanted = range(first, first + size, share)
            counts = list(pool(block, wanted, [min(at + share, first + size) for at in wanted]))
            made += sum(counts)
            return min(counts) > 0

        def over() -> bool:
            if best.cost < floor + tolerance or (self.ends is not None and time.monotonic() >= self.ends):
                return True
            return self.schedules is not None and made >= self.schedules

        with ThreadPoolExecutor(self.threads) as executor:
            pool: Callable[..., Iterable[int]] = executor.map if self.threads > 1 else map
            first = 0
            while True:
                if not populated(first):
                    return None
                if first:
                    selected(orders, starts, cost, signs)
                chief = int(np.argmin(cost[:size]))
                stale = 0 if cost[chief] <= best.cost - tolerance else stale + 1
                if cost[chief] < best.cost:
                    best = Found(starts[chief].copy(), float(cost[chief]), made)
                if over():
                    return Found(best.order, best.cost, made)
                alike = cost[:size].max() - cost[:size].min() < tolerance
                first = 0 if first and stale > STALE and alike else size
                stale = stale if first else 0

    def _population(self, instance: "Instance", urgency: Real) -> int:
        """How many orders live side by side: with the root of the schedules to be made; nil when there is no room.

        Fewer stand still early, more do not ripen; on PSPLIB's j120 300 were best at 50,000 schedules, 600 at 200,000
        and 900 at 400,000.
        """
        from quarterdeck.engine.levelling.genetic_kernels import bred

        count = float("inf") if self.schedules is None else self.schedules
        if self.ends is not None:
            rows, starts = np.zeros((2, 2 * TRIED, len(instance.act)), np.int64)
            cost, signs = np.zeros(2 * TRIED), np.zeros(2 * TRIED, np.int64)
            if bred(instance, urgency, rows, starts, cost, signs, 0, 1, self.seed, self.justify) < 0:
                return 0
            began = time.perf_counter()
            made = bred(instance, urgency, rows, starts, cost, signs, 0, TRIED, self.seed, self.justify)
            if made < 0:
                return 0
            rate = self.threads * made / max(time.perf_counter() - began, 1e-6)
            count = min(count, rate * max(0.0, self.ends - time.monotonic()))
        most = min(4000, max(20, 2_000_000 // len(instance.act)))
        return int(min(max(20, 1.4 * count**0.5), most))


def decoded(instance: "Instance", order: Whole) -> tuple[Whole, Whole, Whole]:
    """The schedule of an order, who holds each place, and the option of each activity."""
    from quarterdeck.engine.levelling.genetic_kernels import generated
    from quarterdeck.engine.levelling.team_kernels import team_forward

    state = np.zeros((len(instance.act), 3), np.int64)
    held, chosen = np.zeros(len(instance.team.seats), np.int64), instance.team.option_of[:-1].copy()
    if len(held):
        team_forward(instance, order.copy(), instance.full.copy(), state, held, chosen)
    else:
        generated(instance, order.copy(), instance.full.copy(), state)
    return state, held, chosen


def unlimited(grid: Grid) -> Whole:
    """The earliest schedule without limits on resources; negative throughout when the horizon is too short."""
    from quarterdeck.engine.levelling.genetic_kernels import generated
    from quarterdeck.engine.levelling.team_kernels import SHARE

    given = grid.instance
    seats = given.team.seats.copy()
    seats[:, SHARE] = 0
    instance = given._replace(need=np.zeros_like(given.need), team=given.team._replace(seats=seats))
    state = np.zeros((len(instance.act), 3), np.int64)
    order = np.arange(len(instance.act), dtype=np.int64)
    if generated(instance, order, instance.full.copy(), state) < 0:
        state[:] = -1
    return state


def _urgency(instance: "Instance", free: Whole) -> Real:
    """The latest finish of each activity by its followers' lengths alone: the lower, the sooner its turn (LFT rule)."""
    length = free[:, 1] - free[:, 0]
    finish = np.full(len(free), float(free[:, 1].max()))
    for j in range(len(free) - 1, -1, -1):
        followers = instance.succ[instance.succ_of[j] : instance.succ_of[j + 1], 0]
        if len(followers):
            finish[j] = (finish[followers] - length[followers]).min()
    return finish
