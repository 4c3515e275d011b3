"""Export: exactly what a list shows, streamed, so that its size does not matter.

What a file holds can be imported again and then changes nothing: references stand as the related
record's key, or as its name where the reader may not open it; choices as their label.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.columns import Shown, named_by
from quarterdeck.kernel.registers.exchange.guard import doubled, guarded
from quarterdeck.kernel.registers.exchange.targets import titles
from quarterdeck.kernel.registers.exchange.workbook import ABOUT
from quarterdeck.kernel.registers.filtering import words_for
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.naming import Openable, openable

#: Rows about whose references the database is asked at once.
ROWS = 500
#: Rows of a worksheet, the header included, and characters of a cell.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
#: The first day that a worksheet can hold as a date and still be read alike by every program.
FIRST_DAY = dt.date(1900, 3, 1)
_WIDTHS = {"code": 14, "date": 12, "moment": 18, "number": 14, "money": 16, "percent": 12, "yes-no": 9, "long text": 50}


def exported_columns(listing: Listing) -> list[Shown]:
    """Return the columns of an export: those shown, led by the grouping column where it is not among them."""
    columns = list(listing.columns)
    if listing.group is not None and listing.group.name not in {column.name for column in columns}:
        columns.insert(0, listing.group)
    return columns


def file_name(listing: Listing, ending: str) -> str:
    """Return the name of the file: the register and the day that it shows."""
    return f"{listing.register.slug}-{(listing.as_of or listing.actor.today).isoformat()}.{ending}"


# -- CSV ---------------------------------------------------------------------------------------------------------------


class _Echo:
    """A file that hands each line straight on."""

    def write(self, line: str) -> str:
        """Return what would have been written."""
        return line


def csv_lines(listing: Listing) -> Iterator[str]:
    """Yield the list as CSV line by line, led by the mark by which spreadsheets know UTF-8."""
    columns = exported_columns(listing)
    writer = csv.writer(_Echo())
    yield from csv_head(titles(columns))
    for record, opens in _told(listing, columns):
        yield _line(writer, [csv_cell(column.plain(record, listing.actor, opens)) for column in columns])


def _told(listing: Listing, columns: Sequence[Shown]) -> Iterator[tuple[Any, Openable]]:
    """Yield the list's records, each with which of those that it names the reader may open: one query for many."""
    records = iter(listing.every())
    while chunk := list(islice(records, ROWS)):
        opens = openable(listing.actor, named_by(columns, chunk))
        for record in chunk:
            yield record, opens


def csv_head(heads: Iterable[str]) -> Iterator[str]:
    """Yield the mark of UTF-8 and the row of headers."""
    yield "\ufeff" + _line(csv.writer(_Echo()), [guarded(head) for head in heads])


def csv_row(values: Iterable[Any]) -> str:
    """Return one row of a file whose values are given as they are."""
    return _line(csv.writer(_Echo()), [csv_cell(value) for value in values])


def _line(writer: Any, cells: Iterable[str]) -> str:
    written: str = writer.writerow(list(cells))
    return written


def csv_cell(value: Any) -> str:
    """Return a value as text: dates in ISO, numbers with a point, text guarded against being taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return guarded(text_of(value))


def text_of(value: Any) -> str:
    """Return a value that is neither number nor date as text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


# -- XLSX --------------------------------------------------------------------------------------------------------------


def write_xlsx(listing: Listing) -> IO[bytes]:
    """Return a temporary file, at its start, with the list as a workbook; it goes when closed.

    Rows go to disk as they are read. Raises ValidationError when there are more than a worksheet holds.
    """
    if listing.total >= SHEET_ROWS:
        raise ValidationError(_("A worksheet holds 1,048,575 rows. Narrow the list by a filter, or export it as CSV."))
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  handed to the response, which closes it
    try:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "remove_timezone": True,
        }
        book = xlsxwriter.Workbook(file, options)
        _write_rows(book, listing)
        book.close()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write_rows(book: Any, listing: Listing) -> None:
    columns = exported_columns(listing)
    sheet = book.add_worksheet(_sheet_name(listing.register.label))
    about = book.add_worksheet(ABOUT)
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for index, (column, title) in enumerate(zip(columns, titles(columns), strict=True)):
        sheet.set_column(index, index, max(_WIDTHS.get(column.kind.name, 26), min(len(title) + 4, 40)))
        sheet.write_string(0, index, doubled(title), head)
    writers = [_cell_writer(book, sheet, column) for column in columns]
    row, too_long = 0, 0
    for row, (record, opens) in enumerate(_told(listing, columns), 1):
        for index, write in enumerate(writers):
            value = columns[index].plain(record, listing.actor, opens)
            if value is not None:
                too_long += write(row, index, value)
    if columns:
        sheet.autofilter(0, 0, row, len(columns) - 1)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    about.set_column(0, 0, 18)
    about.set_column(1, 1, 70)
    for index, (label, text) in enumerate(about_lines(listing, row, too_long)):
        about.write_string(index, 0, label, bold)
        about.write_string(index, 1, text[:CELL_CHARACTERS], wrap)


def _cell_writer(book: Any, sheet: Any, column: Shown) -> Callable[[int, int, Any], int]:
    """Return what writes a column's cells typed; it returns 1 for a text longer than a cell, which it leaves out."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    figure = {"money": "#,##0.00", "percent": '0.######" %"'}.get(column.kind.name)
    number = book.add_format({"num_format": figure}) if figure else None

    def write(row: int, index: int, value: Any) -> int:
        if isinstance(value, bool):
            sheet.write_string(row, index, csv_cell(value))
        elif isinstance(value, int | float | Decimal) and Decimal(f"{float(value):.15g}") == Decimal(str(value)):
            sheet.write_number(row, index, float(value), number)
        elif isinstance(value, dt.datetime) and value.date() >= FIRST_DAY:
            sheet.write_datetime(row, index, value, moment)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= FIRST_DAY:
            sheet.write_datetime(row, index, value, day)
        elif isinstance(value, int | float | Decimal | dt.date | dt.time):
            # What a cell cannot hold exactly as a number or date is written as text, so that nothing is rounded.
            sheet.write_string(row, index, csv_cell(value))
        else:
            text = doubled(text_of(value))
            if len(text) > CELL_CHARACTERS:
                return 1
            sheet.write_string(row, index, text)
        return 0

    return write


def _sheet_name(label: str) -> str:
    name = "".join(" " if char in "[]:*?/\\" else char for char in label).strip("' ")[:31] or "Sheet"
    return f"{name[:29]} 1" if name.casefold() in ("about", "history") else name


def about_lines(listing: Listing, rows: int, too_long: int = 0) -> list[tuple[str, str]]:
    """Return what a reader of the file needs to know of it: which rows, narrowed how, of when, exported by whom."""
    lines = [(_("Register"), listing.register.label), (_("Rows"), str(rows))]
    if listing.params.text:
        lines.append((_("Search"), listing.params.text))
    for item in listing.filters:
        lines.append(
            (item.column.label, words_for(listing.register, item, listing.actor) if item.condition else item.error)
        )
    order = [f"{column.label}, {_('descending') if down else _('ascending')}" for column, down in listing.sort]
    if order:
        lines.append((_("Order"), "; ".join(order)))
    if listing.group is not None:
        lines.append((_("Grouped by"), listing.group.label))
    if listing.scope is not None:
        lines.append((_("At and below"), str(listing.scope)))
    lines.append((_("As of"), (listing.as_of or listing.actor.today).isoformat()))
    now = timezone.localtime(listing.actor.now)
    lines.append((_("Exported"), f"{now:%Y-%m-%d %H:%M} {now.tzname()}"))
    lines.append((_("By"), listing.actor.name))
    if too_long:
        text = _("%(count)d texts are longer than a cell holds and were left out. The CSV export has them.")
        lines.append((_("Left out"), text % {"count": too_long}))
    return lines
