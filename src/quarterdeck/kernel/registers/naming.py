"""Which of the records that a page names its reader may open.

A label is part of the row that names it and is shown to whoever sees the row; a link, an id or a key is given only of
what the reader may open (ADR 0016).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerField, Model, QuerySet, Value

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.policy import all_below, reachable, record_type, row_scope, visible
from quarterdeck.kernel.audit.models import Record


@dataclass(frozen=True)
class Openable:
    """The records, among those asked about, that the reader may open: whole models, and keys of the others."""

    whole: frozenset[type[Model]] = frozenset()
    keys: Mapping[type[Model], frozenset[int]] = field(default_factory=dict)

    def __contains__(self, record: object) -> bool:
        """Tell whether the reader may open a record; no is the answer for what was not asked about."""
        if not isinstance(record, Model):
            return False
        model = type(record)
        return model in self.whole or record.pk in self.keys.get(model, frozenset())


#: Nothing may be opened: every name is plain text.
NOTHING = Openable()


def openable(actor: Actor, named: Iterable[Any]) -> Openable:
    """Return which of these records, if they are records, the actor may open: one query, or none where rights suffice.

    Rights are today's, also for records as they were.
    """
    wanted: dict[type[Model], dict[int, Model]] = defaultdict(dict)
    for record in named:
        if isinstance(record, Model) and record.pk is not None:
            wanted[type(record)][record.pk] = record
    whole = frozenset(model for model in wanted if _all_of(actor, model))
    told: dict[type[Model], set[int]] = {}
    asked: list[tuple[type[Model], list[int]]] = []
    for model, found in wanted.items():
        if model not in whole and issubclass(model, Record) and _some_of(actor, model):
            known = {pk: _known(actor, record) for pk, record in found.items()}
            told[model] = {pk for pk, open_ in known.items() if open_}
            if left := [pk for pk, open_ in known.items() if open_ is None]:
                asked.append((model, left))
    for model, seen in _seen(actor, asked).items():
        told[model] |= seen
    keys = {model: frozenset(pks) for model, pks in told.items()}
    if User in wanted and actor.user is not None:
        keys[User] = frozenset({actor.user.pk})
    if Scope in wanted:
        keys[Scope] = frozenset(node.pk for node in wanted[Scope].values() if _reachable(actor, node))
    return Openable(whole, keys)


def _all_of(actor: Actor, model: type[Model]) -> bool:
    """Tell whether the actor may open every record of a model, by rights alone."""
    if not issubclass(model, Record):
        return model is User and actor.can("view", record_type(User))
    paths = actor.paths("view", record_type(model))
    return bool(paths) and (paths == ("",) or not row_scope(model) or all_below(model, paths))


def _some_of(actor: Actor, model: type[Model]) -> bool:
    return actor.can("view", record_type(model)) or bool(getattr(model, "row_owner", ()))


def _reachable(actor: Actor, node: Model) -> bool:
    return isinstance(node, Scope) and reachable(actor, node)


def _known(actor: Actor, record: Model) -> bool | None:
    """Tell whether the actor may open a record, by the nodes that were read with it; None where they were not."""
    kind, whole = record_type(record), not getattr(type(record), "row_owner", ())
    for name in row_scope(type(record)):
        node: Any = record
        for part in name.split("__"):
            node = node._state.fields_cache.get(part) if node is not None else None
        if node is None:
            whole = False
        elif actor.can("view", kind, node.path):
            return True
    return False if whole else None


def _seen(actor: Actor, asked: list[tuple[type[Model], list[int]]]) -> dict[type[Model], set[int]]:
    """Return the keys of those, among some records, that the actor may see: by one query for all models."""
    if not asked:
        return {}
    seen: dict[int, set[int]] = defaultdict(set)
    for index, pk in _together([_rows(actor, index, model, pks) for index, (model, pks) in enumerate(asked)]):
        seen[index].add(pk)
    return {model: seen[index] for index, (model, _pks) in enumerate(asked)}


def _rows(actor: Actor, index: int, model: type[Model], pks: list[int]) -> Any:
    rows = visible(model._default_manager.filter(pk__in=pks), actor).order_by()
    return rows.values_list(Value(index, IntegerField()), "pk")


def _together(parts: list[QuerySet[Any]]) -> QuerySet[Any]:
    """Return the rows of several queries by one."""
    first, *rest = parts
    return first.union(*rest, all=True) if rest else first
