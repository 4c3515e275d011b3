"""Compiled genetic search over the orders in which activities are given their place.

Hartmann, "A competitive genetic algorithm for resource-constrained project scheduling" (1998), with every schedule
justified twice (Valls, Ballestin & Quintanilla, 2005) and the order of the justified schedule as what is inherited.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled
from quarterdeck.engine.levelling.kernels import (
    DURATION,
    FINISH,
    NO_ROOM,
    OTHER,
    PROJECT,
    RANK,
    RELEASE,
    START,
    backward,
    forward,
    ordered,
    reset,
)
from quarterdeck.engine.levelling.plain_kernels import BEFORE, STEP, plain_backward, plain_forward
from quarterdeck.engine.levelling.team_kernels import Team, team_forward

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

MONEY = 1e-6
"""What a slot of the makespan counts beside money: of two schedules of the same cost the shorter wins.

All slots of the longest horizon together count less than the least cost of a minute's delay, which is 1."""


class Instance(NamedTuple):
    """A problem in arrays, activities in an order in which predecessors come first; columns as in `kernels`.

    `plain` says that the arrays named so hold the whole of it.
    """

    plain: bool
    act: Whole
    need: Whole  # (n, words)
    pred_of: Whole
    pred: Whole
    succ_of: Whole
    succ: Whole
    slots: Whole
    before: Whole  # (calendars, slots + 1)
    full: Whole  # (slots, words)
    plain_pred: Whole
    plain_succ: Whole
    clock: Whole  # (slots + 1) the minute at which the slots before have passed
    due: Whole  # by project, a minute
    delay_cost: Real  # by project, of a minute, in shares of the least of them
    team: Team


@compiled
def justified(  # noqa: PLR0917
    instance: Instance, order: Whole, free: Whole, state: Whole, counts: Whole, turns: Whole
) -> int:
    """The makespan of the schedule of `order` after pushing all to the right and back to the left, or NO_ROOM.

    `order` becomes that of the schedule, `free` is as new.
    """
    makespan = generated(instance, order, free, state)
    if makespan == NO_ROOM:
        return makespan
    ordered(state, FINISH, makespan, True, counts, turns)
    if instance.plain:
        flat = free[:, 0]
        plain_backward(
            turns,
            instance.act[:, DURATION],
            instance.need[:, 0],
            instance.succ_of,
            instance.plain_succ,
            flat,
            state,
            makespan,
        )
    else:
        backward(
            turns,
            instance.act,
            instance.need,
            instance.succ_of,
            instance.succ,
            instance.slots,
            instance.before,
            free,
            state,
            makespan,
        )
    reset(free, instance.full, makespan)
    ordered(state, START, makespan, False, counts, order)
    makespan = generated(instance, order, free, state)
    if makespan != NO_ROOM:
        ordered(state, START, makespan, False, counts, order)
    return makespan


@compiled
def turned_round(  # noqa: PLR0917
    instance: Instance, order: Whole, free: Whole, state: Whole, counts: Whole, turns: Whole
) -> int:
    """The makespan of what `order` gives backwards from the end of the axis, all as late as may be, pushed to the left.

    For plain instances whose finishes stand in an order of precedence: a schedule is as good in two passes as
    `justified` makes it in three (Debels & Vanhoucke, 2005, breed left and right ones of each other likewise). NO_ROOM
    where the axis is too short; `order` is left as it is, `turns` is scratch, `free` is as new.
    """
    n, top = len(order), len(free)
    for turn in range(n):
        turns[turn] = order[n - 1 - turn]
    flat = free[:, 0]
    least = plain_backward(
        turns, instance.act[:, DURATION], instance.need[:, 0], instance.succ_of, instance.plain_succ, flat, state, top
    )
    for slot in range(max(least, 0), top):
        flat[slot] = instance.full[slot, 0]
    if least == NO_ROOM:
        return NO_ROOM
    for j in range(n):
        state[j, START] -= least
    ordered(state, START, top - least, False, counts, turns)
    return generated(instance, turns, free, state)


@compiled
def straight(instance: Instance) -> bool:
    """Whether nothing may start before what it follows has ended, and the arrays named plain hold the whole."""
    if not instance.plain:
        return False
    for e in range(len(instance.plain_pred)):
        if instance.plain_pred[e, STEP] < instance.act[instance.plain_pred[e, BEFORE], DURATION]:
            return False
    return True


@compiled
def generated(instance: Instance, order: Whole, free: Whole, state: Whole) -> int:
    """The makespan of the schedule of `order`, or NO_ROOM; `free` is as new afterwards."""
    if instance.plain:
        makespan = plain_forward(
            order,
            instance.act[:, DURATION],
            instance.act[:, RELEASE],
            instance.need[:, 0],
            instance.pred_of,
            instance.plain_pred,
            free[:, 0],
            state,
        )
    elif len(instance.team.seats):
        held, chosen = np.zeros(len(instance.team.seats), np.int64), np.zeros(len(order), np.int64)
        makespan = team_forward(instance, order, free, state, held, chosen)
    else:
        makespan = forward(
            order,
            instance.act,
            instance.need,
            instance.pred_of,
            instance.pred,
            instance.slots,
            instance.before,
            free,
            state,
        )
    reset(free, instance.full, len(free) if makespan == NO_ROOM else makespan)
    return makespan


@compiled
def by_rank(act: Whole, order: Whole, turns: Whole) -> None:
    """Sort the order by rank, equal ones as they stand; it stays one of precedence, since ranks are."""
    n, most = len(order), act[:, RANK].max()
    at = 0
    for rank in range(most + 1):
        for turn in range(n):
            if act[order[turn], RANK] == rank:
                turns[at] = order[turn]
                at += 1
    for turn in range(n):
        order[turn] = turns[turn]


@compiled
def sampled(  # noqa: PLR0917  compiled: arrays one by one
    pred_of: Whole, succ_of: Whole, succ: Whole, urgency: Real, power: float, ready: Whole, order: Whole
) -> None:
    """Write an order drawn at random in which the urgent mostly come first, predecessors always (Drexl, 1991).

    `urgency`: the lower the sooner. An infinite power takes the most urgent always.
    """
    n, count = len(order), 0
    degree, weight = np.empty(n, np.int64), np.empty(n)
    for j in range(n):
        degree[j] = pred_of[j + 1] - pred_of[j]
        if not degree[j]:
            ready[count] = j
            count += 1
    for turn in range(n):
        worst = -np.inf
        for a in range(count):
            worst = max(worst, urgency[ready[a]])
        total, pick = 0.0, 0
        for a in range(count):
            weight[a] = (worst - urgency[ready[a]] + 1.0) ** min(power, 8.0)
            total += weight[a]
            if urgency[ready[a]] < urgency[ready[pick]]:
                pick = a
        if np.isfinite(power):
            left, pick = np.random.random() * total, 0
            while pick < count - 1 and left > weight[pick]:
                left -= weight[pick]
                pick += 1
        j = ready[pick]
        count -= 1
        ready[pick] = ready[count]
        order[turn] = j
        for e in range(succ_of[j], succ_of[j + 1]):
            i = succ[e, OTHER]
            degree[i] -= 1
            if not degree[i]:
                ready[count] = i
                count += 1


@compiled
def crossed(mother: Whole, father: Whole, seen: Whole, stamp: int, child: Whole) -> None:
    """Two-point crossover that keeps precedence: ends from the mother, the middle in the order of the father.

    The middle is a quarter to three quarters of the whole: children of less hardly differ from a parent.
    """
    n = len(child)
    width = n // 4 + np.random.randint(n // 2 + 1)
    first = np.random.randint(n - width + 1)
    last = first + width
    for turn in range(first):
        child[turn] = mother[turn]
        seen[mother[turn]] = stamp
    turn, q = first, 0
    while turn < last:
        if seen[father[q]] != stamp:
            child[turn] = father[q]
            seen[father[q]] = stamp
            turn += 1
        q += 1
    q = 0
    while turn < n:
        if seen[mother[q]] != stamp:
            child[turn] = mother[q]
            seen[mother[q]] = stamp
            turn += 1
        q += 1


@compiled
def mutated(  # noqa: PLR0917  compiled: arrays one by one
    pred_of: Whole, pred: Whole, succ_of: Whole, succ: Whole, order: Whole, place: Whole
) -> None:
    """One drawn at random goes to a place drawn between its predecessors and its successors; `place` is scratch."""
    n = len(order)
    for turn in range(n):
        place[order[turn]] = turn
    j = np.random.randint(n)
    low, high = 0, n - 1
    for e in range(pred_of[j], pred_of[j + 1]):
        low = max(low, place[pred[e, OTHER]] + 1)
    for e in range(succ_of[j], succ_of[j + 1]):
        high = min(high, place[succ[e, OTHER]] - 1)
    to = low + np.random.randint(high - low + 1)
    at = place[j]
    while at < to:
        order[at] = order[at + 1]
        at += 1
    while at > to:
        order[at] = order[at - 1]
        at -= 1
    order[to] = j


@compiled
def tournament(cost: Real, size: int) -> int:
    """The better of two drawn at random."""
    one, other = np.random.randint(size), np.random.randint(size)
    return one if cost[one] <= cost[other] else other


@compiled
def worth(instance: Instance, state: Whole, makespan: int) -> float:
    """What a schedule costs: the makespan, or what the delay of each project does. The less the better.

    Of equal ones that which starts its work the earlier on the mean costs less, by less than a slot: without that the
    search has nothing to go by, since most schedules are equally long.
    """
    n, mean = len(state), 0.0
    for j in range(n):
        mean += state[j, START]
    fine = makespan + mean / (n * (makespan + 1.0))
    if not instance.delay_cost.any():
        return fine
    total, ends = MONEY * fine, np.zeros(len(instance.due), np.int64)
    for j in range(n):
        p = instance.act[j, PROJECT]
        ends[p] = max(ends[p], state[j, FINISH])
    for p in range(len(ends)):
        total += instance.delay_cost[p] * max(0, instance.clock[ends[p]] - instance.due[p])
    return total


@compiled
def signed(state: Whole) -> np.int64:
    """A number that tells this schedule from others by its starts (Fowler, Noll & Vo's hash)."""
    sign = np.int64(1469598103934665603)
    for j in range(len(state)):
        sign = (sign ^ state[j, START]) * np.int64(1099511628211)
        sign ^= sign >> np.int64(29)
    return sign


@compiled
def bred(  # noqa: PLR0917
    instance: Instance,
    urgency: Real,
    orders: Whole,
    starts: Whole,
    cost: Real,
    signs: Whole,
    first: int,
    last: int,
    seed: int,
    justify: bool,
) -> int:
    """Write the rows `first` to `last` of the population: their orders, what they cost, and their signs.

    An order of `starts` gives the schedule back by `generated`; that of `orders` is what is inherited. They are the
    same but where `turned_round` does: there it is the order of the finishes.

    Rows of the first half are drawn at random, those of the second are children of the first. The numbers come from
    `seed`. Returns the passes made (a justified schedule counts for three, one turned round for two), or NO_ROOM when
    the horizon was too short.
    """
    np.random.seed(seed)
    size, n = len(orders) // 2, orders.shape[1]
    free, state = instance.full.copy(), np.zeros((n, 3), np.int64)
    counts, turns, seen = np.zeros(len(free) + 3, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    ranked, made = instance.act[:, RANK].max() > 0, 0
    two_ways = justify and not ranked and straight(instance)
    for k in range(first, last):
        if k < size:
            power = np.inf if k == 0 else 1.0 + k % 3
            sampled(instance.pred_of, instance.succ_of, instance.succ, urgency, power, turns, orders[k])
        else:
            crossed(orders[tournament(cost, size)], orders[tournament(cost, size)], seen, k, orders[k])
            mutated(instance.pred_of, instance.pred, instance.succ_of, instance.succ, orders[k], turns)
        if ranked:
            by_rank(instance.act, orders[k], turns)
        makespan = NO_ROOM
        if two_ways and k >= size:
            makespan = turned_round(instance, orders[k], free, state, counts, turns)
            made += 2
        if makespan == NO_ROOM and justify:
            makespan = justified(instance, orders[k], free, state, counts, turns)
            made += 3
        elif makespan == NO_ROOM:
            makespan = generated(instance, orders[k], free, state)
            made += 1
        if makespan == NO_ROOM:
            return NO_ROOM
        if two_ways:
            ordered(state, START, makespan, False, counts, starts[k])
            ordered(state, FINISH, makespan, False, counts, orders[k])
        else:
            starts[k] = orders[k]
        cost[k] = worth(instance, state, makespan)
        signs[k] = signed(state)
    return made


@compiled
def selected(orders: Whole, starts: Whole, cost: Real, signs: Whole) -> None:
    """Let the best half of the population live, in the first half of the rows, the best first.

    Each schedule once: without that its copies crowd out all others. Copies live on only where others are too few.
    """
    size = len(orders) // 2
    ranks = np.argsort(cost, kind="mergesort")
    by_sign = np.argsort(signs, kind="mergesort")
    place = np.empty(2 * size, np.int64)
    for turn in range(2 * size):
        place[ranks[turn]] = turn
    copy = np.zeros(2 * size, np.bool_)
    low = 0
    while low < 2 * size:
        high, chief = low + 1, by_sign[low]
        while high < 2 * size and signs[by_sign[high]] == signs[chief]:
            chief = by_sign[high] if place[by_sign[high]] < place[chief] else chief
            high += 1
        for turn in range(low, high):
            copy[by_sign[turn]] = by_sign[turn] != chief
        low = high
    picks, count = np.empty(size, np.int64), 0
    for wanted in range(2):
        for turn in range(2 * size):
            if count < size and copy[ranks[turn]] == (wanted == 1):
                picks[count] = ranks[turn]
                count += 1
    kept, kept_cost, kept_signs = orders[picks].copy(), cost[picks].copy(), signs[picks].copy()
    orders[:size] = kept
    kept = starts[picks].copy()
    starts[:size] = kept
    cost[:size] = kept_cost
    signs[:size] = kept_signs
