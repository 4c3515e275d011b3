"""The columns of a register: its fields, its computed columns and its custom fields, in one shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import open_on_all, row_paths
from quarterdeck.kernel.fields import values
from quarterdeck.kernel.fields.definitions import fields_for
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.fields.models import Kind as FieldKind
from quarterdeck.kernel.registers import kinds, spec
from quarterdeck.kernel.registers.conditions import Condition
from quarterdeck.kernel.registers.kinds import Context, Kind
from quarterdeck.kernel.registers.naming import NOTHING, Openable
from quarterdeck.kernel.registers.spec import Column, Register
from quarterdeck.kernel.ui import components

#: Prefix of the names of columns and form fields over custom fields.
CUSTOM = "custom."
#: Fields of every record that are always offered as columns.
BOOKKEEPING = ("created_at", "created_by", "updated_at", "updated_by")


@dataclass(frozen=True)
class Shown:
    """A column ready for use: where its value is, how it sorts, who may see it."""

    name: str
    label: str
    kind: Kind
    path: str = ""
    order: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    field_class: str = ""
    help: str = ""
    computed: Column | None = None
    custom_key: str = ""
    is_title: bool = False
    sums: bool = False
    #: The foreign key that names the currency of the amounts; empty for what is not money.
    currency: str = ""
    #: False where the viewer sees the column on some rows only: then it neither filters, sorts nor sums, which would
    #: tell.
    whole: bool = field(default=True)

    def read(self, record: Any) -> Any:
        """Return the value of a record in this column."""
        if self.computed is not None and self.computed.value is not None:
            return self.computed.value(record)
        if self.custom_key:
            return record.custom.get(self.custom_key)
        return getattr(record, self.name, None)

    def masked(self, record: Any, actor: Actor) -> bool:
        """Tell whether the value of this row is closed to the actor, because its column is open on other rows only."""
        if self.whole:
            return False
        return not actor.sees(self.field_class, record._meta.label_lower, row_paths(record))

    def html(self, record: Any, context: Context) -> SafeString:
        """Return the cell's content."""
        if self.masked(record, context.actor):
            return kinds.closed()
        value = self.read(record)
        if value is None or value == "":
            return kinds.EMPTY
        if self.computed is not None and self.computed.display is not None:
            return self.computed.display(value, record)
        if self.currency:
            return components.money(value, self.currency_of(record))
        if self.name in context.places:
            return format_html("{}", components.number(value, context.places[self.name]))
        html = self.kind.html(value, record, context)
        return self._remarked(html, record, context) if self.kind.name == "date" else html

    def _remarked(self, html: SafeString, record: Any, context: Context) -> SafeString:
        """Return a date with what its register has to say of it, such as that it is over."""
        register = spec.for_model(type(record))
        tone, words = register.remark(self.name, record, context.today) if register else ("", "")
        if not words:
            return html
        css = f"is-{tone}" if tone else "faint"
        return format_html('<span class="{}">{} <small>{}</small></span>', css, html, words)

    def currency_of(self, record: Any) -> str:
        """Return the code of the currency of a record's amounts; empty when none is stated."""
        return getattr(getattr(record, self.currency, None), "code", "")

    def text(self, value: Any, currency: str = "", *, short: bool = False) -> str:
        """Return a value, or a sum of values, in words; `short` scales money."""
        return components.money_text(value, currency, short=short) if self.currency else self.kind.text(value)

    def plain(self, record: Any, actor: Actor, opens: Openable = NOTHING) -> Any:
        """Return the value as exports write it: None where it is closed, a name where the named record is."""
        if self.masked(record, actor):
            return None
        value = self.read(record)
        if isinstance(self.kind, kinds.Reference) and value is not None and value not in opens:
            return kinds.name_of(value)
        return self.kind.plain(value)

    @property
    def is_state(self) -> bool:
        """Whether the column's values have tones, which makes them states of the record."""
        return isinstance(self.kind, kinds.Choice) and bool(self.kind.tones)

    @property
    def sortable(self) -> bool:
        """Whether the list can be ordered by this column."""
        return bool(self.order) and self.whole

    @property
    def filterable(self) -> bool:
        """Whether the list can be narrowed by this column."""
        return bool(self.path) and self.whole


def open_paths(model: type[models.Model], paths: Iterable[str], actor: Actor) -> tuple[str, ...]:
    """Return the paths that may be searched: a value of a class closed on some rows would be found by guessing."""
    opens = cache(partial(open_on_all, actor))
    return tuple(path for path in paths if _is_open(model, path, opens))


def _is_open(model: type[models.Model], path: str, opens: Callable[[str, Any], bool | None]) -> bool:
    current: Any = model
    for part in path.split("__"):
        field_class = getattr(current, "field_classes", {}).get(part)
        if field_class and opens(field_class, current) is not True:
            return False
        try:
            current = current._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return True  # computed, or inside of a custom field
        if current is None:
            return True
    return True


def order_path(model: type[models.Model], name: str, depth: int = 0) -> tuple[str, ...]:
    """Return what ordering by a field means: a reference sorts by its register's title, else in its model's order."""
    found = model._meta.get_field(name)
    if not isinstance(found, models.ForeignKey) or depth > 2:
        return (name,)
    target: type[models.Model] = found.related_model
    register = spec.for_model(target)
    if register is not None and register.title:
        return (f"{name}__{register.title}",)
    ordering = target._meta.ordering or ("pk",)
    return tuple(f"{name}__{str(part).lstrip('-')}" for part in ordering)


@lru_cache(maxsize=512)
def _stored(register: Register[Any], name: str) -> Shown:
    """Return the column of a model field; without regard to who looks."""
    model_field = register.field(name)
    field_class = register.model.field_classes.get(name, "")
    kind = kinds.kind_of(model_field, field_class)
    currency = register.model.currency_field if kind.name == "money" else ""
    is_code = name == register.key and isinstance(model_field, models.CharField)
    return Shown(
        name=name,
        label=_capital(str(model_field.verbose_name)),
        kind=kinds.KINDS["code"] if is_code and name != register.title else kind,
        path=name,
        order=order_path(register.model, name),
        related=(name,) if isinstance(model_field, models.ForeignKey) else (currency,) if currency else (),
        currency=currency,
        field_class=field_class,
        help=str(model_field.help_text),
        is_title=name == register.title,
        sums=name in register.sums,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _computed(register: Register[Any], column: Column) -> Shown:
    in_sql = column.annotate is not None
    currency = register.model.currency_field if column.kind == "money" else ""
    return Shown(
        name=column.name,
        label=str(column.label),
        kind=kinds.KINDS[column.kind],
        path=column.name if in_sql else "",
        order=(column.name,) if in_sql else (),
        related=(*column.related, *((currency,) if currency else ())),
        currency=currency,
        field_class=column.field_class,
        help=str(column.help),
        computed=column,
        is_title=column.name == register.title,
        sums=column.name in register.sums and in_sql,
    )


class CustomKind(Kind):
    """The kind of a column over a custom field: shown by its definition, filtered as the plain kind it resembles."""

    def __init__(self, definition: CustomField) -> None:
        self.definition = definition
        self.name, numeric = _RESEMBLES[FieldKind(definition.kind)]
        self.align = "end" if numeric else "start"
        plain = (
            kinds.Choice({choice: choice for choice in definition.choices})
            if definition.kind == FieldKind.CHOICE
            else kinds.KINDS[self.name]
        )
        self.plain_kind = plain
        self.choices = getattr(plain, "choices", {})
        self.presets = plain.presets

    def parse(self, text: str, context: Context) -> Condition:
        """Return the condition over the value as JSON keeps it: numbers as numbers, dates as ISO text."""
        condition = self.plain_kind.parse(text, context)
        return replace(condition, values=tuple(_as_json(value) for value in condition.values))

    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        """Return the cell's content."""
        if self.definition.kind == FieldKind.URL:
            return self.plain_kind.html(value, record, context)
        if self.definition.kind == FieldKind.DATE:
            return self.plain_kind.html(values.python_value(self.definition, value), record, context)
        return format_html("{}", self.text(value, context.actor))

    def plain(self, value: Any) -> Any:
        """Return the value as exports write it."""
        return values.export(self.definition, value)

    def text(self, value: Any, actor: Actor | None = None) -> str:
        """Return the value in words; a link needs the actor to be named."""
        labels = None
        if self.definition.kind == FieldKind.RECORD and actor is not None:
            labels = values.labels_for((self.definition,), [{self.definition.key: value}], actor)
        return values.display(self.definition, value, labels)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


#: kind of custom field -> name of the plain kind, and whether it stands to the right
_RESEMBLES: Mapping[FieldKind, tuple[str, bool]] = {
    FieldKind.TEXT: ("text", False),
    FieldKind.LONG_TEXT: ("long text", False),
    FieldKind.NUMBER: ("number", True),
    FieldKind.MONEY: ("text", True),
    FieldKind.DATE: ("date", False),
    FieldKind.CHOICE: ("choice", False),
    FieldKind.YES_NO: ("yes-no", False),
    FieldKind.RECORD: ("text", False),
    FieldKind.URL: ("link", False),
}


def _custom(definition: CustomField) -> Shown:
    structured = definition.kind in (FieldKind.MONEY, FieldKind.RECORD)
    path = f"custom__{definition.key}"
    return Shown(
        name=f"{CUSTOM}{definition.key}",
        label=definition.label,
        kind=CustomKind(definition),
        path=path if definition.filterable and not structured else "",
        order=() if structured else (path,),
        help=definition.help,
        custom_key=definition.key,
    )


def named_by(columns: Iterable[Shown], records: Iterable[Any]) -> Iterator[Any]:
    """Yield the records that some rows name in these columns."""
    references = [column for column in columns if isinstance(column.kind, kinds.Reference)]
    for record in records:
        for column in references:
            yield column.read(record)


def columns_for(
    register: Register[Any],
    actor: Actor,
    definitions: Iterable[CustomField] | None = None,
    *,
    past: bool = False,
) -> dict[str, Shown]:
    """Return every column of a register that the actor may see at all, by name, in the order of sections, computed,
    custom. The definitions of its custom fields are read unless they are given. `past`: for records of a past date.
    """
    if definitions is None:
        definitions = fields_for(register.record_type, actor=actor)
    found = [_stored(register, name) for name in dict.fromkeys((*register.fields, *BOOKKEEPING))]
    found += [_computed(register, column) for column in register.computed]
    found += [_custom(definition) for definition in definitions]
    classes = {column.field_class for column in found if column.field_class}
    opened = {name: open_on_all(actor, name, register.model, past=past) for name in classes}
    seen: dict[str, Shown] = {}
    for column in found:
        if column.field_class:
            open_ = opened[column.field_class]
            if open_ is not False:
                seen[column.name] = replace(column, whole=open_ is True)
        else:
            seen[column.name] = column
    return seen
