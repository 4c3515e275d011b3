"""What is not known of a plan: estimates of tasks, risks, how they hang together, branches and conditions of work.

Durations are minutes of work, money is any one currency. An `Estimate` is a number, or a `Distribution` of numbers.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, TypeAlias

from quarterdeck.engine.network import TaskId
from quarterdeck.engine.simulation.distributions import Distribution, Estimate

RiskId: TypeAlias = Hashable

#: No duration or lag has more minutes, a quarter of what the whole may come to: 510 years.
LONGEST: Final = 2**28


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is not known of a task: how long it takes and what it costs.

    `duration` counts working minutes, of a started task those that remain; None: as planned. With `relative` it counts
    times what is planned instead: Triangular(0.9, 1, 1.3). The task costs `cost` plus `rate` for every minute that it
    takes; a level of effort or hammock, for every minute from its start to its finish.
    """

    task: TaskId
    duration: Distribution | None = None
    cost: Estimate = 0.0
    rate: Estimate = 0.0
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is done about a risk: what that costs for certain, and what the risk is like afterwards; None: as before."""

    cost: float = 0.0
    probability: float | None = None
    delay: Estimate | None = None
    factor: Estimate | None = None
    loss: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """An event that may happen, once: an opportunity where the delay or the loss is negative or the factor below 1.

    If it does, every task in `tasks` takes `factor` times as long and `delay` more, and `loss` is paid. One draw of the
    impact holds for all its tasks, unless `apart`. Impacts on one task add up (factors multiply), but of the risks that
    are `parallel` only the worst delay and the greatest factor count, and the best of those that help.
    """

    id: RiskId
    probability: float
    tasks: tuple[TaskId, ...] = ()
    delay: Estimate = 0.0
    factor: Estimate = 1.0
    loss: Estimate = 0.0
    apart: bool = False
    parallel: bool = False
    response: Response | None = None

    def responded(self) -> Risk:
        """Return the risk as it is after its response, itself where there is none."""
        answer = self.response
        if answer is None:
            return self
        return Risk(
            id=self.id,
            probability=self.probability if answer.probability is None else answer.probability,
            tasks=self.tasks,
            delay=self.delay if answer.delay is None else answer.delay,
            factor=self.factor if answer.factor is None else answer.factor,
            loss=self.loss if answer.loss is None else answer.loss,
            apart=self.apart,
            parallel=self.parallel,
            response=answer,
        )


@dataclass(frozen=True, slots=True)
class CostOf:
    """The cost of a task, as a member of a correlation."""

    task: TaskId


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Whether a risk occurs, as a member of a correlation."""

    risk: RiskId


#: What may be correlated; a bare id is the duration of that task.
Member: TypeAlias = "TaskId | CostOf | Occurrence"


@dataclass(frozen=True, slots=True)
class Correlation:
    """Things that run high or low together: rank correlations (Spearman), from -1 to 1.

    `coefficient` is one number for every pair of members, or a square of numbers, row by row as the members stand.
    """

    members: tuple[Member, ...]
    coefficient: float | tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way that things may go: its probability, and the tasks that are done only then."""

    probability: float
    tasks: tuple[TaskId, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A fork of which one alternative comes true, or none with what is left of the probability.

    A task that is not done takes no time and costs nothing; what follows it waits for what goes before it, without the
    lags of its own links.
    """

    id: Hashable
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Under what conditions some tasks work: weather that takes whole days, a pace that changes with the season.

    `lost` is the probability that a day is lost, `pace` how much is done in a minute of work on a day that is not. Both
    are one number, twelve (by month) or fifty-three (by week of the year, the first being January 1 to 7). In each
    iteration all tasks under the same conditions lose the same days.
    """

    id: Hashable
    tasks: tuple[TaskId, ...]
    lost: tuple[float, ...] = (0.0,)
    pace: tuple[float, ...] = (1.0,)
