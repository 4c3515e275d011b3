"""From a problem in minutes to one in slots: calendars, capacities and links as arrays."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar, intersection, timeline
from quarterdeck.engine.checking import unique, whole, within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling._skills import ALWAYS, SHARES, checked_skills, spans_of, team
from quarterdeck.engine.levelling.problem import Activity, Problem, Resource
from quarterdeck.engine.network import LagCalendar, LagUnit, Link, LinkKind

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]

STEPS = (1, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
SLOTS = 60_000
"""Slots of a first horizon at most: beyond, the step is made longer."""
FAR = 2**40
"""Minutes beyond which no instant lies: two million years."""
FAR_APART = 1e12
"""Costs of delay farther apart than this cannot be told in one sum."""
FARTHEST = 500_000
"""Slots beyond which no horizon grows: what does not fit by then never will."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The problem checked and in topological order, still in minutes.

    `edges` (m, 6): predecessor, successor, by finish, to finish, wait, lag. `demands` (n, resources) in units.
    `options`: the calendars on which each may work, `calendar` the first of them. `alone` where all count on one
    calendar and no lag runs by the clock: slots that do not work can be left out then.
    """

    problem: Problem
    order: tuple[Activity, ...]
    index: Mapping[Hashable, int]
    calendars: tuple[Calendar, ...]
    calendar: Whole
    options: tuple[tuple[int, ...], ...]
    demands: NDArray[np.float64]
    edges: Whole
    alone: bool
    step: int
    pinned: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The slots of a horizon: the minute at which each begins, and the arrays of the search over them.

    `unit` is the money that 1 of the search stands for: the least cost of a minute's delay.
    """

    instants: Whole
    step: int
    instance: "Instance"
    unit: float


def prepared(problem: Problem) -> Prepared:
    """Check the problem and bring it in order. Raises EngineError that names what is wrong."""
    resources = {resource.id: resource for resource in problem.resources}
    _checked(problem, resources)
    order = _topological(problem)
    index = {activity.id: number for number, activity in enumerate(order)}
    spans = [spans_of(activity, _span(activity, resources), problem.resources) for activity in order]
    calendars = tuple(dict.fromkeys(span for each in spans for span in each)) or (ALWAYS,)
    alone = len(calendars) == 1
    edges = [
        _edge(link, index, order, alone=alone) for link in problem.links if order[index[link.successor]].started is None
    ]
    table = np.array(edges, dtype=np.int64).reshape(-1, 6)
    alone = alone and not table[:, 4].any()
    pinned = tuple(number for number, activity in enumerate(order) if activity.started is not None)
    options = tuple(tuple(calendars.index(span) for span in each) for each in spans)
    calendar = np.array([each[0] for each in options], dtype=np.int64)
    column = {resource.id: number for number, resource in enumerate(problem.resources)}
    demands = np.zeros((len(order), len(column)))
    for number, activity in enumerate(order):
        for name, units in activity.demands.items():
            demands[number, column[name]] = units
    step = _step(order, table, problem)
    return Prepared(problem, order, index, calendars, calendar, options, demands, table, alone, step, pinned)


def gridded(plan: Prepared, count: int, step: int) -> Grid:
    """The problem over `count` slots of `step` minutes from the start of the plan; durations are rounded up."""
    from quarterdeck.engine.levelling.genetic_kernels import Instance
    from quarterdeck.engine.levelling.kernels import (
        CALENDAR,
        DURATION,
        HIGH,
        LOW,
        PINNED,
        PROJECT,
        RANK,
        RELEASE,
        SPLIT,
    )

    instants, working = _working(plan, count, step)
    act = np.zeros((len(plan.order), 9), np.int64)
    act[:, CALENDAR] = plan.calendar
    act[:, DURATION] = [-(-activity.duration // step) for activity in plan.order]
    ends = np.cumsum([int(row.sum()) for row in working])
    act[:, HIGH] = ends[plan.calendar]
    act[:, LOW] = (ends - [int(row.sum()) for row in working])[plan.calendar]
    earliest = [plan.problem.start if each.earliest is None else each.earliest for each in plan.order]
    act[:, RELEASE] = np.searchsorted(instants, earliest)
    begun = [-1 if each.started is None else each.started for each in plan.order]
    act[:, PINNED] = np.where(np.array(begun) >= 0, np.searchsorted(instants, begun), -1)
    act[:, SPLIT] = [each.splittable and each.started is None and each.duration > 0 for each in plan.order]
    act[:, RANK] = 0
    projects = {project.id: number for number, project in enumerate(plan.problem.projects)}
    act[:, PROJECT] = [projects.get(each.project, len(projects)) for each in plan.order]
    places = [np.cumsum(np.concatenate([[0], row])) for row in working]
    before = np.array([start + place for start, place in zip(ends - [p[-1] for p in places], places, strict=True)])
    slots = np.concatenate([np.flatnonzero(row) for row in working])
    need, full = _capacity(plan, act, slots, before, instants)
    edges = plan.edges.copy()
    edges[:, 4] = -(-edges[:, 4] // step)
    edges[:, 5] = -(-edges[:, 5] // step)
    edges[:, 5] -= edges[:, 3] * act[edges[:, 1], DURATION]
    pred_of, pred = _sorted(edges, 1, 0, len(act))
    succ_of, succ = _sorted(edges, 0, 1, len(act))
    steps = edges[:, 5] + edges[:, 2] * act[edges[:, 0], DURATION]
    some = {each.project for each in plan.order}
    costs = [project.delay_cost if project.id in some else 0.0 for project in plan.problem.projects]
    least = min((cost for cost in costs if cost), default=1.0)
    bounds = np.stack([ends - [len(np.flatnonzero(row)) for row in working], ends], axis=1)
    seats = team(
        plan.order,
        plan.options,
        plan.problem.resources,
        bounds,
        slots=[instants[np.flatnonzero(row)] for row in working],
        step=step,
    )
    simple = not act[:, SPLIT].any() and not plan.pinned and not len(seats.seats)
    whole = plan.alone and need.shape[1] == 1 and simple
    instance = Instance(
        whole,
        act,
        need,
        pred_of,
        pred,
        succ_of,
        succ,
        slots.astype(np.int64),
        before.astype(np.int64),
        full,
        _plain(edges, steps, 1, 0),
        _plain(edges, steps, 0, 1),
        np.concatenate([[plan.problem.start], instants + step]).astype(np.int64),
        np.array([*(project.due for project in plan.problem.projects), 0], dtype=np.int64),
        np.array([*costs, 0.0]) / least,
        seats,
    )
    return Grid(instants, step, instance, least / 1440)


def _working(plan: Prepared, count: int, step: int) -> tuple[Whole, list[NDArray[np.bool_]]]:
    """The slots, and by calendar which of them work from end to end."""
    first = plan.problem.start
    if plan.alone:
        span = timeline(plan.calendars[0])
        origin = span.work_at(first)
        worked = origin + np.arange(count, dtype=np.int64) * step
        starts, ends = span.start_at(worked), span.finish_at(worked + step)
        kept = ends - starts >= step
        return starts[kept], [np.ones(int(kept.sum()), dtype=bool)]
    instants = first + np.arange(count, dtype=np.int64) * step
    return instants, [timeline(each).between(instants, instants + step) == step for each in plan.calendars]


def _capacity(plan: Prepared, act: Whole, slots: Whole, before: Whole, instants: Whole) -> tuple[Whole, Whole]:
    """What activities need and what is free, packed in words; what has begun is taken off already."""
    from quarterdeck.engine.levelling.kernels import CALENDAR, DURATION, LANES, PINNED, WIDTH

    resources = plan.problem.resources
    words = max(1, -(-len(resources) // LANES))
    need = np.zeros((len(plan.order), words), np.int64)
    full = np.zeros((len(instants), words), np.int64)
    for number in range(words * LANES):
        word, shift = divmod(number, LANES)
        if number >= len(resources):
            full[:, word] += 1 << (WIDTH * shift + WIDTH - 1)
            continue
        resource = resources[number]
        asked = np.round(SHARES * plan.demands[:, number]).astype(np.int64)
        free = np.full(len(instants), round(SHARES * resource.capacity), np.int64)
        for j in plan.pinned:
            first = before[act[j, CALENDAR], min(act[j, PINNED], len(instants))]
            free[slots[first : first + act[j, DURATION]]] -= asked[j]
            asked[j] = 0
        need[:, word] += asked << (WIDTH * shift)
        full[:, word] += (np.maximum(free, 0) + (1 << (WIDTH - 1))) << (WIDTH * shift)
    return need, full


def _sorted(edges: Whole, by: int, other: int, count: int) -> tuple[Whole, Whole]:
    """The edges by one end: where each activity's begin; the other end, by finish, to finish, wait, lag."""
    order = np.argsort(edges[:, by], kind="stable")
    of = np.searchsorted(edges[order, by], np.arange(count + 1)).astype(np.int64)
    return of, np.ascontiguousarray(edges[order][:, [other, 2, 3, 4, 5]])


def _plain(edges: Whole, steps: Whole, by: int, other: int) -> Whole:
    order = np.argsort(edges[:, by], kind="stable")
    return np.ascontiguousarray(np.stack([edges[order, other], steps[order]], axis=1))


def _span(activity: Activity, resources: Mapping[Hashable, Resource]) -> Calendar:
    """When an activity may work: on its own calendar and those of its resources. A milestone takes its own."""
    spans = [] if activity.calendar is None else [activity.calendar]
    for name, units in activity.demands.items():
        calendar = resources[name].calendar
        if units and calendar is not None:
            spans.append(calendar)
    return intersection(*spans) if spans else ALWAYS


def _edge(link: Link, index: Mapping[Hashable, int], order: Sequence[Activity], *, alone: bool) -> tuple[int, ...]:
    before, after = index[link.predecessor], index[link.successor]
    by_finish = link.kind in (LinkKind.FINISH_START, LinkKind.FINISH_FINISH)
    to_finish = link.kind in (LinkKind.FINISH_FINISH, LinkKind.START_FINISH)
    lag = link.lag
    if link.unit is LagUnit.PERCENT:
        lag = round(order[before].duration * link.lag / 10_000)
    clock = link.unit is LagUnit.ELAPSED or link.calendar is LagCalendar.AROUND_THE_CLOCK
    if lag and not clock and not alone and link.calendar in (LagCalendar.PREDECESSOR, LagCalendar.PROJECT):
        raise EngineError(
            f"the lag from {link.predecessor!r} to {link.successor!r} counts on the calendar of the "
            f"{link.calendar.name.lower()}, which levelling cannot do where calendars differ",
            culprits=(link.predecessor, link.successor),
            remedy="Count it on the calendar of the successor, or by the clock.",
        )
    return before, after, int(by_finish), int(to_finish), lag if clock else 0, 0 if clock else lag


def _topological(problem: Problem) -> tuple[Activity, ...]:
    """The activities, predecessors first, else as given. Raises EngineError for a cycle, naming it."""
    activities = {activity.id: activity for activity in problem.activities}
    after: dict[Hashable, list[Hashable]] = {each: [] for each in activities}
    degree = dict.fromkeys(activities, 0)
    for link in problem.links:
        after[link.predecessor].append(link.successor)
        degree[link.successor] += 1
    ready = [each for each, count in degree.items() if not count]
    order = []
    while ready:
        each = ready.pop(0) if len(ready) < 50 else ready.pop()
        order.append(activities[each])
        for follower in after[each]:
            degree[follower] -= 1
            if not degree[follower]:
                ready.append(follower)
    if len(order) < len(activities):
        left = {each for each, count in degree.items() if count}
        walk: list[Hashable] = [next(each for each in activities if each in left)]
        before = {follower: each for each in left for follower in after[each] if follower in left}
        while walk.count(walk[-1]) < 2:
            walk.append(before[walk[-1]])
        cycle = tuple(reversed(walk[walk.index(walk[-1]) : -1]))
        raise EngineError(
            f"the links go round in a circle: {' > '.join(map(str, (*cycle, cycle[0])))}",
            culprits=cycle,
            remedy="Remove one of them.",
        )
    return tuple(order)


def _step(order: Sequence[Activity], edges: Whole, problem: Problem) -> int:
    """The greatest step of the usual ones in which durations, lags, dates and shifts come out whole."""
    facts = {activity.duration for activity in order} | {int(abs(lag)) for lag in edges[:, 4:].ravel()}
    facts |= {each.earliest - problem.start for each in order if each.earliest is not None}
    facts |= {each.started - problem.start for each in order if each.started is not None}
    given = (*(each.calendar for each in order), *(each.calendar for each in problem.resources))
    spans = {calendar for calendar in given if calendar is not None}
    if not spans:
        return math.gcd(*facts) or 1
    for calendar in spans:
        part = timeline(calendar).part(problem.start, problem.start + 28 * 1440)
        facts |= {int(at) - problem.start for at in (*part.starts, *part.ends)}
    exact = math.gcd(*facts) or 1440
    return max(step for step in STEPS if exact % step == 0)


def _checked(problem: Problem, resources: Mapping[Hashable, Resource]) -> None:
    from quarterdeck.engine.levelling.kernels import MOST

    whole("the start of the plan", problem.start, -FAR, FAR)
    unique("resources", (resource.id for resource in problem.resources))
    unique("projects", (project.id for project in problem.projects))
    known = set(unique("activities", (activity.id for activity in problem.activities)))
    for resource in problem.resources:
        within(f"the capacity of {resource.id!r}", resource.capacity, low=0, high=MOST / SHARES)
    for project in problem.projects:
        whole(f"the due date of {project.id!r}", project.due, -FAR, FAR)
        within(f"the cost of delay of {project.id!r}", project.delay_cost, low=0)
    costs = sorted((each for each in problem.projects if each.delay_cost), key=lambda each: each.delay_cost)
    if costs and costs[-1].delay_cost > FAR_APART * costs[0].delay_cost:
        raise EngineError(
            f"the cost of delay of {costs[-1].id!r} is more than {FAR_APART:,.0f} times that of {costs[0].id!r}",
            culprits=(costs[-1].id, costs[0].id),
            remedy="Leave out the lesser one, or check both.",
        )
    for link in problem.links:
        for end in (link.predecessor, link.successor):
            if end not in known:
                raise EngineError(
                    f"a link names activity {end!r}", culprits=(end,), remedy="Add it or remove the link."
                )
        if link.predecessor == link.successor:
            raise EngineError(
                f"activity {link.successor!r} links to itself", culprits=(link.successor,), remedy="Remove the link."
            )
    for activity in problem.activities:
        _checked_activity(activity, problem, resources)


def _checked_activity(activity: Activity, problem: Problem, resources: Mapping[Hashable, Resource]) -> None:
    checked_skills(activity, problem.resources)
    whole(f"the duration of activity {activity.id!r}", activity.duration, 0, FAR)
    for what, at in (("the earliest start", activity.earliest), ("the start", activity.started)):
        if at is not None:
            whole(f"{what} of activity {activity.id!r}", at, -FAR, FAR)
    for name, units in activity.demands.items():
        if name not in resources:
            raise EngineError(
                f"activity {activity.id!r} demands {name!r}, which is no resource",
                culprits=(activity.id, name),
                remedy="Add the resource or remove the demand.",
            )
        within(f"the demand of activity {activity.id!r}", units, low=0)
        if round(units * SHARES) > round(resources[name].capacity * SHARES) and activity.started is None:
            raise EngineError(
                f"activity {activity.id!r} demands {units:g} of {name!r}, which has {resources[name].capacity:g}",
                culprits=(activity.id, name),
                remedy="Lower the demand or raise the capacity.",
            )
