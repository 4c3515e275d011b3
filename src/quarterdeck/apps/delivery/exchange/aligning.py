"""A plan that comes again, numbered as the plan that is stored: which of its lines are tasks that are there already.

Programs keep the unique number of a task, so that goes first. Lists number their rows, and a row put in between would
make each task below another one; there, and for files that were made anew, activity ids, names and WBS codes tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from quarterdeck.apps.delivery.exchange.document import DocumentAssignment, DocumentResource, DocumentTask, PlanDocument

#: Kinds of file whose numbers are those of rows unless a column says otherwise.
ROWS: Final = frozenset({"CSV", "XLSX", "XLSM", "XLSB", "XLS", "ODS", "TSV", "TXT"})
Key = Callable[[Any], Hashable | None]


@dataclass(frozen=True)
class Known:
    """What is stored of a plan, as far as it takes to know it again. `ours` are the tasks that were added here."""

    tasks: tuple[DocumentTask, ...]
    resources: tuple[DocumentResource, ...] = ()
    assignments: tuple[DocumentAssignment, ...] = ()
    ours: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Aligned:
    """The document with the stored numbers, and by what number each of its own is known now.

    `knows_ours` tells that the file holds tasks that were added here: it was made from the stored plan, so what it
    leaves out was taken out on purpose.
    """

    document: PlanDocument
    tasks: Mapping[int, int]
    resources: Mapping[int, int]
    knows_ours: bool


def words(text: str) -> str:
    """Return a name as names are compared: without case and doubled spaces.

    >>> words("  Lay  Cable ")
    'lay cable'
    """
    return " ".join(text.split()).casefold()


def matched(given: Sequence[Any], stored: Sequence[Any], passes: Iterable[tuple[Key, Key]]) -> dict[int, int]:
    """Return the stored id of each given one that is there already: by the first of several keys that one on either
    side alone has.

    >>> from quarterdeck.apps.delivery.exchange.document import DocumentTask
    >>> new = [DocumentTask(id=1, name="New"), DocumentTask(id=2, name="Dig")]
    >>> matched(new, [DocumentTask(id=1, name="Dig")], [(lambda each: each.name, lambda each: each.name)])
    {2: 1}
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    for of_given, of_stored in passes:
        one = _alone((each for each in given if each.id not in found), of_given)
        two = _alone((each for each in stored if each.id not in taken), of_stored)
        for key, each in one.items():
            if each is not None and (other := two.get(key)) is not None:
                found[each.id] = other.id
                taken.add(other.id)
    return found


def _alone(rows: Iterable[Any], key: Key) -> dict[Hashable, Any]:
    """Return the rows by a key; None where several share it."""
    found: dict[Hashable, Any] = {}
    for each in rows:
        value = key(each)
        if value is not None:
            found[value] = None if value in found else each
    return found


def _paths(tasks: Sequence[DocumentTask]) -> dict[int, tuple[str, ...]]:
    """Return the names from the top down to each task."""
    by_id = {each.id: each for each in tasks}
    found: dict[int, tuple[str, ...]] = {}
    for each in tasks:
        way: list[DocumentTask] = []
        at: DocumentTask | None = each
        while at is not None and at.id not in found and at not in way:
            way.append(at)
            at = by_id.get(at.parent) if at.parent is not None else None
        for one in reversed(way):
            above = found.get(one.parent, ()) if one.parent is not None else ()
            found[one.id] = (*above, words(one.name))
    return found


def _tasks(document: PlanDocument, known: Known) -> tuple[dict[int, int], bool]:
    """Return the stored number of each task that is there already, and whether the file knows what was added here."""
    ours = known.ours
    given, stored = document.tasks, known.tasks
    same = matched(given, stored, [(lambda each: (each.id, words(each.name)),) * 2])
    knows_ours = any(number in ours for number in same.values())
    theirs = frozenset() if knows_ours else ours
    one, two = _paths(given), _paths(stored)
    number: tuple[Key, Key] = (lambda each: each.id, lambda each: None if each.id in theirs else each.id)
    by_name: list[tuple[Key, Key]] = [
        (lambda each: one[each.id] if each.name else None, lambda each: two[each.id] if each.name else None),
        (lambda each: words(each.name) or None,) * 2,
    ]
    by_code: tuple[Key, Key] = (lambda each: each.code.strip() or None,) * 2
    by_wbs: tuple[Key, Key] = (lambda each: each.wbs.strip() or None,) * 2
    first: tuple[Key, Key] = (
        lambda each: (each.id, words(each.name)),
        lambda each: None if each.id in theirs else (each.id, words(each.name)),
    )
    # A program that made its file anew has numbered it anew too.
    anew = 2 * len(same) < min(len(given), len(stored))
    passes = [first, by_code, *by_name, by_wbs, number] if anew or document.kind.upper() in ROWS else [
        first, by_code, number, by_name[0], by_wbs
    ]  # fmt: skip
    return matched(given, stored, passes), knows_ours


def _resources(document: PlanDocument, known: Known) -> dict[int, int]:
    by_number: tuple[Key, Key] = (lambda each: each.id,) * 2
    passes: list[tuple[Key, Key]] = [
        (lambda each: (each.id, words(each.name)),) * 2,
        (lambda each: each.email.casefold() or None,) * 2,
        (lambda each: words(each.name) or None,) * 2,
    ]
    if document.kind.upper() not in ROWS:
        passes.append(by_number)
    return matched(document.resources, known.resources, passes)


def _numbered(given: Iterable[int], same: Mapping[int, int], stored: Collection[int]) -> dict[int, int]:
    """Return a number for each given one: that of the stored one it is, its own where that is free, else a new one."""
    taken = {*stored, *same.values()}
    last = max((*taken, *given), default=0)
    found: dict[int, int] = {}
    for each in given:
        if each in same:
            found[each] = same[each]
            continue
        if each in taken:
            last += 1
            found[each] = last
        else:
            found[each] = each
        taken.add(found[each])
    return found


def aligned(document: PlanDocument, known: Known) -> Aligned:
    """Return a document with the numbers that its tasks, resources and assignments have in the stored plan.

    >>> known = Known((DocumentTask(id=1, name="Dig"), DocumentTask(id=2, name="Pour")))
    >>> rows = (DocumentTask(id=1, name="Fence"), DocumentTask(id=2, name="Dig"), DocumentTask(id=3, name="Pour"))
    >>> found = aligned(PlanDocument(name="Shed", program="", kind="CSV", tasks=rows), known)
    >>> [(each.id, each.name) for each in found.document.tasks]
    [(3, 'Fence'), (1, 'Dig'), (2, 'Pour')]
    """
    same, knows_ours = _tasks(document, known)
    tasks = _numbered([each.id for each in document.tasks], same, [each.id for each in known.tasks])
    people = _resources(document, known)
    resources = _numbered([each.id for each in document.resources], people, [each.id for each in known.resources])
    replace = msgspec.structs.replace
    moved = tuple(
        replace(each, id=tasks[each.id], parent=None if each.parent is None else tasks.get(each.parent, each.parent))
        for each in document.tasks
    )
    links = tuple(
        replace(
            each,
            predecessor=tasks.get(each.predecessor, each.predecessor),
            successor=tasks.get(each.successor, each.successor),
        )
        for each in document.links
    )
    periods = tuple(
        replace(
            period,
            progress=tuple(replace(line, task=tasks.get(line.task, line.task)) for line in period.progress),
        )
        for period in document.periods
    )
    problems = tuple(
        each if each.task is None else replace(each, task=tasks.get(each.task, each.task)) for each in document.problems
    )
    found = replace(
        document,
        tasks=moved,
        links=links,
        periods=periods,
        problems=problems,
        resources=tuple(replace(each, id=resources[each.id]) for each in document.resources),
        assignments=_assignments(document, known, tasks, resources),
    )
    return Aligned(found, tasks, resources, knows_ours)


def _assignments(
    document: PlanDocument, known: Known, tasks: Mapping[int, int], resources: Mapping[int, int]
) -> tuple[DocumentAssignment, ...]:
    """Return the assignments between the stored tasks and resources, with the numbers that they have there."""
    moved = [
        msgspec.structs.replace(
            each,
            task=tasks.get(each.task, each.task),
            resource=None if each.resource is None else resources.get(each.resource, each.resource),
        )
        for each in document.assignments
    ]
    same = matched(
        moved,
        known.assignments,
        [
            (lambda each: (each.id, each.task, each.resource),) * 2,
            (lambda each: (each.task, each.resource),) * 2,
        ],
    )
    numbers = _numbered([each.id for each in moved], same, [each.id for each in known.assignments])
    return tuple(msgspec.structs.replace(each, id=numbers[each.id]) for each in moved)
