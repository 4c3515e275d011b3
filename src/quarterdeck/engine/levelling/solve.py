"""Levelling: the whole way from a problem to its answer."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import whole, within
from quarterdeck.engine.levelling._bounds import cost_of_delay, floor_of
from quarterdeck.engine.levelling._horizon import horizon, instants_of, longer
from quarterdeck.engine.levelling._prepare import Grid, Prepared, prepared
from quarterdeck.engine.levelling._proof import provable, proved
from quarterdeck.engine.levelling._reasons import moves
from quarterdeck.engine.levelling._search import Search, decoded, unlimited
from quarterdeck.engine.levelling._skills import SHARES
from quarterdeck.engine.levelling.problem import Assigned, Levelled, Problem

Whole = NDArray[np.int64]

USUAL = 50_000
"""Schedules that a search makes where nothing is said."""
MOST = 10**9
"""Schedules that a search may be asked for."""
PATIENCE = 10.0
"""Seconds for a proof where no time is said."""
NEARLY = 1e-6
"""The gap, as a part of the objective, below which a schedule counts as proved: that of whole numbers in the model."""


def level(
    problem: Problem,
    *,
    schedules: int | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    population: int | None = None,
    strict_priorities: bool = False,
    prove: bool = False,
    seed: int = 0,
) -> Levelled:
    """A schedule within what resources can do, of the least finish; or of the least cost of delay, where it costs.

    Serial generation with double justification in a genetic search (see `genetic_kernels`) of about `schedules`
    schedules, 50,000 unless told or unless only `time_limit`, in seconds, ends it; then the answer depends on the
    machine. Else it is the same for the same seed however many `threads` share the work. `population` orders live
    side by side, unless told so many as go with the root of the schedules. With `strict_priorities` a
    lower-priority activity never takes from a higher one what it needs (as Microsoft levels).

    With `prove` the rest of `time_limit`, 10 s unless told, goes to constraint programming where a gap is left: it
    raises the bound or finds a better schedule. It does so where all count on one calendar and nothing may be split or
    goes by strict priorities; elsewhere the bound of the search stands: the longest path without limits, the work of
    each resource and skill over what it can do, and with one calendar what energetic reasoning refutes.

    Raises EngineError for cycles, unknown ids, a demand above the capacity, a skill that too few have, and work for
    which there is never room.

    >>> from quarterdeck.engine.levelling import Activity, Problem, Resource
    >>> digs = tuple(Activity(name, 480, {"crew": 1}) for name in ("A", "B"))
    >>> done = level(Problem(digs, resources=(Resource("crew"),)))
    >>> sorted(done.starts.values()), done.finish, done.optimal
    ([0, 480], 960, True)
    >>> [(move.cause.value, move.resources) for move in done.moves]
    [('resource', ('crew',))]
    >>> both = Resource("Ann", skills=frozenset({"weld", "fit"})), Resource("Bob", skills=frozenset({"weld"}))
    >>> work = Activity("weld", 480, skills={"weld": 1}), Activity("fit", 480, skills={"fit": 1})
    >>> done = level(Problem(work, resources=both))
    >>> done.finish, [(name, *(each.resource for each in done.assigned[name])) for name in ("weld", "fit")]
    (480, [('weld', 'Bob'), ('fit', 'Ann')])
    """
    threads, seed = whole("the number of threads", threads, 1, 64), whole("the seed", seed, 0, 2**64 - 1)
    if schedules is not None:
        schedules = whole("the number of schedules", schedules, 1, MOST)
    if population is not None:
        population = whole("the population", population, 1, 100_000)
    if time_limit is not None:
        within("the time limit", time_limit, low=0)
    plan = prepared(problem)
    if not plan.order:
        return Levelled({}, {}, problem.start, 0.0, 0.0, None, True, 0, plan.step, ())
    if schedules is None and (time_limit is None or prove):
        schedules = USUAL
    began = time.monotonic()
    ends = None if time_limit is None else began + time_limit
    grid, free = horizon(plan, strict=strict_priorities)
    justify = not (grid.instance.delay_cost.any() or strict_priorities or len(grid.instance.team.seats))
    search = Search(schedules, ends, threads, population, justify, seed)
    while True:
        floor = floor_of(grid, free)
        found = search.run(grid, free, floor)
        if found is not None:
            break
        grid = longer(plan, grid, strict=strict_priorities)
        free = unlimited(grid)
    answer = _answered(grid, *decoded(grid.instance, found.order), floor=floor, schedules=found.schedules)
    if prove and not strict_priorities and not answer.proven and provable(plan, grid):
        left = PATIENCE if ends is None else ends - time.monotonic()
        if left > 0:
            answer = _proved(plan, grid, answer, left, threads)
    return _told(plan, answer, free)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """A schedule on its grid; the calendar of each activity there is that which it works on.

    `cost` and `bound` are in slots, or in the money of the grid (see `Grid.unit`).
    """

    grid: Grid
    state: Whole
    held: Whole
    cost: float
    bound: float
    schedules: int

    @property
    def proven(self) -> bool:
        return self.cost - self.bound <= NEARLY * self.cost


def _answered(grid: Grid, state: Whole, held: Whole, chosen: Whole, *, floor: float, schedules: int) -> _Answer:
    """The schedule with what it costs, each activity on the calendar of the option it took."""
    from quarterdeck.engine.levelling.kernels import CALENDAR, HIGH, LOW

    instance = grid.instance
    if len(held):
        act = instance.act.copy()
        act[:, [CALENDAR, LOW, HIGH]] = instance.team.options[chosen]
        instance = instance._replace(act=act)
    cost = cost_of_delay(instance, state) if instance.delay_cost.any() else float(state[:, 1].max())
    return _Answer(replace(grid, instance=instance), state, held, cost, floor, schedules)


def _proved(plan: Prepared, grid: Grid, answer: _Answer, seconds: float, threads: int) -> _Answer:
    proof = proved(
        plan,
        grid,
        answer.state,
        answer.held,
        floor=answer.bound,
        cost=answer.cost,
        seconds=seconds,
        threads=threads,
    )
    if proof.state is None:
        return replace(answer, bound=proof.bound)
    chosen = grid.instance.team.option_of[:-1]
    better = _answered(grid, proof.state, proof.held, chosen, floor=proof.bound, schedules=answer.schedules)
    return better if better.cost < answer.cost else replace(answer, bound=min(proof.bound, answer.cost))


def _told(plan: Prepared, answer: _Answer, free: Whole) -> Levelled:
    grid = answer.grid
    starts, finishes = instants_of(plan, grid, answer.state)
    names = [activity.id for activity in plan.order]
    finish = int(finishes.max())
    money = bool(grid.instance.delay_cost.any())
    objective = answer.cost * grid.unit if money else float(finish - plan.problem.start)
    bound = objective
    if not answer.proven:
        last = max(0, int(np.ceil(answer.bound - 1e-6)) - 1)
        bound = answer.bound * grid.unit if money else float(grid.instants[last] + grid.step - plan.problem.start)
    return Levelled(
        dict(zip(names, starts.tolist(), strict=True)),
        dict(zip(names, finishes.tolist(), strict=True)),
        finish,
        objective,
        bound,
        (objective - bound) / objective if objective else None,
        answer.proven and plan.step == grid.step,
        answer.schedules,
        grid.step,
        moves(plan, grid, answer.state, answer.held, free, starts=starts, unlevelled=instants_of(plan, grid, free)[0]),
        _assigned(plan, answer),
    )


def _assigned(plan: Prepared, answer: _Answer) -> dict[Hashable, tuple[Assigned, ...]]:
    team = answer.grid.instance.team
    skills = list(dict.fromkeys(skill for activity in plan.order for skill in activity.skills))
    told = {}
    for j, activity in enumerate(plan.order):
        seats = range(int(team.seat_of[j]), int(team.seat_of[j + 1]))
        if seats:
            told[activity.id] = tuple(
                Assigned(
                    skills[team.seats[seat, 0]],
                    plan.problem.resources[answer.held[seat]].id,
                    int(team.seats[seat, 1]) / SHARES,
                )
                for seat in seats
            )
    return told
