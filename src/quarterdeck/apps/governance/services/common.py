"""What writing any record of governance has in common: its code, and its way from state to state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.codes import next_code, reserve

#: Prefix of the codes by model.
PREFIXES = {"risk": "RSK", "issue": "ISS", "assumption": "ASM", "decision": "DEC", "action": "ACT"}


def numbered(record: Any) -> None:
    """Give a new record the next code of its kind, or keep the one it brings; raise ValidationError for one lost."""
    prefix = PREFIXES[record._meta.model_name]
    if record.code:
        record.code = record.code.strip().upper()
        if record._state.adding:
            reserve(prefix, record.code)
    elif record._state.adding:
        record.code = next_code(prefix)
    else:
        raise ValidationError({"code": _("It keeps its code.")})


def saved(record: Any, *, actor: Actor, note: str = "") -> Change | None:
    """Number a record, put its money in the currency of its initiative, and save it."""
    numbered(record)
    if hasattr(record, "currency_id") and record.initiative_id:
        record.currency_id = record.initiative.currency_id
    return records.save(record, actor=actor, note=note)


def turned(record: Any, *, since: Iterable[str], to: str, actor: Actor, note: str = "") -> Change | None:
    """Change the state; raise ValidationError from one that does not lead there."""
    if record.state not in since:
        raise ValidationError(
            _("%(code)s is %(state)s; that cannot be done now.")
            % {"code": record.code, "state": record.get_state_display().lower()}
        )
    record.state = to
    return records.save(record, actor=actor, note=note)


def stated(text: str, field: str) -> str:
    """Return a text without its edges; raise ValidationError where nothing is said."""
    if not text.strip():
        raise ValidationError({field: _("Say why.")})
    return text.strip()


def person_of(actor: Actor) -> Person | None:
    """Return the person as whom the actor works, where there is one."""
    return Person.objects.filter(user=actor.user).first() if actor.user is not None else None
