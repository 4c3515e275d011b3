"""Amounts as decimal text, so that nothing is lost on the way, and instants of naive dates."""

import datetime as dt
from decimal import Decimal
from typing import Final

EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001  plans know no zone


def decimal_text(value: float) -> str:
    """Return a number as decimal text without an exponent.

    >>> decimal_text(1e-05), decimal_text(12.50), decimal_text(-0.0)
    ('0.00001', '12.5', '0')
    """
    found = format(Decimal(repr(value)), "f")
    found = found.rstrip("0").rstrip(".") if "." in found else found
    return "0" if found in ("", "-0") else found


def minutes_of(value: object) -> int | None:
    """Return a date, or a date and time, as minutes since 1970, to the nearest; None of anything else.

    >>> minutes_of(dt.date(1970, 1, 2)), minutes_of("soon")
    (1440, None)
    """
    if isinstance(value, dt.datetime):
        return round((value.replace(tzinfo=None) - EPOCH).total_seconds() / 60)
    if isinstance(value, dt.date):
        return (value - EPOCH.date()).days * 1440
    return None


def moment_of(minutes: int) -> dt.datetime:
    """Return minutes since 1970 as a date and time.

    >>> moment_of(1441)
    datetime.datetime(1970, 1, 2, 0, 1)
    """
    return EPOCH + dt.timedelta(minutes=minutes)
