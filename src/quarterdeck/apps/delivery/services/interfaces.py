"""Promises between projects: each side says its own, agreed by the side that did not propose, delivered, accepted."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import InterfaceState, Side
from quarterdeck.apps.delivery.models import Interface, Plan
from quarterdeck.apps.delivery.selectors.interfaces import dated, sides
from quarterdeck.apps.delivery.services.following import follow
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, refusal
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.coded import numbered
from quarterdeck.kernel.records.turning import turned
from quarterdeck.kernel.records.write import UNDO

PREFIX: Final = "IF"
#: What a side says for itself.
OF_SIDE: Final = {
    Side.GIVER: ("giver_id", "giver_task_id", "gives_on", "giver_owner_id"),
    Side.RECEIVER: ("receiver_id", "receiver_task_id", "needed_on", "receiver_owner_id"),
}
OTHER: Final = {Side.GIVER: Side.RECEIVER, Side.RECEIVER: Side.GIVER}


@transaction.atomic
def interface_save(record: Interface, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an interface. Whoever has the right at one side alone says nothing for the other.

    Raises ValidationError naming the field, AccessDenied.
    """
    if actor.via == UNDO or None in (record.giver_id, record.receiver_id):
        return records.save(record, actor=actor, note=note)
    stored = None if record._state.adding else Interface.objects.filter(pk=record.pk).first()
    mine = sides(record, actor, "change" if stored else "add")
    if stored is not None:
        mine &= sides(stored, actor)
    _refuse_other_side(record, stored, mine)
    if stored is None:
        record.asked_by = Side.RECEIVER if Side.RECEIVER in mine else Side.GIVER
    numbered(record, PREFIX)
    return records.save(record, actor=actor, note=note)


def _refuse_other_side(record: Interface, stored: Interface | None, mine: set[Side]) -> None:
    """Refuse what is said for a side at which the actor has no right; whom one asks has to be named, though."""
    before: Any = stored or Interface()
    for side, names in OF_SIDE.items():
        if side in mine:
            continue
        for name in names[1:] if stored is None else names:
            if getattr(record, name) != getattr(before, name):
                words = _("The giving side says this.") if side == Side.GIVER else _("The receiving side says this.")
                raise ValidationError({name.removesuffix("_id"): words})


@transaction.atomic
def interface_remove(record: Interface, *, actor: Actor, note: str = "") -> Change:
    """Remove an interface. Once agreed, that takes the right at both sides."""
    if record.state != InterfaceState.PROPOSED and len(sides(record, actor, "delete")) < 2:
        raise AccessDenied(refusal("delete", Interface))
    return records.delete(record, actor=actor, note=note)


def interface_agree(*, record: Interface, actor: Actor) -> None:
    """Agree to what the other side has proposed. Both dates have to be known."""
    _of(OTHER[Side(record.asked_by)], record, actor)
    (found,) = dated(Interface.objects.filter(pk=record.pk)).values_list("given_by", "needed_by")
    if None in found:
        raise ValidationError(_("Say first by when it is given and by when it is needed."))
    record.agreed_on = actor.today
    turned(record, since=(InterfaceState.PROPOSED,), to=InterfaceState.AGREED, actor=actor)


def interface_deliver(*, record: Interface, actor: Actor) -> None:
    """Hand it over."""
    _of(Side.GIVER, record, actor)
    record.delivered_on, record.reason = actor.today, ""
    turned(record, since=(InterfaceState.AGREED,), to=InterfaceState.DELIVERED, actor=actor)


def interface_accept(*, record: Interface, actor: Actor) -> None:
    """Accept what was handed over, by its conditions."""
    _of(Side.RECEIVER, record, actor)
    record.accepted_on = actor.today
    turned(record, since=(InterfaceState.DELIVERED,), to=InterfaceState.ACCEPTED, actor=actor)


def interface_return(*, record: Interface, actor: Actor, reason: str) -> None:
    """Send it back, with the reason; it is to be delivered again."""
    _of(Side.RECEIVER, record, actor)
    record.delivered_on, record.reason = None, reason
    turned(record, since=(InterfaceState.DELIVERED,), to=InterfaceState.AGREED, actor=actor, note=reason)


def _of(side: Side, record: Interface, actor: Actor) -> None:
    """Refuse whoever has no right at the side whose word it is."""
    if side not in sides(record, actor):
        raise AccessDenied(
            _("The giving side says this.") if side == Side.GIVER else _("The receiving side says this.")
        )


def interfaces_follow(*, before: Plan, after: Plan, actor: Actor) -> None:
    """Let interfaces that name tasks of a plan name the same tasks of the plan that takes its place."""
    for name in ("giver_task", "receiver_task"):
        follow(Interface, name, before=before, after=after, actor=actor)
