"""Rolling up along the organisation: what the projects of a unit, and of all units below it, add up to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.organisation.selectors import base_currency
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.rollup import Sums, summed
from quarterdeck.apps.reporting.selectors.snapshots import latest
from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.policy import visible


def by_unit(*, actor: Actor, on: dt.date, currency: str = "") -> dict[int, Sums]:
    """Return the sums of the projects that the actor may see by the id of the unit, each with all units below it.

    In one currency, the organisation's unless told; four queries beside the rates.
    """
    base = base_currency()
    code = currency or (base.code if base is not None else "")
    projects = visible(Initiative.objects.filter(kind=Kind.PROJECT), actor)
    paths = dict(projects.values_list("pk", "unit__scope__path"))
    units = dict(visible(OrganisationUnit.objects.all(), actor).values_list("scope__path", "pk"))
    below: dict[int, list[Snapshot]] = defaultdict(list)
    for pk, snapshot in latest(paths, on, facts=False).items():
        for end in range(LEVEL, len(paths[pk]) + 1, LEVEL):
            if (unit := units.get(paths[pk][:end])) is not None:
                below[unit].append(snapshot)
    rates = Rates(on)
    return {unit: summed(parts, code, rates) for unit, parts in below.items()}
