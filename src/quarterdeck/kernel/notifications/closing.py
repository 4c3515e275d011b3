"""What was told about a record stays one's own only as long as one may see the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import seen

#: Returns which of these records of one type the actor may see.
Readable = Callable[[Actor, set[int]], set[int]]
_readable: dict[str, Readable] = {}


class Pointing(Protocol):
    """What points softly at a record: a notification, a follow."""

    closed: bool

    @property
    def record_type(self) -> str:
        """The kind of record; empty for none."""
        ...

    @property
    def record_id(self) -> int | None:
        """The record's number; None for none."""
        ...


P = TypeVar("P", bound=Pointing)


def readable_by(record_type: str, readable: Readable) -> None:
    """Say who may see records of a type, where others may than those of `visible`, such as an approver."""
    _readable[record_type] = readable


def close(told: Sequence[P], actor: Actor) -> Sequence[P]:
    """Mark as closed what is about records that the actor may not see any more, or that are gone; return all.

    One query for each type of record. What is closed tells that there was something, and nothing of what.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for one in told:
        if one.record_id is not None and one.record_type:
            wanted[one.record_type].add(one.record_id)
    open_ = {kind: _seen(kind, pks, actor) for kind, pks in wanted.items()}
    for one in told:
        one.closed = one.record_type in open_ and one.record_id not in open_[one.record_type]
    return told


def _seen(record_type: str, pks: Iterable[int], actor: Actor) -> set[int]:
    if record_type in _readable:
        return _readable[record_type](actor, set(pks))
    rows = seen(record_type, pks, actor)
    return set(rows.values_list("pk", flat=True)) if rows is not None else set()
