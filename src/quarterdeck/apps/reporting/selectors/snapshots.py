"""Snapshots: the latest of each initiative on a day, and how one went through time.

These are reads of the house; whoever shows them has asked for the initiatives through `access.visible`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot


def latest(initiatives: Iterable[Initiative | int], on: dt.date, *, facts: bool = True) -> dict[int, Snapshot]:
    """Return the last snapshot of each initiative on or before a day, by the initiative's id; one query.

    Without `facts`, the long part of it is left in the database.
    """
    rows = _last(_ids(initiatives), on)
    return {found.initiative_id: found for found in (rows if facts else rows.defer("facts"))}


def trend(initiative: Initiative | int, first: dt.date, last: dt.date) -> list[Snapshot]:
    """Return the snapshots of an initiative from `first` to `last`, both included, oldest first; one query."""
    rows = Snapshot.objects.filter(initiative__in=_ids([initiative]), on__range=(first, last))
    return list(rows.order_by("on"))


def trends(initiatives: Iterable[Initiative | int], first: dt.date, last: dt.date) -> dict[int, list[Snapshot]]:
    """Return the snapshots of many initiatives, each oldest first and without their facts; one query."""
    found: dict[int, list[Snapshot]] = {}
    rows = Snapshot.objects.filter(initiative__in=_ids(initiatives), on__range=(first, last)).defer("facts")
    for row in rows.order_by("on"):
        found.setdefault(row.initiative_id, []).append(row)
    return found


def _ids(initiatives: Iterable[Initiative | int]) -> list[int]:
    return [one if isinstance(one, int) else one.pk for one in initiatives]


def _last(ids: list[int], on: dt.date) -> QuerySet[Snapshot]:
    newest = Snapshot.objects.filter(initiative=OuterRef("pk"), on__lte=on).order_by("-on").values("pk")[:1]
    return Snapshot.objects.filter(pk__in=Initiative.objects.filter(pk__in=ids).values(newest=Subquery(newest)))
