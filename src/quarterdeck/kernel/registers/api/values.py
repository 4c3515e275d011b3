"""Records as JSON and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.fields.values import clean_values
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import CUSTOM, Shown, columns_for, named_by
from quarterdeck.kernel.registers.kinds import name_of
from quarterdeck.kernel.registers.naming import Openable, openable
from quarterdeck.kernel.registers.spec import Register

#: In a payload, beside the fields.
BESIDE = frozenset({"custom", "note", "version", "id"})


def as_json(
    register: Register[Any],
    record: Any,
    columns: Mapping[str, Shown],
    actor: Actor,
    opens: Openable | None = None,
) -> dict[str, Any]:
    """Return a record as its endpoints give it; what the actor may not see is null.

    Of the records that it names, `opens` are those that the actor may open; left out, it is found out.
    """
    if opens is None:
        opens = openable(actor, named_by(columns.values(), [record]))
    body: dict[str, Any] = {"id": record.pk, "version": record.version, "url": register.url(record)}
    for name in (*register.fields, *(c.name for c in register.computed)):
        column = columns.get(name)
        closed = column is None or column.masked(record, actor)
        body[name] = None if closed or column is None else plain(column.read(record), opens)
    own = {name.removeprefix(CUSTOM) for name in columns if name.startswith(CUSTOM)}
    body["custom"] = {key: value for key, value in record.custom.items() if key in own}
    body["updated_at"] = record.updated_at
    return body


def plain(value: Any, opens: Openable) -> Any:
    """Return a value as JSON has it: a reference as id, key and label; an amount as a string, exactly.

    Of what the reader may not open, the label alone: it is part of the row that names it.
    """
    if isinstance(value, models.Model):
        register = spec.for_model(type(value))
        open_ = value in opens
        key = register.ref(value) if open_ and register is not None and register.key else None
        return {"id": value.pk if open_ else None, "key": key, "label": name_of(value)}
    return str(value) if isinstance(value, Decimal) else value


def related_names(register: Register[Any]) -> list[str]:
    """Return the foreign keys that a record's JSON names, to be fetched with it."""
    names = [name for name in register.fields if register.field(name).is_relation]
    return sorted({*names, *(name for column in register.computed for name in column.related)})


def apply(register: Register[Any], record: Any, payload: Mapping[str, Any], actor: Actor) -> Any:
    """Set what a payload gives on a record, ready for the writer.

    A field that the actor may not see cannot be set; a reference must be one that the actor may see. Raises
    ValidationError.
    """
    columns = columns_for(register, actor)
    errors: dict[str, list[str]] = {}
    for name, value in payload.items():
        if name in BESIDE:
            continue
        column = columns.get(name)
        if column is None or (not record._state.adding and column.masked(record, actor)):
            errors[name] = [_("You may not set this field.")]
            continue
        try:
            field = register.field(name)
        except FieldDoesNotExist:
            errors[name] = [_("There is no such field.")]
            continue
        try:
            _set(register, record, field, value, actor)
        except ValidationError as error:
            errors[name] = [str(text) for text in error.messages]
    if errors:
        raise ValidationError(errors)
    if payload.get("custom") is not None:
        record.custom = clean_values(
            register.record_type, payload["custom"], actor=actor, partial=True, stored=record.custom
        )
    if "version" in payload:
        record.version = payload["version"]
    return record


def _set(register: Register[Any], record: Any, field: Any, value: Any, actor: Actor) -> None:
    if isinstance(field, models.ForeignKey):
        setattr(record, field.name, None if value is None else _referred(register, field.name, value, actor, record))
        return
    if value is None and not field.null:
        value = field.get_default() if field.has_default() else "" if field.empty_strings_allowed else None
        if value is None:
            raise ValidationError(_("Fill this in."))
    setattr(record, field.attname, value)


def _referred(register: Register[Any], name: str, value: int | str, actor: Actor, record: Any) -> Any:
    rows = register.choices(name, actor, record)
    related = spec.for_model(rows.model)
    found = None
    if isinstance(value, str) and related is not None and related.key:
        found = rows.filter(**{related.key: value}).first()
    if found is None and (isinstance(value, int) or value.isdecimal()) and len(str(value)) < 19:
        found = rows.filter(pk=int(value)).first()
    if found is None:
        raise ValidationError(_("Choose one of those that you may see."))
    return found


def acting(actor: Actor, via: str = "api") -> Actor:
    """Return the actor writing through the API, with a batch of its own for Undo."""
    return actor.by(via, uuid.uuid4())


def given(payload: Any) -> dict[str, Any]:
    """Return only what was sent, so that what was left out stays as it is."""
    sent: dict[str, Any] = payload.model_dump(exclude_unset=True)
    return sent


def listed(register: Register[Any], records: Iterable[Any], columns: Mapping[str, Shown], actor: Actor) -> list[Any]:
    """Return several records as JSON, by one query for what they name."""
    found = list(records)
    opens = openable(actor, named_by(columns.values(), found))
    return [as_json(register, record, columns, actor, opens) for record in found]
