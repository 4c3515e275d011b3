"""Iterations by the block, on as many threads as wanted; the same whatever their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.simulation._laying import Laid, room
from quarterdeck.engine.simulation.model import LONGEST

if TYPE_CHECKING:
    from quarterdeck.engine.simulation.kernels.blocks import Found, Measures, Survey, Totals
    from quarterdeck.engine.simulation.kernels.tally import Gauge, Sums

Rows: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

#: Blocks that are looked at before anything is counted: 512 iterations.
SURVEYED: Final = 8
#: The most blocks in a piece of work: bins hold 16 bits.
LONGEST_PIECE: Final = 1_000
FULL_BIN: Final = 65_535


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

    def spread(
        self,
        what: int,
        found: Callable[[], Found],
        *,
        without: int = -1,
        after: Callable[[Found], None] | None = None,
    ) -> None:
        """Share the blocks out to threads, a few at a time to whoever is free; each has room and findings of its own.

        `what` is one of the tasks of `kernels.blocks.run`; `after` is done with the findings behind each piece.
        """
        from quarterdeck.engine.simulation.kernels.blocks import run

        threads = min(self.threads, self.blocks)
        handed = pieces(self.blocks, threads)  # handing out is one step of the interpreter

        def labour() -> None:
            own, into = room(self.laid), found()
            for piece in handed:
                run(self.laid.model, own, piece, (what, without), into)
                if after is not None:
                    after(into)

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
        first = Survey(none, pairs, pairs, none, rows)
        totals = Totals(np.zeros(self.iterations, np.int32), np.zeros(self.iterations))
        measures = self.measures(first, totals, (none, none), 0)
        return Found(totals, first, measures, sums_of(measures, 0, 0), Kept(none, rows, rows))

    def survey(self, watched: Rows) -> Found:
        """Look at the first iterations."""
        from quarterdeck.engine.simulation.kernels.blocks import SURVEY, Survey
        from quarterdeck.engine.simulation.kernels.draws import LANES

        laid, nodes = self.laid, self.laid.uncertain[self.laid.ranked]
        first = Runner(laid, min(self.iterations, SURVEYED * LANES), self.threads)
        seen = np.zeros((len(nodes), first.iterations), np.int32)
        all_in, parts = first.nothing(), []

        def begin() -> Found:
            ranges = [np.tile([np.inf, -np.inf], (count, 1)) for count in (len(watched), len(laid.model.costs.node))]
            parts.append(ranges)
            return all_in._replace(survey=Survey(watched, ranges[0], ranges[1], nodes, seen))

        first.spread(SURVEY, begin)
        seen.sort(axis=1)
        finish, cost = (
            np.stack([np.min([each[:, 0] for each in of], axis=0), np.max([each[:, 1] for each in of], axis=0)], axis=1)
            for of in zip(*parts, strict=True)
        )
        return all_in._replace(survey=Survey(watched, finish, cost, nodes, seen))

    def counted(self, watched: Rows, due: tuple[Rows, Rows]) -> Counted:
        """Run all iterations and count. Of `watched` nodes the finish is counted; `due` are nodes and dates to keep."""
        from quarterdeck.engine.simulation.kernels.blocks import COUNTS

        first = self.survey(watched)
        measures = self.measures(first.survey, first.totals, due, len(self.laid.unknowns.threats))
        all_in = self.nothing()._replace(measures=measures)
        parts: list[Sums] = []
        many_iterations = self.iterations > FULL_BIN
        wide: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}  # bins emptied, by thread

        def begin() -> Found:
            sums = sums_of(measures, self.laid.ground.count, self.laid.drivers)
            parts.append(sums)
            if many_iterations:
                wide[id(sums)] = np.zeros(sums.finish_bins.shape, np.int64), np.zeros(sums.cost_bins.shape, np.int64)
            return all_in._replace(sums=sums)

        def emptied(found: Found) -> None:
            for number, few in enumerate((found.sums.finish_bins, found.sums.cost_bins)):
                wide[id(found.sums)][number][:] += few
                few[:] = 0

        self.spread(COUNTS, begin, after=emptied if many_iterations else None)
        totals, costs = all_in.totals, all_in.totals.cost + self.laid.unknowns.responses
        whole = {name: sum(getattr(part, name) for part in parts) for name in parts[0]._fields}
        for number, name in enumerate(("finish_bins", "cost_bins")):
            whole[name] = sum((each[number] for each in wide.values()), whole[name])
        return Counted(totals.finish, costs, type(parts[0])(**whole), measures)

    def measures(self, survey: Survey, first: Totals, due: tuple[Rows, Rows], risks: int) -> Measures:
        """Return how to count what a survey showed."""
        from quarterdeck.engine.simulation.kernels.blocks import Measures
        from quarterdeck.engine.simulation.kernels.tally import BINS, TICKS, Drivers, Due

        laid = self.laid
        threats = laid.unknowns.threats[:risks] * 2  # for the finish, then for the cost
        grade = len(laid.uncertain) + len(laid.priced)
        drivers = Drivers(
            ranked=survey.ranked,
            ranked_grade=laid.ranked[: len(survey.ranked)],
            seen=survey.seen,
            risk_occurs=np.array([threat.occurs for threat in threats], np.int32),
            risk_chance=np.array([threat.risk.probability for threat in threats], np.float32),
            impacts=laid.impacts,
            risk_grade=np.arange(grade, grade + len(threats), dtype=np.int32),
            finish_seen=np.sort(first.finish.astype(np.float64)),
            cost_seen=np.sort(first.cost),
        )
        ranked = np.stack([survey.seen.min(axis=1, initial=2**31 - 1), survey.seen.max(axis=1, initial=0)], axis=1)
        return Measures(
            gauge(survey.ranked, ranked.astype(np.float64), TICKS, whole=True),
            gauge(survey.watched, survey.finish, BINS, whole=True),
            gauge(np.arange(len(survey.cost), dtype=np.int32), survey.cost, TICKS, whole=False, most=laid.dearest),
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


def pieces(blocks: int, threads: int) -> Iterator[tuple[int, int]]:
    """Return blocks in pieces, first and last plus one of each: ever smaller, so that no thread waits long.

    >>> list(pieces(10, 2))
    [(0, 2), (2, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 10)]
    """
    found, first = [], 0
    while first < blocks:
        last = first + max(1, min((blocks - first) // (2 * threads), LONGEST_PIECE))
        found.append((first, last))
        first = last
    return iter(found)


def sums_of(measures: Measures, nodes: int, drivers: int) -> Sums:
    """Return sums of nothing yet, for what is counted of so many nodes and drivers."""
    from quarterdeck.engine.simulation.kernels.tally import BINS, Sums

    durations, finishes, costs = (len(each.row) for each in (measures.durations, measures.finishes, measures.costs))
    return Sums(
        np.zeros(nodes, np.int64),
        np.zeros((durations, 3), np.int64),
        np.zeros(finishes, np.int64),
        np.zeros((finishes, BINS), np.uint16),
        np.zeros((costs, 3), np.int64),
        np.zeros((costs, BINS), np.uint16),
        np.zeros(len(measures.due.node), np.int64),
        np.zeros(len(measures.drivers.risk_occurs), np.int64),
        np.zeros((drivers, 4), np.int64),
    )


def gauge(rows: Rows, ranges: Floats, steps: int, *, whole: bool, most: Floats | None = None) -> Gauge:
    """Return how to count quantities between what was seen and a quarter of that more on either side.

    Whole numbers that need no more steps than there are get one each. Others that did not differ get steps of which so
    many as are counted reach from the one end of what there may be, `most`, to the other; what was seen is the middle
    of the first.

    >>> found = gauge(np.zeros(1, np.int32), np.array([[100.0, 140.0]]), 128, whole=True)
    >>> found.low.tolist(), found.step.tolist()
    ([57.0], [1.0])
    """
    from quarterdeck.engine.simulation.kernels.tally import FARTHEST, Gauge

    low, high = ranges[:, 0], ranges[:, 1]
    room = (high - low) * 1.5
    if whole:
        exact = room + 1 <= steps
        step = np.where(exact, 1.0, room / (steps - 1))
        low = np.where(exact, low - (steps - 1 - (high - low)) // 2, np.floor(low - room / 6))
    else:
        wide = np.zeros(len(low)) if most is None else 2 * most[: len(low)] / FARTHEST
        step = np.where(room > 0, room / (steps - 1), np.where(wide > 0, wide, 1.0))
        low = np.where(room > 0, low - room / 6, low - step / 2)
    return Gauge(rows, low, step)


def cores() -> int:
    """Return how many processors this process may use.

    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
