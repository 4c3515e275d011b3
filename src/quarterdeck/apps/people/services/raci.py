"""Setting the parts of roles in activities at a node."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

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


@transaction.atomic
def raci_save(*, scope: Scope, parts: Mapping[tuple[int, int], str], actor: Actor, note: str = "") -> list[Change]:
    """Set several parts at a node at once, by ids of activity and role; return the changes, one batch for Undo.

    Raises ValidationError when an activity or a role is not there any more; nothing is written then.
    """
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    activities = Activity.objects.in_bulk({activity for activity, _role in parts})
    roles = Role.objects.in_bulk({role for _activity, role in parts})
    changes = []
    for (activity, role), letter in parts.items():
        if activity not in activities or role not in roles:
            raise ValidationError(_("An activity or a role has been removed meanwhile."))
        done = raci_set(
            scope=scope, activity=activities[activity], role=roles[role], letter=letter, actor=actor, note=note
        )
        changes += [done] if done else []
    return changes
