"""Plans kept in memory between the requests of a process, so that an edit of a large one reads what it touches only.

What is kept is one revision of a plan. It is used when the stored plan is of that revision and was reckoned at that
moment, and is never changed: an edit makes another. Every process keeps its own.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import Case, Value, When

from quarterdeck.apps.delivery.models import Plan, Task, TaskLink
from quarterdeck.apps.delivery.selectors.network import INPUTS, LINKS, SHOWN, Held, columns_of, held, stored
from quarterdeck.apps.delivery.selectors.solving import Solved, solved

#: Tasks that a process keeps at most, of all plans together; the least lately used plans go first.
MOST: Final = 60_000
_kept: OrderedDict[int, Solved] = OrderedDict()
_lock = threading.Lock()


def remember(now: Solved) -> None:
    """Keep a plan as it is; call it once its transaction is over."""
    plan = copy.copy(now.held.plan)
    mine = Solved(replace(now.held, plan=plan, before=now.found), now.schedule, now.found)
    with _lock:
        _kept.pop(plan.pk, None)
        _kept[plan.pk] = mine
        while len(_kept) > 1 and sum(len(each.held) for each in _kept.values()) > MOST:
            _kept.popitem(last=False)


def recalled(plan: Plan) -> Solved | None:
    """Return a plan as it was kept, if it is the stored one still."""
    with _lock:
        found = _kept.get(plan.pk)
        if found is None:
            return None
        then = found.held.plan
        if (then.revision, then.reckoned_at) != (plan.revision, plan.reckoned_at):
            return None
        _kept.move_to_end(plan.pk)
    return found


def forget() -> None:
    """Keep nothing: for tests."""
    with _lock:
        _kept.clear()


def current(plan: Plan) -> Solved:
    """Return a plan with its dates as of now, from memory where it is there. Raises EngineError."""
    found = recalled(plan)
    if found is not None:
        return Solved(replace(found.held, plan=plan, source=stored(plan)), found.schedule, found.found)
    now = solved(held(plan, before=True, shown=True))
    if plan.reckoned_at is not None and not len(now.changed()):
        remember(now)
    return now


def patched(kept: Solved, plan: Plan, edited: Collection[int], *, links: bool) -> Held | None:
    """Return a kept plan with some tasks, and its links where they changed, read anew; None where one is not known.

    For edits that leave outline, calendars and assignments as they are.
    """
    place = kept.held.row_of
    if any(key not in place for key in edited):
        return None
    names = (*INPUTS, *SHOWN)
    has_notes = Case(When(notes="", then=Value(False)), default=Value(True))
    read = Task.objects.filter(plan=plan, pk__in=list(edited)).annotate(has_notes=has_notes).values_list(*names)
    rows: dict[str, Sequence[Any]] = dict(kept.held.rows)
    told = list(read)
    for at, name in enumerate(names):
        column = list(rows[name])
        for row in told:
            column[place[row[0]]] = row[at]
        rows[name] = column
    now = replace(kept.held, plan=plan, source=stored(plan), rows=rows, before=kept.found)
    if links:
        found = list(TaskLink.objects.filter(plan=plan).order_by("pk").values_list(*LINKS))
        columns: list[Sequence[Any]] = list(zip(*found, strict=True)) if found else [()] * len(LINKS)
        now.links = dict(zip(LINKS, columns, strict=True))
    now.columns = columns_of(now)
    return now
