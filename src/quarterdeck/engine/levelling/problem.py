"""What is to be levelled, and what comes of it: plain facts and answers.

Instants, durations and lags are whole minutes, as in `engine.network`, whose links are used.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar
from quarterdeck.engine.network import Link


@dataclass(frozen=True, slots=True)
class Resource:
    """Who or what works: `capacity` units (1.0: one person full-time) whenever its calendar does (None: always).

    `skills`: what else than by its own name it can be asked for.
    """

    id: Hashable
    capacity: float = 1.0
    calendar: Calendar | None = None
    skills: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Activity:
    """A piece of work; `demands` are units by resource, the same from start to finish.

    It works when its calendar (None: always) and those of the resources it demands all work. `started` pins it where it
    began; `splittable` lets it wait inside and go on later.

    `skills` are units by skill, whoever has it: each whole unit, and what is left over (0.5: half of someone), is a
    place that one resource holds from start to finish; levelling says who. It works when all who hold a place do.
    """

    id: Hashable
    duration: int
    demands: Mapping[Hashable, float] = field(default_factory=dict)
    calendar: Calendar | None = None
    earliest: int | None = None
    started: int | None = None
    priority: int = 500
    splittable: bool = False
    project: Hashable | None = None
    skills: Mapping[Hashable, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """When a project is due, and what each day of the clock beyond costs."""

    id: Hashable
    due: int
    delay_cost: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole problem. With `projects` the cost of their delay is made least, without them the finish of all."""

    activities: tuple[Activity, ...]
    links: tuple[Link, ...] = ()
    resources: tuple[Resource, ...] = ()
    projects: tuple[Project, ...] = ()
    start: int = 0


class Cause(StrEnum):
    """Why an activity stands later than without limits on resources."""

    PREDECESSOR = "predecessor"  # it waits for one that moved
    RESOURCE = "resource"  # it waits for what others use


@dataclass(frozen=True, slots=True)
class Move:
    """An activity that levelling moved: from where to where, and what for.

    For PREDECESSOR `by` are the activities it waits for. For RESOURCE they are those that hold the
    `resources` which it lacks just before its start.
    """

    activity: Hashable
    unlevelled: int
    start: int
    cause: Cause
    resources: tuple[Hashable, ...]
    by: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who holds a place of an activity: so many `units` of a resource for its skill."""

    skill: Hashable
    resource: Hashable
    units: float


@dataclass(frozen=True, slots=True)
class Levelled:
    """The schedule: starts and finishes by activity, its finish, how good it is at least, and why what moved has moved.

    `assigned`: who holds the places of each activity that asks for skills.

    `objective` is the length from the start of the plan in minutes, or the cost of delay; `bound` what it cannot fall
    below; `gap` = (objective - bound) / objective, None where the objective is nil. `slot` is the step in minutes in
    which was reckoned: durations were rounded up to it, and where that made a difference `bound` is that of the longer
    durations and `optimal` is not claimed.
    """

    starts: Mapping[Hashable, int]
    finishes: Mapping[Hashable, int]
    finish: int
    objective: float
    bound: float
    gap: float | None
    optimal: bool
    schedules: int
    slot: int
    moves: tuple[Move, ...]
    assigned: Mapping[Hashable, tuple[Assigned, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A smoothed schedule: starts and finishes by activity, its finish, and the `peaks` in units by resource.

    `before` are the peaks of the schedule from which smoothing began.
    """

    starts: Mapping[Hashable, int]
    finishes: Mapping[Hashable, int]
    finish: int
    peaks: Mapping[Hashable, float]
    before: Mapping[Hashable, float]


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """What one resource does over time: `used` and `capacity` hold from each of `instants` to the next.

    The last instant is the end; the arrays have one value fewer.
    """

    resource: Hashable
    instants: NDArray[np.int64]
    used: NDArray[np.float64]
    capacity: NDArray[np.float64]

    @property
    def over(self) -> tuple[tuple[int, int, float], ...]:
        """Where more is asked than there is: from, to, by how many units at most."""
        beyond = np.round(self.used - self.capacity, 9)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], beyond > 0, [False]]).astype(np.int8)))
        return tuple(
            (int(self.instants[low]), int(self.instants[high]), float(beyond[low:high].max()))
            for low, high in edges.reshape(-1, 2)
        )
