"""What every resource does over time: the histogram, and where more is asked than there is."""

from collections.abc import Hashable, Mapping

import numpy as np

from quarterdeck.engine.calendar import Calendar, intersection, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling._prepare import prepared
from quarterdeck.engine.levelling._skills import ALWAYS, SHARES
from quarterdeck.engine.levelling.problem import Activity, Assigned, Problem, Usage


def usage(
    problem: Problem,
    starts: Mapping[Hashable, int],
    finishes: Mapping[Hashable, int],
    assigned: Mapping[Hashable, tuple[Assigned, ...]] | None = None,
) -> tuple[Usage, ...]:
    """The resource histogram of any schedule, levelled or not: what each resource is asked for, and what it can give.

    An activity asks from its start to its finish while its own calendar and those of its resources work; for its skills
    it asks those who are `assigned` (see `Levelled`). Raises EngineError for an activity without start and finish, for
    one assigned that is no resource, and as `level` does.

    >>> from quarterdeck.engine.levelling import Activity, Problem, Resource
    >>> digs = tuple(Activity(name, 480, {"crew": 1}) for name in ("A", "B"))
    >>> (crew,) = usage(Problem(digs, resources=(Resource("crew"),)), {"A": 0, "B": 240}, {"A": 480, "B": 720})
    >>> crew.instants.tolist(), crew.used.tolist(), crew.over
    ([0, 240, 480, 720], [1.0, 2.0, 1.0], ((240, 480, 1.0),))
    """
    plan = prepared(problem)
    pieces: dict[Hashable, list[tuple[int, int, float]]] = {resource.id: [] for resource in problem.resources}
    for j, activity in enumerate(plan.order):
        if activity.id not in starts or activity.id not in finishes:
            raise EngineError(
                f"activity {activity.id!r} has no start or no finish", culprits=(activity.id,), remedy="Give both."
            )
        first, last = starts[activity.id], finishes[activity.id]
        places = (assigned or {}).get(activity.id, ())
        asked = [*activity.demands.items(), *((each.resource, each.units) for each in places)]
        if last > first and asked:
            spans = [plan.calendars[plan.calendar[j]]] if not places else _met(problem, activity, places)
            part = timeline(intersection(*spans) if len(spans) > 1 else spans[0]).part(first, last)
            for low, high in zip(part.starts.tolist(), part.ends.tolist(), strict=True):
                if max(low, first) < min(high, last):
                    for name, units in asked:
                        pieces[name].append((max(low, first), min(high, last), units))
    return tuple(
        _stepped(resource.id, pieces[resource.id], round(resource.capacity * SHARES) / SHARES)
        for resource in problem.resources
    )


def _met(problem: Problem, activity: Activity, places: tuple[Assigned, ...]) -> list[Calendar]:
    """The calendars that must all work for the activity to."""
    resources = {resource.id: resource for resource in problem.resources}
    for each in places:
        if each.resource not in resources:
            raise EngineError(
                f"{each.resource!r}, assigned to activity {activity.id!r}, is no resource",
                culprits=(activity.id, each.resource),
                remedy="Add the resource or assign another.",
            )
    names = [*activity.demands, *(each.resource for each in places)]
    spans = [activity.calendar, *(resources[name].calendar for name in names)]
    return [span for span in spans if span is not None] or [ALWAYS]


def _stepped(resource: Hashable, pieces: list[tuple[int, int, float]], capacity: float) -> Usage:
    instants = np.unique(np.array([edge for low, high, _ in pieces for edge in (low, high)], dtype=np.int64))
    change = np.zeros(len(instants))
    for low, high, units in pieces:
        change[np.searchsorted(instants, low)] += units
        change[np.searchsorted(instants, high)] -= units
    used = np.asarray(np.round(np.cumsum(change), 9)[:-1], dtype=np.float64)
    return Usage(resource, instants, used, np.full(len(used), capacity))
