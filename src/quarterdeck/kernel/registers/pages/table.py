"""The rows of a list as HTML, written without a template: this is the hottest code of a page."""

from __future__ import annotations

from typing import Any

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.columns import Shown
from quarterdeck.kernel.registers.listing import Listing, Row
from quarterdeck.kernel.registers.totals import Amounts, Group
from quarterdeck.kernel.ui import components


def body(listing: Listing, *, selectable: bool = True) -> SafeString:
    """Return the table rows of the listing's page, group heads included."""
    parts: list[str] = []
    for row in listing.rows:
        if row.opens is not None:
            parts.append(_group_row(listing, row.opens, selectable))
        parts.append(record_row(listing, row, selectable=selectable))
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped where it is made


def record_row(listing: Listing, row: Row, *, selectable: bool = True) -> SafeString:
    """Return one row: tick, cells; its address and version for the keyboard and the inline edit."""
    register, record = listing.register, row.record
    href = conditional_escape(register.url(record))
    generic = conditional_escape(register.generic_url(record))
    name = conditional_escape(register.title_of(record))
    panel = f'data-panel-url="{generic}panel/" data-edit-url="{generic}row/"'
    parts = [f'<tr data-row data-id="{record.pk}" data-href="{href}" {panel} id="row-{record.pk}">']
    if selectable:
        label = conditional_escape(_("Select %(name)s") % {"name": register.title_of(record)})
        parts.append(
            f'<td class="tick"><input type="checkbox" name="pk" value="{record.pk}" form="bulk-form" '
            f'data-select aria-label="{label}"></td>'
        )
    ending = next((c for c in listing.columns if getattr(c.kind, "tones", None)), None)
    for position, column in enumerate(listing.columns):
        html = column.html(record, listing.context)
        leads = column.is_title or (position == 0 and not any(c.is_title for c in listing.columns))
        if leads:
            # A reference is a link of its own, which cannot stand inside of one.
            shown = name if column.is_title else strip_tags(html)
            html = mark_safe(  # noqa: S308  name, html and addresses are escaped above
                f'<a class="name" href="{href}" data-open hx-get="{generic}panel/" hx-target="#panel">{shown}</a>'
            )
        parts.append(_cell(column, html, row.depth if leads and listing.register.tree else None, ends=column is ending))
    parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  as above


def _cell(column: Shown, html: SafeString, depth: int | None, *, ends: bool) -> str:
    classes = ["num"] if column.kind.align == "end" else []
    if column.kind.name in ("text", "long text") and not column.is_title:
        classes.append("text")
    phone = (
        "title" if column.is_title else "end" if column.kind.align == "end" or column.kind.name == "choice" else "meta"
    )
    if column.is_title:
        classes.append("pin")
    if depth is not None:
        classes.append(f"tree depth-{min(depth, 9)}")
    attribute = f' class="{" ".join(classes)}"' if classes else ""
    label = (
        f' data-label="{conditional_escape(column.label)}"' if phone == "meta" and column.kind.name in _LABELLED else ""
    )
    return f'<td{attribute} data-phone="{phone}"{label}>{html}</td>'


#: On the phone, where there is no head, a bare date or yes says nothing without its label.
_LABELLED = frozenset({"date", "moment", "yes-no", "number", "percent"})


def _group_row(listing: Listing, group: Group, selectable: bool) -> str:
    assert listing.group is not None
    value: Any = group.value
    empty = value is None or value == ""
    label = _("none") if empty else listing.group.kind.text(value)
    first_sum = next((i for i, c in enumerate(listing.columns) if c.name in group.sums), len(listing.columns))
    span = first_sum + (1 if selectable else 0)
    count = f'<span class="count">{components.figure(group.count)}</span>'
    head = f'<th scope="rowgroup" colspan="{max(span, 1)}">{conditional_escape(label)} {count}</th>'
    parts = [f'<tr class="group">{head}']
    for column in listing.columns[max(first_sum, 1 - (1 if selectable else 0)) :]:
        text = sum_text(column, group.sums.get(column.name, {}))
        parts.append(f'<td class="num">{conditional_escape(text)}</td>')
    parts.append("</tr>")
    return "".join(parts)


def sum_cells(listing: Listing) -> list[tuple[str, str]]:
    """Return (label, amount) of each summed column, for the foot of the list."""
    of = _(" of those without parts") if listing.register.tree else ""
    return [(f"{c.label}{of}", sum_text(c, listing.sums[c.name]) or "0") for c in listing.summed]


def sum_text(column: Shown, amounts: Amounts) -> str:
    """Return a sum in words, one amount for each currency."""
    return " + ".join(column.text(amount, currency) for currency, amount in sorted(amounts.items()))


def facts(
    listing_columns: dict[str, Shown], names: tuple[str, ...], record: Any, context: Any
) -> list[tuple[str, SafeString]]:
    """Return (label, value) of the named fields of a record, for panels."""
    return [
        (column.label, _long(column, record, context))
        for name in names
        if (column := listing_columns.get(name)) is not None
    ]


def _long(column: Shown, record: Any, context: Any) -> SafeString:
    """Return a value as a panel shows it: long text whole, as written."""
    if column.kind.name != "long text" or column.computed is not None or column.masked(record, context.actor):
        return column.html(record, context)
    value = column.read(record)
    if not value:
        return column.html(record, context)
    from quarterdeck.kernel import markdown

    return format_html('<div class="prose">{}</div>', markdown.render(str(value)))
