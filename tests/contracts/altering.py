"""A change that a register's own rules accept, found by trying: what the tests of editing edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers.spec import Register
from tests.factories import Factory


def alteration(register: Register[Any], record: Any, factory: Factory) -> tuple[str, Any]:
    """Return a field typed in and another value for it that the writer takes; nothing is kept."""
    for name, value in _candidates(register, record, factory):
        fresh = register.model._default_manager.get(pk=record.pk)
        setattr(fresh, name, value)
        if register.append_only:  # the writer takes none
            return name, value
        try:
            with transaction.atomic():
                register.write(fresh, actor=factory.actor)
                transaction.set_rollback(True)
        except ValidationError:
            continue
        return name, value
    raise AssertionError(f"No field of {register.slug} could be changed; give tests/contracts/altering.py a way.")


def _candidates(register: Register[Any], record: Any, factory: Factory) -> Iterator[tuple[str, Any]]:
    for name in register.editable:
        found = register.field(name)
        if name == register.key or found.is_relation or found.unique:
            continue
        value = getattr(record, name)
        for other in _others(found, value):
            yield name, other
    for name in register.editable:
        target: Any = register.field(name).related_model
        if target is not None and issubclass(target, Record) and not target.row_scope:
            yield name, factory.make(target)
    for name in register.editable:
        value = getattr(record, name)
        if isinstance(value, Record) and type(value).row_scope:
            yield name, factory.make(type(value), **_parents(value))


def _parents(record: Record) -> dict[str, Any]:
    """What a record is part of, so that one made beside it is of the same."""
    required = (f for f in record._meta.concrete_fields if isinstance(f, models.ForeignKey) and not f.null)
    return {found.name: getattr(record, found.name) for found in required if issubclass(found.related_model, Record)}


def _others(found: models.Field[Any, Any], value: Any) -> Iterator[Any]:
    if found.choices:
        yield from (choice for choice, _label in found.flatchoices if choice != value)
    elif isinstance(found, models.BooleanField):
        yield not value
    elif isinstance(found, models.DateTimeField):
        yield (value or dt.datetime(2026, 6, 1, tzinfo=dt.UTC)) + dt.timedelta(days=1)
    elif isinstance(found, models.DateField):
        yield (value or dt.date(2027, 6, 1)) + dt.timedelta(days=1)
    elif isinstance(found, models.DecimalField):
        yield Decimal(value or 0) + 1
    elif isinstance(found, models.IntegerField):
        yield from ((value or 0) + 1, (value or 2) - 1)
    elif isinstance(found, models.CharField | models.TextField):
        yield "Altered" if value != "Altered" else "Altered again"
