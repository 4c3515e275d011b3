"""Reading links, from either end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import seen
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.links.models import INVERSE, Kind, Link


@dataclass(frozen=True)
class Linked:
    """A link as read from one of its ends: `reads` is such as “is blocked by”, `record` the other end as it is now."""

    link: Link
    reads: str
    outward: bool
    record: Record

    @property
    def label(self) -> str:
        """The other end's present name."""
        return str(self.record)

    @property
    def record_type(self) -> str:
        """The other end's type."""
        return record_type(self.record)

    @property
    def url(self) -> str:
        """The other end's page, or "" when its model names none."""
        page = getattr(self.record, "get_absolute_url", None)
        return str(page()) if page else ""


def links_of(record: Record, actor: Actor) -> list[Linked]:
    """Return the links of a record whose other end the actor may see, in the order they were made.

    One query for the links and one for each type at their other ends. The caller has checked that the actor sees the
    record.
    """
    kind, pk = record_type(record), record.pk
    links = list(Link.objects.filter(Q(from_type=kind, from_id=pk) | Q(to_type=kind, to_id=pk)))
    wanted: dict[str, set[int]] = defaultdict(set)
    for link in links:
        other_type, other_id, _outward = _other(link, kind, pk)
        wanted[other_type].add(other_id)
    ends: dict[tuple[str, int], Record] = {}
    for other_type, ids in wanted.items():
        rows = seen(other_type, ids, actor)
        ends.update({(other_type, end.pk): end for end in (rows if rows is not None else ())})
    found: list[Linked] = []
    for link in links:
        other_type, other_id, outward = _other(link, kind, pk)
        end = ends.get((other_type, other_id))
        if end is not None:
            reads = link.get_kind_display() if outward else INVERSE[Kind(link.kind)]
            found.append(Linked(link=link, reads=str(reads), outward=outward, record=end))
    return found


def _other(link: Link, kind: str, pk: int) -> tuple[str, int, bool]:
    if (link.from_type, link.from_id) == (kind, pk):
        return link.to_type, link.to_id, True
    return link.from_type, link.from_id, False
