"""Reading an upload: CSV in the encodings and with the separators in use, or XLSX, into one table with plain cells.

Every refusal is a `FileRefused` whose text says what to do.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange import lines, workbook
from quarterdeck.kernel.registers.exchange.limits import limits
from quarterdeck.kernel.registers.exchange.lines import NoText
from quarterdeck.kernel.registers.exchange.table import (
    Cell,
    FileRefused,
    Table,
    build,
    headers_of,
    too_large,
    too_many_rows,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Bytes of other files that people pick by mistake.
_OTHER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


def read_table(content: bytes, name: str, *, sheet: str = "") -> Table:
    """Return the table in a file. Raises FileRefused for what is empty, too large, of another kind or damaged."""
    if not content.strip():
        raise FileRefused(_("The file is empty. Upload one with a row of headers and the rows below it."))
    if len(content) > limits().size:
        raise FileRefused(too_large())
    if content.startswith(OLE):
        raise FileRefused(_old_office(content))
    if content.startswith(b"PK"):
        return workbook.read(content, sheet=sheet)
    if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods", ".numbers")) or content.startswith(_OTHER):
        raise FileRefused(_("This is not a CSV or XLSX file, or it is damaged. Save it again as XLSX or CSV UTF-8."))
    return read_csv(content)


def _old_office(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _(
            "The file is protected by a password. Take the password off in the spreadsheet program and upload it again."
        )
    return _("This is a file of old Excel (.xls). Save it as XLSX or CSV UTF-8 and upload that.")


# -- CSV ---------------------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> Table:
    """Return the table in a CSV file; encoding and separator are found out."""
    text = decoded(content)
    separator, text = lines.separated(text)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    found: list[tuple[int, list[str]]] = []
    most = limits().rows + 1
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, cells))
            start = reader.line_num + 1
            if len(found) > most:
                raise FileRefused(too_many_rows())
    except csv.Error as error:
        raise FileRefused(_csv_error(error, start)) from error
    return _table(found, open_end=not text.endswith(("\n", "\r")))


def _csv_error(error: csv.Error, line: int) -> str:
    if "unexpected end" in str(error):
        return _(
            "A quotation mark in row %(row)d is not closed, or the file is cut off. Save it again and upload it."
        ) % {"row": line}
    if "field larger" in str(error):
        return _("A cell in row %(row)d is longer than 131,072 characters. Shorten it.") % {"row": line}
    return _("Row %(row)d cannot be read: its quotation marks are out of place. Save the file again as CSV UTF-8.") % {
        "row": line
    }


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises FileRefused when it is none of these."""
    try:
        return lines.decoded(content)
    except NoText:
        text = _("The file's characters cannot be read. Save it as CSV UTF-8 or as XLSX and upload that.")
        raise FileRefused(text) from None


def _table(lines: Sequence[tuple[int, Sequence[Cell]]], *, open_end: bool) -> Table:
    if not lines:
        raise FileRefused(_("The file holds no text. Upload one with a row of headers and the rows below it."))
    headers = headers_of(lines[0][1])
    if (
        open_end
        and len(lines) > 2
        and len(lines[-1][1]) < len(headers)
        and all(len(c) >= len(headers) for _n, c in lines[:-1])
    ):
        text = _("The file is cut off in row %(row)d. Save it again and upload the whole file.")
        raise FileRefused(text % {"row": lines[-1][0]})
    return build(headers, lines[1:], kind="csv")
