"""A pack as a workbook: every figure as a number, what people typed as text that no program takes for a formula."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.packs.content import INDICES, Line, Pack
from quarterdeck.apps.reporting.packs.wording import amount_heads, colour_word, index_heads, summary
from quarterdeck.kernel.registers.exchange.guard import doubled

#: Characters that a cell holds at most.
LONGEST = 32_000


def pack_xlsx(pack: Pack) -> bytes:
    """Return a pack as XLSX: what it is of, its projects with every figure, programmes above them, milestones."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": pack.title, "author": pack.made_by})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "index": book.add_format({"num_format": "0.00", "valign": "top"}),
        "count": book.add_format({"num_format": "0", "valign": "top"}),
    }
    _summary(book, formats, pack)
    _lines(book, formats, _("Projects"), pack, pack.projects)
    _lines(book, formats, _("Portfolios and programmes"), pack, [one for one in pack.lines if not one.is_project])
    _milestones(book, formats, pack)
    book.close()
    return held.getvalue()


def _put(sheet: Any, formats: dict[str, Any], at: tuple[int, int], value: Any, kind: str = "text") -> None:
    if value is None or value == "":
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(*at, dt.datetime.combine(value, dt.time.min), formats["date"])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(*at, float(value), formats[kind])
    else:
        sheet.write_string(*at, doubled(str(value)[:LONGEST]), formats[kind])


def _summary(book: Any, formats: dict[str, Any], pack: Pack) -> None:
    sheet = book.add_worksheet(_("Summary"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 40)
    _put(sheet, formats, (0, 0), pack.title, "title")
    for row, (label, value, note) in enumerate(summary(pack), start=2):
        for column, text in enumerate((label, value, note)):
            _put(sheet, formats, (row, column), text)


def _lines(book: Any, formats: dict[str, Any], name: str, pack: Pack, lines: Sequence[Line]) -> None:
    sheet = book.add_worksheet(name[:31])
    dimensions = pack.dimensions
    heads = [
        *((_("Code"), 12), (_("Name"), 34), (_("Manager"), 22), (_("State"), 12), (_("Health"), 10)),
        *((label, 10) for _key, label in dimensions),
        *((_("Manager’s call"), 12), (_("Why"), 44), (_("Planned finish"), 13), (_("Baseline finish"), 13)),
        *((_("Forecast finish"), 13), (_("Late, working days"), 10)),
        *((label, 10) for label in index_heads().values()),
        (_("Currency"), 9),
        *((label, 16) for label in amount_heads().values()),
        (_("Assessed"), 12),
    ]
    for column, (label, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        _put(sheet, formats, (0, column), label, "head")
    for row, line in enumerate(lines, start=1):
        colours = dict(line.colours)
        values: list[tuple[Any, str]] = [
            *((text, "text") for text in (line.code, line.name, line.manager, line.state, colour_word(line.colour))),
            *((colour_word(colours[key]) if key in colours else None, "text") for key, _label in dimensions),
            (colour_word(line.own_colour) if line.own_colour else None, "text"),
            (line.why, "text"),
            *((day, "date") for day in (line.planned_finish, line.baseline_finish, line.forecast_finish)),
            (line.days_late, "count"),
            *((line.index(key), "index") for key in INDICES),
            (line.currency, "text"),
            *((line.amount(key), "money") for key in AMOUNTS),
            (line.assessed_on, "date"),
        ]
        for column, (value, kind) in enumerate(values):
            _put(sheet, formats, (row, column), value, kind)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(lines)), len(heads) - 1)


def _milestones(book: Any, formats: dict[str, Any], pack: Pack) -> None:
    sheet = book.add_worksheet(_("Milestones"))
    sheet.set_column(0, 5, 18)
    sheet.set_column(1, 2, 40)
    heads = (_("Code"), _("Project"), _("Milestone"), _("Baseline"), _("Finish"), _("Slip"))
    for column, label in enumerate(heads):
        _put(sheet, formats, (0, column), label, "head")
    told = [(line, one) for line in pack.exceptions for one in line.milestones]
    for row, (line, one) in enumerate(told, start=1):
        cells = (line.code, line.name, one.name, one.baseline, one.finish, one.slip)
        for column, text in enumerate(cells):
            _put(sheet, formats, (row, column), text)
    sheet.freeze_panes(1, 0)
