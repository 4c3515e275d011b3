"""Keeping the index in step with the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from quarterdeck.kernel.audit.models import Action, Record
from quarterdeck.kernel.records.events import Changed
from quarterdeck.kernel.search.declare import Searched, all_searched, searched
from quarterdeck.kernel.search.models import Entry
from quarterdeck.kernel.search.words import folded

BATCH = 500
#: Longer texts are found by their beginning.
LONGEST_BODY = 50_000
WRITTEN = ("code", "title", "detail", "url", "code_key", "title_words", "body_words")


def on_changed(event: Changed) -> None:
    """Follow a change of records, after its commit."""
    kind = searched(event.record_type)
    if kind is None:
        return
    if event.action == Action.DELETE:
        forget(event.record_type, event.record_ids)
        return
    if event.action == Action.CHANGE and event.fields and kind.fields is not None and not kind.fields & event.fields:
        return
    refresh(kind, event.record_ids)


def forget(record_type: str, pks: Iterable[int]) -> None:
    """Take records out of the index."""
    ids = list(pks)
    for start in range(0, len(ids), BATCH):
        Entry.objects.filter(record_type=record_type, record_id__in=ids[start : start + BATCH]).delete()


def refresh(kind: Searched, pks: Sequence[int]) -> int:
    """Bring the entries of some records up to date; return how many of the records there are."""
    count = 0
    for start in range(0, len(pks), BATCH):
        chunk = pks[start : start + BATCH]
        # What many of them refer to is read once, not with each.
        rows = kind.model._default_manager.filter(pk__in=chunk).prefetch_related(*kind.related)
        with transaction.atomic():
            entries = [entry_of(kind, record) for record in rows]
            _write(entries)
            forget(kind.record_type, set(chunk) - {entry.record_id for entry in entries})
        count += len(entries)
    return count


def rebuild(kinds: Iterable[Searched] | None = None) -> int:
    """Index every record of some kinds (all by default) anew and forget what is gone; return how many were indexed."""
    chosen = tuple(all_searched() if kinds is None else kinds)
    if kinds is None:
        Entry.objects.exclude(record_type__in=[kind.record_type for kind in chosen]).delete()
    count = 0
    for kind in chosen:
        rows = kind.model._default_manager.order_by("pk")
        present = rows.values("pk")
        Entry.objects.filter(record_type=kind.record_type).exclude(record_id__in=present.order_by()).delete()
        last = 0
        # By key rather than by a cursor, which on SQLite would hold a read open while the entries are written.
        while chunk := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
            count += refresh(kind, chunk)
            last = chunk[-1]
    return count


def entry_of(kind: Searched, record: Record) -> Entry:
    """Return a record's entry, unsaved."""
    code, title = kind.text(kind.code, record), " ".join(kind.text(kind.title, record).split())
    body = " ".join(kind.text(name, record) for name in kind.body)
    return Entry(
        record_type=kind.record_type,
        record_id=record.pk,
        code=code[:50],
        title=title[:300] or code,
        detail=(kind.text(kind.detail, record) or code)[:300],
        url=kind.url(record)[:500],
        code_key=folded(code)[:50],
        title_words=folded(title)[:400],
        body_words=folded(body[:LONGEST_BODY]),
    )


def _write(entries: Sequence[Entry]) -> None:
    Entry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["record_type", "record_id"], update_fields=WRITTEN
    )
