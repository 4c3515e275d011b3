"""The verbs: ask, delegate, decide, withdraw, remind.

The right to each comes from one's part in the approval, not from a role; history keeps who did it. Viewing as someone,
and API tokens that do not cover approvals, change nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel import events
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.policy import AccessDenied, may, record_type
from quarterdeck.kernel.approvals import kinds
from quarterdeck.kernel.approvals.decisions import carry_out
from quarterdeck.kernel.approvals.events import Decided
from quarterdeck.kernel.approvals.models import Answer, Approval, Rule, State, Step
from quarterdeck.kernel.notifications.kinds import Kind
from quarterdeck.kernel.notifications.messages import Text, pack, source
from quarterdeck.kernel.notifications.services import notify
from quarterdeck.kernel.records import write


def _entitled(actor: Actor) -> Actor:
    """Return the actor, with the right that the service has found; one act for history."""
    return replace(actor, unlimited=True, batch=actor.batch or uuid.uuid4())


@transaction.atomic
def request_approval(
    *,
    kind: str,
    subject: models.Model,
    title: str,
    approvers: Sequence[User],
    actor: Actor,
    scope: Scope | None = None,
    rule: str = Rule.ALL,
    quorum: int | None = None,
    due_on: dt.date | None = None,
    url: str = "",
    note: str = "",
    cost: Text = "",
    cost_values: Mapping[str, Any] | None = None,
    own: bool = False,
) -> Approval:
    """Ask approvers, tell them, and return the approval. The calling service has checked that the actor may ask.

    Nobody approves their own request unless `own`. `quorum` is how many approvals the rule "quorum" needs. `cost` is a
    lazy translation saying what waiting costs, filled from `cost_values`. Raises ValidationError.
    """
    people = list({user.pk: user for user in approvers}.values())
    if not people or not all(user.is_active for user in people):
        raise ValidationError({"approvers": _("Name at least one approver; each must be an active user.")})
    if not own and actor.user is not None and actor.user in people:
        raise ValidationError({"approvers": _("Nobody approves their own request.")})
    needed = {Rule.ANY: 1, Rule.ALL: len(people), Rule.QUORUM: quorum or 0}[Rule(rule)]
    if not 1 <= needed <= len(people):
        raise ValidationError({"needed": _("The number of approvals needed is between 1 and %d.") % len(people)})
    acting = _entitled(actor)
    approval = Approval(
        kind=kind,
        title=title[:300],
        note=note,
        record_type=record_type(subject),
        record_id=subject.pk,
        record_label=str(subject)[:300],
        url=url,
        scope=scope,
        requested_by=actor.user,
        requested_at=actor.now,
        due_on=due_on,
        cost=source(cost)[:300],
        cost_values=pack(cost_values or {}),
        rule=rule,
        needed=needed,
    )
    write.save(approval, actor=acting, note=note)
    for user in people:
        write.save(Step(approval=approval, approver=user), actor=acting)
    _tell(people, kinds.ASKED, approval, actor)
    return approval


def _tell(users: Sequence[User], kind: Kind, approval: Approval, actor: Actor) -> None:
    values = {"title": approval.title, "due": approval.due_on}
    notify(users, kind=kind, actor=actor, values=values, record=approval, url=approval.page)


def _open(pk: int) -> Approval:
    """Return the approval, locked, or raise when it is over: two answers at once are taken one after the other."""
    approval = Approval.objects.select_for_update(of=("self",)).get(pk=pk)
    if approval.state != State.WAITING:
        raise ValidationError(
            _("This was %(state)s meanwhile.") % {"state": approval.get_state_display().lower()}, code="over"
        )
    return approval


def _mine(step: Step, actor: Actor) -> tuple[Approval, Step]:
    approval = _open(step.approval_id)
    found = Step.objects.select_related("approver").get(pk=step.pk)
    if actor.user is None or actor.read_only or found.approver_id != actor.user.pk:
        raise AccessDenied(_("Only the approver can do this."))
    if found.state != Answer.WAITING:
        raise ValidationError(_("You have answered this already."), code="over")
    found.approval = approval
    return approval, found


@transaction.atomic
def decide(*, step: Step, approve: bool, actor: Actor, note: str = "") -> Approval:
    """Record the actor's answer; when the rule is met, or cannot be met any more, the approval is decided.

    A refusal needs a note. Raises AccessDenied for anyone but the approver, ValidationError when it is over.
    """
    if not approve and not note.strip():
        raise ValidationError({"note": _("Say why you decline.")})
    approval, mine = _mine(step, actor)
    acting = _entitled(actor)
    mine.state, mine.note, mine.decided_at = Answer.APPROVED if approve else Answer.DECLINED, note.strip(), actor.now
    write.save(mine, actor=acting, note=note.strip())
    outcome = _outcome(approval)
    if outcome is not None:
        _close(approval, outcome, acting, note.strip())
        kind = kinds.APPROVED if outcome == State.APPROVED else kinds.DECLINED
        if approval.requested_by is not None:
            _tell([approval.requested_by], kind, approval, actor)
    return approval


def _outcome(approval: Approval) -> State | None:
    answers = list(Step.objects.filter(approval=approval).values_list("state", flat=True))
    if answers.count(Answer.APPROVED) >= approval.needed:
        return State.APPROVED
    if len(answers) - answers.count(Answer.DECLINED) < approval.needed:
        return State.DECLINED
    return None


def _close(approval: Approval, outcome: State, acting: Actor, note: str) -> None:
    """End the approval: pass over who has not answered, let the handler of the kind act, tell the house."""
    for step in Step.objects.filter(approval=approval, state=Answer.WAITING):
        step.state = Answer.PASSED
        write.save(step, actor=acting)
    approval.state, approval.decided_at = outcome, acting.now
    write.save(approval, actor=acting, note=note)
    carry_out(approval, acting)
    events.publish(Decided(approval.pk, approval.kind, approval.record_type, approval.record_id, str(outcome)))


@transaction.atomic
def delegate(*, step: Step, to: User, actor: Actor, note: str = "") -> Step:
    """Hand the actor's part to someone else, who is told. Raises AccessDenied; ValidationError for an unfit person."""
    approval, mine = _mine(step, actor)
    if not to.is_active:
        raise ValidationError({"to": _("%(name)s does not use Quarterdeck any more.") % {"name": to}})
    if to.pk == approval.requested_by_id:
        raise ValidationError({"to": _("Nobody approves their own request.")})
    if Step.objects.filter(approval=approval, approver=to).exists():
        raise ValidationError({"to": _("%(name)s is an approver already.") % {"name": to}})
    mine.delegated_from, mine.approver = mine.approver, to
    write.save(mine, actor=_entitled(actor), note=note.strip())
    _tell([to], kinds.DELEGATED, approval, actor)
    return mine


def may_withdraw(approval: Approval, *, actor: Actor) -> bool:
    """Tell whether the actor may take the question back: who asked it, or who may change approvals at its node."""
    if actor.read_only:
        return False
    asked = actor.user is not None and approval.requested_by_id == actor.user.pk
    return asked or may(actor, "change", approval)


@transaction.atomic
def withdraw(*, approval: Approval, actor: Actor, note: str = "") -> Approval:
    """Take the question back and tell those who had not answered. Raises AccessDenied; ValidationError when over."""
    found = _open(approval.pk)
    if not may_withdraw(found, actor=actor):
        raise AccessDenied(_("Only who asked can withdraw this."))
    waiting = _waiting(found)
    _close(found, State.WITHDRAWN, _entitled(actor), note.strip())
    _tell(waiting, kinds.WITHDRAWN, found, actor)
    return found


def _waiting(approval: Approval) -> list[User]:
    return list(User.objects.filter(approval_steps__approval=approval, approval_steps__state=Answer.WAITING))


@transaction.atomic
def remind(*, approval: Approval, actor: Actor) -> int:
    """Remind those who have not answered, at most once a day; return how many were told. Raises as `withdraw`."""
    found = _open(approval.pk)
    if not may_withdraw(found, actor=actor):
        raise AccessDenied(_("Only who asked can remind."))
    if found.reminded_at is not None and actor.at(found.reminded_at).today == actor.today:
        return 0
    found.reminded_at = actor.now
    write.save(found, actor=_entitled(actor))
    people = _waiting(found)
    _tell(people, kinds.REMINDED, found, actor)
    return len(people)
