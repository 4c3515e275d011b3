"""Taking over the accountabilities that ship, and handing them all over from one person to another."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.catalogue import SETS
from quarterdeck.apps.pmo.choices import State
from quarterdeck.apps.pmo.models import Accountability, Kpi
from quarterdeck.apps.pmo.selectors.offered import held_by
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope

#: Days until the first review of what was taken over.
REVIEW: Final = 90


@dataclass(frozen=True)
class Installed:
    """How many accountabilities were added, how many were there, and the batch by which Undo takes them back."""

    added: int
    known: int
    batch: uuid.UUID


@transaction.atomic
def install(
    *, name: str, office: Office, scope: Scope, actor: Actor, owner: Person | None = None, deputy: Person | None = None
) -> Installed:
    """Add the accountabilities of a set that ships ("table", "p3o", "all") at a node, with their KPIs.

    A function that is answered for at that node already is left as it is, so doing it again adds nothing. Raises
    ValidationError for an unknown set, AccessDenied.
    """
    if name not in SETS:
        raise ValidationError({"name": _("There is no such set.")})
    acting = actor.by(actor.via, actor.batch or uuid.uuid4())
    assert acting.batch is not None
    # Twice at once: the second waits here, and then finds what the first has added.
    Scope.objects.select_for_update(no_key=True).get(pk=scope.pk)
    known = set(
        Accountability.objects.filter(scope=scope).exclude(state=State.ENDED).values_list("function", flat=True)
    )
    entries = [entry for entry in SETS[name] if entry.function not in known]
    rows = [
        Accountability(
            name=str(entry.function.label),
            category=entry.category,
            function=entry.function,
            scope_text=str(entry.scope),
            scope=scope,
            office=office,
            owner=owner,
            deputy=deputy,
            review_on=actor.today + dt.timedelta(days=REVIEW),
        )
        for entry in entries
    ]
    records.save_many(rows, actor=acting)
    kpis = [
        Kpi(accountability=row, measure=measure, target=Decimal(target))
        for row, entry in zip(rows, entries, strict=True)
        for measure, target in entry.kpis
    ]
    records.save_many(kpis, actor=acting)
    return Installed(len(rows), len(SETS[name]) - len(rows), acting.batch)


@dataclass(frozen=True)
class HandedOver:
    """How many accountabilities changed hands as owner and as deputy, and the batch by which Undo takes it back."""

    owned: int
    deputed: int
    batch: uuid.UUID


@transaction.atomic
def hand_over(*, giver: Person, taker: Person, actor: Actor, note: str) -> HandedOver:
    """Hand everything that one person owns or is deputy of to another, in one act.

    Where the taker was the deputy, the deputy's place falls vacant, and is found as such. All or nothing. Raises
    ValidationError when there is nothing to hand over, no reason, or the taker is the same or has left; AccessDenied.
    """
    if giver.pk == taker.pk:
        raise ValidationError({"taker": _("Choose somebody else.")})
    if taker.has_left(actor.today):
        raise ValidationError({"taker": _("%(name)s has left.") % {"name": taker}})
    if not note.strip():
        raise ValidationError({"note": _("Say why.")})
    rows = held_by(giver, actor)
    if not rows:
        raise ValidationError({"giver": _("%(name)s holds no accountability that you see.") % {"name": giver}})
    owned = deputed = 0
    for row in rows:
        if row.owner_id == giver.pk:
            owned += 1
            row.owner = taker
            row.deputy = None if row.deputy_id == taker.pk else row.deputy
        else:
            deputed += 1
            row.deputy = None if row.owner_id == taker.pk else taker
    acting = actor.by(actor.via, actor.batch or uuid.uuid4())
    assert acting.batch is not None
    records.save_many(rows, actor=acting, note=note.strip())
    return HandedOver(owned, deputed, acting.batch)
