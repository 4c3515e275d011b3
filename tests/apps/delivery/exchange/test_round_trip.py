"""Every real plan written as Microsoft Project's XML and opened again by MPXJ: equal field for field.

What differs is listed here, with the reason. Fields that the file leaves empty may be filled (FILLED), some things have
no place in that format (NOT_HELD), a few are held less exactly (COARSER).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.java import process
from tests.engine.files.documents import KEPT, digest, read, schedule_files

#: What is in the file written although the one read was silent: MPXJ reckons it, or Microsoft Project needs it.
FILLED: Final = {
    "name",
    "title",
    "finish",
    "tasks[].stored.critical",
    "tasks[].stored.finish",
    "tasks[].stored.free_float",
    "tasks[].constraint",
    "assignments[].finish",
    # an assignment without a resource, where a task is in progress and has none: that is how the format says so
    *(f"assignments[].{name}" for name in ("id", "task", "units", "work", "actual_work", "remaining_work", "start")),
    # a personal calendar for a resource that works on a base calendar
    *(f"calendars[].{name}" for name in ("id", "name", "parent", "minutes_per_day", "week.days")),
}
#: What the format has no place for; names of MPXJ's fields.
NOT_HELD: Final = {
    "dialect",
    *(f"options.{name}" for name in (
        "lag_calendar", "lag_from_actual_start", "open_ends_critical", "out_of_sequence", "total_float",
    )),
}  # fmt: skip
COARSER: Final = {
    "kind",
    "program",
    "resources[].calendar",  # see FILLED: its own calendar now
    "resources[].rates[].overtime",  # four decimals
    "tasks[].percent_complete",  # whole
    "fields[].field",  # an enterprise field of the project stands in a free one of the task
    "fields[].name",
}


@pytest.fixture(scope="module")
def pairs(shared_data: Path) -> Mapping[str, tuple[PlanDocument, PlanDocument]]:
    """Each plan as read, and as read again from what was written."""
    files = {path: each.document for path, each in read(schedule_files(shared_data / "schedules")).items()}
    again = {path: KEPT / f"{digest(path)}.again" for path, found in files.items() if found is not None}
    missing = [path for path, place in again.items() if not place.exists()]
    if missing:
        made = {place.with_suffix(".xml"): place for path in missing for place in [again[path]]}
        written = [(files[path], again[path].with_suffix(".xml")) for path in missing]
        refused = [each for each in process.write_many([(d, p) for d, p in written if d is not None]) if each[1]]
        assert not refused
        for path, found in process.read(list(made)):
            assert isinstance(found, PlanDocument), f"{path.name}: {found}"
            made[path].write_bytes(msgspec.json.encode(found))
            path.unlink()
    read_again = {
        path.name: msgspec.json.decode(place.read_bytes(), type=PlanDocument) for path, place in again.items()
    }
    return {path.name: (found, read_again[path.name]) for path, found in files.items() if found is not None}


def flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a document with the path to it; what has an id by its id."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from flat(each, f"{place}.{name}" if place else name)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        for number, each in enumerate(value):
            yield from flat(each, f"{place}[{each.get('id', each.get('number', number))}]")
    else:
        yield place, value


def differences(one: PlanDocument, other: PlanDocument) -> Iterator[tuple[str, str, Any, Any]]:
    """Path without ids, what happened, and both values."""
    before, after = (dict(flat(msgspec.to_builtins(each))) for each in (one, other))
    for place in {**before, **after}:
        if before.get(place) != after.get(place):
            what = "lost" if place not in after else "filled" if before.get(place, "") == "" else "changed"
            yield re.sub(r"\[-?\d+\]", "[]", place), what, before.get(place), after.get(place)


def test_every_field_of_every_plan_is_equal(pairs: Mapping[str, tuple[PlanDocument, PlanDocument]]) -> None:
    assert len(pairs) == 154
    allowed = {"lost": NOT_HELD, "filled": FILLED, "changed": COARSER}
    found: dict[tuple[str, str], list[str]] = {}
    for name, (one, other) in pairs.items():
        for place, what, before, after in differences(one, other):
            if "extra." not in place and place not in allowed[what]:
                found.setdefault((what, place), []).append(f"{name}: {before} > {after}")
    assert found == {}


def test_how_much_is_compared_and_differs(pairs: Mapping[str, tuple[PlanDocument, PlanDocument]]) -> None:
    compared = sum(len(list(flat(msgspec.to_builtins(one)))) for one, _ in pairs.values())
    counts: dict[tuple[str, str], int] = {}
    for one, other in pairs.values():
        for place, what, _, _ in differences(one, other):
            if "extra." not in place:
                counts[what, place] = counts.get((what, place), 0) + 1
    assert compared > 80_000
    assert counts["changed", "resources[].rates[].overtime"] == 2
    assert counts["changed", "tasks[].percent_complete"] == 1
    assert counts["changed", "resources[].calendar"] == 2


def test_what_the_document_holds_in_no_place_of_its_own_is_written_too(
    pairs: Mapping[str, tuple[PlanDocument, PlanDocument]],
) -> None:
    """Attributes of tasks under the names that MPXJ has for them: what the format knows comes back."""
    held = {"CONTACT", "FIXED_COST_ACCRUAL", "GUID", "HIDE_BAR", "LEVEL_ASSIGNMENTS", "START_SLACK", "FINISH_SLACK",
            "STOP", "CREATED", "OVERTIME_COST", "REMAINING_COST", "MANUAL_DURATION", "START_TEXT"}  # fmt: skip
    seen: set[str] = set()
    for one, other in pairs.values():
        after = {each.id: each.extra for each in other.tasks}
        for task in one.tasks:
            for name in held & task.extra.keys():
                seen.add(name)
                assert after[task.id].get(name) == task.extra[name], f"{one.name}, task {task.id}: {name}"
    assert seen == held
