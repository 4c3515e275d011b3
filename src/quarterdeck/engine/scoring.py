"""What should come first: weighted scores, pairwise comparison (AHP), WSJF and MoSCoW.

Sources: Keeney & Raiffa, "Decisions with Multiple Objectives" (additive value); Saaty, "The Analytic Hierarchy Process"
(1980); Reinertsen, "The Principles of Product Development Flow" (cost of delay over duration); DSDM, "Agile Project
Framework" (MoSCoW and its shares of effort).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quarterdeck.engine.checking import finite, unique, within
from quarterdeck.engine.errors import EngineError

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency index of random comparisons of 1, 2, ... 15 things."""

CONSISTENT = 0.1
"""Saaty's bound: comparisons with a greater consistency ratio should be looked at again."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that counts. Its scale runs from `worst` to `best`; `best` below `worst` means that less is better."""

    id: Hashable
    weight: float
    worst: float = 0.0
    best: float = 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """What one candidate reaches, from 0 to 1, its place from 1, and the share that each criterion gave."""

    id: Hashable
    score: float
    rank: int
    shares: Mapping[Hashable, float]
    missing: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Priorities:
    """What pairwise comparisons say: priorities that add up to 1, and how far the comparisons contradict each other.

    `ratio` is the consistency ratio; `suspect` the pair whose comparison departs most from what the others imply (None
    where all agree), and `implied` what they imply for it.
    """

    weights: Mapping[Hashable, float]
    eigenvalue: float
    index: float
    ratio: float
    suspect: tuple[Hashable, Hashable] | None
    implied: float | None

    @property
    def consistent(self) -> bool:
        """Whether the comparisons may be used as they are: a consistency ratio of at most 0.1."""
        return self.ratio <= CONSISTENT


class Moscow(StrEnum):
    """The four classes, in order."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"
    WONT = "wont"


@dataclass(frozen=True, slots=True)
class MoscowBalance:
    """The effort in each class, its share of what is in (won't is out), and what DSDM would warn of."""

    effort: Mapping[Moscow, float]
    share: Mapping[Moscow, float]
    warnings: tuple[str, ...]


def weighted(criteria: Sequence[Criterion], values: Mapping[Any, Mapping[Any, float]]) -> tuple[Score, ...]:
    """Additive value: score = sum of w_j * (v_j - worst_j) / (best_j - worst_j), weights scaled to add up to 1.

    `values` holds each candidate's value by criterion, in the criterion's own unit; values beyond the scale count as
    its end. A candidate without a value on a criterion gets nothing for it; the criterion is told in `missing`.
    Best first; equal scores share a rank and stand in order of id. Raises EngineError for weights that are negative or
    all nil, a scale of no width, an unknown criterion, or a value that is not finite.

    >>> criteria = [Criterion("value", 3, 0, 10), Criterion("risk", 1, worst=5, best=1)]
    >>> for each in weighted(criteria, {"A": {"value": 8, "risk": 3}, "B": {"value": 5, "risk": 1}}):
    ...     print(each.id, each.rank, round(each.score, 3))
    A 1 0.725
    B 2 0.625
    """
    names = unique("criteria", (criterion.id for criterion in criteria))
    weights = finite("weights", [criterion.weight for criterion in criteria], least=1)
    _not_negative(weights, names)
    worst = finite("worst values", [criterion.worst for criterion in criteria])
    best = finite("best values", [criterion.best for criterion in criteria])
    for name, width in zip(names, best - worst, strict=True):
        if width == 0:
            raise EngineError(
                f"the scale of criterion {name!r} has no width", culprits=(name,), remedy="Let best and worst differ."
            )
    table = np.full((len(values), len(names)), np.nan)
    for row, (candidate, given) in enumerate(values.items()):
        for name, value in given.items():
            if name not in names:
                raise EngineError(
                    f"{candidate!r} is valued by {name!r}, which is no criterion",
                    culprits=(candidate, name),
                    remedy="Add the criterion or leave the value out.",
                )
            table[row, names.index(name)] = finite(f"values of {candidate!r}", [value])[0]
    shares = np.clip((table - worst) / (best - worst), 0, 1) * (weights / weights.sum())
    totals = np.nansum(shares, axis=1)
    ranks = 1 + (totals[:, None] < totals[None, :] - 1e-12).sum(axis=1)
    scores = [
        Score(
            candidate,
            float(totals[row]),
            int(ranks[row]),
            {name: float(np.nan_to_num(shares[row, column])) for column, name in enumerate(names)},
            tuple(name for column, name in enumerate(names) if np.isnan(table[row, column])),
        )
        for row, candidate in enumerate(values)
    ]
    return tuple(sorted(scores, key=lambda score: (score.rank, str(score.id))))


def pairwise(ids: Sequence[Hashable], comparisons: ArrayLike) -> Priorities:
    """AHP: priorities = principal eigenvector of the comparisons, scaled to add up to 1.

    `comparisons` is n x n, reciprocal: row i, column j says how many times more i counts than j (Saaty: 1 to 9).
    Consistency index CI = (lambda_max - n) / (n - 1), ratio CR = CI / RI(n). The suspect pair has the greatest
    |ln(a_ij * w_j / w_i)|. Raises EngineError for a matrix that is not square, positive, reciprocal, or beyond 15.

    >>> result = pairwise(["price", "fuel", "comfort"], [[1, 3, 5], [1/3, 1, 3], [1/5, 1/3, 1]])
    >>> {name: round(weight, 3) for name, weight in result.weights.items()}, round(result.ratio, 3), result.consistent
    ({'price': 0.637, 'fuel': 0.258, 'comfort': 0.105}, 0.033, True)
    """
    names = unique("things compared", ids)
    matrix = _comparisons(names, comparisons)
    size = len(names)
    values, vectors = np.linalg.eig(matrix)
    chief = int(np.argmax(values.real))
    vector = np.abs(vectors[:, chief].real)
    weights = vector / vector.sum()
    eigenvalue = float(values[chief].real)
    index = max(0.0, (eigenvalue - size) / (size - 1)) if size > 1 else 0.0
    norm = RANDOM_INDEX[size - 1]
    doubt = np.abs(np.log(matrix * weights[None, :] / weights[:, None]))
    row, column = np.unravel_index(int(np.argmax(np.triu(doubt, 1))), doubt.shape)
    doubtful = bool(doubt[row, column] > 1e-9)
    return Priorities(
        {name: float(weight) for name, weight in zip(names, weights, strict=True)},
        eigenvalue,
        index,
        index / norm if norm else 0.0,
        (names[row], names[column]) if doubtful else None,
        float(weights[row] / weights[column]) if doubtful else None,
    )


def weighted_shortest_job_first(
    *, business_value: float, time_criticality: float, risk_reduction: float, job_size: float
) -> float:
    """WSJF = (business value + time criticality + risk reduction or opportunity) / job size; the greater goes first.

    Raises EngineError for a job size that is not above nil or for negative parts.

    >>> weighted_shortest_job_first(business_value=8, time_criticality=5, risk_reduction=3, job_size=4)
    4.0
    """
    parts = {"business value": business_value, "time criticality": time_criticality, "risk reduction": risk_reduction}
    delay = sum(within(f"the {name}", value, low=0) for name, value in parts.items())
    return delay / within("the job size", job_size, low=0, open_low=True)


def moscow_balance(items: Mapping[Any, tuple[Moscow, float]]) -> MoscowBalance:
    """Effort by class and its share of all that is in; warns when musts pass 60 % or coulds stay under 20 % of it.

    `items` holds class and effort (any one unit) by id. DSDM keeps the coulds as the contingency of a fixed date.

    >>> moscow_balance({"A": (Moscow.MUST, 70), "B": (Moscow.COULD, 30)}).warnings
    ('Musts take 70 % of the effort; DSDM advises at most 60 %.',)
    """
    effort = dict.fromkeys(Moscow, 0.0)
    for name, (level, amount) in items.items():
        effort[Moscow(level)] += within(f"the effort of {name!r}", amount, low=0)
    total = sum(effort[level] for level in (Moscow.MUST, Moscow.SHOULD, Moscow.COULD))
    share = {level: amount / total if total and level is not Moscow.WONT else 0.0 for level, amount in effort.items()}
    warnings = []
    if share[Moscow.MUST] > 0.6:
        warnings.append(f"Musts take {share[Moscow.MUST] * 100:.0f} % of the effort; DSDM advises at most 60 %.")
    if total and share[Moscow.COULD] < 0.2:
        warnings.append(f"Coulds are {share[Moscow.COULD] * 100:.0f} % of the effort; DSDM keeps 20 % in reserve.")
    return MoscowBalance(effort, share, tuple(warnings))


def _not_negative(weights: NDArray[np.float64], names: tuple[Hashable, ...]) -> None:
    for name, weight in zip(names, weights, strict=True):
        if weight < 0:
            raise EngineError(
                f"the weight of {name!r} is {weight:g}", culprits=(name,), remedy="Give a weight of at least 0."
            )
    if not weights.any():
        raise EngineError("all weights are nil", culprits=names, remedy="Give at least one criterion some weight.")


def _comparisons(names: tuple[Hashable, ...], comparisons: ArrayLike) -> NDArray[np.float64]:
    size = len(names)
    matrix = np.asarray(comparisons, dtype=np.float64)
    if matrix.shape != (size, size) or not size:
        raise EngineError(
            f"the comparisons of {size} things are {'x'.join(map(str, matrix.shape)) or 'one number'}",
            remedy=f"Give {size} rows of {size} numbers.",
        )
    if size > len(RANDOM_INDEX):
        raise EngineError(
            f"{size} things are compared", remedy=f"Compare at most {len(RANDOM_INDEX)}; group them into levels."
        )
    for row in range(size):
        for column in range(size):
            here, back = float(matrix[row, column]), float(matrix[column, row])
            pair = (names[row], names[column])
            if not (np.isfinite(here) and here > 0):
                raise EngineError(
                    f"{pair[0]!r} against {pair[1]!r} is {here:g}", culprits=pair, remedy="Give a number above 0."
                )
            if np.isfinite(back) and back > 0 and abs(here * back - 1) > 0.02:
                raise EngineError(
                    f"{pair[0]!r} against {pair[1]!r} is {here:g}, but the other way round {back:g}",
                    culprits=pair,
                    remedy=f"Make the second {1 / here:g}.",
                )
    return matrix
