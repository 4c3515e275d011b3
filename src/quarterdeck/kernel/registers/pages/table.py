"""The rows of a list as HTML, written without a template: this is the hottest code of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import Shown, named_by
from quarterdeck.kernel.registers.kinds import EMPTY, KINDS, Number, Reference
from quarterdeck.kernel.registers.listing import Listing, Row
from quarterdeck.kernel.registers.naming import Openable, openable
from quarterdeck.kernel.registers.totals import Amounts, Group
from quarterdeck.kernel.ui import components


def body(listing: Listing, *, selectable: bool = True, opens: Openable | None = None) -> SafeString:
    """Return the table rows of the listing's page, group heads included; `opens` where it is known already."""
    if opens is None:
        look(listing, listing.rows)
    else:
        listing.context = replace(listing.context, opens=opens)
    listing.context = replace(listing.context, places=_places(listing))
    parts: list[str] = []
    for row in listing.rows:
        if row.opens is not None:
            parts.append(_group_row(listing, row.opens, selectable))
        parts.append(record_row(listing, row, selectable=selectable))
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped where it is made


def look(listing: Listing, rows: Sequence[Row]) -> None:
    """Find out which of the records that some rows and their groups name the reader may open: these are links."""
    named = [*named_by(listing.columns, [row.record for row in rows])]
    named += [row.opens.value for row in rows if row.opens is not None]
    listing.context = replace(listing.context, opens=openable(listing.actor, named))


def _places(listing: Listing) -> dict[str, int]:
    """Return, of each column of plain numbers, the decimal places that its longest number on the page needs."""
    number = KINDS["number"]
    assert isinstance(number, Number)
    found: dict[str, int] = {}
    for column in listing.columns:
        if column.kind is number and column.computed is None:
            values = [value for row in listing.rows if isinstance(value := column.read(row.record), Decimal)]
            if most := max(map(number.places, values), default=0):
                found[column.name] = most
    return found


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
    ending = _ending(listing)
    models = [c.kind.model for c in listing.columns if isinstance(c.kind, Reference)]
    for position, column in enumerate(listing.columns):
        html = column.html(record, listing.context)
        leads = column.is_title or (position == 0 and not any(c.is_title for c in listing.columns))
        if leads:
            mark, shown = (register.mark(record), name) if column.is_title else _lead(column, record, html)
            css = "name has-mark" if mark else "name"
            inner = f"{mark}<span>{shown}</span>" if mark else shown
            html = mark_safe(  # noqa: S308  name, html and addresses are escaped above
                f'<a class="{css}" href="{href}" data-open hx-get="{generic}panel/" hx-target="#panel">{inner}</a>'
            )
        phone = "title" if leads else "end" if column is ending else "meta"
        twice = isinstance(column.kind, Reference) and models.count(column.kind.model) > 1
        bare = twice or column.computed is not None or column.kind.name in _LABELLED
        depth = row.depth if leads and listing.register.tree else None
        parts.append(_cell(column, html, depth, phone, labelled=bare))
    parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  as above


def _ending(listing: Listing) -> Shown | None:
    """Return the one column that stands at the end of a row's first line on the phone: the state, else a figure."""
    state = next((c for c in listing.columns if getattr(c.kind, "tones", None)), None)
    return state or next((c for c in listing.columns if c.kind.align == "end"), None)


def _lead(column: Shown, record: Any, html: SafeString) -> tuple[SafeString, str]:
    """Return mark and words of the cell that leads to a row without a title of its own.

    A reference is a link of its own, which cannot stand inside of one: its words are taken without it.
    """
    value = column.read(record)
    related = spec.for_model(column.kind.model) if isinstance(column.kind, Reference) else None
    mark = related.mark(value) if related is not None and value is not None and html != EMPTY else components.EMPTY
    if not mark or related is None:
        return components.EMPTY, strip_tags(html)
    return mark, conditional_escape(related.title_of(value))


def _cell(column: Shown, html: SafeString, depth: int | None, phone: str, *, labelled: bool) -> str:
    classes = ["num"] if column.kind.align == "end" else []
    if column.kind.name in ("text", "long text") and not column.is_title:
        classes.append("text")
    if column.is_title:
        classes.append("pin")
    if depth is not None:
        classes.append(f"tree depth-{min(depth, 9)}")
    attribute = f' class="{" ".join(classes)}"' if classes else ""
    told = labelled if phone == "meta" else phone == "end" and column.kind.align == "end"
    label = f' data-label="{conditional_escape(column.label)}"' if told else ""
    return f'<td{attribute} data-phone="{phone}"{label}>{html}</td>'


#: On the phone, where there is no head, a bare date, choice or yes says nothing without its label; nor does one of two
#: people, or what a register reckons.
_LABELLED = frozenset({"date", "time", "moment", "yes-no", "number", "money", "percent", "choice"})


def _group_label(listing: Listing, value: Any) -> str:
    """Return a group's value in words; of a record that the reader may not open, its name without its code."""
    assert listing.group is not None
    related = spec.for_model(type(value)) if isinstance(listing.group.kind, Reference) else None
    if related is not None and value not in listing.context.opens:
        return related.title_of(value)
    return listing.group.kind.text(value)


def _group_row(listing: Listing, group: Group, selectable: bool) -> str:
    assert listing.group is not None
    value: Any = group.value
    empty = value is None or value == ""
    label = _("none") if empty else _group_label(listing, value)
    first_sum = next((i for i, c in enumerate(listing.columns) if c.name in group.sums), len(listing.columns))
    span = first_sum + (1 if selectable else 0)
    count = f'<span class="count">{components.figure(group.count)}</span>'
    head = f'<th scope="rowgroup" colspan="{max(span, 1)}">{conditional_escape(label)} {count}</th>'
    parts = [f'<tr class="group">{head}']
    for column in listing.columns[max(first_sum, 1 - (1 if selectable else 0)) :]:
        amounts = group.sums.get(column.name, {})
        exact, text = (conditional_escape(sum_text(column, amounts, short=short)) for short in (False, True))
        hover = f' title="{exact}"' if exact != text else ""
        parts.append(f'<td class="num"{hover}>{text}</td>')
    parts.append("</tr>")
    return "".join(parts)


def sum_cells(listing: Listing) -> list[tuple[str, str, str]]:
    """Return (label, amount, the exact amount and what it counts) of each summed column, for the foot of the list."""
    of = _(", of those without parts") if listing.register.tree else ""
    return [
        (c.label, sum_text(c, listing.sums[c.name], short=True) or "0", f"{sum_text(c, listing.sums[c.name]) or 0}{of}")
        for c in listing.summed
    ]


def sum_text(column: Shown, amounts: Amounts, *, short: bool = False) -> str:
    """Return a sum in words, one amount for each currency, the largest first; `short` scales money."""
    largest = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return " + ".join(column.text(amount, currency, short=short) for currency, amount in largest)


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
