"""Monte Carlo on a plan: the one function."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar.timeline import LAST_DAY
from quarterdeck.engine.checking import listed, whole, within
from quarterdeck.engine.cpm import MICROSOFT, Columns, Options, Plan, compile_plan
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Network, TaskId, TaskKind
from quarterdeck.engine.simulation._laying import lay
from quarterdeck.engine.simulation._prepare import collect
from quarterdeck.engine.simulation._running import Counted, Runner, cores
from quarterdeck.engine.simulation.ground import Ground
from quarterdeck.engine.simulation.model import Branch, Conditions, Correlation, Risk, RiskId, Uncertainty
from quarterdeck.engine.simulation.reading import Asked, Reading
from quarterdeck.engine.simulation.result import SimulationResult

Rows: TypeAlias = NDArray[np.int32]

#: Iterations are refused beyond this; finish and cost of each are kept.
MANY: Final = 10_000_000
#: Plans with more tasks have the finishes of milestones and due tasks counted only, unless others are named.
WATCHED: Final = 20_000
#: Values that may be kept of single tasks: 1.6 GB of them.
KEPT: Final = 100_000_000
#: Days of weather that are worked out at first, and at most.
DAYS: Final = 3 * 366
MOST_DAYS: Final = 1 << 16
DAY: Final = 1440


def simulate(
    network: Network | Columns | Plan,
    *,
    uncertainties: Iterable[Uncertainty] = (),
    risks: Iterable[Risk] = (),
    correlations: Iterable[Correlation] = (),
    branches: Iterable[Branch] = (),
    conditions: Iterable[Conditions] = (),
    responded: bool | Collection[RiskId] = False,
    seed: int = 0,
    iterations: int = 10_000,
    threads: int | None = None,
    percentiles: Sequence[float] = (0.1, 0.5, 0.8, 0.9),
    watch: Collection[TaskId] | None = None,
    keep: Collection[TaskId] = (),
    removing: bool = True,
    planned_cost: float | None = None,
    options: Options = MICROSOFT,
) -> SimulationResult:
    """Simulate a plan: draw what is not known of it, schedule it, and count, thousands of times.

    Everything in the result follows from plan, unknowns, `seed` and `iterations`; `threads` (default: all processors)
    changes nothing but the time it takes. `responded` says which risks are as they are after their response: all, none
    or those with these ids. `percentiles` are those of single tasks; finishes are counted of the tasks in `watch`
    (default: all, in plans of over 20,000 tasks milestones and those with a date to keep), and kept by iteration of
    those in `keep`. `removing` runs once more for each risk, without it. `planned_cost` is the budget that contingency
    is reckoned from (default: the likely costs). A plan is taken with the options that it was compiled for.

    Dates that tasks must not pass do not hold them, see `ground`. Source: Van Slyke, "Monte Carlo methods and the PERT
    problem" (1963); AACE International 57R-09 for risks that drive durations; for the indices Vanhoucke, "Measuring
    Time" (2010).

    Raises `EngineError`, naming the culprit, for a plan that cannot be scheduled, ids that are not in it, estimates,
    probabilities and coefficients out of range, over 500,000 tasks or 10,000,000 iterations, and for a plan that comes
    to over 2,000 years or leaves the time that the engine knows.

    >>> from quarterdeck.engine.network import Link, Task
    >>> from quarterdeck.engine.simulation import Triangular, Uncertainty
    >>> plan = Network((Task("a", 480), Task("b", 480)), (Link("a", "b"),))
    >>> found = simulate(plan, uncertainties=[Uncertainty("a", Triangular(240, 480, 1200))], seed=7)
    >>> found.planned_finish, round(found.finish.mean / 10), found.tasks["a"].criticality
    (960, 112, 1.0)
    """
    ask = Asked(
        whole("the number of iterations", iterations, 1, MANY),
        whole("the seed", seed, 0, 2**64 - 1),
        cores() if threads is None else whole("the number of threads", threads, 1, 1024),
        tuple(within("a percentile", each, low=0, high=1) for each in listed("percentiles", percentiles)),
        removing,
        planned_cost if planned_cost is None else within("the planned cost", planned_cost),
    )
    plan = network if isinstance(network, Plan) else compile_plan(network, options)
    ground = Ground(plan)
    unknowns = collect(
        ground, uncertainties=uncertainties, risks=risks, branches=branches, conditions=conditions, responded=responded
    )
    keep = listed("tasks to keep", keep)
    kept = [_node_of(ground, task) for task in keep]
    if len(kept) * ask.iterations > KEPT:
        raise EngineError(
            f"{len(kept):,} tasks over {ask.iterations:,} iterations are too many to keep",
            culprits=keep[:3],
            remedy="Keep fewer, or run fewer iterations.",
        )
    watched = _watched(ground, watch)
    wanted = listed("correlations", correlations)
    for each in wanted:
        if not isinstance(each, Correlation):
            raise EngineError(f"{each!r} is none of the correlations", remedy="Give Correlation objects.")
    most = _most_days(ground)
    days = min(DAYS, most)
    while True:
        laid = lay(ground, unknowns, wanted, ask.seed, days)
        runner = Runner(laid, ask.iterations, ask.threads)
        counted = runner.counted(watched, _due(ground))
        if not _beyond(counted):
            return Reading(ask, runner, counted).result(dict(zip(keep, kept, strict=True)))
        days = _further(ground, days, most if unknowns.conditions else 0)


def _node_of(ground: Ground, task: TaskId) -> int:
    node = int(ground.plan.node[ground.plan.row(task)])
    if node < 0:
        raise EngineError(
            f"task {task!r} has no work of its own to be simulated", culprits=(task,), remedy="Name its tasks."
        )
    return node


def _watched(ground: Ground, watch: Collection[TaskId] | None) -> Rows:
    """Return the nodes whose finish is to be counted."""
    plan = ground.plan
    if watch is not None:
        asked_for = (_node_of(ground, task) for task in listed("tasks to watch", watch))
        return np.array(list(dict.fromkeys(asked_for)), np.int32)
    nodes = plan.node[plan.node >= 0]
    if len(nodes) > WATCHED:
        kind = plan.columns.column("kind")[plan.task[nodes]]
        asked = (kind == TaskKind.MILESTONE) | (kind == TaskKind.START_MILESTONE)
        asked[np.isin(nodes, _due(ground)[0])] = True
        nodes = nodes[asked]
    return nodes


def _due(ground: Ground) -> tuple[Rows, Rows]:
    """Return the nodes that should finish by a date, and the date counted from the origin."""
    nodes = np.array([_node_of(ground, task) for task in ground.due], np.int32)
    by = ground.counted(np.array(list(ground.due.values()), np.int64))
    return nodes, np.clip(by, -(2**31) + 1, 2**31 - 1).astype(np.int32)


def _beyond(counted: Counted) -> bool:
    from quarterdeck.engine.simulation.kernels.strikes import BEYOND

    return bool(counted.finish.max() >= BEYOND or counted.finish.min() <= -BEYOND)


def _most_days(ground: Ground) -> int:
    """Return how many days of weather there can be: to the end of the time that calendars know."""
    return max(1, min(MOST_DAYS, LAST_DAY - ground.settings.start // DAY))


def _further(ground: Ground, days: int, most: int) -> int:
    """Work calendars and weather out further; return how many days of weather, `most` at most."""
    if ground.several:
        ground.plan.tables[:] = [ground.plan.table.grown()]
    elif days >= most:
        raise EngineError("the plan comes to over a hundred years", remedy="Check durations, delays and conditions.")
    return max(days, min(days * 2, most))
