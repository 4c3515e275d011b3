"""Iterations by the block, on as many threads as wanted; the same whatever their number."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.simulation.ground import LONGEST
from quarterdeck.engine.simulation.laying import Laid, room

if TYPE_CHECKING:
    from quarterdeck.engine.simulation.kernels.blocks import Found, Measures, Survey, Totals
    from quarterdeck.engine.simulation.kernels.tally import Gauge, Sums

Rows: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

#: Blocks that are looked at before anything is counted: 512 iterations.
SURVEYED: Final = 8
#: Pieces of work for each thread, so that none waits long for another.
PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class Counted:
    """What came out, iteration by iteration for the whole, counted for the rest."""

    finish: Rows  # counted from the origin
    cost: Floats
    sums: Sums
    measures: Measures


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs iterations of a simulation."""

    laid: Laid
    iterations: int
    threads: int

    @property
    def blocks(self) -> int:
        """How many blocks the iterations make; the last may not be full."""
        from quarterdeck.engine.simulation.kernels.draws import LANES

        return -(-self.iterations // LANES)

    def spread(self, what: int, found: Callable[[], Found], *, without: int = -1) -> None:
        """Share the blocks out to threads, a few at a time to whoever is free; each has room and findings of its own.

        `what` is one of the tasks of `kernels.blocks.run`.
        """
        from quarterdeck.engine.simulation.kernels.blocks import run

        threads = min(self.threads, self.blocks)
        size = max(1, self.blocks // (threads * PIECES))
        pieces = itertools.count(0, size)  # handing out is one step of the interpreter

        def labour() -> None:
            own, into = room(self.laid), found()
            while (first := next(pieces)) < self.blocks:
                run(self.laid.model, own, (first, min(first + size, self.blocks)), (what, without), into)

        if threads == 1:
            labour()
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(labour) for _ in range(threads)]:
                done.result()

    def nothing(self) -> Found:
        """Return room for the finish and the cost of every iteration, and for nothing else."""
        from quarterdeck.engine.simulation.kernels.blocks import Found, Kept, Survey, Totals

        none, pairs, rows = np.empty(0, np.int32), np.empty((0, 2)), np.empty((0, 0), np.int32)
        first = Survey(none, pairs, none, pairs, pairs, none, rows)
        totals = Totals(np.zeros(self.iterations, np.int32), np.zeros(self.iterations))
        measures = self.measures(first, totals, (none, none), 0)
        return Found(totals, first, measures, sums_of(measures, 0, 0), Kept(none, rows, rows))

    def survey(self, watched: Rows) -> Found:
        """Look at the first iterations."""
        from quarterdeck.engine.simulation.kernels.blocks import SURVEY, Survey
        from quarterdeck.engine.simulation.kernels.draws import LANES

        laid, nodes = self.laid, self.laid.uncertain[self.laid.ranked]
        first = Runner(laid, min(self.iterations, SURVEYED * LANES), 1)
        ranges = [
            np.tile([np.inf, -np.inf], (count, 1))
            for count in (len(laid.uncertain), len(watched), len(laid.model.costs.node))
        ]
        seen = np.zeros((len(nodes), first.iterations), np.int32)
        survey = Survey(laid.uncertain, ranges[0], watched, ranges[1], ranges[2], nodes, seen)
        found = first.nothing()._replace(survey=survey)
        first.spread(SURVEY, lambda: found)
        seen.sort(axis=1)
        return found

    def counted(self, watched: Rows, due: tuple[Rows, Rows]) -> Counted:
        """Run all iterations and count. Of `watched` nodes the finish is counted; `due` are nodes and dates to keep."""
        from quarterdeck.engine.simulation.kernels.blocks import COUNTS

        first = self.survey(watched)
        measures = self.measures(first.survey, first.totals, due, len(self.laid.unknowns.threats))
        all_in = self.nothing()._replace(measures=measures)
        parts = [sums_of(measures, self.laid.ground.count, self.laid.drivers)]

        def begin() -> Found:
            parts.append(sums_of(measures, self.laid.ground.count, self.laid.drivers))
            return all_in._replace(sums=parts[-1])

        self.spread(COUNTS, begin)
        whole = type(parts[0])(*(sum(each) for each in zip(*parts, strict=True)))
        totals = all_in.totals
        return Counted(totals.finish, totals.cost + self.laid.unknowns.responses, whole, measures)

    def measures(self, survey: Survey, first: Totals, due: tuple[Rows, Rows], risks: int) -> Measures:
        """Return how to count what a survey showed."""
        from quarterdeck.engine.simulation.kernels.blocks import Measures
        from quarterdeck.engine.simulation.kernels.tally import Drivers, Due

        laid = self.laid
        threats = laid.unknowns.threats[:risks]
        grade = len(laid.uncertain) + len(laid.priced)
        drivers = Drivers(
            ranked=survey.ranked,
            ranked_grade=laid.ranked[: len(survey.ranked)],
            seen=survey.seen,
            risk_occurs=np.array([threat.occurs for threat in threats], np.int32),
            risk_chance=np.array([threat.risk.probability for threat in threats], np.float32),
            risk_impact=laid.severity[:risks],
            risk_grade=np.arange(grade, grade + risks, dtype=np.int32),
            finish_seen=np.sort(first.finish.astype(np.float64)),
            cost_seen=np.sort(first.cost),
        )
        return Measures(
            gauge(survey.uncertain, survey.duration, True),
            gauge(survey.watched, survey.finish, True),
            gauge(np.arange(len(survey.cost), dtype=np.int32), survey.cost, False),
            Due(*due),
            drivers,
        )

    def without(self, row: int) -> Totals:
        """Run all iterations again with a risk that never occurs, all else being drawn as it was."""
        from quarterdeck.engine.simulation.kernels.blocks import TOTALS

        found = self.nothing()
        self.spread(TOTALS, lambda: found, without=row)
        found.totals.cost[:] += self.laid.unknowns.responses
        return found.totals

    def kept(self, nodes: Rows) -> tuple[Rows, Rows]:
        """Run all iterations again and return finishes and durations of some nodes, [node, iteration]."""
        from quarterdeck.engine.simulation.kernels import blocks

        finish = np.zeros((len(nodes), self.iterations), np.int32)
        found = self.nothing()._replace(kept=blocks.Kept(nodes, finish, np.zeros_like(finish)))
        self.spread(blocks.KEPT, lambda: found)
        return found.kept.finish, found.kept.duration

    def once(self, nodes: Rows, durations: Floats) -> tuple[int, Rows]:
        """Return the finish of the plan with these durations of some nodes, others as planned, and all durations.

        Nobody is struck or left out, and the weather is fine.
        """
        from quarterdeck.engine.simulation.kernels.blocks import ONCE, run

        own, model = room(self.laid), self.laid.model
        own.dates.duration[nodes] = np.rint(np.clip(durations, 0, LONGEST)).astype(np.int32)[:, np.newaxis]
        fine = model.logic.weather._replace(pace=np.ones_like(model.logic.weather.pace))
        model = model._replace(logic=model.logic._replace(weather=fine))
        run(model, own, (0, 0), (ONCE, -1), self.nothing())
        return int(own.dates.total[0]), own.dates.duration[:, 0].copy()


def sums_of(measures: Measures, nodes: int, drivers: int) -> Sums:
    """Return sums of nothing yet, for what is counted of so many nodes and drivers."""
    from quarterdeck.engine.simulation.kernels.tally import BINS, Sums

    durations, finishes, costs = (len(each.row) for each in (measures.durations, measures.finishes, measures.costs))
    return Sums(
        np.zeros(nodes, np.int64),
        np.zeros((durations, 2), np.int64),
        np.zeros((finishes, 2), np.int64),
        np.zeros((finishes, BINS), np.uint32),
        np.zeros((costs, 2), np.int64),
        np.zeros((costs, BINS), np.uint32),
        np.zeros(len(measures.due.node), np.int64),
        np.zeros(len(measures.drivers.risk_occurs), np.int64),
        np.zeros((drivers, 4), np.int64),
    )


def gauge(rows: Rows, ranges: Floats, whole: bool) -> Gauge:
    """Return how to count quantities between what was seen and a quarter of that more on either side.

    >>> found = gauge(np.zeros(1, np.int32), np.array([[100.0, 900.0]]), True)
    >>> found.low.tolist(), found.tick.tolist(), found.fold.tolist()
    ([-101.0], [1.0], [3])
    """
    from quarterdeck.engine.simulation.kernels.tally import BINS, TICKS, Gauge

    low, high = ranges[:, 0], ranges[:, 1]
    more = (high - low) / 4 + (1 if whole else 0)
    low, width = low - more, high - low + 2 * more
    if whole:
        low = np.floor(low)
        tick = np.maximum(1.0, np.ceil(width / (TICKS - 1)))
    else:
        tick = np.where(width > 0, width / (TICKS - 1), 1.0)
    bins = np.maximum(width / tick + 1, 1.0)
    fold = np.maximum(0, np.ceil(np.log2(bins / BINS))).astype(np.int32)
    return Gauge(rows, low, tick, fold)


def cores() -> int:
    """Return how many processors this process may use.

    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
