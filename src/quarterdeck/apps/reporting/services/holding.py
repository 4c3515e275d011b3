"""Holding assessments back: for a loader that changes thousands of records and assesses what they concern itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_held: ContextVar[set[int] | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[set[int]]:
    """Collect the initiatives that changes concern instead of queueing their assessment.

    What a crash leaves out, the nightly assessment of all makes up for.
    """
    found: set[int] = set()
    token = _held.set(found)
    try:
        yield found
    finally:
        _held.reset(token)


def collected(found: Collection[int]) -> bool:
    """Take initiatives where somebody collects them; tell whether so."""
    collecting = _held.get()
    if collecting is None:
        return False
    collecting.update(found)
    return True
