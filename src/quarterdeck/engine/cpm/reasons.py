"""Why a date is what it is: the chain of reasons from a task back to where it begins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np

from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import LINK_COLUMNS, NONE
from quarterdeck.engine.cpm.results import Schedule
from quarterdeck.engine.cpm.structure import Role
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, TaskId


class Cause(Enum):
    """What set the dates of a task."""

    PROJECT_START = "project start"
    STATUS_DATE = "status date"  # work still to do does not lie before it
    LINK = "link"  # `by` is the predecessor
    CONSTRAINT = "constraint"
    ACTUAL = "actual"  # it is over, or went on from where it was
    RESUMED = "resumed"  # what remains goes on when it was said to
    MANUAL = "manual"  # the date was given
    SUMMARY = "summary"  # what holds for the summary `by` holds for all below it
    CHILD = "child"  # a summary spans what is below it: `by` reaches furthest
    NEIGHBOUR = "neighbour"  # a level of effort spans what it is tied to: `by` decides its start
    AS_LATE_AS_POSSIBLE = "as late as possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one task lies where it lies.

    `asked` is the instant that the cause asks for: of the start, or, by a link to the finish (`link.kind`) or a
    constraint on it, of the finish. Where the task starts later than asked, its levelling `delay` (minutes) and then
    its calendar made it wait. Dates in minutes since 1970.
    """

    task: TaskId
    start: int
    finish: int
    cause: Cause
    by: TaskId | None = None
    link: Link | None = None
    constraint: Constraint | None = None
    asked: int | None = None
    delay: int = 0


START_KINDS: Final = frozenset(
    {Constraint.START_NO_EARLIER_THAN, Constraint.START_NO_LATER_THAN, Constraint.MUST_START_ON}
)


def why(found: Schedule, task: TaskId) -> tuple[Reason, ...]:
    """Return why a task lies where it lies: its own reason, that of what it hangs on, and so on to a first cause.

    Of several links that ask for the same instant the first given is shown; `Schedule.driving` has them all. Empty for
    a task that is not active. Raises `EngineError` for an id that is not in the plan.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Network, Task
    >>> plan = Network((Task("a", 480), Task("b", 960), Task("c", 60)), (Link("a", "c", lag=30), Link("b", "c")))
    >>> [(reason.task, reason.cause.value, reason.by, reason.asked) for reason in why(schedule(plan), "c")]
    [('c', 'link', 'b', 960), ('b', 'project start', None, 0)]
    """
    row = found.plan.row(task)
    teller = _Teller(found)
    chain: list[Reason] = []
    at: tuple[int, int] | None = (row, int(found.plan.node[row]))
    seen = set()
    while at is not None and at not in seen and found.start[at[0]] != NONE:
        seen.add(at)
        reason, at = teller.reason(*at)
        chain.append(reason)
    return tuple(chain)


class _Teller:
    """Reads reasons from what the passes noted. A place is a row and its node, -1 for a task that has none."""

    def __init__(self, found: Schedule) -> None:
        self.found, self.plan, self.passes = found, found.plan, found.passes
        self.put_off = set() if found.soonest is None else set(found.soonest[0].tolist())

    def reason(self, row: int, node: int) -> tuple[Reason, tuple[int, int] | None]:
        """Return the reason of one place, and the place to go on at."""
        if node < 0:
            return self.of_effort(row) if self.plan.tree.effort[row] else self.of_summary(row)
        driver = int(self.passes.driver[node])
        flags = int(self.plan.net.flags[node])
        if node in self.put_off or (flags & layout.LATE_FREE and self.moved(node)):
            return self.told(row, node, Cause.AS_LATE_AS_POSSIBLE), None
        if driver >= 0:
            return self.of_edge(row, node, driver)
        if driver == layout.BY_RULE:
            return self.of_rule(row, node, flags), None
        settings = self.found.settings
        late = settings.status != NONE and settings.status > settings.start
        cause = Cause.STATUS_DATE if late else Cause.PROJECT_START
        return self.told(row, node, cause, asked=settings.origin), None

    def moved(self, node: int) -> bool:
        """Return whether a node stands later than what drives it asks for."""
        driver = int(self.passes.driver[node])
        return driver < 0 or not bool(self.found.edges[1][driver])

    def told(self, row: int, node: int, cause: Cause, **more: Any) -> Reason:
        start, finish = int(self.found.start[row]), int(self.found.finish[row])
        net = self.plan.net
        delay = int(net.rules[net.rule[node], layout.DELAY]) if node >= 0 and net.rule[node] >= 0 else 0
        task = self.plan.columns.id_of(row)
        return Reason(task=task, start=start, finish=finish, cause=cause, delay=delay, **more)

    def of_edge(self, row: int, node: int, edge: int) -> tuple[Reason, tuple[int, int]]:
        from quarterdeck.engine.cpm.kernels.tables import moved

        plan, net = self.plan, self.plan.net
        before = int(net.pred[edge])
        at = int(self.passes.when[before, net.kind[edge] & 1])
        asked = int(moved(plan.table.arrays, net.lag_calendar[edge], at, net.lag[edge], 0))
        on = (int(plan.task[before]), before)
        by = plan.columns.id_of(on[0])
        if plan.link[edge] >= 0:
            link = self.link(int(plan.link[edge]))
            return self.told(row, node, Cause.LINK, by=by, link=link, asked=asked), on
        spans = plan.role[node] in (Role.FIRST, Role.LAST)
        return self.told(row, node, Cause.CHILD if spans else Cause.SUMMARY, by=by, asked=asked), on

    def link(self, row: int) -> Link:
        given = self.plan.columns
        kind, lag, unit, calendar = (int(given.column(name)[row]) for name in LINK_COLUMNS)
        before, after = (given.id_of(int(end[row])) for end in (given.predecessor, given.successor))
        return Link(before, after, LinkKind(kind), lag, LagUnit(unit), LagCalendar(calendar))

    def of_rule(self, row: int, node: int, flags: int) -> Reason:
        """Return the reason of what is set by what is said of the task itself."""
        given, net = self.plan.columns, self.plan.net
        rule = net.rules[net.rule[node]]
        since = int(rule[layout.START_FROM])
        if flags & layout.FINISHED:
            return self.told(row, node, Cause.ACTUAL, asked=since)
        if flags & layout.FIXED:
            return self.told(row, node, Cause.MANUAL, asked=since)
        constraint, asked = self.constraint(row, node)
        if constraint is not None:
            return self.told(row, node, Cause.CONSTRAINT, constraint=constraint, asked=asked)
        if since == int(given.column("resumed")[row]):
            return self.told(row, node, Cause.RESUMED, asked=since)
        cause = Cause.STATUS_DATE if since == self.found.settings.status else Cause.ACTUAL
        return self.told(row, node, cause, asked=since)

    def constraint(self, row: int, node: int) -> tuple[Constraint | None, int | None]:
        """Return the constraint that puts a node where it is."""
        from quarterdeck.engine.cpm.kernels.passes import w

        given, net, table = self.plan.columns, self.plan.net, self.plan.table.arrays
        started = bool(net.flags[node] & layout.STARTED)
        for name in ("constraint", "second_constraint"):
            kind, at = Constraint(int(given.column(name)[row])), int(given.column(f"{name}_at")[row])
            of_start = kind in START_KINDS
            if at == NONE or kind <= Constraint.AS_LATE_AS_POSSIBLE or (of_start and started):
                continue
            delay = int(net.rules[net.rule[node], layout.DELAY]) if of_start else 0
            asked = int(w(table, net.calendar[node], at + delay)) - (0 if of_start else int(net.span[node]))
            fixed = int(w(table, net.calendar[node], at)) if of_start else asked
            if int(self.passes.work[node]) in (asked, fixed):
                return kind, at
        return None, None

    def of_summary(self, row: int) -> tuple[Reason, tuple[int, int]]:
        tree, start = self.plan.tree, self.found.start
        child = int(np.flatnonzero(tree.active & (tree.parent == row) & (start == start[row]))[0])
        by = self.plan.columns.id_of(child)
        return self.told(row, -1, Cause.CHILD, by=by, asked=int(start[child])), (child, int(self.plan.node[child]))

    def of_effort(self, row: int) -> tuple[Reason, tuple[int, int] | None]:
        from quarterdeck.engine.cpm.kernels.tables import moved

        efforts, table, found = self.found.efforts, self.plan.table.arrays, self.found
        place = int(np.flatnonzero(efforts.rows == row)[0])
        asked: list[tuple[int, int]] = []
        for tie in efforts.ties[efforts.first[place] : efforts.first[place + 1]]:
            other, of_finish, to_finish, lag, calendar, after = tie.tolist()
            at = int((found.finish if of_finish else found.start)[other])
            if not to_finish and at != NONE:
                asked.append((int(moved(table, calendar, at, lag, after)), other))
        if int(efforts.given[place, 2]) != NONE:
            return self.told(row, -1, Cause.ACTUAL, asked=int(efforts.given[place, 2])), None
        if not asked:
            return self.told(row, -1, Cause.PROJECT_START, asked=found.settings.origin), None
        at, other = min(asked)
        by = self.plan.columns.id_of(other)
        return self.told(row, -1, Cause.NEIGHBOUR, by=by, asked=at), (other, int(self.plan.node[other]))
