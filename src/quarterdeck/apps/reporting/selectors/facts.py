"""Facts as a snapshot keeps them: a key, a kind of value, the value, where it comes from; no words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

Facts = dict[str, Any]

#: How a value is shown: as a date, working days, an index of two places, percent, an amount, a count.
DATE: Final = "date"
DAYS: Final = "days"
INDEX: Final = "index"
PERCENT: Final = "percent"
MONEY: Final = "money"
COUNT: Final = "count"


def fact(key: str, kind: str, value: Any, *, source: str = "", url: str = "", **told: Any) -> Facts:
    """Return one fact; `source` names where it comes from, `told` what the words of it need beside the value."""
    plain = value.isoformat() if isinstance(value, dt.date) else str(value) if isinstance(value, Decimal) else value
    found: Facts = {"key": key, "kind": kind, "value": plain}
    if source:
        found["source"] = source
    if url:
        found["url"] = url
    if told:
        found["told"] = {
            name: each.isoformat() if isinstance(each, dt.date) else each
            for name, each in told.items()
            if each is not None
        }
    return found
