"""Registers with 10,000 and 100,000 rows: how fast lists, pages, searches, exports and imports are, on both databases.

    python benchmarks/registers.py --rows 10000,100000 --database sqlite,postgresql

Each database is made, filled and removed again: SQLite in a temporary folder, PostgreSQL by `tools/postgres.py`.
Requests go through Django's test client, in one process: what is timed is the server's work, without network and
without a browser. Exports and the dry run of an import have a process of their own each, whose memory is told.
The last line is one JSON object with every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for place in (ROOT, ROOT / "src"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from benchmarks.apart import DATABASES, MARK, apart, database  # noqa: E402  needs the path above

#: Rows of the file whose import is rehearsed.
IMPORTED = 10_000


def step(name: str, argument: str) -> Any:
    """Do one step in this process, with the database of the environment; return plain values."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import filling, measuring

    match name:
        case "fill":
            began = time.perf_counter()
            call_command("migrate", verbosity=0)
            migrated = time.perf_counter()
            filling.fill(int(argument))
            return {"migrate": round(migrated - began, 1), "fill": round(time.perf_counter() - migrated, 1)}
        case "measure":
            return measuring.measure(argument)
        case "export":
            return measuring.export(argument)
        case "import":
            return measuring.dry_run(int(argument))
        case _:
            raise SystemExit(f"There is no step {name}.")


def benchmark(kind: str, rows: int, only: str = "") -> dict[str, Any]:
    """Make, fill and measure one database; print as it goes."""
    print(f"\n{kind}, {rows:,} initiatives and {rows:,} people", flush=True)
    with database(kind) as environment:
        found: dict[str, Any] = {"database": kind, "rows": rows, "load": os.getloadavg()[0]}
        found |= apart(__file__, environment, "fill", rows)
        print(f"  migrated in {found['migrate']} s, filled in {found['fill']} s", flush=True)
        found["cases"] = apart(__file__, environment, "measure", only)
        _table(found["cases"], rows)
        if only:
            return found
        found["exports"] = [apart(__file__, environment, "export", ending) for ending in ("csv", "xlsx")]
        for one in found["exports"]:
            print(
                f"  export {one['export']}: {one['rows']:,} rows, {one['megabytes']} MB in {one['seconds']} s, first "
                f"byte after {one['first_byte']} s; {_memory(one)}"
            )
        found["import"] = one = apart(__file__, environment, "import", min(IMPORTED, rows))
        print(
            f"  import, dry run: {one['dry_run']:,} rows in {one['seconds']} s ({one['cpu_seconds']} s of processor); "
            f"{one['counts']}; {_memory(one)}",
            flush=True,
        )
        return found


def _memory(one: dict[str, Any]) -> str:
    return (
        f"{one['own_mib']} MiB of memory above the {one['at_rest_mib']} at rest, {one['mapped_mib']} of the file mapped"
    )


def _table(cases: list[dict[str, Any]], rows: int) -> None:
    from benchmarks.bars import BAR_MS, BAR_QUERIES

    print(f"  {'case':34}{'who':15}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'queries':>9}{'kB gz':>8}")
    for one in cases:
        over = [
            *(["over 100 ms"] if one["p95"] > BAR_MS and rows <= 10_000 else []),
            *(["over 12 queries"] if one["queries"] > BAR_QUERIES and one["is_list"] else []),
        ]
        print(
            f"  {one['case']:34}{one['who']:15}{one['p50']:9.1f}{one['p95']:9.1f}{one['cpu']:9.1f}{one['queries']:9}"
            f"{one['kilobytes']:8.1f}  {', '.join(over)}".rstrip(),
            flush=True,
        )


def main() -> None:
    """Read the arguments, run, print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="10000,100000", help="how many initiatives, and people (10000,100000)")
    parser.add_argument("--database", default=",".join(DATABASES), help="sqlite, postgresql or both (both)")
    parser.add_argument("--only", default="", help="only the cases whose name holds this text; no export or import")
    parser.add_argument("--step", nargs=2, metavar=("NAME", "ARGUMENT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(MARK + json.dumps(step(*given.step)), flush=True)
        return
    kinds = [kind for kind in given.database.split(",") if kind]
    if unknown := [kind for kind in kinds if kind not in DATABASES]:
        parser.error(f"--database {', '.join(unknown)}: choose sqlite or postgresql")
    found = [benchmark(kind, int(rows), given.only) for rows in given.rows.split(",") for kind in kinds]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    print(json.dumps({"benchmark": "registers", "machine": machine, "runs": found}))


if __name__ == "__main__":
    main()
