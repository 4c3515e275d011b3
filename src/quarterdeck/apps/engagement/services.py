"""Writing stakeholders, the contacts with them, and the life of a concern."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.engagement.choices import OPEN, WAITING, ConcernState, Interval, PlanState
from quarterdeck.apps.engagement.models import Communication, Concern, Contact, Stakeholder
from quarterdeck.apps.engagement.selectors import due_days
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.coded import numbered
from quarterdeck.kernel.records.turning import stated, turned

_DAYS: Final = {Interval.WEEKLY: 7, Interval.FORTNIGHTLY: 14}
#: First and last year in which a contact or concern may lie; the engine's calendars know no others.
YEARS: Final = (1900, 2199)
_MONTHS: Final = {Interval.MONTHLY: 1, Interval.QUARTERLY: 3, Interval.YEARLY: 12}


@transaction.atomic
def stakeholder_save(record: Stakeholder, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a stakeholder."""
    numbered(record, "STK")
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def communication_save(record: Communication, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change what a stakeholder is told; a day that is none of its rhythm begins the rhythm anew."""
    numbered(record, "COM")
    # A form on which nothing was typed has none yet, whatever the column's type says.
    coming: dt.date | None = record.next_on
    if coming is not None and record.interval in Interval.values:
        _in_reach(coming, "next_on")
        anchor = record.anchor_on or coming
        rhythmic = anchor < coming == following(anchor, record.interval, coming - dt.timedelta(days=1))
        record.anchor_on = anchor if rhythmic else coming
    return records.save(record, actor=actor, note=note)


def following(day: dt.date, interval: str, after: dt.date) -> dt.date | None:
    """Return the first day of a rhythm that comes after another day; None where there is just one.

    It is counted from the day on which the rhythm began, so that one of the month's end stays there.

    >>> import datetime as dt
    >>> following(dt.date(2026, 1, 31), "monthly", dt.date(2026, 2, 28))
    datetime.date(2026, 3, 31)
    """
    kind = Interval(interval)
    if kind is Interval.ONCE:
        return None
    step = 1
    while (found := _step(day, kind, step)) <= after:
        step += 1
    return found


def _step(day: dt.date, kind: Interval, steps: int) -> dt.date:
    """Return the day some steps of a rhythm after the one on which it began, or before it."""
    if kind in _DAYS:
        return day + dt.timedelta(days=_DAYS[kind] * steps)
    year, month = divmod(day.year * 12 + day.month - 1 + _MONTHS[kind] * steps, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _in_reach(day: dt.date, field: str) -> None:
    """Refuse a day whose year was mistyped. Raises ValidationError at the field."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValidationError({field: _("Check the year: %(year)04d.") % {"year": day.year}})


@transaction.atomic
def contact_log(*, record: Communication, summary: str, actor: Actor, held_on: dt.date | None = None) -> Contact:
    """Note a contact that was held: the next is due by its rhythm, and one that was due once is over.

    See `contact_save` for one that was held before the one that is due.
    """
    by = Person.objects.filter(user=actor.user).first() if actor.user is not None else None
    contact = Contact(communication=record, held_on=held_on or actor.today, by=by, summary=summary.strip())
    contact_save(contact, actor=actor)
    return contact


@transaction.atomic
def contact_save(record: Contact, *, actor: Actor, note: str = "") -> Change | None:
    """Write down a contact that was held, or put right what was written down.

    A new one answers the one that is due where it was held after the one before that; of what is due once, where it was
    held on its day or later, or today. An earlier one is kept and leaves what is due as it is; so does one that Undo
    brings back.
    """
    held: dt.date | None = record.held_on
    chosen: int | None = record.communication_id
    if held is None or chosen is None:
        return records.save(record, actor=actor, note=note)  # refused, naming what is missing
    _in_reach(held, "held_on")
    if held > actor.today:
        raise ValidationError({"held_on": _("A contact is written down once it was held.")})
    plan = record.communication
    if record._state.adding and actor.via != "undo":
        if plan.state != PlanState.RUNNING:
            raise ValidationError(_("%(code)s has ended.") % {"code": plan.code})
        if _answers(plan, held, actor.today):
            record.due_on = plan.next_on
            coming = following(plan.anchor_on or plan.next_on, plan.interval, max(held, plan.next_on))
            plan.anchor_on = plan.anchor_on or plan.next_on
            plan.state = PlanState.ENDED if coming is None else plan.state
            plan.next_on = coming or plan.next_on
    elif Contact.objects.filter(pk=record.pk).exclude(communication=chosen).exists():
        raise ValidationError({"communication": _("A contact stays with what it was held for.")})
    change = records.save(record, actor=actor, note=note)
    _last(plan, actor, note=record.summary)
    return change


@transaction.atomic
def contact_remove(record: Contact, *, actor: Actor, note: str = "") -> Change | None:
    """Remove a contact that was never held; what is due stays as it is."""
    plan = record.communication
    change = records.delete(record, actor=actor, note=note)
    _last(plan, actor)
    return change


def _answers(plan: Communication, held: dt.date, today: dt.date) -> bool:
    """Tell whether a contact held on a day is the one that is due."""
    kind = Interval(plan.interval)
    if kind is Interval.ONCE:
        return held >= plan.next_on or held == today
    anchor, step = plan.anchor_on or plan.next_on, 0
    while _step(anchor, kind, step) < plan.next_on:
        step += 1
    return held > _step(anchor, kind, step - 1)


def _last(plan: Communication, actor: Actor, note: str = "") -> None:
    """Note when they were last spoken to, and save the plan."""
    plan.last_on = plan.contacts.order_by("-held_on").values_list("held_on", flat=True).first()
    records.save(plan, actor=actor, note=note)


@transaction.atomic
def communication_end(*, record: Communication, reason: str, actor: Actor) -> Change | None:
    """Stop telling them, and say why."""
    return turned(record, since=(PlanState.RUNNING,), to=PlanState.ENDED, actor=actor, note=stated(reason, "reason"))


@transaction.atomic
def concern_save(record: Concern, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a concern; its days follow from the day of receipt and the calendar of its initiative's unit.

    They are counted anew where one of the two changes; from then on its answer stays due as it was after a reopening.
    """
    numbered(record, "CON")
    # A form on which nothing was typed has neither yet, whatever the columns' types say.
    received: dt.date | None = record.received_on
    chosen: int | None = record.initiative_id
    if received is not None:
        _in_reach(received, "received_on")
        if received > actor.today:
            raise ValidationError({"received_on": _("It is entered once it was received.")})
    stored = Concern.objects.filter(pk=record.pk).values_list("received_on", "initiative").first()
    if received is not None and chosen is not None and stored != (received, chosen):
        record.acknowledge_by, answer_by = due_days(record.initiative, received)
        record.answer_by = answer_by if record.reopened_on is None else record.answer_by
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def concern_acknowledge(*, record: Concern, actor: Actor) -> Change | None:
    """Say that whoever raised it knows that it is dealt with."""
    record.acknowledged_on = actor.today
    return turned(record, since=(ConcernState.RECEIVED,), to=ConcernState.ACKNOWLEDGED, actor=actor)


@transaction.atomic
def concern_answer(*, record: Concern, redress: str, actor: Actor) -> Change | None:
    """Say what redress was offered; one not acknowledged before is so by the answer."""
    record.redress, record.answered_on = stated(redress, "redress"), actor.today
    record.acknowledged_on = record.acknowledged_on or actor.today
    return turned(record, since=WAITING, to=ConcernState.ANSWERED, actor=actor, note=record.redress)


@transaction.atomic
def concern_close(*, record: Concern, agreed: bool, closing: str, actor: Actor) -> Change | None:
    """Close it, with the agreement of whoever raised it or without, and say how it ended.

    Only what was answered is closed with agreement.
    """
    if agreed and record.state != ConcernState.ANSWERED:
        raise ValidationError({"agreed": _("Offer redress first: nobody has agreed to anything yet.")})
    record.closing, record.closed_on, record.agreed = stated(closing, "closing"), actor.today, agreed
    return turned(record, since=OPEN, to=ConcernState.CLOSED, actor=actor, note=record.closing)


@transaction.atomic
def concern_reopen(*, record: Concern, reason: str, actor: Actor) -> Change | None:
    """Take up again what was thought to be settled; the days to answer it begin anew."""
    record.closing, record.closed_on, record.agreed = "", None, None
    record.reopened_on, record.answer_by = actor.today, due_days(record.initiative, actor.today)[1]
    return turned(
        record,
        since=(ConcernState.CLOSED, ConcernState.ANSWERED),
        to=ConcernState.ACKNOWLEDGED,
        actor=actor,
        note=stated(reason, "reason"),
    )
