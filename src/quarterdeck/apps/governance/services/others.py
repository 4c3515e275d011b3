"""Assumptions shown or refuted, decisions recorded, actions done."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.governance.choices import (
    LIVE_ACTION,
    ActionState,
    AssumptionState,
    DecisionState,
    Severity,
)
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue
from quarterdeck.apps.governance.services.common import person_of, saved
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.turning import stated, turned


@transaction.atomic
def assumption_save(record: Assumption, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an assumption."""
    return saved(record, actor=actor, note=note)


@transaction.atomic
def assumption_confirm(*, record: Assumption, finding: str, actor: Actor) -> Change | None:
    """Say that it holds, and how that is known."""
    record.finding, record.shown_on = stated(finding, "finding"), actor.today
    since = (AssumptionState.OPEN,)
    return turned(record, since=since, to=AssumptionState.CONFIRMED, actor=actor, note=record.finding)


@transaction.atomic
def assumption_refute(*, record: Assumption, finding: str, actor: Actor, raise_issue: bool = True) -> Issue | None:
    """Say that it does not hold, and raise what follows as an issue unless nothing does. Return the issue."""
    record.finding, record.shown_on = stated(finding, "finding"), actor.today
    since = (AssumptionState.OPEN, AssumptionState.CONFIRMED)
    turned(record, since=since, to=AssumptionState.WRONG, actor=actor, note=record.finding)
    if not raise_issue:
        return None
    issue = Issue(
        title=_("Wrong: %(title)s") % {"title": record.title[:180]},
        initiative=record.initiative,
        severity=Severity.HIGH,
        description=record.finding,
        effect=record.if_wrong,
        owner=record.owner,
        raised_on=actor.today,
    )
    saved(issue, actor=actor, note=_("Was %(code)s.") % {"code": record.code})
    return issue


@transaction.atomic
def decision_save(record: Decision, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a decision. What it replaces is another of the same initiative, which holds no more from when
    this one is made; what it replaces no longer holds again.
    """
    if record.replaces is not None and record.replaces.initiative_id != record.initiative_id:
        raise ValidationError({"replaces": _("That is a decision of another initiative.")})
    if _leads_back(record):
        raise ValidationError({"replaces": _("A decision replaces another one, not itself.")})
    stored = Decision.objects.filter(pk=record.pk).select_related("replaces").first()
    before = stored.replaces if stored is not None else None
    change = saved(record, actor=actor, note=note)
    if record.state != DecisionState.WANTED and (before is None or before.pk != record.replaces_id):
        _let_go(before, record, actor)
        _replace(record, actor)
    return change


@transaction.atomic
def decision_remove(record: Decision, *, actor: Actor, note: str = "") -> Change | None:
    """Remove a decision; what it replaced holds again."""
    change = records.delete(record, actor=actor, note=note)
    _let_go(record.replaces, record, actor)
    return change


def _let_go(old: Decision | None, by: Decision, actor: Actor) -> None:
    """Let hold again what a decision replaces no longer, unless another that was made replaces it."""
    if old is None or old.state != DecisionState.REPLACED:
        return
    if not old.replaced_by.exclude(state=DecisionState.WANTED).exists():
        back = DecisionState.DECIDED if old.decided_on is not None else DecisionState.WANTED
        note = _("No longer replaced by %(code)s.") % {"code": by.code}
        turned(old, since=(DecisionState.REPLACED,), to=back, actor=actor, note=note)


def _leads_back(record: Decision) -> bool:
    """Tell whether what a decision replaces, and what that replaces in turn, comes back to it."""
    seen: set[int] = set()
    above = record.replaces
    while above is not None and above.pk not in seen:
        if above.pk == record.pk:
            return True
        seen.add(above.pk)
        above = above.replaces
    return False


def _replace(record: Decision, actor: Actor) -> None:
    old = record.replaces
    if old is not None and old.state != DecisionState.REPLACED:
        note = _("Replaced by %(code)s.") % {"code": record.code}
        turned(old, since=(old.state,), to=DecisionState.REPLACED, actor=actor, note=note)


@transaction.atomic
def decision_record(*, record: Decision, outcome: str, reason: str, actor: Actor) -> Change | None:
    """Write down what was decided and why; the decision that it replaces holds no more."""
    record.outcome, record.reason = stated(outcome, "outcome"), stated(reason, "reason")
    record.decided_on = actor.today
    record.owner = record.owner or person_of(actor)
    change = turned(record, since=(DecisionState.WANTED,), to=DecisionState.DECIDED, actor=actor, note=record.reason)
    _replace(record, actor)
    return change


@transaction.atomic
def action_save(record: Action, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an action; it is of the initiative of what it follows from."""
    sources = [one for one in (record.risk, record.issue, record.assumption, record.decision) if one is not None]
    # Of a form on which nothing was chosen there is none yet, whatever the column's type says.
    chosen: int | None = record.initiative_id
    if chosen is None and not sources:
        raise ValidationError({"initiative": _("Choose an initiative, or what it follows from.")})
    if chosen is None:
        record.initiative = sources[0].initiative
    if any(one.initiative_id != record.initiative_id for one in sources):
        raise ValidationError({"initiative": _("It is of the initiative of what it follows from.")})
    return saved(record, actor=actor, note=note)


@transaction.atomic
def action_start(*, record: Action, actor: Actor) -> Change | None:
    """Say that it is being done."""
    return turned(record, since=(ActionState.OPEN,), to=ActionState.IN_HAND, actor=actor)


@transaction.atomic
def action_done(*, record: Action, actor: Actor, outcome: str = "") -> Change | None:
    """Say that it is done, and what came of it."""
    record.outcome, record.done_on = outcome.strip(), actor.today
    return turned(record, since=LIVE_ACTION, to=ActionState.DONE, actor=actor, note=record.outcome)


@transaction.atomic
def action_drop(*, record: Action, reason: str, actor: Actor) -> Change | None:
    """Say that it will not be done, and why."""
    record.outcome = stated(reason, "reason")
    return turned(record, since=LIVE_ACTION, to=ActionState.DROPPED, actor=actor, note=record.outcome)


@transaction.atomic
def action_reopen(*, record: Action, reason: str, actor: Actor) -> Change | None:
    """Take up again what was thought to be over."""
    record.outcome, record.done_on = "", None
    over = (ActionState.DONE, ActionState.DROPPED)
    return turned(record, since=over, to=ActionState.IN_HAND, actor=actor, note=stated(reason, "reason"))
