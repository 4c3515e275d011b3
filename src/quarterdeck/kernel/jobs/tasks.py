"""The one django-tasks task: it runs a job, so that any backend of django-tasks can carry our queue."""

from __future__ import annotations

from collections.abc import Callable

from django_tasks import task

_runners: list[Callable[[int], None]] = []


def run_with(runner: Callable[[int], None]) -> None:
    """Say what runs a job, given its id; told once when the app is ready, since running itself queues jobs again."""
    _runners[:] = [runner]


@task()
def execute(job_id: int) -> None:
    """Run the job with this id if it still waits. Our worker claims jobs its own way; other backends call this."""
    for runner in _runners:
        runner(job_id)
