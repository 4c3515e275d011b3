"""The past: any record, and any register, as it was known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models import Max, QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import all_below, record_type, row_scope, scopes_below
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.audit.states import State, revive

R = TypeVar("R", bound=Record)
#: More rows than this are read as one range of keys: SQLite takes no more keys than about this in one query.
MANY = 500


def history_of(record: Record) -> QuerySet[Change]:
    """Return the changes of a record, latest first. The caller has checked that the actor may see the record."""
    return Change.objects.filter(record_type=record_type(record), record_id=record.pk)


def state_as_of(model: type[Record], pk: int, moment: dt.datetime) -> State | None:
    """Return the whole state of one record as known at a moment, or None when it did not exist then."""
    last = Change.objects.filter(record_type=record_type(model), record_id=pk, at__lte=moment).order_by("-id").first()
    return last.state if last else None


def _latest(model: type[R], moment: dt.datetime, pks: Iterable[int] | None = None) -> Iterable[R]:
    """Yield the records of a model that existed at a moment; those of some keys, where keys are given."""
    known = Change.objects.filter(record_type=record_type(model), at__lte=moment)
    if pks is not None:
        known = known.filter(record_id__in=list(pks))
    last = known.order_by().values("record_id").annotate(last=Max("id")).values("last")
    # Whole changes would read two more states each.
    rows = Change.objects.filter(id__in=last, state__isnull=False).exclude(action=Action.DELETE).order_by()
    for state, version, at, by in rows.values_list("state", "version", "at", "actor_id").iterator(chunk_size=2000):
        if state is not None:
            record = revive(model, state)
            record.version, record.updated_at, record.updated_by_id = version, at, by
            yield record


def as_of(
    model: type[R], moment: dt.datetime, *, actor: Actor, related: Iterable[str] = (), pks: Iterable[int] | None = None
) -> list[R]:
    """Return the records of a model that existed at a moment, as known then, that the actor may see today.

    Rights are today's, applied to the node that governed the record then. `related` names the foreign keys to fill
    with the related records, themselves as of that moment; one query each, whatever the number of rows.
    """
    if not actor.paths("view", record_type(model)):
        return []
    records = list(_latest(model, moment, pks))
    governing = {name.split("__")[0] for name in row_scope(model)}
    for name in {*related, *governing}:
        _fill(records, name, moment)
    return _seen(model, records, actor, moment)


def _fill(records: list[Any], name: str, moment: dt.datetime) -> None:
    """Fill one foreign key of many records with what it pointed at, as of the moment."""
    if not records:
        return
    field = type(records[0])._meta.get_field(name)
    if not isinstance(field, models.ForeignKey):
        return
    wanted = {pk for record in records if (pk := getattr(record, field.attname)) is not None}
    target: Any = field.related_model
    if issubclass(target, Record):
        found: dict[int, Any] = {record.pk: record for record in _latest(target, moment, wanted)}
    elif len(wanted) > MANY:
        rows = target._default_manager.order_by().filter(pk__gte=min(wanted), pk__lte=max(wanted))
        found = {row.pk: row for row in rows if row.pk in wanted}
    else:
        found = target._default_manager.in_bulk(wanted)
    for record in records:
        field.set_cached_value(record, found.get(getattr(record, field.attname)))


def _seen(model: type[R], records: list[R], actor: Actor, moment: dt.datetime) -> list[R]:
    paths = actor.paths("view", record_type(model))
    if paths == ("",) or not row_scope(model) or all_below(model, paths):
        return records
    for name in row_scope(model):
        first, *rest = name.split("__")
        # Paths longer than two steps are filled step by step, each in one query.
        level = [r for record in records if (r := getattr(record, first, None)) is not None]
        for part in rest[:-1]:
            _fill(level, part, moment)
            level = [r for record in level if (r := getattr(record, part, None)) is not None]
    nodes = set(scopes_below(paths).values_list("pk", flat=True))
    owners: tuple[str, ...] = getattr(model, "row_owner", ())
    user = actor.user.pk if actor.user else None
    return [
        record
        for record in records
        if any(_value(record, f"{name}_id") in nodes for name in row_scope(model))
        or (user is not None and any(_value(record, f"{name}_id") == user for name in owners))
    ]


def _value(record: object, path: str) -> object:
    value: object = record
    for part in path.split("__"):
        value = getattr(value, part, None)
    return value.pk if isinstance(value, Scope) else value
