"""Reading XLSX. What could exhaust memory is found in the archive before the parser sees it."""

from __future__ import annotations

import io
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange import spans
from quarterdeck.kernel.registers.exchange.limits import limits
from quarterdeck.kernel.registers.exchange.spans import Bounds, TooWide
from quarterdeck.kernel.registers.exchange.table import FileRefused, Table, build, headers_of, is_empty, too_many_rows

#: The sheet that our own exports add; it is never the data.
ABOUT = "About"


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
    """Refuse an archive that is damaged, unpacks to too much, declares entities or spans too many cells."""
    most = limits()
    bounds = Bounds(rows=most.rows, columns=most.columns, cells=most.cells, unpacked=most.unpacked)
    try:
        spans.inspect(io.BytesIO(content), bounds)
    except TooWide as refused:
        raise FileRefused(_said(refused)) from refused


def _said(refused: TooWide) -> str:
    """Return the sentence for what an archive was refused for."""
    if refused.why == "kind":
        return _("This is not a workbook. Save it as XLSX or CSV UTF-8 and upload that.")
    if refused.why == "unpacked":
        return _("The workbook unpacks to too much. Copy the rows into a new workbook and upload that.")
    if refused.why == "password":
        return _("The file is protected by a password. Take it off and upload the file again.")
    if refused.why == "rows":
        text = _("The sheet reaches down to row %(row)d. Delete the empty rows below the data, or split the file.")
        return text % {"row": refused.reach}
    if refused.why == "columns":
        text = _("The sheet reaches over %(columns)d columns. Delete the empty columns beside the data.")
        return text % {"columns": refused.reach}
    return damaged()
