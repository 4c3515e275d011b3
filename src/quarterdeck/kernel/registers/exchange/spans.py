"""What a workbook would cost its parser, found in the archive before the parser sees it. Knows no Django."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: The part by which an archive is a workbook.
BOOK = "xl/workbook.xml"
#: What broken archives make `zipfile` raise.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)
_CHUNK = 1 << 20
_REFERENCE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]{0,300}?\br=[\"']([A-Z]{0,4})(\d{1,9})[\"']")


@dataclass(frozen=True)
class Bounds:
    """How much a workbook may hold: rows and columns of a sheet, cells of the rectangle in use, bytes unpacked."""

    rows: int
    columns: int
    cells: int
    unpacked: int
    entries: int = 2_000


class TooWide(ValueError):
    """A workbook that is not read. `why`: kind, unpacked, password, damaged, rows or columns; `reach`: how far."""

    def __init__(self, why: str, reach: int = 0) -> None:
        self.why = why
        self.reach = reach
        super().__init__(why)


def inspect(file: Path | IO[bytes], most: Bounds) -> None:
    """Refuse, as `TooWide`, what is damaged, unpacks to too much, declares entities or spans too many cells.

    Sizes are first summed as the directory states them; then every entry is unpacked in pieces, which finds a directory
    that lies.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if BOOK not in {entry.filename for entry in entries}:
                raise TooWide("kind")
            if len(entries) > most.entries or sum(entry.file_size for entry in entries) > most.unpacked:
                raise TooWide("unpacked")
            if any(entry.flag_bits & 1 for entry in entries):
                raise TooWide("password")
            for entry in entries:
                _inspect_entry(archive, entry, most)
    except TooWide:
        raise
    except BROKEN as error:
        raise TooWide("damaged") from error


def _inspect_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: Bounds) -> None:
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    tail, width, height = b"", 0, 0
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            window = tail + piece
            if b"<!ENTITY" in window or b"<!DOCTYPE" in window:
                raise TooWide("damaged")
            if is_sheet:
                for found in _REFERENCE.finditer(window):
                    width, height = max(width, _index(found[1])), max(height, int(found[2]))
            tail = window[-400:]
    # The parser keeps the whole rectangle between the first and the last cell in use.
    if height > most.rows * 2 + 1000:
        raise TooWide("rows", height)
    if width > most.columns * 2 + 100 or width * height > most.cells * 2:
        raise TooWide("columns", width)


def _index(letters: bytes) -> int:
    number = 0
    for char in letters:
        number = number * 26 + char - 64
    return number
