"""Which custom fields records have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.fields.models import CustomField

Definitions = Sequence[CustomField]


def fields_for(
    record_type: str, actor: Actor | None = None, scope_path: str | None = None, *, retired: bool = False
) -> tuple[CustomField, ...]:
    """Return the custom fields of a record type in their order, by one short query: read once and hand them on.

    With `scope_path`, those that hold at that node; with an actor, those that hold on rows the actor may see.
    `retired` gives those out of use as well, for reading the past.
    """
    rows = _rows([record_type], retired=retired)
    if scope_path is not None:
        above = [scope_path[:end] for end in range(6, len(scope_path) + 1, 6)]
        rows = rows.filter(Q(scope__isnull=True) | Q(scope__path__in=above))
    found = tuple(rows.order_by("position", "label", "pk"))
    return found if actor is None else _seen(found, record_type, actor)


def fields_for_each(record_types: Iterable[str], actor: Actor) -> dict[str, tuple[CustomField, ...]]:
    """Return what `fields_for` gives an actor for each of several record types, by one query for all."""
    wanted = list(dict.fromkeys(record_types))
    found: dict[str, list[CustomField]] = {record_type: [] for record_type in wanted}
    for definition in _rows(wanted).order_by("position", "label", "pk"):
        found[definition.record_type].append(definition)
    return {record_type: _seen(rows, record_type, actor) for record_type, rows in found.items()}


def _rows(record_types: list[str], *, retired: bool = False) -> QuerySet[CustomField]:
    rows = CustomField.objects.filter(record_type__in=record_types).select_related("scope")
    return rows if retired else rows.filter(active=True)


def _seen(found: Iterable[CustomField], record_type: str, actor: Actor) -> tuple[CustomField, ...]:
    paths = actor.paths("view", record_type)
    return tuple(field for field in found if field.scope is None or _meets(field.scope.path, paths))


def _meets(path: str, paths: Sequence[str]) -> bool:
    return any(path.startswith(other) or other.startswith(path) for other in paths)


def holds_at(definition: CustomField, scope_path: str | None) -> bool:
    """Tell whether a field holds on a row governed by the node with this path, or by none (None)."""
    return definition.scope is None or (scope_path is not None and scope_path.startswith(definition.scope.path))
