"""A plan that comes again beside what was done to it here: what is taken from the file, and what of ours stays.

Three states are compared: what the file said last time, what it says now, and what stands here. Where only one side has
changed something, that side is right. Where both have, the file is, unless whoever imports says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    PlanDocument,
)

#: What tells how far a task is: taken from one side as a whole, or it would contradict itself.
PROGRESS: Final = (
    "percent",
    "actual_start",
    "actual_finish",
    "remaining",
    "suspended",
    "resumed",
    "actual_work",
)
#: What else of a task may be ours, by the names of records.
ALONE: Final = (
    "name",
    "notes",
    "code",
    "constraint",
    "constraint_at",
    "deadline",
    "priority",
    "delay",
    "work",
    "fixed_cost",
    "cost",
    "actual_cost",
)
#: What follows from what a line adds up, or from the parts of a split task: never ours to keep there.
COMPUTED: Final = frozenset({*PROGRESS, "duration", "work", "cost", "actual_cost"})
#: What documents call otherwise than records.
NAMES: Final = {"percent": "percent_complete", "delay": "levelling_delay"}
MONEY: Final = frozenset({"fixed_cost", "cost", "actual_cost"})


@dataclass(frozen=True)
class Ours:
    """What was done here since the file came last: fields by task as they were then and are now; what was added."""

    edits: Mapping[int, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)
    tasks: tuple[DocumentTask, ...] = ()
    links: tuple[DocumentLink, ...] = ()
    assignments: tuple[DocumentAssignment, ...] = ()
    resources: tuple[DocumentResource, ...] = ()


@dataclass
class Kept:
    """What of ours an import leaves as it is: numbers of tasks, and what the file overrules."""

    progress: list[int] = field(default_factory=list)
    fields: dict[int, tuple[str, ...]] = field(default_factory=dict)
    overruled: dict[int, tuple[str, ...]] = field(default_factory=dict)
    #: By task, what the file says of the fields that stay ours: what the next file is compared with.
    said: dict[int, dict[str, Any]] = field(default_factory=dict)
    tasks: list[int] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)
    assignments: list[int] = field(default_factory=list)


def merged(given: PlanDocument, ours: Ours, *, prefer_ours: bool = False) -> tuple[PlanDocument, Kept]:
    """Return an aligned document with what of ours stays, and what that is.

    >>> given = PlanDocument(name="Shed", program="", kind="MPP", tasks=(DocumentTask(id=1, name="Dig"),))
    >>> found, kept = merged(given, Ours({1: {"percent": (0.0, 40.0)}}))
    >>> found.tasks[0].percent_complete, kept.progress
    (40.0, [1])
    """
    kept = Kept()
    tasks = tuple(
        _task(each, ours.edits[each.id], kept, prefer_ours=prefer_ours) if each.id in ours.edits else each
        for each in given.tasks
    )
    tasks = _with_ours(tasks, ours.tasks, kept)
    there = {each.id for each in tasks}
    ends = {(each.predecessor, each.successor) for each in given.links}
    links = [
        each
        for each in ours.links
        if each.predecessor in there and each.successor in there and (each.predecessor, each.successor) not in ends
    ]
    pairs = {(each.task, each.resource) for each in given.assignments}
    assigned = [each for each in ours.assignments if each.task in there and (each.task, each.resource) not in pairs]
    people = {each.id for each in given.resources}
    needed = {each.resource for each in assigned} - people
    added = tuple(each for each in ours.resources if each.id in needed)
    known = people | {each.id for each in added}
    assigned = [each for each in assigned if each.resource is None or each.resource in known]
    kept.links = [(each.predecessor, each.successor) for each in links]
    kept.assignments = [each.id for each in assigned]
    found = msgspec.structs.replace(
        given,
        tasks=tasks,
        links=(*given.links, *links),
        assignments=(*given.assignments, *assigned),
        resources=(*given.resources, *added),
    )
    return found, kept


def _with_ours(given: tuple[DocumentTask, ...], ours: tuple[DocumentTask, ...], kept: Kept) -> tuple[DocumentTask, ...]:
    """Return the lines with ours at the end of what they are part of, or of the plan where that is gone."""
    there = {each.id for each in given}
    ours = tuple(each for each in ours if each.id not in there)
    if not ours:
        return given
    lines = list(given)
    top = given[0].id if given and given[0].row == 0 and given[0].parent is None else None
    for each in ours:
        parent = each.parent if each.parent in {line.id for line in lines} else top
        below = {parent}
        place = len(lines)
        if parent is not None and parent != top:
            place = next(row for row, line in enumerate(lines) if line.id == parent) + 1
            while place < len(lines) and lines[place].parent in below:
                below.add(lines[place].id)
                place += 1
        lines.insert(place, msgspec.structs.replace(each, parent=parent, row=None))
        kept.tasks.append(each.id)
    return tuple(lines)


def _task(task: DocumentTask, edits: Mapping[str, tuple[Any, Any]], kept: Kept, *, prefer_ours: bool) -> DocumentTask:
    """Return a task with what of ours stays."""
    values: dict[str, Any] = {}
    ours: list[str] = []
    lost: list[str] = []
    summary, progress = task.kind == "SUMMARY", tuple(name for name in PROGRESS if name in edits)
    # Whoever reports what remains changes the length with it.
    group = (*progress, "duration") if progress and "duration" in edits else progress
    if not summary and any(not alike(name, said(task, name), edits[name][1]) for name in group):
        theirs = any(not alike(name, said(task, name), edits[name][0]) for name in group)
        if task.parts or (theirs and not prefer_ours):
            lost.extend(group)
        else:
            values |= {name: edits[name][1] for name in group}
            kept.progress.append(task.id)
    computed = COMPUTED if summary else frozenset({"duration"} if task.parts else ())
    for name in (name for name in (*ALONE, "duration") if name in edits and name not in group):
        if name in computed:
            if not summary and not alike(name, said(task, name), edits[name][1]):
                lost.append(name)
            continue
        before, now = edits[name]
        told = said(task, name)
        if alike(name, told, now):
            continue
        if alike(name, told, before) or prefer_ours:
            values[name] = now
            ours.append(name)
        else:
            lost.append(name)
    if ours:
        kept.fields[task.id] = tuple(ours)
    if lost:
        kept.overruled[task.id] = tuple(lost)
    if not values:
        return task
    kept.said[task.id] = {name: msgspec.to_builtins(said(task, name)) for name in values}
    return msgspec.structs.replace(task, **{NAMES.get(name, name): _own(name, value) for name, value in values.items()})


def said(task: DocumentTask, name: str) -> Any:
    """Return what a line of a document says of a field that is named as in records."""
    return getattr(task, NAMES.get(name, name))


def _own(name: str, value: Any) -> Any:
    """Return a value of a record as documents hold it."""
    if name in MONEY:
        return str(value)
    return float(value) if name in ("percent", "work", "actual_work") else value


def alike(name: str, one: Any, two: Any) -> bool:
    """Tell whether two values of a field say the same.

    >>> alike("cost", "10.50", "10.5"), alike("percent", 40, 40.0), alike("notes", "", None)
    (True, True, True)
    """
    if name in MONEY:
        return _amount(one) == _amount(two)
    if isinstance(one, float) or isinstance(two, float):
        return one is not None and two is not None and abs(float(one) - float(two)) < 0.005
    return one == two or (one in ("", None) and two in ("", None))


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0)).quantize(Decimal("0.0001"))
    except InvalidOperation:
        return Decimal(0)
