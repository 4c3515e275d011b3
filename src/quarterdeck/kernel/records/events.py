"""What the write path tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.events import Event


@dataclass(frozen=True)
class Changed(Event):
    """Records of one type were created, changed or deleted in one act; published after commit.

    `fields` are the attribute names that changed on any of them.
    """

    record_type: str
    record_ids: tuple[int, ...]
    action: str
    fields: frozenset[str]
    via: str
