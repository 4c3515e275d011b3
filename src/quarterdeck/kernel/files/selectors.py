"""Reading attachments."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import find
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.files.models import Attachment


def files_of(record: Record) -> QuerySet[Attachment]:
    """Return the files on a record, newest first. The caller has checked that the actor sees the record."""
    rows = Attachment.objects.filter(record_type=record_type(record), record_id=record.pk, removed_at__isnull=True)
    return rows.select_related("uploaded_by")


def file_counts(records: Sequence[Record]) -> dict[int, int]:
    """Return how many files lie with each of some records of one model; those without are left out. One query."""
    if not records:
        return {}
    kind, pks = record_type(records[0]), [record.pk for record in records]
    rows = Attachment.objects.filter(record_type=kind, record_id__in=pks, removed_at__isnull=True).order_by()
    return dict(rows.values_list("record_id").annotate(Count("pk")))


def file_for(actor: Actor, pk: int) -> Attachment | None:
    """Return a file when it is there and the actor may see its record; None alike for a stranger and for no file."""
    found = Attachment.objects.filter(pk=pk, removed_at__isnull=True).first()
    if found is None or find(found.record_type, found.record_id, actor) is None:
        return None
    return found
