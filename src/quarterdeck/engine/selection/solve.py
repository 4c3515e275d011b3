"""Solving the choice: the best selection, the frontier over money, the regret of a choice by hand, marginal values."""

import time
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import unique, within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.selection.model import Model
from quarterdeck.engine.selection.problem import (
    Budget,
    FrontierPoint,
    MarginalValue,
    Problem,
    Regret,
    Selection,
    Use,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Row = NDArray[np.float64]
Taken = NDArray[np.bool_]
NEAR = 1e-6
FREE = 40
"""Candidates set free at once when the neighbourhood of a choice is searched."""


def select(problem: Problem, *, gap: float = 0.005, time_limit: float = 10.0, seed: int = 0) -> Selection:
    """The choice of greatest value, or one proven to lie within `gap` (a share) of it, or the best found in time.

    Maximises the sum over chosen candidates of value - delay_loss * periods of delay, within all limits. `time_limit`
    in seconds of the clock; small choices end far earlier. The same input gives the same answer unless time runs out.
    Raises EngineError for contradictory input; where mandatory candidates and rules cannot all be met, it names the
    limits that would have to give and by how much.

    >>> from quarterdeck.engine.selection import Budget, Candidate, Problem
    >>> candidates = (Candidate("A", 10, {"capex": (6,)}), Candidate("B", 7, {"capex": (4,)}),
    ...               Candidate("C", 5, {"capex": (4,)}))
    >>> chosen = select(Problem(candidates, periods=1, budgets=(Budget("capex", 8, 0, 0),)))
    >>> dict(chosen.starts), chosen.value, chosen.optimal
    ({'B': 0, 'C': 0}, 12.0, True)
    """
    within("the gap", gap, low=0, high=1)
    return _solved(Model(problem), gap=gap, time_limit=time_limit, seed=seed)


def efficient_frontier(
    problem: Problem,
    *,
    kinds: Collection[Hashable] | None = None,
    shares: Sequence[float] = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2),
    gap: float = 0.005,
    time_limit: float = 10.0,
) -> tuple[FrontierPoint, ...]:
    """The best choice at each share of the budgets (of these kinds; None: of all), the least money first.

    A choice that also fits the next smaller budget is its answer and is not looked for again. `time_limit` is for each
    point. Raises EngineError as `select` does; points at which the mandatory cannot be paid are left out.

    >>> from quarterdeck.engine.selection import Budget, Candidate, Problem
    >>> candidates = (Candidate("A", 10, {"capex": (6,)}), Candidate("B", 7, {"capex": (4,)}))
    >>> problem = Problem(candidates, periods=1, budgets=(Budget("capex", 10, 0, 0),))
    >>> [(point.budget, point.selection.value) for point in efficient_frontier(problem, shares=(0.4, 0.6, 1))]
    [(4.0, 7.0), (6.0, 10.0), (10.0, 17.0)]
    """
    points: list[FrontierPoint] = []
    for share in sorted({within("a share of the budget", share, low=0) for share in shares}, reverse=True):
        budgets = tuple(
            replace(budget, amount=budget.amount * share) if kinds is None or budget.kind in kinds else budget
            for budget in problem.budgets
        )
        money = sum(budget.amount for budget in budgets if kinds is None or budget.kind in kinds)
        smaller = replace(problem, budgets=budgets)
        if points and _fits(points[-1].selection, budgets):
            selection = replace(points[-1].selection, uses=_uses(Model(smaller), points[-1].selection))
        else:
            try:
                selection = select(smaller, gap=gap, time_limit=time_limit)
            except Unattainable:
                break
        points.append(FrontierPoint(share, money, selection))
    return tuple(reversed(points))


def regret(
    problem: Problem,
    chosen: Collection[Hashable],
    *,
    swaps: int = 3,
    gap: float = 0.005,
    time_limit: float = 10.0,
) -> Regret:
    """What a choice by hand gives away against the best, and the best choice that at most `swaps` outs and ins reach.

    The choice by hand gets the best starts for itself. Raises EngineError as `select` does: also when the choice by
    hand breaks a limit, naming it and by how much.

    >>> from quarterdeck.engine.selection import Budget, Candidate, Problem
    >>> candidates = (Candidate("A", 10, {"capex": (6,)}), Candidate("B", 7, {"capex": (4,)}),
    ...               Candidate("C", 5, {"capex": (4,)}))
    >>> found = regret(Problem(candidates, 1, (Budget("capex", 8, 0, 0),)), ["A"])
    >>> found.given_away, found.swap_out, found.swap_in
    (2.0, ('A',), ('B', 'C'))
    """
    picked = set(unique("chosen", chosen))
    known = {candidate.id for candidate in problem.candidates}
    strange = picked - known
    if strange:
        raise EngineError(
            f"{min(strange, key=str)!r} is chosen but no candidate",
            culprits=sorted(strange, key=str),
            remedy="Add it to the candidates or leave it out.",
        )
    model = Model(problem)
    inside = np.array([candidate.id in picked for candidate in problem.candidates])
    by_hand = _solved(model, gap=gap, time_limit=time_limit, fixed=inside)
    best = _solved(model, gap=gap, time_limit=time_limit)
    swapped = _solved(model, gap=gap, time_limit=time_limit, near=(inside, int(within("the swaps", swaps, low=0))))
    return Regret(
        by_hand,
        best,
        max(0.0, best.value - by_hand.value),
        tuple(each for each in by_hand.starts if each not in swapped.starts),
        tuple(each for each in swapped.starts if each not in by_hand.starts),
        swapped,
    )


def marginal_values(problem: Problem) -> tuple[MarginalValue, ...]:
    """What one more unit of each budget and of each period of each skill is worth; the most valuable first.

    The dual values of the linear relaxation (candidates divisible): exact for it, a guide for the choice itself. Limits
    that are not used up are worth nothing and left out. Raises EngineError as `select` does.

    >>> from quarterdeck.engine.selection import Budget, Candidate, Problem
    >>> candidates = (Candidate("A", 12, {"capex": (6,)}), Candidate("B", 7, {"capex": (4,)}))
    >>> problem = Problem(candidates, periods=1, budgets=(Budget("capex", 8, 0, 0),))
    >>> [(each.limit.kind, each.value) for each in marginal_values(problem)]
    [('capex', 1.75)]
    """
    model = Model(problem)
    _, _, duals = _relaxed(model, model.matrix(), _Limits(np.array(model.low), np.array(model.high)))
    worth = [
        MarginalValue(limit, period, round(float(duals[row]), 9))
        for row, (limit, period) in zip(model.limit_rows, model.limits, strict=True)
    ]
    return tuple(sorted((each for each in worth if each.value > NEAR), key=lambda each: -each.value))


class Unattainable(EngineError):
    """No choice meets all that is demanded."""


@dataclass(frozen=True, slots=True)
class _Limits:
    low: Row
    high: Row


def _solved(
    model: Model,
    *,
    gap: float,
    time_limit: float,
    seed: int = 0,
    fixed: NDArray[np.bool_] | None = None,
    near: tuple[NDArray[np.bool_], int] | None = None,
) -> Selection:
    """The best choice; with `fixed` exactly those candidates, with `near` those but for so many outs and ins."""
    ends = time.monotonic() + within("the time limit", time_limit, low=0, open_low=True)
    matrix, limits = _demanded(model, fixed, near)
    relaxed, bound, duals = _relaxed(model, matrix, limits)
    best = _rounded(model, matrix, limits, relaxed, duals)
    share = 0.5 if len(model.start) > 2000 else 0.9
    done = _milp(model.value, matrix, limits, time_limit=max(0.05, time_limit * share), gap=gap)
    if done.x is not None and (best is None or model.value @ (done.x > 0.5) > model.value @ best):
        best = done.x > 0.5
    if done.mip_dual_bound is not None and np.isfinite(done.mip_dual_bound):
        bound = min(bound, -float(done.mip_dual_bound))
    if done.status == 0 and best is not None:
        bound = max(bound, float(model.value @ best))
    if done.status == 2:
        raise _unattainable(model, matrix, limits)
    if best is None:
        raise EngineError("no choice was found in time", remedy="Give more time, or fewer candidates or starts.")
    generator = np.random.default_rng(seed)
    while (bound - model.value @ best) > gap * abs(bound) + NEAR and time.monotonic() < ends:
        best = _improved(model, matrix, limits, best, duals=duals, generator=generator, until=ends)
    return _selection(model, best, bound)


def _demanded(
    model: Model, fixed: NDArray[np.bool_] | None, near: tuple[NDArray[np.bool_], int] | None
) -> tuple["csr_array", _Limits]:
    """The rows of the model, with those that pin the choice or keep it near to another."""
    from scipy.sparse import csr_array, vstack

    matrix, low, high = model.matrix(), np.array(model.low), np.array(model.high)
    if fixed is not None:
        low[: len(fixed)] = fixed
        high[: len(fixed)] = fixed
    if near is not None:
        inside, swaps = near
        member = inside[model.candidate].astype(np.float64)
        matrix = csr_array(vstack([matrix, csr_array(np.vstack([member, 1 - member]))]))
        low = np.concatenate([low, [float(inside.sum()) - swaps, -np.inf]])
        high = np.concatenate([high, [np.inf, float(swaps)]])
    return matrix, _Limits(low, high)


def _relaxed(model: Model, matrix: "csr_array", limits: _Limits) -> tuple[Row, float, Row]:
    """The linear relaxation: its columns, its value, and the worth of one more unit of each upper limit."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    upper, lower = np.isfinite(limits.high), np.isfinite(limits.low)
    done = linprog(
        -model.value,
        A_ub=vstack([matrix[upper], -matrix[lower]]),
        b_ub=np.concatenate([limits.high[upper], -limits.low[lower]]),
        bounds=(0, 1),
        method="highs",
    )
    if done.x is None:
        raise _unattainable(model, matrix, limits)
    duals = np.zeros(len(limits.high))
    duals[upper] = -done.ineqlin.marginals[: int(upper.sum())]
    return np.asarray(done.x), -float(done.fun), duals


def _rounded(model: Model, matrix: "csr_array", limits: _Limits, relaxed: Row, duals: Row) -> Taken | None:
    """Columns taken as the relaxation likes them best, then by what they are worth beyond what they use up."""
    worth = model.value - matrix.T @ duals
    scale = float(np.abs(worth).max()) or 1.0
    by_column = matrix.tocsc()
    slack = limits.high.copy()
    taken = np.zeros(len(relaxed), dtype=bool)
    for column in np.argsort(-(relaxed + 1e-4 * worth / scale)):
        if model.value[column] <= 0 and not relaxed[column] > 0.5:
            continue
        span = slice(by_column.indptr[column], by_column.indptr[column + 1])
        rows, amounts = by_column.indices[span], by_column.data[span]
        if (amounts <= slack[rows] + 1e-9).all():
            slack[rows] -= amounts
            taken[column] = True
    return taken if (matrix @ taken >= limits.low - 1e-9).all() else None


def _improved(
    model: Model,
    matrix: "csr_array",
    limits: _Limits,
    best: Taken,
    *,
    duals: Row,
    generator: np.random.Generator,
    until: float,
) -> Taken:
    """The best choice when some candidates, mostly those on the edge, are set free and the rest stay."""
    edge = np.abs(model.value - matrix.T @ duals)
    spread = float(edge.mean()) or 1.0
    order = np.argsort(edge + generator.exponential(spread * 0.3, len(edge)))
    numbers = list(dict.fromkeys(model.candidate[order].tolist()))[:FREE]
    free = np.flatnonzero(np.isin(model.candidate, numbers))
    rest = best.copy()
    rest[free] = False
    used = matrix @ rest
    left = _Limits(limits.low - used, limits.high - used)
    seconds = min(1.0, max(0.05, until - time.monotonic()))
    done = _milp(model.value[free], matrix[:, free], left, time_limit=seconds, gap=1e-4)
    if done.x is not None:
        rest[free] = done.x > 0.5
        if model.value @ rest > model.value @ best + NEAR:
            return rest
    return best


def _milp(value: Row, matrix: Any, limits: _Limits, *, time_limit: float, gap: float) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp

    return milp(
        -value,
        constraints=LinearConstraint(matrix, limits.low, limits.high),
        integrality=np.ones(len(value)),
        bounds=Bounds(0, 1),
        options={"time_limit": time_limit, "mip_rel_gap": gap},
    )


def _selection(model: Model, taken: Taken, bound: float) -> Selection:
    columns = np.flatnonzero(taken)
    starts = {
        model.problem.candidates[model.candidate[column]].id: int(model.start[column]) for column in columns.tolist()
    }
    value = float(model.value @ taken)
    distance = max(0.0, bound - value)
    gap = distance / abs(bound) if bound else 0.0
    selection = Selection(starts, value, max(bound, value), gap, gap <= NEAR, ())
    return replace(selection, uses=_uses(model, selection))


def _uses(model: Model, selection: Selection) -> tuple[Use, ...]:
    taken = np.zeros(len(model.start))
    for each, start in selection.starts.items():
        columns = model.columns_of(each)
        taken[columns[start - int(model.start[columns[0]])]] = 1.0
    used = model.matrix() @ taken
    return tuple(
        Use(limit, period, float(used[row]), model.high[row])
        for row, (limit, period) in zip(model.limit_rows, model.limits, strict=True)
    )


def _fits(selection: Selection, budgets: Sequence[Budget]) -> bool:
    used = {
        (use.limit.kind, use.limit.first, use.limit.last): use.used
        for use in selection.uses
        if isinstance(use.limit, Budget)
    }
    return all(used[budget.kind, budget.first, budget.last] <= budget.amount + 1e-9 for budget in budgets)


def _unattainable(model: Model, matrix: "csr_array", limits: _Limits) -> Unattainable:
    """Which limits would have to give: the least total of excess over them, each measured by its own size."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import eye_array, hstack

    height, width = matrix.shape
    size = np.maximum(1.0, np.abs(np.where(np.isfinite(limits.high), limits.high, limits.low)))
    dear = np.full(height, 1e3)  # who is in or out, and who goes with whom, stays as demanded where it can
    dear[model.limit_rows.start : model.limit_rows.stop] = 1.0
    done = milp(
        np.concatenate([np.zeros(width), dear / size, dear / size]),
        constraints=LinearConstraint(hstack([matrix, -eye_array(height), eye_array(height)]), limits.low, limits.high),
        integrality=np.concatenate([np.ones(width), np.zeros(2 * height)]),
        bounds=Bounds(0, np.concatenate([np.ones(width), np.full(2 * height, np.inf)])),
        options={"time_limit": 2.0, "mip_rel_gap": 0.01},
    )
    if done.x is None:
        return Unattainable("no choice meets all that is demanded", remedy="Demand less.")
    excess = done.x[width : width + height] + done.x[width + height :]
    told, culprits = [], []
    for row, (limit, period) in zip(model.limit_rows, model.limits, strict=True):
        if excess[row] > NEAR:
            name = limit.kind if isinstance(limit, Budget) else limit.skill
            told.append(f"{excess[row]:g} more of {name!r} from period {period}")
            culprits.append(name)
    if not told:
        return Unattainable(
            "no choice meets the rules on who goes with whom", remedy="Loosen a group, a requirement or the starts."
        )
    return Unattainable(
        f"what is demanded needs {', '.join(told[:5])}{' and more' if len(told) > 5 else ''}",
        culprits=culprits,
        remedy="Raise these limits or demand less.",
    )
