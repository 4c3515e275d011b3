"""What people answered: satisfaction (CSAT), net promoter score (NPS), each with the confidence that the sample allows.

Sources: Reichheld, "The One Number You Need to Grow" (HBR, 2003) for NPS; Rocks, "Interval Estimation for the Net
Promoter Score" (The American Statistician, 2016) for its variance; Wilson (1927) for the interval of a share.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import finite, within
from quarterdeck.engine.errors import EngineError

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """CSAT: the share of satisfied answers with its interval, from 0 to 1, and the mean in points of the scale."""

    answers: int
    satisfied: int
    share: float | None
    low: float | None
    high: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Promoters:
    """NPS in points from -100 to 100 with its interval, and how many stand behind it."""

    promoters: int
    passives: int
    detractors: int
    score: float | None
    low: float | None
    high: float | None

    @property
    def answers(self) -> int:
        """All who answered."""
        return self.promoters + self.passives + self.detractors


def satisfaction(
    ratings: Sequence[float], *, scale: tuple[int, int] = (1, 5), top: int = 2, confidence: float = CONFIDENCE
) -> Satisfaction:
    """CSAT = answers among the `top` points of the scale / all answers, with Wilson's interval for the share.

    Without answers every figure is None. Raises EngineError for a rating beyond the scale, naming its place.

    >>> result = satisfaction([5, 4, 4, 3, 1])
    >>> result.share, round(result.low, 3), round(result.high, 3), result.mean
    (0.6, 0.231, 0.882, 3.4)
    """
    given = _ratings(ratings, *scale)
    if not len(given):
        return Satisfaction(0, 0, None, None, None, None)
    satisfied = int((given > scale[1] - top).sum())
    low, high = share_interval(satisfied, len(given), confidence=confidence)
    return Satisfaction(len(given), satisfied, satisfied / len(given), low, high, float(given.mean()))


def net_promoter_score(ratings: Sequence[float], *, confidence: float = CONFIDENCE) -> Promoters:
    """NPS = 100 * (promoters - detractors) / answers, of ratings 0 to 10: promoters 9-10, passives 7-8, detractors 0-6.

    The interval is normal with variance (p + d - (p - d)^2) / n, cut at -100 and 100. Without answers: None.
    Raises EngineError for a rating beyond 0 to 10.

    >>> result = net_promoter_score([10] * 50 + [8] * 30 + [3] * 20)
    >>> result.score, round(result.low, 1), round(result.high, 1)
    (30.0, 14.7, 45.3)
    """
    given = _ratings(ratings, 0, 10)
    count = len(given)
    promoters, detractors = int((given >= 9).sum()), int((given <= 6).sum())
    passives = count - promoters - detractors
    if not count:
        return Promoters(0, 0, 0, None, None, None)
    net = (promoters - detractors) / count
    spread = _deviate(confidence) * math.sqrt(((promoters + detractors) / count - net**2) / count)
    bounds = max(-1.0, net - spread), min(1.0, net + spread)
    return Promoters(promoters, passives, detractors, 100 * net, 100 * bounds[0], 100 * bounds[1])


def share_interval(hits: int, count: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's interval of a share of `hits` in `count`, from 0 to 1; it stays sensible for small samples.

    Raises EngineError for no trials or more hits than trials.

    >>> [round(bound, 4) for bound in share_interval(8, 10)]
    [0.4902, 0.9433]
    """
    if not 0 <= hits <= count or not count:
        raise EngineError(
            f"{hits} of {count} is no share", remedy="Give at least one trial and no more hits than trials."
        )
    deviate = _deviate(confidence)
    share, square = hits / count, deviate**2 / count
    middle = (share + square / 2) / (1 + square)
    spread = deviate / (1 + square) * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def _deviate(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + within("the confidence", confidence, low=0.0, high=0.9999999, open_low=True)) / 2)


def _ratings(ratings: Sequence[float], low: int, high: int) -> NDArray[np.float64]:
    given = finite("ratings", ratings)
    odd = np.flatnonzero((given < low) | (given > high))
    if len(odd):
        raise EngineError(
            f"rating {odd[0] + 1} is {given[odd[0]]:g}, the scale runs from {low} to {high}",
            culprits=odd.tolist(),
            remedy="Leave it out or correct it.",
        )
    return given
