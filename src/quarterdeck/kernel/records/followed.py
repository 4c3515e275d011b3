"""Writing what follows from other fields of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.db.columns import write_columns


def write_followed(model: type[Record], keys: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write fields that a model names in `follows`, by field name, each as long as `keys`.

    No Change tells them and no version rises, since they say nothing that the record does not say already. The caller
    writes in the transaction of what they follow from. Raises ValueError for any other field.
    """
    if wrong := set(columns) - model.follows:
        raise ValueError(f"{model.__name__} says {', '.join(sorted(wrong))} by themselves: write them by `save`.")
    write_columns(model, keys, columns)
