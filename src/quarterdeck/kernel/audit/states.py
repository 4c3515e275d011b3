"""Records as plain states and back: what a `Change` keeps."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.utils.duration import duration_iso_string

M = TypeVar("M", bound=models.Model)
State = dict[str, Any]

_AS_THEY_ARE = (
    models.BooleanField,
    models.CharField,
    models.ForeignKey,
    models.IntegerField,
    models.JSONField,
    models.TextField,
)
_MISSING = object()
#: Bookkeeping of the row itself; the Change carries the same facts.
UNSTATED = frozenset({"created_at", "created_by_id", "updated_at", "updated_by_id", "version"})


def encode(value: Any) -> Any:
    """Return a JSON value that compares equal exactly when the stored values are equal."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, decimal.Decimal):
        # 10.50 and 10.5 are the same amount however they were typed.
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        # The same moment however its zone was stated.
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration_iso_string(value)
    if isinstance(value, dict | list):
        return value
    return str(value)


def state_of(record: models.Model) -> State:
    """Return every stored field of a record by attribute name (`owner_id`, not `owner`).

    Without the bookkeeping, and without what follows from other fields.
    """
    # Plans write ten thousand records at once: a value that is what its field holds is taken as it is.
    values = record.__dict__
    state: State = {}
    for name, plain, convert in _stated(type(record)):
        value = values[name] if name in values else getattr(record, name)
        state[name] = value if value is None or type(value) is plain else encode(convert(value))
    return state


def revive(model: type[M], state: State) -> M:
    """Return an unsaved instance as the state tells it; fields that did not exist then take their defaults.

    Lists of a past date revive every record of a register, so values go in by position and only those kept as text
    are converted.
    """
    values = [
        (value if value is None or kept else field.to_python(value))
        if (value := state.get(field.attname, _MISSING)) is not _MISSING
        else field.get_default()
        for field, kept in _fields(model)
    ]
    return model.from_db(None, [field.attname for field, _kept in _fields(model)], values)


def keeps_as_it_is(field: Any) -> bool:
    """Tell whether JSON keeps the values of a field as they are."""
    return isinstance(field, _AS_THEY_ARE)


@lru_cache(maxsize=256)
def _stated(model: type[models.Model]) -> tuple[tuple[str, type | None, Callable[[Any], Any]], ...]:
    """Return what a state holds of a model: the attribute, the type of plain values, what makes others such."""
    unstated = UNSTATED | getattr(model, "follows", frozenset())
    return tuple(
        (field.attname, _plain(field), field.to_python)
        for field in model._meta.concrete_fields
        if field.attname not in unstated
    )


def _plain(field: Any) -> type | None:
    if isinstance(field, models.IntegerField):
        return int
    return str if isinstance(field, models.CharField | models.TextField) else None


@lru_cache(maxsize=256)
def _fields(model: type[models.Model]) -> tuple[tuple[Any, bool], ...]:
    """Return the stored fields of a model, each with whether JSON keeps its values as they are."""
    return tuple((field, keeps_as_it_is(field)) for field in model._meta.concrete_fields)


def difference(before: State | None, after: State | None) -> tuple[State, State]:
    """Return the fields that differ as two states; a missing side counts as empty."""
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if name not in old or name not in new or old[name] != new[name]]
    return {name: old[name] for name in names if name in old}, {name: new[name] for name in names if name in new}
