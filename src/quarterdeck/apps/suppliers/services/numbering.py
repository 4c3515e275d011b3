"""Codes of new records."""

from __future__ import annotations

from quarterdeck.kernel.numbering.codes import next_code, reserve


def code_for(given: str, prefix: str) -> str:
    """Return the code that was given, kept from being given again, or the next of the prefix."""
    code = given.strip().upper()
    if not code:
        return next_code(prefix)
    reserve(prefix, code)
    return code
