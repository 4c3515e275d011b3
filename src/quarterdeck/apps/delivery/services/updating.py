"""A document made ready for a plan: numbered as the plan is, on the calendars and with the people chosen, ours kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db.models import Max, QuerySet

from quarterdeck.apps.delivery.exchange.aligning import Aligned, Known, aligned
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentCalendar,
    DocumentException,
    DocumentResource,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
)
from quarterdeck.apps.delivery.exchange.merging import ALONE, PROGRESS, Kept, Ours, alike, merged
from quarterdeck.apps.delivery.exchange.tracking import as_tracked
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.selectors import mapping
from quarterdeck.apps.delivery.selectors.documents import document_of
from quarterdeck.apps.organisation.selectors import WorkingTime, working_times
from quarterdeck.engine.calendar import instant
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.records import Record

#: Fields of tasks that are compared with what the file said last.
WATCHED = frozenset({*PROGRESS, *ALONE, "duration"})
#: Years before and after the plan for which the public holidays of a calendar are taken over.
YEARS = 3


@dataclass(frozen=True)
class Choices:
    """What whoever imports has said. Numbers of resources and calendars are those of the file.

    `people` and `calendars` name a person and a calendar of the organisation, None to leave it as the file has it; what
    is not named is left as the plan has it, or matched by address and name in a new plan.
    """

    people: Mapping[int, int | None] = field(default_factory=dict)
    calendars: Mapping[int, int | None] = field(default_factory=dict)
    keep_added: bool = True
    prefer_ours: bool = False


@dataclass(frozen=True)
class Apart:
    """What was done here that stands only where the file says the same: told where it is overruled.

    Former fields of what was changed by kind and key; numbers of tasks that were removed, and between which tasks, or
    task and key of the resource, links and assignments were.
    """

    changed: Mapping[type[Record], Mapping[int, Mapping[str, Any]]] = field(default_factory=dict)
    tasks: frozenset[int] = frozenset()
    links: frozenset[tuple[int | None, int | None]] = frozenset()
    assignments: frozenset[tuple[int | None, int | None]] = frozenset()

    def of(self, record: Record, now: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the fields that were changed here and not set back, of those that `now` gives the values of."""
        before = self.changed.get(type(record), {}).get(record.pk, {})
        return tuple(name for name, value in now.items() if name in before and before[name] != value)


@dataclass(frozen=True)
class Prepared:
    """The document to be written, what of ours stays, and the person of each resource by its number in the plan."""

    document: PlanDocument
    kept: Kept
    people: dict[int, int | None]
    #: What was done here that no import keeps.
    apart: Apart = field(default_factory=Apart)
    #: Baselines that were taken here, by number: no file takes their place.
    baselines: Mapping[int, Baseline] = field(default_factory=dict)

    def taken(self, batch: object) -> dict[str, Any]:
        """Return what a plan keeps of an import to know the next one by: its batch, its baselines, what is ours."""
        numbers = {base.number for each in self.document.tasks for base in each.baselines} - set(self.baselines)
        here = {
            "task": sorted(self.kept.tasks),
            "link": sorted([*each] for each in self.kept.links),
            "assignment": sorted(self.kept.assignments),
        }
        said = {str(number): values for number, values in sorted(self.kept.said.items())}
        return {"batch": str(batch), "baselines": sorted(numbers), "here": here, **({"said": said} if said else {})}


def prepared(document: PlanDocument, plan: Plan, choices: Choices) -> Prepared:
    """Return a document as it is to be written into a plan; a new plan has nothing to be kept."""
    document = with_calendars(as_tracked(document), choices.calendars)
    if plan._state.adding:
        return Prepared(document, Kept(), dict(choices.people))
    here = Here(plan)
    found: Aligned = aligned(document, here.known)
    ours = here.ours(found, keep_added=choices.keep_added and not found.knows_ours)
    ready, kept = merged(found.document, ours, prefer_ours=choices.prefer_ours)
    people = {found.resources.get(number, number): person for number, person in choices.people.items()}
    return Prepared(ready, kept, people, here.apart, kept_baselines(plan))


class Here:
    """What is stored of a plan, and what of it was done here since a file came last."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tasks = list(Task.objects.filter(plan=plan).order_by("position", "pk"))
        self.uid_of = {each.pk: each.uid for each in self.tasks}
        self.assignments = list(TaskAssignment.objects.filter(plan=plan).order_by("pk"))
        self.resources = list(PlanResource.objects.filter(plan=plan).order_by("uid"))
        said = plan.source.get("taken", {})
        here, kept = said.get("here", {}), said.get("said", {})
        # What stayed ours last time: what the file said of it then.
        self._edits: dict[int, dict[str, Any]] = {
            key: dict(kept[str(uid)]) for key, uid in self.uid_of.items() if str(uid) in kept
        }
        self.apart = Apart()
        self.added_tasks: set[int] = set(here.get("task", ()))
        self.added_links: set[tuple[int, ...]] = {tuple(each) for each in here.get("link", ())}
        self.added_assignments: set[int] = set(here.get("assignment", ()))
        if said:
            self._read(Change.objects.filter(batch=said["batch"]).aggregate(last=Max("pk"))["last"] or 0)
        elif "program" not in plan.source:
            # No file has brought it: all of it was made here.
            self.added_tasks = set(self.uid_of.values())
            self.added_assignments = {each.uid for each in self.assignments}
            self.added_links = set(self._ends(TaskLink.objects.filter(plan=plan)))

    def _ends(self, links: QuerySet[TaskLink]) -> list[tuple[int, int]]:
        rows = links.values_list("predecessor_id", "successor_id")
        return [(self.uid_of[one], self.uid_of[two]) for one, two in rows]

    def _read(self, since: int) -> None:
        """Note what was changed and added after the last Change of the import that brought the plan."""
        added: dict[type[Record], set[int]] = {}
        changed: dict[type[Record], dict[int, dict[str, Any]]] = {}
        for model in (Task, TaskLink, TaskAssignment):
            first: dict[int, str] = {}
            others = changed.setdefault(model, {})
            for key, action, before in self._changes(model, since):
                # What was removed and brought back by an Undo was there before.
                first.setdefault(key, action)
                for name in before if action == Action.CHANGE else ():
                    watched = model is Task and name in WATCHED
                    (self._edits if watched else others).setdefault(key, {}).setdefault(name, before[name])
            added[model] = {key for key, action in first.items() if action == Action.CREATE}
        self.added_tasks |= {self.uid_of[key] for key in added[Task]}
        self.added_links |= set(self._ends(TaskLink.objects.filter(plan=self.plan, pk__in=added[TaskLink])))
        self.added_assignments |= {each.uid for each in self.assignments if each.pk in added[TaskAssignment]}
        self._read_removed(since, changed)

    def _read_removed(self, since: int, changed: Mapping[type[Record], Mapping[int, Mapping[str, Any]]]) -> None:
        """Note what was removed that the last import had left, beside what was changed."""
        gone = {model: self._removed(model, since) for model in (Task, TaskLink, TaskAssignment)}
        uid_of = self.uid_of | {key: before["uid"] for key, before in gone[Task].items()}
        links, assignments = gone[TaskLink].values(), gone[TaskAssignment].values()
        self.apart = Apart(
            changed,
            frozenset(before["uid"] for before in gone[Task].values()),
            frozenset((uid_of.get(row["predecessor_id"]), uid_of.get(row["successor_id"])) for row in links),
            frozenset((uid_of.get(row["task_id"]), row["resource_id"]) for row in assignments),
        )

    def _removed(self, model: type[Record], since: int) -> dict[int, dict[str, Any]]:
        """Return the last state of the records that are gone since and were not added since either, by key."""
        own: Any = model._default_manager
        rows = Change.objects.filter(record_type=record_type(model), pk__gt=since).order_by("pk")
        gone = rows.filter(action=Action.DELETE, before__plan_id=self.plan.pk)
        found = dict(gone.values_list("record_id", "before"))
        if not found:
            return {}
        first: dict[int, str] = {}
        theirs = rows.filter(record_id__in=gone.order_by().values("record_id"))
        for key, action in theirs.values_list("record_id", "action"):
            first.setdefault(key, action)
        there = set(own.filter(plan=self.plan).values_list("pk", flat=True))
        return {key: row for key, row in found.items() if key not in there and first[key] != Action.CREATE}

    def _changes(
        self, model: type[Task] | type[TaskLink] | type[TaskAssignment], since: int
    ) -> QuerySet[Change, tuple[int, str, dict[str, Any]]]:
        """Return record, action and former fields of what was done to the plan's records since, in order."""
        own: Any = model._default_manager
        keys = own.filter(plan=self.plan).values("pk")
        rows = Change.objects.filter(record_type=record_type(model), pk__gt=since, record_id__in=keys)
        return rows.order_by("pk").values_list("record_id", "action", "before")

    @property
    def known(self) -> Known:
        """What is stored, for numbering a file as the plan is."""
        parents = [each.parent_id for each in self.tasks]
        numbers = mapping.outline_numbers(parents, [each.pk for each in self.tasks])
        tasks = tuple(
            DocumentTask(
                id=each.uid,
                name="" if each.more.get("unnamed") else each.name,
                code=each.code,
                wbs=each.wbs or number,
                parent=None if each.parent_id is None else self.uid_of[each.parent_id],
            )
            for each, number in zip(self.tasks, numbers, strict=True)
        )
        number_of = {each.pk: each.uid for each in self.resources}
        return Known(
            tasks,
            tuple(
                DocumentResource(id=each.uid, name=each.name, email=each.more.get("email", ""))
                for each in self.resources
            ),
            tuple(
                DocumentAssignment(
                    id=each.uid,
                    task=self.uid_of[each.task_id],
                    resource=None if each.resource_id is None else number_of[each.resource_id],
                )
                for each in self.assignments
            ),
            frozenset(self.added_tasks),
        )

    def ours(self, found: Aligned, *, keep_added: bool) -> Ours:
        """Return what was done here, as documents hold it. Raises EngineError for a plan that cannot be scheduled."""
        edits = {}
        for each in self.tasks:
            held = {name: (value, getattr(each, name)) for name, value in self._edits.get(each.pk, {}).items()}
            # What was changed and set back is nobody's.
            if edit := {name: pair for name, pair in held.items() if not alike(name, *pair)}:
                edits[each.uid] = edit
        if not keep_added or not (self.added_tasks or self.added_links or self.added_assignments):
            return Ours(edits)
        stored, known = document_of(self.plan), set(found.tasks.values())
        return Ours(
            edits,
            tuple(each for each in stored.tasks if each.id in self.added_tasks - known),
            tuple(each for each in stored.links if (each.predecessor, each.successor) in self.added_links),
            tuple(each for each in stored.assignments if each.id in self.added_assignments),
            stored.resources,
        )


def kept_baselines(plan: Plan) -> dict[int, Baseline]:
    """Return the baselines that were taken here, by number: a file never takes their place."""
    if plan._state.adding:
        return {}
    said = plan.source.get("taken")
    if said is None:
        brought = "program" in plan.source
        rows = Baseline.objects.filter(plan=plan)
        return {each.number: each for each in rows if not brought or (each.number and each.taken_at)}
    from_file = set(said.get("baselines", ()))
    last = Change.objects.filter(batch=said["batch"]).aggregate(last=Max("at"))["last"]
    return {
        each.number: each
        for each in Baseline.objects.filter(plan=plan)
        if each.number not in from_file or (last and each.updated_at and each.updated_at > last)
    }


def with_calendars(document: PlanDocument, chosen: Mapping[int, int | None]) -> PlanDocument:
    """Return a document on calendars of the organisation where they were chosen, as they are today."""
    wanted = {number: key for number, key in chosen.items() if key is not None}
    if not wanted:
        return document
    times = working_times(wanted.values())
    years = _years(document)
    calendars = tuple(
        as_document(each.id, times[wanted[each.id]], years) if wanted.get(each.id) in times else each
        for each in document.calendars
    )
    return msgspec.structs.replace(document, calendars=calendars)


def _years(document: PlanDocument) -> range:
    told = [each.stored.start for each in document.tasks] + [each.stored.finish for each in document.tasks]
    known = [instant(at).year for at in (*told, document.start, document.finish) if at is not None]
    first, last = (min(known), max(known)) if known else (1970, 1970)
    return range(first - 1, min(last, first + 30) + YEARS + 1)


def as_document(number: int, time: WorkingTime, years: range) -> DocumentCalendar:
    """Return a calendar of the organisation as plan files hold one; public holidays and yearly days, year by year."""
    exceptions: list[DocumentException] = []
    ruled: set[dt.date] = set()
    for year in years:
        day = dt.date(year, 1, 1)
        while day.year == year:
            rule = time.exception(day)
            name = rule.name if rule is not None else time.holiday(day)
            if name and day not in ruled:
                ruled.add(day)
                shifts = tuple((span.start, span.end) for span in rule.spans) if rule is not None else ()
                exceptions.append(
                    DocumentException(first=day.isoformat(), last=day.isoformat(), shifts=shifts, name=name)
                )
            day += dt.timedelta(days=1)
    week = DocumentWeek(days=tuple(tuple((span.start, span.end) for span in spans) for spans in time.week))
    return DocumentCalendar(
        id=number,
        name=time.name,
        week=week,
        exceptions=tuple(exceptions),
        minutes_per_day=round(float(time.hours_per_day) * 60) or 480,
    )
