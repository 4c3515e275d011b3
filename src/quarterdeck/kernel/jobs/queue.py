"""Asking for work, and changing one's mind about it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.models import Job, State
from quarterdeck.kernel.jobs.registry import definition_of
from quarterdeck.kernel.jobs.tasks import execute

Arguments = Mapping[str, Any]
Merge = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]
#: Looks for a waiting job of the same key before giving up; each lost race means another process made progress.
TRIES = 5


def enqueue(
    function: Callable[..., Any],
    *,
    actor: Actor,
    title: str = "",
    key: str = "",
    after: dt.timedelta | None = None,
    merge: Merge | None = None,
    **arguments: Any,
) -> Job:
    """Queue a job and return it. It is queued by the current transaction: a rollback leaves nothing, a commit loses
    nothing.

    While a job of the same function and `key` waits, that one is returned instead; `merge(old, new)` may then give it
    other arguments. `after` is how long it waits at least. Raises TypeError for arguments the function does not take or
    JSON cannot hold.
    """
    definition = definition_of(function)
    definition.check(arguments)
    plain: dict[str, Any] = json.loads(json.dumps(arguments, cls=DjangoJSONEncoder))
    for _try in range(TRIES):
        if key and (waiting := _merged(definition.name, key, plain, merge)) is not None:
            return waiting
        made = Job(
            name=definition.name,
            title=(title or str(definition.title))[:300],
            args=plain,
            key=key,
            actor=actor.user,
            rights=rights_of(actor),
            created_at=actor.now,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                put(made, not_before=actor.now + after if after else None)
        except IntegrityError:
            if not key:
                raise
        else:
            return made
    raise RuntimeError(f"{definition.name} could not be queued under the key {key}.")


def rights_of(actor: Actor) -> dict[str, Any]:
    """Return how an actor may act beyond who they are, as plain values."""
    rights: dict[str, Any] = {}
    if actor.user is None:
        rights["label"] = actor.label
    if actor.unlimited:
        rights["unlimited"] = True
    if actor.read_only:
        rights["read_only"] = True
    if actor.limits is not None:
        rights["limits"] = {name: sorted(actions) for name, actions in actor.limits.items()}
    if actor.behind is not None:
        rights["behind"] = actor.behind.pk
    return rights


def _merged(name: str, key: str, arguments: dict[str, Any], merge: Merge | None) -> Job | None:
    waiting = Job.objects.filter(name=name, key=key, state=State.WAITING)
    found = waiting.first()
    if found is None or merge is None or merge(found.args, arguments) == found.args:
        return found
    with transaction.atomic():
        # The worker's claim waits for this lock, or has been first; then there is no waiting job any more.
        found = waiting.select_for_update().first()
        if found is not None:
            found.args = merge(found.args, arguments)
            found.save(update_fields=["args"])
    return found


def put(job: Job, *, not_before: dt.datetime | None = None) -> None:
    """Put a waiting job into the queue under a new task; an older task of it will find that it is no longer meant."""
    task = execute.using(run_after=not_before) if not_before else execute
    job.task_id = UUID(str(task.enqueue(job.pk).id))
    job.save(update_fields=["task_id"])


def free_key(job: Job) -> str:
    """Return the job's key, or "" when another job waits under it; both then run, since their arguments may differ."""
    taken = job.key and Job.objects.filter(name=job.name, key=job.key, state=State.WAITING).exists()
    return "" if taken else job.key


def drop(task_id: UUID | None) -> None:
    """Take a task that nobody has begun out of the queue."""
    if task_id is not None:
        DBTaskResult.objects.ready().filter(pk=task_id).delete()


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """Return the jobs that the actor may see: one's own; an administrator sees all."""
    if actor.unlimited or (actor.user is not None and actor.user.is_administrator):
        return Job.objects.all()
    return Job.objects.filter(actor=actor.user) if actor.user is not None else Job.objects.none()


def _own(job: Job, actor: Actor) -> Job:
    """Return the job, locked, or raise when the actor may not see it or may not write."""
    found = jobs_of(actor).select_for_update(of=("self",)).filter(pk=job.pk).first()
    if found is None or actor.read_only:
        raise ValidationError(_("There is no such job of yours."))
    return found


@transaction.atomic
def cancel(job: Job, *, actor: Actor) -> Job:
    """Cancel a waiting job at once, or ask a running one to stop at its next step; ValidationError for an ended one."""
    found = _own(job, actor)
    if found.is_finished:
        raise ValidationError(_("This job has ended."))
    if found.state == State.WAITING:
        drop(found.task_id)
        found.state, found.finished_at = State.CANCELLED, actor.now
    else:
        found.cancel_asked = True
    found.save(update_fields=["state", "finished_at", "cancel_asked"])
    return found


@transaction.atomic
def retry(job: Job, *, actor: Actor) -> Job:
    """Run a failed or cancelled job again, from the start. Its owner lends it the rights they have now.

    Raises ValidationError for a job in another state.
    """
    found = _own(job, actor)
    if found.state not in (State.FAILED, State.CANCELLED):
        raise ValidationError(_("Only a job that failed or was cancelled can be run again."))
    if actor.user is not None and actor.user.pk == found.actor_id:
        found.rights = rights_of(actor)
    found.key = free_key(found)
    found.state, found.attempts, found.losses, found.cancel_asked = State.WAITING, 0, 0, False
    found.error = found.traceback = found.message = ""
    found.done, found.total, found.result = 0, None, None
    found.started_at = found.finished_at = found.heartbeat_at = None
    found.save()
    put(found)
    return found
