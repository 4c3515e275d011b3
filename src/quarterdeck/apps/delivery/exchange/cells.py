"""Cells of workbooks and CSV files: where they come from, and what is in them."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from quarterdeck.apps.delivery.exchange.amounts import minutes_of
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.limits import LIMITS, Limits
from quarterdeck.apps.delivery.exchange.texts import duration_text
from quarterdeck.kernel.registers.exchange import spans

Row = Sequence[Any]
#: Rows and columns that are read at most.
ROWS: Final = 100_000
COLUMNS: Final = 500
#: Cells of the rectangle in use of a sheet, which the parser keeps whole.
CELLS: Final = 5_000_000
#: A date has fewer characters.
LONG: Final = 64
DATES: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y/%m/%d",
    "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%a %d-%b-%y", "%d-%m-%Y",
)  # fmt: skip
SLASHED: Final = re.compile(
    r"(?:[A-Za-z]{2,3} )?(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:,? (\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?)?"
)
YES: Final = frozenset({"yes", "true", "y", "x", "1", "1.0"})
NO: Final = frozenset({"no", "false", "n", "0", "0.0", ""})


def sheets(path: Path, limits: Limits = LIMITS) -> dict[str, list[list[Any]]]:
    """Return the sheets of a workbook by their names, from their first row and column. Raises `Unreadable`.

    Runs in `child` alone: the parser asks for the memory of the whole rectangle between the first cell and the last,
    and ends its process where there is none.
    """
    _check_spans(path, limits)
    try:
        book = CalamineWorkbook.from_path(str(path))
        return {
            name.strip(): book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, ValueError, OSError) as error:
        if "password" in str(error).lower():
            raise _protected() from None
        raise _damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the parser's own crash on a malformed file is no Exception
            raise
        raise _damaged() from None


def _check_spans(path: Path, limits: Limits) -> None:
    """Refuse a workbook in Office's XML whose cells lie far apart; of other kinds the limit of memory is the guard."""
    if not zipfile.is_zipfile(path):
        return
    try:
        spans.inspect(path, spans.Bounds(ROWS, COLUMNS, CELLS, limits.unpacked, limits.members))
    except spans.TooWide as refused:
        if refused.why == "rows":
            words = f"A sheet reaches down to row {refused.reach:,}."
            raise Unreadable(words, "Delete the empty rows below the data, or split the file.") from None
        if refused.why == "columns":
            words = f"A sheet reaches over {refused.reach:,} columns and too many cells."
            raise Unreadable(words, "Delete the empty columns beside the data and the empty rows below it.") from None
        if refused.why == "unpacked":
            raise Unreadable("The archive would unpack to more than is read.", "Split the workbook.") from None
        if refused.why == "password":
            raise _protected() from None
        if refused.why != "kind":
            raise _damaged() from None


def _protected() -> Unreadable:
    return Unreadable("The workbook is protected with a password.", "Save it without the password.")


def _damaged() -> Unreadable:
    return Unreadable("The workbook is damaged or was cut off.", "Save it again from the spreadsheet.")


def parse_date(text: str, *, day_first: bool = False) -> int | None:
    """Return a date, or a date and time, as people and programs write it, in minutes; None of anything else.

    >>> parse_date("1970-01-02"), parse_date("02.01.1970 08:00"), parse_date("1/2/1970"), parse_date("soon")
    (1440, 1920, 1440, None)
    """
    if len(text) > LONG:
        return None
    body = re.sub(r"\s*(?:[A*])$", "", text.strip()).removesuffix("Z")
    found = SLASHED.fullmatch(body)
    if found:
        one, two, year = int(found[1]), int(found[2]), int(found[3])
        month, day = (two, one) if day_first or one > 12 else (one, two)
        year += (2000 if year < 70 else 1900) if year < 100 else 0
        hour, minute = int(found[4] or 0), int(found[5] or 0)
        if found[6]:
            hour = hour % 12 + (12 if found[6].lower() == "pm" else 0)
        try:
            return minutes_of(dt.datetime(year, month, day, hour, minute))  # noqa: DTZ001  plans know no zone
        except ValueError:
            return None
    for each in DATES:
        try:
            return minutes_of(dt.datetime.strptime(body, each))  # noqa: DTZ007
        except ValueError:
            continue
    return None


def slashes_day_first(rows: Sequence[Row]) -> bool:
    """Say whether dates with slashes begin with the day: one of them can be nothing else, and none with the month."""
    firsts, seconds = set(), set()
    for row in rows[:ROWS]:
        for cell in row:
            found = SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
            if found:
                firsts.add(int(found[1]) > 12)
                seconds.add(int(found[2]) > 12)
    return True in firsts and True not in seconds


def cell_text(value: object) -> str:
    """Return a cell as text, a span of time as a duration."""
    if isinstance(value, dt.timedelta):
        return duration_text(round(value.total_seconds() / 60), "h")
    return plain_text(value)


def plain_text(value: object) -> str:
    """Return a cell as text, a whole number without its point."""
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer()
        else str(value if value is not None else "").strip()
    )


def whole_number(value: object) -> int | None:
    """Return a cell as a whole number; None of anything else."""
    text = plain_text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def is_yes(value: object) -> bool:
    """Say whether a cell says yes."""
    return str(value if value is not None else "").strip().lower() in YES


def plain_value(value: object) -> object:
    """Return a cell as plain JSON can hold it, dates as ISO text."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes").removesuffix("T00:00")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return cell_text(value)
    return value.strip() if isinstance(value, str) else value
