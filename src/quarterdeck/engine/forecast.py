"""Reference-class forecasting: what happened to projects like this one, and what that says for the next.

An overrun is actual / estimate - 1, of cost or of duration alike. Sources: Kahneman & Tversky (1979) on the outside
view; Flyvbjerg, "From Nobel Prize to Project Management: Getting Risks Right" (2006); UK Department for Transport,
"Procedures for Dealing with Optimism Bias in Transport Planning" (2004) for uplifts at an accepted chance of overrun.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import finite, within
from quarterdeck.engine.errors import EngineError

LEAST = 5
"""Below this many closed projects a class says too little to lean on; its figures are given with that warning."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One closed project: what it was estimated at when it was approved and what it came to, in one unit."""

    id: Hashable
    kind: Hashable
    estimate: float
    actual: float

    @property
    def overrun(self) -> float:
        """Actual / estimate - 1: 0.2 is a fifth more than estimated."""
        return self.actual / self.estimate - 1


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """The overruns of one class, lowest first, and the projects behind them."""

    kind: Hashable
    overruns: tuple[float, ...]
    members: tuple[Hashable, ...]

    @property
    def thin(self) -> bool:
        """Whether there are too few projects to lean on (fewer than 5)."""
        return len(self.overruns) < LEAST

    @property
    def mean(self) -> float:
        """The mean overrun."""
        return float(np.mean(self.overruns))

    @property
    def share_over(self) -> float:
        """The share of projects that came to more than was estimated, from 0 to 1."""
        return float(np.mean(np.asarray(self.overruns) > 0))

    def uplift(self, certainty: float) -> float:
        """What to add to an estimate, as a share of it, so that it holds with this certainty (0.8 is P80).

        The quantile of the overruns, linear between neighbours (definition 7 of Hyndman & Fan, 1996).
        """
        return float(np.quantile(np.asarray(self.overruns), within("the certainty", certainty, low=0, high=1)))

    def uplift_interval(self, certainty: float, *, confidence: float = 0.9) -> tuple[float, float]:
        """How sure the uplift is: bounds for the quantile from the order of the overruns, without a distribution
        assumed.

        With k of n overruns below the quantile binomially distributed, the bounds are the overruns between whose
        ranks k falls with this confidence (Conover, "Practical Nonparametric Statistics"); the least and the greatest
        where the class is too small for it.
        """
        from scipy.stats import binom

        count = len(self.overruns)
        tail = (1 - within("the confidence", confidence, low=0, high=1)) / 2
        share = within("the certainty", certainty, low=0, high=1)
        low = int(binom.ppf(tail, count, share)) - 1
        high = int(binom.ppf(1 - tail, count, share))
        return self.overruns[max(low, 0)], self.overruns[min(high, count - 1)]


@dataclass(frozen=True, slots=True)
class Forecast:
    """An estimate seen from outside: what it becomes at each certainty, and the class it was judged by."""

    estimate: float
    by: ReferenceClass
    values: Mapping[float, float]


def reference_classes(outcomes: Sequence[Outcome]) -> Mapping[Hashable, ReferenceClass]:
    """The closed projects by kind, each with its overruns in order.

    Raises EngineError for an estimate that is not above nil or an actual below it, naming the project.

    >>> closed = [Outcome("A", "IT", 100, 150), Outcome("B", "IT", 100, 90), Outcome("C", "road", 10, 12)]
    >>> classes = reference_classes(closed)
    >>> [round(each, 2) for each in classes["IT"].overruns], classes["IT"].members, classes["IT"].share_over
    ([-0.1, 0.5], ('B', 'A'), 0.5)
    """
    _checked(outcomes)
    kinds: dict[Hashable, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.kind, []).append(outcome)
    classes = {}
    for kind, members in kinds.items():
        members.sort(key=lambda outcome: outcome.overrun)
        classes[kind] = ReferenceClass(
            kind, tuple(each.overrun for each in members), tuple(each.id for each in members)
        )
    return classes


def outside_view(
    estimate: float, kind: Hashable, classes: Mapping[Any, ReferenceClass], *, certainties: Sequence[float] = (0.5, 0.8)
) -> Forecast:
    """The estimate with the uplift of its class at each certainty: estimate * (1 + uplift), in the unit of the
    estimate.

    Raises EngineError when the kind has no closed project.

    >>> classes = reference_classes([Outcome(number, "IT", 100, 100 + number) for number in range(0, 101, 10)])
    >>> dict(outside_view(200, "IT", classes).values)
    {0.5: 300.0, 0.8: 360.0}
    """
    if kind not in classes:
        raise EngineError(
            f"no closed project is of kind {kind!r}", culprits=(kind,), remedy="Choose a kind that has closed projects."
        )
    base = within("the estimate", estimate, low=0)
    by = classes[kind]
    return Forecast(base, by, {level: base * (1 + by.uplift(level)) for level in certainties})


def _checked(outcomes: Sequence[Outcome]) -> None:
    estimates: NDArray[np.float64] = finite("estimates", [outcome.estimate for outcome in outcomes])
    actuals: NDArray[np.float64] = finite("actuals", [outcome.actual for outcome in outcomes])
    for outcome, estimate, actual in zip(outcomes, estimates, actuals, strict=True):
        if estimate <= 0 or actual < 0:
            raise EngineError(
                f"project {outcome.id!r} was estimated at {estimate:g} and came to {actual:g}",
                culprits=(outcome.id,),
                remedy="Give an estimate above 0 and an actual of at least 0, or leave the project out.",
            )
