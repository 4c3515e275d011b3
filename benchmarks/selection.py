"""Choosing a portfolio: seconds, distance from the best and memory, on generated candidates.

    python -m benchmarks.selection                          the sizes of the bar
    python -m benchmarks.selection --candidates 1000 --periods 20 --skills 15 --seeds 5

Candidates have log-normal values, last two to six periods, ask for three in ten of the skills, and may start in one of
up to seven periods; a tenth requires another, every tenth pair excludes itself. Money covers `--money` of what all
would cost, people `--people` of what all would ask on average. The last line is JSON.
"""

import argparse
import json
import resource
import statistics
import time
from dataclasses import dataclass

import numpy as np

from benchmarks import STARTED
from benchmarks.table import table
from quarterdeck.engine.selection import Budget, Candidate, Capacity, Group, Problem, Requires, select


@dataclass(frozen=True)
class Shape:
    """How large the choice is and how tight its limits are."""

    candidates: int
    periods: int
    skills: int
    money: float
    people: float


def problem(shape: Shape, seed: int) -> Problem:
    """A choice made by this seed."""
    generator = np.random.default_rng(seed)
    count, periods = shape.candidates, shape.periods
    values = generator.lognormal(3, 0.6, count)
    costs = values * generator.uniform(0.3, 1.2, count)
    lengths = generator.integers(2, 7, count)
    asked = generator.uniform(0, 4, (count, shape.skills)) * (generator.random((count, shape.skills)) < 0.3)
    candidates = []
    for number in range(count):
        length = int(lengths[number])
        latest = max(0, periods - length)
        earliest = min(int(generator.integers(0, 4)), latest)
        candidates.append(
            Candidate(
                number,
                float(values[number]),
                {"money": (float(costs[number]) / length,) * length},
                {skill: (float(asked[number, skill]),) * length for skill in np.flatnonzero(asked[number]).tolist()},
                earliest=earliest,
                latest=min(earliest + 6, latest),
                delay_loss=float(values[number]) * 0.03,
            )
        )
    years = -(-periods // 4)
    budgets = tuple(
        Budget("money", float(costs.sum()) * shape.money / years, 4 * year, min(4 * year + 3, periods - 1))
        for year in range(years)
    )
    average = (asked * lengths[:, None]).sum(axis=0) / periods
    capacities = tuple(
        Capacity(skill, (float(average[skill]) * shape.people,) * periods) for skill in range(shape.skills)
    )
    pairs = (
        generator.permutation(count).reshape(-1, 2)
        if count % 2 == 0
        else generator.permutation(count - 1).reshape(-1, 2)
    )
    tenth = count // 10
    requires = tuple(Requires(int(one), int(other)) for one, other in pairs[:tenth])
    groups = tuple(
        Group(f"either {one} or {other}", (int(one), int(other)), most=1)
        for one, other in pairs[tenth : tenth + count // 20]
    )
    return Problem(tuple(candidates), periods, budgets, capacities, requires, groups)


def main() -> None:
    """Run every seed, print a row each, and the summary as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--skills", type=int, default=10)
    parser.add_argument("--money", type=float, default=0.35, help="budget as a share of the cost of all")
    parser.add_argument("--people", type=float, default=0.6, help="capacity as a share of what all ask on average")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    shape = Shape(options.candidates, options.periods, options.skills, options.money, options.people)
    rows: list[tuple[int, int, float, float, float, float, bool]] = []
    cold = 0.0
    for seed in range(options.seeds):
        task = problem(shape, seed)
        began = time.perf_counter()
        chosen = select(task, time_limit=options.seconds)
        took = time.perf_counter() - began
        cold = cold or time.perf_counter() - STARTED
        rows.append((seed, len(chosen.starts), chosen.value, chosen.bound, 100 * chosen.gap, took, chosen.optimal))
    print(table(("seed", "chosen", "value", "bound", "gap %", "seconds", "optimal"), rows))
    print(
        json.dumps(
            {
                "candidates": shape.candidates,
                "periods": shape.periods,
                "skills": shape.skills,
                "gap_pct": round(max(row[4] for row in rows), 4),
                "gap_pct_median": round(statistics.median(row[4] for row in rows), 4),
                "wall_s": round(max(row[5] for row in rows), 3),
                "warm_s": round(statistics.median(row[5] for row in rows), 3),
                "cold_s": round(cold, 3),
                "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
