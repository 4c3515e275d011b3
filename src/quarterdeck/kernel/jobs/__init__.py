"""Work done apart from requests: queued in the caller's transaction, run by a worker, shown while it runs, never lost.

    @job(title=_("Rebuild the figures"), retries=2)
    def rebuild(progress: Progress, *, initiative_id: int) -> dict[str, Any] | None: ...

    enqueue(rebuild, actor=actor, initiative_id=7)

The queue is django-tasks' database backend; this package adds what it lacks: who asked, progress, retries, schedules,
and a reaper that runs a job once more when its worker is gone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.jobs.models import Job
    from quarterdeck.kernel.jobs.progress import Cancelled, JobError, Progress, Superseded
    from quarterdeck.kernel.jobs.queue import cancel, enqueue, jobs_of, retry
    from quarterdeck.kernel.jobs.registry import job, schedule

__all__ = [
    "Cancelled",
    "Job",
    "JobError",
    "Progress",
    "Superseded",
    "cancel",
    "enqueue",
    "job",
    "jobs_of",
    "retry",
    "schedule",
]

_HOMES = {
    "Job": "models",
    **dict.fromkeys(("Cancelled", "JobError", "Progress", "Superseded"), "progress"),
    **dict.fromkeys(("cancel", "enqueue", "jobs_of", "retry"), "queue"),
    **dict.fromkeys(("job", "schedule"), "registry"),
}


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
