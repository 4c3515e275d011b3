"""Custom fields in forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.fields.definitions import Definitions
from quarterdeck.kernel.fields.models import CustomField, Kind
from quarterdeck.kernel.fields.values import DASH, DIGITS, LONGEST, python_value
from quarterdeck.kernel.money import Money

#: Form names are this and the key, so that they clash with no field of the record itself.
PREFIX = "custom__"


def form_name(key: str) -> str:
    """Return the form's name for a custom field."""
    return PREFIX + key


class MoneyInput(forms.MultiWidget):
    """Amount and currency side by side."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        amount = forms.NumberInput(attrs={"step": "any", "class": "figure"})
        currency = forms.TextInput(attrs={"maxlength": 3, "size": 3, "aria-label": _("Currency")})
        super().__init__({"amount": amount, "currency": currency}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split money into what the two inputs show."""
        return [value.amount, value.currency] if isinstance(value, Money) else [None, None]


class MoneyField(forms.MultiValueField):
    """Money from an amount and a currency; both or neither."""

    widget = MoneyInput

    def __init__(self, **options: Any) -> None:
        needed = {"required": _("An amount with its currency is needed, such as 1200.50 EUR.")}
        parts = (
            forms.DecimalField(max_digits=DIGITS, required=True, error_messages=needed),
            forms.RegexField(
                r"^\s*[A-Za-z]{3}\s*$",
                required=True,
                error_messages={**needed, "invalid": _("A currency is three letters, such as EUR.")},
            ),
        )
        super().__init__(parts, require_all_fields=False, **options)

    def clean(self, value: Any) -> Any:
        """Leave an amount alone empty when nothing is typed but the currency."""
        if not self.required and value and value[0] in (None, ""):
            return None
        return super().clean(value)

    def compress(self, data_list: list[Any]) -> Money | None:
        """Join the two inputs."""
        amount, currency = data_list if data_list else (None, "")
        return Money(Decimal(amount), str(currency).strip().upper()) if amount is not None else None


def form_fields(definitions: Definitions, *, actor: Actor) -> dict[str, forms.Field]:
    """Return a form field for each custom field by its form name, in order; links offer what the actor may see."""
    return {form_name(field.key): form_field(field, actor=actor) for field in definitions}


def form_field(definition: CustomField, *, actor: Actor) -> forms.Field:
    """Return the form field of one custom field."""
    common: dict[str, Any] = {"label": definition.label, "required": definition.required, "help_text": definition.help}
    if definition.kind == Kind.RECORD:
        return _link(definition, actor, common)
    return _FORM_FIELDS[Kind(definition.kind)](definition, common)


def _link(definition: CustomField, actor: Actor, common: dict[str, Any]) -> forms.Field:
    model = model_of(definition.target)
    if model is None:
        return forms.CharField(disabled=True, **common)
    return forms.ModelChoiceField(queryset=visible(model._default_manager.all(), actor), **common)


def _choice(definition: CustomField, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", DASH), *((choice, choice) for choice in definition.choices)], **common)


def _yes_no(definition: CustomField, common: dict[str, Any]) -> forms.Field:
    words = [("", DASH), ("true", _("Yes")), ("false", _("No"))]
    return forms.TypedChoiceField(choices=words, coerce=lambda word: word == "true", empty_value=None, **common)


def _date(definition: CustomField, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)


def _number(definition: CustomField, common: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(max_digits=DIGITS, widget=forms.NumberInput(attrs={"step": "any"}), **common)


def _long_text(definition: CustomField, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=LONGEST[Kind.LONG_TEXT], widget=forms.Textarea(attrs={"rows": 4}), **common)


_FORM_FIELDS: dict[Kind, Callable[[CustomField, dict[str, Any]], forms.Field]] = {
    Kind.TEXT: lambda _definition, common: forms.CharField(max_length=LONGEST[Kind.TEXT], **common),
    Kind.LONG_TEXT: _long_text,
    Kind.NUMBER: _number,
    Kind.MONEY: lambda _definition, common: MoneyField(**common),
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.URL: lambda _definition, common: forms.URLField(max_length=LONGEST[Kind.URL], assume_scheme="https", **common),
}


def initial(definitions: Definitions, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first values of the form fields from what a record keeps."""
    values: dict[str, Any] = {}
    for field in definitions:
        value = python_value(field, custom.get(field.key))
        values[form_name(field.key)] = str(value).lower() if isinstance(value, bool) else value
    return values


def from_form(definitions: Definitions, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by key from a form's cleaned data, ready for `clean_values`."""
    return {field.key: cleaned[form_name(field.key)] for field in definitions if form_name(field.key) in cleaned}
