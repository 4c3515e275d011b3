"""A document as a `Network` and the `Options` of the program that saved it: what the engine schedules."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from quarterdeck.apps.delivery.exchange.document import (
    Dialect,
    DocumentAssignment,
    DocumentCalendar,
    DocumentException,
    DocumentLink,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
    ResourceKind,
)
from quarterdeck.engine.calendar import (
    LAST,
    Calendar,
    CalendarException,
    CombinedCalendar,
    Daily,
    EffectiveWeek,
    Monthly,
    Nth,
    Pattern,
    RecurringException,
    WorkCalendar,
    Yearly,
    around_the_clock,
    intersection,
    timeline,
)
from quarterdeck.engine.calendar import Weekly as EveryWeek
from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Critical, Options, OutOfSequence, TotalFloat
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Network, Task, TaskKind

SUMMARY: Final = TaskKind.SUMMARY.name
#: Kinds that follow from the duration: a task marked as milestone that takes time is worked like any other.
PLAIN: Final = frozenset({TaskKind.TASK, TaskKind.MILESTONE, TaskKind.SUMMARY})


@dataclass(frozen=True)
class Converted:
    """A document as a plan.

    `several` are the tasks whose resources work on calendars that differ from each other; `effective` is on which
    calendar each task's duration is worked, `own` on which it would be without resources.
    """

    network: Network
    options: Options
    several: frozenset[int]
    effective: Mapping[int, Calendar]
    own: Mapping[int, Calendar]


def network(document: PlanDocument, *, pinned: frozenset[int] = frozenset()) -> Converted:
    """Return a document as a plan, the tasks in `pinned` held where the file has them.

    Left out are manual tasks without a start, which stand nowhere, empty branches and the line of a project without
    tasks. Raises `EngineError` for what the engine refuses in it.
    """
    return _Conversion(document, pinned).converted()


def options(document: PlanDocument) -> Options:
    """Return the rules by which the dates of a document are reckoned."""
    given: dict[str, Any] = dict(document.options)
    if document.dialect == Dialect.MICROSOFT:
        given["from_finish"] = document.from_finish
    for name, kind in (
        ("critical", Critical),
        ("total_float", TotalFloat),
        ("out_of_sequence", OutOfSequence),
        ("lag_calendar", LagCalendar),
    ):
        if name in given:
            given[name] = kind[given[name]]
    if "hard" in given:
        given["hard"] = frozenset(Constraint[each] for each in given["hard"])
    return replace(PRIMAVERA if document.dialect == Dialect.PRIMAVERA else MICROSOFT, **given)


def calendar(document: PlanDocument, id: int) -> WorkCalendar:
    """Return one calendar of a document as the engine takes it, with what those above it say."""
    return _Calendars(document)[id]


class _Calendars:
    """The calendars of a document, made when first asked for."""

    def __init__(self, document: PlanDocument) -> None:
        self.written = {each.id: each for each in document.calendars}
        self.made: dict[int, WorkCalendar] = {}

    def __getitem__(self, id: int) -> WorkCalendar:
        if id not in self.made:
            self.made[id] = self.of(self.written[id], ())
        return self.made[id]

    def of(self, written: DocumentCalendar, below: tuple[int, ...]) -> WorkCalendar:
        weeks = tuple(
            EffectiveWeek(dt.date.fromisoformat(each.first), dt.date.fromisoformat(each.last), each.days)
            for each in written.weeks
        )
        exceptions = tuple(_exception(each) for each in written.exceptions if each.recurrence is None)
        recurring = tuple(
            RecurringException(
                pattern(each.recurrence),
                dt.date.fromisoformat(each.first),
                dt.date.fromisoformat(each.last),
                each.recurrence.get("occurrences") or None,
                each.shifts,
                each.name,
            )
            for each in written.exceptions
            if each.recurrence is not None
        )
        parent = written.parent
        if parent is None or parent not in self.written or parent in (*below, written.id):
            days = tuple(day or () for day in written.week.days)
            return WorkCalendar(written.id, days, written.name, weeks, exceptions, recurring)
        above = self.of(self.written[parent], (*below, written.id))
        week: DocumentWeek = written.week
        return above.derived(
            written.id, name=written.name, week=week.days, weeks=weeks, exceptions=exceptions, recurring=recurring
        )


def _exception(held: DocumentException) -> CalendarException:
    first, last = dt.date.fromisoformat(held.first), dt.date.fromisoformat(held.last)
    return CalendarException(first, last, held.shifts, held.name)


def pattern(recurrence: Mapping[str, Any]) -> Pattern:
    """Return how the days of an exception return, see `DocumentException`."""
    every: int = recurrence.get("interval", 1)
    day: int | Nth = recurrence.get("day", 1)
    if "nth" in recurrence:
        nth = recurrence["nth"]
        day = Nth(LAST if nth > 4 else nth, tuple(recurrence["weekdays"]))
    match recurrence["every"]:
        case "week":
            return EveryWeek(tuple(recurrence["weekdays"]), every)
        case "month":
            return Monthly(day, every)
        case "year":
            return Yearly(recurrence["month"], day)
        case _:
            return Daily(every)


class _Conversion:
    def __init__(self, document: PlanDocument, pinned: frozenset[int]) -> None:
        self.document, self.pinned = document, pinned
        self.primavera = document.dialect == Dialect.PRIMAVERA
        self.written = _Calendars(document)
        self.calendars: dict[Any, Calendar] = {}
        parents = {each.parent for each in document.tasks}
        self.tasks = [
            each
            for each in document.tasks
            if (each.stored.start is not None or not each.manual) and (each.id in parents or not is_branch(each))
        ]
        self.resources = {each.id: each for each in document.resources}
        self.assignments: dict[int, list[DocumentAssignment]] = {}
        for each in document.assignments:
            self.assignments.setdefault(each.task, []).append(each)
        self.several: set[int] = set()
        self.effective: dict[int, Calendar] = {}
        self.own: dict[int, Calendar] = {}
        known = document.calendar is not None and document.calendar in self.written.written
        self.project = self.calendar(document.calendar or 0) if known else around_the_clock()
        self.named = known

    def converted(self) -> Converted:
        of, known = self.document, {each.id for each in self.tasks}
        tasks = tuple(self.task(each, known) for each in self.tasks)
        links = tuple(link(each) for each in of.links if each.predecessor in known and each.successor in known)
        start = of.start
        if start is None:
            start = min((each.stored.start for each in self.tasks if each.stored.start is not None), default=0)
        made = Network(
            tasks,
            links,
            self.calendars,
            calendar=self.project.id if self.named else None,
            start=start,
            finish=of.finish if of.from_finish and not self.primavera else of.must_finish_by,
            status=of.status if self.primavera else None,
        )
        return Converted(made, options(of), frozenset(self.several), self.effective, self.own)

    # -- calendars

    def calendar(self, id: int) -> Calendar:
        if id not in self.calendars:
            self.calendars[id] = self.written[id]
        return self.calendars[id]

    def calendar_of(self, task: DocumentTask) -> Calendar | None:
        """Return on which calendar a task's duration is worked: its own, its resources', or where both work."""
        own = None if task.calendar is None else self.calendar(task.calendar)
        by_resources = not self.is_manual(task)
        if self.primavera:
            by_resources = task.extra.get("ACTIVITY_TYPE") == "RESOURCE_DEPENDENT"
        if not by_resources or (own is not None and task.ignores_resource_calendars):
            return own
        found: list[Calendar] = []
        for each in self.assignments.get(task.id, []):
            resource = None if each.resource is None else self.resources.get(each.resource)
            if resource is None or resource.calendar is None or resource.kind != ResourceKind.WORK or not each.work:
                continue
            worker = self.calendar(resource.calendar)
            both = worker if own is None or self.primavera else self.both(own, worker)
            if not any(same(both, other) for other in found):
                found.append(both)
        if len(found) > 1:
            self.several.add(task.id)
        return found[0] if len(found) == 1 else own

    def both(self, own: Calendar, worker: Calendar) -> Calendar:
        if same(own, worker):
            return own
        found = intersection(own, worker)
        self.calendars[found.id] = found
        return found

    # -- tasks

    def is_manual(self, task: DocumentTask) -> bool:
        return not self.primavera and (task.manual or task.external or task.id in self.pinned)

    def task(self, task: DocumentTask, known: set[int]) -> Task:
        calendar = self.calendar_of(task)
        counted = calendar or self.project
        self.own[task.id] = self.project if task.calendar is None else self.calendar(task.calendar)
        elapsed = task.duration_unit.startswith("e") or task.id in self.pinned  # may end out of any calendar's hours
        if elapsed:
            counted = around_the_clock()
        self.effective[task.id] = counted
        duration, splits = task.duration, gaps(task.parts, counted)
        started = task.actual_start is not None
        given = dict[str, Any]()
        if self.is_manual(task):
            start, finish = task.stored.start, task.stored.finish
            given = {"manual": True, "constraint": Constraint.START_NO_EARLIER_THAN, "constraint_at": start}
            if start is not None and finish is not None and not started:
                duration, splits = timeline(counted).between(start, finish), ()  # given too, not always by its duration
        else:
            given = {
                "constraint": Constraint[task.constraint],
                "constraint_at": task.constraint_at,
                "second_constraint": Constraint[task.second_constraint],
                "second_constraint_at": task.second_constraint_at,
            }
            given |= {"hard": False} if task.constraint_is_soft else {}
        kind = TaskKind[task.kind]
        if kind in PLAIN:
            kind = TaskKind.TASK if duration else TaskKind.MILESTONE
        return Task(
            id=task.id,
            duration=duration,
            name=task.name,
            kind=kind,
            parent=task.parent if task.parent in known else None,
            calendar=None if calendar is None else calendar.id,
            elapsed=elapsed,
            deadline=None if self.primavera else task.deadline,
            actual_start=task.actual_start,
            actual_finish=task.actual_finish,
            remaining=task.remaining if started else None,
            suspended=task.suspended if self.primavera else None,
            resumed=task.resumed if self.primavera and task.suspended is not None else None,
            splits=splits,
            delay=task.levelling_delay,
            active=self.primavera or task.active,
            priority=task.priority,
            **given,
        )


def is_branch(task: DocumentTask) -> bool:
    """Say whether a line stands for the project, or for a branch of it, and not for work."""
    return task.row == 0 or task.kind == SUMMARY


def gaps(parts: tuple[tuple[int, int], ...], calendar: Calendar) -> tuple[tuple[int, int], ...]:
    """Return the parts of a split task as the engine takes them: work done before each gap, and the gap's work."""
    line, done, found = timeline(calendar), 0, []
    for (start, end), (following, _) in pairwise(parts):
        done += line.between(start, end)
        gap = line.between(end, following)
        if gap > 0:
            found.append((done, gap))
    return tuple(found)


def link(held: DocumentLink) -> Link:
    """Return a dependency as the engine takes it."""
    return Link(
        held.predecessor,
        held.successor,
        LinkKind[held.kind],
        held.lag,
        LagUnit[held.unit],
        LagCalendar[held.calendar],
    )


def same(one: Calendar, other: Calendar) -> bool:
    """Say whether two calendars work at the same times, whatever they are called."""
    if isinstance(one, WorkCalendar) and isinstance(other, WorkCalendar):
        return replace(one, id="", name="") == replace(other, id="", name="")
    return isinstance(one, CombinedCalendar) and isinstance(other, CombinedCalendar) and one.id == other.id
