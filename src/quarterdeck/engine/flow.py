"""How work flows: throughput, cycle time, work in progress, cumulative flow, and when the rest will be done.

Days are whole numbers of one count (any origin); a day begins at its number. Sources: Little (1961); Anderson, "Kanban"
(2010); Vacanti, "Actionable Agile Metrics for Predictability" (2015) for forecasts by resampling throughput.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import unique, within
from quarterdeck.engine.errors import EngineError

Days = NDArray[np.int64]
LONGEST = 36_500
"""Days of a forecast at most: a hundred years."""

DRAWN_AT_ONCE = 2_000_000
"""Numbers drawn in one step, so that memory does not grow with the length of a forecast."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: the day it was begun and the day it was done; None while it has not."""

    id: Hashable
    begun: int | None = None
    done: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened from day `first` to day `last`, both counted. Arrays have one value a day."""

    first: int
    last: int
    arrived: Days
    departed: Days
    in_progress: Days  # at the end of the day
    cycle_times: Days  # of the items done in the window, in days, the day of beginning counted; in order of doing
    ages: Mapping[Hashable, int]  # of the items still in progress at the end, in days

    @property
    def throughput(self) -> float:
        """Items done a day, on average over the window."""
        return float(self.departed.mean())

    def cycle_time(self, share: float = 0.85) -> float | None:
        """The days within which this share of the items done was done; None when none was."""
        return float(np.quantile(self.cycle_times, share, method="inverted_cdf")) if len(self.cycle_times) else None

    @property
    def expected_cycle_time(self) -> float | None:
        """Little's law: mean work in progress / mean throughput, in days; None when nothing was done.

        Work in progress is what was worked on at some time of the day, as cycle times count the first day and the last.
        Where this is far from the mean cycle time, more begins than ends, or old items are left lying.
        """
        return float((self.in_progress + self.departed).mean()) / self.throughput if self.throughput else None


def flow(items: Sequence[Item], *, first: int, last: int) -> Flow:
    """The flow of the items over the days `first` to `last`, both included.

    An item is in progress from the day it was begun to the day before it was done. Raises EngineError for an item done
    before it was begun or done without having been begun, and for a window that ends before it begins.

    >>> seen = flow([Item("A", 0, 2), Item("B", 1, 4), Item("C", 3)], first=0, last=4)
    >>> seen.in_progress.tolist(), seen.departed.tolist(), seen.cycle_times.tolist(), seen.ages
    ([1, 2, 1, 2, 1], [0, 0, 1, 0, 1], [3, 4], {'C': 2})
    """
    _window(first, last)
    _items(items)
    days = last - first + 1
    begun = np.array([item.begun for item in items if item.begun is not None], dtype=np.int64)
    done = np.array([item.done for item in items if item.done is not None], dtype=np.int64)
    arrived, departed = _daily(begun, first, days), _daily(done, first, days)
    before = int((begun < first).sum() - (done < first).sum())
    finished = sorted(
        (item.done, item.done - item.begun + 1)
        for item in items
        if item.done is not None and item.begun is not None and first <= item.done <= last
    )
    ages = {
        item.id: last - item.begun + 1
        for item in items
        if item.begun is not None and item.begun <= last and (item.done is None or item.done > last)
    }
    return Flow(
        first,
        last,
        arrived,
        departed,
        before + np.cumsum(arrived - departed),
        np.array([length for _, length in finished], dtype=np.int64),
        ages,
    )


def cumulative_flow(
    entered: Mapping[Any, Sequence[int]], *, order: Sequence[Hashable], first: int, last: int
) -> dict[Hashable, Days]:
    """Cumulative flow diagram: by state, how many items had reached it or a later one by the end of each day.

    `entered` holds by state the days on which items first reached it; `order` names the states from the first to the
    last. An item that skipped a state counts as having reached it when it reached a later one, so that bands never
    cross.

    >>> bands = cumulative_flow({"doing": [0, 1, 1], "done": [2]}, order=["doing", "done"], first=0, last=2)
    >>> {state: counts.tolist() for state, counts in bands.items()}
    {'doing': [1, 3, 3], 'done': [0, 0, 1]}
    """
    _window(first, last)
    states = unique("states", order)
    for state in entered:
        if state not in states:
            raise EngineError(f"state {state!r} is not in the order", culprits=(state,), remedy="Add it to the order.")
    bands: dict[Hashable, Days] = {}
    later = np.zeros(last - first + 1, dtype=np.int64)
    for state in reversed(states):
        reached = np.asarray(entered.get(state, ()), dtype=np.int64)
        sums = int((reached < first).sum()) + np.cumsum(_daily(reached, first, last - first + 1))
        later = np.maximum(later, sums)
        bands[state] = later
    return {state: bands[state] for state in states}


def when_done(
    remaining: int, daily: Sequence[int], *, generator: np.random.Generator, trials: int = 10_000
) -> NDArray[np.int64]:
    """Days until `remaining` items are done, one number a trial in ascending order: throughput drawn day by day from
    `daily`.

    The item counts of past days are drawn with replacement. `numpy.quantile(result, 0.85)` is the forecast that holds
    in 85 of 100. Raises EngineError when nothing was ever done in `daily`, or for less than nothing remaining.

    >>> days = when_done(10, [1], generator=np.random.default_rng(1), trials=3)
    >>> days.tolist()
    [10, 10, 10]
    """
    pace = _pace(daily)
    within("the number of items", remaining, low=0)
    if not pace.any():
        raise EngineError("nothing was done on any of the days", remedy="Give days on which items were done.")
    if remaining / pace.max() > LONGEST:
        raise EngineError(
            f"{remaining} items take more than a hundred years", remedy="Give fewer items or busier days."
        )
    left = np.full(_trials(trials), int(remaining), dtype=np.int64)
    taken = np.zeros(len(left), dtype=np.int64)
    open_ones = np.flatnonzero(left > 0)
    while len(open_ones):
        likely = int(left[open_ones].max() / pace.mean()) + 8
        block = max(1, min(likely, DRAWN_AT_ONCE // len(open_ones)))
        drawn = np.cumsum(generator.choice(pace, size=(len(open_ones), block)), axis=1)
        reached = drawn >= left[open_ones, None]
        ended = reached.any(axis=1)
        taken[open_ones] += np.where(ended, reached.argmax(axis=1) + 1, block)
        left[open_ones] -= drawn[:, -1]
        open_ones = open_ones[~ended]
    return np.sort(taken)


def how_many(
    days: int, daily: Sequence[int], *, generator: np.random.Generator, trials: int = 10_000
) -> NDArray[np.int64]:
    """Items done within `days`, one number a trial in ascending order, drawn as in `when_done`.

    With certainty 0.85 at least `numpy.quantile(result, 0.15)` are done.

    >>> how_many(5, [2], generator=np.random.default_rng(1), trials=2).tolist()
    [10, 10]
    """
    pace = _pace(daily)
    within("the number of days", days, low=0, high=LONGEST)
    size = _trials(trials)
    total = np.zeros(size, dtype=np.int64)
    for _ in range(int(days)):  # by day, so that memory does not grow with the length of the forecast
        total += generator.choice(pace, size=size)
    return np.sort(total)


def _trials(trials: int) -> int:
    return int(within("the number of trials", trials, low=1, high=1_000_000))


def _daily(days: Days, first: int, count: int) -> Days:
    inside = days[(days >= first) & (days < first + count)] - first
    return np.bincount(inside, minlength=count).astype(np.int64)


def _window(first: int, last: int) -> None:
    if last < first:
        raise EngineError(f"the window ends on day {last}, before its first day {first}", remedy="Swap the two days.")


def _items(items: Sequence[Item]) -> None:
    unique("items", (item.id for item in items))
    for item in items:
        if item.done is not None and (item.begun is None or item.done < item.begun):
            begun = "never begun" if item.begun is None else f"begun on day {item.begun}"
            raise EngineError(
                f"item {item.id!r} was done on day {item.done} but {begun}",
                culprits=(item.id,),
                remedy="Correct one of the two days.",
            )


def _pace(daily: Sequence[int]) -> Days:
    pace = np.asarray(daily)
    if pace.ndim != 1 or not len(pace) or not np.issubdtype(pace.dtype, np.integer) or (pace < 0).any():
        raise EngineError(
            "the throughput is not a list of item counts", remedy="Give whole numbers of at least 0, one a day."
        )
    return pace.astype(np.int64)
