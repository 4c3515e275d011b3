"""A record's story in words: its changes field by field, as far as the reader may see, and what was said and found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import reachable, row_paths, visible
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.comments.models import Comment
from quarterdeck.kernel.fields import values
from quarterdeck.kernel.fields.definitions import fields_for
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.records import history_of
from quarterdeck.kernel.registers.columns import CUSTOM, CustomKind, Shown, columns_for
from quarterdeck.kernel.registers.spec import Register, for_model
from quarterdeck.kernel.ui.components import CLOSED
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import tells
from quarterdeck.kernel.watch.services import BESIDE as FINDINGS
from quarterdeck.kernel.watch.services import said_in_words

#: What is kept beside a record and told in its history by name.
BESIDE = {"tags": gettext_lazy("Tags"), "files": gettext_lazy("Files")}
#: What the story can be narrowed to.
PARTS = {
    "": gettext_lazy("Everything"),
    "changes": gettext_lazy("Changes"),
    "comments": gettext_lazy("Comments"),
    "findings": gettext_lazy("Findings"),
}


@dataclass(frozen=True)
class FieldChange:
    """One field of a change: its label and both values in words; empty text for none.

    `said` tells what was done as it goes on after who did it, where that is no change of a value.
    """

    label: str
    before: str
    after: str
    said: str = ""


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
        if self.change.action != Action.CHANGE or not self.fields:
            return self.verb
        return "; ".join(
            f.said
            or _("%(label)s %(before)s to %(after)s")
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
    told = [Entry(change, change.actor_label, _verb(change), names.fields(change, record)) for change in found]
    # What was said of findings that the reader may not know of is no change for that reader.
    return [entry for entry in told if entry.fields or FINDINGS not in entry.change.after]


def _verb(change: Change) -> str:
    """Return what was done where no field of it can be told."""
    if change.action != Action.CHANGE:
        return _("added it") if change.action == Action.CREATE else _("removed it")
    return _("changed its links") if "links" in {**change.before, **change.after} else _("changed it")


@dataclass(frozen=True)
class Told:
    """One thing of a record's story: a change, a comment or a finding, the one that is not None."""

    at: dt.datetime
    who: str
    entry: Entry | None = None
    comment: Comment | None = None
    finding: Finding | None = None


@dataclass(frozen=True)
class Story:
    """What happened to a record, latest first, with the part that is shown of it and what else may be chosen."""

    told: list[Told]
    part: str
    parts: list[tuple[str, str]]

    @property
    def part_label(self) -> str:
        """The part that is shown, in words."""
        return str(PARTS[self.part])


def story(
    changes: Iterable[Entry],
    comments: Iterable[Comment],
    findings: Iterable[Finding] = (),
    *,
    part: str = "",
    limit: int = 12,
) -> Story:
    """Return changes, comments and findings in one order; all comments, and of the others the latest `limit`."""
    part = part if part in PARTS else ""
    said = [Told(c.created_at, c.author_label, comment=c) for c in comments if c.deleted_at is None]
    rest = [Told(entry.change.at, entry.who, entry=entry) for entry in changes]
    found = [Told(finding.opened_at, "Quarterdeck", finding=finding) for finding in findings]
    offered = [name for name, there in (("comments", said), ("findings", found)) if there]
    chosen = {"comments": said, "changes": rest[:limit], "findings": found[:limit]}
    told = chosen.get(part)
    if told is None:
        told = [*said, *sorted([*rest, *found], key=lambda one: one.at, reverse=True)[:limit]]
    parts = [(name, str(label)) for name, label in PARTS.items() if name in ("", "changes", part, *offered)]
    return Story(sorted(told, key=lambda one: one.at, reverse=True), part, parts if offered else [])


class _Names:
    """Turns stored values into words, looking references up once for all changes."""

    def __init__(
        self, register: Register[Any], changes: list[Change], actor: Actor, columns: Mapping[str, Shown]
    ) -> None:
        self.register, self.actor, self.columns = register, actor, columns
        self.references: dict[str, dict[int, str]] = {}
        self.titles: dict[tuple[type[Record], int], list[tuple[dt.datetime, str]]] = {}
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
        """Return the names of records as they are now, of those that the reader may open."""
        rows = model._default_manager.filter(pk__in=pks)
        if issubclass(model, Record):
            rows = visible(rows, self.actor)
            self._name_then(model, pks - {row.pk for row in rows})
        elif model is Scope:
            # Where a record stood before may be out of the reader's reach, and what it was called then is not kept.
            return {row.pk: str(row) for row in rows if reachable(self.actor, row)}
        register = for_model(model)
        return {row.pk: register.title_of(row) if register else str(row) for row in rows}

    def _name_then(self, model: type[Record], closed: set[int]) -> None:
        """Keep the titles that records have had which the reader may not open, or which are gone.

        Whoever saw the row then read the title of then; what it is called by now is not the row's to tell.
        """
        register = for_model(model)
        if not closed or register is None or not register.title or register.title in model.field_classes:
            return
        known = Change.objects.filter(record_type=register.record_type, record_id__in=closed, state__isnull=False)
        for pk, at, state in known.order_by("id").values_list("record_id", "at", "state"):
            if state is not None and register.title in state:
                self.titles.setdefault((model, pk), []).append((at, str(state[register.title])))

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
                found += self._beside(change, attname, record)
                continue
            column = self.columns.get(model_field.name)
            # What is no field of the register is kept by the system beside those that people set.
            if column is None or column.masked(record, self.actor):
                continue
            before, after = (
                self._text(column, model_field, side.get(attname), record, change.at)
                for side in (change.before, change.after)
            )
            found.append(FieldChange(column.label, before, after))
        # A state is what the others follow from.
        states = {column.label for column in self.columns.values() if column.is_state}
        return sorted(found, key=lambda one: one.label not in states)

    def _beside(self, change: Change, name: str, record: Any) -> list[FieldChange]:
        """Return a change of what is kept beside the record. Links are left out: their other end may be closed.

        Of findings, what was said of those that the reader may know of.
        """
        if name == FINDINGS:
            return self._said(change, record)
        if name not in BESIDE:
            return []
        before, after = (", ".join(str(one) for one in side.get(name) or ()) for side in (change.before, change.after))
        return [FieldChange(str(BESIDE[name]), before, after)]

    def _said(self, change: Change, record: Any) -> list[FieldChange]:
        paths = row_paths(record)
        told = [one for one in change.after.get(FINDINGS) or () if tells(self.actor, one["check"], paths)]
        words = [said_in_words(one) for one in told]
        return [FieldChange(str(PARTS["findings"]), "", text, text) for text in words]

    def _text(self, column: Shown, model_field: Any, value: Any, record: Any, at: dt.datetime) -> str:
        if value is None or value == "":
            return ""
        if isinstance(model_field, models.ForeignKey):
            named = self.references.get(model_field.attname, {}).get(value)
            return named if named is not None else self._title_at(model_field.related_model, value, at)
        if isinstance(model_field, models.ManyToManyField):
            return _("%(count)d chosen") % {"count": len(value)}
        currency = column.currency_of(record) if column.currency else ""
        return column.text(model_field.to_python(value), currency)

    def _title_at(self, model: Any, pk: int, at: dt.datetime) -> str:
        return next((title for known, title in reversed(self.titles.get((model, pk), [])) if known <= at), CLOSED)

    @cached_property
    def _definitions(self) -> dict[str, CustomField]:
        """The custom fields that the reader may know of, those out of use as well; read when a change names one."""
        found = fields_for(self.register.record_type, actor=self.actor, retired=True)
        return {definition.key: definition for definition in found}

    def _custom(self, change: Change) -> list[FieldChange]:
        """Return changes of custom fields; those of a branch that the reader does not see are left out."""
        before, after = change.before.get("custom") or {}, change.after.get("custom") or {}
        found = []
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            column = self.columns.get(CUSTOM + key)
            if old == new:
                continue
            if column is not None and isinstance(column.kind, CustomKind):
                definition = column.kind.definition
            elif key in self._definitions:
                definition = self._definitions[key]
            else:
                continue
            old_text, new_text = ("" if v is None else self._custom_text(definition, v) for v in (old, new))
            found.append(FieldChange(str(definition.label), old_text, new_text))
        return found

    def _custom_text(self, definition: CustomField, value: Any) -> str:
        labels = values.labels_for((definition,), [{definition.key: value}], self.actor)
        return values.display(definition, value, labels)
