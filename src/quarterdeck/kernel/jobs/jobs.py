"""The housekeeping of the queue itself."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from quarterdeck.kernel import clock
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job

#: Days for which a finished job stays to be looked at.
KEPT = 30


@job(title=_("Forget old jobs"), schedule="daily@03:10")
def forget(progress: Progress) -> dict[str, int]:
    """Remove jobs that ended long ago, and the closed tasks of the queue, which nobody reads."""
    now = clock.now()
    jobs, _rows = Job.objects.filter(finished_at__lt=now - dt.timedelta(days=KEPT)).delete()
    tasks, _rows = DBTaskResult.objects.finished().filter(finished_at__lt=now - dt.timedelta(days=1)).delete()
    return {"jobs": jobs, "tasks": tasks}
