"""What a reader sees of a node: its snapshot where all below it is in sight, else the sum of the projects that are.

One may see a programme by the unit whose work it is, without what other units do below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.rollup import put, summed
from quarterdeck.apps.reporting.selectors.rules import Tailored, rules_in_force, tailored
from quarterdeck.apps.reporting.selectors.snapshots import latest
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import scopes_below, visible

INITIATIVE = "portfolio.initiative"


def in_whole(record: Initiative, actor: Actor) -> bool:
    """Tell whether the actor sees all that a snapshot of an initiative is made of."""
    return record.kind == Kind.PROJECT or actor.can("view", INITIATIVE, record.scope.path)


def last_seen(record: Initiative, *, actor: Actor, on: dt.date) -> Snapshot | None:
    """Return where an initiative stood on a day, of a node as far as the actor sees what is below it."""
    found = latest([record], on).get(record.pk)
    if found is None or in_whole(record, actor):
        return found
    below = scopes_below((record.scope.path,)).values("pk")
    projects = visible(Initiative.objects.filter(kind=Kind.PROJECT, scope__in=below), actor)
    parts = latest(projects.values_list("pk", flat=True), on)
    return of_seen(found, parts.values(), rates=Rates(on), rules=tailored(rules_in_force()))


def of_seen(
    whole: Snapshot, parts: Iterable[Snapshot], *, rates: Rates, rules: Mapping[str, list[Tailored]]
) -> Snapshot:
    """Return the snapshot of a node with the sums of some projects below it in place of those of all."""
    given = list(parts)
    made = Snapshot(
        initiative=whole.initiative,
        on=whole.on,
        assessed_at=whole.assessed_at,
        state=whole.state,
        own_colour=whole.own_colour,
        own_reason=whole.own_reason,
    )
    put(made, summed(given, whole.currency or (given[0].currency if given else ""), rates), rules)
    return made
