"""What approvals tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.events import Event


@dataclass(frozen=True)
class Decided(Event):
    """An approval came to its end: approved, declined or withdrawn; published after commit."""

    approval_id: int
    kind: str
    record_type: str
    record_id: int
    outcome: str
