"""Who can do what, from the problem to arrays: places, options of calendars, and what they ask for."""

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar, around_the_clock, intersection, timeline
from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling.problem import Activity, Resource

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.team_kernels import Team

Whole = NDArray[np.int64]

ALWAYS = around_the_clock()
SHARES = 100
"""Capacity is given out in hundredths of a unit."""
CLOSED = 3
"""Calendars among those who could do some work up to which all meetings of them are options."""


def checked_skills(activity: Activity, resources: Sequence[Resource]) -> None:
    """Refuse skills that nobody or too few have, in the activity's name."""
    if not activity.skills:
        return
    if activity.started is not None or activity.splittable:
        why = "has begun" if activity.started is not None else "may be split"
        raise EngineError(
            f"activity {activity.id!r} {why} and asks for skills",
            culprits=(activity.id,),
            remedy="Name who does it among its demands.",
        )
    for skill, units in activity.skills.items():
        within(f"what activity {activity.id!r} asks of {skill!r}", units, low=0)
        able = [each for each in resources if skill in each.skills]
        if not able and units:
            raise EngineError(
                f"activity {activity.id!r} asks for {skill!r}, which nobody has",
                culprits=(activity.id, skill),
                remedy="Give the skill to a resource or remove it here.",
            )
        if round(units * SHARES) > sum(round(each.capacity * SHARES) for each in able):
            have = sum(each.capacity for each in able)
            raise EngineError(
                f"activity {activity.id!r} asks for {units:g} of {skill!r}, of which there are {have:g}",
                culprits=(activity.id, skill),
                remedy="Ask for less or give the skill to more resources.",
            )


def seats_of(activity: Activity) -> list[tuple[Hashable, int]]:
    """The places that an activity asks for, by skill and share in hundredths: whole units, and what is left over."""
    places = []
    for skill, units in activity.skills.items() if activity.duration else ():
        whole, rest = divmod(round(units * SHARES), SHARES)
        places += [(skill, SHARES)] * whole + [(skill, rest)] * bool(rest)
    return sorted(places, key=lambda place: -place[1])


def spans_of(activity: Activity, named: Calendar, resources: Sequence[Resource]) -> tuple[Calendar, ...]:
    """The calendars on which an activity may work, by who holds its places.

    Where those who could work on more than a few calendars, only each of these, and where all of them meet.
    """
    if not seats_of(activity):
        return (named,)
    able = [each for each in resources if any(skill in each.skills for skill in activity.skills)]
    own = tuple(dict.fromkeys(each.calendar for each in able if each.calendar is not None))
    sizes = range(1, len(own) + 1) if len(own) <= CLOSED else (1, len(own))
    met = [] if named is ALWAYS else [named]
    spans = [intersection(*met, *some) for size in sizes for some in combinations(own, size)]
    if any(each.calendar is None for each in able) or not own:
        spans.insert(0, named)
    return tuple(dict.fromkeys(spans))


def team(
    order: Sequence[Activity],
    options: Sequence[Sequence[int]],
    resources: Sequence[Resource],
    bounds: Whole,
    *,
    slots: Sequence[Whole],
    step: int,
) -> "Team":
    """The arrays of `team_kernels.Team`; options that nobody could ever staff are left out.

    `bounds` (calendars, 2): where each begins and ends among all slots; `slots`: the instants of its slots.
    """
    from quarterdeck.engine.levelling.team_kernels import Team

    skills = {skill: number for number, skill in enumerate(dict.fromkeys(k for each in order for k in each.skills))}
    able = np.array([[skill in each.skills for each in resources] for skill in skills], dtype=np.int64)
    able = able.reshape(len(skills), len(resources))
    seats = [[(skills[skill], share) for skill, share in seats_of(each)] for each in order]
    covers = np.array(
        [
            [each.calendar is None or _covers(each.calendar, instants, step) for each in resources]
            if skills
            else [False] * len(resources)
            for instants in slots
        ],
        dtype=np.int64,
    )
    kept = []
    capacity = np.array([round(each.capacity * SHARES) for each in resources], dtype=np.int64)
    for activity, places, own in zip(order, seats, options, strict=True):
        staffed = [each for each in own if not places or _staffed(places, able, capacity * covers[each])]
        if not staffed:
            raise EngineError(
                f"nobody can take all the places of activity {activity.id!r} at one time",
                culprits=(activity.id,),
                remedy="Give its skills to more resources, or look for those whose calendars never work together.",
            )
        kept.append(staffed)
    rows = np.array([(each, *bounds[each]) for own in kept for each in own], dtype=np.int64).reshape(-1, 3)
    return Team(
        np.cumsum([0, *(len(each) for each in seats)]).astype(np.int64),
        np.array([place for each in seats for place in each], dtype=np.int64).reshape(-1, 2),
        np.cumsum([0, *(len(each) for each in kept)]).astype(np.int64),
        rows,
        able,
        covers,
        able.sum(axis=0).astype(np.int64),
    )


def _covers(calendar: Calendar, instants: Whole, step: int) -> bool:
    return bool((timeline(calendar).between(instants, instants + step) == step).all())


def _staffed(places: Sequence[tuple[int, int]], able: Whole, capacity: Whole) -> bool:
    from quarterdeck.engine.levelling.team_kernels import matched

    seats = np.array(places, dtype=np.int64).reshape(-1, 2)
    return bool(matched(seats, able, capacity.copy(), np.zeros(len(capacity)), np.zeros(len(seats), np.int64)))
