"""What a simulation found, in plain values and NumPy arrays.

Instants are minutes since 1970-01-01, work and durations minutes of work, shares from 0 to 1. Whatever is asked of a
result later (another percentile, a joint probability) is answered from the finish and the cost of every iteration,
which are part of it; of single tasks only counts are kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import whole, within
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import TaskId
from quarterdeck.engine.simulation.correlation import Repair
from quarterdeck.engine.simulation.model import RiskId

Floats: TypeAlias = NDArray[np.float64]

#: Batches by which it is judged whether there were iterations enough.
BATCHES: Final = 20


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and bounds that hold what is estimated with this confidence."""

    value: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """One quantity of the whole over all iterations, in their order; `values` must not be written to."""

    values: Floats

    @cached_property
    def rising(self) -> Floats:
        """The values in rising order."""
        return np.sort(self.values)

    @property
    def mean(self) -> float:
        """The mean."""
        return float(self.values.mean())

    @property
    def deviation(self) -> float:
        """The standard deviation (of a sample); nil for a single iteration."""
        return float(self.values.std(ddof=1)) if len(self.values) > 1 else 0.0

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return self.deviation / float(np.sqrt(len(self.values)))

    @property
    def least(self) -> float:
        """The least value."""
        return float(self.rising[0])

    @property
    def most(self) -> float:
        """The greatest value."""
        return float(self.rising[-1])

    def percentile(self, share: float) -> float:
        """Return the value that is not exceeded with this probability, linear between neighbours (Hyndman & Fan 7)."""
        return float(np.quantile(self.rising, within("the share", share, low=0, high=1)))

    def confidence(self, value: float) -> float:
        """Return the probability that a value is not exceeded."""
        return float(np.searchsorted(self.rising, value, side="right")) / len(self.values)

    def histogram(self, bins: int = 40) -> tuple[Floats, NDArray[np.int64]]:
        """Return the edges of bins of one width, and how many iterations fall into each."""
        counts, edges = np.histogram(self.values, bins=whole("the number of bins", bins, 1, 10_000))
        return edges, counts

    def curve(self, points: int = 101) -> tuple[Floats, Floats]:
        """Return an S-curve: shares from 0 to 1 and the values that are not exceeded with them."""
        shares = np.linspace(0.0, 1.0, whole("the number of points", points, 2, 100_000))
        return shares, np.quantile(self.rising, shares)

    def interval(self, share: float, *, confidence: float = 0.95) -> Interval:
        """Return a percentile and how well it is known: a t interval over 20 batches of iterations.

        Law & Kelton, "Simulation Modeling and Analysis". With fewer than 20 iterations for each batch the bounds are
        least and most.
        """
        from scipy.special import stdtrit

        value = self.percentile(share)
        level = within("the confidence", confidence, low=0, high=0.999_999)
        size = len(self.values) // BATCHES
        if size < BATCHES:
            return Interval(value, self.least, self.most, level)
        batches = np.quantile(self.values[: size * BATCHES].reshape(BATCHES, size), share, axis=1)
        half = float(stdtrit(BATCHES - 1, (1 + level) / 2) * batches.std(ddof=1) / np.sqrt(BATCHES))
        return Interval(value, value - half, value + half, level)


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What became of one task.

    `criticality` is the share of iterations in which it was critical, `cruciality` the rank correlation of its duration
    with the finish (None where it always takes as long), `sensitivity` its schedule sensitivity index, criticality *
    deviation of its duration / deviation of the project's (None where that is nil). Finish and cost are by share; there
    are none where they were not counted.
    """

    task: TaskId
    criticality: float
    cruciality: float | None
    sensitivity: float | None
    duration: float
    duration_deviation: float
    finish: Mapping[float, int]
    finish_mean: int | None
    cost: Mapping[float, float]
    cost_mean: float | None
    cost_deviation: float | None


@dataclass(frozen=True, eq=False)
class TaskOutcomes:
    """What became of all tasks, in columns; those that are summaries, levels of effort or inactive are left out."""

    ids: tuple[TaskId, ...]
    criticality: Floats
    cruciality: Floats  # nil where the duration is certain
    sensitivity: Floats
    duration: Floats  # mean
    duration_deviation: Floats
    uncertain: NDArray[np.bool_]
    shares: tuple[float, ...]
    finish: NDArray[np.int64]  # [task, 1 + share]: mean, then by share; `cpm.NONE` where it was not counted
    cost: Mapping[TaskId, Floats]  # mean, deviation, then by share

    @cached_property
    def places(self) -> Mapping[TaskId, int]:
        """The place of each task in the columns."""
        return {each: place for place, each in enumerate(self.ids)}

    def __getitem__(self, task: TaskId) -> TaskOutcome:
        """Return one task. Raises `EngineError` for one that is not there."""
        try:
            place = self.places[task]
        except (KeyError, TypeError):
            raise EngineError(
                f"nothing was simulated of {task!r}", culprits=(task,), remedy="Name a task with work of its own."
            ) from None
        finish, cost = self.finish[place].tolist(), self.cost.get(task)
        counted = finish[0] != NONE
        varies = bool(self.uncertain[place])
        return TaskOutcome(
            task,
            float(self.criticality[place]),
            float(self.cruciality[place]) if varies else None,
            float(self.sensitivity[place]) if np.isfinite(self.sensitivity[place]) else None,
            float(self.duration[place]),
            float(self.duration_deviation[place]),
            dict(zip(self.shares, finish[1:], strict=True)) if counted else {},
            finish[0] if counted else None,
            {} if cost is None else dict(zip(self.shares, cost[2:].tolist(), strict=True)),
            None if cost is None else float(cost[0]),
            None if cost is None else float(cost[1]),
        )


@dataclass(frozen=True, slots=True)
class RiskOutcome:
    """What a risk did: how often it occurred, how closely it went with finish and cost, and what is saved without it.

    Both are rank correlations. For the finish iterations are ranked by whether the risk occurred, then by the minutes
    that it adds to its tasks (factors times what these take on average); for the cost, then by its loss, or where it
    has none by those minutes.

    Savings are means, and by share differences of percentiles, between all iterations and the same iterations in which
    the risk never occurs; work in minutes of work. They are empty where removing was not asked for.
    """

    risk: RiskId
    occurred: float
    finish_correlation: float | None
    cost_correlation: float | None
    work_saved: float | None
    work_saved_by_share: Mapping[float, float]
    cost_saved: float | None
    cost_saved_by_share: Mapping[float, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: what drives the outcome, and its rank correlation with it."""

    kind: Literal["duration", "cost", "rate", "risk"]
    id: Hashable
    correlation: float


@dataclass(frozen=True, slots=True)
class Contingency:
    """What to add to the plan to be this sure: minutes of work, the finish that this makes, and money."""

    share: float
    work: float
    finish: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class DueOutcome:
    """A date that a task should keep, and how often it does."""

    task: TaskId
    by: int
    kept: float


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """All that a simulation found.

    `finish` holds instants, `work` the minutes of work on the project's calendar from start to finish, `cost` money
    (None where nothing costs anything). `planned_*` are of the plan as it stands: durations as planned, nobody struck,
    the likely costs. `merge_bias` is how much later, in minutes of work, the plan ends on average than it does with
    every task as long as on average: what paths that meet cost beyond their own length.
    """

    iterations: int
    seed: int
    shares: tuple[float, ...]
    finish: Outcome
    work: Outcome
    cost: Outcome | None
    planned_finish: int
    planned_work: int
    planned_cost: float | None
    merge_bias: float
    tasks: TaskOutcomes
    risks: tuple[RiskOutcome, ...]
    due: tuple[DueOutcome, ...]
    finish_drivers: tuple[Bar, ...]
    cost_drivers: tuple[Bar, ...]
    repairs: tuple[Repair, ...]
    notices: tuple[str, ...]
    kept_finishes: Mapping[TaskId, NDArray[np.int64]] = field(default_factory=dict)
    kept_durations: Mapping[TaskId, NDArray[np.int64]] = field(default_factory=dict)

    def finish_at(self, share: float) -> int:
        """Return the instant by which the plan is done with this probability."""
        return round(self.finish.percentile(share))

    def contingency(self, share: float = 0.8) -> Contingency:
        """Return what the plan lacks to be kept with this probability; negative where it has more than it needs."""
        cost = None if self.cost is None else self.cost.percentile(share) - (self.planned_cost or 0.0)
        return Contingency(share, self.work.percentile(share) - self.planned_work, self.finish_at(share), cost)

    @property
    def plan_confidence(self) -> float:
        """The probability that the plan as it stands is kept: that it ends by its planned finish."""
        return self.finish.confidence(self.planned_finish)

    def joint(self, finish: float, cost: float) -> float:
        """Return the joint confidence level: the probability to be done by a finish and within a cost.

        NASA Cost Estimating Handbook (2015), appendix J. Raises `EngineError` where nothing costs anything.
        """
        money = self._money()
        return float(((self.finish.values <= finish) & (money.values <= cost)).mean())

    def frontier(self, share: float = 0.7, points: int = 25) -> list[tuple[int, float]]:
        """Return pairs of finish and least cost that together hold with this probability, from the soonest finish on.

        Raises `EngineError` where nothing costs anything.
        """
        money = self._money()
        level = within("the share", share, low=0, high=1)
        order = np.argsort(self.finish.values, kind="stable")
        finish, cost = self.finish.values[order], money.values[order]
        need = max(1, int(np.ceil(level * self.iterations - 1e-9)))
        found: list[tuple[int, float]] = []
        most = whole("the number of points", points, 1, 100_000)
        at = np.linspace(need, self.iterations, most).round().astype(np.int64)
        ends = np.unique(finish[at - 1])
        for end, count in zip(ends.tolist(), np.searchsorted(finish, ends, side="right").tolist(), strict=True):
            least = float(np.partition(cost[:count], need - 1)[need - 1])
            if not found or least < found[-1][1]:
                found.append((int(end), least))
        return found

    def scatter(self, points: int = 500) -> tuple[Floats, Floats]:
        """Return finishes and costs of iterations spread evenly over the run; raises as `joint`."""
        money = self._money()
        step = max(1, self.iterations // whole("the number of points", points, 1, 10_000_000))
        return self.finish.values[::step].copy(), money.values[::step].copy()

    def tornado(self, of: Literal["finish", "cost"] = "finish", top: int = 15) -> tuple[Bar, ...]:
        """Return what drives the finish or the cost most, by rank correlation without regard to sign."""
        return (self.finish_drivers if of == "finish" else self.cost_drivers)[:top]

    def risk(self, risk: RiskId) -> RiskOutcome:
        """Return one risk. Raises `EngineError` for one that is not there."""
        for each in self.risks:
            if each.risk == risk:
                return each
        raise EngineError(f"there is no risk {risk!r}", culprits=(risk,), remedy="Check the id.")

    def _money(self) -> Outcome:
        if self.cost is None:
            raise EngineError("nothing in this plan has a cost", remedy="Give tasks or risks a cost.")
        return self.cost


def correlation(sums: NDArray[np.int64], grade: NDArray[np.int64], products: int) -> Floats:
    """Return the correlation of grades with another, from their sums; nil where either never varies.

    `sums` is [driver, 4] of the kernels, `grade` the other by iteration, `products` the column with the products.

    >>> found = correlation(np.array([[6, 14, 16, 0]]), np.array([0, 2, 4]), 2)
    >>> found.round(6).tolist()
    [1.0]
    """
    count = len(grade)
    one, square = sums[:, 0].astype(np.float64), sums[:, 1].astype(np.float64)
    other = float(grade.sum())
    spread = (square - one**2 / count) * (float((grade**2).sum()) - other**2 / count)
    covered = sums[:, products] - one * other / count
    found: Floats = np.divide(covered, np.sqrt(np.maximum(spread, 0)), out=np.zeros(len(sums)), where=spread > 1e-6)
    return np.clip(found, -1.0, 1.0)
