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
_MONTHS: Final = {Interval.MONTHLY: 1, Interval.QUARTERLY: 3, Interval.YEARLY: 12}


@transaction.atomic
def stakeholder_save(record: Stakeholder, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a stakeholder."""
    numbered(record, "STK")
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def communication_save(record: Communication, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change what a stakeholder is told."""
    numbered(record, "COM")
    return records.save(record, actor=actor, note=note)


def following(day: dt.date, interval: str, after: dt.date) -> dt.date | None:
    """Return the first day of a rhythm that comes after another day; None where there is just one.

    >>> import datetime as dt
    >>> following(dt.date(2026, 1, 31), "monthly", dt.date(2026, 2, 3))
    datetime.date(2026, 2, 28)
    """
    kind = Interval(interval)
    if kind is Interval.ONCE:
        return None
    step = 0
    found = day
    while found <= after or step == 0:
        step += 1
        found = day + dt.timedelta(days=_DAYS[kind] * step) if kind in _DAYS else _months_on(day, _MONTHS[kind] * step)
    return found


def _months_on(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@transaction.atomic
def contact_log(*, record: Communication, summary: str, actor: Actor, held_on: dt.date | None = None) -> Contact:
    """Write down that the contact was held: the next is due by its rhythm, and one that was due once is over."""
    held = held_on or actor.today
    if held > actor.today:
        raise ValidationError({"held_on": _("A contact is written down once it was held.")})
    if record.state != PlanState.RUNNING:
        raise ValidationError(_("%(code)s has ended.") % {"code": record.code})
    by = Person.objects.filter(user=actor.user).first() if actor.user is not None else None
    contact = Contact(communication=record, held_on=held, due_on=record.next_on, by=by, summary=summary.strip())
    records.save(contact, actor=actor)
    record.last_on = max(held, record.last_on or held)
    coming = following(record.next_on, record.interval, held)
    if coming is None:
        record.state = PlanState.ENDED
    else:
        record.next_on = coming
    records.save(record, actor=actor, note=contact.summary)
    return contact


@transaction.atomic
def communication_end(*, record: Communication, reason: str, actor: Actor) -> Change | None:
    """Stop telling them, and say why."""
    return turned(record, since=(PlanState.RUNNING,), to=PlanState.ENDED, actor=actor, note=stated(reason, "reason"))


@transaction.atomic
def concern_save(record: Concern, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a concern; its days follow from the day of receipt."""
    numbered(record, "CON")
    # A form on which nothing was typed has neither yet, whatever the columns' types say.
    received: dt.date | None = record.received_on
    chosen: int | None = record.initiative_id
    if received is not None and received > actor.today:
        raise ValidationError({"received_on": _("It is entered once it was received.")})
    if received is not None and chosen is not None:
        record.acknowledge_by, record.answer_by = due_days(record.initiative, received)
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
    """Take up again what was thought to be settled."""
    record.closing, record.closed_on, record.agreed = "", None, None
    return turned(
        record,
        since=(ConcernState.CLOSED, ConcernState.ANSWERED),
        to=ConcernState.ACKNOWLEDGED,
        actor=actor,
        note=stated(reason, "reason"),
    )
