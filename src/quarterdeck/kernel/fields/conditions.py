"""Conditions, order and sums over custom fields, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DecimalField, F, Q
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from quarterdeck.kernel.fields.models import CustomField, Kind
from quarterdeck.kernel.fields.values import parse

COMPARED = {"eq", "ne", "lt", "lte", "gt", "gte"}
ORDERED = {"lt", "lte", "gt", "gte"}
#: Operators that each kind of field takes; `empty` takes True or False.
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("contains", "eq", "ne", "in", "empty"),
    Kind.LONG_TEXT: ("contains", "empty"),
    Kind.NUMBER: ("eq", "ne", "lt", "lte", "gt", "gte", "in", "empty"),
    Kind.MONEY: ("eq", "lt", "lte", "gt", "gte", "empty"),
    Kind.DATE: ("eq", "ne", "lt", "lte", "gt", "gte", "empty"),
    Kind.CHOICE: ("eq", "ne", "in", "empty"),
    Kind.YES_NO: ("eq", "empty"),
    Kind.RECORD: ("eq", "ne", "in", "empty"),
    Kind.URL: ("contains", "eq", "empty"),
}


def q(definition: CustomField, op: str, value: Any, *, prefix: str = "") -> Q:
    """Return the condition that a custom field compares so with a value; `prefix` leads to the record (`owner__`).

    `ne` holds for rows without a value; amounts of money compare only within their own currency. Raises
    ValidationError for an operator that the kind does not take, or a value that does not fit.
    """
    if op not in OPERATORS[Kind(definition.kind)]:
        raise ValidationError(_("“%(field)s” cannot be filtered so.") % {"field": definition.label})
    column = f"{prefix}custom"
    path = f"{column}__{definition.key}"
    has = Q(**{f"{column}__has_key": definition.key})
    if op == "empty":
        return ~has if value in (True, "true", "1", 1) else has
    if op == "contains":
        return has & Q(**{f"{path}__icontains": str(value)})
    if op == "in":
        many = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        return has & Q(**{f"{path}__in": [_needed(definition, one) for one in many]})
    kept = _needed(definition, value)
    if definition.kind == Kind.MONEY:
        same = has & Q(**{f"{path}__currency": kept["currency"]})
        return same & _compared(f"{path}__amount", op, kept["amount"])
    if op == "ne":
        return ~has | ~Q(**{path: kept})
    return has & _compared(path, op, kept)


def _compared(path: str, op: str, value: Any) -> Q:
    return Q(**{path if op == "eq" else f"{path}__{op}": value})


def _needed(definition: CustomField, value: Any) -> Any:
    kept = parse(definition, value)
    if kept is None:
        raise ValidationError(_("A value is needed to filter by “%(field)s”.") % {"field": definition.label})
    return kept


def order_by(definition: CustomField, *, descending: bool = False, prefix: str = "") -> OrderBy:
    """Return the order of rows by a custom field, rows without a value last either way; money by its amount."""
    path = f"{prefix}custom__{definition.key}"
    expression = F(f"{path}__amount" if definition.kind == Kind.MONEY else path)
    return expression.desc(nulls_last=True) if descending else expression.asc(nulls_last=True)


def number(definition: CustomField, *, prefix: str = "") -> Cast:
    """Return a number or an amount of money as a column to sum or average; group money by `text` first."""
    path = f"{prefix}custom__{definition.key}"
    return Cast(
        KT(f"{path}__amount" if definition.kind == Kind.MONEY else path), DecimalField(max_digits=30, decimal_places=6)
    )


def text(definition: CustomField, *, prefix: str = "") -> KeyTextTransform:
    """Return the kept value as text, to group by; of money its currency. Yes and no read true and false."""
    path = f"{prefix}custom__{definition.key}"
    return KT(f"{path}__currency" if definition.kind == Kind.MONEY else path)
