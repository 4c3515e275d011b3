"""Sentences kept as their source text and values, and put together in the language of whoever reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.functional import Promise

Text = str | Promise
Values = Mapping[str, Any]
#: What a missing value shows.
NONE = "\N{EN DASH}"


def source(text: Text) -> str:
    """Return the source text of a lazy translation: what to store."""
    with translation.override(None):
        return str(text)


def pack(values: Values) -> dict[str, Any]:
    """Return values as JSON that remembers dates, moments and decimals; lazy translations keep their source text.

    Raises TypeError for a value of another kind.
    """
    return {name: _pack(value) for name, value in values.items()}


def _pack(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime):
        return {"at": value.isoformat()}
    if isinstance(value, dt.date):
        return {"on": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, Promise):
        return {"text": source(value)}
    raise TypeError(f"{value!r} cannot be a value of a message: give text, a number or a date.")


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        if "on" in value:
            return formats.date_format(dt.date.fromisoformat(value["on"]))
        if "at" in value:
            moment = timezone.localtime(dt.datetime.fromisoformat(value["at"]))
            return formats.date_format(moment, "DATETIME_FORMAT")
        if "number" in value:
            return formats.number_format(Decimal(value["number"]), use_l10n=True, force_grouping=True)
        if "text" in value:
            return translation.gettext(value["text"])
    if isinstance(value, float):
        return formats.number_format(value, use_l10n=True)
    return NONE if value is None else value


def render(text: Text, values: Values) -> str:
    """Return the sentence with its packed values in the current language; a value that is missing shows as a dash."""
    shown = _Shown({name: _shown(value) for name, value in values.items()})
    return (translation.gettext(text) if isinstance(text, str) and text else str(text)) % shown


class _Shown(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return NONE
