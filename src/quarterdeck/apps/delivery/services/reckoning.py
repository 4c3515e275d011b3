"""Reckoning a plan anew: read it, solve it, write what differs; and the count of its edits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import FIRST_BASELINE, TaskKind
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanRevision, Task
from quarterdeck.apps.delivery.selectors.memory import patched, recalled, remember
from quarterdeck.apps.delivery.selectors.network import FOUND, Held, held
from quarterdeck.apps.delivery.selectors.solving import Solved, on_day, plain, solved
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor


class PlanRefused(ValidationError):
    """A plan that cannot be: why, in words that name its tasks, and whose fault it is by id."""

    def __init__(self, message: str, culprits: Sequence[int] = (), *, task: int | None = None, field: str = "") -> None:
        super().__init__(message)
        self.culprits, self.task, self.field = tuple(culprits), task, field


@dataclass
class Touched:
    """What an edit did: rows whose own fields changed, those that went, whether links or the outline did."""

    edited: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    links: bool = False
    outline: bool = False
    #: Only fields of tasks, links and the plan itself changed: no outline, calendar, assignment.
    plain: bool = False


@dataclass
class Reckoned:
    """A plan after it was reckoned: its rows with their dates, and which of them changed."""

    solved: Solved
    rows: np.ndarray[Any, np.dtype[np.int64]]
    revision: int

    @property
    def changed(self) -> list[int]:
        """The ids of the tasks whose row differs from before."""
        ids: list[int] = self.solved.held.ids[self.rows].tolist()
        return ids


def locked(plan_id: int) -> Plan:
    """Return a plan with its row locked: edits of one come one after the other. Raises PlanRefused if it is gone."""
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("initiative__scope", "initiative__unit__scope")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise PlanRefused(_("This plan has been removed meanwhile."))
    return plan


@transaction.atomic
def recalculate(
    *,
    plan: Plan,
    actor: Actor,
    touched: Touched | None = None,
    batch: uuid.UUID | None = None,
    request: str = "",
    keys: Mapping[str, int] | None = None,
) -> Reckoned:
    """Work a plan out anew and write the rows that differ, as its next revision. The caller has locked it.

    Raises PlanRefused, naming the tasks, for links in a circle and whatever else no plan can have; the transaction of
    the edit is then to be given up.
    """
    touched = touched or Touched()
    try:
        now = solved(_read(plan, touched))
    except EngineError as error:
        raise refused(error) from error
    revision = plan.revision + 1
    differing = now.changed()
    _write(now, differing, touched, revision)
    plan.revision, plan.reckoned_at = revision, actor.now
    for name, value in _facts(plan, now).items():
        setattr(plan, name, value)
    names = ("revision", "reckoned_at", *_FACTS)
    records.write_followed(Plan, [plan.pk], {name: [getattr(plan, name)] for name in names})
    PlanRevision.objects.create(
        plan=plan,
        number=revision,
        batch=batch,
        request=request[:64],
        keys=dict(keys or {}),
        at=actor.now,
        actor=actor.user,
        removed=sorted(touched.removed),
        links=touched.links,
        outline=touched.outline,
    )
    transaction.on_commit(partial(remember, now))
    edited = np.array([row for key in touched.edited if (row := now.held.row_of.get(key)) is not None], np.int64)
    return Reckoned(now, np.union1d(differing, edited).astype(np.int64), revision)


def _read(plan: Plan, touched: Touched) -> Held:
    """Return the plan as it is stored: from memory but for what was touched, where that will do."""
    kept = recalled(plan) if touched.plain else None
    found = None if kept is None else patched(kept, plan, touched.edited, links=touched.links)
    return held(plan, before=True, shown=True) if found is None else found


def refused(error: EngineError) -> PlanRefused:
    """Return a refusal of the engine as one that people are shown."""
    culprits = [int(each) for each in error.culprits if isinstance(each, int)]
    return PlanRefused(f"{error}".replace("\n", " "), culprits)


def _write(now: Solved, differing: Any, touched: Touched, revision: int) -> None:
    """Write what differs, and in which revision it, or its own fields, changed."""
    ids = now.held.ids[differing].tolist()
    if ids:
        columns: dict[str, Any] = {name: plain(now.found[name][differing]) for name in FOUND}
        columns["starts_on"] = on_day(now.found["start"][differing])
        columns["finishes_on"] = on_day(now.found["finish"][differing])
        columns["service_due_on"] = on_day(now.found["service_due"][differing])
        columns["changed_in"] = [revision] * len(ids)
        records.write_followed(Task, ids, columns)
    edited = sorted(touched.edited)
    if edited:
        both = [revision] * len(edited)
        records.write_followed(Task, edited, {"changed_in": both, "edited_in": both})


#: What is said of a plan as a whole: what follows from its tasks, but for the count of its edits.
_FACTS = sorted(Plan.follows - {"revision", "reckoned_at"})


def _facts(plan: Plan, now: Solved) -> dict[str, Any]:
    """Return what is said of the plan as a whole."""
    if now.schedule is None:
        blank = Plan()
        return {name: getattr(blank, name) for name in _FACTS}
    found, rows, leaves = now.found, now.held.rows, now.leaves
    unfinished = leaves & (found["done"] < 100) & np.array([each is None for each in rows["actual_finish"]], bool)
    floats = found["total_float"][unfinished & (found["total_float"] != NONE)]
    weights = np.array(rows["duration"], np.float64) * leaves
    start, finish = now.schedule.project_start, now.schedule.project_finish
    late = unfinished & (found["finish"] > due(plan, now.held))
    milestones = np.array(
        [
            kind in (TaskKind.MILESTONE, TaskKind.START_MILESTONE) or not span
            for kind, span in zip(rows["kind"], rows["duration"], strict=True)
        ],
        bool,
    )
    starts_on, finishes_on = on_day([start, finish])
    return {
        "found_start": start,
        "found_finish": finish,
        "starts_on": starts_on,
        "finishes_on": finishes_on,
        "least_float": int(floats.min()) if len(floats) else None,
        "task_count": int(leaves.sum()),
        "critical_count": int((found["critical"] & leaves).sum()),
        "late_count": int(late.sum()),
        "milestone_count": int((milestones & leaves).sum()),
        "percent": round(float((found["done"] * weights).sum() / weights.sum())) if weights.sum() else 0.0,
        "trouble": {},
    }


def due(plan: Plan, now: Held) -> Any:
    """Return by when each row was to be finished: its deadline, or else as the first baseline has it."""
    far = np.iinfo(np.int64).max
    by = np.full(len(now), far, np.int64)
    figures = Baseline.objects.filter(plan=plan, number=FIRST_BASELINE).values_list("figures", flat=True).first() or {}
    place = now.row_of
    for key, finish in zip(figures.get("task", ()), figures.get("finish", ()), strict=True):
        if finish is not None and (row := place.get(key)) is not None:
            by[row] = finish
    assert now.columns is not None
    deadline = now.columns.column("deadline")
    return np.where(deadline != NONE, np.minimum(deadline, by), by)


def next_numbers(plan: Plan, count: int) -> range:
    """Return so many numbers for new tasks of a plan, after the highest in use."""
    last: int = Task.objects.filter(plan=plan).aggregate(last=Max("uid"))["last"] or 0
    return range(last + 1, last + 1 + count)


def gone_meanwhile() -> PlanRefused:
    """Return the refusal of an edit of what is no task of the plan."""
    return PlanRefused(_("This task is not in the plan any more."))
