"""The organisation chart as values."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.selectors.roles import heads
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: Who counts as working in a unit; contacts of suppliers and clients are only kept there.
WORKING = (PersonKind.STAFF, PersonKind.CONTRACTOR)


@dataclass(frozen=True)
class ChartUnit:
    """A unit of the chart: its head, how many work in it, of them contractors, and the same with all below it.

    `vacant` tells that nobody heads it; a head whom the reader may not see is merely left out.
    """

    id: int
    code: str
    name: str
    kind: str
    head: Person | None
    vacant: bool
    people: int
    contractors: int
    people_below: int
    contractors_below: int
    children: tuple[ChartUnit, ...]
    depth: int


def org_chart(*, actor: Actor, on: dt.date) -> tuple[ChartUnit, ...]:
    """Return the units in force on a day that the actor may see, as trees, in four queries beside the actor's rights.

    A unit whose parent is not shown stands at the top. Heads and counts are of persons whom the actor may see.
    """
    in_force = (Q(starts_on__isnull=True) | Q(starts_on__lte=on)) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    units = list(visible(OrganisationUnit.objects.filter(in_force), actor).select_related("scope").order_by("name"))
    people = visible(Person.objects.filter(in_force, kind__in=WORKING), actor).order_by()
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, kind, count in people.values_list("unit", "kind").annotate(count=Count("pk")):
        counts[unit][kind] = count
    named = heads(on, [unit.scope_id for unit in units])
    seen = set(
        visible(Person.objects.filter(pk__in=[person.pk for person in named.values()]), actor).values_list(
            "pk", flat=True
        )
    )
    shown = {unit.pk for unit in units}
    below: dict[int | None, list[OrganisationUnit]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id if unit.parent_id in shown else None].append(unit)

    def built(unit: OrganisationUnit, depth: int) -> ChartUnit:
        children = tuple(built(child, depth + 1) for child in below[unit.pk])
        head = named.get(unit.scope_id)
        own, outside = counts[unit.pk].total(), counts[unit.pk][PersonKind.CONTRACTOR]
        return ChartUnit(
            id=unit.pk,
            code=unit.code,
            name=unit.name,
            kind=unit.get_kind_display(),
            head=head if head is not None and head.pk in seen else None,
            vacant=head is None,
            people=own,
            contractors=outside,
            people_below=own + sum(child.people_below for child in children),
            contractors_below=outside + sum(child.contractors_below for child in children),
            children=children,
            depth=depth,
        )

    return tuple(built(unit, 0) for unit in below[None])


@dataclass(frozen=True)
class ChartTotals:
    """The figures over a chart."""

    units: int
    people: int
    contractors: int
    vacant: int
    levels: int


def chart_totals(chart: Iterable[ChartUnit]) -> ChartTotals:
    """Return the figures over some trees of units."""
    units, people, contractors, vacant, levels = 0, 0, 0, 0, 0
    waiting = list(chart)
    while waiting:
        unit = waiting.pop()
        units += 1
        people += unit.people
        contractors += unit.contractors
        vacant += unit.vacant
        levels = max(levels, unit.depth + 1)
        waiting += unit.children
    return ChartTotals(units, people, contractors, vacant, levels)
