"""What this app tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.events import Event


@dataclass(frozen=True)
class InitiativeStateChanged(Event):
    """An initiative went from one state to another."""

    initiative_id: int
    before: str
    after: str
