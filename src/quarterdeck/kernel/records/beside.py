"""History of what is kept beside a record: its tags, files and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import State
from quarterdeck.kernel.records.write import BATCH, _change, _state, _tell


def note_beside(record: Record, *, actor: Actor, before: State, after: State, note: str = "") -> Change:
    """Leave a Change on a stored record for something kept beside it, and tell of it; call it in the same transaction.

    The row and its version stay, and the Change carries the row's whole state, so that as-of reading goes on through
    it. The caller has checked that the actor may do this.
    """
    change = _change(
        record, action=Action.CHANGE, actor=actor, note=note, before=before, after=after, state=_state(record)
    )
    change.save(force_insert=True)
    _tell(type(record), (record.pk,), Action.CHANGE, set(before) | set(after), actor)
    return change


def note_beside_many(items: Sequence[tuple[Record, State]], *, actor: Actor) -> list[Change]:
    """Leave a Change on each of some stored records of one model for what is added beside it; see `note_beside`.

    Each is an act of its own: what else the actor does at once is taken back without it.
    """
    if not items:
        return []
    alone = replace(actor, batch=None)
    changes = [
        _change(record, action=Action.CHANGE, actor=alone, note="", before={}, after=after, state=_state(record))
        for record, after in items
    ]
    Change.objects.bulk_create(changes, batch_size=BATCH)
    names = {name for _record, after in items for name in after}
    _tell(type(items[0][0]), tuple(record.pk for record, _after in items), Action.CHANGE, names, actor)
    return changes
