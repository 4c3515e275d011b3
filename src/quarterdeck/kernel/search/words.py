"""Words as the index knows them."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
#: Words of a query beyond this add nothing but work.
MOST_WORDS = 10


def words(text: str) -> list[str]:
    """Return the words of a text without case, accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return WORD.findall(plain.casefold())


def folded(text: str) -> str:
    """Return the words of a text joined by single spaces."""
    return " ".join(words(text))
