"""Reading an upload: CSV in the encodings and with the separators in use, or XLSX, into one table with plain cells.

Every refusal is a `FileRefused` whose text says what to do.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange import workbook
from quarterdeck.kernel.registers.exchange.limits import limits
from quarterdeck.kernel.registers.exchange.table import (
    Cell,
    FileRefused,
    Table,
    build,
    headers_of,
    too_large,
    too_many_rows,
)

SEPARATORS = (",", ";", "\t", "|")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
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
    separator, text = _separator(text)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    most = limits().rows + 1
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((start, cells))
            start = reader.line_num + 1
            if len(lines) > most:
                raise FileRefused(too_many_rows())
    except csv.Error as error:
        raise FileRefused(_csv_error(error, start)) from error
    return _table(lines, open_end=not text.endswith(("\n", "\r")))


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
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strict(content, (codec,))
    head = content[:4000]
    if head.count(0) > len(head) // 4:
        return _strict(content, ("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be",))
    return _strict(content, ("utf-8", "cp1252"))


def _strict(content: bytes, codecs_: Iterable[str]) -> str:
    for codec in codecs_:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise FileRefused(_("The file's characters cannot be read. Save it as CSV UTF-8 or as XLSX and upload that."))


def _separator(text: str) -> tuple[str, str]:
    """Return the separator and the text without Excel's `sep=` line."""
    first, newline, rest = text.partition("\n")
    if found := re.fullmatch(r"sep=(.)\r?", first.strip("\ufeff"), re.IGNORECASE):
        return found[1], rest if newline else ""
    sample = text[:65536].splitlines(keepends=True)[:30]
    best, score = ",", (0.0, 1)
    for candidate in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=candidate) if any(row)]
        except csv.Error:
            continue
        # The one under which most rows are as wide as the header; between equals, the one with more columns.
        if widths and widths[0] > 1 and (found_score := (widths.count(widths[0]) / len(widths), widths[0])) > score:
            best, score = candidate, found_score
    return best, text


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
