"""Health as rules that are data: colour, the facts behind it, the rule that fired, and the way back to green.

A dimension (time, cost, ...) has rules; a rule looks at one input and gives amber or red where it passes a limit. The
dimension is as bad as the worst of its rules; the whole is made of the dimensions by one of three ways. An input that
is not known makes a rule that cannot be judged; a dimension of which none could be is not assessed, never green.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from quarterdeck.engine.checking import finite, unique
from quarterdeck.engine.errors import EngineError


class Colour(IntEnum):
    """How something stands, in order of urgency."""

    NOT_ASSESSED = 0
    GREEN = 1
    AMBER = 2
    RED = 3


class Limit(StrEnum):
    """Which side of the limits is good."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


class Overall(StrEnum):
    """How dimensions make the whole."""

    WORST = "worst"  # as bad as the worst dimension
    WEIGHTED = "weighted"  # the weighted mean of green 1, amber 2, red 3, rounded to the nearest, halves to the worse
    RED_COUNTS = "red counts"  # red: a key dimension is red, or two are; amber: one is red, a key one amber, or two are


@dataclass(frozen=True, slots=True)
class Rule:
    """One look at one input. With AT_MOST the value is green up to `amber`, amber up to `red`, red beyond.

    With AT_LEAST it is green down to `amber`, amber down to `red`, red below. The limits themselves belong to the
    better colour.
    """

    id: Hashable
    input: Hashable
    limit: Limit
    amber: float
    red: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is judged together; `key` dimensions weigh alone in Overall.RED_COUNTS."""

    id: Hashable
    rules: tuple[Rule, ...]
    weight: float = 1.0
    key: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that judges one kind of initiative."""

    dimensions: tuple[Dimension, ...]
    overall: Overall = Overall.WORST


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule said: the value it saw, its colour, and the change of the value that would just make it green.

    `way_back` is signed, in the unit of the input: 0 when green, None when the input is not known. `beyond` is how far
    the value lies past its green limit in steps of the amber band, the order in which findings are shown.
    """

    rule: Rule
    value: float | None
    colour: Colour
    way_back: float | None
    beyond: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A dimension's colour, the rule that made it so (None when not assessed), and all that was looked at."""

    dimension: Hashable
    colour: Colour
    fired: Judgement | None
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One input moved to a value, and what the whole becomes by it."""

    input: Hashable
    value: float
    by: float
    overall: Colour


@dataclass(frozen=True, slots=True)
class Health:
    """The whole: its colour, its dimensions, and the nearest way to green.

    `to_green` are the changes that together make the whole green, each to its limit and no further, the least first as
    measured in amber bands; empty when it is green or when inputs are missing that would have to be known.
    """

    colour: Colour
    verdicts: tuple[Verdict, ...]
    to_green: tuple[Change, ...] = field(default=())


def assess(rules: RuleSet, inputs: Mapping[Any, float | None]) -> Health:
    """Judge one initiative; `inputs` holds values by input id, each in its own unit, missing or None where not known.

    Raises EngineError for rules without sense (limits in the wrong order, ids twice, no weight) and values that are no
    numbers.

    >>> late = Rule("late", "days late", Limit.AT_MOST, amber=5, red=15)
    >>> over = Rule("over", "cpi", Limit.AT_LEAST, amber=0.95, red=0.85)
    >>> rules = RuleSet((Dimension("time", (late,)), Dimension("cost", (over,))))
    >>> seen = assess(rules, {"days late": 12, "cpi": 0.97})
    >>> seen.colour.name, [verdict.colour.name for verdict in seen.verdicts]
    ('AMBER', ['AMBER', 'GREEN'])
    >>> [(change.input, change.value, change.by) for change in seen.to_green]
    [('days late', 5, -7.0)]
    """
    _checked(rules)
    known = _known(inputs)
    verdicts = tuple(_verdict(dimension, known) for dimension in rules.dimensions)
    colour = _whole(rules, [verdict.colour for verdict in verdicts])
    return Health(colour, verdicts, _to_green(rules, known, colour))


def _verdict(dimension: Dimension, known: Mapping[Hashable, float]) -> Verdict:
    judgements = tuple(_judge(rule, known.get(rule.input)) for rule in dimension.rules)
    worst = max(judgements, key=lambda judgement: (judgement.colour, judgement.beyond))
    fired = worst if worst.colour > Colour.NOT_ASSESSED else None
    return Verdict(dimension.id, worst.colour, fired, judgements)


def _judge(rule: Rule, value: float | None) -> Judgement:
    if value is None:
        return Judgement(rule, None, Colour.NOT_ASSESSED, None, 0.0)
    sign = 1 if rule.limit is Limit.AT_MOST else -1
    past = (value - rule.amber) * sign
    band = abs(rule.red - rule.amber)
    if past <= 0:
        return Judgement(rule, value, Colour.GREEN, 0.0, 0.0)
    colour = Colour.AMBER if past <= band else Colour.RED
    return Judgement(rule, value, colour, -past * sign, past / band if band else past)


def _whole(rules: RuleSet, colours: Sequence[Colour]) -> Colour:
    judged = [
        (dimension, colour)
        for dimension, colour in zip(rules.dimensions, colours, strict=True)
        if colour > Colour.NOT_ASSESSED
    ]
    if not judged:
        return Colour.NOT_ASSESSED
    if rules.overall is Overall.WORST:
        return max(colour for _, colour in judged)
    if rules.overall is Overall.WEIGHTED:
        weight = sum(dimension.weight for dimension, _ in judged)
        mean = sum(dimension.weight * colour for dimension, colour in judged) / weight if weight else 0.0
        return Colour(int(mean + 0.5)) if weight else Colour.NOT_ASSESSED
    reds = [dimension for dimension, colour in judged if colour is Colour.RED]
    ambers = [dimension for dimension, colour in judged if colour is Colour.AMBER]
    if len(reds) > 1 or any(dimension.key for dimension in reds):
        return Colour.RED
    if reds or len(ambers) > 1 or any(dimension.key for dimension in ambers):
        return Colour.AMBER
    return Colour.GREEN


def _to_green(rules: RuleSet, known: Mapping[Hashable, float], colour: Colour) -> tuple[Change, ...]:
    """Move the input that is least far from its limits first, until the whole is green."""
    moved = dict(known)
    changes: list[Change] = []
    while colour > Colour.GREEN:
        failing = [
            judgement
            for dimension in rules.dimensions
            for judgement in _verdict(dimension, moved).judgements
            if judgement.colour > Colour.GREEN
        ]
        if not failing:
            break
        targets: dict[Hashable, Judgement] = {}
        for judgement in failing:  # an input that several rules look at has to satisfy the strictest of them
            other = targets.get(judgement.rule.input)
            if other is None or abs(judgement.way_back or 0) > abs(other.way_back or 0):
                targets[judgement.rule.input] = judgement
        least = min(targets.values(), key=lambda judgement: (judgement.beyond, str(judgement.rule.input)))
        target, before = least.rule.input, moved[least.rule.input]
        moved[target] = least.rule.amber
        colour = _whole(rules, [_verdict(dimension, moved).colour for dimension in rules.dimensions])
        changes.append(Change(target, least.rule.amber, least.rule.amber - before, colour))
    return tuple(_needed(rules, known, changes))


def _needed(rules: RuleSet, known: Mapping[Hashable, float], changes: Sequence[Change]) -> list[Change]:
    """The changes without those that the rest can do without, and the colour after each of the ones that stay."""
    kept = list(changes)
    for change in changes:
        rest = [other for other in kept if other is not change]
        moved = {**known, **{other.input: other.value for other in rest}}
        if _whole(rules, [_verdict(each, moved).colour for each in rules.dimensions]) <= Colour.GREEN:
            kept = rest
    moved, told = dict(known), []
    for change in kept:
        moved[change.input] = change.value
        colour = _whole(rules, [_verdict(each, moved).colour for each in rules.dimensions])
        told.append(Change(change.input, change.value, change.by, colour))
    return told


def _known(inputs: Mapping[Any, float | None]) -> dict[Hashable, float]:
    return {
        name: float(finite(f"values of input {name!r}", [value])[0])
        for name, value in inputs.items()
        if value is not None
    }


def _checked(rules: RuleSet) -> None:
    unique("dimensions", (dimension.id for dimension in rules.dimensions))
    unique("rules", (rule.id for dimension in rules.dimensions for rule in dimension.rules))
    for dimension in rules.dimensions:
        if not dimension.rules:
            raise EngineError(
                f"dimension {dimension.id!r} has no rule",
                culprits=(dimension.id,),
                remedy="Give it one or leave it out.",
            )
        if dimension.weight < 0:
            raise EngineError(
                f"the weight of dimension {dimension.id!r} is {dimension.weight:g}",
                culprits=(dimension.id,),
                remedy="Give a weight of at least 0.",
            )
        for rule in dimension.rules:
            low, high = (rule.amber, rule.red) if rule.limit is Limit.AT_MOST else (rule.red, rule.amber)
            if not low <= high:  # not a number is not in order either
                raise EngineError(
                    f"rule {rule.id!r} turns red at {rule.red:g} before it turns amber at {rule.amber:g}",
                    culprits=(rule.id,),
                    remedy="Swap the two limits.",
                )
