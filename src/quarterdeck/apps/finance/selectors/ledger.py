"""Sums of the ledger and of what is promised: as known at a moment, up to a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from quarterdeck.apps.finance.models import Actual, Commitment
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import as_of


def posted(
    initiatives: Collection[int], *, on: dt.date | None = None, known_at: dt.datetime | None = None
) -> QuerySet[Actual]:
    """Return the rows of the ledger of some initiatives up to a day, as known at a moment."""
    rows = Actual.objects.filter(initiative__in=list(initiatives))
    if on is not None:
        rows = rows.filter(posted_on__lte=on)
    return rows if known_at is None else rows.filter(created_at__lte=known_at)


def spent(
    initiatives: Collection[int], *, on: dt.date | None = None, known_at: dt.datetime | None = None
) -> dict[int, Decimal]:
    """Return what was spent by initiative; those without a row are left out."""
    rows = posted(initiatives, on=on, known_at=known_at).order_by().values("initiative").annotate(total=Sum("amount"))
    return {row["initiative"]: row["total"] for row in rows}


def spent_by_task(
    initiatives: Collection[int], *, known_at: dt.datetime | None = None
) -> dict[int, list[tuple[dt.date, int | None, Decimal]]]:
    """Return by initiative what was spent on each day for each task, in order of days; one query."""
    rows = posted(initiatives, known_at=known_at).order_by("posted_on")
    found: dict[int, list[tuple[dt.date, int | None, Decimal]]] = defaultdict(list)
    told = rows.values_list("initiative", "posted_on", "task").annotate(total=Sum("amount"))
    for initiative, day, task, total in told:
        found[initiative].append((day, task, total))
    return found


def open_amounts(
    initiatives: Collection[int], *, on: dt.date, known_at: dt.datetime | None = None
) -> list[tuple[int, int, Decimal]]:
    """Return what was promised by a day and not yet invoiced, by initiative and category; as known at a moment."""
    rows = Commitment.objects.filter(initiative__in=list(initiatives))
    if known_at is not None:
        keys = list(rows.values_list("pk", flat=True))
        then = as_of(Commitment, known_at, actor=Actor.system(now=known_at), pks=keys) if keys else []
        return [
            (each.initiative_id, each.category_id, each.amount - each.invoiced)
            for each in then
            if each.ordered_on <= on and (each.closed_on is None or each.closed_on > on) and each.amount > each.invoiced
        ]
    rows = rows.filter(ordered_on__lte=on, amount__gt=F("invoiced"))
    rows = rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on)).order_by()
    return list(rows.values_list("initiative", "category").annotate(left=Sum(F("amount") - F("invoiced"))))


def committed(initiatives: Collection[int], *, on: dt.date, known_at: dt.datetime | None = None) -> dict[int, Decimal]:
    """Return what was promised by a day and not yet invoiced, by initiative."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for initiative, _category, left in open_amounts(initiatives, on=on, known_at=known_at):
        found[initiative] += left
    return dict(found)
