"""A plan of 10,000 tasks from stored records to stored dates, to the page, and through edits.

    python -m benchmarks.plan                                        on SQLite, in a folder of its own
    python tools/postgres.py python -m benchmarks.plan --here        on the database of the settings
    python -m benchmarks.plan --tasks 1000

Fills a plan through the import, then measures, each several times and told as the median: reading, solving, writing
every row (`recalculate_s`) and none (`reckon_s`), the data of the page (`data_ms`), one edit from request to answer
(`edit_ms`: of a task with nothing behind it; `edit_all_ms`: of the plan's start, which moves all), news for a second
editor, undo. `queries` of the page's data and of an edit. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

RUNS = 5
START = 29_459_520 + 480


def filled(count: int) -> Any:
    """A document: phases of twenty tasks, two links back for each, eight calendars, a third with people."""
    from quarterdeck.apps.delivery.exchange import document as parts

    chance = random.Random(1)
    office = (((480, 720), (780, 1020)),) * 5 + ((), ())
    calendars = [
        parts.DocumentCalendar(id=1, name="Office", week=parts.DocumentWeek(days=office)),
        *(
            parts.DocumentCalendar(
                id=number,
                name=f"Team {number}",
                week=parts.DocumentWeek(days=(None,) * 7),
                parent=1,
                exceptions=(parts.DocumentException(first=f"2026-0{number}-01", last=f"2026-0{number}-05"),),
            )
            for number in range(2, 9)
        ),
    ]
    tasks, links, above = [], [], None
    for key in range(1, count + 1):
        at = parts.Stored(start=START)
        if key % 20 == 1:
            tasks.append(parts.DocumentTask(id=key, name=f"Phase {key // 20 + 1}", kind="SUMMARY", stored=at))
            above = key
            continue
        length = 480 * chance.randint(1, 5)
        on = chance.randint(2, 8) if key % 2 else None
        tasks.append(
            parts.DocumentTask(id=key, name=f"Task {key}", parent=above, duration=length, calendar=on, stored=at)
        )
        for before in {chance.randint(max(2, key - 200), key) for _each in range(2)} - {key}:
            if before % 20 != 1:
                links.append(parts.DocumentLink(predecessor=before, successor=key, lag=chance.choice((0, 0, 0, 480))))
    people = tuple(parts.DocumentResource(id=number, name=f"Person {number}") for number in range(1, 41))
    assigned = tuple(
        parts.DocumentAssignment(id=each.id, task=each.id, resource=chance.randint(1, 40), work=float(each.duration))
        for each in tasks
        if each.duration and each.id % 3 == 0
    )
    return parts.PlanDocument(
        name="Large",
        program="Benchmark",
        kind="",
        start=START,
        calendar=1,
        calendars=tuple(calendars),
        tasks=tuple(tasks),
        links=tuple(links),
        resources=people,
        assignments=assigned,
    )


def home(actor: Any) -> Any:
    """A project in a portfolio of its own."""
    from quarterdeck.apps.organisation.models import OrganisationUnit
    from quarterdeck.apps.organisation.services import unit_save
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.apps.portfolio.services import initiative_save

    unit = OrganisationUnit(code="BENCH", name="Benchmark", kind="division")
    unit_save(unit, actor=actor)
    portfolio = Initiative(name="Benchmark", kind="portfolio", unit=unit)
    initiative_save(portfolio, actor=actor)
    project = Initiative(name="Benchmark", kind="project", unit=unit, parent=portfolio)
    initiative_save(project, actor=actor)
    return project


def median(act: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds that an act takes, the median of several runs after one that does not count."""
    act()
    taken = []
    for _run in range(runs):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def browser() -> Any:
    """An administrator's session with an open elevation, as a browser has it."""
    from django.test import Client

    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access import services
    from quarterdeck.kernel.access.middleware import ELEVATION
    from quarterdeck.kernel.access.models import Elevation, User

    user = User.objects.create_user("planner@example.org", name="Planner")
    user.is_administrator = True
    user.save()
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    session = client.session
    session[ELEVATION] = services.elevation_start(
        user=user, kind=Elevation.Kind.ADMINISTER, reason="Benchmark", now=clock.now()
    ).pk
    session.save()
    return client


def measured(count: int) -> dict[str, Any]:
    """All figures; the plan stays in the database."""
    from django.db import connection

    from quarterdeck.apps.delivery import services
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=clock.now())
    told: dict[str, Any] = {"database": connection.vendor, "tasks": count}
    project, given = home(actor), filled(count)
    begun = time.perf_counter()
    plan = services.plan_import(document=given, initiative=project, actor=actor).plan
    told |= {"links": len(given.links), "import_s": round(time.perf_counter() - begun, 2)}
    weeks = iter(range(10, 300))

    def moved() -> None:
        plan.start = START + 7 * 1440 * next(weeks)
        told["rows_written"] = len(services.recalculate(plan=plan, actor=actor).changed)

    told["recalculate_s"] = round(median(moved), 3)
    told["reckon_s"] = round(median(lambda: services.recalculate(plan=plan, actor=actor)), 3)
    told |= served(plan)
    return told


def served(plan: Any) -> dict[str, Any]:
    """The figures of the page, as a browser asks."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from quarterdeck.apps.delivery.models import Plan, Task

    client, base, told = browser(), f"/projects/{plan.initiative.code}/plan/", dict[str, Any]()
    last, numbers = Task.objects.filter(plan=plan).latest("position").pk, iter(range(400, 900))

    def asked(word: str, body: Any = None) -> Any:
        if body is None:
            answer = client.get(base + word)
        else:
            answer = client.post(base + word, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer

    def revision() -> int:
        return Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)

    def edited(whole: bool) -> Any:
        command = {"do": "set", "task": last, "field": "duration", "value": f"{next(numbers)}d"}
        if whole:
            command = {"do": "plan", "field": "start", "value": START + 7 * 1440 * next(numbers)}
        return asked("edit", {"revision": revision(), "commands": [command]}).json()

    told["data_ms"] = round(median(lambda: asked("data")) * 1000)
    told["data_kb"] = round(len(asked("data").content) / 1000)
    told["edit_ms"] = round(median(lambda: edited(False)) * 1000)
    told["edit_all_ms"] = round(median(lambda: edited(True)) * 1000)
    known = revision() - 1
    told["news_ms"] = round(median(lambda: asked(f"changes?since={known}")) * 1000)
    batches = [edited(False)["batch"]]
    told["undo_ms"] = round(
        median(lambda: batches.append(asked("undo", {"batch": batches[-1]}).json()["batch"])) * 1000
    )
    told["queries"] = {}
    acts: dict[str, Callable[[], object]] = {"data": lambda: asked("data"), "edit": lambda: edited(False)}
    for name, act in acts.items():
        with CaptureQueriesContext(connection) as seen:
            act()
        told["queries"][name] = len(seen)
    return told


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--here", action="store_true", help="on the database of the settings, where the plan stays")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    with tempfile.TemporaryDirectory() as folder:
        if not options.here:
            os.environ["QUARTERDECK_DATA_DIR"] = folder
            os.environ.pop("QUARTERDECK_DATABASE_URL", None)
        from quarterdeck.commands.common import migrate_database, start

        start()
        migrate_database()
        told = measured(options.tasks)
    for name, value in told.items():
        print(f"{name:<16} {value}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
