"""The works of a plan's first baseline as the engine takes them: budget, dates, technique."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final

from quarterdeck.apps.delivery.exchange.protrack import KIND
from quarterdeck.apps.finance.choices import TechniqueKind
from quarterdeck.apps.finance.selectors.measuring import Line, Reading, has_costs
from quarterdeck.engine.calendar import Calendar, instant, minutes
from quarterdeck.engine.evm import (
    FIFTY_FIFTY,
    ZERO_HUNDRED,
    Apportioned,
    LevelOfEffort,
    Milestone,
    PercentComplete,
    StartFinish,
    Technique,
    UnitsComplete,
    WeightedMilestones,
    Work,
)

DAY: Final = 1440
#: The work that bears what was spent on no task of the baseline.
BESIDE: Final = 0
_PLAIN: Final[dict[str, Technique]] = {
    TechniqueKind.ZERO_HUNDRED: ZERO_HUNDRED,
    TechniqueKind.FIFTY_FIFTY: FIFTY_FIFTY,
    TechniqueKind.EFFORT: LevelOfEffort(),
    TechniqueKind.PERCENT: PercentComplete(),
}


def day_of(at: int) -> dt.date:
    """Return the day of an instant of a plan."""
    return instant(at).date()


def end_of(day: dt.date) -> int:
    """Return the last minute of a day."""
    return minutes(day) + DAY - 1


def works_of(reading: Reading, calendar_of: Callable[[Line], Calendar | None]) -> Iterator[Work]:
    """Yield the works of the first baseline: its costs, else budget lines, else the budget, spread by planned work."""
    leaves = reading.leaves()
    names = ("task", "start", "finish", "duration", "work")
    columns = [reading.figures.get(name, ()) for name in names]
    costs = reading.costs or [None] * len(columns[0])
    rows = [
        (leaves[task], start, finish, duration or 0, work or 0.0, cost)
        for task, start, finish, duration, work, cost in zip(*columns, costs, strict=True)
        if task in leaves and start is not None and finish is not None
    ]
    if has_costs(reading):
        budgets = {line.pk: float(cost or 0) for line, _s, _f, _d, _w, cost in rows}
    else:
        by_work = any(work for *_rest, work, _cost in rows)
        weights = {line.pk: float(work if by_work else max(length, 1)) for line, _s, _f, length, work, _c in rows}
        budgets = _spread(reading, weights)
    protrack = reading.plan.source.get("kind") == KIND
    known = {line.pk for line, *_rest in rows}
    for line, start, finish, *_rest in rows:
        budget = max(0.0, budgets.get(line.pk, 0.0))
        # ProTrack has fixed costs due at the start; elsewhere they are spread, as Microsoft Project does unless told.
        first = reading.uses.get(line.pk, 0.0) + (line.fixed_cost if protrack else 0.0)
        yield Work(
            id=line.pk,
            budget=budget,
            start=start,
            finish=finish,
            technique=_technique(reading, line, known),
            due_at_start=min(max(first, 0.0), budget),
            calendar=calendar_of(line),
        )


def _spread(reading: Reading, weights: Mapping[int, float]) -> dict[int, float]:
    """Spread budget lines over the tasks that they name, or the whole budget over all, by planned work."""
    found: dict[int, float] = defaultdict(float)
    above = {key: line.parent for key, line in reading.lines.items()}
    given = reading.budgets or [(None, reading.initiative.budget or Decimal(0))]
    below: dict[int | None, list[int]] = defaultdict(list)
    for key in weights:
        node: int | None = key
        while node is not None:
            below[node].append(key)
            node = above.get(node)
    below[None] = list(weights)
    for task, amount in given:
        keys = below.get(task) or below[None]
        whole = sum(weights[key] for key in keys)
        for key in keys:
            found[key] += float(amount) * (weights[key] / whole if whole else 1 / len(keys))
    return found


def _technique(reading: Reading, line: Line, known: Collection[int]) -> Technique:
    """Return how the value of a task is earned; what its technique lacks is measured by percent complete."""
    told = reading.techniques.get(line.pk)
    if told is None:
        return LevelOfEffort() if line.kind == "LEVEL_OF_EFFORT" else PercentComplete()
    kind = TechniqueKind(told.kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == TechniqueKind.SHARE:
        return StartFinish(float(told.share or 0) / 100)
    if kind == TechniqueKind.UNITS and told.units:
        return UnitsComplete(float(told.units))
    if kind == TechniqueKind.APPORTIONED and told.base_id in known and not _leads_back(reading, line.pk):
        return Apportioned(to=told.base_id)
    steps = reading.milestones.get(line.pk, ())
    if kind == TechniqueKind.MILESTONES and steps:
        whole = float(sum(step.weight for step in steps))
        return WeightedMilestones(
            tuple(Milestone(step.pk, float(step.weight) / whole, end_of(step.planned_on)) for step in steps)
        )
    return PercentComplete()


def _leads_back(reading: Reading, key: int) -> bool:
    """Tell whether a task is in step with itself by way of others."""
    seen, at = {key}, reading.techniques.get(key)
    while at is not None and at.kind == TechniqueKind.APPORTIONED and at.base_id is not None:
        if at.base_id in seen:
            return True
        seen.add(at.base_id)
        at = reading.techniques.get(at.base_id)
    return False
