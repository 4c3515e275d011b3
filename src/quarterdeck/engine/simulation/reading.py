"""How the findings of a simulation are read off what was counted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.network import TaskId
from quarterdeck.engine.simulation._laying import Laid
from quarterdeck.engine.simulation._prepare import RATE_OF
from quarterdeck.engine.simulation._running import Counted, Runner
from quarterdeck.engine.simulation.ground import Ground
from quarterdeck.engine.simulation.result import (
    Bar,
    DueOutcome,
    Outcome,
    RiskOutcome,
    SimulationResult,
    TaskOutcomes,
    correlation,
)

if TYPE_CHECKING:
    from quarterdeck.engine.simulation.kernels.tally import Gauge

Floats: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.int32]


#: Drivers that are shown, of finish and of cost.
SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """How a simulation is to be run."""

    iterations: int
    seed: int
    threads: int
    shares: tuple[float, ...]
    removing: bool
    planned_cost: float | None


@dataclass(frozen=True, eq=False)
class Reading:
    """Everything that is read off what a run counted."""

    ask: Asked
    runner: Runner
    counted: Counted

    @property
    def laid(self) -> Laid:
        """The simulation that was run."""
        return self.runner.laid

    @property
    def ground(self) -> Ground:
        """Its plan."""
        return self.laid.ground

    @cached_property
    def work(self) -> Floats:
        """Minutes of work from start to finish in every iteration."""
        return self.work_of(self.counted.finish)

    def work_of(self, finishes: Rows) -> Floats:
        """Return finishes, counted from the origin, as minutes of work on the project's calendar."""
        ground = self.ground
        if not ground.several and ground.calendar == ground.plan.project_place:
            return finishes.astype(np.float64)
        return ground.work(ground.ends(finishes)).astype(np.float64)

    def result(self, keep: Mapping[TaskId, int]) -> SimulationResult:
        """Return all findings; the dates of the nodes in `keep` by iteration."""
        ask, laid, ground = self.ask, self.laid, self.ground
        cost = None if laid.priceless else Outcome(_frozen(self.counted.cost))
        planned, lasting = self.runner.once(np.empty(0, np.int32), np.empty(0))
        average, _ = self.runner.once(laid.uncertain, self.durations[0])
        work = Outcome(_frozen(self.work))
        planned_work = self.work_of(np.array([planned], np.int32))
        drivers = self.drivers
        finishes, durations = self.kept(keep)
        return SimulationResult(
            iterations=ask.iterations,
            seed=ask.seed,
            shares=ask.shares,
            finish=Outcome(_frozen(ground.ends(self.counted.finish).astype(np.float64))),
            work=work,
            cost=cost,
            planned_finish=int(ground.ends(np.array([planned], np.int32))[0]),
            planned_work=int(planned_work[0]),
            planned_cost=None if cost is None else self.planned_cost(lasting),
            merge_bias=work.mean - float(self.work_of(np.array([average], np.int32))[0]),
            tasks=self.tasks(drivers[0], work.deviation),
            risks=self.risks(drivers),
            due=self.due(),
            finish_drivers=self.bars(drivers[0]),
            cost_drivers=() if cost is None else self.bars(drivers[1]),
            repairs=laid.repairs,
            notices=(*laid.unknowns.notices, *laid.notices, *(f"{each}." for each in laid.repairs)),
            kept_finishes=finishes,
            kept_durations=durations,
        )

    # -- the whole

    def planned_cost(self, lasting: Rows) -> float:
        """Return the likely cost of the plan as it stands, `lasting` being how long everything in it takes."""
        if self.ask.planned_cost is not None:
            return self.ask.planned_cost
        unknowns, likely = self.laid.unknowns, self.laid.shapes.likely
        total = unknowns.responses
        for price in unknowns.prices:
            amount = price.amount if price.amount_draw < 0 else float(likely[price.amount_draw])
            rate = price.rate if price.rate_draw < 0 else float(likely[price.rate_draw])
            total += amount + (rate * float(lasting[price.place]) if price.place >= 0 else 0.0)
        return total

    @cached_property
    def drivers(self) -> tuple[Floats, Floats]:
        """The rank correlations of all drivers with the finish, and with the cost."""
        seen, sums = self.counted.measures.drivers, self.counted.sums.driver
        finish = grades(self.counted.finish, seen.finish_seen)
        cost = grades(self.counted.cost - self.laid.unknowns.responses, seen.cost_seen)
        by_finish, by_cost = correlation(sums, finish, 2), correlation(sums, cost, 3)
        risks = len(self.laid.unknowns.threats)
        alike = len(sums) - 2 * risks
        return by_finish[: alike + risks], np.concatenate([by_cost[:alike], by_cost[alike + risks :]])

    def bars(self, found: Floats) -> tuple[Bar, ...]:
        """Return the drivers that matter most, the strongest first."""
        order = np.argsort(-np.abs(found), kind="stable")[:SHOWN]
        return tuple(Bar(*self.driver(place), float(found[place])) for place in order.tolist() if found[place] != 0)

    def driver(self, place: int) -> tuple[Any, Hashable]:
        """Return what a driver is, and the id of what it belongs to."""
        laid, unknowns = self.laid, self.laid.unknowns
        if place < len(laid.uncertain):
            return "duration", self.ground.ids[laid.uncertain[place]]
        place -= len(laid.uncertain)
        if place < len(laid.priced):
            draw = laid.priced[place]
            is_rate = unknowns.guesses.what[draw] == RATE_OF
            return "rate" if is_rate else "cost", unknowns.guesses.key[draw]
        return "risk", unknowns.threats[place - len(laid.priced)].risk.id

    # -- tasks

    @cached_property
    def durations(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the durations of uncertain nodes.

        Those of a task that is one draw are those of its distribution, in whole minutes; others were counted.
        """
        laid, measures = self.laid, self.counted.measures
        draws = np.array([laid.unknowns.drawn.get(node, -1) for node in laid.uncertain.tolist()], np.int64)
        one = draws >= 0
        mean, deviation = self.ground.extra[laid.uncertain].astype(np.float64), np.zeros(len(draws))
        mean[one] += laid.shapes.mean[draws[one]]
        deviation[one] = laid.shapes.deviation[draws[one]]
        mean[laid.ranked], deviation[laid.ranked] = moments(
            self.counted.sums.duration, measures.durations, self.ask.iterations, whole=True
        )
        return mean, deviation

    def tasks(self, found: Floats, deviation: float) -> TaskOutcomes:
        """Return what became of single tasks."""
        laid, ground, sums, count = self.laid, self.ground, self.counted.sums, self.ask.iterations
        plan = ground.plan
        rows = np.flatnonzero(plan.node >= 0)
        node = plan.node[rows]
        cruciality, mean, spread = np.zeros(ground.count), plan.net.span.astype(np.float64), np.zeros(ground.count)
        uncertain = np.zeros(ground.count, bool)
        cruciality[laid.uncertain] = found[: len(laid.uncertain)]
        mean[laid.uncertain], spread[laid.uncertain] = self.durations
        uncertain[laid.uncertain] = spread[laid.uncertain] > 0
        criticality = sums.critical / count
        sensitivity = criticality * spread / deviation if deviation > 0 else np.full(ground.count, np.nan)
        ids = ground.ids
        return TaskOutcomes(
            tuple([ids[each] for each in node.tolist()]),
            criticality[node],
            cruciality[node],
            sensitivity[node],
            mean[node],
            spread[node],
            uncertain[node],
            self.ask.shares,
            self.finishes()[node],
            self.costs(),
        )

    def finishes(self) -> NDArray[np.int64]:
        """Return by node mean and percentiles of the finishes that were counted, as instants."""
        ground, sums, gauge = self.ground, self.counted.sums, self.counted.measures.finishes
        counted = np.empty((len(gauge.row), 1 + len(self.ask.shares)))
        counted[:, 0] = sums.finish / self.ask.iterations
        counted[:, 1:] = from_bins(sums.finish_bins, gauge.low, gauge.step, self.ask.shares, whole=True)
        found = np.full((ground.count, counted.shape[1]), NONE, np.int64)
        found[gauge.row] = ground.instants_of(gauge.row, counted)
        return found

    def costs(self) -> dict[TaskId, Floats]:
        """Return mean, standard deviation and percentiles of the costs of tasks."""
        from quarterdeck.engine.simulation.kernels.tally import BINS, TICKS

        sums, gauge, prices = self.counted.sums, self.counted.measures.costs, self.laid.unknowns.prices
        mean, deviation = moments(sums.cost, gauge, self.ask.iterations, whole=False)
        by_share = from_bins(sums.cost_bins, gauge.low, gauge.step * (TICKS // BINS), self.ask.shares, whole=False)
        found = np.column_stack([mean, deviation, by_share])
        return {price.task: row for price, row in zip(prices, found, strict=True)}

    def due(self) -> tuple[DueOutcome, ...]:
        """Return how often dates are kept."""
        kept = (self.counted.sums.kept / self.ask.iterations).tolist()
        return tuple(
            DueOutcome(task, by, share) for (task, by), share in zip(self.ground.due.items(), kept, strict=True)
        )

    def kept(self, keep: Mapping[TaskId, int]) -> tuple[dict[TaskId, Any], dict[TaskId, Any]]:
        """Return finishes as instants, and durations, of some tasks by iteration."""
        if not keep:
            return {}, {}
        nodes = np.array(list(keep.values()), np.int32)
        finish, duration = self.runner.kept(nodes)
        instants = self.ground.instants_of(nodes, finish)
        return dict(zip(keep, map(_frozen, instants), strict=True)), dict(
            zip(keep, map(_frozen, duration), strict=True)
        )

    # -- risks

    def risks(self, drivers: tuple[Floats, Floats]) -> tuple[RiskOutcome, ...]:
        """Return what risks did and, where asked for, what is saved without each."""
        laid = self.laid
        begin = len(laid.uncertain) + len(laid.priced)
        return tuple(
            self.risk(place, drivers[0][begin + place], drivers[1][begin + place])
            for place in range(len(laid.unknowns.threats))
        )

    def risk(self, place: int, finish: float, cost: float) -> RiskOutcome:
        """Return what one risk did."""
        threat, shares = self.laid.unknowns.threats[place], self.ask.shares
        varies, priced = threat.risk.probability > 0, not self.laid.priceless
        saved: list[tuple[float | None, dict[float, float]]] = [(None, {}), (None, {})]
        if self.ask.removing:
            without = self.runner.without(threat.occurs)
            outcomes = [(self.work, self.work_of(without.finish))]
            outcomes += [(self.counted.cost, without.cost)] if priced else []
            for number, (all_in, less) in enumerate(outcomes):
                by_share = np.quantile(all_in, shares) - np.quantile(less, shares)
                saved[number] = float(all_in.mean() - less.mean()), dict(zip(shares, by_share.tolist(), strict=True))
        return RiskOutcome(
            threat.risk.id,
            float(self.counted.sums.occurred[place] / self.ask.iterations),
            float(finish) if varies else None,
            float(cost) if varies and priced else None,
            *saved[0],
            *saved[1],
        )


def grades(values: NDArray[Any], seen: Floats) -> NDArray[np.int64]:
    """Return the grades of values among rising ones, as `kernels.tally.grade_of` does.

    >>> grades(np.array([0, 5, 9]), np.array([1.0, 5.0])).tolist()
    [0, 3072, 4096]
    """
    from quarterdeck.engine.simulation.kernels.draws import FULL

    sides = np.searchsorted(seen, values, side="left") + np.searchsorted(seen, values, side="right")
    found: NDArray[np.int64] = sides * FULL // (2 * len(seen))
    return found


def moments(sums: NDArray[np.int64], gauge: Gauge, count: int, *, whole: bool) -> tuple[Floats, Floats]:
    """Return means and standard deviations from sums of ticks and their squares.

    >>> from quarterdeck.engine.simulation._running import gauge
    >>> counted = gauge(np.zeros(1, np.int32), np.array([[10.0, 12.0]]), 9, whole=True)
    >>> [each.tolist() for each in moments(np.array([[12, 50, 0]]), counted, 3, whole=True)]
    [[11.0], [1.0]]
    """
    one, square = sums[:, 0].astype(np.float64), sums[:, 1] + sums[:, 2] * 2.0**32
    spread = np.maximum(square - one**2 / count, 0.0) / max(count - 1, 1)
    exact = (gauge.step == 1) & whole
    return gauge.low + (one / count + np.where(exact, 0.0, 0.5)) * gauge.step, np.sqrt(spread) * gauge.step


def from_bins(bins: NDArray[Any], low: Floats, width: Floats, shares: tuple[float, ...], *, whole: bool) -> Floats:
    """Return percentiles from counts by bins, [row, share]; linear within a bin.

    Exact where a bin holds one whole number; else right to a part of a bin.

    >>> bins = np.zeros((1, 128), np.int64)
    >>> bins[0, [2, 5]] = 3, 1
    >>> from_bins(bins, np.array([10.0]), np.array([1.0]), (0.5, 0.8), whole=True).tolist()
    [[12.0, 15.0]]
    """
    from quarterdeck.engine.simulation.kernels.tally import percentiles

    place, part = np.empty((len(bins), len(shares)), np.int64), np.empty((len(bins), len(shares)))
    percentiles(bins.astype(np.uint32), np.array(shares, np.float64), place, part)
    low, width = low[:, np.newaxis], width[:, np.newaxis]
    value = low + (place + part) * width
    return np.where(width == 1, low + place, value - 0.5) if whole else value


def _frozen(values: NDArray[Any]) -> NDArray[Any]:
    values.flags.writeable = False
    return values
