"""A plan file into the database: a new plan, or changes of one that is there, matched by the numbers of the file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import FIRST_BASELINE
from quarterdeck.apps.delivery.events import PlanImported
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.delivery.services.analyses_estimates import estimates_from_file
from quarterdeck.apps.delivery.services.reckoning import Reckoned, Touched, locked, recalculate, refused
from quarterdeck.apps.delivery.services.staging import Beside, Staged, baselines_of, staged
from quarterdeck.apps.delivery.services.updating import Choices
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import BulkRefused


@dataclass(frozen=True)
class Imported:
    """What an import has made: the plan, how many tasks are new, changed and gone, and the batch to take it back."""

    plan: Plan
    added: int
    changed: int
    removed: int
    batch: uuid.UUID
    reckoned: Reckoned


@transaction.atomic
def plan_import(
    *,
    document: PlanDocument,
    initiative: Initiative,
    actor: Actor,
    plan: Plan | None = None,
    name: str = "",
    note: str = "",
    choices: Choices | None = None,
) -> Imported:
    """Write a document as a new plan of a project, or, given a plan, as changes of it; all or nothing.

    Raises PlanRefused for what no plan can have, ValidationError and AccessDenied as `records.save_many`.
    """
    batch = actor.batch or uuid.uuid4()
    actor = actor.by("import", batch)
    if plan is None:
        plan = Plan(initiative=initiative, name=free_name(initiative, name or document.name or initiative.name))
        plan.is_current = not Plan.objects.filter(initiative=initiative, is_current=True).exists()
    else:
        plan = locked(plan.pk)
    try:
        laid = staged(document, plan, actor=actor, choices=choices)
    except EngineError as error:
        raise refused(error) from error
    document = laid.ready.document
    if laid.differs or _baselines(laid):
        # By this the next file is compared with what this one said.
        plan.source["taken"] = laid.ready.taken(batch)
    records.save(plan, actor=actor, note=note)
    try:
        _write(laid, actor, note)
    except BulkRefused as error:
        raise _told(error) from error
    touched = Touched(
        edited={each.pk for each in (*laid.tasks.added, *laid.tasks.kept)},
        removed=set(laid.gone),
        links=bool(laid.links),
        outline=bool(laid.tasks.added or laid.tasks.removed),
    )
    reckoned = recalculate(plan=plan, actor=actor, touched=touched, batch=batch)
    events.publish(PlanImported(plan_id=plan.pk, initiative_id=plan.initiative_id))
    counts = (len(laid.tasks.added), len(laid.tasks.changed), len(laid.tasks.removed))
    return Imported(plan, *counts, batch, reckoned)


def _baselines(laid: Staged) -> Beside:
    """Return the baselines of the document, but for those taken here; its tasks are stored."""
    return baselines_of(laid.ready.document, laid.plan, laid.by_uid, ours=set(laid.ready.baselines))


def _write(laid: Staged, actor: Actor, note: str) -> None:
    """Write everything in the order in which it refers to each other; what goes, first."""
    for found in (laid.assignments, laid.links):
        records.delete_many(found.removed, actor=actor, note=note)
    _save(laid.calendars, actor, note)
    _save(laid.resources, actor, note)
    _save_tasks(laid, actor, note)
    # Parts that stay stand elsewhere by now.
    records.delete_many(laid.tasks.removed, actor=actor, note=note)
    records.delete_many(laid.resources.removed, actor=actor, note=note)
    for found in (laid.links, laid.assignments):
        _save(found, actor, note)
    baselines = _baselines(laid)
    for record in baselines.added:
        record.taken_at = actor.now if record.number == FIRST_BASELINE else None
    _save(baselines, actor, note)
    records.delete_many(laid.calendars.removed, actor=actor, note=note)
    estimates_from_file(tasks=laid.tasks.added, actor=actor)


def _save(found: Beside, actor: Actor, note: str) -> None:
    written = [*found.added, *found.kept]
    for record in written:
        _point(record)
    records.save_many(written, actor=actor, note=note)


def _save_tasks(laid: Staged, actor: Actor, note: str) -> None:
    """Write tasks, level by level: a part names what it is part of by its key."""
    waiting: dict[int, list[Task]] = {}
    for record in (*laid.tasks.added, *laid.tasks.kept):
        waiting.setdefault(laid.depths[record.uid], []).append(record)
    for depth in sorted(waiting):
        for record in waiting[depth]:
            _point(record)
        records.save_many(waiting[depth], actor=actor, note=note)


def _point(record: Any) -> None:
    """Take over the keys of what a record refers to, which has been written meanwhile."""
    for field in record._meta.concrete_fields:
        if field.is_relation and (related := field.get_cached_value(record, default=None)) is not None:
            # By its name: what is referred to stays at hand, or each record would read it again.
            setattr(record, field.name, related)


def _told(error: BulkRefused) -> ValidationError:
    """Return the first refusals of many records as one text."""
    texts = [f"{place + 1}: {' '.join(each.messages)}" for place, each in sorted(error.errors.items())[:5]]
    return ValidationError(_("Nothing was imported. %(why)s") % {"why": "; ".join(texts)})


def free_name(initiative: Initiative, wanted: str) -> str:
    """Return a name that no other plan of the project has."""
    wanted = wanted.strip()[:190] or str(_("Plan"))
    taken = set(Plan.objects.filter(initiative=initiative).values_list("name", flat=True))
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name
