"""Many records of one kind taken back in a few statements, where no rule of their own stands in the way.

An import of a plan is tens of thousands of changes: one by one they would take minutes, in which nobody else writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, require
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import revive
from quarterdeck.kernel.records.errors import BulkRefused, UndoRefused
from quarterdeck.kernel.records.rules import rules_of
from quarterdeck.kernel.records.write import _going_with, delete_many, save_many

#: Changes taken back at once, at most: what a statement may name, and what is held in memory.
MOST: Final = 2000


def runs(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield changes in their order, together those that follow each other and do the same to records of one kind."""
    held: list[Change] = []
    keys: set[int] = set()
    for change in changes:
        if held and (
            (change.record_type, change.action) != (held[0].record_type, held[0].action)
            or change.record_id in keys
            or len(held) == MOST
        ):
            yield held
            held, keys = [], set()
        held.append(change)
        keys.add(change.record_id)
    if held:
        yield held


def taken_back_at_once(changes: Sequence[Change], actor: Actor) -> bool:
    """Take a run back; False, with nothing written, where that is to be done, or refused by name, one by one.

    Raises UndoRefused for what has been changed or removed since, AccessDenied.
    """
    model: Any = apps.get_model(changes[0].record_type)
    if len(changes) < 2 or not issubclass(model, Record) or model._meta.many_to_many or not rules_of(model).plain:
        return False
    if not all(is_of_fields(model, change) for change in changes):
        return False
    act = {Action.CREATE: _take_out, Action.CHANGE: _set_back, Action.DELETE: _bring_back}[Action(changes[0].action)]
    try:
        with transaction.atomic():
            return act(model, changes, actor)
    except UndoRefused:
        raise
    except (ValidationError, BulkRefused):
        return False


def is_of_fields(model: type[Record], change: Change) -> bool:
    """Tell whether a change is of the record's own fields, not of what lies beside it, such as its tags or files."""
    known = {f.attname for f in model._meta.concrete_fields} | {f.name for f in model._meta.many_to_many}
    return change.action != Action.CHANGE or not (change.before.keys() | change.after.keys()) - known


def cancelled_since(changes: Sequence[Change]) -> set[int]:
    """Return the keys of the records of one kind that stand as these changes left them, whatever happened since.

    Whoever takes back several acts one after the other meets each record with a higher version than the act left.
    """
    if not changes:
        return set()
    since = {change.record_id: change.pk for change in changes}
    rows = Change.objects.filter(
        record_type=changes[0].record_type, record_id__in=list(since), pk__gt=min(since.values())
    )
    first: dict[int, dict[str, Any]] = defaultdict(dict)
    last: dict[int, dict[str, Any]] = defaultdict(dict)
    for pk, key, before, after in rows.order_by("pk").values_list("pk", "record_id", "before", "after"):
        if pk > since[key]:
            first[key] = {**before, **first[key]}
            last[key] |= after
    return {key for key, before in first.items() if before and before == last[key]}


def _standing(model: type[Record], changes: Sequence[Change]) -> list[Record]:
    """Return the records as the changes left them. Raises UndoRefused for the first that does not stand so."""
    stored = model._default_manager.in_bulk([change.record_id for change in changes])
    later = [each for each in changes if each.record_id in stored and stored[each.record_id].version != each.version]
    cancelled = cancelled_since(later)
    changed = {each.record_id for each in later} - cancelled
    for change in changes:
        if change.record_id not in stored:
            raise UndoRefused(_("%(record)s has been removed meanwhile.") % {"record": change.label})
        if change.record_id in changed:
            raise UndoRefused(_("%(record)s has been changed again meanwhile.") % {"record": change.label})
    return [stored[change.record_id] for change in changes]


def _set_back(model: type[Record], changes: Sequence[Change], actor: Actor) -> bool:
    found = _standing(model, changes)
    names: set[str] = set()
    for record, change in zip(found, changes, strict=True):
        for field in model._meta.concrete_fields:
            if field.attname in change.before:
                names.add(field.attname)
                setattr(record, field.attname, field.to_python(change.before[field.attname]))
    if not _refer(model, found, names):
        return False
    save_many(found, actor=actor, note=_("Undo"))
    return True


def _take_out(model: type[Record], changes: Sequence[Change], actor: Actor) -> bool:
    """Remove what the actor has added, without the right to where nothing goes with it that came since."""
    found = _standing(model, changes)
    try:
        require(actor, "delete", found)
    except AccessDenied:
        require(actor, "change", found)
        if _going_with(*found):
            return False
        actor = replace(actor, unlimited=True)
    delete_many(found, actor=actor, note=_("Undo"))
    return True


def _bring_back(model: type[Record], changes: Sequence[Change], actor: Actor) -> bool:
    """Write removed records anew, under their own keys."""
    if model._default_manager.filter(pk__in=[change.record_id for change in changes]).exists():
        return False
    found = []
    for change in changes:
        record = revive(model, change.before)
        record._state.adding = True
        record.version = change.version + 1
        found.append(record)
    if not _refer(model, found, {name for change in changes for name in change.before}):
        return False
    save_many(found, actor=actor, note=_("Undo"))
    return True


def _refer(model: type[Record], found: Sequence[Record], names: set[str]) -> bool:
    """Tell whether all is there that records refer to by some fields, and keep it at hand; one query a field.

    What comes back with them counts. The database would find what is missing only at the end of the transaction.
    """
    fields: list[models.ForeignKey[Any, Any]] = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.attname in names
    ]
    if any(field.get_limit_choices_to() for field in fields):
        return False
    with_them = {record.pk: record for record in found if record._state.adding}
    models.prefetch_related_objects(found, *(field.name for field in fields))
    for field in fields:
        for record in found:
            key = getattr(record, field.attname)
            if key is None or field.get_cached_value(record, default=None) is not None:
                continue
            other = with_them.get(key) if field.related_model is model else None
            if other is None:
                return False
            setattr(record, field.name, other)
    return True
