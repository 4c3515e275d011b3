"""The life of breach cases: noticed, answered with a remedy, followed up, closed; disputed and excused."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import ANSWER, BREACH, LIVE, BreachState
from quarterdeck.apps.suppliers.models import BreachCase
from quarterdeck.apps.suppliers.models.breaches import HAND
from quarterdeck.apps.suppliers.selectors.clocks import cure_until
from quarterdeck.apps.suppliers.services.credits import give_room, locked, reckon_credit
from quarterdeck.apps.suppliers.services.notices import drafted
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.codes import next_code

#: What a case is about.
_FACTS: Final = ("level_id", "first_day", "last_day", "met", "missed")


@transaction.atomic
def breach_save(record: BreachCase, *, actor: Actor, note: str = "") -> Change | None:
    """Open a case by hand, or change one: its facts while nobody was told, its notice while it is a draft.

    What the evaluation found is changed by its records alone.
    """
    if record._state.adding:
        return _opened(record, actor, note)
    stored = BreachCase.objects.get(pk=record.pk)
    facts = any(getattr(stored, name) != getattr(record, name) for name in _FACTS)
    if facts:
        if not stored.by_hand:
            raise ValidationError(_("Its figures follow its service records; change those."))
        if stored.state != BreachState.OPEN:
            raise ValidationError(_("The supplier was told; its facts stay as they were."))
        record.target, record.achieved = record.level.target, _achieved(record)
        _credited(record)
    if _plain(record.notice) == _plain(stored.notice):
        record.notice = stored.notice  # a form sends line ends of its own
    changed = (stored.notice, stored.notice_subject) != (record.notice, record.notice_subject)
    if changed and stored.noticed_on is not None:
        raise ValidationError({"notice": _("The notice was sent; it stays as it was.")})
    record.notice_edited = stored.notice_edited or changed
    if facts and not record.notice_edited:
        record.notice_subject, record.notice = drafted(record, record.level, record.opened_on)
    return records.save(record, actor=actor, note=note)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _opened(record: BreachCase, actor: Actor, note: str) -> Change | None:
    """Number a case that is opened by hand, and draft its notice unless it has one."""
    level = record.level
    if not record.code:  # one that an Undo brings back has its own
        record.code = next_code(BREACH)
        record.key = f"{HAND}{record.code}"
        record.opened_on, record.target = actor.today, level.target
        record.achieved = _achieved(record)
        record.notice_edited = bool(record.notice_subject or record.notice)
        _credited(record)
    record.owner = record.owner or level.contract.owner or level.contract.supplier.owner
    subject, body = drafted(record, level, actor.today)
    record.notice_subject, record.notice = record.notice_subject or subject, record.notice or body
    return records.save(record, actor=actor, note=note)


def _credited(record: BreachCase) -> None:
    """Give a case that somebody opened the credit of its figures."""
    if getattr(record, "last_day", None) is None:
        return  # the check of the fields says so
    cases = (record.met or 0) + (record.missed or 0)
    reckon_credit(record, (record.met or 0) / (cases or 1), locked(record.level.contract_id))


def _achieved(record: BreachCase) -> Decimal:
    cases = (record.met or 0) + (record.missed or 0)
    return (Decimal(100) * (record.met or 0) / (cases or 1)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def breach_notice(*, record: BreachCase, actor: Actor, noticed_to: str, noticed_on: dt.date | None = None) -> None:
    """Log that the notice was sent, to whom and when; the cure period begins."""
    _is(record, BreachState.OPEN)
    day = _past(noticed_on, actor, "noticed_on")
    if day < record.last_day:
        raise ValidationError({"noticed_on": _("Choose a day after what it is about.")})
    if not record.notice.strip():
        raise ValidationError(_("The notice has no text."))
    record.state, record.noticed_on, record.noticed_to = BreachState.NOTICED, day, noticed_to.strip()
    record.cure_until = cure_until(record.level, day)
    records.save(record, actor=actor)


def breach_answer(
    *,
    record: BreachCase,
    actor: Actor,
    answer: str,
    remedy: str,
    remedy_on: dt.date,
    answered_on: dt.date | None = None,
) -> None:
    """Log what the supplier says, and the remedy that was agreed, with its day."""
    _is(record, BreachState.NOTICED)
    assert record.noticed_on is not None
    day = _past(answered_on, actor, "answered_on")
    if day < record.noticed_on:
        raise ValidationError({"answered_on": _("It is answered after the notice.")})
    record.state, record.answered_on = BreachState.REMEDY, day
    record.answered_in_time = day <= record.noticed_on + dt.timedelta(days=ANSWER)
    record.answer, record.remedy, record.remedy_on = answer.strip(), remedy.strip(), remedy_on
    records.save(record, actor=actor)


def breach_follow_up(*, record: BreachCase, actor: Actor, found: str, followed_on: dt.date | None = None) -> None:
    """Log what was found when one looked whether the remedy works, or what is done where the supplier never answers."""
    _is(record, BreachState.NOTICED, BreachState.REMEDY, BreachState.FOLLOWED_UP)
    record.state, record.followed_on = BreachState.FOLLOWED_UP, _past(followed_on, actor, "followed_on")
    record.follow_up = found.strip()
    records.save(record, actor=actor)


def breach_close(*, record: BreachCase, actor: Actor, reason: str) -> None:
    """Close a case that was followed up, saying how it ended."""
    _is(record, BreachState.FOLLOWED_UP)
    _end(record, BreachState.CLOSED, reason, actor)


def breach_dispute(*, record: BreachCase, actor: Actor, reason: str) -> None:
    """Log that the supplier disputes the case, and why."""
    _is(record, BreachState.NOTICED, BreachState.REMEDY)
    record.state, record.reason = BreachState.DISPUTED, reason.strip()
    records.save(record, actor=actor, note=reason)


def breach_settle(*, record: BreachCase, actor: Actor, reason: str) -> None:
    """Settle a dispute in favour of the case: it goes on where it stood."""
    _is(record, BreachState.DISPUTED)
    record.state = BreachState.REMEDY if record.answered_on is not None else BreachState.NOTICED
    record.reason = reason.strip()
    records.save(record, actor=actor, note=reason)


@transaction.atomic
def breach_excuse(*, record: BreachCase, actor: Actor, reason: str) -> None:
    """Excuse a case, with the reason: it counts neither in the attribution of delay nor for a credit.

    What it took of the contract's cap is there for the other cases again.
    """
    _is(record, *LIVE)
    contract = locked(record.level.contract_id)
    record.credit, record.credit_amount = 0, None
    _end(record, BreachState.EXCUSED, reason, actor)
    give_room(record, contract, actor)


def _end(record: BreachCase, state: BreachState, reason: str, actor: Actor) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    record.state, record.closed_on, record.reason = state, actor.today, reason.strip()
    records.save(record, actor=actor, note=reason)


def _is(record: BreachCase, *states: BreachState) -> None:
    if record.state not in states:
        raise ValidationError(_("It is %(state)s.") % {"state": record.get_state_display().lower()})


def _past(day: dt.date | None, actor: Actor, name: str) -> dt.date:
    if day is not None and day > actor.today:
        raise ValidationError({name: _("Choose a day that is not to come.")})
    return day or actor.today
