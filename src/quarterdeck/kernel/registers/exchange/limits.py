"""How large a file may be; each limit is a setting of the installation."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

#: Rows up to which an import runs while one waits; longer ones are jobs.
INLINE_ROWS = 500


@dataclass(frozen=True)
class Limits:
    """The limits in force. `unpacked` is in bytes, after decompression; `cells` counts the whole rectangle in use."""

    size: int
    rows: int
    columns: int
    cells: int
    unpacked: int


def limits() -> Limits:
    """Return the limits from the settings IMPORT_MAX_BYTES, IMPORT_MAX_ROWS and IMPORT_MAX_COLUMNS."""
    size = int(getattr(settings, "IMPORT_MAX_BYTES", 20 * 1024 * 1024))
    rows = int(getattr(settings, "IMPORT_MAX_ROWS", 50_000))
    columns = int(getattr(settings, "IMPORT_MAX_COLUMNS", 200))
    return Limits(size=size, rows=rows, columns=columns, cells=min((rows + 1) * columns, 3_000_000), unpacked=size * 10)
