"""From nodes to tasks and links: dates and floats by task, summaries and levels of effort, what drives what."""

from typing import NamedTuple

import numpy as np

from quarterdeck.engine.calendar import BEYOND, TableArrays
from quarterdeck.engine.compiled import compiled, compiled_bare
from quarterdeck.engine.cpm.columns import NONE
from quarterdeck.engine.cpm.kernels.graph import Flags
from quarterdeck.engine.cpm.kernels.passes import finish_of, shifted, start_of, unshifted, w
from quarterdeck.engine.cpm.layout import (
    ACTUAL_START,
    DELAY,
    EARLIEST_OF,
    EARLY_FINISH,
    EARLY_START,
    FINISH,
    FINISH_FLOAT,
    FINISHED,
    FIXED,
    FREE_FLOAT,
    IGNORE,
    LATE_FINISH,
    LATE_START,
    PHANTOM,
    REMAINING_START,
    RULED,
    START,
    START_FLOAT,
    STARTED,
    TOTAL_FLOAT,
    Ints,
    Net,
    Passes,
    Rows,
    Small,
)


@compiled_bare
def filled(net: Net, table: TableArrays, passes: Passes, task: Rows, sheet: Ints) -> None:
    """Fill in the tasks that have a node; a started task shows when what remains can and must start."""
    for i in range(len(net.span)):
        flags = net.flags[i]
        if flags & PHANTOM != 0:
            continue
        column = task[i]
        calendar, span, work = net.calendar[i], net.span[i], passes.work[i]
        finish, start = passes.when[i, 0], passes.when[i, 1]
        late_start, late_finish = passes.latest[i], finish_of(table, calendar, passes.late[i, 0])
        restart = start
        if span == 0 and flags & STARTED == 0:
            late_start = beside(i, passes.late[i, 1], net, table, passes)
            late_finish = beside(i, passes.late[i, 0], net, table, passes)
        early_start = start
        if flags & FINISHED != 0:
            restart = NONE
            late_finish = finish
        elif passes.late[i, 0] == work + span and span > 0:
            late_finish = finish
        if flags & (STARTED | FINISHED) == STARTED:
            start = net.rules[net.rule[i], ACTUAL_START]
            restart = start_of(table, calendar, work) if span > 0 else finish
            early_start = restart
        sheet[START, column] = start
        sheet[FINISH, column] = sheet[EARLY_FINISH, column] = finish
        sheet[EARLY_START, column] = early_start
        sheet[LATE_START, column] = late_start
        sheet[LATE_FINISH, column] = late_finish
        sheet[REMAINING_START, column] = restart
        sheet[START_FLOAT, column] = passes.late[i, 1] - work
        sheet[FINISH_FLOAT, column] = passes.late[i, 0] - work - span
        sheet[TOTAL_FLOAT, column] = passes.late[i, 2]
        sheet[FREE_FLOAT, column] = passes.late[i, 3]


@compiled_bare
def beside(i: int, late: int, net: Net, table: TableArrays, passes: Passes) -> int:
    """Return the late date of a milestone, on the side of a shift on which its early date stands."""
    calendar, early = net.calendar[i], passes.when[i, 1]
    if late == passes.work[i]:
        return int(early)
    at_end = finish_of(table, calendar, passes.work[i]) == early
    if at_end:
        return finish_of(table, calendar, late)
    return start_of(table, calendar, late)


@compiled_bare
def rolled_up(parent: Rows, bottom_up: Rows, summary: Flags, sheet: Ints) -> None:
    """Span every summary over its children: earliest starts, latest finishes."""
    for row in bottom_up:
        if summary[row]:
            sheet[:, row] = NONE
    for row in bottom_up:
        above = parent[row]
        if above < 0 or sheet[START, row] == NONE:
            continue
        for line in (START, EARLY_START, LATE_START, REMAINING_START):
            value = sheet[line, row]
            if value != NONE and (sheet[line, above] == NONE or value < sheet[line, above]):
                sheet[line, above] = value
        for line in (FINISH, EARLY_FINISH, LATE_FINISH):
            sheet[line, above] = max(sheet[line, above], sheet[line, row])


@compiled_bare
def weighed(rows: Rows, place: Small, table: TableArrays, sheet: Ints, rule: int) -> None:
    """Find the floats of what has no node, from its dates on its own calendar; it is as free as it may slip."""
    for row in rows:
        if sheet[START, row] == NONE:
            continue
        at = place[row]
        early, late = sheet[EARLY_START, row], sheet[LATE_START, row]
        start_float = w(table, at, late) - w(table, at, early)
        early, late = sheet[EARLY_FINISH, row], sheet[LATE_FINISH, row]
        finish_float = w(table, at, late) - w(table, at, early)
        sheet[START_FLOAT, row] = start_float
        sheet[FINISH_FLOAT, row] = finish_float
        total = start_float if rule == 1 else finish_float
        sheet[TOTAL_FLOAT, row] = min(start_float, finish_float) if rule == 0 else total
        sheet[FREE_FLOAT, row] = max(0, sheet[TOTAL_FLOAT, row])


class Efforts(NamedTuple):
    """Levels of effort and hammocks, and what each is tied to: `ties[first[k]:first[k + 1]]` for that of `rows[k]`.

    A tie is the neighbour's row, whether its finish counts, whether the finish of the effort does, the lag, the lag's
    calendar, and whether the neighbour comes after. `given[k]` is the duration, the start where nothing is tied to it,
    and the actual start and finish.
    """

    rows: Rows
    first: Rows
    ties: Ints
    given: Ints


@compiled_bare
def spanned(efforts: Efforts, place: Small, table: TableArrays, sheet: Ints) -> None:
    """Span levels of effort from the earliest start-side neighbour to the latest finish-side one."""
    first, ties, given = efforts.first, efforts.ties, efforts.given
    for k in range(len(efforts.rows)):
        row = efforts.rows[k]
        calendar = place[row]
        for late in range(2):
            start, finish = BEYOND, NONE
            for tie in range(first[k], first[k + 1]):
                line = FINISH if ties[tie, 1] else START
                at = sheet[line + 4 if late else line, ties[tie, 0]]
                if at == NONE:
                    continue
                at = moved(table, ties[tie, 4], at, ties[tie, 3], ties[tie, 5])
                if ties[tie, 2]:
                    finish = max(finish, at)
                else:
                    start = min(start, at)
            if start == BEYOND:
                start = given[k, 1]
            if given[k, 2] != NONE and not late:
                start = given[k, 2]
            else:
                start = start_of(table, calendar, w(table, calendar, start))
            if finish == NONE:
                finish = finish_of(table, calendar, w(table, calendar, start) + given[k, 0])
            finish = max(start, finish_of(table, calendar, w(table, calendar, finish)))
            if given[k, 3] != NONE and not late:
                finish = given[k, 3]
            if late:
                sheet[LATE_START, row], sheet[LATE_FINISH, row] = start, finish
            else:
                sheet[START, row] = sheet[EARLY_START, row] = sheet[REMAINING_START, row] = start
                sheet[FINISH, row] = sheet[EARLY_FINISH, row] = finish


@compiled_bare
def moved(table: TableArrays, calendar: int, instant: int, lag: int, after: int) -> int:
    """Return an instant moved by a lag, back where the one it belongs to comes after."""
    if after:
        return instant - lag if calendar == 0 else unshifted(table, calendar, instant, lag)
    return instant + lag if calendar == 0 else shifted(table, calendar, instant, lag)


@compiled
def driven(net: Net, table: TableArrays, passes: Passes) -> tuple[Ints, Flags]:
    """Return by edge its float, by which its predecessor may slip before its successor does, and whether it drives.

    The float is in working time of the predecessor; a driving edge is one without which its successor might be earlier:
    what it asks for is, in working time of the successor, what the successor has.
    """
    count = len(net.pred)
    room = np.empty(count, np.int64)
    drives = np.zeros(count, np.bool_)
    for i in range(len(net.span)):
        flags, calendar, work = net.flags[i], net.calendar[i], passes.work[i]
        delay = net.rules[net.rule[i], DELAY] if flags & RULED != 0 else 0
        start, finish = passes.when[i, 1], passes.when[i, 0]
        if net.span[i] > 0 and flags & FINISHED == 0:
            finish = start_of(table, calendar, work + net.span[i])
            start = start if flags & STARTED == 0 else start_of(table, calendar, work)
        for edge in range(net.first[i], net.first[i + 1]):
            kind, pred = net.kind[edge], net.pred[edge]
            at = start - delay if kind < 2 else finish
            at = moved(table, net.lag_calendar[edge], at, net.lag[edge], 1)
            own = passes.work[pred] + (net.span[pred] if kind & 1 == 0 else 0)
            room[edge] = w(table, net.calendar[pred], at) - own
            asked = moved(table, net.lag_calendar[edge], passes.when[pred, kind & 1], net.lag[edge], 0)
            asked = w(table, calendar, asked + delay) if kind < 2 else w(table, calendar, asked) - net.span[i]
            drives[edge] = asked == work and flags & (IGNORE | FIXED) == 0
            if flags & EARLIEST_OF != 0:
                drives[edge] = passes.driver[i] == edge
    return room, drives


@compiled
def longest(net: Net, passes: Passes, drives: Flags, finish: int) -> Flags:
    """Return which nodes lie on a chain of driving edges to one that ends with the project."""
    found = np.zeros(len(net.span), np.bool_)
    for i in range(len(net.span) - 1, -1, -1):
        if passes.when[i, 0] == finish and net.flags[i] & PHANTOM == 0:
            found[i] = True
        if found[i]:
            for edge in range(net.first[i], net.first[i + 1]):
                if drives[edge]:
                    found[net.pred[edge]] = True
    return found
