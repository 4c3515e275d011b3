"""What comments tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.events import Event


@dataclass(frozen=True)
class Commented(Event):
    """A comment was added to a record."""

    comment_id: int
    record_type: str
    record_id: int
    author_id: int | None


@dataclass(frozen=True)
class Mentioned(Event):
    """A comment addresses users who may see its record and were not addressed by it before; never its author."""

    comment_id: int
    record_type: str
    record_id: int
    record_label: str
    author_id: int | None
    author_label: str
    excerpt: str
    user_ids: tuple[int, ...]
