"""Setting the parts of roles in activities at a node."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.people.choices import RaciEntryLetter
from quarterdeck.apps.people.models import Activity, RaciDefault, RaciEntry, Role
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def raci_set(
    *, scope: Scope, activity: Activity, role: Role, letter: str, actor: Actor, note: str = ""
) -> Change | None:
    """Set the part of a role in an activity at a node: R, A, C, I, or nothing for no part.

    Only what differs from the standard is kept, so that a later change of the standard reaches those that follow it.
    """
    if letter and letter not in RaciEntryLetter.values:
        raise ValidationError(_("A part is R, A, C or I."))
    standard = RaciDefault.objects.filter(activity=activity, role=role).values_list("letter", flat=True).first() or ""
    wanted = "" if letter in ("", RaciEntryLetter.NONE) else letter
    entry = RaciEntry.objects.filter(scope=scope, activity=activity, role=role).first()
    if wanted == standard:
        return records.delete(entry, actor=actor, note=note) if entry else None
    if entry is None:
        entry = RaciEntry(scope=scope, activity=activity, role=role)
    entry.letter = wanted or RaciEntryLetter.NONE
    return records.save(entry, actor=actor, note=note)
