"""Giving and reserving codes."""

from __future__ import annotations

import re

from django.db import connection, transaction

PREFIX = re.compile(r"[A-Z](?:[A-Z0-9-]{0,18}[A-Z0-9])?")
#: The table of `models.Counter`, named here so that this package can be imported before the models are.
TABLE = "numbering_counter"
#: Longer numbers in imported codes are somebody else's numbering and do not move ours.
MOST_DIGITS = 9


def next_code(prefix: str, *, width: int = 4) -> str:
    """Return the next code of a prefix, such as `PRJ-0042`; numbers beyond `width` digits simply grow longer."""
    return next_codes(prefix, 1, width=width)[0]


def next_codes(prefix: str, n: int, *, width: int = 4) -> list[str]:
    """Return the next `n` codes of a prefix in order, taken by one statement whatever `n` is; [] for `n` = 0."""
    if n < 0:
        raise ValueError("A number of codes is 0 or more.")
    if n == 0:
        return []
    last = _move(prefix, n, "{table}.last + excluded.last")
    return [f"{prefix}-{number:0{width}d}" for number in range(last - n + 1, last + 1)]


def reserve(prefix: str, *codes: str) -> int | None:
    """Push the counter to the highest of some given codes, so that none of them is given again.

    Codes of another form are passed over. Returns the last number now taken, or None when no code had the form.
    """
    form = re.compile(rf"{re.escape(prefix)}-(\d{{1,{MOST_DIGITS}}})")
    numbers = [int(found[1]) for code in codes if (found := form.fullmatch(code.strip().upper()))]
    if not numbers:
        return None
    return _move(
        prefix, max(numbers), "CASE WHEN excluded.last > {table}.last THEN excluded.last ELSE {table}.last END"
    )


def _move(prefix: str, by: int, rule: str) -> int:
    """Insert or change the counter in one statement, which both databases make safe under concurrent writers."""
    if not PREFIX.fullmatch(prefix):
        raise ValueError(f"“{prefix}” cannot begin a code: capitals, digits and inner hyphens, at most 20.")
    sql = (
        f"INSERT INTO {TABLE} (prefix, last) VALUES (%s, %s) "  # noqa: S608  constants only
        f"ON CONFLICT (prefix) DO UPDATE SET last = {rule.format(table=TABLE)} RETURNING last"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [prefix, by])
        return int(cursor.fetchone()[0])
