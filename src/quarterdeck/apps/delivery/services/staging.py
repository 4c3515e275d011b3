"""A document laid beside what is stored: the records that are new, that differ, and that go. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument
from quarterdeck.apps.delivery.exchange.network import network
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanCalendar, PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.models.tasks import STEP
from quarterdeck.apps.delivery.selectors import mapping
from quarterdeck.apps.delivery.services.updating import Choices, Prepared, prepared
from quarterdeck.apps.people.models import Person
from quarterdeck.engine.cpm import Schedule, schedule
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.audit.states import difference, state_of
from quarterdeck.kernel.records import Record


@dataclass
class Beside:
    """Records of one kind: new ones, those that differ with their former fields, those that go."""

    added: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)

    @property
    def kept(self) -> list[Any]:
        """Those that differ."""
        return [record for record, _old, _new in self.changed]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass
class Staged:
    """A whole document beside a plan. Tasks by depth, so that parents are written before what is below them."""

    plan: Plan
    calendars: Beside
    resources: Beside
    tasks: Beside
    links: Beside
    assignments: Beside
    baselines: Beside
    #: Every task of the document by its number there, and each one's depth.
    by_uid: dict[int, Task]
    depths: dict[int, int]
    #: The document as it is written, and what of ours stays.
    ready: Prepared
    #: How the document is scheduled; None without any dated task.
    schedule: Schedule | None = None
    #: Whether the plan's own fields differ.
    plan_differs: bool = True

    def __post_init__(self) -> None:
        self.gone = tuple(each.pk for each in self.tasks.removed)

    @property
    def differs(self) -> bool:
        """Whether anything would be written; baselines apart, which need stored tasks."""
        parts = (self.calendars, self.resources, self.tasks, self.links, self.assignments)
        return self.plan_differs or any(parts)


def check(document: PlanDocument) -> tuple[Any, Schedule | None]:
    """Return the document as the engine takes it, and its schedule; nothing without any dated task. Raises EngineError
    for what no plan can have.
    """
    converted = network(document)
    if not converted.network.tasks:
        return None, None
    return converted, schedule(converted.network, converted.options)


def staged(document: PlanDocument, plan: Plan, *, actor: Actor, choices: Choices | None = None) -> Staged:
    """Lay a document beside a plan: a new one has nothing stored. Raises EngineError as `check` does.

    The plan is as far as the last tracking period of the document says.
    """
    ready = prepared(document, plan, choices or Choices())
    document = ready.document
    converted, found = check(document)
    engine = {} if converted is None else {each.id: each for each in converted.network.tasks}
    before = state_of(plan)
    _set_plan(plan, document, converted)
    calendars = _calendars(document, plan)
    resources = _resources(document, plan, actor, ready.people)
    tasks, by_uid, depths = _tasks(document, plan, engine)
    resource_of = {each.uid: each for each in (*resources[1].values(),)}
    return Staged(
        plan=plan,
        calendars=calendars,
        resources=resources[0],
        tasks=tasks,
        links=_links(document, plan, by_uid),
        assignments=_assignments(document, plan, by_uid, resource_of),
        baselines=Beside(),
        by_uid=by_uid,
        depths=depths,
        ready=ready,
        schedule=found,
        plan_differs=plan._state.adding or state_of(plan) != before,
    )


def _set_plan(plan: Plan, document: PlanDocument, converted: Any) -> None:
    starts = [each.stored.start for each in document.tasks if each.stored.start is not None]
    made = None if converted is None else converted.network
    plan.start = made.start if made is not None else document.start or min(starts, default=0)
    plan.finish = document.must_finish_by if made is None else made.finish
    plan.from_finish = document.from_finish and plan.finish is not None
    plan.status = document.status
    known = {each.id for each in document.calendars}
    plan.calendar_uid = document.calendar if document.calendar in known else None
    plan.dialect = document.dialect.value
    plan.options = dict(document.options)
    plan.minutes_per_day = min(max(document.minutes_per_day, 1), 1440)
    plan.minutes_per_week = min(max(document.minutes_per_week, 1), 10080)
    plan.days_per_month = min(max(document.days_per_month, 1), 31)
    plan.currency = document.currency[:8]
    names = {
        "program", "kind", "title", "author", "name", "start", "finish", "must_finish_by", "baseline_names", "fields",
        "periods", "extra", "problems",
    }  # fmt: skip
    before = plan.source
    plan.source = mapping.kept(document, frozenset(names))
    if "taken" in before:
        plan.source["taken"] = before["taken"]
    # Files change their names; by the first the ledger knows what it has of the plan.
    ledger = before.get("ledger", before.get("name", ""))
    if before and ledger != document.name:
        plan.source["ledger"] = ledger
    line = project_line(document)
    if line is not None:
        plan.source["line"] = mapping.plain(line)


def project_line(document: PlanDocument) -> DocumentTask | None:
    """Return the line that stands for the project itself, which is no task of the plan."""
    first = document.tasks[0] if document.tasks else None
    return first if first is not None and first.row == 0 and first.parent is None else None


def _matched(
    model: type[Record], rows: Iterable[tuple[Any, dict[str, Any]]], existing: Mapping[Any, Any]
) -> tuple[Beside, dict[Any, Any]]:
    """Return records of the rows by key: those there with their fields set, new ones for the others."""
    found, by_key = Beside(), {}
    for key, values in rows:
        record = existing.get(key)
        if record is None:
            by_key[key] = record = model(**values)
            found.added.append(record)
            continue
        before = state_of(record)
        for name, value in values.items():
            setattr(record, name, value)
        by_key[key] = record
        old, new = difference(before, state_of(record))
        if old or new:
            found.changed.append((record, old, new))
    found.removed = [record for key, record in existing.items() if key not in by_key]
    return found, by_key


def _of(model: Any, plan: Plan) -> list[Any]:
    return [] if plan._state.adding else list(model._default_manager.filter(plan=plan).order_by("pk"))


def _calendars(document: PlanDocument, plan: Plan) -> Beside:
    rows = [
        (
            each.id,
            {
                "plan": plan,
                "uid": each.id,
                "name": each.name[:200] or mapping.UNNAMED,
                "definition": mapping.plain(each),
            },
        )
        for each in document.calendars
    ]
    return _matched(PlanCalendar, rows, {each.uid: each for each in _of(PlanCalendar, plan)})[0]


def _resources(
    document: PlanDocument, plan: Plan, actor: Actor, chosen: Mapping[int, int | None]
) -> tuple[Beside, dict[Any, Any]]:
    """Return the resources beside those stored, each with the person chosen; new ones else with the one they are.

    Whoever is tied to one and may not be seen stays so.
    """
    existing = {each.uid: each for each in _of(PlanResource, plan)}
    fresh = any(each.id not in existing and each.id not in chosen for each in document.resources)
    known = matching_people(document, actor) if fresh else {}
    unseen = tied_unseen(existing.values(), actor)
    rows = []
    for each in document.resources:
        values = {"plan": plan, **mapping.resource_values(each)}
        if each.id in unseen:
            pass
        elif each.id in chosen:
            values["person_id"] = chosen[each.id]
        elif each.id not in existing:
            values["person_id"] = known.get(each.id)
        rows.append((each.id, values))
    return _matched(PlanResource, rows, existing)


def tied_unseen(resources: Iterable[PlanResource], actor: Actor) -> set[int]:
    """Return the numbers of the resources tied to people whom the actor may not see, and so cannot let go."""
    tied = {each.uid: each.person_id for each in resources if each.person_id is not None}
    if not tied:
        return set()
    seen = set(visible(Person.objects.filter(pk__in=set(tied.values())), actor).values_list("pk", flat=True))
    return {uid for uid, person in tied.items() if person not in seen}


def matching_people(document: PlanDocument, actor: Actor) -> dict[int, int]:
    """Return the person that each resource is, by number: of the same address, or alone of the same name."""
    addresses = {each.email.casefold() for each in document.resources if each.email}
    names = {each.name for each in document.resources if each.name}
    by_address: dict[str, int] = {}
    by_name: dict[str, list[int]] = defaultdict(list)
    for pk, name, email in visible(Person.objects.all(), actor).values_list("pk", "name", "email"):
        if email and email.casefold() in addresses:
            by_address[email.casefold()] = pk
        if name in names:
            by_name[name].append(pk)
    found = {}
    for each in document.resources:
        alone = by_name.get(each.name, [])
        if each.email and each.email.casefold() in by_address:
            found[each.id] = by_address[each.email.casefold()]
        elif len(alone) == 1:
            found[each.id] = alone[0]
    return found


def _tasks(
    document: PlanDocument, plan: Plan, engine: Mapping[Any, Any]
) -> tuple[Beside, dict[int, Task], dict[int, int]]:
    """Return the tasks beside those stored. A record's parent is set once all records are there."""
    line = project_line(document)
    lines = [each for each in document.tasks if each is not line]
    known = {each.id for each in lines}
    parents = [each.parent if each.parent in known and each.parent != each.id else None for each in lines]
    numbers = mapping.outline_numbers(parents, [each.id for each in lines])
    depths = {each.id: number.count(".") for each, number in zip(lines, numbers, strict=True)}
    existing = {each.uid: each for each in _of(Task, plan)}
    places = positions([existing[each.id].position if each.id in existing else None for each in lines])
    found, by_uid = Beside(), dict[int, Task]()
    for each, parent, number, position in zip(lines, parents, numbers, places, strict=True):
        values = mapping.task_values(each, engine.get(each.id), number) | {"position": position}
        above = by_uid.get(parent) if parent is not None else None
        record = existing.get(each.id)
        if record is None:
            record = Task(plan=plan, **values)
            record.parent = above
            found.added.append(record)
        else:
            before = state_of(record)
            for name, value in values.items():
                setattr(record, name, value)
            record.parent = above
            old, new = difference(before, state_of(record))
            if old or new or (above is not None and above.pk is None):
                found.changed.append((record, old, new))
        by_uid[each.id] = record
    gone = [record for key, record in existing.items() if key not in by_uid]
    found.removed = sorted(gone, key=lambda record: -record.position)
    return found, by_uid, depths


def positions(stored: Sequence[int | None]) -> list[int]:
    """Return where lines stand: those that are in order stay, new ones go between; or all anew.

    >>> positions([10, None, 20]), positions([None, None]) == [STEP, 2 * STEP], positions([5, 4]) == [STEP, 2 * STEP]
    ([10, 15, 20], True, True)
    """
    anew = [(place + 1) * STEP for place in range(len(stored))]
    known = [each for each in stored if each is not None]
    if not known or any(two <= one for one, two in pairwise(known)):
        return anew
    found: list[int] = []
    row, last = 0, 0
    while row < len(stored):
        each = stored[row]
        if each is not None:
            found.append(each)
            row, last = row + 1, each
            continue
        end = next((at for at in range(row, len(stored)) if stored[at] is not None), len(stored))
        count = end - row
        room = STEP if end == len(stored) else ((stored[end] or 0) - last) // (count + 1)
        if room < 1:
            return anew
        found.extend(last + room * (step + 1) for step in range(count))
        row, last = end, last + room * count
    return found


def _links(document: PlanDocument, plan: Plan, tasks: Mapping[int, Task]) -> Beside:
    rows: dict[Any, dict[str, Any]] = {}
    for each in document.links:
        ends = tasks.get(each.predecessor), tasks.get(each.successor)
        if ends[0] is None or ends[1] is None or ends[0] is ends[1]:
            continue
        values = {"plan": plan, "predecessor": ends[0], "successor": ends[1], **mapping.link_values(each)}
        rows[each.predecessor, each.successor, each.kind] = values
    uid_of = {record.pk: uid for uid, record in tasks.items() if record.pk}
    existing = {
        (uid_of.get(each.predecessor_id), uid_of.get(each.successor_id), each.kind): each
        for each in _of(TaskLink, plan)
    }
    return _matched(TaskLink, rows.items(), existing)[0]


def _assignments(
    document: PlanDocument, plan: Plan, tasks: Mapping[int, Task], resources: Mapping[int, PlanResource]
) -> Beside:
    rows = [
        (
            each.id,
            {
                "plan": plan,
                "task": tasks[each.task],
                "resource": None if each.resource is None else resources.get(each.resource),
                **mapping.assignment_values(each),
            },
        )
        for each in document.assignments
        if each.task in tasks
    ]
    return _matched(TaskAssignment, rows, {each.uid: each for each in _of(TaskAssignment, plan)})[0]


def baselines_of(
    document: PlanDocument, plan: Plan, tasks: Mapping[int, Task], *, ours: Collection[int] = ()
) -> Beside:
    """Return the baselines of a document beside those stored; its tasks have to be stored, since figures name them.

    `ours` are the numbers of those taken here, in whose place none of a file comes.
    """
    figures: dict[int, dict[str, list[Any]]] = {}
    costs: dict[int, list[Any]] = defaultdict(list)
    for each in document.tasks:
        record = tasks.get(each.id)
        if record is None:
            continue
        for base in each.baselines:
            if base.number in ours:
                continue
            held = figures.setdefault(base.number, {n: [] for n in ("task", "start", "finish", "duration", "work")})
            for name in ("start", "finish", "duration", "work"):
                held[name].append(getattr(base, name))
            held["task"].append(record.pk)
            costs[base.number].append(base.cost)
    rows = [
        (
            number,
            {
                "plan": plan,
                "number": number,
                "name": (document.baseline_names.get(number) or f"Baseline {number}")[:100],
                "finish": max((each for each in held["finish"] if each is not None), default=None),
                "figures": held,
                "costs": costs[number],
            },
        )
        for number, held in sorted(figures.items())
    ]
    return _matched(Baseline, rows, {each.number: each for each in _of(Baseline, plan)})[0]
