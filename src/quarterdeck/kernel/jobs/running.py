"""One run of one job: claim, work, end; every step is refused once another run took its place."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import traceback as tracebacks
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from quarterdeck.kernel import clock
from quarterdeck.kernel.jobs.models import Job, State
from quarterdeck.kernel.jobs.progress import EVERY, Cancelled, JobError, Progress, Superseded
from quarterdeck.kernel.jobs.queue import free_key, put
from quarterdeck.kernel.jobs.registry import Definition, find
from quarterdeck.kernel.jobs.tasks import execute

log = logging.getLogger(__name__)

#: Seconds before the first, second, ... new try after an unexpected error; the last one serves all later tries.
PAUSES = (5, 60, 300)


class NoSuchJobError(Exception):
    """Work was queued under a name that this version does not know."""


def claim_next(worker: str) -> Job | None:
    """Take the next due job of the queue for a worker, or return None; closes tasks that are no longer meant."""
    ready = DBTaskResult.objects.ready().filter(task_path=execute.module_path)
    while ready.exists():
        with transaction.atomic():
            task: DBTaskResult[Any, Any] | None = ready.get_locked()
            if task is None:
                return None
            task.claim(worker)
            if claimed := _claim(worker, task_id=task.pk):
                return claimed
            task.set_successful(None)
    return None


def claim_and_run(job_id: int) -> None:
    """Run a job that waits, whoever carries the queue; does nothing when it does not wait any more."""
    with transaction.atomic():
        job = _claim("task", pk=job_id)
    if job is not None:
        run(job)


def _claim(worker: str, **which: Any) -> Job | None:
    now = clock.now()
    job = Job.objects.select_for_update(of=("self",)).filter(state=State.WAITING, **which).first()
    if job is None:
        return None
    job.state, job.worker, job.run = State.RUNNING, worker[:100], uuid.uuid4().hex
    job.attempts += 1
    job.started_at, job.heartbeat_at, job.finished_at = now, now, None
    job.done, job.total, job.message, job.error, job.traceback = 0, None, "", "", ""
    job.save()
    return job


def run(job: Job, *, beat: float | None = None) -> State:
    """Run a claimed job to its end and return the state it is in then.

    With `beat`, a thread writes the heartbeat at least every so many seconds and the progress twice a second, on a
    connection of its own; without it (tests, other backends) the calling thread writes progress.
    """
    progress = Progress(job, threaded=beat is not None)
    definition = find(job.name)
    try:
        with _heart(progress, beat):
            if definition is None:
                raise NoSuchJobError(job.name)
            return _work(job, definition, progress)
    except Superseded:
        log.warning("Job %s went on after it was given to another worker; what it did last was refused.", job.pk)
        job.refresh_from_db()
        return State(job.state)
    except Cancelled:
        return _end(job, progress, State.CANCELLED)
    except Exception as error:
        return _failed(job, definition, progress, error)


def _work(job: Job, definition: Definition, progress: Progress) -> State:
    if definition.atomic:
        with transaction.atomic():
            result = definition.function(progress, **job.args)
            return _end(job, progress, State.DONE, result=result)
    result = definition.function(progress, **job.args)
    return _end(job, progress, State.DONE, result=result)


def _end(job: Job, progress: Progress, state: State, **values: Any) -> State:
    """Store the end of a run; raises Superseded, writing nothing, when the run is no longer in force."""
    values |= progress.told | {"state": state, "finished_at": clock.now(), "run": ""}
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk, run=job.run, state=State.RUNNING).update(**values):
            raise Superseded(_("The job was told to stop."))
        close(job.task_id)
    return state


def close(task_id: UUID | None) -> None:
    """Mark the task done: how its job ended is the job's to tell."""
    if task_id is not None and (task := DBTaskResult.objects.filter(pk=task_id).first()):
        task.set_successful(None)


def _failed(job: Job, definition: Definition | None, progress: Progress, error: Exception) -> State:
    text, final = _said(error)
    if not final:
        log.exception("Job %s (%s) failed, attempt %s", job.pk, job.name, job.attempts)
    values = {"error": text, "traceback": "".join(tracebacks.format_exception(error))}
    try:
        if final or definition is None or job.attempts > definition.retries or not _again(job, values):
            return _end(job, progress, State.FAILED, **values)
    except Superseded:
        job.refresh_from_db()
        return State(job.state)
    return State.WAITING


def _said(error: Exception) -> tuple[str, bool]:
    """Return what the owner may read about an error, and whether trying again is of no use."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages), True
    if isinstance(error, JobError | PermissionDenied):
        return str(error), True
    if isinstance(error, NoSuchJobError):
        return _("This kind of job is not part of the product any more."), True
    return _("Something unexpected stopped this job. An administrator can see the details."), False


def _again(job: Job, values: dict[str, Any]) -> bool:
    """Queue another try after a pause; False when the run is over or was told to stop."""
    pause = dt.timedelta(seconds=PAUSES[min(job.attempts, len(PAUSES)) - 1])
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, run=job.run, state=State.RUNNING, cancel_asked=False)
        if not mine.update(state=State.WAITING, run="", worker="", key=free_key(job), **values):
            return False
        close(job.task_id)
        put(job, not_before=clock.now() + pause)
    return True


@contextmanager
def _heart(progress: Progress, beat: float | None) -> Iterator[None]:
    """Keep the heartbeat going in a thread while the block runs."""
    if beat is None:
        yield
        return
    ended = threading.Event()

    def keep() -> None:
        waited = 0.0
        pause = min(EVERY, beat)
        while not ended.wait(pause):
            waited += pause
            if not progress.is_dirty and waited < beat:
                continue
            waited = 0.0
            try:
                progress.write()
            except DatabaseError:
                # The job itself may hold the only write lock (SQLite); the next beat tells.
                log.debug("A heartbeat of job %s was not written.", progress.job_id, exc_info=True)
                close_old_connections()
        connection.close()

    thread = threading.Thread(target=keep, name=f"heart-{progress.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        # A beat may wait for the write lock for as long as the database lets it.
        thread.join(timeout=1)
