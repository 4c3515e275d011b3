"""From distributions to the numbers that the kernels draw by, for many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.simulation.distributions import (
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Trigen,
    Uniform,
    beta_shape,
    lognormal_shape,
    trigen_ends,
)

Floats: TypeAlias = NDArray[np.float64]

#: Shapes of the beta distribution between which others are interpolated, and at how many places each is fitted.
SHAPES: Final = 64
PLACES: Final = 32
#: Normal deviates up to which the fit is made.
REACH: Final = 5.2
#: Values of discrete distributions: so many fit into single precision as whole numbers.
GREATEST: Final = 1e9
#: Values of all discrete distributions together: so many can be numbered in single precision.
MANY_STEPS: Final = 2**24


@dataclass(frozen=True, slots=True)
class Shapes:
    """Distributions as arrays, one row each; see `kernels.draws` for kinds and parameters."""

    kind: NDArray[np.int8]
    parameters: Floats
    curve: Floats
    steps: Floats
    mean: Floats
    deviation: Floats
    likely: Floats
    least: Floats


def shapes(distributions: Sequence[Distribution], name: Callable[[int], tuple[str, Any]]) -> Shapes:
    """Return distributions as arrays. `name(place)` says what one is of, and its id, when it has to be refused.

    Raises `EngineError` for what is no distribution, for numbers that are not finite or beyond 1e9, and for numbers
    that break the rule of their kind.

    >>> found = shapes([Triangular(1, 2, 6), Pert(1, 2, 6)], lambda place: ("the duration of a task", place))
    >>> found.mean.tolist(), found.likely.tolist()
    ([3.0, 2.5], [2.0, 2.0])
    """
    from quarterdeck.engine.simulation.kernels.draws import DEGREE, PARAMETERS

    count = len(distributions)
    found = Shapes(
        np.zeros(count, np.int8),
        np.zeros((count, PARAMETERS)),
        np.zeros((count, DEGREE + 1)),
        np.zeros((2, 0)),
        *(np.zeros(count) for _ in range(4)),
    )
    types = list(map(type, distributions))
    by_type = {kind: [place for place, each in enumerate(types) if each is kind] for kind in dict.fromkeys(types)}
    steps: list[Floats] = []
    for kind, places in by_type.items():
        if kind not in FILL and kind is not Discrete:
            what, key = name(places[0])
            raise EngineError(
                f"{what} {key!r} is no distribution: {distributions[places[0]]!r}",
                culprits=(key,),
                remedy="Give one of the distributions of the simulation.",
            )
        members = [distributions[place] for place in places]
        if kind is Discrete:
            steps.append(_discrete(found, members, places, (name, sum(part.shape[1] for part in steps))))
        else:
            _continuous(found, members, np.array(places), name)
    if not steps:
        return found
    columns = np.concatenate(steps, axis=1)
    if columns.shape[1] > MANY_STEPS:
        raise EngineError(
            f"the discrete estimates have {columns.shape[1]:,} values together, {MANY_STEPS:,} are the most",
            remedy="Give the larger ones as distributions of another kind.",
        )
    return replace(found, steps=columns)


def _continuous(
    found: Shapes, members: Sequence[Distribution], places: NDArray[np.int64], name: Callable[[int], tuple[str, Any]]
) -> None:
    """Fill the rows of distributions of one kind."""
    kind = type(members[0])
    try:
        each = chain.from_iterable(map(attrgetter(*kind.__match_args__), members))
        numbers = np.fromiter(each, np.float64).reshape(len(members), -1).T
    except (TypeError, ValueError, OverflowError):
        numbers = np.full((len(kind.__match_args__), len(members)), np.nan)
    wild: NDArray[np.bool_] = ~np.all(np.abs(numbers) <= GREATEST, axis=0)
    with np.errstate(all="ignore"):
        wrong = wild | kind._faulty(*numbers)
    if wrong.any():
        at = int(np.argmax(wrong))
        what, key = name(int(places[at]))
        raise EngineError(
            f"{what} {key!r} is estimated as {members[at]!r}",
            culprits=(key,),
            remedy="Give finite numbers up to a thousand million." if wild[at] else f"It must hold that {kind.rule}.",
        )
    moments = kind._moments(*numbers)
    for column, values in zip((found.mean, found.deviation, found.likely, found.least), moments, strict=True):
        column[places] = values
    FILL[kind](found, places, numbers)


def _discrete(
    found: Shapes, members: Sequence[Any], places: list[int], rest: tuple[Callable[[int], tuple[str, Any]], int]
) -> Floats:
    """Fill the rows of discrete distributions and return their steps, which stand behind so many others."""
    from quarterdeck.engine.simulation.kernels.draws import DISCRETE

    name, begin = rest
    parts = []
    for each, place in zip(members, places, strict=True):
        try:
            wild = not all(abs(float(value)) <= GREATEST for value in (*each.values, *each.probabilities))
            wrong = wild or bool(each._faulty(each.values, each.probabilities))
        except (TypeError, ValueError, OverflowError):
            wild = wrong = True
        if wrong:
            what, key = name(place)
            raise EngineError(
                f"{what} {key!r} is estimated as {each!r}",
                culprits=(key,),
                remedy="Give finite numbers up to a thousand million." if wild else f"It takes {each.rule}.",
            )
        values, reached = each.rising()
        reached[-1] = 1.0
        moments = each._moments(each.values, each.probabilities)
        found.mean[place], found.deviation[place], found.likely[place], found.least[place] = moments
        found.kind[place] = DISCRETE
        found.parameters[place, :2] = begin, len(values)
        begin += len(values)
        parts.append(np.stack([values, reached]))
    return np.concatenate(parts, axis=1)


def _triangular(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    low, mode, high = numbers
    width = np.where(high > low, high - low, 1.0)
    columns = (low, high, (high - low) * (mode - low), (high - low) * (high - mode), (mode - low) / width)
    found.parameters[places] = np.stack(columns, axis=1)


def _trigen(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    first, last = trigen_ends(*numbers)
    _triangular(found, places, np.stack([first, numbers[1], last]))


def _uniform(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    from quarterdeck.engine.simulation.kernels.draws import UNIFORM

    found.kind[places] = UNIFORM
    found.parameters[places, 0], found.parameters[places, 1] = numbers[0], numbers[1] - numbers[0]


def _normal(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    from quarterdeck.engine.simulation.kernels.draws import NORMAL

    found.kind[places] = NORMAL
    found.parameters[places, :2] = numbers.T


def _lognormal(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    from quarterdeck.engine.simulation.kernels.draws import LOGNORMAL

    found.kind[places] = LOGNORMAL
    found.parameters[places, :2] = np.stack(lognormal_shape(*numbers), axis=1)


def _beta(found: Shapes, places: NDArray[np.int64], numbers: Floats) -> None:
    from quarterdeck.engine.simulation.kernels.draws import BETA

    low, mode, high, weight = numbers
    found.kind[places] = BETA
    found.parameters[places, 0], found.parameters[places, 1] = low, high - low
    asymmetry = (mode - low) / np.where(high > low, high - low, 1.0)
    for each in np.unique(weight):
        alike = weight == each
        found.curve[places[alike]] = beta_curves(float(each), asymmetry[alike])


FILL: Final[dict[type, Callable[[Shapes, NDArray[np.int64], Floats], None]]] = {
    Triangular: _triangular,
    Trigen: _trigen,
    Uniform: _uniform,
    Normal: _normal,
    Lognormal: _lognormal,
    Pert: _beta,
}


def beta_curves(weight: float, mode: Floats) -> Floats:
    """Return polynomials in z, rising, the normal share of which is the quantile of a PERT estimate from 0 to 1.

    Between the quantile function of a beta distribution and the normal distribution function lies a nearly straight
    line; a polynomial of degree 7 follows it to 0.0003 standard deviations of the quantity (root mean square). The
    polynomials are fitted for 65 modes, dense at the ends, and interpolated between (cubic, Lagrange).

    >>> abs(beta_curves(0.0, np.array([0.3]))).round(6).tolist()
    [[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    fitted = _fitted(weight)
    at = np.arcsin(np.sqrt(np.clip(mode, 0.0, 1.0))) * 2 * SHAPES / np.pi + 1
    here = np.clip(np.floor(at).astype(np.int64), 1, SHAPES)
    t = (at - here)[:, np.newaxis]
    found: Floats = (
        -t * (t - 1) * (t - 2) / 6 * fitted[here - 1]
        + (t + 1) * (t - 1) * (t - 2) / 2 * fitted[here]
        - (t + 1) * t * (t - 2) / 2 * fitted[here + 1]
        + (t + 1) * t * (t - 1) / 6 * fitted[here + 2]
    )
    return found


@lru_cache(maxsize=64)
def _fitted(weight: float) -> Floats:
    """Return the polynomials at modes sin(k pi / 128)**2, from k = -1, which is k = 1 again, to 65."""
    from scipy.special import betaincinv, ndtr, ndtri

    from quarterdeck.engine.simulation.kernels.draws import DEGREE

    z = REACH * np.cos((np.arange(PLACES) + 0.5) * np.pi / PLACES)
    mode = np.sin(np.pi * np.arange(-1, SHAPES + 2) / (2 * SHAPES)) ** 2
    first, second = (each[:, np.newaxis] for each in beta_shape(0.0, mode, 1.0, weight))
    below, above = ndtri(betaincinv(first, second, ndtr(z))), -ndtri(betaincinv(second, first, ndtr(-z)))
    powers = np.vander(z, DEGREE + 1, increasing=True)
    counts = np.exp(-0.15 * z**2)
    found: Floats = np.linalg.lstsq(
        powers * counts[:, np.newaxis], (np.where(z < 0, below, above) * counts).T, rcond=None
    )[0].T
    return found
