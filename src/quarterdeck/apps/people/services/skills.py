"""Keeping skills and qualifications."""

from __future__ import annotations

import calendar
import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.apps.people.models import Qualification, Skill
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


def skill_save(record: Skill, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a skill; a family is not found among its own members."""
    above = record.parent
    while above is not None and record.pk is not None:
        if above.pk == record.pk:
            raise ValidationError({"parent": _("“%(skill)s” cannot be its own family.") % {"skill": record.name}})
        above = above.parent
    return records.save(record, actor=actor, note=note)


def qualification_save(record: Qualification, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a qualification; without a date of expiry it takes the one that its type gives."""
    record.clean_fields(exclude={"person"})
    if record.expires_on is None and record.type.valid_months:
        record.expires_on = months_later(record.issued_on, record.type.valid_months) - dt.timedelta(days=1)
    return records.save(record, actor=actor, note=note)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
