"""Undo: take back one act, be it one edit, a bulk edit or an import."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, may, refusal, require, visible
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import revive
from quarterdeck.kernel.records.errors import UndoRefused
from quarterdeck.kernel.records.write import _change, _going_with, _state, _tell, delete, save


def undo(batch: uuid.UUID, *, actor: Actor) -> list[Change]:
    """Take back every change of a batch, last first, as new changes; all or nothing.

    Only whoever did it may take it back. Raises UndoRefused when one of the records has been changed since.
    """
    changes = list(Change.objects.filter(batch=batch).order_by("-id"))
    if not changes or (not actor.unlimited and any(change.actor_id != _pk(actor) for change in changes)):
        raise UndoRefused(_("There is nothing here that you can undo."))
    actor = actor.by("undo", uuid.uuid4())
    with transaction.atomic():
        return [done for change in changes if (done := _take_back(change, actor)) is not None]


def _pk(actor: Actor) -> int | None:
    return actor.user.pk if actor.user else None


def _take_back(change: Change, actor: Actor) -> Change | None:
    model: Any = apps.get_model(change.record_type)
    note = _("Undo")
    if not issubclass(model, Record) or not _is_of_fields(model, change):
        raise UndoRefused(_("%(record)s: this cannot be taken back here; change it again.") % {"record": change.label})
    if change.action == Action.DELETE:
        return _bring_back(model, change, actor, note)
    try:
        record: Record = model._default_manager.get(pk=change.record_id)
    except ObjectDoesNotExist as gone:
        raise UndoRefused(_("%(record)s has been removed meanwhile.") % {"record": change.label}) from gone
    if record.version != change.version:
        raise UndoRefused(_("%(record)s has been changed again meanwhile.") % {"record": change.label})
    if change.action == Action.CREATE:
        return _take_out(record, actor, note)
    many = {field.name for field in model._meta.many_to_many}
    for field in model._meta.concrete_fields:
        if field.attname in change.before:
            setattr(record, field.attname, field.to_python(change.before[field.attname]))
    return save(
        record, actor=actor, note=note, many={name: change.before[name] for name in many & change.before.keys()}
    )


def _is_of_fields(model: type[Record], change: Change) -> bool:
    """Tell whether a change is of the record's own fields, not of what lies beside it, such as its tags or files."""
    known = {f.attname for f in model._meta.concrete_fields} | {f.name for f in model._meta.many_to_many}
    return change.action != Action.CHANGE or not (change.before.keys() | change.after.keys()) - known


def _take_out(record: Record, actor: Actor, note: str) -> Change:
    """Remove what the actor has added: it may be changed and, with it, nothing goes that came since.

    Whoever added a record may take it back without the right to remove others; it is lent for this one record.
    """
    if may(actor, "delete", record):
        return delete(record, actor=actor, note=note)
    require(actor, "change", [record])
    # What the same act added below it has been taken back before, so the rest is others' work.
    if _going_with(record):
        raise UndoRefused(_("%(record)s has been added to meanwhile.") % {"record": record})
    return delete(record, actor=replace(actor, unlimited=True), note=note)


def _bring_back(model: type[Record], change: Change, actor: Actor, note: str) -> Change:
    if model._default_manager.filter(pk=change.record_id).exists():
        raise UndoRefused(_("%(record)s exists again already.") % {"record": change.label})
    record = revive(model, change.before)
    record._state.adding = True
    try:
        # Its name may be taken by now, or what it refers to gone.
        record.full_clean()
    except ValidationError as error:
        text = _("%(record)s cannot come back: %(why)s")
        raise UndoRefused(text % {"record": change.label, "why": " ".join(error.messages)}) from error
    record.version = change.version + 1
    record.created_at = record.updated_at = actor.now
    record.created_by = record.updated_by = actor.user
    record.save(force_insert=True)
    for field in model._meta.many_to_many:
        if field.name in change.before:
            getattr(record, field.name).set(change.before[field.name])
    if not visible(model._default_manager.filter(pk=record.pk), actor, "delete").exists():
        raise AccessDenied(refusal("add", model))
    state = _state(record)
    done = _change(record, action=Action.CREATE, actor=actor, note=note, before={}, after=state, state=state)
    done.save(force_insert=True)
    _tell(model, (record.pk,), Action.CREATE, set(state), actor)
    return done
