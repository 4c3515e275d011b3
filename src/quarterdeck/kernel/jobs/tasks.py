"""The one django-tasks task: it runs a job, so that any backend of django-tasks can carry our queue."""

from __future__ import annotations

from django_tasks import task


@task()
def execute(job_id: int) -> None:
    """Run the job with this id if it still waits. Our worker claims jobs its own way; other backends call this."""
    from quarterdeck.kernel.jobs import running

    running.claim_and_run(job_id)
