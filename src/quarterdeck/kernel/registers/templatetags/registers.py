"""Filters and tags of the register pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.db import models
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.kernel import clock, markdown
from quarterdeck.kernel.access.models import AccessRole
from quarterdeck.kernel.links.models import Kind
from quarterdeck.kernel.registers.columns import Shown
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.ui.components import date_text

register = template.Library()

#: The ways of a change in words.
VIA = {
    "form": "by hand",
    "bulk": "bulk edit",
    "import": "import",
    "api": "API",
    "job": "job",
    "undo": "undo",
    "system": "system",
}


@register.filter
def verbose_plural(model: type[models.Model]) -> str:
    """Return the plural name of a model."""
    return str(model._meta.verbose_name_plural)


@register.filter
def stored_pairs(params: Params, skip: str) -> list[tuple[str, str]]:
    """Return the list's parameters as pairs for hidden inputs, without the one that the form itself asks for."""
    pairs = dict(params.stored())
    if params.view:
        pairs["view"] = params.view
    pairs.pop(skip, None)
    return list(pairs.items())


@register.simple_tag
def listing_query(listing: Listing, **changes: Any) -> str:
    """Return the list's query string with some parameters changed: `{% listing_query listing group="state" %}`."""
    if changes.get("columns") == "":
        changes["columns"] = ()
    return listing.params.query(**changes)


@register.filter
def column_choices(listing: Listing) -> list[tuple[Shown, bool]]:
    """Return every column with whether it is shown; those shown first, in their order."""
    on = {column.name for column in listing.columns}
    rest = [column for column in listing.available.values() if column.name not in on]
    return [(column, True) for column in listing.columns] + [(column, False) for column in rest]


@register.filter
def access_roles(_value: object) -> list[AccessRole]:
    """Return the access roles, for the default of a view."""
    return list(AccessRole.objects.all())


@register.filter
def link_kinds(_value: object) -> list[tuple[str, str]]:
    """Return the kinds of link."""
    return [(str(value), str(label)) for value, label in Kind.choices]


@register.filter
def via_word(via: str) -> str:
    """Return the way of a change in words."""
    return _(VIA.get(via, via))


@register.filter
def within(label: str) -> str:
    """Return a label as it stands within a sentence: "planned finish", but "CO2 avoided" and "E-mail" as they are.

    One of the sentence's own small words stands in quotation marks.
    """
    if label.lower() in (_("from").lower(), _("to").lower()):
        return f"“{label}”"
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """Return a moment as date and time of day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html("{} {}", date_text(local.date(), clock.local_date(clock.now())), f"{local:%H:%M}")


@register.filter
def prose(text: str) -> SafeString:
    """Return Markdown as safe HTML."""
    return markdown.render(text)
