"""A record's changes in words: field by field, with what was and what is, as far as the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import reachable, visible
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.records import history_of
from quarterdeck.kernel.registers import kinds
from quarterdeck.kernel.registers.columns import Shown, columns_for
from quarterdeck.kernel.registers.spec import Register, for_model

HIDDEN = "•••"
#: What is kept beside a record and told in its history by name.
BESIDE = {"tags": gettext_lazy("Tags"), "files": gettext_lazy("Files")}


@dataclass(frozen=True)
class FieldChange:
    """One field of a change: its label and both values in words; empty text for none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One change as the timeline shows it."""

    change: Change
    who: str
    verb: str
    fields: list[FieldChange] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The change in one line, for where there is room for no more."""
        if self.change.action != Action.CHANGE:
            return self.verb
        return "; ".join(
            _("%(label)s %(before)s to %(after)s")
            % {"label": f.label, "before": f.before or "–", "after": f.after or "–"}
            for f in self.fields[:3]
        )


def entries(
    register: Register[Any],
    actor: Actor,
    record: Any,
    *,
    moment: dt.datetime | None = None,
    limit: int = 20,
    columns: Mapping[str, Shown] | None = None,
) -> list[Entry]:
    """Return the changes of a record, latest first, at most up to a moment; `columns` where they are known already.

    One query, and one per reference that changed.
    """
    changes = history_of(record)
    if moment is not None:
        changes = changes.filter(at__lte=moment)
    found = list(changes.select_related("actor")[:limit])
    names = _Names(register, found, actor, columns_for(register, actor) if columns is None else columns)
    verbs = {Action.CREATE: _("added it"), Action.DELETE: _("removed it")}
    return [
        Entry(change, change.actor_label, verbs.get(Action(change.action), _("changed")), names.fields(change, record))
        for change in found
    ]


class _Names:
    """Turns stored values into words, looking references up once for all changes."""

    def __init__(
        self, register: Register[Any], changes: list[Change], actor: Actor, columns: Mapping[str, Shown]
    ) -> None:
        self.register, self.actor, self.columns = register, actor, columns
        self.references: dict[str, dict[int, str]] = {}
        for model_field in register.model._meta.concrete_fields:
            if isinstance(model_field, models.ForeignKey):
                pks = {
                    value
                    for change in changes
                    if change.action == Action.CHANGE
                    for side in (change.before, change.after)
                    if isinstance(value := side.get(model_field.attname), int)
                }
                if pks:
                    self.references[model_field.attname] = self._named(model_field.related_model, pks)

    def _named(self, model: Any, pks: set[int]) -> dict[int, str]:
        rows = model._default_manager.filter(pk__in=pks)
        if issubclass(model, Record):
            rows = visible(rows, self.actor)
        elif model is Scope:
            # Where a record stood before may be out of the reader's reach.
            return {row.pk: str(row) for row in rows if reachable(self.actor, row)}
        register = for_model(model)
        return {row.pk: register.title_of(row) if register else str(row) for row in rows}

    def fields(self, change: Change, record: Any) -> list[FieldChange]:
        """Return the fields of a change in words; those that the reader may not see are left out."""
        if change.action != Action.CHANGE:
            return []
        found = []
        for attname in {**change.before, **change.after}:
            if attname == "custom":
                found += self._custom(change)
                continue
            try:
                model_field: Any = self.register.model._meta.get_field(attname.removesuffix("_id"))
            except FieldDoesNotExist:
                found += self._beside(change, attname)
                continue
            column = self.columns.get(model_field.name)
            if column is None:
                if model_field.name in self.register.model.field_classes or not model_field.editable:
                    continue
                label, kind = str(model_field.verbose_name), kinds.kind_of(model_field)
            elif column.masked(record, self.actor):
                continue
            else:
                label, kind = column.label, column.kind
            before, after = (self._text(kind, model_field, side.get(attname)) for side in (change.before, change.after))
            found.append(FieldChange(label, before, after))
        return found

    def _beside(self, change: Change, name: str) -> list[FieldChange]:
        """Return a change of what is kept beside the record. Links are left out: their other end may be closed."""
        if name not in BESIDE:
            return []
        before, after = (", ".join(str(one) for one in side.get(name) or ()) for side in (change.before, change.after))
        return [FieldChange(str(BESIDE[name]), before, after)]

    def _text(self, kind: kinds.Kind, model_field: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(model_field, models.ForeignKey):
            return self.references.get(model_field.attname, {}).get(value, HIDDEN)
        if isinstance(model_field, models.ManyToManyField):
            return _("%(count)d chosen") % {"count": len(value)}
        return kind.text(model_field.to_python(value))

    def _custom(self, change: Change) -> list[FieldChange]:
        before, after = change.before.get("custom") or {}, change.after.get("custom") or {}
        found = []
        for key in {**before, **after}:
            if before.get(key) == after.get(key):
                continue
            column = self.columns.get(f"custom.{key}")
            old, new = before.get(key), after.get(key)
            label = column.label if column else key
            found.append(FieldChange(label, "" if old is None else str(old), "" if new is None else str(new)))
        return found
