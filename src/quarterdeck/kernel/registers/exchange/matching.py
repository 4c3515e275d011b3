"""Which stored record a row of a file means.

By the register's key; without one by the fields that are unique together; without these, and for rows without a key, a
record that is the same in every column of the file counts as there already, so the same file twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.policy import refusal, row_scope
from quarterdeck.kernel.audit.states import encode
from quarterdeck.kernel.registers.exchange.values import text_of

if TYPE_CHECKING:
    from quarterdeck.kernel.registers.exchange.drafts import Draft, Plan

CHUNK = 500


def match(plan: Plan) -> None:
    """Give each draft its record: the stored one that it means, or a new one."""
    identity = _identity(plan)
    found = _found(plan, identity) if identity else {}
    for draft in plan.drafts:
        if draft.errors:
            continue
        key = _key_of(draft, identity)
        if key is not None and key in found:
            draft.record, draft.creating = found[key], False
        else:
            draft.record, draft.creating = plan.register.initial(plan.actor), True
            _check_new(plan, draft)
    _refuse_twice(plan, identity)
    _note_closed(plan)
    _already_there(plan, identity)
    if plan.register.key in plan.targets:
        _refuse_taken(plan, plan.register.key)


def _identity(plan: Plan) -> tuple[str, ...]:
    """Return the fields by which rows find their records; () when there are none or the file lacks one."""
    register = plan.register
    if register.key:
        return (register.key,) if register.key in plan.targets else ()
    own = [
        tuple(c.fields)
        for c in register.model._meta.constraints
        if isinstance(c, models.UniqueConstraint) and c.condition is None and c.fields
    ]
    own += [(f.name,) for f in register.model._meta.concrete_fields if f.unique and not f.primary_key]
    return next((names for names in own if all(name in plan.targets for name in names)), ())


def _key_of(draft: Draft, identity: Sequence[str]) -> tuple[Any, ...] | None:
    """Return what identifies the row, None when part of it is empty."""
    if not identity or any(draft.values.get(name) in (None, "") for name in identity):
        return None
    return tuple(_plain(draft.values[name]) for name in identity)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else encode(value)


def _found(plan: Plan, identity: Sequence[str]) -> dict[tuple[Any, ...], Any]:
    """Return the visible records that rows mean, by what identifies them; in chunks over the first of the fields."""
    first = identity[0]
    wanted = list({draft.values[first] for draft in plan.drafts if draft.values.get(first) not in (None, "")})
    attnames = [plan.targets[name].attname for name in identity]
    rows = plan.register.rows(plan.actor).select_related(*_related(plan))
    found: dict[tuple[Any, ...], Any] = {}
    keys = {_key_of(draft, identity) for draft in plan.drafts}
    for start in range(0, len(wanted), CHUNK):
        for record in rows.filter(**{f"{first}__in": wanted[start : start + CHUNK]}):
            key = tuple(encode(getattr(record, name)) for name in attnames)
            if key in keys:
                found[key] = record
    return found


def _related(plan: Plan) -> list[str]:
    """Return the references read with the records: those of the file, and those that lead to a record's node."""
    names = [target.name for target in plan.targets.values() if target.is_reference]
    return [*names, *row_scope(plan.register.model)]


def _check_new(plan: Plan, draft: Draft) -> None:
    """Refuse a row that names a record by a key that is given out, not typed."""
    key = plan.targets.get(plan.register.key)
    if key is not None and key.matches_only and draft.values.get(key.name):
        text = _("There is no %(kind)s “%(text)s” that you may see. Leave the cell empty to add a new one.")
        draft.refuse(key.label, text % {"kind": plan.register.noun, "text": draft.values[key.name]})


def _refuse_twice(plan: Plan, identity: Sequence[str]) -> None:
    """Refuse rows that mean the same record, or would share what is unique."""
    model = plan.register.model
    unique = {f.name for f in model._meta.concrete_fields if f.unique and not f.primary_key and f.name in plan.targets}
    groups = {(name,) for name in unique} | ({tuple(identity)} if identity else set())
    groups |= {
        tuple(c.fields)
        for c in model._meta.constraints
        if isinstance(c, models.UniqueConstraint)
        and c.condition is None
        and all(n in plan.targets for n in c.fields)
        and c.fields
    }
    for names in sorted(groups):
        rows: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
        for draft in plan.drafts:
            if (key := _key_of(draft, names)) is not None:
                rows[key].append(draft)
        labels = ", ".join(plan.targets[name].label for name in names)
        for same in rows.values():
            for draft in same if len(same) > 1 else ():
                others = ", ".join(str(other.number) for other in same if other is not draft)
                text = _("Row %(rows)s has the same. Keep one of them, or tell them apart.")
                draft.refuse(labels, text % {"rows": others})


def _note_closed(plan: Plan) -> None:
    """Note the records that rows mean and the actor may not change; whether they would change is known later."""
    meant = [draft for draft in plan.drafts if draft.record is not None and not draft.creating]
    pks = [draft.record.pk for draft in meant]
    open_: set[int] = set()
    rows = plan.register.rows(plan.actor, "change")
    for start in range(0, len(pks), CHUNK):
        open_.update(rows.filter(pk__in=pks[start : start + CHUNK]).values_list("pk", flat=True))
    plan.closed = {pk for pk in pks if pk not in open_}


def refuse_changes_of_closed(plan: Plan) -> None:
    """Refuse the rows that would change a record closed to the actor; those that change nothing pass."""
    for draft in plan.drafts:
        if not draft.creating and draft.touched and draft.record.pk in plan.closed:
            draft.refuse("", refusal("change", plan.register.model))


def _refuse_taken(plan: Plan, key: str) -> None:
    """Refuse new rows whose key belongs to a record that the actor does not see, with the words of any taken key."""
    fresh = {
        draft.values[key]: draft
        for draft in plan.drafts
        if draft.creating and not draft.errors and draft.values.get(key)
    }
    texts = list(fresh)
    for start in range(0, len(texts), CHUNK):
        taken = plan.register.model._default_manager.filter(**{f"{key}__in": texts[start : start + CHUNK]})
        for text in taken.values_list(key, flat=True):
            fresh[text].refuse(plan.targets[key].label, _("“%(text)s” is taken. Choose another.") % {"text": text})


def _already_there(plan: Plan, identity: Sequence[str]) -> None:
    """Let new rows that are the same as a stored record in every column mean that record; each record once."""
    fresh = [
        d for d in plan.drafts if d.creating and not d.errors and d.record is not None and _key_of(d, identity) is None
    ]
    if not fresh:
        return
    stored = [t for t in plan.targets.values() if t.field is not None and not t.is_key]
    customs = [t.custom.key for t in plan.targets.values() if t.custom is not None]
    used = {draft.record.pk for draft in plan.drafts if not draft.creating and draft.record is not None}
    same: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    wanted = {_whole(draft, stored, customs) for draft in fresh}
    lines = plan.register.rows(plan.actor).order_by("-pk").values_list("pk", "custom", *(t.attname for t in stored))
    for pk, custom, *values in lines.iterator(chunk_size=2000):
        whole = (*(_normal(v) for v in values), *(_normal(custom.get(k)) for k in customs))
        if whole in wanted and pk not in used:
            same[whole].append(pk)
    meant = {draft: same[w].pop() for draft in fresh if same[w := _whole(draft, stored, customs)]}
    records = plan.register.rows(plan.actor).select_related(*_related(plan)).in_bulk(list(meant.values()))
    for draft, pk in meant.items():
        draft.record, draft.creating = records[pk], False


def _whole(draft: Draft, stored: Sequence[Any], customs: Sequence[str]) -> tuple[Any, ...]:
    values: list[Any] = []
    for target in stored:
        if target.name in draft.parents:
            parent = draft.parents[target.name]
            values.append(object() if parent.creating else parent.record.pk)
            continue
        value = draft.values[target.name] if target.name in draft.values else getattr(draft.record, target.attname)
        values.append(_normal(value.pk if isinstance(value, models.Model) else value))
    values += [_normal(draft.values.get(f"custom.{key}")) for key in customs]
    return tuple(values)


def _normal(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return text_of(value)
    if hasattr(value, "microsecond") and hasattr(value, "date"):
        return value.replace(microsecond=0)
    plain = encode(value)
    return str(plain) if isinstance(plain, dict | list) else plain
