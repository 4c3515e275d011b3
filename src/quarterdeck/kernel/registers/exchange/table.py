"""A file as a table of plain cells, whatever it was read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange.guard import unguarded
from quarterdeck.kernel.registers.exchange.limits import limits

Cell = Any


class FileRefused(ValidationError):
    """The file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row of a file: its number as spreadsheets count, one cell for each header, what is wrong with it."""

    number: int
    cells: tuple[Cell, ...]
    error: str = ""


@dataclass(frozen=True)
class Table:
    """A file's first row as headers and the rows below that hold anything; of a workbook also its sheets."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    kind: str = "csv"
    #: The headers that are empty, by position: such columns are not imported.
    nameless: frozenset[int] = field(default=frozenset())


def too_large() -> str:
    """Return the sentence for a file above the limit."""
    megabytes = limits().size // (1024 * 1024)
    return _("The file is larger than %(size)d MB. Split it into several files.") % {"size": megabytes}


def too_many_rows() -> str:
    """Return the sentence for a file with too many rows."""
    return _("The file has more than %(rows)d rows. Split it into several files.") % {"rows": limits().rows}


def headers_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return the header texts, without the empty ones at the end. Raises FileRefused for two alike or too many."""
    texts = [unguarded(str(cell if cell is not None else "")).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > limits().columns:
        raise FileRefused(
            _("The file has more than %(columns)d columns. Leave out those not needed.") % {"columns": limits().columns}
        )
    folded = Counter(text.casefold() for text in texts if text)
    twice = next((text for text in texts if folded[text.casefold()] > 1), None)
    if twice is not None:
        places = [letter(i) for i, text in enumerate(texts) if text.casefold() == twice.casefold()]
        raise FileRefused(
            _("Columns %(places)s are both called “%(name)s”. Rename one, or take it out.")
            % {"places": _(" and ").join(places), "name": twice}
        )
    return tuple(texts)


def build(headers: tuple[str, ...], lines: Sequence[tuple[int, Sequence[Cell]]], **more: Any) -> Table:
    """Return the table of headers and lines; a row that is wider than the headers carries its error."""
    width = len(headers)
    rows: list[Row] = []
    for number, cells in lines:
        error = ""
        if any(not is_empty(cell) for cell in cells[width:]):
            text = _(
                "The row has %(cells)d cells, the header %(headers)d. Put text with separators in quotation marks."
            )
            error = text % {"cells": len(cells), "headers": width}
        kept = [plain(cell) for cell in cells[:width]]
        rows.append(Row(number, (*kept, *([None] * (width - len(kept)))), error))
    nameless = frozenset(i for i, text in enumerate(headers) if not text)
    return Table(headers, tuple(rows), nameless=nameless, **more)


def is_empty(cell: Cell) -> bool:
    """Tell whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def plain(cell: Cell) -> Cell:
    """Return a cell without the guard against formulas and without blanks around it; None when it is empty."""
    if not isinstance(cell, str):
        return cell
    text = unguarded(cell.replace("\x00", "").strip())
    return text or None


def letter(index: int) -> str:
    """Return a column's letters as spreadsheets name it; the first, 0, is A."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
