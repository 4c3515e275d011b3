"""Resource smoothing: level the peaks without moving the finish."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import whole
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling._horizon import horizon, instants_of, longer
from quarterdeck.engine.levelling._prepare import FAR, Grid, Prepared, prepared
from quarterdeck.engine.levelling._reasons import used
from quarterdeck.engine.levelling.problem import Problem, Smoothed

Whole = NDArray[np.int64]


def smooth(
    problem: Problem,
    *,
    finish: int | None = None,
    starts: Mapping[Hashable, int] | None = None,
    rounds: int = 200,
    seed: int = 0,
) -> Smoothed:
    """Use resources evenly by moving activities inside their float; nothing ends after `finish`.

    Begins from `starts`, say those of `level`, else from the earliest schedule; `finish` is that schedule's unless told
    (a minute; the time that resources take is no limit here). First the greatest use over capacity of any resource is
    made least, then the sum of squares over time of all such ratios; never worse in that than the schedule it began
    from. Local search by Burgess & Killebrew (1962) from `rounds` shaken schedules: no proof of the least. Capacities
    are measures here, no limits: smoothing a levelled schedule keeps within them, since it never gets worse.

    Raises EngineError as `level` does, for work that may be split or asks for skills, for `starts` that leave out an
    activity or name one that is not there, move one that has begun, fall outside its working time or break a link, and
    for a `finish` before that of the schedule.

    >>> from quarterdeck.engine.levelling import Activity, Problem, Resource
    >>> from quarterdeck.engine.network import Link
    >>> works = Activity("A", 480, {"crew": 1}), Activity("B", 480), Activity("C", 480, {"crew": 1})
    >>> done = smooth(Problem(works, (Link("A", "B"),), (Resource("crew"),)))
    >>> done.starts["C"], done.finish, done.peaks, done.before
    (480, 960, {'crew': 1.0}, {'crew': 2.0})
    """
    from quarterdeck.engine.levelling.smoothing_kernels import smoothed

    rounds, seed = whole("the number of rounds", rounds, 1, 10**9), whole("the seed", seed, 0, 2**64 - 1)
    plan = prepared(problem)
    if finish is not None:
        finish = whole("the finish", finish, -FAR, FAR)
    starts = None if starts is None else _checked(plan, starts)
    if not plan.order:
        none = {each.id: 0.0 for each in problem.resources}
        return Smoothed({}, {}, problem.start, none, none)
    _refuse_what_moves_in_parts(plan)
    told = [*([] if finish is None else [finish]), *(starts or {}).values()]
    plan = replace(plan, step=math.gcd(plan.step, *(each - problem.start for each in told)))
    last = max([problem.start, *told])
    grid, state = horizon(plan, strict=False, until=last)
    while starts is not None:
        placed = _placed(plan, grid, starts)
        if placed is not None:
            state = placed
            break
        grid = longer(plan, grid, strict=False)
    end = int(state[:, 1].max())
    if finish is not None:
        now = int(instants_of(plan, grid, state)[1].max())
        if finish < now:
            raise EngineError(
                f"the finish {finish} lies before that of the schedule, {now}", remedy="Give a later finish."
            )
        end = max(end, int(np.searchsorted(grid.instants + grid.step, finish, side="right")))
    before = _peaks(plan, grid, state)
    capacities = np.array([each.capacity or 1.0 for each in problem.resources])
    smoothed(grid.instance, plan.demands / capacities, state, end, rounds, seed % 2**32)
    begins, ends = instants_of(plan, grid, state)
    names = [activity.id for activity in plan.order]
    return Smoothed(
        dict(zip(names, begins.tolist(), strict=True)),
        dict(zip(names, ends.tolist(), strict=True)),
        int(ends.max()),
        _peaks(plan, grid, state),
        before,
    )


def _checked(plan: Prepared, starts: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """The starts of all activities and of nothing else, those of work that has begun where it did."""
    told = dict(starts)
    for name, at in told.items():
        if name not in plan.index:
            raise EngineError(
                f"a start is given of {name!r}, which is no activity", culprits=(name,), remedy="Remove it."
            )
        told[name] = whole(f"the start of activity {name!r}", at, -FAR, FAR)
        begun = plan.order[plan.index[name]].started
        if begun is not None and begun != at:
            raise EngineError(
                f"activity {name!r} is to start at {at}, but began at {begun}",
                culprits=(name,),
                remedy="Give the start at which it began.",
            )
    return told


def _refuse_what_moves_in_parts(plan: Prepared) -> None:
    for activity in plan.order:
        if activity.skills or activity.splittable:
            why = "asks for skills" if activity.skills else "may be split"
            raise EngineError(
                f"activity {activity.id!r} {why}, which smoothing cannot do",
                culprits=(activity.id,),
                remedy="Name who does it among its demands." if activity.skills else "Smooth it whole.",
            )


def _peaks(plan: Prepared, grid: Grid, state: Whole) -> dict[Hashable, float]:
    """The most units of each resource that are in use at one time."""
    taken = used(plan.demands, grid, state)
    return {
        resource.id: round(float(row.max(initial=0.0)), 9)
        for resource, row in zip(plan.problem.resources, taken, strict=True)
    }


def _placed(plan: Prepared, grid: Grid, starts: Mapping[Hashable, int]) -> Whole | None:
    """The schedule in slots; None where the grid is too short. Refuses starts that cannot be."""
    from quarterdeck.engine.levelling.kernels import CALENDAR, DURATION, HIGH, RELEASE, earliest

    instance = grid.instance
    act, before = instance.act, instance.before
    state = np.zeros((len(act), 3), np.int64)
    ends = np.concatenate([[plan.problem.start], grid.instants + grid.step])
    for j, activity in enumerate(plan.order):
        if activity.id not in starts:
            raise EngineError(f"activity {activity.id!r} has no start", culprits=(activity.id,), remedy="Give it.")
        at, d, c = starts[activity.id], int(act[j, DURATION]), int(act[j, CALENDAR])
        slot = int(np.searchsorted(grid.instants if d else ends, at))
        place = int(before[c, min(slot, before.shape[1] - 1)])
        if place + max(d, 1) > act[j, HIGH]:
            return None
        first = int(instance.slots[place])
        least = int(before[c, act[j, RELEASE]])
        least = earliest(instance.pred, instance.pred_of[j], instance.pred_of[j + 1], before, c, state, least)
        if activity.started is None and (place < least or (d and int(grid.instants[first]) != at)):
            why = "before its predecessors or its date allow" if place < least else "when it does not work"
            raise EngineError(
                f"activity {activity.id!r} starts {why}",
                culprits=(activity.id,),
                remedy="Give starts that keep to the links and calendars, such as those of level.",
            )
        state[j] = first, int(instance.slots[place + d - 1]) + 1 if d else first, place
    return state
