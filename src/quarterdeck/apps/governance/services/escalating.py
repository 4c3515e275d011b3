"""Bringing a risk or an issue before the level above, and bringing the answer back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.governance.choices import LIVE_ISSUE, LIVE_RISK, IssueState, RiskState
from quarterdeck.apps.governance.models import Issue, Risk
from quarterdeck.apps.governance.services.common import person_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, record_type, refusal
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.turning import stated, turned


def may_answer(record: Risk | Issue, actor: Actor) -> bool:
    """Tell whether the actor may answer an escalated record: who may change such records at the level asked."""
    above = record.escalated_to
    waits = record.state == (RiskState.ESCALATED if isinstance(record, Risk) else IssueState.ESCALATED)
    return waits and above is not None and actor.can("change", record_type(record), above.scope.path)


@transaction.atomic
def escalate(*, record: Risk | Issue, question: str, actor: Actor) -> Change | None:
    """Ask the level above; what waits there already goes one level further up.

    Raises ValidationError at the top of the tree, or where it is over.
    """
    waits = record.state == RiskState.ESCALATED
    here = record.escalated_to if waits and record.escalated_to is not None else record.initiative
    if here.parent is None:
        raise ValidationError(_("Nothing stands above %(name)s.") % {"name": here.name})
    record.escalated_to, record.escalated_on = here.parent, actor.today
    record.question = stated(question, "question")
    record.answer, record.answered_on, record.answered_by = "", None, None
    since = LIVE_RISK if isinstance(record, Risk) else LIVE_ISSUE
    note = _("To %(name)s: %(question)s") % {"name": here.parent.name, "question": record.question}
    return turned(record, since=since, to=RiskState.ESCALATED, actor=actor, note=note)


@transaction.atomic
def answer(*, record: Risk | Issue, answer: str, actor: Actor) -> Change | None:
    """Answer what was asked and give it back to whoever owns it. Raises AccessDenied for the level below."""
    if not may_answer(record, actor):
        raise AccessDenied(refusal("change", type(record)))
    record.answer = stated(answer, "answer")
    record.answered_on, record.answered_by = actor.today, person_of(actor)
    if isinstance(record, Risk):
        back: str = RiskState.RESPONDING if record.response_kind else RiskState.OPEN
    else:
        back = IssueState.IN_HAND
    return turned(record, since=(RiskState.ESCALATED,), to=back, actor=actor, note=record.answer)
