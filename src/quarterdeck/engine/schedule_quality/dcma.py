"""The fourteen points of the Defense Contract Management Agency.

Formulas and thresholds after R. Winter, "DCMA 14-Point Schedule Assessment" (2011), which the published
implementations agree with; GAO-16-89G, Schedule Assessment Guide (2015), for what a finding means. Where a formula
leaves the choice open:

* unfinished tasks are counted, without summaries, levels of effort and hammocks; milestones (and tasks without
  duration) are counted where `Limits.milestones` says so: in logic, hard constraints, negative float and dates;
* of links those that lead to an unfinished task, and whose ends are active and no level of effort;
* working days are those of the task's own calendar, of its usual length (`day_length`);
* a task whose summary is linked is not without logic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from quarterdeck.engine.calendar import timeline
from quarterdeck.engine.checking import ratio
from quarterdeck.engine.cpm import NONE, compile_plan, schedule
from quarterdeck.engine.cpm.columns import Minutes
from quarterdeck.engine.network import Constraint
from quarterdeck.engine.schedule_quality.checks import Check, Facts, Flags, LinkAt, Verdict

HARD: Final = (
    Constraint.MUST_START_ON,
    Constraint.MUST_FINISH_ON,
    Constraint.START_NO_LATER_THAN,
    Constraint.FINISH_NO_LATER_THAN,
)
FS: Final = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What stays the same of a check, whatever the plan."""

    id: str
    name: str
    formula: str
    remedy: str
    at_least: bool = False
    informs: bool = False


LOGIC: Final = Subject(
    "logic",
    "Logic",
    "unfinished tasks without predecessor or successor (start and finish of the project exempt) / unfinished tasks",
    "Link each to what it waits for and to what waits for it.",
)
LEADS: Final = Subject(
    "leads",
    "Leads",
    "links with negative lag / links to unfinished tasks",
    "Split the predecessor where the overlap begins and link its first part.",
)
LAGS: Final = Subject(
    "lags",
    "Lags",
    "links with positive lag / links to unfinished tasks",
    "Make the wait a task of its own, with a name.",
)
TYPES: Final = Subject(
    "relationship-types",
    "Relationship types",
    "finish-start links / links to unfinished tasks; no start-finish link at all",
    "Break tasks down until one starts where another ends.",
    at_least=True,
)
CONSTRAINTS: Final = Subject(
    "hard-constraints",
    "Hard constraints",
    "tasks that must start or finish on a date, or no later than one / unfinished tasks",
    "Replace the constraint by links, and give the date as a deadline.",
)
HIGH_FLOAT: Final = Subject(
    "high-float",
    "High float",
    "tasks with total float above {long:g} working days / unfinished tasks",
    "Look for the successor that is missing.",
)
NEGATIVE_FLOAT: Final = Subject(
    "negative-float",
    "Negative float",
    "tasks with total float below zero / unfinished tasks",
    "Recover the time on the path, or agree on a later date.",
)
LONG_TASKS: Final = Subject(
    "high-duration",
    "High duration",
    "tasks over {long:g} working days long (in the baseline, else what remains), planning packages exempt / "
    "unfinished tasks",
    "Break the task into parts that can be measured.",
)
DATES: Final = Subject(
    "invalid-dates",
    "Invalid dates",
    "tasks with a forecast before the status date or an actual date after it / tasks",
    "Enter what has happened, and move what has not behind the status date.",
)
RESOURCES: Final = Subject(
    "resources",
    "Resources",
    "tasks of a day and more without resource or cost / unfinished tasks of a day and more",
    "Assign who does it, or what it costs.",
    informs=True,
)
MISSED: Final = Subject(
    "missed-tasks",
    "Missed tasks",
    "due tasks finished late or not at all / tasks whose baseline finish is past",
    "Find what holds them up, and plan the way back.",
)
PATH_TEST: Final = Subject(
    "critical-path-test",
    "Critical path test",
    "working days that the project slips / working days added to a critical task",
    "Link what follows the task through to the finish, and remove constraints on the way.",
    at_least=True,
)
CPLI: Final = Subject(
    "cpli",
    "Critical path length index",
    "(working days to the finish + float of the finish against its required date) / working days to the finish",
    "Shorten the critical path, or agree on a later finish.",
    at_least=True,
)
BEI: Final = Subject(
    "bei",
    "Baseline execution index",
    "tasks finished / tasks whose baseline finish is past",
    "Finish what is due before beginning what is not.",
    at_least=True,
)
HITS: Final = Subject(
    "hit-tasks",
    "Hit tasks",
    "due tasks finished / tasks whose baseline finish is past",
    "Finish what is due before beginning what is not.",
    at_least=True,
    informs=True,
)


def judged(
    subject: Subject,
    counts: tuple[float, float],
    threshold: float,
    *,
    tasks: tuple[object, ...] = (),
    links: tuple[LinkAt, ...] = (),
) -> Check:
    """Return a check from numerator and denominator; without a denominator it is not assessed.

    >>> judged(Subject("x", "X", "a / b", "Mend it."), (1, 20), 0.05).verdict, judged(
    ...     Subject("x", "X", "a / b", "Mend it."), (0, 0), 0.05).value
    (<Verdict.PASSED: 'passed'>, None)
    """
    value = ratio(*counts)
    verdict = Verdict.NOT_ASSESSED
    if value is not None:
        good = value >= threshold if subject.at_least else value <= threshold
        verdict = Verdict.PASSED if good else Verdict.FAILED
    return Check(
        id=subject.id,
        name=subject.name,
        formula=subject.formula,
        remedy=subject.remedy,
        at_least=subject.at_least,
        informs=subject.informs,
        threshold=threshold,
        numerator=counts[0],
        denominator=counts[1],
        value=value,
        verdict=verdict,
        tasks=tasks,
        links=links,
    )


def tasks_at_fault(found: Facts, subject: Subject, rows: tuple[Flags, Flags], threshold: float) -> Check:
    """Return a check that divides the tasks at fault by a population, both marked by row.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> found = facts(schedule(Network((Task("a", 480), Task("b", 960)))), Evidence(), Limits())
    >>> fault = np.array([False, True])
    >>> tasks_at_fault(found, Subject("x", "X", "", ""), (fault, found.open), 0.0).tasks
    ('b',)
    """
    fault, among = rows
    return judged(subject, (int(fault.sum()), int(among.sum())), threshold, tasks=found.ids(fault))


def links_at_fault(found: Facts, subject: Subject, rows: tuple[Flags, Flags], threshold: float) -> Check:
    """Return a check that divides the links at fault by those counted, both marked by row of the link.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network((Task("a", 480), Task("b", 960)), (Link("a", "b", lag=-60),))
    >>> found = facts(schedule(plan), Evidence(), Limits())
    >>> links_at_fault(found, Subject("x", "X", "", ""), (found.pending, found.pending), 0.0).value
    1.0
    """
    fault, among = rows
    return judged(subject, (int(fault.sum()), int(among.sum())), threshold, links=found.links(fault))


def linked(found: Facts, ends: Minutes, rows: Flags) -> Flags:
    """Return which tasks stand at the end `ends` (rows of tasks, by link) of a marked link, or lie below one that does.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network((Task("s"), Task("a", 480, parent="s"), Task("b", 960)), (Link("s", "b"),))
    >>> found = facts(schedule(plan), Evidence(), Limits())
    >>> linked(found, found.schedule.plan.columns.predecessor, found.live).tolist()
    [True, True, False]
    """
    tree = found.schedule.plan.tree
    marked = np.zeros(len(found.task), np.bool_)
    marked[ends[rows]] = True
    if tree.summary.any():
        from quarterdeck.engine.cpm.kernels.graph import inherited

        marked = inherited(marked, np.asarray(tree.parent), np.ascontiguousarray(tree.bottom_up[::-1]))
    return marked


def exempt(found: Facts, missing: Flags, when: Minutes, *, latest: bool) -> Flags:
    """Return the one task that may rightly be without predecessor (successor): where the project begins
    (ends).

    It is the earliest (latest) of those without; of several at that time a milestone, else the first of the plan.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> found = facts(schedule(Network((Task("a", 480), Task("b", 960)))), Evidence(), Limits())
    >>> exempt(found, found.open, found.schedule.finish, latest=True).tolist()
    [False, True]
    """
    kept = np.zeros(len(missing), np.bool_)
    rows = np.flatnonzero(missing)
    if len(rows):
        key = -when[rows] if latest else when[rows]
        kept[rows[np.lexsort((rows, ~found.milestone[rows], key))[0]]] = True
    return kept


def logic(found: Facts) -> Check:
    """Return 1, Logic: tasks without predecessor or successor, the start and the finish of the project exempt.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> logic(facts(schedule(Network((Task("a", 480), Task("b", 960)))), Evidence(), Limits())).value
    1.0
    """
    before, after = open_ends(found)
    among = found.population(1)
    return tasks_at_fault(found, LOGIC, ((before | after) & among, among), found.limits.logic)


def open_ends(found: Facts) -> tuple[Flags, Flags]:
    """Return which tasks, finished ones too, lack a predecessor and which a successor, without the exempt ones.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network((Task("a", 480), Task("b", 960), Task("c", 60)), (Link("a", "b"),))
    >>> [rows.tolist() for rows in open_ends(facts(schedule(plan), Evidence(), Limits()))]
    [[False, False, True], [False, False, True]]
    """
    plan = found.schedule.plan.columns
    before = found.task & ~linked(found, plan.successor, found.live)
    after = found.task & ~linked(found, plan.predecessor, found.live)
    starts = exempt(found, before, found.schedule.start, latest=False)
    ends = exempt(found, after, found.schedule.finish, latest=True)
    return before & ~starts, after & ~ends


def of_links(found: Facts) -> tuple[Check, Check, Check]:
    """Return 2, Leads, 3, Lags, and 4, Relationship types.

    >>> from quarterdeck.engine.network import Link, LinkKind, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> links = (Link("a", "b", lag=-60), Link("a", "c", LinkKind.START_START, 60), Link("b", "c"), Link("b", "d"))
    >>> plan = Network(tuple(Task(each, 480) for each in "abcd"), links)
    >>> [check.value for check in of_links(facts(schedule(plan), Evidence(), Limits()))]
    [0.25, 0.25, 0.75]
    """
    plan, limits, among = found.schedule.plan.columns, found.limits, found.pending
    lag, kind = plan.column("lag"), plan.column("link_kind")
    other = among & (kind != FS)
    types = judged(
        TYPES, (int((among & (kind == FS)).sum()), int(among.sum())), limits.finish_start, links=found.links(other)
    )
    if types.verdict == Verdict.PASSED and (among & (kind == 3)).any():
        types = replace(types, verdict=Verdict.FAILED)
    return (
        links_at_fault(found, LEADS, (among & (lag < 0), among), limits.leads),
        links_at_fault(found, LAGS, (among & (lag > 0), among), limits.lags),
        types,
    )


def of_tasks(found: Facts) -> tuple[Check, ...]:
    """Return 5 to 8: hard constraints, high float, negative float, high duration.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network((Task("a", 45 * 1440), Task("b", 1440, deadline=0)), calendar=None)
    >>> [check.tasks for check in of_tasks(facts(schedule(plan), Evidence(), Limits()))]
    [(), (), ('b',), ('a',)]
    """
    plan, limits, total = found.schedule.plan.columns, found.limits, found.schedule.total_float
    hard = np.isin(plan.column("constraint"), HARD) | np.isin(plan.column("second_constraint"), HARD)
    known = total != NONE
    planned = found.column(found.evidence.baseline_duration)
    length = np.where(planned != NONE, planned, found.span)
    long = length > limits.long * found.day
    if found.evidence.rolling_wave:
        long &= ~found.marked(found.evidence.rolling_wave)
    checks = []
    for number, subject, fault, threshold in (
        (5, CONSTRAINTS, hard, limits.hard_constraints),
        (6, HIGH_FLOAT, known & (total > limits.long * found.day), limits.high_float),
        (7, NEGATIVE_FLOAT, known & (total < 0), limits.negative_float),
        (8, LONG_TASKS, long, limits.long_tasks),
    ):
        among = found.population(number)
        named = replace(subject, formula=subject.formula.format(long=limits.long))
        checks.append(tasks_at_fault(found, named, (fault & among, among), threshold))
    return tuple(checks)


def dates(found: Facts) -> Check:
    """Return 9, Invalid dates: forecasts before the status date and actual dates after it. Needs a status date.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network((Task("a", 480), Task("b", 960, actual_start=1200)), status=1000)
    >>> check = dates(facts(schedule(plan), Evidence(), Limits()))
    >>> check.tasks, check.numerator
    (('a', 'b'), 2)
    """
    plan, status = found.schedule.plan.columns, found.schedule.plan.columns.status
    if status is None:
        return judged(DATES, (0, 0), 0.0)
    among = found.task if 9 in found.limits.milestones else found.task & ~found.milestone
    waiting = ~found.started & ~found.finished
    early = waiting & (found.schedule.start < status)
    early |= ~found.finished & (found.schedule.finish < status)
    for name in ("actual_start", "actual_finish"):
        early |= plan.column(name) > status
    return tasks_at_fault(found, DATES, (early & among, among), 0.0)


def resources(found: Facts) -> Check:
    """Return 10, Resources: tasks of a day and more without a resource or cost. Needs `Evidence.resourced`.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> found = schedule(Network((Task("a", 1440), Task("b", 2880), Task("short", 60))))
    >>> resources(facts(found, Evidence(resourced=["a"]), Limits())).value
    0.5
    """
    if found.evidence.resourced is None:
        return judged(RESOURCES, (0, 0), 0.0)
    among = found.population(10) & (found.schedule.plan.columns.duration >= found.day)
    return tasks_at_fault(found, RESOURCES, (among & ~found.marked(found.evidence.resourced), among), 0.0)


def execution(found: Facts) -> tuple[Check, Check, Check]:
    """Return 11, Missed tasks, 14, the Baseline Execution Index, and the share of due tasks done (hit tasks).

    The index counts every task that is done, due or not; the share of hits only those that were due. Needs a status
    date and baseline finishes.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> tasks = (Task("a", 60, actual_start=0, actual_finish=60), Task("b", 60), Task("c", 60, actual_start=0,
    ...          actual_finish=60))
    >>> baseline = {"a": 60, "b": 60, "c": 9000}
    >>> [check.value for check in execution(facts(schedule(Network(tasks, status=600)),
    ...     Evidence(baseline_finish=baseline), Limits()))]
    [0.5, 1.0, 0.5]
    """
    plan, limits = found.schedule.plan.columns, found.limits
    if plan.status is None or found.evidence.baseline_finish is None:
        return judged(MISSED, (0, 0), limits.missed), judged(BEI, (0, 0), limits.bei), judged(HITS, (0, 0), limits.bei)
    planned = found.column(found.evidence.baseline_finish)
    done = found.finished & (plan.column("actual_finish") <= plan.status)
    counted = found.task & (~found.milestone if 11 not in limits.milestones else True)
    due = counted & (planned != NONE) & (planned <= plan.status)
    late = due & (~done | (plan.column("actual_finish") > planned))
    counted = found.task & (~found.milestone if 14 not in limits.milestones else True)
    due_here = counted & (planned != NONE) & (planned <= plan.status)
    behind = found.ids(due_here & ~done)
    bei = judged(BEI, (int((counted & done).sum()), int(due_here.sum())), limits.bei, tasks=behind)
    hits = judged(HITS, (int((due_here & done).sum()), int(due_here.sum())), limits.bei, tasks=behind)
    return tasks_at_fault(found, MISSED, (late, due), limits.missed), bei, hits


def path_test(found: Facts) -> Check:
    """Return 12, the Critical path test: a critical task is made 600 working days longer and the plan reckoned again.

    The task is the unfinished one of least total float, the earliest of several (where none is critical, one on the
    longest path). The finish of the project must slip by as many working days of the calendar of that task; where the
    plan works on several calendars a hundredth less will do.

    >>> from quarterdeck.engine.network import Constraint, Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> sound = Network((Task("a", 1440), Task("b", 1440)), (Link("a", "b"),))
    >>> stuck = Network((Task("a", 1440), Task("b", 1440, constraint=Constraint.MUST_START_ON, constraint_at=1440)),
    ...                 (Link("a", "b"),))
    >>> [path_test(facts(schedule(plan), Evidence(), Limits())).numerator for plan in (sound, stuck)]
    [600.0, 599.0]
    """
    current, limits = found.schedule, found.limits
    plan = current.plan
    among = found.open & ~found.milestone & (found.span > 0)
    rows = np.flatnonzero(among & current.critical)
    rows = rows if len(rows) else np.flatnonzero(among & current.on_longest_path)
    if len(rows) == 0:
        return judged(PATH_TEST, (0, 0), 1.0)
    row = int(rows[np.lexsort((rows, current.start[rows], current.total_float[rows]))[0]])
    more = round(limits.test * found.day[row])
    longer = {"duration": plan.columns.duration.copy()}
    if plan.columns.remaining is not None and plan.columns.remaining[row] != NONE:
        longer["remaining"] = plan.columns.remaining.copy()
    for column in longer.values():
        column[row] += more
    then = schedule(compile_plan(plan.columns.changed(**longer), plan.options))
    line = _line(found, row)
    slip = (line(then.project_finish) - line(current.project_finish)) / found.day[row]
    several = len(np.unique(plan.net.calendar[plan.net.span > 0])) > 1
    check = judged(PATH_TEST, (float(slip), limits.test), 0.99 if several else 1.0)
    return replace(check, tasks=found.ids(np.arange(len(among)) == row) if check.verdict == Verdict.FAILED else ())


def _line(found: Facts, row: int) -> Callable[[int], int]:
    """Return W on the calendar of a task."""
    plan = found.schedule.plan
    number = int(plan.place[row])
    if number == 0 or plan.columns.column("elapsed")[row]:
        return lambda instant: instant
    return timeline(plan.table.calendars[number]).work_at


def cpli(length: float, total_float: float, threshold: float = 0.95) -> Check:
    """Return 13, the Critical Path Length Index, from working days: (CPL + TF) / CPL.

    `length` runs from the status date to the forecast finish, `total_float` from there to the required finish, negative
    when that is earlier. (Not CPL / (CPL + TF), as some guides print.)

    >>> [round(cpli(*days).value, 2) for days in ((250, -10), (250, -20), (10, -3))]
    [0.96, 0.92, 0.7]
    """
    return judged(CPLI, (length + total_float, length if length > 0 else 0), threshold)


def path_length(found: Facts) -> Check:
    """Return 13, the Critical Path Length Index, of the plan; needs a date by which the finish is required.

    That is `Evidence.required`, else the baseline finish of the finish milestone (of the whole baseline where none is
    named), else the finish of the plan. Working days are those of the project's calendar; without a status date they
    run from the start of the project.

    >>> from quarterdeck.engine.network import Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> found = schedule(Network((Task("a", 10 * 1440),)))
    >>> path_length(facts(found, Evidence(required=7 * 1440), Limits())).value
    0.7
    """
    current, evidence = found.schedule, found.evidence
    plan = current.plan.columns
    row = None if evidence.finish is None else current.plan.row(evidence.finish)
    ends = current.project_finish if row is None else int(current.finish[row])
    required = evidence.required
    if required is None and evidence.baseline_finish:
        planned = evidence.baseline_finish
        required = max(planned.values()) if row is None else planned.get(plan.id_of(row))
    required = plan.finish if required is None else required
    if required is None or ends == NONE:
        return judged(CPLI, (0, 0), found.limits.cpli)
    begins = current.project_start if plan.status is None else plan.status
    length = found.project.between(begins, ends) / found.project_day
    room = found.project.between(ends, required) / found.project_day
    return cpli(length, room, found.limits.cpli)
