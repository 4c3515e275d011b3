"""Long imports as jobs, and the housekeeping of files that nobody came back to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job
from quarterdeck.kernel.registers.exchange import importing
from quarterdeck.kernel.registers.models import ImportRun

#: Days for which an import that was not written keeps its file.
KEPT = 7


@job(title=gettext_lazy("Check an import"))
def check_import(progress: Progress, *, run_id: int) -> dict[str, Any] | None:
    """Check the file of a run; a run that went on meanwhile is left alone."""
    run = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.CHECKING).first()
    if run is None:
        return None
    progress.start(run.rows, _("Checking rows"))
    importing.check(run=run, actor=progress.actor, step=progress.step)
    return {"url": page_of(run)}


@job(title=gettext_lazy("Import a file"))
def write_import(progress: Progress, *, run_id: int) -> dict[str, Any] | None:
    """Write the file of a run. Run again after a kill, it finds the run either done or untouched."""
    states = (ImportRun.State.WRITING, ImportRun.State.DONE)
    run = ImportRun.objects.filter(pk=run_id, state__in=states).first()
    if run is None:
        return None
    progress.start(run.rows, _("Writing rows"))
    importing.commit(run=run, actor=progress.actor, step=progress.step)
    return {"url": page_of(run)}


def page_of(run: ImportRun) -> str:
    """Return the address of a run's page."""
    return f"/{run.register}/import/{run.pk}/"


@transaction.atomic
def queue_check(*, run: ImportRun, actor: Actor) -> Job:
    """Queue the check of a run and return the job."""
    return _queue(run, actor, check_import, ImportRun.State.CHECKING, _("Check %(file)s"))


@transaction.atomic
def queue_write(*, run: ImportRun, actor: Actor) -> Job:
    """Queue the write of a checked run and return the job."""
    return _queue(run, actor, write_import, ImportRun.State.WRITING, _("Import %(file)s"))


def _queue(run: ImportRun, actor: Actor, function: Any, state: str, title: str) -> Job:
    queued = enqueue(function, actor=actor, title=title % {"file": run.file_name}, run_id=run.pk)
    ImportRun.objects.filter(pk=run.pk, state__in=importing.OPEN).update(state=state, job=queued)
    run.state, run.job = state, queued
    return queued


@job(title=gettext_lazy("Forget unfinished imports"), schedule="daily@03:40")
def forget_imports(progress: Progress) -> dict[str, int]:
    """Remove imports that were not written within a week, with their files."""
    before = clock.now() - dt.timedelta(days=KEPT)
    removed, _rows = ImportRun.objects.filter(created_at__lt=before).exclude(state=ImportRun.State.DONE).delete()
    return {"removed": removed}
