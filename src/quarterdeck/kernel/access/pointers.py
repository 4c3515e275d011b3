"""Soft pointers: a record named by its type and id, as comments, files, tags, links and search hold it."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models import QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.audit.models import Record


def model_of(record_type: str) -> type[Record] | None:
    """Return the model of a record type, or None when there is no such kind of record (any more)."""
    try:
        model = apps.get_model(record_type)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, Record) else None


def seen(record_type: str, pks: Iterable[int], actor: Actor, action: str = "view") -> QuerySet[Record] | None:
    """Return the pointed-at records of one type on which the actor may do the action; None for an unknown type."""
    model = model_of(record_type)
    if model is None:
        return None
    rows: QuerySet[Record] = model._default_manager.filter(pk__in=set(pks))
    return visible(rows, actor, action)


def find(record_type: str, pk: int, actor: Actor, action: str = "view") -> Record | None:
    """Return one pointed-at record if the actor may do the action on it; None to a stranger as when it is gone."""
    rows = seen(record_type, (pk,), actor, action)
    return rows.first() if rows is not None else None
