"""Who is qualified for what, on given days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from quarterdeck.apps.people.models import Qualification
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.files.models import Attachment


def latest_qualifications(person_ids: Iterable[int] | None = None) -> list[Qualification]:
    """Return, for each person and type, the qualification that counts longest, with person and type; in one query."""
    rows = Qualification.objects.select_related("person__unit", "person__user", "type")
    if person_ids is not None:
        rows = rows.filter(person__in=set(person_ids))
    found: dict[tuple[int, int], Qualification] = {}
    for row in rows.order_by("issued_on"):
        key = (row.person_id, row.type_id)
        former = found.get(key)
        if former is None or _lasts(row) >= _lasts(former):
            found[key] = row
    return list(found.values())


def expiring(first: dt.date | None, last: dt.date, ids: Iterable[int] | None = None) -> list[Qualification]:
    """Return the qualifications of people still here whose last day lies from `first` to `last`, unless renewed.

    `first` None: any time up to `last`. `ids` narrows to some persons. One query.
    """
    return [
        row
        for row in latest_qualifications(ids)
        if row.expires_on is not None
        and (first is None or row.expires_on >= first)
        and row.expires_on <= last
        and not row.person.has_left(last)
    ]


def _evidence() -> Exists:
    kind = record_type(Qualification)
    return Exists(Attachment.objects.filter(record_type=kind, record_id=OuterRef("pk"), removed_at__isnull=True))


def with_evidence(rows: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Annotate qualifications with `evidence`: whether a file is attached to them."""
    return rows.annotate(evidence=_evidence())


def unproven(on: dt.date, ids: Iterable[int] | None = None) -> list[Qualification]:
    """Return the qualifications that count on a day, of a type that asks for evidence, without any; in one query."""
    rows = Qualification.objects.filter(~_evidence(), type__needs_evidence=True, issued_on__lte=on)
    rows = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on))
    rows = rows.filter(Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=on))
    return list((rows if ids is None else rows.filter(pk__in=set(ids))).select_related("person__user", "type"))


def _lasts(row: Qualification) -> dt.date:
    return row.expires_on or dt.date.max


def current_qualifications(person_ids: Iterable[int], on: dt.date) -> dict[int, set[int]]:
    """Return the ids of the qualification types that count for each person on a day, in one query."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in Qualification.objects.filter(person__in=set(person_ids), issued_on__lte=on):
        if row.is_current(on):
            found[row.person_id].add(row.type_id)
    return dict(found)


def lacking(person_id: int, type_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, dt.date]:
    """Return the required types that a person lacks at some time from `first` to `last`, with the first day without.

    Certificates that follow each other without a gap count as one.
    """
    wanted = set(type_ids)
    spans: dict[int, list[Qualification]] = {pk: [] for pk in wanted}
    for row in Qualification.objects.filter(person=person_id, type__in=wanted).order_by("issued_on"):
        spans[row.type_id].append(row)
    found: dict[int, dt.date] = {}
    for pk, rows in spans.items():
        day = first
        for row in rows:
            if row.issued_on > day:
                break
            if row.expires_on is None:
                day = last + dt.timedelta(days=1)
            else:
                day = max(day, row.expires_on + dt.timedelta(days=1))
        if day <= last:
            found[pk] = day
    return found


def expiries_of(person: Any) -> QuerySet[Any]:
    """Return, soonest first, until when a person's qualifications of each type last; the person may be an outer row."""
    known = Qualification.objects.filter(person=person, expires_on__isnull=False).order_by()
    return known.values("person", "type").annotate(last=Max("expires_on")).order_by("last").values("last")
