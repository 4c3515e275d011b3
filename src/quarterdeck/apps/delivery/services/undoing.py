"""Taking back an import of a plan: apart from the request, whole or not at all."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.events import PlanTakenBack
from quarterdeck.apps.delivery.models import Plan, PlanImport
from quarterdeck.apps.delivery.services.reckoning import locked, recalculate
from quarterdeck.apps.delivery.services.turning import touched_by
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.models import State as JobState
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job
from quarterdeck.kernel.records import StaleRecord
from quarterdeck.kernel.records.undo import time_for_undo

State = PlanImport.State
#: What stays where something else has come to stand on it, such as rows of the ledger.
STAYS: Final = record_type(Initiative)


def may_undo(run: PlanImport, actor: Actor) -> bool:
    """Tell whether the actor may still take an import back, as far as time and person tell."""
    mine = actor.user is not None and run.user_id == actor.user.pk
    held = run.state == State.DONE or (run.state == State.UNDOING and stuck(run))
    done = held and run.finished_at is not None and not actor.read_only
    return mine and done and run.finished_at is not None and actor.now - run.finished_at <= time_for_undo("import")


def stuck(run: PlanImport) -> bool:
    """Tell whether the job that an import waits for has come to nothing: nothing happens to it any more by itself."""
    return run.job is not None and run.job.state in (JobState.FAILED, JobState.CANCELLED)


@transaction.atomic
def import_undo(*, run: PlanImport, actor: Actor) -> Job:
    """Queue the taking back of an import. Raises ValidationError when it is none of the actor's, or too late."""
    stored = PlanImport.objects.select_for_update().get(pk=run.pk)
    if not may_undo(stored, actor):
        raise ValidationError(_("This import can no longer be taken back."))
    title = _("Take back %(name)s") % {"name": stored.file_name}
    queued = enqueue(import_undone, actor=actor, title=title, key=f"undo:{stored.pk}", run=stored.pk)
    stored.state, stored.job = State.UNDOING, queued
    stored.save(update_fields=["state", "job"])
    return queued


@job(title=gettext_lazy("Take back an import of a plan"), retries=1)
def import_undone(progress: Progress, *, run: int) -> dict[str, Any]:
    """Take an import back, in one transaction with its being so; run again, it finds it done."""
    found = taken_back(key=run, actor=progress.actor)
    return {"url": f"/plan-imports/{found.upload}/"} if found is not None else {}


def taken_back(*, key: int, actor: Actor) -> PlanImport | None:
    """Take back the import that waits for it; a refusal is kept with it and nothing changed."""
    try:
        with transaction.atomic():
            run = PlanImport.objects.select_for_update().filter(pk=key, state=State.UNDOING).first()
            if run is None:
                return PlanImport.objects.filter(pk=key).first()
            stayed = _undo(run, actor)
            run.state, run.finished_at = State.UNDONE, actor.now
            run.report.pop("refusal", None)
            run.report["stayed"] = stayed
            # Project and plan may have gone with it, which the database notes with the run.
            run.save(update_fields=["state", "finished_at", "report"])
            run.refresh_from_db(fields=["initiative", "plan"])
            if run.initiative_id is not None:
                events.publish(PlanTakenBack(run.initiative_id))
            return run
    except (ValidationError, StaleRecord, PermissionDenied) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        run = PlanImport.objects.get(pk=key)
        run.state = State.DONE
        run.report["refusal"] = text
        run.save(update_fields=["state", "report"])
        return run


def _undo(run: PlanImport, actor: Actor) -> bool:
    """Take the batch back and reckon the plan that is left; return whether the project that came with it stays."""
    changes = Change.objects.filter(batch=run.batch)
    brought = changes.filter(record_type=STAYS, action="create").exists()
    stayed = False
    if not changes.exists():
        # The same file again had changed nothing.
        return False
    try:
        with transaction.atomic():
            done = records.undo(run.batch, actor=actor)
    except ValidationError:
        if not brought:
            raise
        done, stayed = records.undo(run.batch, actor=actor, leave=(STAYS,)), True
    left = _left(run)
    if left is not None:
        plan = locked(left.pk)
        recalculate(plan=plan, actor=actor, touched=touched_by(done), batch=done[0].batch if done else None)
    return stayed


def _left(run: PlanImport) -> Plan | None:
    """Return the plan of an import, where there is one still."""
    return None if run.plan_id is None else Plan.objects.filter(pk=run.plan_id).first()
