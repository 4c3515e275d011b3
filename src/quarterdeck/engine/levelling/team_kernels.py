"""Compiled generation of schedules in which work asks for skills: who holds which place is found by matching.

A place asks for a share of one resource that has its skill, the same resource from start to finish. The work counts
its time on a calendar on which all who hold its places work: each of its options is such a calendar.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled, compiled_inline
from quarterdeck.engine.levelling.kernels import (
    DURATION,
    FINISH,
    LANES,
    MOST,
    NO_ROOM,
    PLACE,
    RELEASE,
    START,
    WIDTH,
    earliest,
    forward,
    room,
)

if TYPE_CHECKING:
    from quarterdeck.engine.levelling.genetic_kernels import Instance

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

SKILL, SHARE = range(2)
"""Columns of a place that work asks for: the skill and the share of a resource."""
CLOCK, FIRST, BEYOND = range(3)
"""Columns of an option: the calendar, and where it begins and ends in `slots`."""


class Team(NamedTuple):
    """Who can do what. `seats` of an activity are `seats[seat_of[j]:seat_of[j + 1]]`, the greatest share first."""

    seat_of: Whole
    seats: Whole
    option_of: Whole
    options: Whole
    able: Whole  # (skills, resources)
    covers: Whole  # (calendars, resources): whether the resource works whenever the calendar does
    versatile: Whole  # by resource, the number of its skills


@compiled_inline
def unit(packed: Whole, slot: int, r: int) -> int:
    """What the words of a slot hold for one resource."""
    share: int = (packed[slot, r // LANES] >> (WIDTH * (r % LANES))) & ((1 << WIDTH) - 1)
    return share - (MOST + 1)


@compiled
def moved_on(  # noqa: PLR0917  compiled: arrays one by one
    seat: int, seats: Whole, able: Whole, left: Whole, held: Whole, queue: Whole, before: Whole
) -> bool:
    """Whether `seat` finds a resource once those in the seats before it move on, along the shortest chain.

    `queue` and `before` are room to work in.
    """
    seen = np.zeros(len(left), np.bool_)
    queue[0], before[seat] = seat, -1
    low, high = 0, 1
    while low < high:
        mover = queue[low]
        low += 1
        for r in range(len(left)):
            if seen[r] or not able[seats[mover, SKILL], r]:
                continue
            seen[r] = True
            if left[r] >= seats[mover, SHARE]:
                at, to = mover, r
                while at >= 0:
                    source = held[at]
                    held[at] = to
                    left[to] -= seats[at, SHARE]
                    if at != seat:
                        left[source] += seats[at, SHARE]
                    at, to = before[at], source
                return True
            for other in range(seat):
                if held[other] == r and left[r] + seats[other, SHARE] >= seats[mover, SHARE]:
                    before[other] = mover
                    queue[high] = other
                    high += 1
    return False


@compiled
def matched(seats: Whole, able: Whole, left: Whole, score: Real, held: Whole) -> bool:
    """Whether every seat finds a resource, written to `held`; `left`, what each can give, is used up.

    The resource with the least score first; where none is left those who sit already move on (augmenting paths). Exact
    for equal shares; with unequal ones a packing is missed where only an exchange of several seats for one would do.
    """
    queue, before = np.empty(len(seats), np.int64), np.empty(len(seats), np.int64)
    for seat in range(len(seats)):
        pick = -1
        for r in range(len(left)):
            fits = able[seats[seat, SKILL], r] and left[r] >= seats[seat, SHARE]
            if fits and (pick < 0 or score[r] < score[pick]):
                pick = r
        if pick >= 0:
            held[seat] = pick
            left[pick] -= seats[seat, SHARE]
        elif not moved_on(seat, seats, able, left, held, queue, before):
            return False
    return True


@compiled
def seated(  # noqa: PLR0917  compiled: arrays one by one
    j: int,
    team: Team,
    option: int,
    place: int,
    duration: int,
    need: Whole,
    slots: Whole,
    free: Whole,
    score: Real,
    left: Whole,
    held: Whole,
) -> int:
    """Match the seats of `j` over a run from `place`: -1 where they are, else a later place before which none can be.

    A run earlier than that still holds, for everyone who lacks, the slot in which he lacks most.
    """
    first, last = team.seat_of[j], team.seat_of[j + 1]
    again = place + duration
    wanted = team.seats[first:last, SHARE].sum()
    for r in range(len(left)):
        left[r] = 0
        asked = False
        for seat in range(first, last):
            asked = asked or team.able[team.seats[seat, SKILL], r] > 0
        if not asked or not team.covers[team.options[option, CLOCK], r]:
            continue
        own = unit(need, j, r) + MOST + 1
        least, at = MOST + 1, place
        for v in range(place, place + duration):
            share = unit(free, slots[v], r) - own
            if share <= least:
                least, at = share, v
        left[r] = least
        if least < wanted:
            again = min(again, at + 1)
    return -1 if matched(team.seats[first:last], team.able, left, score, held[first:last]) else again


@compiled
def run_from(  # noqa: PLR0917
    j: int,
    option: int,
    place: int,
    d: int,
    finish: int,
    need: Whole,
    slots: Whole,
    free: Whole,
    team: Team,
    score: Real,
    left: Whole,
    held: Whole,
) -> int:
    """The first place from `place` on at which `j` can run with its seats held, ending before `finish`; -1 for none."""
    u = place
    while u + d <= team.options[option, BEYOND] and slots[u + d - 1] + 1 < finish:
        again = -1
        for v in range(u + d - 1, u - 1, -1):
            if not room(free, need, j, slots[v]):
                again = v + 1
                break
        if again < 0:
            again = seated(j, team, option, u, d, need, slots, free, score, left, held)
        if again < 0:
            return u
        u = again
    return -1


@compiled
def take(  # noqa: PLR0917
    j: int, place: int, d: int, need: Whole, slots: Whole, free: Whole, team: Team, score: Real, held: Whole
) -> None:
    """Take what `j` needs and who holds its seats, for `d` places."""
    for seat in range(team.seat_of[j], team.seat_of[j + 1]):
        r = held[seat]
        score[r] += d * team.seats[seat, SHARE]
        for v in range(place, place + d):
            free[slots[v], r // LANES] -= team.seats[seat, SHARE] << (WIDTH * (r % LANES))
    for v in range(place, place + d):
        for w in range(need.shape[1]):
            free[slots[v], w] -= need[j, w]


@compiled
def team_forward(  # noqa: PLR0917  compiled: arrays one by one
    instance: "Instance", order: Whole, free: Whole, state: Whole, held: Whole, chosen: Whole
) -> int:
    """Serial generation as `kernels.forward`, each activity with the option by which it ends first.

    Of those who could, the ones with fewer skills are taken first, then those less busy. `held` by seat and `chosen`,
    the option by activity, are written; `free` is used up.
    """
    act, need, slots, before, team = instance.act, instance.need, instance.slots, instance.before, instance.team
    pred_of, pred = instance.pred_of, instance.pred
    makespan, top, resources = 0, before.shape[1] - 1, team.able.shape[1]
    score: Real = team.versatile.astype(np.float64) * 1e9
    left = np.zeros(resources, np.int64)
    for turn in range(len(order)):
        j = order[turn]
        first, last = team.seat_of[j], team.seat_of[j + 1]
        chosen[j] = team.option_of[j]
        if first == last:
            ends = forward(order[turn : turn + 1], act, need, pred_of, pred, slots, before, free, state)
            if ends == NO_ROOM:
                return NO_ROOM
            makespan = max(makespan, ends)
            continue
        d, place, finish = act[j, DURATION], -1, 1 << 60
        for option in range(team.option_of[j], team.option_of[j + 1]):
            c = team.options[option, CLOCK]
            u = before[c, min(act[j, RELEASE], top)]
            u = earliest(pred, pred_of[j], pred_of[j + 1], before, c, state, u)
            u = run_from(j, option, u, d, finish, need, slots, free, team, score, left, held)
            if u >= 0:
                place, finish, chosen[j] = u, slots[u + d - 1] + 1, option
        if place < 0:
            return NO_ROOM
        seated(j, team, chosen[j], place, d, need, slots, free, score, left, held)
        take(j, place, d, need, slots, free, team, score, held)
        state[j, START], state[j, FINISH], state[j, PLACE] = slots[place], finish, place
        makespan = max(makespan, finish)
    return makespan
