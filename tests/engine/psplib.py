"""Reading the instances of PSPLIB (Kolisch & Sprecher, 1996) into problems to be levelled."""

import json
from pathlib import Path

from quarterdeck.engine.levelling import Activity, Problem, Resource
from quarterdeck.engine.network import Link


def instance(path: Path) -> Problem:
    """One `.sm` file: one mode, four renewable resources; a period is a minute."""
    lines = path.read_text().splitlines()

    def table(head: str, skipped: int) -> list[list[int]]:
        first = next(number for number, line in enumerate(lines) if line.startswith(head)) + skipped
        rows = []
        for line in lines[first:]:
            if line.startswith("*") or not line.strip():
                break
            rows.append([int(cell) for cell in line.split()])
        return rows

    capacities = table("RESOURCEAVAILABILITIES", 2)[0]
    names = [f"R{number + 1}" for number in range(len(capacities))]
    activities = tuple(
        Activity(row[0], row[2], {name: units for name, units in zip(names, row[3:], strict=True) if units})
        for row in table("REQUESTS/DURATIONS", 3)
    )
    links = tuple(Link(row[0], after) for row in table("PRECEDENCE RELATIONS", 2) for after in row[3:])
    resources = tuple(Resource(name, float(units)) for name, units in zip(names, capacities, strict=True))
    return Problem(activities, links, resources)


def best_known(folder: Path) -> dict[str, int]:
    """The best makespan known of every instance, by file name."""
    (file,) = folder.glob("best_known*.json")
    sets = json.loads(file.read_text())
    return {name: int(facts["ub"]) for instances in sets.values() for name, facts in instances.items()}
