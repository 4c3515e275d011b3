"""Changes of state, each with its guard and its reason."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.choices import Authority
from quarterdeck.apps.portfolio.choices import ENDED, SPONSOR, State, stages_of
from quarterdeck.apps.portfolio.events import InitiativeStateChanged
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import manager_role, missing_roles
from quarterdeck.apps.portfolio.selectors.tree import office_of
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


def lacking(record: Initiative, *, on: dt.date) -> list[str]:
    """Return in words what an initiative lacks to be active: purpose, dates, sponsor, manager."""
    missing = []
    if not record.purpose.strip():
        missing.append(_("a purpose"))
    if record.planned_start is None or record.planned_finish is None:
        missing.append(_("planned start and finish"))
    absent = missing_roles(record, on=on)
    if SPONSOR in absent:
        missing.append(_("a sponsor"))
    if manager_role(record) in absent:
        missing.append(_("a manager"))
    return missing


def _turn(record: Initiative, *, to: State, since: tuple[State, ...], actor: Actor, note: str) -> Change | None:
    """Change the state, saying why; refuse from a state that does not lead there."""
    before = State(record.state)
    if before not in since:
        raise ValidationError(
            _("%(record)s is %(state)s; that cannot be done now.") % {"record": record, "state": before.label.lower()}
        )
    record.state, record.state_since, record.state_reason = to, actor.today, note
    change = records.save(record, actor=actor, note=note)
    events.publish(InitiativeStateChanged(record.pk, before.value, to.value))
    return change


@transaction.atomic
def initiative_activate(*, record: Initiative, actor: Actor, note: str = "") -> Change | None:
    """Start the work: from pipeline to active.

    Refused while purpose, dates, sponsor or manager are missing, naming them. Where the office that serves it is
    supportive, history notes the gaps instead, and the watch finds them.
    """
    missing = lacking(record, on=actor.today)
    office = office_of(record, on=actor.today)
    if missing and (office is None or office.authority != Authority.SUPPORTIVE):
        raise ValidationError(
            _("%(record)s cannot start without %(missing)s.") % {"record": record, "missing": ", ".join(missing)}
        )
    record.actual_start = record.actual_start or actor.today
    stages = stages_of(record.method)
    if not record.stage and stages:
        record.stage = stages[0]
    gaps = _("Started without %(missing)s.") % {"missing": ", ".join(missing)} if missing else ""
    reason = " ".join(part for part in (note.strip(), gaps) if part)
    return _turn(record, to=State.ACTIVE, since=(State.PIPELINE,), actor=actor, note=reason)


@transaction.atomic
def initiative_hold(*, record: Initiative, reason: str, review_on: dt.date, actor: Actor) -> Change | None:
    """Pause the work until it is looked at again, on a day still to come."""
    if review_on <= actor.today:
        raise ValidationError({"review_on": _("Choose a day that is still to come.")})
    record.review_on = review_on
    return _turn(record, to=State.ON_HOLD, since=(State.ACTIVE, State.PIPELINE), actor=actor, note=_stated(reason))


@transaction.atomic
def initiative_resume(*, record: Initiative, actor: Actor, note: str = "") -> Change | None:
    """Go on after a hold: active if it had started, else back to the pipeline."""
    record.review_on = None
    to = State.ACTIVE if record.actual_start else State.PIPELINE
    return _turn(record, to=to, since=(State.ON_HOLD,), actor=actor, note=note)


@transaction.atomic
def initiative_complete(
    *, record: Initiative, actor: Actor, finished_on: dt.date | None = None, note: str = ""
) -> Change | None:
    """Close what is done; nothing below may still be open."""
    finished_on = finished_on or actor.today
    open_ = list(record.children.exclude(state__in=ENDED).values_list("code", flat=True)[:6])
    if open_:
        raise ValidationError(
            _("Parts are still open: %(codes)s. Complete or cancel them first.") % {"codes": ", ".join(open_)}
        )
    if finished_on > actor.today:
        raise ValidationError({"finished_on": _("The finish cannot be in the future.")})
    record.actual_finish = finished_on
    if record.actual_start is None or record.actual_start > finished_on:
        record.actual_start = min(record.planned_start or finished_on, finished_on)
    stages = stages_of(record.method)
    record.stage = stages[-1] if stages else record.stage
    return _turn(record, to=State.COMPLETED, since=(State.ACTIVE,), actor=actor, note=note)


@transaction.atomic
def initiative_cancel(*, record: Initiative, reason: str, actor: Actor) -> Change | None:
    """Stop for good, with the reason; nothing below may still be open."""
    open_ = list(record.children.exclude(state__in=ENDED).values_list("code", flat=True)[:6])
    if open_:
        raise ValidationError(
            _("Parts are still open: %(codes)s. Complete or cancel them first.") % {"codes": ", ".join(open_)}
        )
    started = (State.PIPELINE, State.ACTIVE, State.ON_HOLD)
    return _turn(record, to=State.CANCELLED, since=started, actor=actor, note=_stated(reason))


@transaction.atomic
def initiative_reopen(*, record: Initiative, reason: str, actor: Actor) -> Change | None:
    """Take up again what was completed or cancelled."""
    record.actual_finish = None
    to = State.ACTIVE if record.actual_start else State.PIPELINE
    return _turn(record, to=to, since=(State.COMPLETED, State.CANCELLED), actor=actor, note=_stated(reason))


def _stated(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return reason.strip()
