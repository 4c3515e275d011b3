"""Amounts as decimal text, so that nothing is lost on the way, and instants of naive dates."""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Final

#: A longer text is no amount; and none has so many digits.
LONG: Final = 40
DIGITS: Final = 18
CURRENCY: Final = r"(?:[A-Za-z]{1,3}\.?|[$€£¥₹])?"
AMOUNT: Final = re.compile(
    rf"(?P<bracket>\()?\s*(?P<front>[+-])?\s*{CURRENCY}\s*(?P<sign>[+-])?\s*(?P<number>[\d.,'’ \u00a0\u202f]*\d"
    rf"(?:[.,](?!\d))?(?:[eE][+-]?\d+)?)\s*{CURRENCY}\s*(?P<back>-)?\s*(?P<closed>\))?"
)
GROUPED: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[,.'’ \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,](?P<decimals>\d*))?"
)
PLAIN: Final = re.compile(r"\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?|[.,]\d+")
EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001  plans know no zone


def decimal_text(value: float) -> str:
    """Return a number as decimal text without an exponent.

    >>> decimal_text(1e-05), decimal_text(12.50), decimal_text(-0.0)
    ('0.00001', '12.5', '0')
    """
    found = format(Decimal(repr(value)), "f")
    found = found.rstrip("0").rstrip(".") if "." in found else found
    return "0" if found in ("", "-0") else found


def parse_amount(value: object) -> str | None:
    """Return an amount of a cell as decimal text; None of a blank. Raises ValueError for what is none, or not finite.

    Thousands stand in groups of three, parted by one and the same mark; brackets or a sign before or behind make it
    negative; a currency may stand on either side. One comma before three digits parts thousands, one point decimals.

    >>> parse_amount("1,234.50"), parse_amount("1.234,50 EUR"), parse_amount("(12)"), parse_amount("1.5e3")
    ('1234.5', '1234.5', '-12', '1500')
    >>> parse_amount("1,234"), parse_amount("1,23"), parse_amount("$ -5"), parse_amount("")
    ('1234', '1.23', '-5', None)
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError("not a number")
        return decimal_text(float(value))
    text = str(value).replace("\u2212", "-").strip()
    if not text:
        return None
    found = AMOUNT.fullmatch(text) if len(text) <= LONG else None
    signs = sum(found[name] is not None for name in ("bracket", "front", "sign", "back")) if found else 0
    if found is None or signs > 1 or (found["bracket"] is None) != (found["closed"] is None):
        raise ValueError("not an amount")
    amount = Decimal(_plain_number(found["number"])) * (
        -1 if signs and "+" not in (found["front"], found["sign"]) else 1
    )
    if abs(amount.adjusted()) > DIGITS:
        raise ValueError("not an amount of money")
    return decimal_text(float(amount))


def _plain_number(text: str) -> str:
    """Return a number without marks between thousands, with a point before decimals."""
    grouped = GROUPED.fullmatch(text)
    if grouped and (grouped["mark"] != "." or text.count(".") > 1 or grouped["decimals"]):
        whole = grouped["whole"].replace(grouped["mark"], "")
        return f"{whole}.{grouped['decimals']}" if grouped["decimals"] else whole
    if not PLAIN.fullmatch(text):
        raise ValueError("not a number")
    return text.replace(",", ".")


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
