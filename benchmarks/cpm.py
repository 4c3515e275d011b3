"""The critical path method: what a schedule costs, step by step, on a generated plan.

    python -m benchmarks.cpm --tasks 100000 --links 200000 --calendars 0
    python -m benchmarks.cpm --tasks 100000 --links 200000 --calendars 8

Links of all four kinds, a fifth with a lag, each reaching back at most three tenths of the plan; ids in no order. With
calendars every second task has one of its own and, of all tasks, a tenth a constraint, a twentieth a deadline, and of
those that could have begun by the status date half have: constraints and progress are part of the work. Figures are
milliseconds, the least and the median of several runs; `warm_s` is the least of both passes with all floats on a plan
that is ready, `cold_s` from the start of the process to the first schedule. The last line is JSON.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import numpy as np

from benchmarks import STARTED
from benchmarks.table import table
from quarterdeck.engine.calendar import five_day, minutes
from quarterdeck.engine.cpm import MICROSOFT, NONE, PRIMAVERA, Columns, compile_plan, reschedule, schedule
from quarterdeck.engine.network import Constraint, Task

START: Final = minutes(date(2026, 1, 5)) + 8 * 60  # a Monday morning
DAY: Final = 1440
SECONDS, FEWEST, MOST = 2.0, 5, 50


def plan(tasks: int, links: int, calendars: int, seed: int = 1) -> Columns:
    """A plan as the module says."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(tasks)
    after = rng.integers(1, tasks, links) if tasks > 1 else np.empty(0, np.int64)
    least = np.maximum(0, after - tasks * 3 // 10)
    before = least + (rng.random(len(after)) * (after - least)).astype(np.int64)
    said: dict[str, Any] = {}
    if calendars:
        near = START + rng.integers(0, 700, tasks) * DAY
        kinds = rng.choice(np.arange(2, len(Constraint)), tasks)
        started = np.zeros(tasks, bool)
        started[order[: tasks // 20]] = rng.random(tasks // 20) < 0.5
        said = {
            "calendar": np.where(rng.random(tasks) < 0.5, rng.integers(0, calendars, tasks), -1),
            "calendars": tuple(five_day(number, shifts=shifts(number)) for number in range(calendars)),
            "project_calendar": 0,
            "constraint": np.where(rng.random(tasks) < 0.1, kinds, 0),
            "constraint_at": near,
            "deadline": np.where(rng.random(tasks) < 0.05, near + 300 * DAY, NONE),
            "actual_start": np.where(started, START + rng.integers(0, 30 * DAY, tasks), NONE),
            "status": START + 40 * DAY,
        }
    return Columns(
        duration=rng.integers(60, 20 * 480, tasks),
        predecessor=order[before],
        successor=order[after],
        link_kind=rng.choice(4, len(after), p=(0.7, 0.12, 0.12, 0.06)),
        lag=np.where(rng.random(len(after)) < 0.2, rng.integers(-240, 960, len(after)), 0),
        start=START,
        **said,
    )


def shifts(number: int) -> tuple[tuple[int, int], ...]:
    """Eight hours a day around an hour at noon, each calendar a quarter of an hour after the one before it."""
    opened = 420 + 15 * (number % 16)
    return (opened, opened + 240), (opened + 300, opened + 540)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the least and the median milliseconds of several runs, after one that does not count."""
    work()
    seconds: list[float] = []
    began = time.perf_counter()
    while len(seconds) < FEWEST or (len(seconds) < MOST and time.perf_counter() - began < SECONDS):
        since = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - since)
    return 1000 * min(seconds), 1000 * statistics.median(seconds)


def main() -> None:
    """Measure, print a row for each step, and the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=200_000)
    parser.add_argument("--calendars", type=int, default=0)
    asked = parser.parse_args()
    options = PRIMAVERA if asked.calendars else MICROSOFT
    given = plan(asked.tasks, asked.links, asked.calendars)
    found = schedule(given, options)
    cold = time.perf_counter() - STARTED
    ready = found.plan
    edits = np.random.default_rng(2).integers(0, asked.tasks, 200).tolist()
    anywhere, critical = ([_edit(given, row) for row in rows] for rows in (edits, list(found.longest_path)[:50]))

    def edit(tasks: list[Task]) -> Callable[[], Any]:
        turn = iter(range(1_000_000))
        return lambda: reschedule(found, tasks=[tasks[next(turn) % len(tasks)]])

    steps = {
        "make ready": timed(lambda: compile_plan(given, options)),
        "passes and floats": timed(lambda: schedule(ready)),
        "dates by task": timed(lambda: schedule(ready).start),
        "driving links, longest path": timed(lambda: schedule(ready).on_longest_path),
        "one edit anywhere": timed(edit(anywhere)),
        "one edit on the longest path": timed(edit(critical)),
    }
    rows = [(name, least, median) for name, (least, median) in steps.items()]
    print(table(("step", "least ms", "median ms"), rows))
    print(
        json.dumps(
            {
                "tasks": asked.tasks,
                "links": asked.links,
                "calendars": asked.calendars,
                "warm_s": round(steps["passes and floats"][0] / 1000, 6),
                "ready_s": round(steps["make ready"][0] / 1000, 6),
                "dates_s": round(steps["dates by task"][0] / 1000, 6),
                "edit_s": round(steps["one edit anywhere"][1] / 1000, 6),
                "critical_edit_s": round(steps["one edit on the longest path"][1] / 1000, 6),
                "cold_s": round(cold, 3),
                "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def _edit(given: Columns, row: Any) -> Task:
    """Return a task an hour longer than it is; nothing else that is said of it stays."""
    place = int(given.column("calendar")[row])
    return Task(row, int(given.duration[row]) + 60, calendar=given.calendars[place].id if place >= 0 else None)


if __name__ == "__main__":
    main()
