"""The columns of a register: its fields, its computed columns and its custom fields, in one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.safestring import SafeString

from quarterdeck.kernel import fields as custom_fields
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.registers import kinds, spec
from quarterdeck.kernel.registers.kinds import Context, Kind
from quarterdeck.kernel.registers.spec import Column, Register

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
    #: False where the viewer sees the column on some rows only: then it neither filters, sorts nor sums, which would tell.
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
            return kinds.EMPTY
        value = self.read(record)
        if value is None or value == "":
            return kinds.EMPTY
        if self.computed is not None and self.computed.display is not None:
            return self.computed.display(value, record)
        return self.kind.html(value, record, context)

    def plain(self, record: Any, actor: Actor) -> Any:
        """Return the value as exports and the API write it; None where it is closed."""
        return None if self.masked(record, actor) else self.kind.plain(self.read(record))

    @property
    def sortable(self) -> bool:
        """Whether the list can be ordered by this column."""
        return bool(self.order) and self.whole

    @property
    def filterable(self) -> bool:
        """Whether the list can be narrowed by this column."""
        return bool(self.path) and self.whole


def order_path(model: type[models.Model], name: str, depth: int = 0) -> tuple[str, ...]:
    """Return what ordering by a field means: a reference sorts by its register's title, else by its model's own order."""
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
    is_code = name == register.key and isinstance(model_field, models.CharField)
    return Shown(
        name=name,
        label=_capital(str(model_field.verbose_name)),
        kind=kinds.KINDS["code"] if is_code and name != register.title else kind,
        path=name,
        order=order_path(register.model, name),
        related=(name,) if isinstance(model_field, models.ForeignKey) else (),
        field_class=field_class,
        help=str(model_field.help_text),
        is_title=name == register.title,
        sums=name in register.sums,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _computed(register: Register[Any], column: Column) -> Shown:
    in_sql = column.annotate is not None
    return Shown(
        name=column.name,
        label=str(column.label),
        kind=kinds.KINDS[column.kind],
        path=column.name if in_sql else "",
        order=(column.name,) if in_sql else (),
        related=column.related,
        field_class=column.field_class,
        help=str(column.help),
        computed=column,
        is_title=column.name == register.title,
        sums=column.name in register.sums and in_sql,
    )


#: custom field kind -> kind of column
_CUSTOM: Mapping[str, str] = {
    "text": "text",
    "long_text": "long text",
    "number": "number",
    "money": "money",
    "date": "text",
    "yes_no": "yes-no",
    "url": "link",
}


def _custom(definition: Any) -> Shown:
    kind: Kind = kinds.KINDS[_CUSTOM.get(definition.kind, "text")]
    if definition.kind == "choice":
        kind = kinds.Choice({choice: choice for choice in definition.choices})
    filters = definition.filterable and definition.kind in ("text", "choice", "yes_no", "url", "long_text")
    path = f"custom__{definition.key}"
    return Shown(
        name=f"custom.{definition.key}",
        label=definition.label,
        kind=kind,
        path=path if filters else "",
        order=(path,),
        help=definition.help,
        custom_key=definition.key,
    )


Look = Callable[[Shown], Shown | None]


def columns_for(register: Register[Any], actor: Actor) -> dict[str, Shown]:
    """Return every column of a register that the actor may see at all, by name, in the order of sections, computed, custom."""
    from dataclasses import replace

    found = [_stored(register, name) for name in dict.fromkeys((*register.fields, *BOOKKEEPING))]
    found += [_computed(register, column) for column in register.computed]
    found += [_custom(definition) for definition in custom_fields.fields_for(register.record_type)]
    seen: dict[str, Shown] = {}
    for column in found:
        if column.field_class:
            open_ = actor.sees_on_all(column.field_class, register.record_type)
            if open_ is False:
                continue
            column = replace(column, whole=open_ is True)
        seen[column.name] = column
    return seen
