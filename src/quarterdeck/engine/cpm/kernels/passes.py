"""The forward and the backward pass over a compiled plan.

A node's state is W of its start, the working minutes before it on its own calendar: the end of a shift and the start
of the next are one state, so floats come out in working time and the two passes are adjoint. Links carry instants.
With E the end of its predecessor that a link takes and L its lag on the lag calendar,

    forward   start(j) >= shift(E, L)                   shift(t, L) = finish_at(W(t) + L), t where L = 0
              finish(j) >= shift(E, L)                  compared as W on the calendar of j
    backward  E <= unshift(start_at(late W of j), L)    unshift(t, L) = start_at(W(t) - L)

(Kelley & Walker 1959; for the four kinds of links Elmaghraby & Kamburowski 1992.) A milestone keeps the instant itself
as long as it touches working time, and so stays at the end of the shift in which its predecessor ends.
"""

from quarterdeck.engine.calendar import BEFORE, BEYOND, TableArrays
from quarterdeck.engine.calendar.kernels import finish_at, start_at, work_at
from quarterdeck.engine.compiled import compiled_bare, compiled_inline
from quarterdeck.engine.cpm.layout import (
    ACTUAL_FINISH,
    ACTUAL_START,
    ACTUALS,
    AT_START,
    BY_PROJECT,
    BY_RULE,
    DELAY,
    EARLIEST_OF,
    FINISH_BY,
    FINISH_CAP,
    FINISH_FROM,
    FINISHED,
    FIXED,
    IGNORE,
    LATE_FINISH_FLOOR,
    LATE_FREE,
    LATE_START_FLOOR,
    OPEN,
    PHANTOM,
    RULED,
    SHOWN,
    SILENT,
    START_BY,
    START_CAP,
    START_FROM,
    STARTED,
    UNFLOORED,
    Ints,
    Net,
    Passes,
    Settings,
)

AWAY = BEYOND // 2


@compiled_inline
def w(table: TableArrays, calendar: int, instant: int) -> int:
    """Return W of an instant; round the clock it is the instant."""
    return instant if calendar == 0 else work_at(table, calendar, instant)


@compiled_inline
def start_of(table: TableArrays, calendar: int, work: int) -> int:
    """Return the instant at which a start with this W shows."""
    return work if calendar == 0 else start_at(table, calendar, work)


@compiled_inline
def finish_of(table: TableArrays, calendar: int, work: int) -> int:
    """Return the instant at which a finish with this W shows."""
    return work if calendar == 0 else finish_at(table, calendar, work)


@compiled_bare
def shifted(table: TableArrays, calendar: int, instant: int, lag: int) -> int:
    """Return an instant moved on by a lag in working time."""
    return instant if lag == 0 else finish_at(table, calendar, work_at(table, calendar, instant) + lag)


@compiled_bare
def unshifted(table: TableArrays, calendar: int, instant: int, lag: int) -> int:
    """Return the latest instant that a lag moves to no later than this one."""
    return instant if lag == 0 else start_at(table, calendar, work_at(table, calendar, instant) - lag)


@compiled_inline
def ended(work: int, stop: int, calendar: int, table: TableArrays) -> int:
    """Return the instant at which a finish with this W shows: where the start of a shift stops it, there."""
    finish = finish_of(table, calendar, work)
    return stop if stop > finish and start_of(table, calendar, work) == stop else finish


@compiled_bare
def touching(table: TableArrays, calendar: int, instant: int) -> int:
    """Return where a milestone stands that may not come earlier: here, unless nobody works before or after."""
    if calendar == 0:
        return instant
    work = work_at(table, calendar, instant)
    return instant if finish_at(table, calendar, work) == instant else start_at(table, calendar, work)


@compiled_bare
def touching_before(table: TableArrays, calendar: int, instant: int) -> int:
    """Return the latest place of a milestone that may come no later."""
    if calendar == 0:
        return instant
    work = work_at(table, calendar, instant)
    return instant if start_at(table, calendar, work) == instant else finish_at(table, calendar, work)


# -- forward


@compiled_inline
def led(i: int, bound: int, net: Net, table: TableArrays, when: Ints) -> tuple[int, int, int, int]:
    """Return the bounds that links put on start (at least `bound`) and finish of a node, and the edges that did."""
    ends = BEFORE
    driver = end_driver = BY_PROJECT
    for edge in range(net.first[i], net.first[i + 1]):
        kind = net.kind[edge]
        instant = when[net.pred[edge], kind & 1]
        lag_calendar = net.lag_calendar[edge]
        if lag_calendar == 0:
            instant += net.lag[edge]
        else:
            instant = shifted(table, lag_calendar, instant, net.lag[edge])
        if kind < 2:
            if instant > bound:
                bound = instant
                driver = edge
        elif instant > ends or (instant == ends and kind == 3):
            ends = instant
            end_driver = edge
    return bound, ends, driver, end_driver


@compiled_bare
def earliest(i: int, origin: int, net: Net, when: Ints) -> tuple[int, int, int, int]:
    """Return the earliest start among the nodes that lead to one, and the edge from it, as `led` does."""
    found, driver = BEYOND, BY_PROJECT
    for edge in range(net.first[i], net.first[i + 1]):
        if when[net.pred[edge], 1] < found:
            found = when[net.pred[edge], 1]
            driver = edge
    return (origin if driver == BY_PROJECT else found), BEFORE, driver, BY_PROJECT


@compiled_bare
def fixed(i: int, net: Net, table: TableArrays, passes: Passes) -> None:
    """Set the dates of a node that starts when it is said to."""
    rule, calendar, span = net.rules[net.rule[i]], net.calendar[i], net.span[i]
    start = rule[START_FROM]
    work = w(table, calendar, start)
    finish = start
    if net.flags[i] & FINISHED != 0:
        finish = rule[ACTUAL_FINISH]
    elif span > 0:
        finish = finish_of(table, calendar, work + span)
    passes.when[i, 0] = finish
    passes.when[i, 1] = start
    passes.work[i] = work
    passes.driver[i] = BY_RULE


@compiled_bare
def ruled(i: int, leads: tuple[int, int, int, int, int], net: Net, table: TableArrays, passes: Passes) -> None:
    """Find the early dates of a node with rules from the bounds that its links put on start and finish."""
    flags, calendar, span = net.flags[i], net.calendar[i], net.span[i]
    bound, ends, driver, end_driver, stop = leads
    rule = net.rules[net.rule[i]]
    if rule[START_FROM] > bound:
        bound, driver = rule[START_FROM], BY_RULE
    if rule[FINISH_FROM] > ends:
        ends, end_driver = rule[FINISH_FROM], BY_RULE
    bound += rule[DELAY]
    work = w(table, calendar, bound)
    behind = w(table, calendar, ends) - span
    if behind > work:
        work, driver = behind, end_driver
    cap = min(w(table, calendar, rule[START_CAP]), w(table, calendar, rule[FINISH_CAP]) - span)
    if cap < work:
        work, driver = cap, BY_RULE
    finish = start = bound
    if span > 0:
        finish = ended(work + span, stop, calendar, table)
        start = start_of(table, calendar, work)
    elif flags & STARTED == 0:
        start = touching(table, calendar, min(max(bound, ends), rule[START_CAP], rule[FINISH_CAP]))
        if flags & AT_START != 0:
            start = start_of(table, calendar, w(table, calendar, start))
        finish = start
        work = w(table, calendar, start)
    passes.when[i, 0] = finish
    passes.when[i, 1] = rule[ACTUAL_START] if flags & SHOWN != 0 else start
    passes.work[i] = work
    passes.driver[i] = driver


@compiled_inline
def plain(i: int, leads: tuple[int, int, int, int, int], net: Net, table: TableArrays, passes: Passes) -> None:
    """As `ruled`, without rules."""
    bound, ends, driver, end_driver, stop = leads
    calendar = net.calendar[i]
    span = net.span[i]
    work = w(table, calendar, bound)
    if ends > BEFORE:
        behind = w(table, calendar, ends) - span
        if behind > work:
            work = behind
            driver = end_driver
    if span == 0:
        passes.when[i, 0] = passes.when[i, 1] = touching(table, calendar, max(bound, ends))
    else:
        passes.when[i, 0] = ended(work + span, stop, calendar, table)
        passes.when[i, 1] = start_of(table, calendar, work)
    passes.work[i] = work
    passes.driver[i] = driver


@compiled_inline
def early(i: int, net: Net, table: TableArrays, settings: Settings, passes: Passes) -> None:
    """Find the early dates of a node from those of the nodes that lead to it."""
    flags = net.flags[i]
    if flags & FIXED != 0:
        fixed(i, net, table, passes)
        return
    bound = settings.origin if flags & UNFLOORED == 0 else BEFORE
    if flags & (IGNORE | EARLIEST_OF) == 0:
        leads = led(i, bound, net, table, passes.when)
    elif flags & IGNORE != 0:
        leads = bound, BEFORE, BY_PROJECT, BY_PROJECT
    else:
        leads = earliest(i, settings.origin, net, passes.when)
    stop = BEFORE  # a start that binds the finish
    if settings.finish_at_start and leads[3] >= 0 and net.kind[leads[3]] == 3:
        stop = leads[1]
    if flags & RULED == 0:
        plain(i, (*leads, stop), net, table, passes)
    else:
        ruled(i, (*leads, stop), net, table, passes)


@compiled_bare
def forward(net: Net, table: TableArrays, settings: Settings, passes: Passes) -> tuple[int, int]:
    """Find all early dates; return the earliest start and the latest finish."""
    start, finish = BEYOND, BEFORE
    for i in range(len(net.span)):
        early(i, net, table, settings, passes)
        start = min(start, passes.when[i, 1])
        if net.flags[i] & PHANTOM == 0:
            finish = max(finish, passes.when[i, 0])
    return start, finish


# -- backward
#
# `passes.late[i]` gathers what follows node i, the latest finish and start that it allows and the finish and start up
# to which it is not moved, all instants; once the node is reached it holds the results, see `layout.Passes`.


@compiled_bare
def ruled_late(i: int, finish_by: int, net: Net, table: TableArrays, passes: Passes) -> None:
    """Find the late dates of a node with rules."""
    flags, calendar, span = net.flags[i], net.calendar[i], net.span[i]
    rule = net.rules[net.rule[i]]
    if flags & FINISHED != 0:
        passes.late[i, 0] = passes.work[i] + span
        passes.late[i, 1] = passes.work[i]
        passes.latest[i] = passes.when[i, 1]
        return
    finish_by = min(finish_by, rule[FINISH_BY])
    start_by = passes.late[i, 1] if flags & SHOWN == 0 else BEYOND
    finish_floor = w(table, calendar, rule[LATE_FINISH_FLOOR])
    start_floor = w(table, calendar, rule[LATE_START_FLOOR])
    own_start = w(table, calendar, rule[START_BY])
    floor = max(start_floor, finish_floor - span)
    late_finish = max(min(w(table, calendar, finish_by), own_start + span), floor + span)
    late_start = max(min(late_finish - span, w(table, calendar, start_by)), floor)
    passes.late[i, 0] = late_finish
    passes.late[i, 1] = late_start
    if span == 0:
        latest = max(min(finish_by, start_by, rule[START_BY]), rule[LATE_START_FLOOR], rule[LATE_FINISH_FLOOR])
        passes.latest[i] = touching_before(table, calendar, latest)
    else:
        passes.latest[i] = start_of(table, calendar, late_start)


@compiled_inline
def plain_late(i: int, finish_by: int, net: Net, table: TableArrays, passes: Passes) -> None:
    """As `ruled_late`, without rules."""
    calendar = net.calendar[i]
    span = net.span[i]
    start_by = passes.late[i, 1]
    late = w(table, calendar, finish_by)
    passes.late[i, 0] = late
    late = min(late - span, w(table, calendar, start_by))
    passes.late[i, 1] = late
    if span == 0:
        passes.latest[i] = touching_before(table, calendar, min(finish_by, start_by))
    else:
        passes.latest[i] = start_of(table, calendar, late)


@compiled_bare
def put_off(i: int, finish: int, net: Net, table: TableArrays, passes: Passes) -> None:
    """Put a node off as far as nothing that follows it moves, at most to the project's finish."""
    calendar, span, bounds = net.calendar[i], net.span[i], passes.late
    until = min(bounds[i, 2], bounds[i, 3], finish)
    work = min(w(table, calendar, min(bounds[i, 2], finish)) - span, w(table, calendar, bounds[i, 3]))
    if work <= passes.work[i]:
        return
    passes.work[i] = work
    if span == 0:
        passes.when[i, 0] = passes.when[i, 1] = touching_before(table, calendar, until)
    else:
        passes.when[i, 0] = finish_of(table, calendar, work + span)
        passes.when[i, 1] = start_of(table, calendar, work)


@compiled_inline
def late(i: int, net: Net, table: TableArrays, settings: Settings, passes: Passes) -> None:
    """Find the late dates and the floats of a node from its bounds."""
    flags = net.flags[i]
    calendar = net.calendar[i]
    span = net.span[i]
    finish_by = min(passes.late[i, 0], settings.late_finish if flags & OPEN == 0 else passes.when[i, 0])
    if flags & RULED == 0:
        plain_late(i, finish_by, net, table, passes)
    else:
        ruled_late(i, finish_by, net, table, passes)
        if flags & LATE_FREE != 0:
            put_off(i, settings.early_finish, net, table, passes)
    work = passes.work[i]
    if not settings.dangling and flags & (STARTED | FIXED) == 0:
        passes.late[i, 0] = passes.late[i, 1] + span
    start_float = passes.late[i, 1] - work
    finish_float = passes.late[i, 0] - work - span
    if settings.total_float == 2 or flags & (STARTED | FIXED) != 0:
        total = finish_float
    elif settings.total_float == 1:
        total = start_float
    else:
        total = min(start_float, finish_float)
    free = min(w(table, calendar, passes.late[i, 2]) - span, w(table, calendar, passes.late[i, 3])) - work
    if free > AWAY:
        free = w(table, calendar, settings.early_finish) - work - span if settings.free_to_finish else total
    passes.late[i, 2] = total
    passes.late[i, 3] = max(0, free) if flags & FINISHED == 0 else 0


@compiled_inline
def allowed(i: int, net: Net, table: TableArrays, passes: Passes) -> tuple[int, int, int, int]:
    """Return what a node allows the ends of its links: latest for its start, for its finish; the same not to move."""
    flags = net.flags[i]
    calendar = net.calendar[i]
    span = net.span[i]
    start = finish = passes.latest[i]
    early_start = early_finish = passes.when[i, 1]
    if span != 0:
        finish = start_of(table, calendar, passes.late[i, 1] + span)
        early_finish = start_of(table, calendar, passes.work[i] + span)
    if flags & PHANTOM != 0:  # what it stands for moves only when something real behind it does
        early_start = early_finish = early_start + passes.late[i, 3]
    if flags & RULED != 0:
        rule = net.rules[net.rule[i]]
        if flags & ACTUALS != 0:
            start = rule[ACTUAL_START]
            finish = rule[ACTUAL_FINISH] if flags & FINISHED != 0 else finish
            early_start = early_finish = BEYOND
        else:
            if flags & SHOWN != 0:
                early_start = start_of(table, calendar, passes.work[i])
            start -= rule[DELAY]
            early_start -= rule[DELAY]
    return start, finish, early_start, early_finish


@compiled_inline
def bind(edge: int, allows: tuple[int, int, int, int], net: Net, table: TableArrays, bounds: Ints) -> None:
    """Put what the successor of an edge allows on its predecessor."""
    kind = net.kind[edge]
    late = allows[0] if kind < 2 else allows[1]
    early = allows[2] if kind < 2 else allows[3]
    lag_calendar = net.lag_calendar[edge]
    lag = net.lag[edge]
    if lag_calendar == 0:
        late -= lag
        early -= lag
    else:
        late = unshifted(table, lag_calendar, late, lag)
        early = unshifted(table, lag_calendar, early, lag)
    pred = net.pred[edge]
    end = kind & 1
    bounds[pred, end] = min(bounds[pred, end], late)
    bounds[pred, 2 + end] = min(bounds[pred, 2 + end], early)


@compiled_bare
def backward(net: Net, table: TableArrays, settings: Settings, passes: Passes) -> tuple[int, int]:
    """Find all late dates and floats; return the earliest and the latest late start."""
    least, most = BEYOND, BEFORE
    passes.late[:] = BEYOND
    for i in range(len(net.span) - 1, -1, -1):
        late(i, net, table, settings, passes)
        least = min(least, passes.latest[i])
        most = max(most, passes.latest[i])
        flags = net.flags[i]
        if net.first[i] == net.first[i + 1] or flags & SILENT != 0:
            continue
        allows = allowed(i, net, table, passes)
        for edge in range(net.first[i], net.first[i + 1]):
            if flags & EARLIEST_OF == 0 or passes.driver[i] == edge:
                bind(edge, allows, net, table, passes.late)
    return least, most
