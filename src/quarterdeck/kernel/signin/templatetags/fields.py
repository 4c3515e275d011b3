"""`{% load fields %}`: a form's fields in the product's look, for pages that are no register."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quarterdeck.kernel.ui.components import icon

register = template.Library()

TICKS = (forms.CheckboxSelectMultiple, forms.RadioSelect)


def _class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.Select):
        return "select"
    return "input"


def _errors(bound: BoundField) -> SafeString:
    return format_html_join(
        "",
        '<p class="field-error" id="{}">{}<span>{}</span></p>',
        ((f"{bound.auto_id}_error_{at}", icon("circle-alert"), error) for at, error in enumerate(bound.errors)),
    )


@register.simple_tag
def field(bound: BoundField, css: str = "") -> SafeString:
    """Draw label, input, help and errors; a hidden field is drawn bare."""
    if bound.is_hidden:
        return SafeString(bound.as_widget())
    widget = bound.field.widget
    errors = _errors(bound)
    about = " ".join(f"{bound.auto_id}_error_{at}" for at, _error in enumerate(bound.errors))
    attrs: dict[str, str | bool] = {"aria-invalid": "true"} if bound.errors else {}
    if bound.help_text:
        about = f"{bound.auto_id}_help {about}".strip()
    if about:
        attrs["aria-describedby"] = about
    text = (
        format_html('<p class="field-help" id="{}_help">{}</p>', bound.auto_id, bound.help_text)
        if bound.help_text
        else ""
    )
    if isinstance(widget, TICKS):
        ticks = format_html_join(
            "",
            '<label class="choice">{}<span>{}</span></label>',
            ((one.tag(), one.choice_label) for one in bound.subwidgets),
        )
        return format_html(
            '<fieldset class="field {}"><legend class="label">{}</legend>{}{}{}</fieldset>',
            css,
            bound.label,
            ticks,
            text,
            errors,
        )
    label = format_html('<label for="{}">{}</label>', bound.id_for_label, bound.label)
    if isinstance(widget, forms.CheckboxInput):
        return format_html(
            '<div class="field field-check {}">{}{}{}{}</div>', css, bound.as_widget(attrs=attrs), label, text, errors
        )
    attrs["placeholder"] = ""  # the label says it
    attrs["class"] = f"{_class(widget)} {widget.attrs.get('class', '')}".strip()
    return format_html('<div class="field {}">{}{}{}{}</div>', css, label, bound.as_widget(attrs=attrs), text, errors)


@register.simple_tag
def form_errors(form: forms.BaseForm) -> SafeString:
    """Draw what is wrong with the form as a whole."""
    wrong = form.non_field_errors()
    if not wrong:
        return SafeString("")
    lines = format_html_join("", "<p>{}</p>", ((error,) for error in wrong))
    return format_html(
        '<div class="notice notice-red" role="alert">{}<div class="notice-text">{}</div></div>',
        icon("circle-alert"),
        lines,
    )


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """Draw the form's errors and every field."""
    return SafeString(form_errors(form) + "".join(field(bound) for bound in form))
