"""The life of deliverables: begun, submitted, accepted or rejected."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import DeliverableState
from quarterdeck.apps.delivery.models import Deliverable, Plan
from quarterdeck.apps.delivery.services.following import follow
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

OPEN = (DeliverableState.PLANNED, DeliverableState.IN_WORK, DeliverableState.REJECTED)


def may_decide(record: Deliverable, actor: Actor) -> bool:
    """Tell whether the actor is whom acceptance was left to: the one named, else anyone who may change it."""
    acceptor = record.acceptor
    named = acceptor is not None and acceptor.user_id is not None
    return not named or (actor.user is not None and acceptor is not None and acceptor.user_id == actor.user.pk)


def deliverable_begin(*, record: Deliverable, actor: Actor) -> None:
    """Say that it is being worked on."""
    _move(record, (DeliverableState.PLANNED,), DeliverableState.IN_WORK, actor)


def deliverable_submit(*, record: Deliverable, actor: Actor) -> None:
    """Hand it over for acceptance."""
    record.submitted_on = actor.today
    _move(record, OPEN, DeliverableState.SUBMITTED, actor)


def deliverable_accept(*, record: Deliverable, actor: Actor) -> None:
    """Accept it, by its criteria."""
    _decided_by(record, actor)
    record.accepted_on, record.reason = actor.today, ""
    _move(record, (DeliverableState.SUBMITTED,), DeliverableState.ACCEPTED, actor)


def deliverable_reject(*, record: Deliverable, actor: Actor, reason: str) -> None:
    """Send it back, with the reason."""
    _decided_by(record, actor)
    record.reason = reason
    _move(record, (DeliverableState.SUBMITTED,), DeliverableState.REJECTED, actor, note=reason)


def _decided_by(record: Deliverable, actor: Actor) -> None:
    if not may_decide(record, actor):
        raise ValidationError(_("%(name)s accepts this deliverable.") % {"name": record.acceptor})


def _move(record: Deliverable, before: tuple[str, ...], to: str, actor: Actor, *, note: str = "") -> None:
    """Set the state where it follows from the one before. Raises ValidationError."""
    if record.state not in before:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})
    record.state = to
    records.save(record, actor=actor, note=note)


def deliverables_follow(*, before: Plan, plan: Plan, actor: Actor) -> int:
    """Let deliverables that are due with a task of one plan be due with the same task of another; return how many."""
    return follow(Deliverable, "milestone", before=before, after=plan, actor=actor)
