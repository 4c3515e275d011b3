"""What writing any record of governance has in common."""

from __future__ import annotations

from typing import Any

from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.coded import numbered

#: Prefix of the codes by model.
PREFIXES = {"risk": "RSK", "issue": "ISS", "assumption": "ASM", "decision": "DEC", "action": "ACT"}


def saved(record: Any, *, actor: Actor, note: str = "") -> Change | None:
    """Number a record, put its money in the currency of its initiative, and save it."""
    numbered(record, PREFIXES[record._meta.model_name])
    if hasattr(record, "currency_id") and record.initiative_id:
        record.currency_id = record.initiative.currency_id
    return records.save(record, actor=actor, note=note)


def person_of(actor: Actor) -> Person | None:
    """Return the person as whom the actor works, where there is one."""
    return Person.objects.filter(user=actor.user).first() if actor.user is not None else None
