"""Small plans to simulate, and how what comes out is compared; what the tests of simulation share."""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any

import numpy as np

from quarterdeck.engine.calendar import Calendar, five_day, minutes
from quarterdeck.engine.network import Link, LinkKind, Network, Task
from quarterdeck.engine.simulation import (
    Distribution,
    Uncertainty,
)

MANY = 60_000
MONDAY = minutes(date(2026, 1, 5)) + 8 * 60


def chain(count: int, duration: int = 480) -> Network:
    tasks = tuple(Task(place, duration) for place in range(count))
    return Network(tasks, tuple(Link(place, place + 1) for place in range(count - 1)))


def side_by_side(count: int) -> Network:
    return Network(tuple(Task(place, 480) for place in range(count)))


def alike(count: int, of: Distribution) -> list[Uncertainty]:
    return [Uncertainty(place, of) for place in range(count)]


def near(found: float, wanted: float, error: float) -> bool:
    return abs(found - wanted) <= 4 * error


def spearman(rows: Sequence[Any]) -> Any:
    """Return the rank correlations of rows, ties at their middle rank."""
    ranks = []
    for row in rows:
        _, place, times = np.unique(row, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(times) - (times - 1) / 2)[place])
    return np.corrcoef(ranks)


def plan(calendars: int, count: int = 120) -> Network:
    """A random plan with all kinds of links; `calendars` are none (round the clock), one, or three."""
    rng = np.random.default_rng(2)
    tasks = tuple(
        Task(place, int(rng.integers(60, 3000)), calendar=place % 3 if calendars == 3 else None)
        for place in range(count)
    )
    links = tuple(
        Link(before, after, LinkKind(int(rng.choice(4, p=(0.7, 0.1, 0.1, 0.1)))), int(rng.integers(-100, 400)))
        for after in range(1, count)
        for before in sorted(set(rng.integers(max(0, after - 30), after, 2).tolist()))
    )
    shifts = [((420 + 30 * number, 660 + 30 * number), (720 + 30 * number, 960 + 30 * number)) for number in range(3)]
    held: dict[Hashable, Calendar] = {number: five_day(number, shifts=shifts[number]) for number in range(calendars)}
    return Network(tasks, links, held, 0 if calendars else None, start=MONDAY)
