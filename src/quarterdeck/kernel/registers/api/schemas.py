"""The shapes of a register's endpoints, built once at start-up from its declaration, so that the description is
static.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import models
from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from quarterdeck.kernel.registers.spec import Register

T = TypeVar("T")


class Ref(Schema):
    """A reference to another record: its id, the key by which people know it, its name.

    Of a record that the caller may not open, the name alone; id and key are null.
    """

    id: int | None
    key: str | None
    label: str


class Page(Schema, Generic[T]):
    """One page of a list.

    `next` is the cursor of the following page, null on the last; `total` counts all that match.
    """

    items: list[T]
    next: str | None
    total: int


class Problem(Schema):
    """A refusal, after RFC 9457.

    `errors` names what is wrong field by field; `current` is the stored version on a conflict.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: dict[str, list[str]] | None = None
    current: dict[str, Any] | None = None


class ChangeOut(Schema):
    """One change of a record: who, when, by which way, why, and what each field was and became."""

    id: int
    at: dt.datetime
    by: str
    via: str
    note: str
    action: str
    version: int
    fields: list[FieldOut]


class FieldOut(Schema):
    """One field of a change, both values in words."""

    label: str
    before: str
    after: str


class Strict(Schema):
    """Base of what is sent in: a name that does not exist is an error, never silently dropped."""

    model_config = ConfigDict(extra="forbid")


def python_type(field: models.Field[Any, Any]) -> Any:
    """Return the type of a field's value in JSON."""
    if isinstance(field, models.ForeignKey):
        return Ref
    for kinds, kind in _TYPES:
        if isinstance(field, kinds):
            return kind
    return str


_TYPES: tuple[tuple[Any, Any], ...] = (
    (models.BooleanField, bool),
    (models.DateTimeField, dt.datetime),
    (models.DateField, dt.date),
    (models.TimeField, dt.time),
    (models.DecimalField, Decimal),
    (models.FloatField, float),
    (models.IntegerField, int),
    (models.JSONField, Any),
)


def _described(register: Register[Any], field: models.Field[Any, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {"title": str(field.verbose_name)}
    text = [str(field.help_text)] if field.help_text else []
    if field.choices:
        text.append("One of: " + ", ".join(str(value) for value, _label in field.flatchoices) + ".")
    if field.name in register.model.field_classes:
        text.append(f"Null or refused without the right to see {register.model.field_classes[field.name]}.")
    if text:
        extra["description"] = " ".join(text)
    return extra


def out_schema(register: Register[Any]) -> type[Schema]:
    """Return the shape of a record as it is read. Every field may be null: what the reader may not see is."""
    fields: dict[str, Any] = {"id": (int, ...), "version": (int, ...), "url": (str, ...)}
    for name in register.fields:
        field = register.field(name)
        fields[name] = (python_type(field) | None, Field(None, **_described(register, field)))
    for column in register.computed:
        if column.value is not None or column.annotate is not None:
            fields[column.name] = (Any, Field(None, title=str(column.label), description=str(column.help) or None))
    fields["custom"] = (dict[str, Any], ...)
    fields["updated_at"] = (dt.datetime | None, ...)
    return create_model(f"{register.model.__name__}Out", __base__=Schema, **fields)


def in_schema(register: Register[Any], *, partial: bool) -> type[Schema]:
    """Return the shape of what is sent: all fields to create, any of them with the version to change.

    A reference is given by id, or by the key by which people know the record.
    """
    fields: dict[str, Any] = {}
    for name in register.editable:
        field = register.field(name)
        kind: Any = int | str if isinstance(field, models.ForeignKey) else python_type(field)
        needed = not partial and not field.blank and not field.has_default()
        default = ... if needed else None
        fields[name] = (kind if needed else kind | None, Field(default, **_described(register, field)))
    fields["custom"] = (dict[str, Any] | None, Field(None, description="Values of custom fields by key."))
    fields["note"] = (str, Field("", max_length=300, description="Why; kept in the history."))
    if partial:
        fields["version"] = (int, Field(..., description="The version that was read; a later one is a conflict (409)."))
    return create_model(f"{register.model.__name__}{'Patch' if partial else 'In'}", __base__=Strict, **fields)


def bulk_schema(register: Register[Any], patch: type[Schema]) -> type[Schema]:
    """Return the shape of a bulk change: a patch for each of several records, all or nothing."""
    item = create_model(f"{register.model.__name__}BulkItem", __base__=patch, id=(int, ...))
    listed: Any = list[item]  # type: ignore[valid-type]  # made above
    return create_model(f"{register.model.__name__}Bulk", __base__=Strict, items=(listed, Field(..., max_length=500)))


ChangeOut.model_rebuild()
