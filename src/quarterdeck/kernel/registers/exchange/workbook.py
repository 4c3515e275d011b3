"""Reading XLSX. What could exhaust memory is found in the archive before the parser sees it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange.limits import limits
from quarterdeck.kernel.registers.exchange.table import FileRefused, Table, build, headers_of, is_empty, too_many_rows

#: The sheet that our own exports add; it is never the data.
ABOUT = "About"
_ENTRIES = 2_000
_CHUNK = 1 << 20
_REFERENCE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]{0,300}?\br=[\"']([A-Z]{0,4})(\d{1,9})[\"']")


def read(content: bytes, *, sheet: str = "") -> Table:
    """Return the table of a sheet: the named one, else the first that is shown. Raises FileRefused."""
    inspect(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [s.name for s in book.sheets_metadata if _is_data(s)]
        if not names:
            raise FileRefused(_("The workbook shows no sheet with cells. Unhide the sheet and upload it again."))
        chosen = sheet if sheet in names else names[0]
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except FileRefused:
        raise
    except python_calamine.PasswordError as error:
        text = _(
            "The file is protected by a password. Take the password off in the spreadsheet program and upload it again."
        )
        raise FileRefused(text) from error
    except Exception as error:
        raise FileRefused(damaged()) from error
    except BaseException as error:
        # The parser's own crash on a malformed file is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(damaged()) from error
    lines = [(number, cells) for number, cells in enumerate(rows, 1) if not all(is_empty(cell) for cell in cells)]
    if not lines:
        raise FileRefused(_("The sheet “%(sheet)s” is empty. Put headers in its first row.") % {"sheet": chosen})
    if len(lines) > limits().rows + 1:
        raise FileRefused(too_many_rows())
    return build(headers_of(lines[0][1]), lines[1:], sheets=tuple(names), sheet=chosen, kind="xlsx")


def _is_data(sheet: Any) -> bool:
    return bool(
        sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.name != ABOUT
    )


def damaged() -> str:
    """Return the sentence for an archive that cannot be read."""
    return _("The file is damaged or cut off. Open it in the spreadsheet program, save it again and upload that.")


def inspect(content: bytes) -> None:
    """Refuse an archive that is damaged, unpacks to too much, declares entities or spans too many cells.

    Sizes are first summed as the directory states them; then every entry is unpacked in pieces, which finds a directory
    that lies.
    """
    most = limits()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise FileRefused(_("This is not a workbook. Save it as XLSX or CSV UTF-8 and upload that."))
            if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > most.unpacked:
                raise FileRefused(
                    _("The workbook unpacks to too much. Copy the rows into a new workbook and upload that.")
                )
            if any(entry.flag_bits & 1 for entry in entries):
                raise FileRefused(_("The file is protected by a password. Take it off and upload the file again."))
            for entry in entries:
                _inspect_entry(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise FileRefused(damaged()) from error


def _inspect_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    tail, width, height = b"", 0, 0
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            window = tail + piece
            if b"<!ENTITY" in window or b"<!DOCTYPE" in window:
                raise FileRefused(damaged())
            if is_sheet:
                for found in _REFERENCE.finditer(window):
                    width, height = max(width, _index(found[1])), max(height, int(found[2]))
            tail = window[-400:]
    _check_span(width, height)


def _check_span(width: int, height: int) -> None:
    """Refuse a sheet whose cells in use lie far apart: the parser keeps the whole rectangle between them."""
    most = limits()
    if height > most.rows * 2 + 1000:
        raise FileRefused(
            _("The sheet reaches down to row %(row)d. Delete the empty rows below the data, or split the file.")
            % {"row": height}
        )
    if width > most.columns * 2 + 100 or width * height > most.cells * 2:
        text = _("The sheet reaches over %(columns)d columns. Delete the empty columns beside the data.")
        raise FileRefused(text % {"columns": width})


def _index(letters: bytes) -> int:
    number = 0
    for char in letters:
        number = number * 26 + char - 64
    return number
