"""What is not known of a quantity, as a distribution: three-point estimates and their kin.

Durations are minutes, amounts of money any unit. A distribution is plain data; what a formula needs of many at once
(`Shapes`) is worked out over arrays, so that ten thousand estimates cost no loop.

Sources: Malcolm et al., "Application of a Technique for Research and Development Program Evaluation" (1959) for PERT;
Vose, "Risk Analysis" (2008) for modified PERT and trigen; Johnson, Kotz & Balakrishnan, "Continuous Univariate
Distributions" (1994) for the rest.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
#: A formula takes one estimate's numbers or, as arrays, those of many, and gives as much back.
Values: TypeAlias = Any
Self = TypeVar("Self", bound="Distribution")

#: A value that is a fact, or one that is a guess.
Estimate: TypeAlias = "float | Distribution"


class Distribution(ABC):
    """A distribution; `mean`, `deviation`, `likely`, `least` and `quantile` say of it what they are called."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]
    #: What must hold of the numbers, in words; the test of it is `_faulty`.
    rule: ClassVar[str]

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self._moments(*self._numbers())[0])

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        return float(self._moments(*self._numbers())[1])

    @property
    def likely(self) -> float:
        """The value that a plan would carry: the most likely one, the middle where all are alike."""
        return float(self._moments(*self._numbers())[2])

    @property
    def least(self) -> float:
        """The lower end, minus infinity where there is none."""
        return float(self._moments(*self._numbers())[3])

    @abstractmethod
    def quantile(self, share: Values) -> Values:
        """Return the value that is not exceeded with this probability, for one share or an array of them."""

    @staticmethod
    @abstractmethod
    def _moments(*numbers: Values) -> tuple[Values, Values, Values, Values]:
        """Return mean, standard deviation, most likely value and lower end."""

    @staticmethod
    @abstractmethod
    def _faulty(*numbers: Values) -> Values:
        """Return where the numbers break the rule."""

    @abstractmethod
    def scaled(self: Self, by: float) -> Self:
        """Return the distribution of so many times the quantity."""

    def _numbers(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = tuple(getattr(self, name) for name in self.__match_args__)
        return found


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    """From `low` to `high` with the peak at `mode`; all three may be one."""

    low: float
    mode: float
    high: float

    rule: ClassVar[str] = "low <= mode <= high"

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        low, mode, high = self.low, self.mode, self.high
        share = np.asarray(share, dtype=np.float64)
        rising = low + np.sqrt(share * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
        return np.where(share * (high - low) < mode - low, rising, falling)[()]

    @staticmethod
    def _moments(low: Values, mode: Values, high: Values) -> tuple[Values, Values, Values, Values]:
        spread = (high - low) ** 2 - (mode - low) * (high - mode)
        return (low + mode + high) / 3, np.sqrt(spread / 18), mode, low

    @staticmethod
    def _faulty(low: Values, mode: Values, high: Values) -> Values:
        return ~((low <= mode) & (mode <= high))

    def scaled(self, by: float) -> Triangular:
        """Return the distribution of so many times the quantity."""
        return Triangular(self.low * by, self.mode * by, self.high * by)


@dataclass(frozen=True, slots=True)
class Pert(Distribution):
    """A beta distribution from `low` to `high` about `mode`.

    `weight` is how much the mode counts against the ends: 4 is PERT proper, with the mean (low + 4 mode + high) / 6,
    any other is modified PERT, mean (low + weight mode + high) / (weight + 2). Nil is the uniform distribution.
    """

    low: float
    mode: float
    high: float
    weight: float = 4.0

    rule: ClassVar[str] = "low <= mode <= high and 0 <= weight <= 100"

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        from scipy.special import betaincinv

        first, second = beta_shape(self.low, self.mode, self.high, self.weight)
        return self.low + (self.high - self.low) * betaincinv(first, second, share)

    @staticmethod
    def _moments(low: Values, mode: Values, high: Values, weight: Values) -> tuple[Values, Values, Values, Values]:
        mean = (low + weight * mode + high) / (weight + 2)
        return mean, np.sqrt(np.maximum((mean - low) * (high - mean), 0) / (weight + 3)), mode, low

    @staticmethod
    def _faulty(low: Values, mode: Values, high: Values, weight: Values) -> Values:
        return ~((low <= mode) & (mode <= high) & (weight >= 0) & (weight <= 100))

    def scaled(self, by: float) -> Pert:
        """Return the distribution of so many times the quantity."""
        return Pert(self.low * by, self.mode * by, self.high * by, self.weight)


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Anything from `low` to `high` alike."""

    low: float
    high: float

    rule: ClassVar[str] = "low <= high"

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        return self.low + np.asarray(share, dtype=np.float64)[()] * (self.high - self.low)

    @staticmethod
    def _moments(low: Values, high: Values) -> tuple[Values, Values, Values, Values]:
        middle = (low + high) / 2
        return middle, (high - low) / math.sqrt(12), middle, low

    @staticmethod
    def _faulty(low: Values, high: Values) -> Values:
        return ~(low <= high)

    def scaled(self, by: float) -> Uniform:
        """Return the distribution of so many times the quantity."""
        return Uniform(self.low * by, self.high * by)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """The bell; a duration drawn below nil counts as nil."""

    average: float
    sigma: float

    rule: ClassVar[str] = "sigma >= 0"

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        from scipy.special import ndtri

        return self.average + self.sigma * ndtri(share)

    @staticmethod
    def _moments(average: Values, sigma: Values) -> tuple[Values, Values, Values, Values]:
        return average, sigma, average, -np.inf + 0 * average

    @staticmethod
    def _faulty(average: Values, sigma: Values) -> Values:
        return ~(sigma >= 0)

    def scaled(self, by: float) -> Normal:
        """Return the distribution of so many times the quantity."""
        return Normal(self.average * by, self.sigma * by)


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """A quantity whose logarithm is normal, by its own mean and standard deviation."""

    average: float
    sigma: float

    rule: ClassVar[str] = "average > 0 and sigma >= 0"

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        from scipy.special import ndtri

        median, spread = lognormal_shape(self.average, self.sigma)
        return median * np.exp(spread * ndtri(share))

    @staticmethod
    def _moments(average: Values, sigma: Values) -> tuple[Values, Values, Values, Values]:
        median, spread = lognormal_shape(average, sigma)
        return average, sigma, median * np.exp(-(spread**2)), 0 * average

    @staticmethod
    def _faulty(average: Values, sigma: Values) -> Values:
        return ~((average > 0) & (sigma >= 0))

    def scaled(self, by: float) -> Lognormal:
        """Return the distribution of so many times the quantity."""
        return Lognormal(self.average * by, self.sigma * by)


@dataclass(frozen=True, slots=True)
class Trigen(Distribution):
    """A triangular distribution of which not the ends are known but two percentiles.

    `below` is the probability of less than `low`, `above` that of at most `high`: 0.1 and 0.9 unless told. The ends lie
    outside and are found (Vose 2008).
    """

    low: float
    mode: float
    high: float
    below: float = 0.1
    above: float = 0.9

    rule: ClassVar[str] = "low < mode < high, 0 <= below < above <= 1 and below < 0.5 < above"

    def triangular(self) -> Triangular:
        """Return the same with its ends, as a triangular distribution."""
        ends = trigen_ends(*(np.array([each], np.float64) for each in self._numbers()))
        return Triangular(float(ends[0][0]), self.mode, float(ends[1][0]))

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function."""
        return self.triangular().quantile(share)

    @staticmethod
    def _moments(*numbers: Values) -> tuple[Values, Values, Values, Values]:
        first, last = trigen_ends(*(np.atleast_1d(np.asarray(each, np.float64)) for each in numbers))
        found = Triangular._moments(first, np.atleast_1d(numbers[1]), last)
        mean, deviation, likely, least = found if np.ndim(numbers[0]) else (each[0] for each in found)
        return mean, deviation, likely, least

    @staticmethod
    def _faulty(low: Values, mode: Values, high: Values, below: Values, above: Values) -> Values:
        right = (low < mode) & (mode < high) & (below >= 0) & (below < 0.5) & (above > 0.5) & (above <= 1)
        return ~right

    def scaled(self, by: float) -> Trigen:
        """Return the distribution of so many times the quantity."""
        return Trigen(self.low * by, self.mode * by, self.high * by, self.below, self.above)


@dataclass(frozen=True, slots=True)
class Discrete(Distribution):
    """One of a few values, each with its probability; the probabilities add up to 1."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    rule: ClassVar[str] = "as many values as probabilities, at least one of each, the probabilities adding up to 1"

    def rising(self) -> tuple[Floats, Floats]:
        """Return the values in rising order, each once, and the probability of at most each."""
        values, place = np.unique(np.asarray(self.values, np.float64), return_inverse=True)
        return values, np.cumsum(np.bincount(place.ravel(), np.asarray(self.probabilities, np.float64)))

    def quantile(self, share: Values) -> Values:
        """Return the inverse of the distribution function: the least value that is not exceeded with it."""
        values, reached = self.rising()
        at = np.searchsorted(reached, np.asarray(share, np.float64) - 1e-12)
        return values[np.minimum(at, len(values) - 1)]

    @staticmethod
    def _moments(values: Values, probabilities: Values) -> tuple[Values, Values, Values, Values]:
        at, weight = np.asarray(values, np.float64), np.asarray(probabilities, np.float64)
        mean = at @ weight
        return mean, np.sqrt((at - mean) ** 2 @ weight), at[np.argmax(weight)], at[weight > 0].min()

    @staticmethod
    def _faulty(values: Values, probabilities: Values) -> Values:
        at, weight = np.asarray(values, np.float64), np.asarray(probabilities, np.float64)
        fits = at.ndim == 1 and at.shape == weight.shape and len(at) > 0
        return not (fits and bool(np.all(weight >= 0)) and abs(float(weight.sum()) - 1) < 1e-9)

    def scaled(self, by: float) -> Discrete:
        """Return the distribution of so many times the quantity."""
        return Discrete(tuple(value * by for value in self.values), self.probabilities)


def beta_shape(low: Values, mode: Values, high: Values, weight: Values) -> tuple[Values, Values]:
    """Return the two parameters of the beta distribution behind a PERT estimate: 1 + weight (mode - low) / range, and
    the same from above.

    >>> [float(each) for each in beta_shape(0.0, 1.0, 4.0, 4.0)]
    [2.0, 4.0]
    """
    width = np.where(high > low, np.subtract(high, low), 1.0)[()]
    return 1 + weight * (mode - low) / width, 1 + weight * (high - mode) / width


def lognormal_shape(average: Values, sigma: Values) -> tuple[Values, Values]:
    """Return the median and the standard deviation of the logarithm, from mean and standard deviation.

    >>> [round(float(each), 6) for each in lognormal_shape(10.0, 0.0)]
    [10.0, 0.0]
    """
    spread = np.log1p(np.divide(sigma, average) ** 2)
    return average * np.exp(-spread / 2), np.sqrt(spread)


def trigen_ends(low: Floats, mode: Floats, high: Floats, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the triangular distributions with these percentiles.

    With r the share of the range below the mode, the two percentiles give mode - end = (mode - low) / (1 - sqrt(below /
    r)) and the like above; r is where both agree, found by halving.

    >>> first, last = trigen_ends(*(np.array([each]) for each in (4.0, 5.0, 6.0, 0.125, 0.875)))
    >>> first.round(6).tolist(), last.round(6).tolist()
    ([3.0], [7.0])
    """
    over = 1 - above
    least, most = below.copy(), 1 - over
    under_mode, over_mode = mode - low, high - mode
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(60):
            share = (least + most) / 2
            under_mode = (mode - low) / (1 - np.sqrt(below / share))
            over_mode = (high - mode) / (1 - np.sqrt(over / (1 - share)))
            short = under_mode * (1 - share) > over_mode * share
            least, most = np.where(short, share, least), np.where(short, most, share)
    return mode - under_mode, mode + over_mode
