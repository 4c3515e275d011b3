"""Run in a process of its own: queue the import of a plan, work, edit, show. The killed-process tests drive it.

A process told to hang stops for a minute in the middle of what it writes, or when all is written and the job not ended.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402  needs Django set up

from quarterdeck.apps.delivery import services  # noqa: E402
from quarterdeck.apps.delivery.models import Plan, PlanFile, PlanImport, PlanRevision, Task  # noqa: E402
from quarterdeck.apps.delivery.services import editing, importing, imports, reckoning  # noqa: E402
from quarterdeck.apps.organisation.models import OrganisationUnit  # noqa: E402
from quarterdeck.apps.organisation.services import unit_save  # noqa: E402
from quarterdeck.apps.portfolio.models import Initiative  # noqa: E402
from quarterdeck.apps.portfolio.services import initiative_save  # noqa: E402
from quarterdeck.kernel import clock  # noqa: E402
from quarterdeck.kernel.access.actor import Actor  # noqa: E402
from quarterdeck.kernel.access.models import User  # noqa: E402
from quarterdeck.kernel.audit.models import Change  # noqa: E402
from quarterdeck.kernel.jobs import registry, worker  # noqa: E402
from quarterdeck.kernel.jobs.models import Job  # noqa: E402

TASKS = 40


def _system() -> Actor:
    return Actor.system(now=clock.now())


def _enqueue() -> None:
    unit = OrganisationUnit(code="ENT", name="Enterprise", kind="enterprise")
    unit_save(unit, actor=_system())
    portfolio = Initiative(name="Everything", kind="portfolio", unit=unit)
    initiative_save(portfolio, actor=_system())
    User.objects.create_user("planner@example.org", name="Planner", is_administrator=True)
    lines = "".join(f"{number},Step {number},1d,{number - 1 if number > 1 else ''}\n" for number in range(1, TASKS + 1))
    file = SimpleUploadedFile("Bridge.csv", f"ID,Name,Duration,Predecessors\n{lines}".encode())
    upload = services.files_upload(files=[file], actor=_system(), into=portfolio.code)
    worker.drain()
    run = PlanImport.objects.get()
    assert run.state == "read", run.report
    queued = services.files_write(upload=upload, into={run.pk: portfolio.code}, actor=_system())
    assert queued is not None
    Job.objects.exclude(pk=queued.pk).delete()
    sys.stdout.write(f"{queued.pk}\n")


def _hanging(function: Callable[..., Any], log: Path, *, before: bool = False) -> Callable[..., Any]:
    def hangs(*given: Any, **named: Any) -> Any:
        if before:
            _hang(log)
        done = function(*given, **named)
        _hang(log)
        return done

    return hangs


def _work(log: Path, hangs: str) -> None:
    whole = imports.file_write
    if hangs == "middle":
        importing._save_tasks = _hanging(importing._save_tasks, log)
    elif hangs == "end":
        imports.file_write = _hanging(whole, log)
    else:

        def begun(**named: Any) -> Any:
            _begun(log)
            return whole(**named)

        imports.file_write = begun
    worker.run(timing=worker.Timing(poll=0.05, beat=0.25, silence=1.5, round=0.2))


def _edit(log: Path, hangs: str) -> None:
    """Make the first task a day longer, as the plan's page asks for it: with the name of the request."""
    plan = Plan.objects.get()
    first = Task.objects.filter(plan=plan).order_by("position")[0]
    if hangs == "middle":
        reckoning._write = _hanging(reckoning._write, log)
    elif hangs == "end":
        editing.plan_edit = _hanging(editing.plan_edit, log)
    else:
        _begun(log)
    command = {"do": "set", "task": first.pk, "field": "duration", "value": "2d"}
    editing.plan_edit(
        plan_id=plan.pk, commands=[command], revision=plan.revision, actor=_system(), request="the request"
    )


def _begun(log: Path) -> None:
    with log.open("a") as file:
        file.write("begun\n")


def _hang(log: Path) -> None:
    _begun(log)
    time.sleep(60)


def _show(pk: int) -> dict[str, Any]:
    job, run = Job.objects.filter(pk=pk).first(), PlanImport.objects.get()
    spans = [
        (finish - start).days
        for start, finish in Plan.objects.values_list("starts_on", "finishes_on")
        if start is not None and finish is not None
    ]
    return {
        "state": job.state if job else "",
        "losses": job.losses if job else 0,
        "import": run.state,
        "projects": Initiative.objects.filter(kind="project").count(),
        "tasks": Task.objects.count(),
        "changes": Change.objects.filter(batch=run.batch, record_type="delivery.task").count(),
        "files": PlanFile.objects.count(),
        "revisions": PlanRevision.objects.filter(request="the request").count(),
        "days": spans[0] if spans else None,
    }


def main() -> None:
    command, *rest = sys.argv[1:]
    # The housekeeping of the product is not what is looked at here.
    registry.entries.clear()
    if command == "enqueue":
        _enqueue()
    elif command == "work":
        _work(Path(rest[0]), rest[1])
    elif command == "edit":
        _edit(Path(rest[0]), rest[1])
    else:
        sys.stdout.write(json.dumps(_show(int(rest[0]))))


if __name__ == "__main__":
    main()
