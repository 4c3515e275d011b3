"""Contracts and what suppliers owe."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import (
    CONTRACT,
    EXPIRING,
    OBLIGATION,
    ContractState,
    ObligationState,
    Repeats,
    SupplierState,
)
from quarterdeck.apps.suppliers.models import Contract, Obligation, Supplier
from quarterdeck.apps.suppliers.selectors.windows import add_months, day_in_month
from quarterdeck.apps.suppliers.services.numbering import code_for
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change

_EVERY = {Repeats.MONTHLY: 1, Repeats.QUARTERLY: 3, Repeats.YEARLY: 12}


@transaction.atomic
def contract_save(record: Contract, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a contract; a new one is numbered. Refused for a supplier with which no new work is begun."""
    stored = Contract.objects.filter(pk=record.pk).values_list("supplier", flat=True).first() if record.pk else None
    if record.supplier_id and record.supplier_id != stored:
        state = Supplier.objects.filter(pk=record.supplier_id).values_list("state", flat=True).first()
        if state in (SupplierState.SUSPENDED, SupplierState.ENDED):
            raise ValidationError({"supplier": _stands(state)})
    record.number = code_for(record.number, CONTRACT)
    return records.save(record, actor=actor, note=note)


def _stands(state: str) -> str:
    """Say why a supplier gets no work."""
    told = str(SupplierState(state).label).lower()
    if state == SupplierState.ENDED:
        return _("The relation with the supplier is %(state)s.") % {"state": told}
    return _("The supplier is not approved, it is %(state)s. Approve it first.") % {"state": told}


def contract_activate(*, record: Contract, actor: Actor) -> None:
    """Put a signed contract in force, with a supplier that is approved."""
    if record.state != ContractState.DRAFT:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})
    state = Supplier.objects.values_list("state", flat=True).get(pk=record.supplier_id)
    if state != SupplierState.APPROVED:
        raise ValidationError(_stands(state))
    record.state = ContractState.IN_FORCE
    records.save(record, actor=actor)


def contract_end(*, record: Contract, actor: Actor, ended_on: dt.date, reason: str) -> None:
    """End a contract on a day, with the reason."""
    if record.state != ContractState.IN_FORCE:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})
    if not record.starts_on <= ended_on <= actor.today:
        raise ValidationError({"ended_on": _("Choose a day from its start to today.")})
    record.state, record.ends_on = ContractState.ENDED, ended_on
    records.save(record, actor=actor, note=reason)


@transaction.atomic
def obligation_save(record: Obligation, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an obligation; a new one is numbered."""
    record.code = code_for(record.code, OBLIGATION)
    if record.pk and Obligation.objects.filter(pk=record.pk).exclude(due_on=record.due_on).exists():
        record.day_of_month = None
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def obligation_meet(
    *,
    record: Obligation,
    actor: Actor,
    met_on: dt.date | None = None,
    evidence: str = "",
    valid_until: dt.date | None = None,
) -> Obligation | None:
    """Note that an obligation was met, and by what it shows. Returns the next one of what repeats or expires."""
    _is_open(record)
    day = met_on or actor.today
    if day > actor.today:
        raise ValidationError({"met_on": _("Choose a day that is not to come.")})
    if record.kind in EXPIRING and valid_until is None:
        raise ValidationError({"valid_until": _("State until when it is valid.")})
    if valid_until is not None and valid_until <= day:
        raise ValidationError({"valid_until": _("It is valid beyond the day it was shown.")})
    if not evidence.strip():
        raise ValidationError({"evidence": _("State what shows it: a document, a number, a place.")})
    record.state, record.met_on = ObligationState.MET, day
    record.evidence, record.valid_until = evidence.strip(), valid_until
    records.save(record, actor=actor)
    following = _next_due(record)
    if following is None:
        return None
    made = Obligation(
        supplier=record.supplier,
        contract=record.contract,
        initiative=record.initiative,
        title=record.title,
        kind=record.kind,
        repeats=record.repeats,
        due_on=following,
        day_of_month=_day_of_month(record) if record.kind not in EXPIRING else None,
    )
    obligation_save(made, actor=actor, note=_("Follows %(code)s") % {"code": record.code})
    return made


def _next_due(record: Obligation) -> dt.date | None:
    if record.valid_until is not None and record.kind in EXPIRING:
        return record.valid_until
    step = _EVERY.get(Repeats(record.repeats))
    if step is None:
        return None
    return day_in_month(add_months(record.due_on.replace(day=1), step), _day_of_month(record))


def _day_of_month(record: Obligation) -> int:
    return record.day_of_month or record.due_on.day


def obligation_waive(*, record: Obligation, actor: Actor, reason: str) -> None:
    """Let an obligation go, with the reason."""
    _is_open(record)
    record.state, record.reason = ObligationState.WAIVED, reason.strip()
    records.save(record, actor=actor, note=reason)


def _is_open(record: Obligation) -> None:
    if record.state != ObligationState.OPEN:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})
