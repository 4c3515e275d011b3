"""Levelling: how near to the best known, how fast, on instances of PSPLIB or on generated plans.

    python -m benchmarks.levelling --instances FOLDER --best FILE --schedules 50000
    python -m benchmarks.levelling --instances FOLDER --best FILE --seconds 5 --cores 2
    python -m benchmarks.levelling --instances FOLDER --best FILE --set j30 --seconds 60 --prove
    python -m benchmarks.levelling --activities 5000 --resources 100

FOLDER holds `.sm` files, in folders by set (j30, j120, ...); FILE is JSON: by set and file name `ub`, the best makespan
known. Schedules or seconds, or both, are for each instance; with `--prove` the seconds that the search leaves go to
constraint programming where there is a gap. `optimal` counts the instances proved, `at_best` those not above the best
known. Seconds of the processor are means of an instance, over all cores. The last line is JSON.
"""

import argparse
import json
import resource
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks import STARTED
from benchmarks.table import table
from quarterdeck.engine.calendar import five_day
from quarterdeck.engine.levelling import Activity, Problem, Resource, level
from quarterdeck.engine.network import Link
from tests.engine.psplib import instance

BIG = 60
"""Schedules of a generated plan, where nothing is said."""


def sets(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Mean gap, seconds and number of instances of every set in the folder."""
    best = json.loads(Path(options.best).read_text())
    by_set: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(Path(options.instances).rglob("*.sm")):
        name = next((each for each in best if path.name in best[each]), "")
        if name and (not options.set or name in options.set):
            by_set[name].append(path)
    figures = {}
    for name, paths in by_set.items():
        gaps, proven, cpu, wall = [], 0, 0.0, 0.0
        for path in paths:
            task = instance(path)
            clock, processor = time.perf_counter(), time.process_time()
            done = level(
                task,
                schedules=options.schedules,
                time_limit=options.seconds,
                threads=options.cores,
                prove=options.prove,
            )
            wall += time.perf_counter() - clock
            cpu += time.process_time() - processor
            known = best[name][path.name]["ub"]
            gaps.append(100 * (done.finish - known) / known)
            proven += done.optimal
        figures[name] = {
            "instances": len(paths),
            "gap_pct": round(float(np.mean(gaps)), 4),
            "at_best": sum(gap <= 0 for gap in gaps),
            "optimal": proven,
            "cpu_s_mean": round(cpu / len(paths), 3),
            "wall_s_mean": round(wall / len(paths), 3),
        }
    return figures


def generated(activities: int, resources: int, seed: int) -> Problem:
    """A plan of this size: works of half a day to ten, two links and one to three resources each, a five-day week."""
    generator = np.random.default_rng(seed)
    week = five_day("week")
    works = tuple(
        Activity(
            number,
            int(generator.integers(1, 21)) * 240,
            {int(each): 1.0 for each in generator.choice(resources, size=int(generator.integers(1, 4)), replace=False)},
            calendar=week,
        )
        for number in range(activities)
    )
    links = {
        (int(generator.integers(max(0, number - 200), number)), number)
        for number in range(1, activities)
        for _ in range(2)
    }
    capacities = tuple(Resource(number, float(generator.integers(2, 6)), week) for number in range(resources))
    return Problem(works, tuple(Link(one, other) for one, other in sorted(links)), capacities)


def main() -> None:
    """Run what is asked for, print a table and the summary as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances")
    parser.add_argument("--best")
    parser.add_argument("--set", action="append", help="only this set; can be given again")
    parser.add_argument("--schedules", type=int, help="50,000, or for a generated plan 60, unless seconds are given")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--activities", type=int, default=5000)
    parser.add_argument("--resources", type=int, default=100)
    options = parser.parse_args()
    level(
        Problem((Activity("warm", 1, {"x": 1}), Activity("up", 1, {"x": 1})), resources=(Resource("x"),)), schedules=6
    )
    cold = time.perf_counter() - STARTED
    result: dict[str, object] = {"cold_s": round(cold, 3)}
    if options.instances:
        figures = sets(options)
        heads = ("set", "instances", "gap_pct", "at_best", "optimal", "cpu_s_mean", "wall_s_mean")
        print(table(heads, [(name, *figure.values()) for name, figure in figures.items()]))
        result |= {
            "schedules": options.schedules,
            "seconds": options.seconds,
            "cores": options.cores,
            "sets": figures,
        }
        result["warm_s"] = max((figure["wall_s_mean"] for figure in figures.values()), default=0.0)
    else:
        task = generated(options.activities, options.resources, 1)
        level(generated(50, options.resources, 2), schedules=6)
        clock = time.perf_counter()
        done = level(
            task,
            schedules=options.schedules or (None if options.seconds else BIG),
            time_limit=options.seconds,
            threads=options.cores,
        )
        took = time.perf_counter() - clock
        gap = 100 * (done.gap or 0.0)
        row = (options.activities, options.resources, done.schedules, len(done.moves), gap, took)
        print(table(("activities", "resources", "schedules", "moved", "gap to the bound %", "seconds"), [row]))
        result |= {"activities": options.activities, "resources": options.resources, "schedules": done.schedules}
        result |= {"gap_pct": round(gap, 4), "warm_s": round(took, 3)}
    print(json.dumps(result | {"rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
