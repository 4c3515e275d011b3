"""Save and delete: validate > access > persist > Change > event, in one transaction."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from quarterdeck.kernel import events
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, record_type, refusal, require, visible
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import State, difference, state_of
from quarterdeck.kernel.records.errors import BulkRefused, InUse, StaleRecord
from quarterdeck.kernel.records.events import Changed

#: Rows per INSERT or UPDATE statement of a bulk write.
BATCH = 500
Many = Mapping[str, Iterable[int]]
#: The way of an act that takes another back.
UNDO = "undo"


def save(record: Record, *, actor: Actor, note: str = "", many: Many | None = None) -> Change | None:
    """Create or change one record; return its Change, or None when nothing differs from what is stored.

    `many` gives the ids of many-to-many fields to set. Raises ValidationError, AccessDenied, or StaleRecord when the
    record's `version` is not the stored one. Nothing is written on any error.
    """
    version = record.version
    try:
        with transaction.atomic():
            return _save(record, actor, note, many or {})
    except IntegrityError:
        record.version = version
        record.full_clean()  # says in words what the database has refused
        raise


def _save(record: Record, actor: Actor, note: str, many: Many) -> Change | None:
    model = type(record)
    creating = record._state.adding
    stored = None if creating else _lock(model, record, actor)
    if creating and not actor.can("add", record_type(model)):
        raise AccessDenied(refusal("add", model))
    _clean(record, stored)
    before = _state(stored) if stored else None
    after = _state(record) if not creating else state_of(record)
    for name, ids in many.items():
        after[name] = sorted(set(ids))
    old, new = difference(before, after)
    if not creating and not old and not new:
        return None
    _check_references([record], [set(new)], actor)
    _stamp(record, actor, creating=creating)
    record.save(force_insert=creating)
    for name, ids in many.items():
        getattr(record, name).set(ids)
    # An edit may move the record to where the actor has no right; that is refused as well.
    require(actor, "add" if creating else "change", [record])
    if creating:
        after = {**_state(record), **{name: after[name] for name in many}}
        old, new = {}, after
    action = Action.CREATE if creating else Action.CHANGE
    change = _change(record, action=action, actor=actor, note=note, before=old, after=new, state=after)
    change.save(force_insert=True)
    _tell(model, (record.pk,), action, set(old) | set(new), actor)
    return change


def _clean(record: Record, stored: Record | None) -> None:
    """Refuse what is not valid, with all that is wrong.

    What the database holds by itself, uniqueness and the rules of the table, is left to it: to ask before each write
    costs more than the write. Of the references those are asked for that are neither stored already nor at hand.
    """
    known = {
        field.name
        for field in record._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and not field.get_limit_choices_to()
        and (_is_kept(field, record, stored) or _is_at_hand(field, record))
    }
    try:
        record.clean_fields(exclude=known)
        record.clean()
    except ValidationError:
        record.full_clean()
        raise


def _is_kept(field: models.ForeignKey[Any, Any], record: Record, stored: Record | None) -> bool:
    value = getattr(record, field.attname)
    return stored is not None and value is not None and value == getattr(stored, field.attname)


def _is_at_hand(field: models.ForeignKey[Any, Any], record: Record) -> bool:
    related = field.get_cached_value(record, default=None)
    return related is not None and not related._state.adding and related.pk == getattr(record, field.attname)


def save_many(records: Sequence[Record], *, actor: Actor, note: str = "") -> list[Change]:
    """Create or change many records of one model in a few statements; all or nothing.

    Unchanged records write nothing. Raises BulkRefused with the error of each refused record by position, or
    AccessDenied. Uniqueness is left to the database: a clash refuses the whole call.
    """
    if not records:
        return []
    model = type(records[0])
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    try:
        with transaction.atomic():
            return _save_many(model, records, actor, note)
    except IntegrityError as clash:
        text = _("Two records would share what must be unique, or a rule of the table is broken; nothing was written.")
        raise BulkRefused({0: ValidationError(text)}) from clash


def _save_many(model: type[Record], records: Sequence[Record], actor: Actor, note: str) -> list[Change]:
    fresh = [record for record in records if record._state.adding]
    kept = [record for record in records if not record._state.adding]
    if fresh and not actor.can("add", record_type(model)):
        raise AccessDenied(refusal("add", model))
    require(actor, "change", kept)
    stored = _lock_many(model, kept)
    _check_each(records, stored)
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    written: list[tuple[Record, State, State, State]] = []
    for record in kept:
        state = state_of(record)
        old, new = difference(state_of(stored[record.pk]), state)
        if old or new:
            written.append((record, old, new, state))
    differing = [record for record, _old, _new, _state in written]
    touched = {name for _record, _old, new, _state in written for name in new}
    _check_references(fresh, [{f.attname for f in fields}] * len(fresh), actor)
    _check_references(differing, [set(new) for _record, _old, new, _state in written], actor)
    for record in fresh:
        _stamp(record, actor, creating=True)
    for record in differing:
        _stamp(record, actor, creating=False)
    model._default_manager.bulk_create(fresh, batch_size=BATCH)
    if differing:
        model._default_manager.bulk_update(differing, [f.name for f in fields if f.attname in touched], BATCH)
        # What is the same for all needs no case for each.
        stamps = {"version": F("version") + 1, "updated_at": actor.now, "updated_by": actor.user}
        for start in range(0, len(differing), BATCH):
            pks = [record.pk for record in differing[start : start + BATCH]]
            model._default_manager.filter(pk__in=pks).update(**stamps)
    require(actor, "add", fresh)
    require(actor, "change", differing)
    added = [(record, state_of(record)) for record in fresh]
    changes = [
        _change(record, action=Action.CREATE, actor=actor, note=note, before={}, after=state, state=state)
        for record, state in added
    ]
    changes += [
        _change(record, action=Action.CHANGE, actor=actor, note=note, before=old, after=new, state=state)
        for record, old, new, state in written
    ]
    Change.objects.bulk_create(changes, batch_size=BATCH)
    if fresh:
        _tell(model, tuple(r.pk for r in fresh), Action.CREATE, set(), actor)
    if differing:
        _tell(model, tuple(r.pk for r in differing), Action.CHANGE, touched, actor)
    return changes


def _check_each(records: Sequence[Record], stored: Mapping[int, Record]) -> None:
    """Refuse the call with the error of each record that is not valid, or that someone else changed meanwhile."""
    errors: dict[int, ValidationError] = {}
    for position, record in enumerate(records):
        try:
            record.clean_fields(exclude={f.name for f in record._meta.concrete_fields if f.is_relation})
            record.clean()
            if not record._state.adding and stored[record.pk].version != record.version:
                raise ValidationError(_("%(record)s was changed by someone else meanwhile.") % {"record": record})
        except ValidationError as error:
            errors[position] = error
    if errors:
        raise BulkRefused(errors)


def delete(record: Record, *, actor: Actor, note: str = "") -> Change:
    """Remove a record; its history stays and Undo brings it back.

    Raises InUse naming what still refers to it, or StaleRecord.
    """
    model = type(record)
    with transaction.atomic():
        stored = _lock(model, record, actor, action="delete")
        actor = actor.by(actor.via, actor.batch or uuid.uuid4())
        try:
            gone = [*_going_with(stored), stored]
            changes = [_removal(record, actor, note) for record in gone]
            removed = [
                (type(record), record.pk, set(change.before)) for record, change in zip(gone, changes, strict=True)
            ]
            stored.delete()
        except (ProtectedError, RestrictedError) as error:
            held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            raise InUse(
                _("%(record)s is still used by %(what)s.") % {"record": stored, "what": _counted(held)}
            ) from error
        Change.objects.bulk_create(changes, batch_size=BATCH)
        for kind, pk, names in removed:
            _tell(kind, (pk,), Action.DELETE, names, actor)
    return changes[-1]


def delete_many(records: Sequence[Record], *, actor: Actor, note: str = "") -> list[Change]:
    """Remove many records of one model, and what goes with them, in a few statements; all or nothing.

    Their changes are told in the order given, what goes with them before them, and Undo brings the last told back
    first: give what is below before what it is below of. Raises BulkRefused with those changed meanwhile, InUse naming
    what still refers to them, or AccessDenied.
    """
    if not records:
        return []
    model = type(records[0])
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    with transaction.atomic():
        require(actor, "delete", records)
        stored = _lock_many(model, records)
        stale = {
            place: ValidationError(_("%(record)s was changed by someone else meanwhile.") % {"record": record})
            for place, record in enumerate(records)
            if record.pk not in stored or stored[record.pk].version != record.version
        }
        if stale:
            raise BulkRefused(stale)
        named = [stored[record.pk] for record in records]
        try:
            gone = [*_going_with(*named), *named]
            changes = [_removal(record, actor, note) for record in gone]
            model._default_manager.filter(pk__in=list(stored)).delete()
        except (ProtectedError, RestrictedError) as error:
            held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            raise InUse(_("These are still used by %(what)s.") % {"what": _counted(held)}) from error
        Change.objects.bulk_create(changes, batch_size=BATCH)
        told: dict[type[Record], list[int]] = defaultdict(list)
        for record, change in zip(gone, changes, strict=True):
            told[type(record)].append(change.record_id)
        for kind, pks in told.items():
            _tell(kind, tuple(pks), Action.DELETE, set(), actor)
    return changes


def _going_with(*records: Record) -> list[Record]:
    """Return the records that go with some of one model, innermost first, so that history knows of them too."""
    collector = Collector(using=records[0]._state.db or "default", origin=records[0])
    collector.collect(records)
    found: list[models.Model] = [item for queryset in collector.fast_deletes for item in queryset]
    found += [item for kind in reversed(list(collector.data)) for item in collector.data[kind]]
    named = {(type(record), record.pk) for record in records}
    return [item for item in found if isinstance(item, Record) and (type(item), item.pk) not in named]


def _removal(record: Record, actor: Actor, note: str) -> Change:
    return _change(record, action=Action.DELETE, actor=actor, note=note, before=_state(record), after={}, state=None)


def _counted(objects: Iterable[models.Model]) -> str:
    counts = Counter(type(item) for item in objects)
    return ", ".join(
        f"{count} {(kind._meta.verbose_name if count == 1 else kind._meta.verbose_name_plural)}"
        for kind, count in counts.most_common()
    )


def _lock(model: type[Record], record: Record, actor: Actor, action: str = "change") -> Record:
    """Return the stored row, locked, when the actor may act on it and nobody changed it since `record` was read."""
    stored = visible(model._default_manager.select_for_update(of=("self",)).filter(pk=record.pk), actor, action).first()
    if stored is None:
        raise AccessDenied(refusal(action, model))
    if stored.version != record.version:
        raise StaleRecord(stored)
    return stored


def _lock_many(model: type[Record], records: Sequence[Record]) -> dict[int, Record]:
    stored: dict[int, Record] = {}
    # In one order for everybody, or two bulk writes could wait for each other.
    pks = sorted(record.pk for record in records)
    for start in range(0, len(pks), BATCH):
        chunk = (
            model._default_manager.select_for_update(of=("self",))
            .filter(pk__in=pks[start : start + BATCH])
            .order_by("pk")
        )
        stored.update({row.pk: row for row in chunk})
    return stored


def _state(record: Record) -> State:
    """Return the state of a stored record, with the ids of its many-to-many fields."""
    state = state_of(record)
    for field in record._meta.many_to_many:
        state[field.name] = sorted(getattr(record, field.name).values_list("pk", flat=True))
    return state


def _stamp(record: Record, actor: Actor, *, creating: bool) -> None:
    if creating:
        # What comes back goes on counting where it was.
        record.version = record.version if actor.via == UNDO else 1
        record.created_at, record.created_by = actor.now, actor.user
    else:
        record.version += 1
    record.updated_at, record.updated_by = actor.now, actor.user


def _check_references(records: Sequence[Record], changed: Sequence[set[str]], actor: Actor) -> None:
    """Refuse a reference to a record that the actor cannot see; one query per foreign key that points at records."""
    if actor.unlimited or actor.via == UNDO or not records:
        # What is set back was there before, and tells the actor nothing new.
        return
    wanted: dict[str, set[int]] = defaultdict(set)
    fields = {
        f.attname: f
        for f in type(records[0])._meta.concrete_fields
        if isinstance(f, models.ForeignKey) and issubclass(f.related_model, Record) and f.editable
    }
    for record, names in zip(records, changed, strict=True):
        for name in names & fields.keys():
            if (pk := getattr(record, name)) is not None:
                wanted[name].add(pk)
    for name, pks in wanted.items():
        related: Any = fields[name].related_model
        if visible(related._default_manager.filter(pk__in=pks), actor).count() != len(pks):
            raise ValidationError({fields[name].name: _("Choose one of those listed.")})


def _change(
    record: Record, *, action: Action, actor: Actor, note: str, before: State, after: State, state: State | None
) -> Change:
    return Change(
        at=actor.now,
        actor=actor.user,
        actor_label=actor.name[:200],
        via=actor.via,
        note=note,
        batch=actor.batch or uuid.uuid4(),
        action=action,
        record_type=record_type(record),
        record_id=record.pk,
        label=str(record)[:300],
        version=record.version,
        before=before,
        after=after,
        state=state,
    )


def _tell(model: type[Record], pks: tuple[int, ...], action: str, fields: set[str], actor: Actor) -> None:
    events.publish(Changed(record_type(model), pks, str(action), frozenset(fields), actor.via))
