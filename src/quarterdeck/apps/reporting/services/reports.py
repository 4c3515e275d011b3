"""Status reports: begun, written, handed in, sent back, published. Each refusal says why.

Whoever reviews takes part by being the sponsor, not by a right to change reports; history keeps who it was.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.organisation.models import Period
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.selectors import reports as selectors
from quarterdeck.apps.reporting.selectors.report_facts import filled
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.notifications.kinds import Channel, Kind, kind
from quarterdeck.kernel.notifications.services import notify

DRAFT, SUBMITTED, PUBLISHED = StatusReport.State
#: What is typed in.
TEXTS = ("summary", "achieved", "next_steps", "decisions")

TO_REVIEW = kind(
    "reporting.to_review",
    title=gettext_lazy("A status report waits for your review"),
    message=gettext_lazy("%(actor)s handed in the status report %(record)s"),
    channel=Channel.DIGEST,
)
SENT_BACK = kind(
    "reporting.sent_back",
    title=gettext_lazy("Your status report is sent back"),
    message=gettext_lazy("%(actor)s sent %(record)s back: %(reason)s"),
    channel=Channel.DIGEST,
)
IS_PUBLISHED = kind(
    "reporting.published",
    title=gettext_lazy("Your status report is published"),
    message=gettext_lazy("%(actor)s published the status report %(record)s"),
)


def address(report: StatusReport) -> str:
    """Return the address of a report's own page."""
    return f"{report.initiative.url}reports/{report.pk}/"


@transaction.atomic
def report_start(*, initiative: Initiative, actor: Actor, period: Period | None = None) -> StatusReport:
    """Begin the report of a period, by default of the one that is due, with its facts filled in.

    Raises ValidationError where every period up to now is reported, or no fiscal calendar has any.
    """
    chosen = period or selectors.period_to_write(initiative, actor.today)
    if chosen is None:
        if selectors.ended_period(actor.today) is None:
            raise ValidationError(
                _("Reports follow the fiscal periods, and there are none yet. Add a fiscal year first.")
            )
        raise ValidationError(_("Every period up to now has its report."))
    if chosen.starts_on > actor.today:
        raise ValidationError({"period": _("The period has not begun.")})
    report = StatusReport(initiative=initiative, period=chosen)
    before = selectors.last_published(initiative, before=chosen.starts_on)
    if before is not None:
        # What was to come next then is where this one begins.
        report.achieved = before.next_steps
    report_save(report, actor=actor)
    return report


@transaction.atomic
def report_save(record: StatusReport, *, actor: Actor, note: str = "") -> Change | None:
    """Keep a draft: a new one gets its facts, its due day and its state; what is handed in is written on no more."""
    stored = StatusReport.objects.filter(pk=record.pk).first() if record.pk else None
    if stored is None:
        record.state = DRAFT
    elif stored.state == SUBMITTED:
        raise ValidationError(_("It is handed in. It can be changed once it is sent back."))
    elif stored.state == PUBLISHED:
        raise ValidationError(_("What is published stands. Say what is new in the next report."))
    about = (record.initiative_id, record.period_id)
    if stored is None or about != (stored.initiative_id, stored.period_id):
        record.full_clean(exclude=["due_on"])
        _fill(record, actor)
        if stored is not None and record.due_on == stored.due_on:
            record.due_on = None
    if record.due_on is None:
        record.due_on = selectors.due_day(record.period)
    return records.save(record, actor=actor, note=note)


def _fill(record: StatusReport, actor: Actor) -> None:
    found = filled(record.initiative, record.period, today=actor.today)
    record.facts, record.facts_on, record.health = found.facts, found.on, found.health
    record.currency = found.currency
    for name in AMOUNTS:
        setattr(record, name, found.amounts.get(name))
    record.previous = selectors.last_published(record.initiative, before=record.period.starts_on)


@transaction.atomic
def report_refresh(*, record: StatusReport, actor: Actor) -> Change | None:
    """Fill the facts of a draft in anew."""
    if record.state != DRAFT:
        raise ValidationError(_("What is handed in keeps the facts with which it was."))
    _fill(record, actor)
    return records.save(record, actor=actor)


@transaction.atomic
def report_submit(*, record: StatusReport, actor: Actor) -> Change | None:
    """Hand a draft in: its facts are filled in a last time and stay; whoever reviews is told."""
    if record.state != DRAFT:
        raise ValidationError(_("It is handed in already."))
    if not record.summary.strip():
        raise ValidationError({"summary": _("Write the summary first: how it stands, and why.")})
    _fill(record, actor)
    record.state, record.submitted_at, record.submitted_by = SUBMITTED, actor.now, actor.user
    record.returned_reason, record.reviewed_at, record.reviewed_by = "", None, None
    change = records.save(record, actor=actor, note=_("Handed in."))
    _tell(record, TO_REVIEW, actor, *selectors.reviewers(record.initiative, actor.today))
    return change


@transaction.atomic
def report_send_back(*, record: StatusReport, reason: str, actor: Actor) -> Change | None:
    """Give a report back to be written on, saying why; whoever handed it in is told."""
    _reviewing(record, actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is missing.")})
    author = record.submitted_by
    record.state, record.returned_reason = DRAFT, reason.strip()
    record.reviewed_at, record.reviewed_by = actor.now, actor.user
    change = records.save(record, actor=_entitled(actor), note=reason.strip())
    if author is not None:
        _tell(record, SENT_BACK, actor, author, reason=reason.strip()[:200])
    return change


@transaction.atomic
def report_publish(*, record: StatusReport, actor: Actor) -> Change | None:
    """Publish a report: from here it stands as it is; whoever handed it in, and the manager, are told."""
    _reviewing(record, actor)
    record.state, record.published_at = PUBLISHED, actor.now
    record.reviewed_at, record.reviewed_by = actor.now, actor.user
    change = records.save(record, actor=_entitled(actor), note=_("Published."))
    answers = led([record.initiative], actor.today)[0].owner
    _tell(record, IS_PUBLISHED, actor, *(user for user in (record.submitted_by, answers) if user is not None))
    return change


@transaction.atomic
def report_remove(record: StatusReport, *, actor: Actor, note: str = "") -> Change:
    """Remove a draft; what is handed in or published stays."""
    if record.state != DRAFT:
        raise ValidationError(_("Only drafts are removed; this one is handed in."))
    return records.delete(record, actor=actor, note=note)


def _reviewing(record: StatusReport, actor: Actor) -> None:
    """Refuse whoever does not review this, and what does not wait for it."""
    if record.state != SUBMITTED:
        raise ValidationError(_("It does not wait for a review: it is %(state)s.") % {"state": _state(record)})
    if not selectors.may_review(record, actor):
        if actor.user is not None and record.submitted_by_id == actor.user.pk:
            raise AccessDenied(_("Nobody reviews what they handed in themselves."))
        raise AccessDenied(_("The sponsor reviews it, or whoever keeps the reports here."))


def _state(record: StatusReport) -> str:
    return str(StatusReport.State(record.state).label).lower()


def _entitled(actor: Actor) -> Actor:
    """Return the actor with the right that the service has found."""
    return replace(actor, unlimited=True, batch=actor.batch or uuid.uuid4())


def _tell(record: StatusReport, what: Kind, actor: Actor, *users: User, **values: str) -> None:
    told = {user.pk: user for user in users}
    notify(
        told.values(),
        kind=what,
        actor=actor,
        values={"record": str(record), **values},
        record=record,
        url=address(record),
    )
