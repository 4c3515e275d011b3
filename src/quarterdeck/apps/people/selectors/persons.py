"""What a person costs, works by and is away for, on given days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from quarterdeck.apps.organisation.selectors import unit_calendars
from quarterdeck.apps.people.models import Absence, CostRate, Person


def rate_on(person: Person, day: dt.date) -> CostRate | None:
    """Return the cost rate of a person in force on a day; None before the first."""
    return rates_on([person.pk], day).get(person.pk)


def rates_on(person_ids: Iterable[int], day: dt.date) -> dict[int, CostRate]:
    """Return the cost rate of each person in force on a day, in one query; those without one are left out."""
    rows = CostRate.objects.filter(person__in=set(person_ids), starts_on__lte=day).select_related("currency")
    return {row.person_id: row for row in rows.order_by("starts_on")}


def calendar_ids(person_ids: Iterable[int]) -> dict[int, int | None]:
    """Return the working calendar's id of each person: own, else the unit's, else the organisation's."""
    by_unit = unit_calendars()
    rows = Person.objects.filter(pk__in=set(person_ids)).values_list("pk", "calendar", "unit")
    return {pk: own or by_unit.get(unit) for pk, own, unit in rows}


def absences_between(person_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, list[Absence]]:
    """Return the approved absences that touch a stretch of days, per person, in order of time, in one query."""
    found: dict[int, list[Absence]] = defaultdict(list)
    rows = Absence.objects.filter(person__in=set(person_ids), approved=True, starts_on__lte=last, ends_on__gte=first)
    for row in rows.order_by("starts_on", "part"):
        found[row.person_id].append(row)
    return dict(found)
