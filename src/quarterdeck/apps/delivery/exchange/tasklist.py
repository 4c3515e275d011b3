"""Task lists as CSV and workbooks: a row a task, columns found by their usual English names.

Rows are the outline by their WBS code, their outline level or the spaces before their names; predecessors name rows,
ids, codes or WBS codes. A column that is not known becomes a custom field. What cannot be understood in a cell is a
`Problem` with the number of its row in the file; the task is kept without it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from quarterdeck.apps.delivery.exchange.amounts import minutes_of
from quarterdeck.apps.delivery.exchange.cells import (
    ROWS,
    Row,
    whole_number,
)
from quarterdeck.apps.delivery.exchange.columns import found_in, header_at
from quarterdeck.apps.delivery.exchange.document import (
    PlanDocument,
)
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.listing import Rows
from quarterdeck.apps.delivery.exchange.texts import (
    UNITS,
    Units,
)
from quarterdeck.kernel.registers.exchange.lines import SEPARATORS, NoText, decoded, sample, separated


def read_sheets(file: str, found: Mapping[str, list[list[Any]]]) -> PlanDocument:
    """Return the plan on the first sheet that is a task list, else on the first with names. Raises `Unreadable`."""
    whole = {str(row[0]).strip(): row[1] for row in found.get("Plan", []) if len(row) > 1 and row[0]}
    known = {name: len(found_in(rows[at])) for name, rows in found.items() if (at := header_at(rows)) is not None}
    for name, rows in found.items():
        if known.get(name, 0) > 1 or (name in known and max(known.values()) == 1):
            return with_plan(
                document(file, rows, kind="XLSX", sheet=name, units=units_of(whole), exact="Minutes per day" in whole),
                whole,
            )
    raise _no_list()


def units_of(whole: Mapping[str, Any]) -> Units:
    """Return how long days, weeks and months are, by the sheet “Plan” of a workbook that Quarterdeck wrote."""
    given = {
        field: whole_number(whole.get(name))
        for field, name in (
            ("minutes_per_day", "Minutes per day"),
            ("minutes_per_week", "Minutes per week"),
            ("days_per_month", "Days per month"),
        )
    }
    return Units(**{field: value for field, value in given.items() if value})


def with_plan(found: PlanDocument, whole: Mapping[str, Any]) -> PlanDocument:
    """Return a plan with what its sheet “Plan” says of it."""
    given: dict[str, Any] = {
        field: at
        for field, name in (("start", "Project start"), ("finish", "Project finish"), ("status", "Status date"))
        if (at := minutes_of(whole.get(name))) is not None
    }
    for field, name in (("name", "Plan"), ("currency", "Currency")):
        if str(whole.get(name) or "").strip():
            given[field] = str(whole[name]).strip()
    return msgspec.structs.replace(found, **given) if given else found


def read_text(name: str, data: bytes) -> PlanDocument:
    """Return the plan of a CSV file, in whatever encoding and with whatever separator. Raises `Unreadable`."""
    try:
        text = decoded(data)
    except NoText:
        if b"\0" in data[:4096]:
            raise Unreadable("This is no text: the file holds zero bytes.", "Save the list as CSV in UTF-8.") from None
        raise Unreadable("The characters of the list cannot be read.", "Save it as CSV in UTF-8.") from None
    mark, text = _separated(text)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), ROWS + 1))
    except csv.Error:
        raise Unreadable("The list cannot be split into columns: a cell is too long or its quotation marks are wrong.",
                         "Save it as CSV again.") from None  # fmt: skip
    return document(name, rows, kind="CSV")


def _separated(text: str) -> tuple[str, str]:
    """Return the separator under which most columns of a task list are known, and the text after Excel's `sep=` line.

    Where none is, that of most rows as wide as the first.
    """
    usual, rest = separated(text)
    if rest is not text:
        return usual, rest

    def known(mark: str) -> int:
        try:
            rows = list(csv.reader(sample(text), delimiter=mark))
        except csv.Error:
            return 0
        at = header_at(rows)
        return 0 if at is None else len(found_in(rows[at]))

    return max((usual, *SEPARATORS), key=known), text


def _no_list() -> Unreadable:
    return Unreadable(
        "No row names the columns of a task list.",
        "Name them in one row: Name, Duration, Start, Finish, Predecessors, Outline Level or WBS, Resources, Percent.",
    )


def document(
    name: str, rows: Sequence[Row], *, kind: str, sheet: str = "", units: Units = UNITS, exact: bool = False
) -> PlanDocument:
    """Return the plan of a table; `exact`: midnight means midnight, and not a date without a time.

    Raises `Unreadable` where nothing tells what its columns are, or no task is in it.
    """
    at = header_at(rows)
    if at is None:
        raise _no_list()
    if len(rows) > ROWS:
        raise Unreadable(f"The list has more than {ROWS:,} rows.", "Split it.")
    found = Rows(name, rows, at, kind=kind, sheet=sheet, units=units)
    found.exact = exact
    return found.document()
