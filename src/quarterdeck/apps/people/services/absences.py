"""Keeping absences."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from quarterdeck.apps.people.choices import DayPart
from quarterdeck.apps.people.models import Absence
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def absence_save(record: Absence, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an absence; refused when it overlaps another. A morning and an afternoon do not."""
    record.clean_fields(exclude={"person"})
    if record.person_id:
        others = Absence.objects.filter(
            person=record.person_id, starts_on__lte=record.ends_on, ends_on__gte=record.starts_on
        ).exclude(pk=record.pk)
        for other in others:
            if DayPart.WHOLE in (record.part, other.part) or record.part == other.part:
                first, last = (formats.date_format(day, "DATE_FORMAT") for day in (other.starts_on, other.ends_on))
                text = _("%(person)s is away from %(first)s to %(last)s already.")
                raise ValidationError(text % {"person": record.person, "first": first, "last": last}, code="overlap")
    return records.save(record, actor=actor, note=note)
