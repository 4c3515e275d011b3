"""Setting tags."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type, require
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.records.beside import note_beside
from quarterdeck.kernel.tags.models import Colour, Tag, Tagging
from quarterdeck.kernel.tags.selectors import named, tags_of

MOST = 30
LONGEST = 50


def set_tags(record: Record, names: Iterable[str], actor: Actor) -> list[Tag]:
    """Give a record exactly these tags, making those that are new, and note it in the record's history.

    Whoever may change the record may use any word. Raises ValidationError on a name too long or too many, or
    AccessDenied.
    """
    return change_tags([record], actor=actor, exactly=names)[record.pk]


@transaction.atomic
def change_tags(
    rows: Sequence[Record],
    *,
    actor: Actor,
    exactly: Iterable[str] | None = None,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> dict[int, list[Tag]]:
    """Set, add or remove tags on some records of one model, all or nothing; return the tags of each afterwards.

    Records whose tags do not differ write nothing.
    """
    if not rows:
        return {}
    require(actor, "change", rows)
    before = tags_of(rows)
    given = _tags(exactly if exactly is not None else add, actor)
    dropped = {name.strip().casefold() for name in remove}
    kind = record_type(rows[0])
    after: dict[int, list[Tag]] = {}
    fresh: list[Tagging] = []
    for record in rows:
        old = {tag.pk: tag for tag in before[record.pk]}
        kept = {} if exactly is not None else {pk: tag for pk, tag in old.items() if tag.name.casefold() not in dropped}
        new = kept | given
        if len(new) > MOST:
            raise ValidationError({"tags": _("A record has at most %(count)d tags.") % {"count": MOST}})
        after[record.pk] = sorted(new.values(), key=lambda tag: tag.name.casefold())
        if new.keys() == old.keys():
            continue
        Tagging.objects.filter(record_type=kind, record_id=record.pk, tag__in=old.keys() - new.keys()).delete()
        fresh += [Tagging(record_type=kind, record_id=record.pk, tag_id=pk) for pk in new.keys() - old.keys()]
        note_beside(
            record, actor=actor, before={"tags": _names(before[record.pk])}, after={"tags": _names(after[record.pk])}
        )
    # Someone else may be setting the same tag on the same record at this moment; that is no fault of either.
    Tagging.objects.bulk_create(fresh, ignore_conflicts=True)
    return after


def _names(tags: Iterable[Tag]) -> list[str]:
    return [tag.name for tag in tags]


def _tags(names: Iterable[str], actor: Actor) -> dict[int, Tag]:
    """Return the tags of the given names by id, making those that do not exist."""
    wanted = {word.casefold(): word for name in names if (word := " ".join(name.split()))}
    for word in wanted.values():
        if len(word) > LONGEST:
            raise ValidationError({"tags": _("A tag has at most %(count)d characters.") % {"count": LONGEST}})
    if not wanted:
        return {}
    found = {tag.name.casefold(): tag for tag in Tag.objects.filter(named(wanted))}
    # A tag is made by using it, so no right to keep the list of tags is asked for.
    maker = actor if actor.unlimited else replace(actor, unlimited=True)
    for key, word in wanted.items():
        if key not in found:
            found[key] = Tag(name=word, colour=_colour(key))
            records.save(found[key], actor=maker)
    return {tag.pk: tag for tag in found.values()}


def _colour(key: str) -> str:
    """Return a colour that the same word always gets."""
    return Colour.values[zlib.crc32(key.encode()) % len(Colour.values)]
