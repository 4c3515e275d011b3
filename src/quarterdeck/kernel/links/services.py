"""Making and removing links."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import find, model_of
from quarterdeck.kernel.access.policy import AccessDenied, may, record_type, require
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.links.models import INVERSE, SYMMETRIC, Kind, Link
from quarterdeck.kernel.records.beside import note_beside


@transaction.atomic
def link_add(*, source: Record, target: Record, kind: str, actor: Actor, note: str = "") -> Link:
    """Link two records and note it in the history of both; the same link made again is returned as it is.

    The actor may change the source and see the target. Raises ValidationError or AccessDenied.
    """
    if kind not in Kind.values:
        raise ValidationError({"kind": _("Choose one of those listed.")})
    require(actor, "change", [source])
    if not may(actor, "view", target):
        raise AccessDenied(_("Choose a record that you can see."))
    ends = (record_type(source), source.pk), (record_type(target), target.pk)
    if ends[0] == ends[1]:
        raise ValidationError({"target": _("A record is not linked to itself.")})
    if kind in SYMMETRIC and ends[1] < ends[0]:
        source, target, ends = target, source, (ends[1], ends[0])
    link, made = Link.objects.get_or_create(
        kind=kind,
        from_type=ends[0][0],
        from_id=ends[0][1],
        to_type=ends[1][0],
        to_id=ends[1][1],
        defaults={
            "from_label": str(source)[:300],
            "to_label": str(target)[:300],
            "note": note[:300],
            "created_at": actor.now,
            "created_by": actor.user,
        },
    )
    if made:
        note_beside(source, actor=actor, before={}, after={"links": _words(link, outward=True)}, note=note)
        note_beside(target, actor=actor, before={}, after={"links": _words(link, outward=False)}, note=note)
    return link


@transaction.atomic
def link_remove(*, link: Link, actor: Actor, note: str = "") -> None:
    """Remove a link and note it in the history of both ends. The actor may change one end and see the other."""
    ends = [(link.from_type, link.from_id), (link.to_type, link.to_id)]
    found = [find(kind, pk, actor) for kind, pk in ends]
    changeable = any(end is not None and may(actor, "change", end) for end in found)
    # A link whose other end is gone may go as well; one that is only hidden may not.
    hidden = any(end is None and _exists(kind, pk) for end, (kind, pk) in zip(found, ends, strict=True))
    if not changeable or hidden:
        raise AccessDenied(_("Your roles do not let you remove this link."))
    for end, outward in zip(found, (True, False), strict=True):
        if end is not None:
            note_beside(end, actor=actor, before={"links": _words(link, outward=outward)}, after={}, note=note)
    link.delete()


def _exists(kind: str, pk: int) -> bool:
    model = model_of(kind)
    return model is not None and model._default_manager.filter(pk=pk).exists()


def _words(link: Link, *, outward: bool) -> dict[str, object]:
    """Return one end of a link as history keeps it: a pointer, so that a reader who may not see it learns no name."""
    kind = Kind(link.kind)
    if outward:
        return {"reads": str(kind.label), "type": link.to_type, "id": link.to_id}
    return {"reads": str(INVERSE[kind]), "type": link.from_type, "id": link.from_id}
