"""The life of a risk: assessed, reviewed, closed, or come true."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.governance.choices import LIVE_RISK, RiskKind, RiskState, Severity
from quarterdeck.apps.governance.models import Issue, Risk, RiskTask
from quarterdeck.apps.governance.services.common import saved
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.records.turning import stated, turned

#: Severity of the issue by the impact of the risk.
SEVERITIES = {5: Severity.CRITICAL, 4: Severity.HIGH, 3: Severity.MEDIUM, 2: Severity.LOW, 1: Severity.LOW}


@transaction.atomic
def risk_save(record: Risk, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a risk. One with a response is being responded to, one without is open."""
    if record.state in (RiskState.OPEN, RiskState.RESPONDING):
        record.state = RiskState.RESPONDING if record.response_kind else RiskState.OPEN
    return saved(record, actor=actor, note=note)


@transaction.atomic
def risk_review(
    *,
    record: Risk,
    review_on: dt.date,
    actor: Actor,
    probability_now: int | None = None,
    impact_now: int | None = None,
    note: str = "",
) -> Change | None:
    """Say how it stands now and when it is looked at again, on a day still to come.

    A percent that was typed gives way to another level of probability. A note on what has not changed is a comment.
    """
    if not record.is_live:
        raise ValidationError(_("%(code)s is over.") % {"code": record.code})
    if review_on <= actor.today:
        raise ValidationError({"review_on": _("Choose a day that is still to come.")})
    record.review_on = review_on
    if probability_now and int(probability_now) != record.now[0]:
        record.chance = None
    record.probability_now = int(probability_now) if probability_now else record.probability_now
    record.impact_now = int(impact_now) if impact_now else record.impact_now
    change = saved(record, actor=actor, note=note.strip())
    if change is None and note.strip():
        comment_add(record=record, body=note, actor=actor)
    return change


@transaction.atomic
def risk_task_save(record: RiskTask, *, actor: Actor, note: str = "") -> Change | None:
    """Name a task that a risk would delay: one of a plan of the same initiative."""
    # A form on which nothing was chosen has neither yet, whatever the columns' types say.
    risk: int | None = record.risk_id
    task: int | None = record.task_id
    if risk is not None and task is not None and record.task.plan.initiative_id != record.risk.initiative_id:
        raise ValidationError({"task": _("That is a task of another project.")})
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def risk_close(*, record: Risk, reason: str, actor: Actor) -> Change | None:
    """Close what cannot happen any more, with the reason."""
    record.closing, record.closed_on = stated(reason, "reason"), actor.today
    return turned(record, since=LIVE_RISK, to=RiskState.CLOSED, actor=actor, note=record.closing)


@transaction.atomic
def risk_reopen(*, record: Risk, reason: str, actor: Actor) -> Change | None:
    """Take up again what was closed."""
    record.closing, record.closed_on = "", None
    to = RiskState.RESPONDING if record.response_kind else RiskState.OPEN
    return turned(record, since=(RiskState.CLOSED,), to=to, actor=actor, note=stated(reason, "reason"))


@transaction.atomic
def risk_occur(*, record: Risk, actor: Actor, due_on: dt.date | None = None, note: str = "") -> Issue:
    """Say that a threat has come true: it becomes an issue that remembers which risk it was. Return the issue."""
    if record.kind != RiskKind.THREAT:
        raise ValidationError(_("An opportunity becomes no issue. Close it, and say what it brought."))
    issue = Issue(
        title=record.title,
        initiative=record.initiative,
        category=record.category,
        severity=SEVERITIES[record.now[1]],
        description=note.strip() or record.event,
        effect=record.effect,
        owner=record.owner,
        raised_on=actor.today,
        due_on=due_on,
        days=record.days,
        cost=record.money_now,
        risk=record,
    )
    record.closed_on = actor.today
    turned(record, since=LIVE_RISK, to=RiskState.OCCURRED, actor=actor, note=note.strip())
    saved(issue, actor=actor, note=_("Was %(code)s.") % {"code": record.code})
    return issue
