"""What is measured, in one process with one database that is filled already; each step gives plain values for JSON."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access import services
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.middleware import ELEVATION
from quarterdeck.kernel.access.models import Elevation, User
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.exchange.importing import import_file

#: A case is run until it has taken this long, within these numbers of runs.
SECONDS, FEWEST, MOST = 2.0, 3, 21


@dataclass
class Figures:
    """One case: wall and processor time of the server in milliseconds, queries, kilobytes as sent."""

    case: str
    who: str
    p50: float
    p95: float
    cpu: float
    queries: int
    kilobytes: float
    runs: int
    is_list: bool


def client(name: str) -> Client:
    """Return a browser in which a user has signed in; that of the administrator is elevated."""
    user = User.objects.get(email=f"{name}@example.org")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user)
    if user.is_administrator:
        session = browser.session
        session[ELEVATION] = services.elevation_start(
            user=user, kind=Elevation.Kind.ADMINISTER, reason="Benchmark", now=clock.now()
        ).pk
        session.save()
    return browser


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield (case, user, address)."""
    project = Initiative.objects.filter(kind="project").order_by("pk").values_list("code", flat=True)[10]
    person = Person.objects.order_by("pk").values_list("code", flat=True)[10]
    year_ago = (clock.now().date() - dt.timedelta(days=365)).isoformat()
    deep = -(-Initiative.objects.count() // 50) - 3
    soon = "f.state=active,on_hold&f.planned_finish=2020-01-01..today"
    everyone = ("reader", "manager", "organisation", "administrator")
    for who in everyone:
        yield "list, view “Projects”", who, "/initiatives/?view=projects"
    whole = "organisation"
    yield "tree list", "reader", "/initiatives/"
    yield "tree list", whole, "/initiatives/"
    yield "tree list, deep page", whole, f"/initiatives/?page={deep}"
    yield "sorted by name", whole, "/initiatives/?sort=name"
    yield "sorted by budget, descending", whole, "/initiatives/?sort=-budget"
    yield "sorted by manager (computed)", whole, "/initiatives/?sort=manager"
    yield "filtered by state and date", whole, f"/initiatives/?{soon}&sort=planned_finish"
    yield "filtered by state and date", "reader", f"/initiatives/?{soon}&sort=planned_finish"
    yield "searched text, many", whole, "/initiatives/?q=harbour&sort=name"
    yield "searched text, none", whole, "/initiatives/?q=zebra+harbour&sort=name"
    yield "grouped by state, with sums", whole, "/initiatives/?group=state&sort=name"
    yield "grouped by unit, with sums", whole, "/initiatives/?group=unit&sort=name"
    yield "deep page", whole, f"/initiatives/?sort=name&page={deep}"
    yield "fragment of the list", whole, "/initiatives/?view=projects"
    yield "record page", whole, f"/people/{person}/"
    yield "panel of an initiative", whole, f"/initiatives/{project}/panel/"
    yield "panel of a person", whole, f"/people/{person}/panel/"
    yield "options, searched", whole, "/initiatives/options/parent/?q=harbour"
    yield "options, unsearched", whole, "/initiatives/options/parent/?q="
    yield "API list", whole, "/api/v1/initiatives?limit=100"
    yield "API list", "reader", "/api/v1/initiatives?limit=100"
    yield "API record", whole, f"/api/v1/initiatives/{project}"
    yield "people, first page", whole, "/people/"
    yield "people, first page", "reader", "/people/"
    yield "people, searched", whole, "/people/?q=ashdown"
    yield "people, grouped by unit", whole, "/people/?group=unit"
    yield "role assignments", whole, "/role-assignments/"
    yield "history of a person", whole, f"/people/{person}/history/"
    yield "list one year ago", whole, f"/initiatives/?sort=name&as_of={year_ago}"
    yield "list one year ago", "reader", f"/initiatives/?sort=name&as_of={year_ago}"
    yield "panel one year ago", whole, f"/initiatives/{project}/panel/?as_of={year_ago}"


def measure(only: str = "") -> list[dict[str, Any]]:
    """Return the figures of every case, or of those whose name holds a text, in a process as the server makes it."""
    import quarterdeck.config.wsgi  # noqa: F401  settles what is loaded

    browsers: dict[str, Client] = {}
    found = []
    for case, who, address in cases():
        if only not in case:
            continue
        browser = browsers.setdefault(who, client(who))
        fragment: dict[str, Any] = {"HTTP_HX_REQUEST": "true"} if case.startswith("fragment") else {}
        # A past date is remembered by the session; the next case starts from today again.
        today = "" if "as_of" in address or address.startswith("/api") else ("&" if "?" in address else "?") + "as_of="
        figures = measured(case, who, partial(browser.get, address + today, **fragment))
        found.append(asdict(figures))
    return found


def measured(case: str, who: str, ask: Callable[[], Any]) -> Figures:
    """Ask for a page until the figures stand. Raises SystemExit for any other answer than a page."""
    answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"{case} for {who}: {answer.status_code}")
    # A record's page holds lists too, and may take more queries.
    is_list = (b"data-list" in answer.content or b'"next"' in answer.content) and not case.startswith("record")
    with CaptureQueriesContext(connection) as queries:
        size = len(gzip.compress(ask().content, 6)) / 1000
    count = len(queries)
    reset_queries()
    walls: list[float] = []
    processor: list[float] = []
    began = time.perf_counter()
    while len(walls) < FEWEST or (len(walls) < MOST and time.perf_counter() - began < SECONDS):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        processor.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
    walls.sort()
    p95 = walls[max(0, -(-len(walls) * 95 // 100) - 1)]
    return Figures(
        case, who, round(statistics.median(walls), 1), round(p95, 1), round(statistics.median(processor), 1),
        count, round(size, 1), len(walls), is_list,
    )  # fmt: skip


class Memory:
    """The most memory that the process has while this is entered, above what it had before, in MiB.

    `own` is what it asked for. `mapped` are pages of files, such as SQLite's of its database: up to a size that is set,
    shared by all processes, and given back when the system wants them. Looks every hundredth of a second.
    """

    def __enter__(self) -> Memory:
        self.rest = self.most = _memory()
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            self.most = tuple(max(pair) for pair in zip(self.most, _memory(), strict=True))

    def told(self) -> dict[str, float]:
        """Return the figures."""
        own, mapped = (round(most - rest, 1) for most, rest in zip(self.most, self.rest, strict=True))
        return {"own_mib": own, "mapped_mib": mapped, "at_rest_mib": round(sum(self.rest), 1)}


def _memory() -> tuple[float, ...]:
    """Return what this process has now, of its own and mapped, in MiB; where it is not told, the most it has had."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0.0
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))


def export(ending: str) -> dict[str, Any]:
    """Stream a whole register to nowhere: seconds, bytes, and how much memory it took above the process at rest."""
    browser = client("organisation")
    browser.get("/initiatives/?view=projects&as_of=")
    browser.get(f"/initiatives/export.{ending}?q=zebra")
    first = 0.0
    size = 0
    began = time.perf_counter()
    with Memory() as memory:
        answer: Any = browser.get(f"/initiatives/export.{ending}?sort=name&as_of=")
        if answer.status_code != 200:
            raise SystemExit(f"export.{ending}: {answer.status_code}")
        for part in answer.streaming_content:
            first = first or time.perf_counter() - began
            size += len(part)
    return {
        "export": ending,
        "rows": Initiative.objects.count(),
        "seconds": round(time.perf_counter() - began, 2),
        "first_byte": round(first, 2),
        "megabytes": round(size / 1e6, 1),
        **memory.told(),
    }


def dry_run(rows: int) -> dict[str, Any]:
    """Check a file of persons, half of them new, without writing: seconds, and the memory it took."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["Code", "Name", "Kind", "Unit", "Job title", "Location"])
    known = Person.objects.select_related("unit").order_by("pk")[: rows // 2]
    for record in known:
        writer.writerow([record.code, record.name, record.kind, record.unit.code, "Surveyor", record.location])
    for n in range(rows - len(known)):
        writer.writerow(["", f"Newcomer {n}", "staff", "DEP-0-1", "Surveyor", "North"])
    register = for_model(Person)
    assert register is not None
    actor = Actor(user=User.objects.get(email="administrator@example.org"), now=clock.now(), unlimited=True)
    content = file.getvalue().encode()
    began, cpu = time.perf_counter(), time.process_time()
    with Memory() as memory:
        run = import_file(register=register, actor=actor, name="people.csv", content=content, write_it=False)
    return {
        "dry_run": rows,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "counts": run.report["counts"],
        **memory.told(),
    }
