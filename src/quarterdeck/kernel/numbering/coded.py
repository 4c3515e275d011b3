"""Giving a record the code by which people know it, when it is first saved."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.kernel.numbering.codes import next_code, reserve


def numbered(record: Any, prefix: str) -> None:
    """Give a new record the next code of a prefix, or keep the one that it brings.

    Raises ValidationError for a stored record that has lost its code.
    """
    if record.code:
        record.code = record.code.strip().upper()
        if record._state.adding:
            reserve(prefix, record.code)
    elif record._state.adding:
        record.code = next_code(prefix)
    else:
        raise ValidationError({"code": _("It keeps its code.")})
