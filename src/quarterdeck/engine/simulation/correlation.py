"""Correlations of many quantities, as common factors that the kernels can draw.

What is asked for are rank correlations r (Spearman). Normal deviates with correlation 2 sin(pi r / 6) have them
(Pearson 1907), and so has whatever is drawn through them (Gaussian copula). A group of which every pair has one
coefficient r >= 0 needs one factor: z = sqrt(1 - r) e + sqrt(r) F. Anything else is a matrix; where it is none that
quantities can have, it is replaced by the nearest that is (Higham, "Computing the nearest correlation matrix", 2002),
and takes as many factors as it has members (Cholesky).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.simulation.model import Correlation, Member

Floats: TypeAlias = NDArray[np.float64]

#: So many members of one matrix are refused: every iteration multiplies by it.
MANY: Final = 1_000
#: The least eigenvalue that a matrix is given.
LEAST: Final = 1e-8
ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class Repair:
    """That coefficients could not be as asked, since no quantities can be correlated so.

    `furthest` is how far the coefficient that moved most did, as a rank correlation, which is what was asked for.
    """

    members: tuple[Member, ...]
    furthest: float

    def __str__(self) -> str:
        return (
            f"the correlations of {len(self.members)} members contradict each other; "
            f"the nearest that do not were taken, off by {self.furthest:.3f} at most"
        )


@dataclass(frozen=True, slots=True)
class Loading:
    """How a member hangs on factors: own * e + sum of loading * factor."""

    own: float
    factors: tuple[tuple[int, float], ...]


def loadings(correlations: Sequence[Correlation]) -> tuple[dict[Member, Loading], int, tuple[Repair, ...]]:
    """Return the loadings of every member, how many factors there are, and what had to be repaired.

    Raises `EngineError` for fewer than two members, a member twice in one correlation, coefficients outside -1 to 1 or
    not numbers, squares that are not symmetric with 1 on the diagonal, and pairs that two correlations disagree about.

    >>> found, factors, repairs = loadings([Correlation(("a", "b"), 1.0)])
    >>> found["a"], factors, repairs
    (Loading(own=0.0, factors=((0, 1.0),)), 1, ())
    """
    found: dict[Member, Loading] = {}
    repairs: list[Repair] = []
    factors = 0
    for together in _joined([_checked(each) for each in correlations]):
        first = together[0]
        if len(together) == 1 and isinstance(first.coefficient, float) and first.coefficient >= 0:
            shared = _normal(first.coefficient)
            loading = Loading(math.sqrt(1 - shared), ((factors, math.sqrt(shared)),))
            found |= dict.fromkeys(first.members, loading)
            factors += 1
            continue
        members, wanted = _matrix(together)
        taken, furthest = nearest(np.asarray(_normal(wanted)))
        if furthest > 0:
            repairs.append(Repair(members, float(np.abs(_rank(taken) - wanted).max())))
        for member, row in zip(members, np.linalg.cholesky(taken), strict=True):
            found[member] = Loading(0.0, tuple((factors + k, float(row[k])) for k in np.flatnonzero(row).tolist()))
        factors += len(members)
    return found, factors, tuple(repairs)


def nearest(wanted: Floats) -> tuple[Floats, float]:
    """Return the nearest correlation matrix with no eigenvalue below 1e-8, and how far its entries moved at most.

    Alternating projections with Dykstra's correction (Higham 2002); distance in the Frobenius norm. Nil where the
    matrix is one already.

    >>> odd = np.array([[1.0, -0.9, -0.9], [-0.9, 1.0, -0.9], [-0.9, -0.9, 1.0]])
    >>> found, furthest = nearest(odd)
    >>> found.round(3).tolist(), round(furthest, 3)
    ([[1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]], 0.4)
    """
    if np.linalg.eigvalsh(wanted)[0] >= LEAST:
        return wanted, 0.0
    found, correction = wanted.copy(), np.zeros_like(wanted)
    for _ in range(ROUNDS):
        before = found - correction
        values, vectors = np.linalg.eigh(before)
        projected = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = projected - before
        found = projected.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - projected).max() < 1e-10:
            break
    found = (found + found.T) / 2
    short = max(0.0, LEAST - float(np.linalg.eigvalsh(found)[0]))
    found = (found + 2 * short * np.eye(len(found))) / (1 + 2 * short)
    furthest = float(np.abs(found - wanted).max())
    return found, furthest if furthest > 1e-6 else 0.0


def _normal(rank: float | Floats) -> float | Floats:
    """Return the correlation of normal deviates that have this rank correlation."""
    found = np.clip((2 * np.sin(np.pi / 6 * np.asarray(rank))).round(12), -1.0, 1.0)
    return found if np.ndim(rank) else float(found)


def _rank(normal: Floats) -> Floats:
    """Return the rank correlations of normal deviates that are correlated so: `_normal` undone."""
    return 6 / np.pi * np.arcsin(normal / 2)


def _checked(given: Correlation) -> Correlation:
    """Return a correlation with its coefficient a float or a square of them."""
    members = given.members
    try:
        twice = [member for member, times in Counter(members).items() if times > 1]
    except TypeError:
        raise EngineError("a member of a correlation is no id", remedy="Name tasks by their ids.") from None
    if twice:
        raise EngineError(f"{twice[0]!r} is correlated with itself", culprits=twice, remedy="Name each member once.")
    if len(members) < 2:
        raise EngineError("a correlation has fewer than two members", culprits=members, remedy="Name two at least.")
    try:
        found = np.asarray(given.coefficient, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found = np.full((), np.nan)
    if found.shape not in {(), (len(members), len(members))}:
        raise EngineError(
            f"the correlation of {members[0]!r} with others has {found.size} coefficients for {len(members)} members",
            culprits=members,
            remedy="Give one number, or a square with a row for each member.",
        )
    odd = ~(np.abs(found) <= 1)
    if odd.any():
        raise EngineError(
            f"the correlation of {members[0]!r} with others has the coefficient {float(found[odd].flat[0]):g}",
            culprits=members,
            remedy="Give numbers from -1 to 1.",
        )
    if found.ndim and not (np.allclose(found, found.T) and np.allclose(np.diag(found), 1.0)):
        raise EngineError(
            f"the correlations of {members[0]!r} with others are not the same both ways, or not 1 with itself",
            culprits=members,
            remedy="Give a symmetric square with 1 on its diagonal.",
        )
    return Correlation(members, float(found) if found.ndim == 0 else tuple(map(tuple, found.tolist())))


def _joined(correlations: list[Correlation]) -> list[list[Correlation]]:
    """Return correlations by groups that have no member in common."""
    named = sum(len(each.members) for each in correlations)
    if len({member for each in correlations for member in each.members}) == named:
        return [[each] for each in correlations]
    group: dict[Hashable, int] = {}
    parent = list(range(len(correlations)))

    def root(place: int) -> int:
        while parent[place] != place:
            place = parent[place]
        return place

    for place, each in enumerate(correlations):
        for member in each.members:
            known = group.setdefault(member, place)
            one, other = sorted((root(known), root(place)))
            parent[other] = one
    found: dict[int, list[Correlation]] = {}
    for place, each in enumerate(correlations):
        found.setdefault(root(place), []).append(each)
    return list(found.values())


def _matrix(together: list[Correlation]) -> tuple[tuple[Member, ...], Floats]:
    """Return the members of correlations that hang together, and their coefficients; nil where nothing is said."""
    members = tuple(dict.fromkeys(member for each in together for member in each.members))
    if len(members) > MANY:
        raise EngineError(
            f"{len(members):,} members hang together by their correlations, {MANY:,} are the most",
            culprits=members[:3],
            remedy="Correlate them as one group with one coefficient from 0 to 1, or apart.",
        )
    place = {member: row for row, member in enumerate(members)}
    wanted = np.full((len(members), len(members)), np.nan)
    for each in together:
        rows = np.array([place[member] for member in each.members])
        square = np.ix_(rows, rows)
        asked = np.broadcast_to(np.asarray(each.coefficient, np.float64), (len(rows), len(rows))).copy()
        np.fill_diagonal(asked, np.nan)
        clash = np.abs(wanted[square] - asked) > 1e-12
        if clash.any():
            one, other = np.argwhere(clash)[0]
            pair = (each.members[int(one)], each.members[int(other)])
            raise EngineError(
                f"the correlation of {pair[0]!r} and {pair[1]!r} is given twice, differently",
                culprits=pair,
                remedy="Give each pair one coefficient.",
            )
        wanted[square] = np.where(np.isnan(asked), wanted[square], asked)
    wanted[np.isnan(wanted)] = 0.0
    np.fill_diagonal(wanted, 1.0)
    return members, wanted
