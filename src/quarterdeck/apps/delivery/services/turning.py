"""Taking back an edit of a plan, and bringing it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.models import Plan, PlanRevision, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.services.editing import Edited
from quarterdeck.apps.delivery.services.reckoning import Touched, locked, recalculate
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Action, Change


@transaction.atomic
def plan_turn(*, plan_id: int, batch: uuid.UUID, actor: Actor) -> Edited:
    """Take an edit of a plan back; an edit that took one back is taken back the same way, which brings that again.

    Raises UndoRefused with the reason, and for a batch that is none of this plan; PlanRefused.
    """
    plan = locked(plan_id)
    if not PlanRevision.objects.filter(plan=plan, batch=batch).exists():
        raise records.UndoRefused(_("There is nothing here that you can undo."))
    changes = records.undo(batch, actor=actor)
    plan = locked(plan_id)
    touched = touched_by(changes)
    made = changes[0].batch if changes else batch
    reckoned = recalculate(plan=plan, actor=actor, touched=touched, batch=made)
    first = 0 if touched.outline else None
    return Edited(reckoned, touched, made, {}, first)


def touched_by(changes: Iterable[Change]) -> Touched:
    """Return what changes of records of one plan have touched."""
    touched = Touched(plain=True)
    for change in changes:
        told = {**change.before, **change.after}
        if change.record_type == record_type(Task):
            if change.action == Action.DELETE:
                touched.removed.add(change.record_id)
            else:
                touched.edited.add(change.record_id)
            touched.plain &= change.action == Action.CHANGE and not told.keys() & {"calendar_uid", "manual"}
            touched.outline |= change.action != Action.CHANGE or bool({"position", "parent_id"} & told.keys())
        elif change.record_type == record_type(TaskLink):
            touched.links = True
            if isinstance(told.get("successor_id"), int):
                touched.edited.add(told["successor_id"])
        else:
            touched.plain = False
            if change.record_type == record_type(TaskAssignment) and isinstance(told.get("task_id"), int):
                touched.edited.add(told["task_id"])
    touched.plain &= not touched.outline
    touched.edited -= touched.removed
    return touched


def plans_settle(*, kind: str, record_ids: Iterable[int], actor: Actor) -> None:
    """Reckon plans anew whose parts an Undo from elsewhere has set back; those reckoned since are left."""
    models = {record_type(model): model for model in (Task, TaskLink, TaskAssignment)}
    if kind == record_type(Plan):
        plans = set(record_ids)
    elif kind in models:
        rows = models[kind]._default_manager.filter(pk__in=list(record_ids))
        plans = set(rows.values_list("plan_id", flat=True))
    else:
        return
    for key in sorted(plans):
        with transaction.atomic():
            plan = Plan.objects.select_for_update(of=("self",)).filter(pk=key).first()
            if plan is not None and _is_stale(plan):
                try:
                    recalculate(plan=plan, actor=actor, touched=Touched(links=True, outline=True))
                except ValidationError as error:
                    records.write_followed(Plan, [plan.pk], {"trouble": [{"text": " ".join(error.messages)}]})


def _is_stale(plan: Plan) -> bool:
    """Tell whether anything of a plan was written after it was reckoned."""
    if plan.reckoned_at is None:
        return True
    later = (
        model._default_manager.filter(plan=plan, updated_at__gt=plan.reckoned_at).exists()
        for model in (Task, TaskLink, TaskAssignment)
    )
    return (
        any(later)
        or Change.objects.filter(
            record_type__in=[record_type(Task), record_type(TaskLink)], action=Action.DELETE, at__gt=plan.reckoned_at
        ).exists()
    )
