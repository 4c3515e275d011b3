"""Making a call of one's own beside the assessment."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models import ManagerCall
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.write import UNDO

#: Days for which a call stands at most, and by default.
LONGEST: Final = 92
USUAL: Final = 28


@transaction.atomic
def call_save(record: ManagerCall, *, actor: Actor, note: str = "") -> Change | None:
    """Make or change a call. It stands for a quarter at most: who still thinks so then says so again.

    Raises ValidationError for a last day that has passed or lies further ahead.
    """
    stored = None if record._state.adding else ManagerCall.objects.filter(pk=record.pk).first()
    moved = stored is None or stored.expires_on != record.expires_on
    if moved and actor.via != UNDO and isinstance(record.expires_on, dt.date):
        longest = actor.today + dt.timedelta(days=LONGEST)
        if not actor.today <= record.expires_on <= longest:
            text = _("A call stands from today for %(days)d days at most.") % {"days": LONGEST}
            raise ValidationError({"expires_on": text})
    return records.save(record, actor=actor, note=note)
