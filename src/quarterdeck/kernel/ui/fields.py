"""Form fields as HTML: label, control, help, errors, in the look of the product, for any Django form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from quarterdeck.kernel.ui.components import icon


class Combobox(forms.TextInput):
    """A text input that looks records up and posts the chosen one's key from a hidden input of the field's name.

    `options_url` answers `?q=` with JSON `[{"value", "label", "detail"}]`. `display` is the label of the initial value:
    a text, or a function from the value to its label.
    """

    def __init__(self, *, options_url: str, display: Any = "", attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.options_url = options_url
        self.display = display

    def label_of(self, value: Any) -> str:
        """Return what the reader sees for a value."""
        if value in (None, ""):
            return ""
        return str(self.display(value)) if callable(self.display) else str(self.display)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the two inputs and the place for the list."""
        return combobox(
            name=name,
            value="" if value is None else str(value),
            label=self.label_of(value),
            options_url=self.options_url,
            attrs=self.build_attrs(self.attrs, attrs),
        )


def combobox(
    *, name: str, value: str, label: str, options_url: str, attrs: Mapping[str, Any] | None = None
) -> SafeString:
    """Return a combobox outside of a form class, as for an inline edit."""
    given = {key: val for key, val in (attrs or {}).items() if key not in ("class", "name", "value", "type")}
    ident = str(given.pop("id", f"id_{name}"))
    owner = f' form="{escape(given["form"])}"' if "form" in given else ""
    extra = "".join(
        f" {escape(key)}" if val is True else f' {escape(key)}="{escape(val)}"'
        for key, val in given.items()
        if val is not None and val is not False
    )
    return mark_safe(  # noqa: S308 - every value is escaped
        f'<span class="combobox" data-combobox data-options-url="{escape(options_url)}">'
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}"{owner}>'
        f'<input class="input" type="text" id="{escape(ident)}" value="{escape(label)}" role="combobox" '
        f'autocomplete="off" aria-expanded="false" aria-autocomplete="list" '
        f'aria-controls="{escape(ident)}_options"{extra}>'
        f"{icon('chevrons-up-down', 'icon-14')}"
        f'<span class="options" id="{escape(ident)}_options" role="listbox" hidden></span></span>'
    )


#: field name -> type of the input: plain text for which a phone has a keyboard of its own.
KEYBOARDS = {"phone": "tel"}


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect | forms.HiddenInput):
        return ""
    if isinstance(widget, forms.Select | forms.SelectMultiple):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return "input"


def control(bound: BoundField) -> SafeString:
    """Return only the control of a field, with the classes and attributes of the look."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    css = " ".join(part for part in (_css(widget), str(widget.attrs.get("class", ""))) if part)
    if css:
        attrs["class"] = css
    if isinstance(widget, forms.Textarea):
        attrs["data-autosize"] = True
    if isinstance(widget, forms.NumberInput):
        attrs.setdefault("inputmode", "decimal")
    if type(widget) is forms.TextInput and bound.name in KEYBOARDS:
        widget.input_type = KEYBOARDS[bound.name]
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"
    if isinstance(widget, forms.DateTimeInput) and widget.input_type == "text":
        widget.input_type = "datetime-local"
        widget.format = "%Y-%m-%dT%H:%M"
    if isinstance(widget, forms.TimeInput) and widget.input_type == "text":
        widget.input_type = "time"
        widget.format = "%H:%M"
    if bound.errors:
        attrs["aria-invalid"] = "true"
        attrs["aria-describedby"] = " ".join(
            part for part in (f"{bound.auto_id}_error", f"{bound.auto_id}_helptext" if bound.help_text else "") if part
        )
    return bound.as_widget(attrs=attrs)


def field(bound: BoundField, span: str = "") -> SafeString:
    """Return a whole field: label, control, help, errors; a hidden one is only its input. `span`: short or long."""
    if bound.is_hidden:
        return bound.as_hidden()
    widget = bound.field.widget
    check = isinstance(widget, forms.CheckboxInput)
    group = isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    css = "field"
    if check:
        css += " field-check"
    if bound.field.required and not check:
        css += " field-required"
    if span or isinstance(widget, forms.Textarea):
        css += f" field-{escape(span or 'long')}"
    ident = bound.id_for_label
    label = (
        f'<span class="label" id="{bound.auto_id}_label">{conditional_escape(bound.label)}</span>'
        if group
        else f'<label for="{escape(ident)}">{conditional_escape(bound.label)}</label>'
    )
    help_text = (
        f'<div class="field-help" id="{bound.auto_id}_helptext">{conditional_escape(bound.help_text)}</div>'
        if bound.help_text
        else ""
    )
    errors = ""
    if bound.errors:
        lines = "".join(f"<span>{escape(error)}</span>" for error in bound.errors)
        errors = f'<div class="field-error" id="{bound.auto_id}_error">{icon("circle-alert")}{lines}</div>'
    inner = control(bound)
    if group:
        inner = mark_safe(f'<div role="group" aria-labelledby="{bound.auto_id}_label">{inner}</div>')  # noqa: S308
    body = f"{inner}{label}" if check else f"{label}{inner}"
    return mark_safe(f'<div class="{css}">{body}{errors}{help_text}</div>')  # noqa: S308 - parts are escaped above


def form_errors(form: forms.BaseForm) -> SafeString:
    """Return what concerns the whole form as a notice; empty when there is nothing."""
    errors = form.non_field_errors()
    if not errors:
        return SafeString("")
    lines = "".join(f"<p>{escape(error)}</p>" for error in errors)
    text = f'<div class="notice-text">{lines}</div>'
    return mark_safe(f'<div class="notice notice-red" role="alert">{icon("circle-alert")}{text}</div>')  # noqa: S308
