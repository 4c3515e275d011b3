"""Monte Carlo on a plan: thousands of iterations of a generated plan, with criticality and correlation.

    python -m benchmarks.simulation --tasks 10000 --iterations 10000
    python -m benchmarks.simulation --tasks 10000 --iterations 1000 --calendars 8 --compare

Two links a task of all four kinds, a fifth with a lag, each reaching back two hundred tasks or so; every duration is
triangular, in twenty groups that correlate by 0.3. `warm_s` is the least of several runs of `simulate` on a plan that
is ready, with everything that its result holds: criticality, cruciality and percentiles of every task; `cpu_s` is what
that takes of the processor on all threads together, which stays when the machine is busy, `lean_s` the same without
percentiles of tasks, `ready_s` making the plan ready, `cold_s` from the start of the process to the first result.
`--compare` adds a plain loop over the same plan in compiled code, one iteration after the other on as many
threads, with independent durations and criticality alone. The last line is JSON.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from benchmarks import STARTED
from benchmarks.cpm import START, shifts
from benchmarks.table import table
from quarterdeck.engine.calendar import five_day
from quarterdeck.engine.cpm import Columns, Plan, compile_plan
from quarterdeck.engine.simulation import Correlation, Pert, Risk, SimulationResult, Triangular, Uncertainty, simulate

GROUPS: Final = 20
COEFFICIENT: Final = 0.3
SECONDS, FEWEST, MOST = 2.0, 5, 30


def columns(tasks: int, calendars: int) -> Columns:
    """A plan as the module says; with no calendars it runs round the clock."""
    rng = np.random.default_rng(1)
    after = np.repeat(np.arange(1, tasks), 2)
    before = np.maximum(0, after - 1 - rng.exponential(200, len(after)).astype(np.int64))
    said: dict[str, Any] = {}
    if calendars:
        offices = tuple(five_day(number, shifts=shifts(number)) for number in range(calendars))
        said = {"calendars": offices, "project_calendar": 0, "calendar": rng.integers(0, calendars, tasks)}
    return Columns(
        duration=rng.integers(480, 20 * 480, tasks),
        predecessor=before,
        successor=after,
        link_kind=rng.choice(4, len(after), p=(0.8, 0.1, 0.08, 0.02)),
        lag=np.where(rng.random(len(after)) < 0.2, rng.integers(-480, 960, len(after)), 0),
        start=START,
        **said,
    )


def unknowns(plan: Plan, kind: str) -> dict[str, Any]:
    """Estimates and correlations of a plan."""
    form = Pert if kind == "pert" else Triangular
    durations = plan.columns.duration.tolist()
    estimates = [Uncertainty(row, form(0.8 * each, each, 1.6 * each)) for row, each in enumerate(durations)]
    groups = [tuple(range(group, len(durations), GROUPS)) for group in range(GROUPS)]
    related = [Correlation(group, COEFFICIENT) for group in groups if len(group) > 1]
    return {"uncertainties": estimates, "correlations": related}


def timed(work: Callable[[], Any]) -> tuple[float, float, float]:
    """Return the least and the median seconds of several runs, and the least of the processor on all its threads.

    A first run does not count.
    """
    work()
    seconds: list[float] = []
    processor: list[float] = []
    began = time.perf_counter()
    while len(seconds) < FEWEST or (len(seconds) < MOST and time.perf_counter() - began < SECONDS):
        since, busy = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - since)
        processor.append(time.process_time() - busy)
    return min(seconds), statistics.median(seconds), min(processor)


def main() -> None:
    """Measure, print a row for each way, and the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--iterations", type=int, default=10_000)
    parser.add_argument("--calendars", type=int, default=0, help="none is round the clock, one is an office (0)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--distribution", choices=("triangular", "pert"), default="triangular")
    parser.add_argument("--compare", action="store_true", help="measure a plain compiled loop too")
    asked = parser.parse_args()
    given = columns(asked.tasks, asked.calendars)
    plan = compile_plan(given)
    said = unknowns(plan, asked.distribution) | {"iterations": asked.iterations, "threads": asked.threads}
    found = simulate(plan, **said)
    cold = time.perf_counter() - STARTED
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ready, *_ = timed(lambda: compile_plan(given))
    ways = {"everything": timed(lambda: simulate(plan, **said))}
    ways["no percentiles of tasks"] = timed(lambda: simulate(plan, watch=(), **said))
    ways["one thread"] = timed(lambda: simulate(plan, **said | {"threads": 1}))
    alone = said | {"correlations": ()}
    ways["without correlation"] = timed(lambda: simulate(plan, **alone))
    risks = [Risk(id=each, probability=0.2, tasks=(each,), delay=960.0) for each in range(0, asked.tasks, 97)][:100]
    ways[f"{len(risks)} risks, none removed"] = timed(lambda: simulate(plan, risks=risks, removing=False, **said))
    if asked.compare and not asked.calendars:
        ways["plain loop, not correlated"] = timed(lambda: plain(plan, asked.iterations, asked.threads))
    samples = asked.tasks * asked.iterations
    rows = [(name, *took, 1e9 * took[2] / samples) for name, took in ways.items()]
    print(f"{asked.tasks:,} tasks, {len(given.predecessor):,} links, {asked.iterations:,} iterations, {spread(found)}")
    print(table(("way", "least s", "median s", "processor s", "ns of it a task and iteration"), rows))
    figures = {
        "tasks": asked.tasks,
        "iterations": asked.iterations,
        "calendars": asked.calendars,
        "threads": asked.threads,
        "warm_s": round(ways["everything"][0], 4),
        "median_s": round(ways["everything"][1], 4),
        "cpu_s": round(ways["everything"][2], 4),
        "lean_s": round(ways["no percentiles of tasks"][0], 4),
        "one_thread_s": round(ways["one thread"][0], 4),
        "uncorrelated_s": round(ways["without correlation"][0], 4),
        "ready_s": round(ready, 4),
        "cold_s": round(cold, 3),
        "rss_mb": rss,
    }
    if "plain loop, not correlated" in ways:
        figures["plain_s"] = round(ways["plain loop, not correlated"][0], 4)
        figures["ratio"] = round(figures["plain_s"] / figures["uncorrelated_s"], 2)
    print(json.dumps(figures))


def spread(found: SimulationResult) -> str:
    """Return what came out, for the table's head."""
    days = [found.work.percentile(share) / 480 for share in (0.1, 0.5, 0.8)]
    return (
        f"P10 {days[0]:,.1f} P50 {days[1]:,.1f} P80 {days[2]:,.1f} days of work, plan {found.planned_work / 480:,.1f}"
    )


def plain(plan: Plan, iterations: int, threads: int) -> Any:
    """Simulate as one would write it down: an iteration after the other, forward, backward, criticality."""
    from benchmarks.plain_simulation import simulated

    net, durations = plan.net, plan.columns.duration[plan.task]
    share = -(-iterations // threads)
    with ThreadPoolExecutor(threads) as pool:
        parts = [
            pool.submit(
                simulated, (net.first, net.pred, net.kind, net.lag), durations, min(share, iterations - begin), begin
            )
            for begin in range(0, iterations, share)
        ]
        return [part.result() for part in parts]


if __name__ == "__main__":
    main()
