"""A baseline against its progress at one instant, at every level of the breakdown, and through time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Any, TypeVar, cast

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm.baseline import CENT, HOUR, Baseline
from quarterdeck.engine.evm.forecasts import CostForecast, TimeForecast, cost_forecasts, time_forecasts
from quarterdeck.engine.evm.measures import Measures, TimeMeasures, adherence
from quarterdeck.engine.evm.work import Progress, WorkId

Node = TypeVar("Node", bound=Hashable)

NONE = Measures(bac=0, pv=0, ev=0, ac=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where the work stands at an instant.

    `time` is in working minutes on the baseline's calendar; `earned_schedule` and `finishes` are instants, to the step,
    None where the calendar ends before.
    """

    at: int
    total: Measures
    time: TimeMeasures
    earned_schedule: int | None
    p_factor: float | None
    costs: Mapping[CostForecast, float]
    durations: Mapping[TimeForecast, float]
    finishes: Mapping[TimeForecast, int | None]
    works: Mapping[WorkId, Measures]


def assess(
    baseline: Baseline, progress: Mapping[Any, Progress], at: int, *, step: int = HOUR, cent: float = CENT
) -> Status:
    """Everything that earned value says of a baseline at an instant, from the works up.

    PV, EV and AC are the sums over the works, whatever their techniques; all in one currency. `step` (minutes of work)
    and `cent` (the least amount that tells two sums apart) as in `Baseline.earned_schedule`.
    Raises EngineError as `Baseline.earned` does.

    >>> from quarterdeck.engine.evm import Work
    >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=6000)])
    >>> now = assess(plan, {"dig": Progress(actual_start=0, complete=0.4, cost=50)}, at=3000)
    >>> now.total.spi, now.total.cpi, now.time.spi_t, now.costs[CostForecast.CPI], now.finishes[TimeForecast.ES_SPI_T]
    (0.8, 0.8, 0.8, 125.0, 7500)
    """
    due, done = baseline.planned([at])[:, 0], baseline.earned(progress, at)
    works = {
        key: Measures(bac=budget, pv=pv, ev=ev, ac=progress[key].cost if key in progress else 0.0)
        for key, budget, pv, ev in zip(
            baseline.ids, baseline.budgets.tolist(), due.tolist(), done.tolist(), strict=True
        )
    }
    total = Measures(bac=baseline.bac, pv=fsum(due), ev=fsum(done), ac=fsum(each.ac for each in works.values()))
    time = baseline.earned_schedule(total.ev, at, step=step, cent=cent)
    reached = baseline.instant_of(time.earned, step=1) if time.earned else baseline.start
    durations = time_forecasts(total, time)
    return Status(
        at=at,
        total=total,
        time=time,
        earned_schedule=reached,
        p_factor=None if reached is None else adherence(baseline.planned([reached])[:, 0].tolist(), done.tolist()),
        costs=cost_forecasts(total, time.spi_t),
        durations=durations,
        finishes={name: baseline.instant_of(value, step=step) for name, value in durations.items()},
        works=works,
    )


def roll_up(parents: Mapping[Node, Node | None], leaves: Mapping[Any, Measures]) -> dict[Node, Measures]:
    """The measures of every node of a tree: its own, if it has any, and those of all below it, added.

    `parents` names the parent of each node (None: a root) and holds every node. All in one currency.
    Raises EngineError naming the node for a node that is not in the tree and for nodes below themselves.

    >>> work = Measures(bac=10, pv=5, ev=4, ac=3)
    >>> roll_up({"all": None, "a": "all", "b": "all"}, {"a": work, "b": work})["all"]
    Measures(bac=20, pv=10, ev=8, ac=6)
    """
    order = from_the_roots(parents)
    for node in leaves:
        if node not in parents:
            raise _unknown(node)
    total = {node: leaves.get(node, NONE) for node in order}
    for node in reversed(order):
        above = parents[node]
        if above is not None:
            total[above] += total[node]
    return total


def from_the_roots(parents: Mapping[Node, Node | None]) -> tuple[Node, ...]:
    """The nodes of a tree, each after its parent. Raises EngineError as `roll_up` does.

    >>> from_the_roots({"a": "all", "all": None})
    ('all', 'a')
    """
    order: dict[Node, None] = {}
    for node in parents:
        line: dict[Node, None] = {}
        above: Node | None = node
        while above is not None and above not in order:
            if above not in parents:
                raise _unknown(above)
            if above in line:
                raise EngineError(f"{above!r} lies below itself", culprits=line, remedy="Give it another parent.")
            line[above] = None
            above = parents[above]
        order.update(dict.fromkeys(reversed(line)))
    return tuple(order)


def _unknown(node: Hashable) -> EngineError:
    return EngineError(f"{node!r} is not in the tree", culprits=(node,), remedy="Name its parent, or None.")


def assess_tree(
    baseline: Baseline,
    progress: Mapping[Any, Progress],
    at: int,
    parents: Mapping[Node, Node | None],
    *,
    step: int = HOUR,
    cent: float = CENT,
) -> dict[Node, Status]:
    """The status of every node that has work: a node's baseline is the works at and below it, on the same calendar.

    So each level has an earned schedule of its own, which no sum could give. Raises EngineError as `assess` and
    `roll_up` do.

    >>> from quarterdeck.engine.evm import Work
    >>> plan = Baseline([Work(id=1, budget=10, start=0, finish=600), Work(id=2, budget=30, start=600, finish=1200)])
    >>> found = assess_tree(plan, {1: Progress(complete=0.5)}, 600, {"all": None, 1: "all", 2: "all"})
    >>> found["all"].total.bac, found["all"].time.spi_t, found[2].time.spi_t
    (40.0, 0.5, None)
    """
    known = baseline.known(progress)
    order = from_the_roots(parents)
    members: dict[Node, list[Any]] = {node: [] for node in order}
    for key in baseline.ids:
        if key not in parents:
            raise _unknown(key)
        members[cast(Node, key)].append(key)
    for node in reversed(order):
        above = parents[node]
        if above is not None:
            members[above] += members[node]
    return {
        node: assess(baseline.part(keys), {key: known[key] for key in keys}, at, step=step, cent=cent)
        for node, keys in members.items()
        if keys
    }


def by_period(history: Sequence[Status]) -> tuple[tuple[Measures, TimeMeasures], ...]:
    """What each period brought, from cumulative statuses in order of time; the first counts from the start.

    Raises EngineError where the statuses are not in order of time.

    >>> from quarterdeck.engine.evm import Work
    >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=6000)])
    >>> done = [assess(plan, {"dig": Progress(complete=share)}, at) for at, share in ((1500, 0.25), (3000, 0.4))]
    >>> [(month.ev, time.spi_t) for month, time in by_period(done)]
    [(25.0, 1.0), (15.0, 0.6)]
    """
    if any(one.at >= two.at for one, two in pairwise(history)):
        raise EngineError("the statuses are not in order of time", remedy="Sort them by their instant, each once.")
    if not history:
        return ()
    first = (history[0].total, history[0].time)
    return (first, *((two.total.since(one.total), two.time.since(one.time)) for one, two in pairwise(history)))
