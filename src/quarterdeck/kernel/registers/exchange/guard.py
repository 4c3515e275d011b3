"""Keeping text from being taken for a formula by the program that opens a file, and taking that guard off again."""

from __future__ import annotations

import re

#: What makes spreadsheets read a text as a formula, or a cell as several: signs, their wide twins, control characters.
STARTS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_RISKY = re.compile(f"'*[{STARTS}]")
_GUARDED = re.compile(f"'+[{STARTS}]")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: led by an apostrophe where it could be one."""
    return f"'{text}" if _RISKY.match(text) else text


def doubled(text: str) -> str:
    """Return a text for a cell typed as text: led by one more apostrophe only where `unguarded` would take one off."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Return the text as it was before `guarded` or `doubled`."""
    return text[1:] if _GUARDED.match(text) else text
