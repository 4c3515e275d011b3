"""What writing any record of governance has in common."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.coded import numbered

#: Prefix of the codes by model.
PREFIXES = {"risk": "RSK", "issue": "ISS", "assumption": "ASM", "decision": "DEC", "action": "ACT"}


def saved(record: Any, *, actor: Actor, note: str = "") -> Change | None:
    """Number a record, put its money in the currency of its initiative, and save it.

    Raises ValidationError for one that is put to another initiative and would leave something behind.
    """
    numbered(record, PREFIXES[record._meta.model_name])
    if not record._state.adding:
        _stays(record)
    if hasattr(record, "currency_id") and record.initiative_id:
        record.currency_id = record.initiative.currency_id
    return records.save(record, actor=actor, note=note)


def _stays(record: Any) -> None:
    rows: Any = type(record)._default_manager.filter(pk=record.pk).exclude(initiative=record.initiative_id)
    here = rows.select_related("initiative").first() if record.initiative_id else None
    if here is None or not (kept := _kept(here, record.initiative)):
        return
    words = {"code": here.code, "kept": ", ".join(kept), "name": here.initiative.name}
    raise ValidationError(
        {"initiative": _("%(code)s stays at %(name)s with what hangs on it: %(kept)s. Note it anew there.") % words}
    )


def _kept(record: Any, to: Any) -> list[str]:
    """Return, in words, what of a stored record belongs to its initiative and could not go with it to another one."""
    name = record._meta.model_name
    fields = record.field_classes if record.initiative.currency_id != to.currency_id else ()
    kept = {
        _("actions"): name != "action" and record.actions.exists(),
        _("an escalation"): getattr(record, "escalated_to_id", None) is not None,
        _("money in another currency"): any(getattr(record, field) is not None for field in fields),
        _("tasks"): name == "risk" and record.tasks.exists(),
        _("the issue that it became"): name == "risk" and hasattr(record, "issue"),
        _("the risk that it was"): getattr(record, "risk_id", None) is not None and name == "issue",
        _("the decision that it replaces"): getattr(record, "replaces_id", None) is not None,
        _("the decision that replaces it"): name == "decision" and record.replaced_by.exists(),
    }
    return [words for words, holds in kept.items() if holds]


def person_of(actor: Actor) -> Person | None:
    """Return the person as whom the actor works, where there is one."""
    return Person.objects.filter(user=actor.user).first() if actor.user is not None else None
