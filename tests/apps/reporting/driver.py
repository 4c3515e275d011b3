"""Run in a process of its own: queue the nightly assessment, work, show. The killed-worker test drives it.

A worker told to hang stops for a minute between two batches of projects, or when all is written and the job not ended.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from quarterdeck.apps.organisation.models import OrganisationUnit  # noqa: E402  needs Django set up
from quarterdeck.apps.organisation.services import unit_save  # noqa: E402
from quarterdeck.apps.portfolio.models import Initiative  # noqa: E402
from quarterdeck.apps.portfolio.services import initiative_save  # noqa: E402
from quarterdeck.apps.reporting import jobs, services  # noqa: E402
from quarterdeck.apps.reporting.models import Snapshot  # noqa: E402
from quarterdeck.apps.reporting.services import assessing  # noqa: E402
from quarterdeck.kernel import clock, records  # noqa: E402
from quarterdeck.kernel.access.actor import Actor  # noqa: E402
from quarterdeck.kernel.jobs import enqueue, registry, worker  # noqa: E402
from quarterdeck.kernel.jobs.models import Job  # noqa: E402

PROJECTS = 12
BATCH = 4


def _enqueue() -> None:
    actor = Actor.system(now=clock.now())
    unit = OrganisationUnit(code="ENT", name="Enterprise", kind="enterprise")
    unit_save(unit, actor=actor)
    portfolio = Initiative(name="Everything", kind="portfolio", unit=unit)
    initiative_save(portfolio, actor=actor)
    for number in range(PROJECTS):
        project = Initiative(name=f"Project {number}", kind="project", unit=unit, parent=portfolio)
        initiative_save(project, actor=actor)
        project.state = "active"
        records.save(project, actor=actor)
    Job.objects.all().delete()
    queued = enqueue(jobs.assess_all, actor=actor, title="Assess")
    assert queued is not None
    sys.stdout.write(f"{queued.pk}\n")


def _work(log: Path, hangs: str) -> None:
    whole = services.assess_all
    assessing.BATCH = BATCH  # type: ignore[misc]  # so that there are several of them

    def assess_all(*, actor: Actor, over: Callable[[Any], Iterable[Any]] = iter) -> int:
        def told(batches: Any) -> Iterator[Any]:
            for number, batch in enumerate(over(batches)):
                if hangs == "middle" and number == 2:
                    _hang(log)
                yield batch

        if hangs == "never":
            _begun(log)
        written = whole(actor=actor, over=told)
        if hangs == "end":
            _hang(log)
        return written

    services.assess_all = assess_all
    worker.run(timing=worker.Timing(poll=0.05, beat=0.25, silence=1.5, round=0.2))


def _begun(log: Path) -> None:
    with log.open("a") as file:
        file.write("begun\n")


def _hang(log: Path) -> None:
    _begun(log)
    time.sleep(60)


def _show(pk: int) -> dict[str, Any]:
    job = Job.objects.get(pk=pk)
    counts = Counter(Snapshot.objects.values_list("initiative__kind", "on"))
    return {
        "state": job.state,
        "losses": job.losses,
        "error": job.error,
        "projects": sum(count for (kind, _on), count in counts.items() if kind == "project"),
        "nodes": sum(count for (kind, _on), count in counts.items() if kind != "project"),
        "twice": Snapshot.objects.count() - Snapshot.objects.values("initiative").distinct().count(),
    }


def main() -> None:
    command, *rest = sys.argv[1:]
    # The housekeeping of the product is not what is looked at here.
    registry.entries.clear()
    if command == "enqueue":
        _enqueue()
    elif command == "work":
        _work(Path(rest[0]), rest[1])
    else:
        sys.stdout.write(json.dumps(_show(int(rest[0]))))


if __name__ == "__main__":
    main()
