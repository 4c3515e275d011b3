"""Reading tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, Q, QuerySet

from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.tags.models import Tag, Tagging


def tags_of(records: Sequence[Record]) -> dict[int, list[Tag]]:
    """Return the tags of some records of one model by record id, in order of name. One query for all."""
    found: dict[int, list[Tag]] = {record.pk: [] for record in records}
    if not records:
        return found
    rows = Tagging.objects.filter(record_type=record_type(records[0]), record_id__in=found)
    for row in rows.select_related("tag"):
        found[row.record_id].append(row.tag)
    # Sorted here, so that the order does not depend on the database's collation.
    return {pk: sorted(tags, key=lambda tag: tag.name.casefold()) for pk, tags in found.items()}


def named(names: Iterable[str]) -> Q:
    """Return the condition that a tag has one of the names, in any case."""
    condition = Q(pk__in=())
    for name in names:
        condition |= Q(name__iexact=name.strip())
    return condition


def tagged(kind: str, names: Sequence[str], *, every: bool = False) -> QuerySet[Tagging, int]:
    """Return the ids of records of a type that bear one of the tags, or `every` one: a subquery for `pk__in=`."""
    wanted = {name.strip().casefold() for name in names if name.strip()}
    rows = Tagging.objects.filter(record_type=kind, tag__in=Tag.objects.filter(named(wanted)).values("pk")).order_by()
    if every:
        return (
            rows.values("record_id")
            .annotate(found=Count("tag"))
            .filter(found=len(wanted))
            .values_list("record_id", flat=True)
        )
    return rows.values_list("record_id", flat=True)


def suggest(text: str = "", *, limit: int = 20) -> Sequence[Tag]:
    """Return tags whose name contains a text, the most used first."""
    rows = Tag.objects.annotate(uses=Count("taggings")).order_by("-uses", "name")
    return list(rows.filter(name__icontains=text.strip()) if text.strip() else rows)[:limit]
