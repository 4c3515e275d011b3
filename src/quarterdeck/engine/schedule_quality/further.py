"""What else makes a plan hard to trust, beside the fourteen points.

After the Schedule Assessment Guide of the United States Government Accountability Office (GAO-16-89G, 2015): sequence
all activities (dangling logic, links on summaries), confirm that the critical path is valid (constraints on it, path
continuity), update with progress (out-of-sequence work). A check whose share says nothing by itself only informs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from quarterdeck.engine.cpm import NONE, layout
from quarterdeck.engine.network import Constraint, LagUnit
from quarterdeck.engine.schedule_quality.checks import Check, Facts, Flags
from quarterdeck.engine.schedule_quality.dcma import Subject, linked, links_at_fault, open_ends, tasks_at_fault

FS, SS, FF, SF = range(4)
SOFT: Final = (Constraint.START_NO_EARLIER_THAN, Constraint.FINISH_NO_EARLIER_THAN)
#: Nodes whose dates are not made by the links that lead to them.
UNLED: Final = layout.FIXED | layout.IGNORE | layout.STARTED | layout.FINISHED | layout.EARLIEST_OF | layout.ACTUALS

NO_PREDECESSOR: Final = Subject(
    "missing-predecessors",
    "Missing predecessors",
    "unfinished tasks without predecessor (start of the project exempt) / unfinished tasks",
    "Link each to what it waits for.",
)
NO_SUCCESSOR: Final = Subject(
    "missing-successors",
    "Missing successors",
    "unfinished tasks without successor (finish of the project exempt) / unfinished tasks",
    "Link each to what waits for it.",
)
DANGLING_START: Final = Subject(
    "dangling-starts",
    "Dangling starts",
    "unfinished tasks with predecessors of which none holds the start / unfinished tasks",
    "Say what the task must wait for before it can start.",
)
DANGLING_FINISH: Final = Subject(
    "dangling-finishes",
    "Dangling finishes",
    "unfinished tasks with successors of which none waits for the finish / unfinished tasks",
    "Say what must wait until the task is done.",
)
REDUNDANT: Final = Subject(
    "redundant-links",
    "Redundant links",
    "links that follow from other links whatever the durations / links to unfinished tasks",
    "Remove the link: the plan stays the same.",
    informs=True,
)
OUT_OF_SEQUENCE: Final = Subject(
    "out-of-sequence",
    "Out-of-sequence progress",
    "links whose successor began or ended before the predecessor allowed / links to tasks in progress or done",
    "Correct the actual dates, or the link that does not describe the work.",
)
BITING: Final = Subject(
    "biting-constraints",
    "Constraints that bite",
    "tasks that would be earlier without their constraint or delay / unfinished tasks with one",
    "Replace the date by the link that it stands for, or say why it holds.",
    informs=True,
)
BROKEN: Final = Subject(
    "broken-links",
    "Links that the dates break",
    "links to tasks not begun whose dates break them / links to tasks not begun",
    "Loosen the constraint that wins over the link.",
)
SUMMARY_LINKS: Final = Subject(
    "summary-links",
    "Links on summaries",
    "links from or to summaries / links to unfinished tasks",
    "Link the tasks below the summary instead.",
)
SOFT_CONSTRAINTS: Final = Subject(
    "soft-constraints",
    "Soft constraints",
    "unfinished tasks that start or finish no earlier than a date / unfinished tasks",
    "Keep only those that an outside event sets.",
    informs=True,
)
CONTINUITY: Final = Subject(
    "path-continuity",
    "Continuity of the longest path",
    "unfinished tasks on the longest path that wait for a date, not for a task / unfinished tasks on it",
    "Link each to what really holds it back.",
)
MERGES: Final = Subject(
    "merge-points",
    "Merge points",
    "unfinished tasks with many unfinished predecessors / unfinished tasks",
    "Allow for merge bias: the later of many paths is later than each.",
    informs=True,
)
MILESTONES: Final = Subject(
    "milestones",
    "Milestones",
    "unfinished milestones / unfinished tasks and milestones",
    "Mark handovers and decisions, not every task.",
    informs=True,
)


def further(found: Facts) -> tuple[Check, ...]:
    """Return the further checks.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> plan = Network(tuple(Task(each, 480) for each in "abc"), (Link("a", "b"), Link("b", "c"), Link("a", "c")))
    >>> [check.links for check in further(facts(schedule(plan), Evidence(), Limits())) if check.links]
    [(LinkAt(predecessor='a', successor='c', kind=<LinkKind.FINISH_START: 0>),)]
    """
    return (*_ends(found), *_of_links(found), *_dates(found), *_shape(found))


def _ends(found: Facts) -> tuple[Check, ...]:
    plan, among = found.schedule.plan.columns, found.population(1)
    kind = plan.column("link_kind")
    no_before, no_after = open_ends(found)
    before = linked(found, plan.successor, found.live)
    after = linked(found, plan.predecessor, found.live)
    held = linked(found, plan.successor, found.live & ((kind == FS) | (kind == SS)))
    waited = linked(found, plan.predecessor, found.live & ((kind == FS) | (kind == FF)))
    return tuple(
        tasks_at_fault(found, subject, (fault & among, among), found.limits.logic)
        for subject, fault in (
            (NO_PREDECESSOR, no_before),
            (NO_SUCCESSOR, no_after),
            (DANGLING_START, before & ~held & ~found.started),
            (DANGLING_FINISH, after & ~waited),
        )
    )


def _of_links(found: Facts) -> tuple[Check, ...]:
    current = found.schedule
    plan, summary, among = current.plan.columns, current.plan.tree.summary, found.pending
    on_summary = summary[plan.predecessor] | summary[plan.successor]
    unbegun = among & ~found.started[plan.successor]
    broken = unbegun & (current.relationship_float != NONE) & (current.relationship_float < 0)
    progressed = found.live & found.started[plan.successor]
    return (
        links_at_fault(found, REDUNDANT, (redundant_links(found) & among, among), 0.0),
        links_at_fault(found, OUT_OF_SEQUENCE, (out_of_sequence(found) & progressed, progressed), 0.0),
        links_at_fault(found, BROKEN, (broken, unbegun), 0.0),
        links_at_fault(found, SUMMARY_LINKS, (on_summary & among, among), 0.0),
    )


def _dates(found: Facts) -> tuple[Check, ...]:
    current, among = found.schedule, found.open
    plan, node = current.plan.columns, current.plan.node
    by_rule = np.zeros(len(among), np.bool_)
    by_rule[among] = current.passes.driver[node[among]] == layout.BY_RULE
    by_rule &= ~found.started
    dated = (plan.column("constraint") != Constraint.AS_SOON_AS_POSSIBLE) | (plan.column("manual") != 0)
    dated |= (plan.column("second_constraint") != Constraint.AS_SOON_AS_POSSIBLE) | (plan.column("delay") != 0)
    path = among & current.on_longest_path
    soft = np.isin(plan.column("constraint"), SOFT) & among
    return (
        tasks_at_fault(found, BITING, (by_rule & dated, among & dated), 0.0),
        tasks_at_fault(found, SOFT_CONSTRAINTS, (soft, among), 0.0),
        tasks_at_fault(found, CONTINUITY, (path & by_rule, path), 0.0),
    )


def _shape(found: Facts) -> tuple[Check, ...]:
    plan, among = found.schedule.plan.columns, found.population(1)
    waiting = found.live & ~found.finished[plan.predecessor]
    merging = np.bincount(plan.successor[waiting], minlength=len(among)) >= found.limits.merge
    milestones = found.open & found.milestone
    return (
        tasks_at_fault(found, MERGES, (merging & among, among), 0.0),
        tasks_at_fault(found, MILESTONES, (milestones, found.open), 0.0),
    )


def out_of_sequence(found: Facts) -> Flags:
    """Return which links were overtaken: the actual date of the successor lies before what the link allowed.

    A lead allows as much, on the calendar of the project; a lag is not asked for.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> tasks = (Task("a", 960, actual_start=0), Task("b", 480, actual_start=480))
    >>> plan = Network(tasks, (Link("a", "b"),), status=600)
    >>> out_of_sequence(facts(schedule(plan), Evidence(), Limits())).tolist()
    [True]
    """
    current = found.schedule
    plan = current.plan.columns
    kind, lag = plan.column("link_kind"), np.minimum(plan.column("lag"), 0)
    begun, done = plan.column("actual_start"), plan.column("actual_finish")
    waits = (kind == FS) | (kind == SS)
    happened = np.where(waits, begun[plan.successor], done[plan.successor])
    ends = (kind == FS) | (kind == FF)
    allowed = np.where(ends, current.finish[plan.predecessor], current.start[plan.predecessor])
    asked = found.live & (happened != NONE) & (allowed != NONE)
    rows = np.flatnonzero(asked)
    share = plan.column("lag_unit")[rows] == LagUnit.PERCENT
    lead = np.where(share, lag[rows] * plan.duration[plan.predecessor[rows]] // 10_000, lag[rows])
    elapsed = plan.column("lag_unit")[rows] == LagUnit.ELAPSED
    before = happened[rows] < allowed[rows] + lead
    work = found.project.work_at
    before = np.where(elapsed, before, work(happened[rows]) < work(allowed[rows]) + lead)
    asked[rows] = before
    return np.asarray(asked)


def redundant_links(found: Facts) -> Flags:
    """Return which links follow from others, whatever the durations become: they can be taken away, all at once.

    The transitive reduction (Aho, Garey & Ullman 1972) of the starts and finishes of tasks as events: a start leads to
    its finish, a link leads from one event to another after its lag. A link is redundant where another path between its
    events asks for as much lag; lags on other calendars than its own, and durations, count as nothing, and paths
    through leads, through tasks with actual dates and through dates that win over links are not trusted. Of links that
    ask for the same the first stays.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, LinkKind, Network, Task
    >>> from quarterdeck.engine.schedule_quality.checks import Evidence, Limits, facts
    >>> links = (Link("a", "b"), Link("b", "c", lag=60), Link("a", "c", lag=60), Link("a", "c", lag=90),
    ...          Link("a", "b", LinkKind.FINISH_FINISH))
    >>> plan = Network(tuple(Task(each, 480) for each in "abc"), links)
    >>> redundant_links(facts(schedule(plan), Evidence(), Limits())).tolist()
    [False, False, True, False, True]
    """
    from quarterdeck.engine.calendar import BEYOND
    from quarterdeck.engine.schedule_quality import kernels

    plan = found.schedule.plan
    net = plan.net
    led = net.flags & UNLED == 0
    ruled = np.flatnonzero(net.rule >= 0)
    caps = net.rules[net.rule[ruled]][:, [layout.START_CAP, layout.FINISH_CAP]]
    led[ruled[(caps < BEYOND).any(axis=1)]] = False
    after = np.repeat(np.arange(len(net.span)), np.diff(net.first))
    edges = kernels.Edges(
        net.first,
        net.pred,
        net.kind,
        net.lag,
        net.lag_calendar,
        led[after] & (net.lag >= 0),
        led[after] & (plan.link >= 0),
    )
    marked = np.zeros(len(plan.columns.predecessor), np.bool_)
    marked[plan.link[kernels.redundant(edges)]] = True
    return marked
