"""Pieces of work with a budget, the techniques that measure them, and what is known of their progress.

Techniques after EIA-748 and PMI, "Practice Standard for Earned Value Management" (2nd ed.), chapter on measuring. Each
says both when the budget is due (planned value) and when it is earned, so that the two can be set against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any, Final, TypeAlias

import numpy as np

from quarterdeck.engine.calendar import Calendar
from quarterdeck.engine.calendar.definition import DAY
from quarterdeck.engine.calendar.timeline import FIRST_DAY, LAST_DAY
from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError

WorkId = Hashable

MOST: Final = 1_000_000
FIRST: Final = FIRST_DAY * DAY
LAST: Final = LAST_DAY * DAY


@dataclass(frozen=True, slots=True)
class PercentComplete:
    """Earned by the share that is judged or measured to be done; due evenly over the working time."""


@dataclass(frozen=True, slots=True)
class UnitsComplete:
    """Earned by the units done out of so many, at most the whole; due evenly over the working time."""

    units: float


@dataclass(frozen=True, slots=True)
class StartFinish:
    """A share is due and earned at the start, the rest at the finish."""

    at_start: float


#: Nothing until it is finished: for work within one period.
ZERO_HUNDRED = StartFinish(0.0)
#: Half at the start, half at the finish: for work that spans two periods.
FIFTY_FIFTY = StartFinish(0.5)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of a piece of work with its share of the budget, and the instant at which it is due."""

    id: Hashable
    weight: float
    planned: int


@dataclass(frozen=True, slots=True)
class WeightedMilestones:
    """Each milestone's share is due at its planned instant and earned when it is achieved. The weights make 1."""

    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class LevelOfEffort:
    """Support without a product: earned as time passes, always what is due."""


@dataclass(frozen=True, slots=True)
class Apportioned:
    """Due and earned in step with another piece of work, as inspection is with what it inspects."""

    to: WorkId


Technique: TypeAlias = (
    PercentComplete | UnitsComplete | StartFinish | WeightedMilestones | LevelOfEffort | Apportioned
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work in a baseline: budget in money, start and finish as instants.

    A milestone may be told from both sides of a night, its finish the evening before its start. `due_at_start` is the
    part of the budget that is due and earned when the work starts (a fixed cost, a purchase), under the techniques that
    spread it over time; `calendar` None is the baseline's.
    """

    id: WorkId
    budget: float
    start: int
    finish: int
    technique: Technique = PercentComplete()
    due_at_start: float = 0.0
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is known of a piece of work at the status date; all cumulative.

    `complete` from 0 to 1 and `units` serve the techniques of those names, `achieved` names milestones. Work has begun
    when it has an actual start not after the status date, or is complete in part.
    """

    actual_start: int | None = None
    actual_finish: int | None = None
    complete: float = 0.0
    units: float = 0.0
    achieved: Collection[Hashable] = ()
    cost: float = 0.0


def check_works(works: Iterable[Work]) -> dict[WorkId, Work]:
    """The works by id. Raises EngineError naming the work that cannot be and what is wrong with it.

    >>> list(check_works([Work(id="dig", budget=100, start=0, finish=480)]))
    ['dig']
    >>> check_works([Work(id="dig", budget=-1, start=0, finish=480)])
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: the budget of 'dig' is -1. Give a number of at least 0.
    """
    found: dict[WorkId, Work] = {}
    for work in works:
        if len(found) == MOST:
            raise EngineError(
                f"there are more than {MOST:,} works", remedy="Measure the plan in parts and roll them up."
            )
        if work.id in found:
            raise EngineError(f"{work.id!r} stands twice among the works", culprits=(work.id,), remedy="Give it once.")
        _check(work)
        found[work.id] = work
    if not found:
        raise EngineError("there is no work to measure", remedy="Give at least one piece of work.")
    _check_bases(found)
    return found


def _check(work: Work) -> None:
    instants: list[object] = [work.start, work.finish]
    if isinstance(work.technique, WeightedMilestones):
        instants += [milestone.planned for milestone in work.technique.milestones]
    if not all(isinstance(instant, int | np.integer) and FIRST <= instant <= LAST for instant in instants):
        raise EngineError(
            f"a date of {work.id!r} is no whole minute from 1900 to 2199",
            culprits=(work.id,),
            remedy="Give minutes since 1970-01-01 00:00.",
        )
    _within(work, "the budget", work.budget)
    _within(work, "what is due at the start", work.due_at_start, high=work.budget)
    match work.technique:
        case StartFinish(at_start):
            _within(work, "the share at the start", at_start, high=1)
        case UnitsComplete(units):
            _within(work, "the number of units", units)
            if units == 0:
                raise EngineError(f"{work.id!r} has no units", culprits=(work.id,), remedy="Give its number of units.")
        case WeightedMilestones(milestones):
            for milestone in milestones:
                _within(work, f"the weight of {milestone.id!r}", milestone.weight, high=1)
            if abs(fsum(milestone.weight for milestone in milestones) - 1) > 1e-9:
                raise EngineError(
                    f"the weights of the milestones of {work.id!r} do not make 1",
                    culprits=(work.id,),
                    remedy="Give weights that add up to 1.",
                )


def _within(work: Work, name: str, value: float, high: float = float("inf")) -> None:
    try:
        within(f"{name} of {work.id!r}", value, low=0, high=high)
    except EngineError as error:
        raise EngineError(error.problem, culprits=(work.id,), remedy=error.remedy) from None


def _check_bases(works: Mapping[WorkId, Work]) -> None:
    """Refuse apportioned work whose base is missing or, in the end, itself."""
    for work in works.values():
        chain = [work.id]
        while isinstance(technique := works[chain[-1]].technique, Apportioned):
            if technique.to not in works:
                raise EngineError(
                    f"{chain[-1]!r} is apportioned to {technique.to!r}, which is not among the works",
                    culprits=(chain[-1],),
                    remedy="Add that work, or measure this one on its own.",
                )
            if technique.to in chain:
                raise EngineError(
                    "work is apportioned in a circle: " + ", ".join(repr(id) for id in [*chain, technique.to]),
                    culprits=chain,
                    remedy="Measure one of them on its own.",
                )
            chain.append(technique.to)


def check_progress(progress: Mapping[Any, Progress], works: Mapping[Any, Work]) -> None:
    """Raise EngineError naming the work whose progress cannot be, or of which there is progress but no work.

    >>> dig = Work(id="dig", budget=100, start=0, finish=480)
    >>> check_progress({"dig": Progress(complete=1.2)}, {"dig": dig})
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: the share complete of 'dig' is 1.2.
    Give a number of at least 0 and of at most 1.
    """
    for key, each in progress.items():
        if key not in works:
            raise EngineError(
                f"there is progress of {key!r}, which is not among the works",
                culprits=(key,),
                remedy="Add the work to the baseline, or leave its progress out.",
            )
        work = works[key]
        _within(work, "the share complete", each.complete, high=1)
        _within(work, "the units done", each.units)
        try:
            within(f"the actual cost of {key!r}", each.cost)
        except EngineError as error:
            raise EngineError(error.problem, culprits=(key,), remedy=error.remedy) from None
        if isinstance(work.technique, WeightedMilestones):
            strange = set(each.achieved) - {milestone.id for milestone in work.technique.milestones}
            if strange:
                raise EngineError(
                    f"{key!r} has no milestone {next(iter(strange))!r}",
                    culprits=(key,),
                    remedy="Name milestones of the baseline.",
                )
