"""Levelling beside its peers on the same generated plans: CP-SAT alone, and TaskJuggler's `tj3` where it is there.

A plan is that of `benchmarks.levelling`: works of half a day to ten on one to three resources of several units each, a
five-day week. CP-SAT gets it in half days and stops as soon as its finish is not later than ours, or when its time is
over: its ratio is a least one then. TaskJuggler gets each unit as a person, books all that a work needs at one time,
and keeps them; its seconds are those of its whole process.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

from benchmarks.levelling import generated
from quarterdeck.engine.calendar import five_day, instant, minutes, timeline
from quarterdeck.engine.levelling import Levelled, Problem, level

WEEK = five_day("week")
START = minutes(date(2026, 1, 5))
"""A Monday."""
HEADS = ("peer", "works", "resources", "peer s", "ours s", "ratio", "later than ours %")
SLOT = 240
"""Half a working day in minutes: all durations are whole numbers of it."""
POPULATION = 8
"""Orders that ours tries, each scheduled and justified: peers make one, or as many as their time allows."""
LIMIT = 60.0
"""Seconds that CP-SAT gets."""


@dataclass(frozen=True)
class Levelling:
    """A peer on one plan: seconds, and by how much its finish lies after ours, as a share of the length."""

    peer: str
    activities: int
    resources: int
    seconds: float
    ours: float
    later: float | None

    @property
    def row(self) -> tuple[str, int, int, float, float, float, str]:
        """The cells of the table."""
        later = "none found" if self.later is None else f"{100 * self.later:.2f}"
        return self.peer, self.activities, self.resources, self.seconds, self.ours, self.seconds / self.ours, later


def beside(activities: int, resources: int, repeats: int) -> list[Levelling]:
    """All peers that are there, on the plan of this size."""
    problem = replace(generated(activities, resources, 1), start=START)
    seconds, done = [], level(problem, schedules=3 * POPULATION, population=POPULATION)
    for _ in range(repeats):
        began = time.perf_counter()
        done = level(problem, schedules=3 * POPULATION, population=POPULATION)
        seconds.append(time.perf_counter() - began)
    peers: list[tuple[str, Callable[[Problem, Levelled], tuple[float, float | None]]]] = []
    if find_spec("ortools"):
        peers.append(("CP-SAT alone", cp_sat))
    if shutil.which("tj3"):
        peers.append(("tj3", juggled))
    found = []
    for name, peer in peers:
        theirs, later = peer(problem, done)
        found.append(Levelling(name, activities, resources, theirs, min(seconds), later))
    return found


def cp_sat(problem: Problem, done: Levelled) -> tuple[float, float | None]:
    """Seconds until CP-SAT, on two workers, is no later than ours, and how much later it is (None: no schedule)."""
    from ortools.sat.python import cp_model

    span = timeline(WEEK)
    goal = span.between(problem.start, done.finish) // SLOT
    began = time.perf_counter()
    model = cp_model.CpModel()
    lengths = {each.id: each.duration // SLOT for each in problem.activities}
    most = sum(lengths.values())
    starts = {name: model.new_int_var(0, most, "") for name in lengths}
    bars = {name: model.new_fixed_size_interval_var(starts[name], length, "") for name, length in lengths.items()}
    for link in problem.links:
        model.add(starts[link.successor] >= starts[link.predecessor] + lengths[link.predecessor])
    for resource in problem.resources:
        own = [each for each in problem.activities if resource.id in each.demands]
        model.add_cumulative(
            [bars[each.id] for each in own], [int(each.demands[resource.id]) for each in own], int(resource.capacity)
        )
    last = model.new_int_var(0, most, "")
    for name, length in lengths.items():
        model.add(last >= starts[name] + length)
    model.minimize(last)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LIMIT
    solver.parameters.num_workers = 2

    class Enough(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if self.objective_value <= goal:
                self.stop_search()

    status = solver.solve(model, Enough())
    seconds = time.perf_counter() - began
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return seconds, None
    return seconds, (solver.objective_value - goal) / goal


def juggled(problem: Problem, done: Levelled) -> tuple[float, float | None]:
    """Seconds of TaskJuggler's process, and how much later than ours it ends."""
    program = shutil.which("tj3") or "tj3"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.tjp"
        file.write_text(juggler_plan(problem, done))
        began = time.perf_counter()
        run = subprocess.run(
            [program, "--silent", "--no-color", str(file)], cwd=folder, check=False, capture_output=True
        )
        seconds = time.perf_counter() - began
        dates = Path(folder) / "dates.csv"
        if run.returncode or not dates.exists():
            return seconds, None
        ends = [line.rsplit(";", 1)[-1].strip('"') for line in dates.read_text().splitlines()[1:]]
    span = timeline(WEEK)
    ours = span.between(problem.start, done.finish)
    theirs = max(span.between(problem.start, minutes(datetime.fromisoformat(end))) for end in ends if end)
    return seconds, (theirs - ours) / ours


def juggler_plan(problem: Problem, done: Levelled) -> str:
    """The plan in TaskJuggler's language, three times as long as ours takes."""
    start, finish = instant(problem.start), instant(problem.start + 3 * (done.finish - problem.start))
    lines = [
        f'project plan "plan" {start:%Y-%m-%d} - {finish:%Y-%m-%d} {{ timezone "UTC" timingresolution 60 min',
        "workinghours mon - fri 8:00 - 12:00, 13:00 - 17:00 }",
    ]
    for each in problem.resources:
        lines += [f'resource r{each.id}_{unit} "r{each.id}_{unit}"' for unit in range(int(each.capacity))]
    units = {each.id: int(each.capacity) for each in problem.resources}
    waits: dict[object, list[str]] = {}
    for link in problem.links:
        waits.setdefault(link.successor, []).append(f"!t{link.predecessor}")
    lines.append('task all "all" {')
    for work in problem.activities:
        lines.append(f'task t{work.id} "t{work.id}" {{ effort {work.duration * len(work.demands) // 60}h')
        for name in work.demands:
            others = ", ".join(f"r{name}_{unit}" for unit in range(1, units[name]))
            choice = (
                f" {{ alternative {others} select minloaded persistent mandatory }}" if others else " { mandatory }"
            )
            lines.append(f"allocate r{name}_0{choice}")
        bound = f"depends {', '.join(waits[work.id])}" if work.id in waits else f"start {start:%Y-%m-%d}"
        lines.append(f"{bound} }}")
    dates = 'taskreport "dates" { formats csv columns name, end timeformat "%Y-%m-%dT%H:%M" }'
    return "\n".join([*lines, "}", dates]) + "\n"
