"""The rules in force, as the engine takes them, with an initiative's own tolerances put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.catalogue import RULES, RuleEntry
from quarterdeck.apps.reporting.choices import Dimension, Tolerance
from quarterdeck.apps.reporting.models import HealthRule
from quarterdeck.engine import health


@dataclass(frozen=True)
class Tailored:
    """A rule as it holds for one initiative; `agreed` is the tolerance that took the place of its red limit."""

    entry: RuleEntry
    amber: float
    red: float
    agreed: float | None = None

    @property
    def rule(self) -> health.Rule:
        """The rule as the engine takes it, known by the figure it looks at."""
        return health.Rule(
            id=self.entry.input,
            input=self.entry.input,
            limit=health.Limit(self.entry.direction),
            amber=self.amber,
            red=self.red,
        )


def rules_in_force() -> tuple[RuleEntry, ...]:
    """Return what ships with the organisation's own rules in place of those of the same figure; one query."""
    # Where some are out of use and one is in use, that one stands.
    own = {rule.input: rule for rule in HealthRule.objects.order_by("is_active", "pk")}
    found = [entry for entry in RULES if entry.input not in own]
    found += [
        RuleEntry(rule.dimension, rule.input, rule.direction, rule.amber, rule.red, rule.tolerance)
        for rule in own.values()
        if rule.is_active
    ]
    order = [(entry.dimension, entry.input) for entry in RULES]
    return tuple(sorted(found, key=lambda entry: order.index((entry.dimension, entry.input))))


def tailored(rules: Iterable[RuleEntry], initiative: Initiative | None = None) -> dict[str, list[Tailored]]:
    """Return the rules by dimension; where the initiative has agreed a tolerance, that is the red limit.

    The amber limit keeps its share of the red one: of 5 and 15 days with a tolerance of 30, it is 10.
    """
    agreed: Mapping[str, float | None] = {}
    if initiative is not None:
        time, cost = initiative.time_tolerance, initiative.cost_tolerance
        agreed = {
            Tolerance.TIME: None if time is None else float(time),
            Tolerance.COST: None if cost is None else float(cost),
        }
    found: dict[str, list[Tailored]] = {}
    for entry in rules:
        limit = agreed.get(entry.tolerance)
        rule = Tailored(entry, entry.amber, entry.red)
        if limit is not None and entry.red > 0:
            # Days are counted whole.
            places = 0 if entry.tolerance == Tolerance.TIME else 2
            rule = Tailored(entry, round(entry.amber / entry.red * limit, places), limit, limit)
        found.setdefault(entry.dimension, []).append(rule)
    return {dimension: found[dimension] for dimension in Dimension.values if dimension in found}
