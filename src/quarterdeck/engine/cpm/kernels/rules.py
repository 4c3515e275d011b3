"""What is said of single tasks, made into what the passes need: bounds on their dates, and what remains to be done."""

from typing import NamedTuple

import numpy as np

from quarterdeck.engine.calendar import BEFORE, BEYOND, TableArrays
from quarterdeck.engine.calendar.kernels import finish_at, start_at, work_at
from quarterdeck.engine.compiled import compiled
from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import NONE
from quarterdeck.engine.cpm.layout import Ints, Rows, Settings, Small

#: Columns of the facts of tasks: as in `Columns`.
FACTS = (
    "duration",
    "kind",
    "constraint",
    "constraint_at",
    "second_constraint",
    "second_constraint_at",
    "hard",
    "deadline",
    "actual_start",
    "actual_finish",
    "remaining",
    "suspended",
    "resumed",
    "delay",
    "manual",
)
DURATION, KIND, CONSTRAINT, AT, SECOND, SECOND_AT, HARD, DEADLINE = range(8)
STARTED, FINISHED, REMAINING, SUSPENDED, RESUMED, DELAY, MANUAL = range(8, 15)
ASAP, ALAP, SNET, SNLT, FNET, FNLT, MSO, MFO = range(8)
START_MILESTONE = 5


class Splits(NamedTuple):
    """The gaps of all tasks: those of fact k lie from `first[k]` to `first[k + 1]`, each after so much work."""

    first: Rows
    before: Ints
    gap: Ints


class Ground(NamedTuple):
    """What all tasks have in common."""

    table: TableArrays
    settings: Settings
    splits: Splits


@compiled
def resolved(
    facts: Ints, calendar: Small, splits: Splits, table: TableArrays, settings: Settings
) -> tuple[Ints, Small, Ints, bool]:
    """Return rules, flags and spans of the tasks that these facts are of, and whether the table was too short."""
    count = len(facts)
    rules = np.empty((count, layout.RULES), np.int64)
    flags = np.zeros(count, np.int16)
    span = np.empty(count, np.int64)
    short = False
    ground = Ground(table, settings, splits)
    for k in range(count):
        fact, rule = facts[k], rules[k]
        rule[:] = NONE
        rule[layout.START_FROM : layout.FINISH_FROM + 1] = BEFORE
        rule[layout.START_CAP : layout.FINISH_BY + 1] = BEYOND
        rule[layout.LATE_START_FLOOR : layout.LATE_FINISH_FLOOR + 1] = BEFORE
        rule[layout.DELAY] = 0
        open_end = fact[REMAINING] <= 0 and fact[DURATION] == 0  # a milestone is over once it is reached
        if fact[FINISHED] != NONE or (fact[STARTED] != NONE and open_end):
            flags[k], span[k] = _finished(fact, rule, calendar[k], ground)
        elif fact[STARTED] != NONE:
            flags[k], span[k] = _started(k, fact, rule, calendar[k], ground)
        else:
            flags[k], span[k] = _unstarted(k, fact, rule, ground)
        short = short or abs(span[k]) > BEYOND // 2
        for column in (layout.START_FROM, layout.ACTUAL_START):
            short = short or (rule[column] != NONE and rule[column] > BEYOND // 2)
        short = short or (fact[FINISHED] != NONE and rule[layout.START_FROM] < BEFORE // 2)
    return rules, flags, span, short


@compiled
def _w(table: TableArrays, calendar: int, instant: int) -> int:
    return instant if calendar == 0 else work_at(table, calendar, instant)


@compiled
def _start(table: TableArrays, calendar: int, work: int) -> int:
    return work if calendar == 0 else start_at(table, calendar, work)


@compiled
def _finish(table: TableArrays, calendar: int, work: int) -> int:
    return work if calendar == 0 else finish_at(table, calendar, work)


@compiled
def _finished(fact: Ints, rule: Ints, calendar: int, ground: Ground) -> tuple[int, int]:
    table = ground.table
    finish = fact[FINISHED] if fact[FINISHED] != NONE else fact[STARTED]
    start = fact[STARTED]
    if start == NONE:
        start = finish if fact[DURATION] == 0 else _start(table, calendar, _w(table, calendar, finish) - fact[DURATION])
    rule[layout.START_FROM] = rule[layout.ACTUAL_START] = start
    rule[layout.ACTUAL_FINISH] = finish
    flags = layout.RULED | layout.FINISHED | layout.STARTED | layout.FIXED | layout.IGNORE | layout.UNFLOORED
    flags |= layout.ACTUALS if ground.settings.out_of_sequence == 2 else layout.SILENT
    return flags, _w(table, calendar, finish) - _w(table, calendar, start)


@compiled
def _started(k: int, fact: Ints, rule: Ints, calendar: int, ground: Ground) -> tuple[int, int]:
    table, settings, splits = ground
    begun = _w(table, calendar, fact[STARTED])
    if fact[REMAINING] != NONE:
        rest = fact[REMAINING]
        done = max(0, fact[DURATION] - rest)
    else:
        done = min(fact[DURATION], _done(k, fact, begun, calendar, ground))
        rest = fact[DURATION] - done
    gone = left = waiting = 0
    for place in range(splits.first[k], splits.first[k + 1]):
        if splits.before[place] < done:
            gone += splits.gap[place]
        elif splits.before[place] > done:
            left += splits.gap[place]
        elif done > 0 and fact[RESUMED] == NONE:
            waiting += splits.gap[place]
    reached = begun + done + gone + waiting
    restart = _start(table, calendar, reached) if rest > 0 else _finish(table, calendar, reached)
    if reached == begun:
        restart = fact[STARTED]
    if settings.status != NONE:
        restart = max(settings.status, restart if waiting > 0 else fact[STARTED])
    rule[layout.START_FROM] = max(restart, fact[RESUMED])
    rule[layout.ACTUAL_START] = fact[STARTED]
    _bound(rule, fact[CONSTRAINT], fact[AT], False)
    _bound(rule, fact[SECOND], fact[SECOND_AT], False)
    if fact[DEADLINE] != NONE:
        rule[layout.FINISH_BY] = min(rule[layout.FINISH_BY], fact[DEADLINE])
    flags = layout.RULED | layout.STARTED | layout.UNFLOORED
    if settings.shown:
        flags |= layout.SHOWN
    if settings.out_of_sequence == 1:
        flags |= layout.IGNORE | layout.SILENT
    elif settings.out_of_sequence == 2:
        flags |= layout.IGNORE | layout.ACTUALS
    return flags, rest + left


@compiled
def _done(k: int, fact: Ints, begun: int, calendar: int, ground: Ground) -> int:
    """Return the work done since the start where nobody says what remains: all working time until told otherwise."""
    table, settings, splits = ground
    suspended, resumed = fact[SUSPENDED], fact[RESUMED]
    if suspended == NONE and settings.status == NONE:
        return 0
    until = suspended if settings.status == NONE else settings.status
    if suspended != NONE and suspended < until:
        until = suspended
    done = max(0, _w(table, calendar, until) - begun)
    if resumed != NONE and until < resumed < settings.status:
        done += _w(table, calendar, settings.status) - _w(table, calendar, resumed)
    for place in range(splits.first[k], splits.first[k + 1]):
        done -= min(splits.gap[place], max(0, done - splits.before[place]))
    return done


@compiled
def _unstarted(k: int, fact: Ints, rule: Ints, ground: Ground) -> tuple[int, int]:
    splits, settings = ground.splits, ground.settings
    flags = layout.RULED
    span = fact[DURATION] if fact[REMAINING] == NONE else fact[REMAINING]
    for place in range(splits.first[k], splits.first[k + 1]):
        span += splits.gap[place]
    if fact[DEADLINE] != NONE:
        rule[layout.FINISH_BY] = fact[DEADLINE]
    if fact[MANUAL] != 0 and fact[AT] != NONE:
        rule[layout.START_FROM] = fact[AT]
        return flags | layout.FIXED | layout.IGNORE | layout.UNFLOORED, span
    for constraint, at in ((fact[CONSTRAINT], fact[AT]), (fact[SECOND], fact[SECOND_AT])):
        hard = fact[HARD] == 1 or (fact[HARD] == -1 and (settings.hard >> constraint) & 1 == 1)
        _bound(rule, constraint, at, True)
        if hard:
            _fix(rule, constraint, at, settings.from_finish)
        if constraint == ALAP:
            flags |= layout.LATE_TOTAL if settings.late_total else layout.LATE_FREE
    rule[layout.DELAY] = fact[DELAY]
    if fact[KIND] == START_MILESTONE:
        flags |= layout.AT_START
    return flags, span


@compiled
def _bound(rule: Ints, constraint: int, at: int, unstarted: bool) -> None:
    """Put a constraint into the rules of a task; its start is no longer bound once it has started."""
    if constraint in (SNET, MSO) and unstarted:
        rule[layout.START_FROM] = max(rule[layout.START_FROM], at)
    if constraint in (FNET, MFO):
        rule[layout.FINISH_FROM] = max(rule[layout.FINISH_FROM], at)
    if constraint in (SNLT, MSO) and unstarted:
        rule[layout.START_BY] = min(rule[layout.START_BY], at)
    if constraint in (FNLT, MFO):
        rule[layout.FINISH_BY] = min(rule[layout.FINISH_BY], at)


@compiled
def _fix(rule: Ints, constraint: int, at: int, from_finish: bool) -> None:
    """Let a constraint win over links: forward, and backward where it has no room or the plan runs backward."""
    if constraint == MSO or (constraint == SNLT and not from_finish):
        rule[layout.START_CAP] = min(rule[layout.START_CAP], at)
    if constraint == MFO or (constraint == FNLT and not from_finish):
        rule[layout.FINISH_CAP] = min(rule[layout.FINISH_CAP], at)
    if constraint == MSO or (constraint == SNET and from_finish):
        rule[layout.LATE_START_FLOOR] = max(rule[layout.LATE_START_FLOOR], at)
    if constraint == MFO or (constraint == FNET and from_finish):
        rule[layout.LATE_FINISH_FLOOR] = max(rule[layout.LATE_FINISH_FLOOR], at)
