"""The columns of a register that a file can fill, and which of a file's columns fills which."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.fields.definitions import fields_for
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.registers.columns import Shown, columns_for
from quarterdeck.kernel.registers.kinds import Choice, Reference
from quarterdeck.kernel.registers.spec import Register, for_model

#: Choices told one by one; of more, the first.
TOLD = 8
_FORMS = {
    "date": gettext_lazy("A date, such as 2026-03-17."),
    "moment": gettext_lazy("A date and time, such as 2026-03-17 09:30."),
    "time": gettext_lazy("A time, such as 09:30."),
    "number": gettext_lazy("A number, such as 1234.5."),
    "money": gettext_lazy("An amount, such as 1250000."),
    "percent": gettext_lazy("A percentage, such as 12.5."),
    "yes-no": gettext_lazy("Yes or no."),
    "link": gettext_lazy("A web address."),
}


@dataclass(frozen=True)
class Target:
    """A field that a column of a file can fill: one of the record's own (`field`) or a custom one (`custom`).

    `matches_only` marks the key where it is not typed in: it finds the record and is never written.
    """

    name: str
    label: str
    column: Shown
    field: models.Field[Any, Any] | None = None
    custom: CustomField | None = None
    is_key: bool = False
    matches_only: bool = False

    @property
    def is_reference(self) -> bool:
        """Whether it points at another record."""
        return isinstance(self.field, models.ForeignKey)

    @property
    def attname(self) -> str:
        """The attribute that holds the stored value."""
        return self.field.attname if self.field is not None else ""

    @property
    def can_be_empty(self) -> bool:
        """Whether an emptied cell has a value to stand for it: none, or no text."""
        return self.field is not None and (self.field.null or (self.field.blank and self.field.empty_strings_allowed))

    @property
    def form(self) -> str:
        """What a cell of it looks like, in words; "" for text of any kind."""
        kind = self.column.kind
        if isinstance(kind, Choice):
            labels = list(kind.choices.values())
            told = ", ".join(labels[:TOLD])
            return (_("One of: %(labels)s, …") if len(labels) > TOLD else _("One of: %(labels)s.")) % {"labels": told}
        if isinstance(kind, Reference):
            register, noun = for_model(kind.model), capfirst(str(kind.model._meta.verbose_name))
            return (_("%(noun)s, by code or name.") if register and register.key else _("%(noun)s, by name.")) % {
                "noun": noun
            }
        return str(_FORMS.get(kind.name, ""))

    @property
    def required(self) -> bool:
        """Whether a new record needs a value."""
        if self.custom is not None:
            return self.custom.required and self.custom.scope_id is None
        field = self.field
        return not (
            field is None
            or self.matches_only
            or field.blank
            or field.has_default()
            or isinstance(field, models.BooleanField)
        )


def targets_for(register: Register[Any], actor: Actor) -> dict[str, Target]:
    """Return what the actor may fill by a file, by name: the fields typed in, the key, the custom fields."""
    columns = columns_for(register, actor)
    found: dict[str, Target] = {}
    names = list(register.editable)
    if register.key and register.key not in names:
        names.insert(0, register.key)
    for name in names:
        field = register.field(name)
        if name not in columns or field.many_to_many:
            continue
        is_key = name == register.key
        found[name] = Target(
            name, columns[name].label, columns[name], field, None, is_key, is_key and name not in register.editable
        )
    for definition in fields_for(register.record_type, actor):
        name = f"custom.{definition.key}"
        if name in columns:
            found[name] = Target(name, columns[name].label, columns[name], custom=definition)
    return found


def titles(columns: Sequence[Shown]) -> list[str]:
    """Return the head of each column of an export; columns of one label are told apart by their names."""
    folded = Counter(column.label.casefold() for column in columns)
    return [f"{c.label} ({c.name})" if folded[c.label.casefold()] > 1 else c.label for c in columns]


def _folded(text: str) -> str:
    return re.sub(r"[\s_\-./*:]+", " ", text).strip().casefold()


def guess(headers: Sequence[str], targets: Mapping[str, Target]) -> dict[int, str]:
    """Return which header fills which field, by label, name or verbose name in any case; each field is filled once."""
    words: dict[str, str] = {}
    labels = Counter(_folded(target.label) for target in targets.values())
    for name, target in targets.items():
        exact = [f"{target.label} ({name})", name, name.removeprefix("custom.")]
        if labels[_folded(target.label)] == 1:
            exact.insert(0, target.label)
        if target.field is not None:
            exact += [str(target.field.verbose_name), target.field.attname]
        for word in exact:
            words.setdefault(_folded(word), name)
    found: dict[int, str] = {}
    for index, header in enumerate(headers):
        name = words.get(_folded(header), "")
        if name and name not in found.values():
            found[index] = name
    return found


def headers_key(headers: Iterable[str]) -> str:
    """Return what names a set of headers, whatever their order and case."""
    return hashlib.sha256("\n".join(sorted(_folded(header) for header in headers)).encode()).hexdigest()
