"""Run in a process of its own: queue a job, work, show a job. The killed-worker test drives it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402  needs Django set up

from quarterdeck.kernel import clock, jobs  # noqa: E402
from quarterdeck.kernel.access.actor import Actor  # noqa: E402
from quarterdeck.kernel.access.models import User  # noqa: E402
from quarterdeck.kernel.jobs import registry, worker  # noqa: E402
from quarterdeck.kernel.jobs.models import Job  # noqa: E402


def _begun(log: str) -> int:
    """Note that a run has begun and return how many have."""
    path = Path(log)
    with path.open("a") as file:
        file.write("begun\n")
    return len(path.read_text().splitlines())


@jobs.job(title="Hangs the first time", name="driver.slow")
def slow(progress: jobs.Progress, *, log: str, hangs: int = 1) -> dict[str, Any]:
    number = _begun(log)
    progress.start(3, "working")
    progress.step()
    if number <= hangs:
        time.sleep(60)
    progress.step(2)
    return {"run": number}


@jobs.job(title="Writes, then hangs the first time", name="driver.whole", atomic=True)
def whole(progress: jobs.Progress, *, log: str, hangs: int = 1) -> dict[str, Any]:
    number = _begun(log)
    User.objects.create(email=f"run{number}@example.org", name="Written")
    if number <= hangs:
        time.sleep(60)
    return {"run": number}


@jobs.job(title="Holds the write lock again and again", name="driver.long")
def long(progress: jobs.Progress, *, log: str, times: int = 4, seconds: float = 1.8) -> dict[str, Any]:
    number = _begun(log)
    for time_ in range(times):
        with transaction.atomic():
            User.objects.create(email=f"run{number}.{time_}@example.org", name="Written")
            time.sleep(seconds)
        # Whoever waits for the lock has a chance now: the heartbeat, or the worker that looks for the dead.
        time.sleep(0.05)
    return {"run": number}


def main() -> None:
    command, *rest = sys.argv[1:]
    # The housekeeping of the product is not what is looked at here.
    registry.entries.clear()
    if command == "enqueue":
        name, log = rest
        actor = Actor.system(now=clock.now())
        sys.stdout.write(f"{jobs.enqueue(registry.definitions[name].function, actor=actor, log=log).pk}\n")
    elif command == "work":
        worker.run(timing=worker.Timing(poll=0.05, beat=0.25, silence=1.5, round=0.2))
    else:
        job = Job.objects.get(pk=int(rest[0]))
        sys.stdout.write(
            json.dumps(
                {
                    "state": job.state,
                    "losses": job.losses,
                    "attempts": job.attempts,
                    "done": job.done,
                    "message": job.message,
                    "result": job.result,
                    "error": job.error,
                    "written": User.objects.filter(name="Written").count(),
                }
            )
        )


if __name__ == "__main__":
    main()
