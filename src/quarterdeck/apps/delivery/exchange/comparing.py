"""The dates that the engine finds beside those that a file holds, and why they differ."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from quarterdeck.apps.delivery.exchange.document import Dialect, DocumentLink, DocumentTask, PlanDocument
from quarterdeck.apps.delivery.exchange.network import Converted, network
from quarterdeck.engine.calendar import around_the_clock, timeline
from quarterdeck.engine.cpm import Schedule, schedule
from quarterdeck.engine.errors import EngineError

FIELDS: Final = ("start", "finish", "total_float", "free_float", "critical")
NO_TASKS: Final = "no tasks with dates"
#: Constraints that bind late dates.
LATE: Final = {"START_NO_LATER_THAN", "FINISH_NO_LATER_THAN", "MUST_START_ON", "MUST_FINISH_ON"}

#: Causes of differences.
DAYS_ONLY: Final = "the file gives dates without times"
UNSCHEDULED: Final = "the file has no late dates: nothing scheduled it"
ESTIMATED: Final = "a manual task of estimated duration is never critical in Microsoft Project"
RESOURCES: Final = "the task's resources work on different calendars"
STALE: Final = "the stored late finish is not that of the stored project: saved without reckoning slack anew"
OUT_OF_HOURS: Final = "a manual finish stands out of working hours, not at the end of the shift before"
OWN_CALENDAR: Final = (
    "Microsoft Project counts slack on the task's own calendar, although resources' hours give its dates"
)
UNWORKED: Final = "the stored date stands out of working hours"
BROKEN: Final = "the stored dates break a link of the file: nothing that follows its links ends there"
FOLLOWS: Final = "a task before it, or below it, differs"
BY_HAND: Final = "the list gives dates that its links and durations do not give"
UNEXPLAINED: Final = "unexplained"
#: Kinds of files whose dates may come from a person and that hold no late dates ever.
LISTS: Final = frozenset({"ProTrack", "XLSX", "CSV"})


@dataclass(frozen=True)
class Difference:
    """One value of one task that is not as stored."""

    task: int
    field: str
    found: float | bool | None
    stored: float | bool
    cause: str = ""


@dataclass(frozen=True)
class Comparison:
    """What scheduling a document anew gives against what it holds.

    `values` counts the stored values of each field of `FIELDS`; `refused` says why nothing was compared, with the
    `culprits` where tasks are at fault; `schedule` is what was found.
    """

    refused: str = ""
    culprits: tuple[object, ...] = ()
    tasks: int = 0
    values: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    schedule: Schedule | None = None
    converted: Converted | None = None

    @property
    def causes(self) -> dict[str, int]:
        """How many values differ for each cause, the most first."""
        return dict(Counter(each.cause for each in self.differences).most_common())

    @property
    def equal(self) -> dict[str, int]:
        """How many values of each field are as stored."""
        wrong = Counter(each.field for each in self.differences)
        return {name: count - wrong[name] for name, count in self.values.items()}

    @property
    def different(self) -> dict[str, int]:
        """How many values of each field are not as stored."""
        wrong = Counter(each.field for each in self.differences)
        return {name: wrong[name] for name in self.values}


def compare(document: PlanDocument) -> Comparison:
    """Schedule what a document holds, and compare every stored value. Refusals of the engine are told, not raised."""
    try:
        plan = network(document)
        if not plan.network.tasks:
            return Comparison(NO_TASKS)
        found = schedule(plan.network, plan.options)
    except EngineError as refused:
        return Comparison(str(refused), refused.culprits)
    planned = {each.id for each in plan.network.tasks}
    known = {each.id for each in document.tasks if each.id in planned and each.stored.start is not None}
    stored = {
        (each.id, name): value
        for each in document.tasks
        if each.id in known
        for name in FIELDS
        if (value := getattr(each.stored, name)) is not None
    }
    differences = [
        Difference(*place, value, stored[place])
        for place in stored
        if unlike(value := getattr(found[place[0]], place[1]), stored[place])
    ]
    causes = _Causes(document, plan)
    causes.different = {each.task for each in differences}
    return Comparison(
        tasks=len(known),
        values={name: sum(place[1] == name for place in stored) for name in FIELDS},
        differences=tuple(map(causes.of, differences)),
        schedule=found,
        converted=plan,
    )


def unlike(found: float | bool | None, stored: float | bool) -> bool:
    """Say whether two values differ by half a minute or more."""
    return found is None or abs(found - stored) >= 0.5


class _Causes:
    """Finds, from what the document holds, why a value differs; what no evidence explains stays unexplained."""

    def __init__(self, document: PlanDocument, plan: Converted) -> None:
        self.document, self.plan = document, plan
        tasks = document.tasks
        self.tasks = {each.id: each for each in tasks}
        self.parents = {each.parent for each in tasks}
        self.before = {each.predecessor for each in document.links}
        self.days_only = all(not (at or 0) % 1440 for each in tasks for at in (each.stored.start, each.stored.finish))
        self.listed = document.kind in LISTS
        self.unscheduled = all(each.stored.late_start is None for each in tasks) and not self.listed
        self.into: dict[int, list[DocumentLink]] = {}
        for link in document.links:
            self.into.setdefault(link.successor, []).append(link)
        self.different: set[int] = set()
        self.pinned: Schedule | None = None
        if plan.several:
            again = network(document, pinned=plan.several)
            self.pinned = schedule(again.network, again.options)

    def of(self, difference: Difference) -> Difference:
        """Return the difference with its cause."""
        task, name = difference.task, difference.field
        return Difference(task, name, difference.found, difference.stored, self.cause(self.tasks[task], difference))

    def cause(self, task: DocumentTask, difference: Difference) -> str:
        if self.unscheduled:
            return UNSCHEDULED
        name = difference.field
        found = self.of_date(task, difference) if name in FIELDS[:2] else self.of_slack(task, difference)
        if not found and self.listed:
            return self.of_list(task, difference)
        if found or self.pinned is None:
            return found or UNEXPLAINED
        pinned = getattr(self.pinned[task.id], name)
        held = not unlike(pinned, difference.stored)
        held = held or (name == "finish" and self.no_work(task, pinned, difference.stored))
        return RESOURCES if held else UNEXPLAINED

    def of_date(self, task: DocumentTask, difference: Difference) -> str:
        found, stored = difference.found, difference.stored
        if self.days_only and found is not None and found // 1440 == stored // 1440:
            return DAYS_ONLY
        if difference.field != "finish" or found is None or not self.no_work(task, found, stored):
            return ""
        ends = [each for each in self.document.tasks if task.id in (each.parent, each.id)]
        by_hand = any(each.manual and each.stored.finish == stored for each in ends)
        return OUT_OF_HOURS if by_hand else ""

    def of_list(self, task: DocumentTask, difference: Difference) -> str:
        """Return why a date of a workbook or list is not kept."""
        found = difference.found
        if difference.field in FIELDS[:2] and found is not None and self.no_work(task, found, difference.stored):
            return UNWORKED
        if any(map(self.is_broken, self.into.get(task.id, []))):
            return BROKEN
        below = {each.id for each in self.document.tasks if each.parent == task.id}
        before = {link.predecessor for link in self.into.get(task.id, [])}
        return FOLLOWS if (below | before) & self.different else BY_HAND

    def is_broken(self, link: DocumentLink) -> bool:
        """Say whether the stored dates of two tasks lie nearer than the link between them allows."""
        before, after = self.tasks[link.predecessor], self.tasks[link.successor]
        from_start, to_start = link.kind.startswith("START"), link.kind.endswith("START")
        bound = before.stored.start if from_start else before.stored.finish
        line = timeline(self.plan.effective.get(after.id) or around_the_clock())
        if bound is None and before.stored.start is not None:
            bound = line.add(before.stored.start, before.duration)
        at = after.stored.start if to_start else after.stored.finish
        if bound is None or at is None or link.unit == "PERCENT":
            return False
        bound = bound + link.lag if link.unit == "ELAPSED" else line.add(bound, link.lag)
        return line.between(at, bound) > 0

    def of_slack(self, task: DocumentTask, difference: Difference) -> str:
        name, stored = difference.field, difference.stored
        if name == "critical":
            return ESTIMATED if task.manual and task.estimated and not stored else ""
        if self.is_stale(task):
            return STALE
        return OWN_CALENDAR if self.own_calendar(task, stored) else ""

    def own_calendar(self, task: DocumentTask, stored: float) -> bool:
        own, finish, late = self.plan.own[task.id], task.stored.finish, task.stored.late_finish
        if own == self.plan.effective[task.id] or finish is None or late is None:
            return False
        return not unlike(timeline(own).between(finish, late), stored)

    def no_work(self, task: DocumentTask, one: float, other: float) -> bool:
        return timeline(self.plan.effective[task.id]).between(int(one), int(other)) == 0

    def is_stale(self, task: DocumentTask) -> bool:
        """Say whether nothing binds a task's finish but the project's, and yet its late finish is another."""
        ends, late = self.document.finish, task.stored.late_finish
        bound = task.deadline is not None or task.constraint in LATE or task.id in self.parents | self.before
        if bound or ends is None or late is None or self.document.dialect != Dialect.MICROSOFT:
            return False
        return bool(timeline(self.plan.effective[task.id]).between(late, ends) != 0)
