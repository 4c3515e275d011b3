"""How large a file may be; size and rows are settings of the installation."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

#: Rows up to which an import runs while one waits; longer ones are jobs.
INLINE_ROWS = 500
#: Columns of a file, and cells of the rectangle that a workbook's parser keeps in memory.
COLUMNS = 200
CELLS = 3_000_000


@dataclass(frozen=True)
class Limits:
    """The limits in force: `size` and `unpacked` in bytes; `cells` counts the whole rectangle in use."""

    size: int
    rows: int
    columns: int
    cells: int
    unpacked: int


def limits() -> Limits:
    """Return the limits: size and rows are the settings IMPORT_MAX_BYTES and IMPORT_MAX_ROWS."""
    size, rows = int(settings.IMPORT_MAX_BYTES), int(settings.IMPORT_MAX_ROWS)
    return Limits(size=size, rows=rows, columns=COLUMNS, cells=min((rows + 1) * COLUMNS, CELLS), unpacked=size * 10)
