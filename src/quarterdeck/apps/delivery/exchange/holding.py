"""Workbooks hold dates and links; where resources or a person put a task later than its links do, it is held there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from quarterdeck.apps.delivery.exchange.document import PlanDocument, Problem
from quarterdeck.apps.delivery.exchange.network import network
from quarterdeck.engine.cpm import schedule
from quarterdeck.engine.errors import EngineError

#: How often a schedule is made to find what has to be held; beyond, every task that stands later is.
ROUNDS: Final = 200
#: How many tasks are scheduled in all those rounds together.
WORK: Final = 200_000
#: Of how many tasks it is looked for what has to be held.
TASKS: Final = 20_000


def held_in_place(document: PlanDocument) -> PlanDocument:
    """Return a document whose tasks stand where it says: those that links alone would put earlier are held there."""
    if len(document.tasks) > TASKS:
        words = f"Of more than {TASKS:,} tasks it is not looked for those that stand later than their links put them."
        return msgspec.structs.replace(document, problems=(*document.problems, Problem("warning", words)))
    stored = {each.id: each.stored.start for each in document.tasks if each.kind != "SUMMARY"}
    before: dict[int, set[int]] = {}
    for link in document.links:
        before.setdefault(link.successor, set()).add(link.predecessor)
    held: dict[int, int] = {}
    found = document
    try:
        rounds = max(2, min(ROUNDS, WORK // max(len(stored), 1)))
        for turn in range(rounds):
            plan = network(found)
            if not plan.network.tasks:
                return document
            dates = schedule(plan.network, plan.options)
            starts = {each.id: dates[each.id].start for each in plan.network.tasks}
            early = {
                id: at
                for id, at in stored.items()
                if at is not None and id in starts and id not in held and (starts[id] or 0) < at
            }
            first = (
                early
                if turn == rounds - 1
                else {id: at for id, at in early.items() if not before.get(id, set()) & early.keys()}
            )
            if not early:
                break
            held |= first or early
            found = _held(document, held)
    except EngineError as refused:
        return msgspec.structs.replace(document, problems=(*document.problems, Problem("error", str(refused))))
    if not held:
        return document
    words = f"{len(held)} of {len(stored)} tasks stand later than their links put them: they are held by constraints."
    return msgspec.structs.replace(found, problems=(*found.problems, Problem("note", words)))


def _held(document: PlanDocument, at: Mapping[int, int]) -> PlanDocument:
    tasks = tuple(
        msgspec.structs.replace(each, constraint="START_NO_EARLIER_THAN", constraint_at=at[each.id])
        if each.id in at
        else each
        for each in document.tasks
    )
    return msgspec.structs.replace(document, tasks=tasks)
