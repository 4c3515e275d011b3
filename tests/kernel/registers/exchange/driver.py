"""Run in a process of its own: queue the write of an import, work, show. The killed-worker test drives it.

The job, the queue, the reaper and the import are the product's. A worker told to hang stops for a minute in the middle
of the rows, or after they are written and before the job has ended.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from quarterdeck.apps.organisation.models import OrganisationUnit  # noqa: E402  needs Django set up
from quarterdeck.kernel import clock  # noqa: E402
from quarterdeck.kernel.access.actor import Actor  # noqa: E402
from quarterdeck.kernel.access.models import Scope  # noqa: E402
from quarterdeck.kernel.audit.models import Change  # noqa: E402
from quarterdeck.kernel.jobs import registry, worker  # noqa: E402
from quarterdeck.kernel.jobs.models import Job  # noqa: E402
from quarterdeck.kernel.registers import find  # noqa: E402
from quarterdeck.kernel.registers.exchange import importing, jobs  # noqa: E402
from quarterdeck.kernel.registers.exchange.writing import Step  # noqa: E402
from quarterdeck.kernel.registers.models import ImportFile, ImportRun  # noqa: E402

#: Rows of the file; each writes a unit, its node and a change, one after the other.
ROWS = 60
MIDDLE = 25


def _enqueue() -> None:
    register = find("units")
    assert register is not None
    lines = "".join(f"U{number:03},Unit {number}\n" for number in range(ROWS))
    actor = Actor.system(now=clock.now())
    run = importing.import_file(
        register=register, actor=actor, name="units.csv", content=f"Code,Name\n{lines}".encode(), write_it=False
    )
    assert run.report["counts"]["new"] == ROWS, run.report
    sys.stdout.write(f"{jobs.queue_write(run=run, actor=actor).pk}\n")


def _work(log: Path, hangs: str) -> None:
    whole = importing.commit

    def commit(*, run: ImportRun, actor: Actor, step: Step = lambda _count: None) -> ImportRun:
        seen = 0

        def counted(count: int) -> None:
            nonlocal seen
            seen += count
            if hangs == "middle" and seen == MIDDLE:
                _hang(log)
            step(count)

        if hangs == "never":
            _begun(log)
        written = whole(run=run, actor=actor, step=counted)
        if hangs == "end":
            _hang(log)
        return written

    importing.commit = commit
    worker.run(timing=worker.Timing(poll=0.05, beat=0.25, silence=1.5, round=0.2))


def _begun(log: Path) -> None:
    with log.open("a") as file:
        file.write("begun\n")


def _hang(log: Path) -> None:
    _begun(log)
    time.sleep(60)


def _show(pk: int) -> dict[str, Any]:
    job, run = Job.objects.get(pk=pk), ImportRun.objects.get()
    return {
        "state": job.state,
        "losses": job.losses,
        "error": job.error,
        "import": run.state,
        "units": OrganisationUnit.objects.filter(code__startswith="U").count(),
        "nodes": Scope.objects.filter(label__startswith="Unit ").count(),
        "changes": Change.objects.filter(batch=run.batch).count(),
        "files": ImportFile.objects.count(),
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
