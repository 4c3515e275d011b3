"""What is not known of a plan, checked and collected: draws, and what they go into."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import listed, unique, within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import TaskId
from quarterdeck.engine.simulation.distributions import Discrete, Distribution, Estimate
from quarterdeck.engine.simulation.ground import Ground
from quarterdeck.engine.simulation.model import (
    Alternative,
    Branch,
    Conditions,
    CostOf,
    Member,
    Occurrence,
    Response,
    Risk,
    RiskId,
    Uncertainty,
)

#: Kinds of streams of random numbers; each has 2**29 of them.
DURATION, COST, RATE, FACTOR, OCCURS, IMPACT, BRANCH, WEATHER = (kind << 29 for kind in range(8))
#: Alternatives that a branch may have, one bit each, and conditions that a plan may have.
ALTERNATIVES: Final = 63
CONDITIONS: Final = 1_000
RATE_OF: Final = "the rate of task"
FACTOR_OF: Final = "the factor of risk"
#: Money is refused beyond this.
RICHES: Final = 1e15


@dataclass(slots=True)
class Guesses:
    """All draws, in parallel lists: the distribution, its stream, what it is of and how that is called.

    It is kept as the duration of a node, or else (-1) as a row.
    """

    of: list[Distribution] = field(default_factory=list)
    stream: list[int] = field(default_factory=list)
    what: list[str] = field(default_factory=list)
    key: list[Hashable] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    rows: int = 0
    member: dict[Member, int] = field(default_factory=dict)

    def as_row(self, of: Distribution, stream: int, what: str, key: Hashable) -> int:
        """Add a draw that is kept as a row, and return which."""
        self.add(of, stream, (what, key), -1)
        return self.row[-1]

    def add(self, of: Distribution, stream: int, name: tuple[str, Hashable], node: int) -> int:
        """Add a draw, and return its number."""
        self.of.append(of)
        self.stream.append(stream)
        self.what.append(name[0])
        self.key.append(name[1])
        self.node.append(node)
        self.row.append(self.rows if node < 0 else -1)
        self.rows += node < 0
        return len(self.of) - 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One impact of a risk on a node: the rows of its occurrence and of what it does."""

    occurs: int
    impact: int
    factor: bool
    parallel: bool


@dataclass(frozen=True, slots=True)
class Threat:
    """A risk as it is drawn: rows of its occurrence and its loss; -1: none."""

    risk: Risk
    occurs: int
    loss: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a task costs: an amount and so much a minute, both given or drawn (the number of the draw, else -1)."""

    task: TaskId
    place: int  # its node, or behind the nodes its place among the levels of effort, or -1: it has no duration
    amount: float
    amount_draw: int
    rate: float
    rate_draw: int


@dataclass(slots=True)
class Unknowns:
    """All that is not known of a plan."""

    guesses: Guesses = field(default_factory=Guesses)
    drawn: dict[int, int] = field(default_factory=dict)  # the draw of each node whose duration is drawn
    hits: dict[int, list[Hit]] = field(default_factory=dict)
    gates: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # row of the branch, mask of alternatives
    weather: dict[int, int] = field(default_factory=dict)
    conditions: tuple[Conditions, ...] = ()
    threats: list[Threat] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    responses: float = 0.0  # what responses cost for certain
    notices: list[str] = field(default_factory=list)


def collect(
    ground: Ground,
    *,
    uncertainties: Iterable[Uncertainty],
    risks: Iterable[Risk],
    branches: Iterable[Branch],
    conditions: Iterable[Conditions],
    responded: bool | Collection[RiskId],
) -> Unknowns:
    """Return what is not known of a plan.

    Raises `EngineError`, naming task or risk, for ids that are not in the plan or given twice, for estimates of what
    has no duration of its own, and for numbers out of range.
    """
    found = Unknowns()
    _take_risks(ground, found, _answered(listed("risks", risks), responded))
    _take_branches(ground, found, listed("branches", branches))
    _take_conditions(ground, found, listed("conditions", conditions))
    _take_uncertainties(ground, found, listed("uncertainties", uncertainties))
    return found


def _node(ground: Ground, task: TaskId, what: str) -> int:
    """Return the node of a task, -1 for one that is not active. Raises `EngineError` for one without own work."""
    plan = ground.plan
    row = plan.row(task)
    node = int(plan.node[row])
    if node < 0 and plan.tree.active[row]:
        kind = "a summary" if plan.tree.summary[row] else "a level of effort"
        raise EngineError(
            f"{what} {task!r}, {kind}, which has no duration of its own",
            culprits=(task,),
            remedy="Name the tasks that make it up.",
        )
    return node


def _taken(kind: str, things: Sequence[Any], sort: type) -> None:
    """Refuse what is no such thing, and ids that stand twice."""
    _all(kind, things, sort)
    try:
        unique(kind, (each.id for each in things))
    except TypeError:
        raise EngineError(f"an id among the {kind} cannot be one", remedy="Give text or numbers.") from None


def _all(kind: str, things: Sequence[Any], sort: type) -> None:
    for each in things:
        if not isinstance(each, sort):
            raise EngineError(f"{each!r} is none of the {kind}", remedy=f"Give {sort.__name__} objects.")


# -- risks


def _answered(risks: tuple[Risk, ...], responded: bool | Collection[RiskId]) -> tuple[Risk, ...]:
    """Return the risks, after their response where that is taken."""
    _taken("risks", risks, Risk)
    for risk in risks:
        if not isinstance(risk.response, Response | None):
            raise EngineError(
                f"the response to risk {risk.id!r} is none: {risk.response!r}",
                culprits=(risk.id,),
                remedy="Give a Response.",
            )
    if isinstance(responded, bool):
        return tuple(risk.responded() for risk in risks) if responded else _before(risks)
    responded = listed("risks responded to", responded)
    unknown = [each for each in responded if each not in [risk.id for risk in risks]]
    if unknown:
        raise EngineError(f"there is no risk {unknown[0]!r}", culprits=unknown, remedy="Check the risks responded to.")
    return tuple(risk.responded() if risk.id in responded else _before((risk,))[0] for risk in risks)


def _before(risks: tuple[Risk, ...]) -> tuple[Risk, ...]:
    return tuple(risk if risk.response is None else replace(risk, response=None) for risk in risks)


def _take_risks(ground: Ground, found: Unknowns, risks: tuple[Risk, ...]) -> None:
    guesses, number = found.guesses, 0
    for place, risk in enumerate(risks):
        chance = _within("the probability of risk", risk.id, risk.probability, low=0, high=1)
        happens = Discrete((0.0, 1.0), (1 - chance, chance))
        occurs = guesses.as_row(happens, OCCURS + place, "the occurrence of risk", risk.id)
        guesses.member[Occurrence(risk.id)] = len(guesses.of) - 1
        nodes = [_node(ground, task, f"risk {risk.id!r} strikes") for task in _several(risk.tasks, risk.id)]
        for estimate, neutral, what in (
            (risk.factor, 1.0, FACTOR_OF),
            (risk.delay, 0.0, "the delay of risk"),
        ):
            if estimate == neutral:
                continue
            held: int | None = None
            for node in nodes:
                if held is None or risk.apart:
                    held = guesses.as_row(_distribution(estimate, what, risk.id), IMPACT + number, what, risk.id)
                    number += 1
                if node >= 0 and not ground.finished[node]:
                    found.hits.setdefault(node, []).append(Hit(occurs, held, neutral == 1.0, risk.parallel))
        loss = -1
        if risk.loss != 0.0:
            what = "the loss of risk"
            loss = guesses.as_row(_distribution(risk.loss, what, risk.id), IMPACT + number, what, risk.id)
            number += 1
        if risk.response is not None:
            cost = risk.response.cost
            found.responses += _within("the cost of the response to risk", risk.id, cost, low=-RICHES, high=RICHES)
        found.threats.append(Threat(risk, occurs, loss))


def _several(tasks: Any, key: Hashable) -> tuple[TaskId, ...]:
    """Return ids as a tuple, none of them twice."""
    if isinstance(tasks, str):
        raise EngineError(f"the tasks of {key!r} are one text", culprits=(key,), remedy="Give a tuple of ids.")
    try:
        return unique(f"tasks of {key!r}", tasks)
    except TypeError:
        raise EngineError(f"the tasks of {key!r} are no ids", culprits=(key,), remedy="Give a tuple of ids.") from None


def _distribution(estimate: Estimate, what: str, key: Hashable) -> Distribution:
    """Return an estimate as a distribution, a number as one that is certain."""
    if isinstance(estimate, Distribution):
        return estimate
    return Discrete((_number(estimate, what, key),), (1.0,))


def _number(value: Any, what: str, key: Hashable) -> float:
    return _within(what, key, value, low=-RICHES, high=RICHES)


def _within(what: str, key: Hashable, value: Any, *, low: float, high: float) -> float:
    """Return a number in a range. Raises `EngineError` that names the id at fault."""
    try:
        return within(f"{what} {key!r}", value, low=low, high=high)
    except EngineError as wrong:
        raise EngineError(wrong.problem, culprits=(key,), remedy=wrong.remedy) from None


# -- branches and conditions


def _take_branches(ground: Ground, found: Unknowns, branches: tuple[Branch, ...]) -> None:
    _taken("branches", branches, Branch)
    for place, branch in enumerate(branches):
        _all("alternatives", branch.alternatives, Alternative)
        chances = [
            _within("a probability of branch", branch.id, each.probability, low=0, high=1)
            for each in branch.alternatives
        ]
        left = 1 - sum(chances)
        if left < -1e-9 or not 1 <= len(chances) <= ALTERNATIVES:
            raise EngineError(
                f"branch {branch.id!r} has {len(chances)} alternatives, whose probabilities add up to {1 - left:g}",
                culprits=(branch.id,),
                remedy=f"Give 1 to {ALTERNATIVES} alternatives that add up to 1 at most.",
            )
        values = tuple(float(number) for number in range(len(chances) + 1))
        of = Discrete(values, (*chances, max(left, 0.0)))
        row = found.guesses.as_row(of, BRANCH + place, "the choice of branch", branch.id)
        masks: dict[int, int] = {}
        for number, each in enumerate(branch.alternatives):
            for task in _several(each.tasks, branch.id):
                node = _node(ground, task, f"branch {branch.id!r} leads to")
                masks[node] = masks.get(node, 0) | 1 << number
        for node, mask in masks.items():
            if node >= 0 and not ground.begun[node]:
                found.gates.setdefault(node, []).append((row, mask))


def _take_conditions(ground: Ground, found: Unknowns, conditions: tuple[Any, ...]) -> None:
    _taken("conditions", conditions, Conditions)
    if len(conditions) > CONDITIONS:
        raise EngineError(f"there are {len(conditions):,} conditions, {CONDITIONS:,} are the most", remedy="Join some.")
    owner: dict[int, Hashable] = {}
    for place, each in enumerate(conditions):
        for values, what, low, most in ((each.lost, "share of days lost", 0.0, 1.0), (each.pace, "pace", 0.0, 100.0)):
            if not isinstance(values, tuple | list) or len(values) not in {1, 12, 53}:
                raise EngineError(
                    f"conditions {each.id!r} give {values!r} for the {what}",
                    culprits=(each.id,),
                    remedy="Give one, twelve (by month) or fifty-three (by week).",
                )
            for value in values:
                _within(f"a {what} of conditions", each.id, value, low=low, high=most)
        lost, pace = max(each.lost), min(each.pace)
        if lost > 0.99 or pace < 0.01:
            raise EngineError(
                f"conditions {each.id!r} leave next to no work to be done",
                culprits=(each.id,),
                remedy="Let less than 99 % of days be lost, and give a pace of at least 0.01.",
            )
        for task in _several(each.tasks, each.id):
            node = _node(ground, task, f"conditions {each.id!r} hold for")
            if node < 0 or ground.finished[node]:
                continue
            if owner.setdefault(node, each.id) != each.id:
                raise EngineError(
                    f"task {task!r} works under two conditions, {owner[node]!r} and {each.id!r}",
                    culprits=(task,),
                    remedy="Give it one.",
                )
            found.weather[node] = place
    found.conditions = conditions


# -- estimates of tasks


def _take_uncertainties(ground: Ground, found: Unknowns, uncertainties: tuple[Uncertainty, ...]) -> None:
    """Take estimates in, all together: there may be one for each of very many tasks."""
    plan = ground.plan
    try:
        rows = np.array([plan.rows[each.task] for each in uncertainties], np.int64)
    except (AttributeError, KeyError, TypeError):
        rows = _checked_rows(ground, uncertainties)
    seen, times = np.unique(rows, return_counts=True)
    if len(seen) < len(rows):
        task = plan.columns.id_of(int(seen[np.argmax(times)]))
        raise EngineError(f"task {task!r} is estimated twice", culprits=(task,), remedy="Estimate it once.")
    active = plan.tree.active[rows]
    timed = np.array([each.duration is not None for each in uncertainties], np.bool_) & active
    node = plan.node[rows]
    for place in np.flatnonzero(timed & (node < 0)).tolist():
        _node(ground, uncertainties[place].task, "an estimate is given of the duration of")
    over = timed & ground.finished[node]
    places = np.flatnonzero(timed & ~over)
    _take_durations(ground, found, [uncertainties[place] for place in places.tolist()], (rows[places], node[places]))
    for place, each in enumerate(uncertainties):
        if (each.cost != 0.0 or each.rate != 0.0) and active[place]:
            _take_price(ground, found, each, int(rows[place]))
    if over.any():
        found.notices.append(f"{int(over.sum())} estimated tasks are finished; how long they took is known.")
    if not active.all():
        found.notices.append(f"{int((~active).sum())} estimated tasks are not active.")


def _checked_rows(ground: Ground, uncertainties: tuple[Any, ...]) -> NDArray[np.int64]:
    """Return the rows of estimated tasks, or say which is none."""
    _all("uncertainties", uncertainties, Uncertainty)
    return np.array([ground.plan.row(each.task) for each in uncertainties], np.int64)


def _take_durations(
    ground: Ground, found: Unknowns, estimates: list[Uncertainty], where: tuple[NDArray[np.int64], NDArray[np.int32]]
) -> None:
    rows, nodes = where
    guesses, apart = found.guesses, found.hits.keys() | found.gates.keys()
    planned = (ground.plan.net.span[nodes] - ground.extra[nodes]).tolist()
    first, kept = len(guesses.of), nodes.tolist()
    for each, share in zip(estimates, planned, strict=True):
        of = each.duration
        if of is not None:
            guesses.of.append(_scaled(of, share, each.task) if each.relative else of)
    guesses.stream += (DURATION + rows).tolist()
    guesses.what += ["the duration of task"] * len(kept)
    guesses.key += [each.task for each in estimates]
    found.drawn |= dict(zip(kept, range(first, first + len(kept)), strict=True))
    if not apart:
        guesses.node += kept
        guesses.row += [-1] * len(kept)
        return
    for node in kept:
        guesses.node.append(-1 if node in apart else node)
        guesses.row.append(guesses.rows if node in apart else -1)
        guesses.rows += node in apart


def _scaled(of: Any, by: float, task: TaskId) -> Distribution:
    """Return an estimate in shares of what is planned as one in minutes."""
    try:
        found: Distribution = of.scaled(by)
    except (AttributeError, TypeError, OverflowError):
        raise EngineError(
            f"the duration of task {task!r} is no distribution of numbers: {of!r}",
            culprits=(task,),
            remedy="Give one of the distributions of the simulation.",
        ) from None
    return found


def _take_price(ground: Ground, found: Unknowns, each: Uncertainty, row: int) -> None:
    if each.cost == 0.0 and each.rate == 0.0:
        return
    place = ground.place_of(row)
    if place < 0 and each.rate != 0.0:
        raise EngineError(
            f"task {each.task!r} is a summary, which has no time of its own to be paid for",
            culprits=(each.task,),
            remedy="Put the rate on a hammock over the same tasks.",
        )
    amount, amount_draw = _money(found, each.cost, COST + row, ("the cost of task", each.task))
    if amount_draw >= 0:
        found.guesses.member[CostOf(each.task)] = amount_draw
    rate, rate_draw = _money(found, each.rate, RATE + row, (RATE_OF, each.task))
    found.prices.append(Price(each.task, place, amount, amount_draw, rate, rate_draw))


def _money(found: Unknowns, estimate: Estimate, stream: int, name: tuple[str, Hashable]) -> tuple[float, int]:
    """Return a given amount and, where it is drawn, the number of the draw (else -1)."""
    if isinstance(estimate, Distribution):
        return 0.0, found.guesses.add(estimate, stream, name, -1)
    return _number(estimate, *name), -1
