"""Parts of a plan file as fields of records, and back. What has no field of its own goes into `more`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

import msgspec

from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentLink,
    DocumentResource,
    DocumentTask,
)
from quarterdeck.apps.delivery.exchange.texts import TextError
from quarterdeck.apps.delivery.selectors import promises
from quarterdeck.engine.calendar import Calendar, timeline
from quarterdeck.engine.network import Task as EngineTask

#: Fields of a document that a record keeps in `more`, where they say something.
TASK_MORE: Final = frozenset(
    {
        "second_constraint",
        "second_constraint_at",
        "levelling_delay_elapsed",
        "percent_work",
        "percent_physical",
        "actual_duration",
        "type",
        "effort_driven",
        "hyperlink",
        "external",
        "custom",
        "extra",
    }
)
RESOURCE_MORE: Final = frozenset({"email", "group", "availability", "notes", "active", "row", "custom", "extra"})
ASSIGNMENT_MORE: Final = frozenset({"notes", "custom", "extra"})
#: Fields that record and document call alike.
TASK_SAME: Final = (
    "wbs",
    "code",
    "kind",
    "duration_unit",
    "estimated",
    "manual",
    "active",
    "ignores_resource_calendars",
    "constraint",
    "constraint_at",
    "deadline",
    "actual_start",
    "actual_finish",
    "remaining",
    "suspended",
    "resumed",
    "work",
    "actual_work",
    "notes",
)
ASSIGNMENT_SAME: Final = (
    "units",
    "work",
    "actual_work",
    "remaining_work",
    "start",
    "finish",
    "delay",
    "rate_table",
)
LINK_SAME: Final = ("kind", "lag", "unit", "calendar", "lag_unit")
PLACES: Final = Decimal("0.0001")
UNNAMED: Final = "\u2013"


def amount(text: str) -> Decimal:
    """Return an amount of a file; what is no number counts as nothing.

    >>> amount("12.34567"), amount("")
    (Decimal('12.3457'), Decimal('0'))
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return found.quantize(PLACES) if found.is_finite() and abs(found) < Decimal(10) ** 15 else Decimal(0)


def plain(part: Any) -> Any:
    """Return a part of a document as JSON holds it, so that what is stored compares equal with what comes again."""
    return msgspec.json.decode(msgspec.json.encode(part))


def kept(part: Any, names: frozenset[str]) -> dict[str, Any]:
    """Return the fields of a part of a document that say something, of those named, as plain values."""
    return {name: value for name, value in plain(part).items() if name in names}


def task_values(given: DocumentTask, engine: EngineTask | None, outline: str) -> dict[str, Any]:
    """Return the fields of a task record, but for its place; `engine` is the task as the engine takes it."""
    values: dict[str, Any] = {name: getattr(given, name) for name in TASK_SAME}
    more = kept(given, TASK_MORE)
    if not given.name:
        more["unnamed"] = True
    level, more = _promised(more)
    splits: tuple[tuple[int, int], ...] = () if engine is None else engine.splits
    by_hand = given.manual or given.external
    return (
        values
        | level
        | {
            "uid": given.id,
            "name": given.name[:500] or UNNAMED,
            "wbs": "" if given.wbs == outline else given.wbs[:200],
            "code": given.code[:100],
            "duration": given.duration if engine is None else engine.duration,
            "manual": by_hand,
            "manual_start": given.stored.start if by_hand else None,
            "manual_finish": given.stored.finish if by_hand else None,
            "calendar_uid": given.calendar,
            "constraint_soft": given.constraint_is_soft,
            "priority": min(max(given.priority, 0), 1000),
            "delay": given.levelling_delay,
            "percent": min(max(given.percent_complete, 0.0), 100.0),
            "fixed_cost": amount(given.fixed_cost),
            "cost": amount(given.cost),
            "actual_cost": amount(given.actual_cost),
            "splits": [list(each) for each in splits],
            "more": more,
        }
    )


def _promised(more: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the service level that a line of a file carries as a custom field, and what it says besides."""
    custom = more.get("custom", {})
    try:
        level = promises.parse(str(custom.get(promises.IN_FILES) or ""))
    except TextError:
        return {}, more
    if level.days is None:
        return {}, more
    rest = {name: value for name, value in custom.items() if name != promises.IN_FILES}
    said = {name: value for name, value in more.items() if name != "custom"} | ({"custom": rest} if rest else {})
    return {"service_days": level.days, "service_from": str(level.start), "service_at": level.at}, said


def resource_values(given: DocumentResource) -> dict[str, Any]:
    """Return the fields of a resource record."""
    more = kept(given, RESOURCE_MORE)
    if not given.name:
        more["unnamed"] = True
    return {
        "uid": given.id,
        "name": given.name[:200] or UNNAMED,
        "kind": given.kind.value,
        "code": given.code[:100],
        "calendar_uid": given.calendar,
        "max_units": given.max_units,
        "unit": given.unit[:50],
        "rates": [plain(each) for each in given.rates],
        "more": more,
    }


def assignment_values(given: DocumentAssignment) -> dict[str, Any]:
    """Return the fields of an assignment record, but for its ends."""
    values: dict[str, Any] = {name: getattr(given, name) for name in ASSIGNMENT_SAME}
    return values | {
        "uid": given.id,
        "cost": amount(given.cost),
        "actual_cost": amount(given.actual_cost),
        "more": kept(given, ASSIGNMENT_MORE),
    }


def link_values(given: DocumentLink) -> dict[str, Any]:
    """Return the fields of a link record, but for its ends."""
    return {name: getattr(given, name) for name in LINK_SAME}


def outline_numbers(parents: Sequence[int | None], ids: Sequence[int]) -> list[str]:
    """Return "1.2.3" for each line of an outline by its parents' ids, parents first.

    >>> outline_numbers([None, 7, 7, None], [7, 8, 9, 10])
    ['1', '1.1', '1.2', '2']
    """
    counts: dict[int | None, int] = {}
    numbers: dict[int | None, str] = {None: ""}
    for parent, key in zip(parents, ids, strict=True):
        above = parent if parent in numbers else None
        counts[above] = counts.get(above, 0) + 1
        numbers[key] = f"{numbers[above]}.{counts[above]}" if numbers[above] else str(counts[above])
    return [numbers[key] for key in ids]


def parts_of(splits: Iterable[Iterable[int]], start: int, finish: int, calendar: Calendar) -> list[tuple[int, int]]:
    """Return the pieces of a split task as instants."""
    line, pieces, at, done = timeline(calendar), [], start, 0
    for before, gap in splits:
        end = line.add(at, before - done)
        pieces.append((at, end))
        at = line.next_working(line.add(end, gap))
        done = before
    if at < finish:
        pieces.append((at, finish))
    return pieces


def joined(parts: Sequence[tuple[int, int]]) -> bool:
    """Tell whether pieces follow each other in time."""
    return all(one[1] <= two[0] for one, two in pairwise(parts))


def document_task(values: Mapping[str, Any], more: Mapping[str, Any]) -> DocumentTask:
    """Return a line of a document from its fields and what the record keeps beside them."""
    said = {name: value for name, value in more.items() if name in TASK_MORE}
    return msgspec.convert({**said, **values}, DocumentTask)
