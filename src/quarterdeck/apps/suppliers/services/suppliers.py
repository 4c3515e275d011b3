"""The life of suppliers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import SUPPLIER, ContractState, SupplierState
from quarterdeck.apps.suppliers.models import Contract, Supplier
from quarterdeck.apps.suppliers.services.numbering import code_for
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def supplier_save(record: Supplier, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a supplier; a new one is numbered."""
    record.code = code_for(record.code, SUPPLIER)
    return records.save(record, actor=actor, note=note)


def supplier_approve(*, record: Supplier, actor: Actor) -> None:
    """Let a prospect or a suspended supplier be used."""
    _turn(record, (SupplierState.PROSPECT, SupplierState.SUSPENDED), SupplierState.APPROVED, actor, "")


def supplier_suspend(*, record: Supplier, actor: Actor, reason: str) -> None:
    """Stop new work with a supplier, with the reason."""
    _turn(record, (SupplierState.APPROVED,), SupplierState.SUSPENDED, actor, reason)


@transaction.atomic
def supplier_end(*, record: Supplier, actor: Actor, reason: str) -> None:
    """End the relation, with the reason. Refused while a contract is in force."""
    open_ = Contract.objects.filter(supplier=record, state=ContractState.IN_FORCE).values_list("number", flat=True)
    if open_:
        raise ValidationError(_("Contracts are in force: %(numbers)s. End them first.") % {"numbers": ", ".join(open_)})
    states = (SupplierState.PROSPECT, SupplierState.APPROVED, SupplierState.SUSPENDED)
    _turn(record, states, SupplierState.ENDED, actor, reason)


def _turn(record: Supplier, before: tuple[str, ...], to: str, actor: Actor, reason: str) -> None:
    if record.state not in before:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})
    record.state, record.state_since, record.state_reason = to, actor.today, reason.strip()
    records.save(record, actor=actor, note=reason)
