"""Every page of a product in use: how long the server takes, how many queries, how heavy the answer is.

    python -m benchmarks.pages --projects 200 --tasks 20000 --database sqlite
    python -m benchmarks.pages --projects 2000 --tasks 400000 --database postgresql
    python -m benchmarks.pages --database postgres://...      an empty database that stands

Makes a database, fills it with a tree of projects, people, rights, history and plans, and asks for each page as a
reader of the whole organisation: what the navigation leads to, a record of each register, every tab of a portfolio, a
programme and a project, and the data that their pages fetch. Pages are found, not listed, so a new one is measured too.
Requests go through Django's test client: no network, no browser. The last line is one JSON object:
`pages: {path: {p50_ms, p95_ms, queries, kb}}`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for place in (ROOT, ROOT / "src"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from benchmarks.apart import MARK, apart, database  # noqa: E402  needs the path above

#: Milliseconds at the 95th percentile, by database; queries of a list and of any other page; kilobytes of a page.
BARS_MS = {"sqlite": 100.0, "postgresql": 150.0}
LIST, OTHER, KB = 12, 30, 150.0
#: The page that may weigh more, with its data.
HEAVY, HEAVY_KB = "/plan/", 500.0
WHO = "organisation"


def step(name: str, argument: str) -> Any:
    """Do one step in this process, with the database of the environment; return plain values."""
    import django

    django.setup()
    from django.core.management import call_command

    if name == "measure":
        return measured()
    from benchmarks import filling, filling_plans

    began = time.perf_counter()
    projects, tasks = (int(each) for each in argument.split(","))
    call_command("migrate", verbosity=0)
    filling.fill(round(projects * (1 + 1 / filling.PROJECTS) + filling.PORTFOLIOS))
    found = {"tasks": filling_plans.fill_plans(tasks)}
    filling.analyse()
    return found | {"seconds": round(time.perf_counter() - began, 1)}


def addresses() -> Iterator[str]:
    """Yield the address of every page that the reader may open, each once."""
    from benchmarks import measuring
    from quarterdeck.apps.portfolio import tabs
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.access.models import User
    from quarterdeck.kernel.ui import nav

    actor = Actor(user=User.objects.get(email=f"{WHO}@example.org"), now=clock.now(), via="form")
    browser = measuring.client(WHO)
    seen = ["/", *(entry.url for branch in nav.tree(actor) for entry in branch.entries)]
    for address in list(seen):
        page = browser.get(address)
        if page.status_code == 200 and b"data-href=" in page.content:
            record = page.content.split(b'data-href="', 1)[1].split(b'"', 1)[0].decode()
            seen += [record, f"{record}panel/"]
    for kind in ("portfolio", "programme", "project"):
        of_kind = Initiative.objects.filter(kind=kind, state__in=("active", "pipeline")).order_by("pk")
        middle = of_kind[of_kind.count() // 2]
        seen += [tab.url for tab in tabs.tabs_of(middle, actor, "")]
        if kind == "project":
            seen.append(f"{middle.url}plan/data")
    seen.append("/search/?q=harbour")
    for address in dict.fromkeys(seen):
        status = browser.get(address).status_code
        if status >= 500:
            raise SystemExit(f"{address}: {status}")
        # What leads elsewhere is measured there; what is not there for this reader is none of their pages.
        if status == 200:
            yield address


def measured() -> dict[str, dict[str, Any]]:
    """Return the figures of every page, in a process as the server makes it."""
    import quarterdeck.config.wsgi  # noqa: F401  settles what is loaded
    from benchmarks import measuring

    browser = measuring.client(WHO)
    found = {}
    for address in addresses():
        one = measuring.measured(address, WHO, partial(browser.get, address))
        found[address] = {
            "p50_ms": one.p50,
            "p95_ms": one.p95,
            "cpu_ms": one.cpu,
            "queries": one.queries,
            "kb": one.kilobytes,
            "list": one.is_list and address.count("/") == 2,
        }
    return found


def benchmark(target: str, projects: int, tasks: int) -> dict[str, Any]:
    """Make, fill and measure one database; print as it goes."""
    kind = "postgresql" if target.startswith("postgres") else "sqlite"
    own: AbstractContextManager[dict[str, str]] = (
        nullcontext({"QUARTERDECK_DATABASE_URL": target, "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings"})
        if "://" in target
        else database(kind)
    )
    print(f"\n{kind}, {projects:,} projects", flush=True)
    with own as environment:
        filled = apart(__file__, environment, "fill", f"{projects},{tasks}")
        print(f"  {filled['tasks']:,} tasks, filled in {filled['seconds']} s", flush=True)
        pages = apart(__file__, environment, "measure", "")
    _table(pages, BARS_MS[kind])
    return {"database": kind, "projects": projects, **filled, "load": os.getloadavg()[0], "pages": pages}


def _table(pages: dict[str, dict[str, Any]], bar: float) -> None:
    print(f"  {'page':52}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'queries':>9}{'kB gz':>8}")
    for address, one in pages.items():
        most = LIST if one["list"] else OTHER
        heavy = HEAVY_KB if HEAVY in address else KB
        over = [
            *([f"over {bar:.0f} ms"] if one["p95_ms"] > bar else []),
            *([f"over {most} queries"] if one["queries"] > most else []),
            *([f"over {heavy:.0f} kB"] if one["kb"] > heavy else []),
        ]
        print(
            f"  {address[:51]:52}{one['p50_ms']:9.1f}{one['p95_ms']:9.1f}{one['cpu_ms']:9.1f}{one['queries']:9}"
            f"{one['kb']:8.1f}  {', '.join(over)}".rstrip(),
            flush=True,
        )


def main() -> None:
    """Read the arguments, run, print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql, or the URL of an empty database")
    parser.add_argument("--step", nargs=2, metavar=("NAME", "ARGUMENT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(MARK + json.dumps(step(*given.step)), flush=True)
        return
    found = benchmark(given.database, given.projects, given.tasks)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    print(json.dumps({"benchmark": "pages", "machine": machine, **found}))


if __name__ == "__main__":
    main()
