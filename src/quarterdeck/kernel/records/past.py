"""What was: the records of a model as known at a moment, whole or by a few of their fields.

A list of a past date needs of most records only what narrows and orders it. So the database takes these few values out
of the states that `Change` kept, and only the records that are shown come back whole.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, islice
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import F, Max, Q, QuerySet, TextField, Value

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import all_below, record_type, row_scope, scopes_below
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import keeps_as_it_is, revive
from quarterdeck.kernel.db.functions import Among, JSONValues

R = TypeVar("R", bound=Record)
#: More related records than this are read as the whole of their kind: SQLite takes no more keys than about this in one
#: query. In glimpses then, where that will do.
MANY = 500
#: Rows read at once.
CHUNK = 2000
#: What a state leaves out because the change itself tells it, by the attribute that holds it.
TOLD = {"version": "version", "updated_at": "at", "updated_by_id": "actor_id"}
UNTOLD = frozenset({"created_at", "created_by_id"})


@dataclass
class Glimpse:
    """Records of the past by some of their fields, column by column: `columns` by ORM path, all as long as `keys`.

    A path that ends with a foreign key has the related keys. `changes` are the keys of what tells the records.
    """

    keys: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[models.Model], records: Sequence[Any], paths: Iterable[str]) -> Glimpse:
        """Return records at hand as columns; they have no changes."""
        columns = {path: list(map(reads(model, path), records)) for path in paths}
        return cls([record.pk for record in records], [], columns)

    def only(self, wanted: Collection[int]) -> Glimpse:
        """Return those of some keys."""
        kept = [key in wanted for key in self.keys]
        columns = {path: list(compress(values, kept)) for path, values in self.columns.items()}
        return Glimpse(list(compress(self.keys, kept)), list(compress(self.changes, kept)), columns)


def reads(model: Any, path: str) -> Callable[[Any], Any]:
    """Return what gives the value at an ORM path of a record; None where a reference on the way is empty.

    A path that ends with a foreign key gives the related key.
    """
    *heads, last = path.split("__")
    for head in heads:
        model = model._meta.get_field(head).related_model
    name = "pk" if last == "pk" else str(model._meta.get_field(last).attname)
    if not heads:
        return attrgetter(name)

    def read(item: Any) -> Any:
        for head in heads:
            if (item := getattr(item, head, None)) is None:
                return None
        return getattr(item, name)

    return read


class Past(Generic[R]):
    """The records of a model as known at a moment, so far as the actor may see them today.

    Rights are today's, applied to the node that governed the record then. `scope` narrows to what it or a node below it
    governed.
    """

    def __init__(self, model: type[R], moment: dt.datetime, *, actor: Actor, scope: Scope | None = None) -> None:
        self.model, self.moment, self.actor = model, moment, actor
        #: Related records as of the moment by model and key; None where one did not exist then.
        self._known: dict[type[models.Model], dict[int, Any]] = defaultdict(dict)
        #: Where a record has to have stood to be shown: at or below one of some paths, or whose it has to have been.
        self._limits: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        seen = actor.paths("view", record_type(model))
        if row_scope(model) and seen != ("",) and not all_below(model, seen):
            # A token opens no own rows beyond its limits.
            self._limits.append((seen, model.row_owner if actor.limits is None else ()))
        if row_scope(model) and scope is not None and not all_below(model, (scope.path,)):
            self._limits.append(((scope.path,), ()))
        #: The paths of the nodes at and below all these, by key; None until they are read.
        self._nodes: dict[int, str] | None = None if self._limits else {}

    def glimpse(self, paths: Iterable[str]) -> Glimpse:
        """Return the records by the fields that ORM paths name, in no order."""
        if not self.actor.paths("view", record_type(self.model)):
            return Glimpse(columns={path: [] for path in paths})
        found = self._glimpse(self.model, {*paths, *self._governing})
        for limit in self._limits:
            found = found.only(self._within(found, *limit))
        return found

    def whole(
        self, found: Glimpse, places: Collection[int], related: Collection[str] = (), every: Collection[str] = ()
    ) -> list[R]:
        """Return glimpsed records, whole, in the order of their places; `related` are paths of foreign keys to fill.

        The first of each path has to be among the columns: then the records and what they point at take one query. Of
        the foreign keys in `every`, what any record points at is read with them, for `named`.
        """
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for name in {path.split("__")[0] for path in related}:
            wanted[_target(self.model, name)] |= {found.columns[name][place] for place in places} - {None}
        for name in every:
            wanted[_target(self.model, name)] |= set(found.columns[name]) - {None}
        by_change = self._load(wanted, [found.changes[place] for place in places])
        records: list[R] = [by_change[found.changes[place]] for place in places]
        self._fill(self.model, records, [f"{path}__pk" for path in related])
        return records

    def named(self, name: str, keys: set[int]) -> dict[int, Any]:
        """Return what a foreign key points at by its keys; None where it did not exist then."""
        target = _target(self.model, name)
        self._load({target: keys})
        return {key: self._known[target][key] for key in keys}

    def records(self, related: Iterable[str] = (), pks: Collection[int] | None = None) -> list[R]:
        """Return the records whole (those of some keys, where given), in no order; `related` as for `whole`."""
        if not self.actor.paths("view", record_type(self.model)):
            return []
        rows = self._changes(self._latest([self._of(self.model, pks)])).iterator(chunk_size=CHUNK)
        found: list[R] = [_revived(self.model, row) for row in rows if pks is None or row[6] in pks]
        heads = {name.split("__")[0] for name in row_scope(self.model)}
        self._fill(self.model, found, [*(f"{path}__pk" for path in {*related, *heads}), *self._governing])
        for limit in self._limits:
            inside = self._within(Glimpse.of(self.model, found, self._governing), *limit)
            found = [record for record in found if record.pk in inside]
        return found

    # -- rights --------------------------------------------------------------------------------------------------------

    @property
    def _governing(self) -> tuple[str, ...]:
        return (*row_scope(self.model), *self.model.row_owner) if self._limits else ()

    def _within(self, found: Glimpse, paths: tuple[str, ...], owners: Iterable[str]) -> set[int]:
        """Return the keys of what stood at or below one of the paths, or was the actor's."""
        nodes = {pk for pk, path in (self._nodes or {}).items() if path.startswith(paths)}
        user = {self.actor.user.pk} if self.actor.user else set()
        tests = [*((name, nodes) for name in row_scope(self.model)), *((name, user) for name in owners)]
        pairs = ((zip(found.keys, found.columns[name], strict=True), wanted) for name, wanted in tests)
        return {key for column, wanted in pairs for key, value in column if value in wanted}

    # -- reading -------------------------------------------------------------------------------------------------------

    def _of(self, model: type[models.Model], pks: Collection[int] | None) -> Q:
        of_kind = Q(record_type=record_type(model))
        return of_kind if pks is None or len(pks) > MANY else of_kind & Q(record_id__in=list(pks))

    def _latest(self, kinds: Iterable[Q]) -> QuerySet[Change, Any]:
        """Return the keys of the last changes of records until the moment; their removals too."""
        condition = Q(pk__in=())
        for kind in kinds:
            condition |= kind
        known = Change.objects.filter(condition, at__lte=self.moment).order_by()
        return known.values("record_type", "record_id").annotate(last=Max("id")).values("last")

    def _changes(self, ids: QuerySet[Change, Any] | Collection[int]) -> QuerySet[Change, Any]:
        """Return the rows of `_revived` of some changes; without what was removed."""
        chosen = Among("id", ids) if isinstance(ids, QuerySet) else Q(id__in=ids)
        rows = Change.objects.filter(chosen, state__isnull=False).exclude(action=Action.DELETE).order_by()
        # Whole changes would read two more states each.
        return rows.values_list("state", "version", "at", "actor_id", "id", "record_type", "record_id", Value(""))

    def _glimpse(self, model: Any, paths: set[str], pks: Collection[int] | None = None) -> Glimpse:
        latest = Change.objects.filter(Among("id", self._latest([self._of(model, pks)])), state__isnull=False)
        heads = {path.split("__")[0] for path in paths} - {"pk"}
        fields = [model._meta.get_field(name) for name in sorted(heads)]
        found = _glimpsed(latest.exclude(action=Action.DELETE).order_by(), fields)
        if pks is not None and len(pks) > MANY:
            found = found.only(pks)
        if "pk" in paths:
            found.columns["pk"] = found.keys
        through = _through(model, paths)
        keys = {head: set(found.columns[head]) - {None} for head in through}
        wide = {head for head in through if len(keys[head]) > MANY and issubclass(_target(model, head), Record)}
        self._load(_by_target(model, {head: keys[head] for head in through.keys() - wide}))
        for head, rest in through.items():
            target = _target(model, head)
            if head in wide:
                related = self._glimpse(target, rest, keys[head])
            else:
                rows = [row for pk in keys[head] if (row := self._known[target][pk]) is not None]
                self._fill(target, rows, rest)
                related = Glimpse.of(target, rows, rest)
            for path in rest:
                values = dict(zip(related.keys, related.columns[path], strict=True))
                found.columns[f"{head}__{path}"] = list(map(values.get, found.columns[head]))
        return found

    def _fill(self, model: Any, records: Sequence[Any], paths: Iterable[str]) -> None:
        """Give records what their foreign keys pointed at, so far as paths lead through these."""
        through = _through(model, paths)
        keys = {head: set(map(reads(model, head), records)) - {None} for head in through}
        self._load(_by_target(model, keys))
        for head, rest in through.items():
            field, found = model._meta.get_field(head), self._known[_target(model, head)]
            self._fill(_target(model, head), [row for pk in keys[head] if (row := found[pk]) is not None], rest)
            for record in records:
                field.set_cached_value(record, found.get(getattr(record, field.attname)))

    def _load(self, wanted: Mapping[type[models.Model], set[int]], changes: Iterable[int] = ()) -> dict[int, Any]:
        """Come to know related records, and return those that some changes tell; one query for all kinds of records.

        The first time, it comes to know the nodes by the same query.
        """
        missing = {model: pks - self._known[model].keys() for model, pks in wanted.items()}
        told: dict[Any, set[int]] = {m: pks for m, pks in missing.items() if pks and issubclass(m, Record)}
        for model, pks in missing.items():
            self._known[model].update(dict.fromkeys(pks) if model in told or not pks else _of_today(model, pks))
        asked = set(changes)
        latest = self._latest([self._of(model, pks) for model, pks in told.items()])
        # One after the other: of "these or those" PostgreSQL reads every change there is.
        parts: list[QuerySet[Any, Any]] = [self._changes(asked)] if asked else []
        if told:
            parts.append(self._changes(latest))
        if self._nodes is None:
            self._nodes = {}
            parts.append(_as_changes(scopes_below(path for paths, _who in self._limits for path in paths)))
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0] if parts else None
        kinds = {record_type(model): model for model in (*told, self.model)}
        by_change: dict[int, Any] = {}
        for row in rows.iterator(chunk_size=CHUNK) if rows is not None else ():
            change, kind, pk, path = row[4:]
            if path:
                self._nodes[pk] = path
                continue
            record = _revived(kinds[kind], row)
            if change in asked:
                by_change[change] = record
            if pk in told.get(kinds[kind], ()):
                self._known[kinds[kind]][pk] = record
        return by_change


def _as_changes(nodes: QuerySet[Scope]) -> QuerySet[Scope, Any]:
    """Return nodes in the columns of changes, to be read along with them."""
    nothing = Value(None, TextField())
    return nodes.order_by().values_list(nothing, nothing, nothing, nothing, "pk", nothing, F("pk"), "path")


def _target(model: Any, name: str) -> Any:
    return model._meta.get_field(name).related_model


def _of_today(model: type[models.Model], pks: set[int]) -> dict[int, Any]:
    """Return what has no history, such as a user or a node, as it is today."""
    rows: QuerySet[Any] = model._default_manager.order_by()
    rows = rows.filter(pk__in=pks) if len(pks) <= MANY else rows.filter(pk__gte=min(pks), pk__lte=max(pks))
    return {**dict.fromkeys(pks), **{row.pk: row for row in rows if row.pk in pks}}


def _through(model: Any, paths: Iterable[str]) -> dict[str, set[str]]:
    """Return the foreign keys through which ORM paths lead, each with the rest of those paths."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        head, _more, rest = path.partition("__")
        if rest and isinstance(model._meta.get_field(head), models.ForeignKey):
            found[head].add(rest)
    return found


def _by_target(model: Any, keys: Mapping[str, set[int]]) -> dict[type[models.Model], set[int]]:
    """Return keys by the model that they are of, from those by foreign key."""
    found: dict[type[models.Model], set[int]] = defaultdict(set)
    for head, pks in keys.items():
        found[_target(model, head)] |= pks
    return found


def _revived(model: Any, row: Sequence[Any]) -> Any:
    state, version, at, by = row[:4]
    record = revive(model, state)
    record.version, record.updated_at, record.updated_by_id = version, at, by
    return record


def _glimpsed(rows: QuerySet[Change], fields: Sequence[Any]) -> Glimpse:
    """Return the records that changes tell by some fields, as `revive` would have them."""
    told = [one for one in fields if one.attname in TOLD]
    stated = [one for one in fields if one.attname not in TOLD and one.attname not in UNTOLD]
    picked = JSONValues("state", *(one.attname for one in stated)) if stated else Value("[]")
    names = ("id", "record_id", *(TOLD[one.attname] for one in told), "picked")
    waiting = rows.annotate(picked=picked).values_list(*names).iterator(chunk_size=CHUNK)
    parts: list[list[Any]] = [[] for _column in (*names[:-1], *stated)]
    while chunk := list(islice(waiting, CHUNK)):
        *plain, texts = zip(*chunk, strict=True)
        # Reading one long text takes a third of the time that many short ones take.
        taken = zip(*json.loads(f"[{','.join(texts)}]"), strict=True) if stated else ()
        for part, values in zip(parts, chain(plain, islice(taken, len(stated))), strict=True):
            part.extend(values)
    changes, keys, *rest = parts
    columns = dict(zip((one.name for one in (*told, *stated)), rest, strict=True))
    columns |= {one.name: _as_revived(one, columns[one.name]) for one in stated}
    return Glimpse(keys, changes, {one.name: [None] * len(keys) for one in fields} | columns)


def _as_revived(model_field: Any, values: list[Any]) -> list[Any]:
    """Return a column of states as the field has it; one that did not exist then takes its default."""
    if not keeps_as_it_is(model_field):
        values = [None if value is None else model_field.to_python(value) for value in values]
    return values if model_field.null else [model_field.get_default() if value is None else value for value in values]
