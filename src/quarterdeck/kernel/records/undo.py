"""Undo: take back one act, be it one edit, a bulk edit or an import, by the rules that hold for any other act."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may, require
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import revive
from quarterdeck.kernel.records.errors import UndoRefused
from quarterdeck.kernel.records.rules import rules_of
from quarterdeck.kernel.records.undo_many import cancelled_since, is_of_fields, runs, taken_back_at_once
from quarterdeck.kernel.records.write import UNDO, _going_with, save


def time_for_undo(via: str) -> dt.timedelta:
    """Return for how long an act can be taken back, by settings: an import, which takes longer to judge, for longer."""
    if via == "import":
        return dt.timedelta(hours=settings.UNDO_IMPORT_HOURS)
    return dt.timedelta(minutes=settings.UNDO_MINUTES)


def undo(batch: uuid.UUID, *, actor: Actor, leave: Collection[str] = ()) -> list[Change]:
    """Take back every change of a batch, last first, as new changes; all or nothing. Return the new changes.

    Only whoever did it may take it back, within `time_for_undo`. Each record goes through its writer, or remover, so
    that their rules hold afterwards. Records of the types named in `leave` stay as they are. Raises UndoRefused with
    the reason, when one of the records has been changed since or a rule forbids what was; AccessDenied when the actor
    has lost the right.
    """
    changes = list(Change.objects.filter(batch=batch).order_by("-id"))
    if not changes or (not actor.unlimited and any(change.actor_id != _pk(actor) for change in changes)):
        raise UndoRefused(_("There is nothing here that you can undo."))
    if actor.now - changes[0].at > time_for_undo(changes[0].via):
        raise UndoRefused(_("It is too late to take this back. Change it again instead; the history shows what was."))
    actor = actor.by(UNDO, uuid.uuid4())
    with transaction.atomic():
        for alike in runs(change for change in changes if change.record_type not in leave):
            if not taken_back_at_once(alike, actor):
                for change in alike:
                    _take_back(change, actor)
        return list(Change.objects.filter(batch=actor.batch).order_by("id"))


def _pk(actor: Actor) -> int | None:
    return actor.user.pk if actor.user else None


def _take_back(change: Change, actor: Actor) -> None:
    model: Any = apps.get_model(change.record_type)
    note = _("Undo")
    if not issubclass(model, Record) or not is_of_fields(model, change):
        raise UndoRefused(_("%(record)s: this cannot be taken back here; change it again.") % {"record": change.label})
    if change.action == Action.DELETE:
        _bring_back(model, change, actor, note)
        return
    try:
        record: Record = model._default_manager.get(pk=change.record_id)
    except ObjectDoesNotExist as gone:
        raise UndoRefused(_("%(record)s has been removed meanwhile.") % {"record": change.label}) from gone
    if record.version != change.version and not cancelled_since([change]):
        raise UndoRefused(_("%(record)s has been changed again meanwhile.") % {"record": change.label})
    if change.action == Action.CREATE:
        _take_out(record, change, actor, note)
        return
    for field in model._meta.concrete_fields:
        if field.attname in change.before:
            setattr(record, field.attname, field.to_python(change.before[field.attname]))
    text = _("%(record)s stays as it is: %(why)s")
    _obeying(text, change, lambda: rules_of(model).write(record, actor=actor, note=note))
    _set_many(record, change, actor, note)


def _obeying(text: str, change: Change, act: Callable[[], Any]) -> None:
    """Act by a writer or remover; its refusal becomes one of the undo, naming the record."""
    try:
        act()
    except UndoRefused:
        raise
    except ValidationError as error:
        raise UndoRefused(text % {"record": change.label, "why": " ".join(error.messages)}) from error


def _set_many(record: Record, change: Change, actor: Actor, note: str) -> None:
    """Set back the many-to-many fields, which writers do not know."""
    many = {field.name for field in record._meta.many_to_many} & change.before.keys()
    if many:
        save(record, actor=actor, note=note, many={name: change.before[name] for name in many})


def _take_out(record: Record, change: Change, actor: Actor, note: str) -> None:
    """Remove what the actor has added: it may be changed and, with it, nothing goes that came since.

    Whoever added a record may take it back without the right to remove others; it is lent for this one record.
    """
    if not may(actor, "delete", record):
        require(actor, "change", [record])
        # What the same act added below it has been taken back before, so the rest is others' work.
        if _going_with(record):
            raise UndoRefused(_("%(record)s has been added to meanwhile.") % {"record": record})
        actor = replace(actor, unlimited=True)
    text = _("%(record)s stays: %(why)s")
    _obeying(text, change, lambda: rules_of(type(record)).remove(record, actor=actor, note=note))


def _bring_back(model: type[Record], change: Change, actor: Actor, note: str) -> None:
    """Write a removed record anew, under its own key: it must be one that the actor could add now."""
    if model._default_manager.filter(pk=change.record_id).exists():
        raise UndoRefused(_("%(record)s exists again already.") % {"record": change.label})
    record = revive(model, change.before)
    record._state.adding = True
    # Later than what was removed, so that an old form is stale.
    record.version = change.version + 1

    def write() -> None:
        # Its name may be taken by now, or what it refers to gone.
        record.full_clean()
        rules_of(model).write(record, actor=actor, note=note)

    _obeying(_("%(record)s cannot come back: %(why)s"), change, write)
    _set_many(record, change, actor, note)
