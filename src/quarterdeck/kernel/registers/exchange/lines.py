"""Text of CSV files: encodings and separators in use. Knows no Django."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable

SEPARATORS = (",", ";", "\t", "|")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class NoText(ValueError):
    """Bytes that are text in none of the encodings in use."""


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises NoText when it is none of these."""
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
    raise NoText


def separated(text: str) -> tuple[str, str]:
    """Return the separator and the text without Excel's `sep=` line."""
    first, newline, rest = text.partition("\n")
    if found := re.fullmatch(r"sep=(.)\r?", first.strip("\ufeff"), re.IGNORECASE):
        return found[1], rest if newline else ""
    best, score = ",", (0.0, 1)
    for candidate in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(sample(text), delimiter=candidate) if any(row)]
        except csv.Error:
            continue
        # The one under which most rows are as wide as the header; between equals, the one with more columns.
        if widths and widths[0] > 1 and (found_score := (widths.count(widths[0]) / len(widths), widths[0])) > score:
            best, score = candidate, found_score
    return best, text


def sample(text: str) -> list[str]:
    """Return the lines by which a separator is judged."""
    return text[:65536].splitlines(keepends=True)[:30]
