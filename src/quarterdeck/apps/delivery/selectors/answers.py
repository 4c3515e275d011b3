"""What the page is told after an edit, an undo, or when someone else has edited: only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from quarterdeck.apps.delivery.selectors import payload
from quarterdeck.apps.delivery.selectors.payload import Reader
from quarterdeck.apps.delivery.selectors.solving import Solved

#: Of plans with so many links or fewer, which of them drive is told with every edit.
FEW_LINKS: Final = 2000


def answer(
    now: Solved,
    reader: Reader,
    *,
    changed: Iterable[int],
    removed: Iterable[int] = (),
    first: int | None = None,
    links: bool = False,
    batch: Any = None,
    keys: Mapping[str, int] | None = None,
    message: str = "",
) -> dict[str, Any]:
    """Return an answer; `changed` are ids of tasks, `first` the place from which on lines stand elsewhere."""
    held = now.held
    row_of = held.row_of
    rows = {row_of[key] for key in changed if key in row_of}
    if first is not None:
        # Lines further down have other numbers, by which others wait for them.
        rows |= set(range(first, len(held)))
        rows |= {
            row_of[after]
            for before, after in zip(held.links["predecessor_id"], held.links["successor_id"], strict=True)
            if row_of[before] >= first
        }
    facts = payload.plan_facts(now, reader)
    found = {
        "revision": held.plan.revision,
        "batch": None if batch is None else str(batch),
        "changed": payload.tasks(now, reader, sorted(rows)),
        "removed": sorted(removed),
        "order": list(held.rows["pk"]) if first is not None else None,
        "links": payload.links(now) if links or 0 < len(held.links["pk"]) <= FEW_LINKS else None,
        "plan": facts,
        "keys": dict(keys or {}),
        "project_finish": facts["finish"],
        "problems": payload.problems(now),
    }
    return found | ({"message": message} if message else {})
