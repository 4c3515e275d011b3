"""Why a date is what it is, in words."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import Constraint as Named
from quarterdeck.apps.delivery.choices import LinkKind as NamedLink
from quarterdeck.apps.delivery.exchange.texts import lag_text
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.selectors.solving import Solved
from quarterdeck.engine.calendar import instant
from quarterdeck.engine.cpm import Cause, Reason, why
from quarterdeck.engine.network import LagUnit


def reasons(now: Solved, task: int) -> list[dict[str, Any]]:
    """Return why a task lies where it lies, back to a first cause; nothing for one that is out of use."""
    if now.schedule is None or task not in now.held.row_of:
        return []
    return [_told(now, reason) for reason in why(now.schedule, task)]


def _told(now: Solved, reason: Reason) -> dict[str, Any]:
    key = reason.task if isinstance(reason.task, int) else None
    return {
        "text": f"{_name(now, reason.task)}: {_sentence(now, reason)}{_delay(now, reason)}",
        "task": key,
        "link": _link_id(now, reason),
        "start": reason.start,
        "finish": reason.finish,
        "cause": reason.cause.value,
    }


def _name(now: Solved, key: Any) -> str:
    return str(now.held.rows["name"][now.held.row_of[key]]) if key in now.held.row_of else ""


def _day(at: int | None) -> str:
    if at is None:
        return ""
    moment = instant(at)
    return f"{date_format(moment, 'j M Y')}, {moment:%H:%M}"


def _sentence(now: Solved, reason: Reason) -> str:
    """Return what one reason says."""
    on, by = _day(reason.asked), _name(now, reason.by)
    match reason.cause:
        case Cause.LINK:
            return _linked(now, reason)
        case Cause.CONSTRAINT if reason.constraint is not None:
            kind = Named[reason.constraint.name].label
            return _("%(constraint)s %(day)s.") % {"constraint": kind, "day": on}
        case Cause.ACTUAL:
            return _("it started on %(day)s.") % {"day": _day(reason.start)}
        case Cause.SUMMARY:
            return _("what holds for “%(task)s” holds for all below it.") % {"task": by}
        case Cause.CHILD:
            return _("it begins with its first part, “%(task)s”.") % {"task": by}
        case Cause.NEIGHBOUR:
            return _("it spans what it is tied to, first “%(task)s”.") % {"task": by}
    plain = {
        Cause.PROJECT_START: _("nothing holds it: it starts with the plan, %(day)s."),
        Cause.STATUS_DATE: _("work still to do does not lie before the status date, %(day)s."),
        Cause.RESUMED: _("what remains goes on when it was said to, %(day)s."),
        Cause.MANUAL: _("its dates were put by hand, %(day)s."),
        Cause.AS_LATE_AS_POSSIBLE: _("it is put off as late as possible."),
    }
    text = plain.get(reason.cause, "")
    return text % {"day": on or _day(reason.start)} if "%(day)s" in text else text


def _linked(now: Solved, reason: Reason) -> str:
    link = reason.link
    assert link is not None
    lag = lag_text(link.lag, LagUnit(link.unit).name, "d", units_of(now.held.plan)) if link.lag else ""
    words = {
        "FINISH_START": _("it waits until “%(task)s” is finished%(lag)s, %(day)s."),
        "START_START": _("it waits until “%(task)s” has started%(lag)s, %(day)s."),
        "FINISH_FINISH": _("it cannot finish before “%(task)s” is finished%(lag)s, %(day)s."),
        "START_FINISH": _("it cannot finish before “%(task)s” has started%(lag)s, %(day)s."),
    }
    facts = {"task": _name(now, reason.by), "lag": f" ({lag})" if lag else "", "day": _day(reason.asked)}
    return words[NamedLink[link.kind.name].value] % facts


def _delay(now: Solved, reason: Reason) -> str:
    if not reason.delay:
        return ""
    days = f"{reason.delay / 1440:g}"
    return " " + _("Levelling put it off by %(days)s days.") % {"days": days}


def _link_id(now: Solved, reason: Reason) -> int | None:
    if reason.link is None:
        return None
    told = now.held.links
    for key, before, after, kind in zip(
        told["pk"], told["predecessor_id"], told["successor_id"], told["kind"], strict=True
    ):
        if (before, after, kind) == (reason.link.predecessor, reason.link.successor, reason.link.kind.name):
            return int(key)
    return None
