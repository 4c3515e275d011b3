"""Contacts with suppliers: planned, logged, and the next one planned."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import GRACE, ContactKind
from quarterdeck.apps.suppliers.models import SupplierContact
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def contact_save(record: SupplierContact, *, actor: Actor, note: str = "") -> Change | None:
    """Plan a contact, or change the plan. What was logged stays; removed, it can be brought back."""
    if record.held_on is not None and not record._state.adding:
        raise ValidationError(_("It was held; what was logged stays."))
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def contact_log(
    *, record: SupplierContact, actor: Actor, outcome: str, held_on: dt.date | None = None
) -> SupplierContact | None:
    """Log that a contact was held and what came of it. Returns the next one, where it comes again."""
    if record.held_on is not None:
        raise ValidationError(_("It is logged already."))
    day = held_on or actor.today
    if day > actor.today:
        raise ValidationError({"held_on": _("Choose a day that is not to come.")})
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say what came of it.")})
    grace = 0 if record.kind == ContactKind.QUESTION else GRACE
    record.held_on, record.outcome = day, outcome.strip()
    record.in_time = day <= record.planned_on + dt.timedelta(days=grace)
    following = None
    if record.every_days:
        following = SupplierContact(
            supplier=record.supplier,
            initiative=record.initiative,
            kind=record.kind,
            subject=record.subject,
            planned_on=day + dt.timedelta(days=record.every_days),
            every_days=record.every_days,
            owner=record.owner,
        )
        records.save(following, actor=actor)
        record.next = following
    records.save(record, actor=actor)
    return following
