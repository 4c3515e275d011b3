"""To prove or improve what the search found: constraint programming (OR-Tools' CP-SAT).

Where all count on one calendar and nothing is split: a slot is a whole number then.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.levelling._bounds import shares
from quarterdeck.engine.levelling._prepare import Grid, Prepared

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Whole = NDArray[np.int64]

FINE = 1_000_000
"""The parts of the least cost of a slot's delay in which the model reckons where costs have no common measure."""
GREATEST = 2**60
"""No sum of costs in the model comes to more: it reckons in 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What nothing falls below, in slots or money; and a better schedule with its places where one was found."""

    bound: float
    state: Whole | None
    held: Whole


def provable(plan: Prepared, grid: Grid) -> bool:
    """Whether the model holds the whole problem, in numbers that are not too great for it."""
    from quarterdeck.engine.levelling.kernels import SPLIT

    instance = grid.instance
    if not plan.alone or instance.act[:, SPLIT].any():
        return False
    costs = instance.delay_cost.tolist()
    late = [max(0, int(instance.clock[-1]) - due) for due in instance.due.tolist()]
    scale = _scale([cost for cost in costs if cost])
    total: int = sum(_whole(cost, scale) * most for cost, most in zip(costs, late, strict=True))
    return total < GREATEST


def proved(
    plan: Prepared, grid: Grid, state: Whole, held: Whole, *, floor: float, cost: float, seconds: float, threads: int
) -> Proof:
    """Look for a schedule below `cost`, that of `state`, for so many seconds."""
    from ortools.sat.python import cp_model

    model = _Model(plan, grid, state, floor, cost)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    # On j30's hard ones half the time of the usual level. More workers try all levels anyway.
    solver.parameters.linearization_level = 0 if threads == 1 else 1
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return Proof(cost, None, held)
    bound = max(floor, model.told(solver.best_objective_bound))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        better = state.copy()
        better[:, 0] = better[:, 2] = [solver.value(each) for each in model.starts]
        better[:, 1] = better[:, 0] + state[:, 1] - state[:, 0]
        places = np.array([next(r for r, on in seat if solver.boolean_value(on)) for seat in model.seats], np.int64)
        return Proof(min(bound, model.told(solver.objective_value)), better, places)
    return Proof(min(bound, cost), None, held)


class _Model:
    """The problem as CP-SAT takes it: below the cost that is known already, which is where the search stood."""

    def __init__(self, plan: Prepared, grid: Grid, state: Whole, floor: float, cost: float) -> None:
        from ortools.sat.python import cp_model

        self.model = cp_model.CpModel()
        self.grid, self.plan = grid, plan
        self.money = bool(grid.instance.delay_cost.any())
        last = len(grid.instants) if self.money else int(cost) - 1
        self.lengths = (state[:, 1] - state[:, 0]).tolist()
        self.starts = [self._start(j, last) for j in range(len(state))]
        self.bars = [
            self.model.new_fixed_size_interval_var(start, length, "")
            for start, length in zip(self.starts, self.lengths, strict=True)
        ]
        edges = grid.instance.plain_pred
        for j in range(len(state)):
            for before, step in edges[grid.instance.pred_of[j] : grid.instance.pred_of[j + 1]].tolist():
                self.model.add(self.starts[j] >= self.starts[before] + step)
        self.seats = [tuple(seat) for j in range(len(state)) for seat in self._seats(j)]
        self._resources()
        self._aim(int(floor), cost, last)
        for j, start in enumerate(self.starts):
            self.model.add_hint(start, int(state[j, 0]))

    def _start(self, j: int, last: int) -> "cp_model.IntVar":
        from quarterdeck.engine.levelling.kernels import PINNED, RELEASE

        act = self.grid.instance.act
        if self.plan.order[j].started is not None:
            return self.model.new_constant(int(act[j, PINNED]))
        return self.model.new_int_var(int(act[j, RELEASE]), max(int(act[j, RELEASE]), last - self.lengths[j]), "")

    def _seats(self, j: int) -> Iterator[list[tuple[int, "cp_model.IntVar"]]]:
        team = self.grid.instance.team
        for seat in range(team.seat_of[j], team.seat_of[j + 1]):
            covers = team.covers[team.options[team.option_of[j], 0]]
            able = np.flatnonzero(team.able[team.seats[seat, 0]] * covers).tolist()
            choice = [(r, self.model.new_bool_var("")) for r in able]
            self.model.add_exactly_one(on for _, on in choice)
            yield choice

    def _resources(self) -> None:
        """What is free, less what work that has begun takes, must suffice in every slot."""
        need, given = shares(self.grid.instance)
        team = self.grid.instance.team
        of_seat = np.repeat(np.arange(len(self.starts)), np.diff(team.seat_of)).tolist()
        for r in range(len(self.plan.problem.resources)):
            most = int(given[:, r].max())
            works = [(self.bars[j], int(need[j, r])) for j in np.flatnonzero(need[:, r]).tolist()]
            works += [
                (
                    self.model.new_optional_fixed_size_interval_var(self.starts[j], self.lengths[j], on, ""),
                    int(team.seats[seat, 1]),
                )
                for seat, (j, choice) in enumerate(zip(of_seat, self.seats, strict=True))
                for who, on in choice
                if who == r
            ]
            if works:
                works += [
                    (self.model.new_fixed_size_interval_var(low, high - low, ""), most - value)
                    for low, high, value in _runs(given[:, r])
                    if value < most
                ]
                self.model.add_cumulative([bar for bar, _ in works], [share for _, share in works], most)

    def _aim(self, floor: int, cost: float, last: int) -> None:
        from ortools.sat.python import cp_model

        from quarterdeck.engine.levelling.kernels import PROJECT

        instance = self.grid.instance
        ends = [start + length for start, length in zip(self.starts, self.lengths, strict=True)]
        if not self.money:
            span = self.model.new_int_var(floor, last, "")
            for end in ends:
                self.model.add(span >= end)
            self.model.minimize(span)
            self.scale = 1.0
            return
        # Costs become whole numbers, else rounded down: what is proved of these holds of the true ones.
        self.scale = _scale(instance.delay_cost[instance.delay_cost > 0].tolist())
        lates, rates = [], []
        for p, rate in enumerate(instance.delay_cost.tolist()):
            if rate:
                end = self.model.new_int_var(0, last, "")
                for j in np.flatnonzero(instance.act[:, PROJECT] == p).tolist():
                    self.model.add(end >= ends[j])
                late = self.model.new_int_var(0, max(0, int(instance.clock[-1] - instance.due[p])), "")
                self.model.add(late >= self._minute(end) - int(instance.due[p]))
                lates.append(late)
                rates.append(_whole(rate, self.scale))
        total = cp_model.LinearExpr.weighted_sum(lates, rates)
        self.model.add(total <= int(cost * self.scale + 1e-6))
        self.model.minimize(total)

    def _minute(self, end: "cp_model.IntVar") -> "cp_model.LinearExprT":
        """The minute at which the slots before `end` have passed."""
        clock = self.grid.instance.clock
        if (np.diff(clock) == self.grid.step).all():
            return end * self.grid.step + int(clock[0])
        minute = self.model.new_int_var(int(clock[0]), int(clock[-1]), "")
        self.model.add_element(end, clock.tolist(), minute)
        return minute

    def told(self, value: float) -> float:
        """A value of the model in slots or money."""
        return value / self.scale


def _whole(rate: float, scale: float) -> int:
    return int(rate * scale + 1e-9)


def _scale(rates: list[float]) -> float:
    """What makes these costs whole numbers, small ones where they have a common measure."""
    least = min(rates, default=1.0)
    parts = [Fraction(rate / least).limit_denominator(1000) for rate in rates]
    if all(abs(rate / least - part) <= 1e-12 * part for rate, part in zip(rates, parts, strict=True)):
        common = math.lcm(*(part.denominator for part in parts))
        if common <= FINE:
            return common / least
    return FINE / least


def _runs(values: Whole) -> Iterator[tuple[int, int, int]]:
    """Where a value holds: from, to, value."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    for low, high in pairwise(edges):
        if high > low:
            yield low, high, int(values[low])
