"""What this app tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.events import Event


@dataclass(frozen=True)
class PlanTakenBack(Event):
    """An import of a plan was taken back; the project is there still, the plan perhaps not."""

    initiative_id: int


@dataclass(frozen=True)
class PlanImported(Event):
    """A plan file was written, as a new plan or as changes of one."""

    plan_id: int
    initiative_id: int
