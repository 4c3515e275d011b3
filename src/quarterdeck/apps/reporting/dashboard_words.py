"""What changed between two assessments, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.reporting import health_words
from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.dashboard import Board, Line
from quarterdeck.kernel.ui import components

ORDER = {"": 0, "green": 1, "amber": 2, "red": 3}
#: Share of its budget by which a forecast has to move to be told.
MOVED = Decimal("0.005")


@dataclass(frozen=True)
class Changed:
    """One change: whose, from what to what, why, and the mark that it stands at now. `weight` orders them."""

    name: str
    url: str
    text: str
    why: str
    colour: str
    weight: float
    worse: bool


def changes(board: Board, *, money: bool) -> list[Changed]:
    """Return what differs from the assessments of a week before, the gravest first."""
    found = [one for line in board.lines for one in _of_line(line, money=money)]
    for line in board.ended:
        text = _("has ended: %(state)s") % {"state": State(line.now.state).label.lower()}
        found.append(Changed(line.record.name, line.record.url, text, "", "", 1.0, worse=False))
    return sorted(found, key=lambda one: (-one.weight, one.name))


def _of_line(line: Line, *, money: bool) -> list[Changed]:
    now, before, found = line.now, line.week, []
    name, url = line.record.name, f"{line.record.url}health/"
    if before is None:
        return [Changed(name, url, _("is assessed for the first time"), "", now.colour, 2.0, worse=False)]
    if now.colour != before.colour and now.state == State.ACTIVE:
        text = _("%(before)s to %(now)s") % {"before": _word(before.colour), "now": _word(now.colour)}
        dims = [
            str(Dimension(key).label).lower()
            for key in Dimension.values
            if now.colours.get(key) != before.colours.get(key)
        ]
        step = ORDER[now.colour] - ORDER[before.colour]
        why = health_words.worst_reason(now, money=money)
        found.append(
            Changed(
                name, url, ", ".join([text, *dims]), why, now.colour, 10.0 + abs(step) + (step > 0) * 5, worse=step > 0
            )
        )
    if now.forecast_finish and before.forecast_finish and now.forecast_finish != before.forecast_finish:
        days = (now.forecast_finish - before.forecast_finish).days
        text = _("finish %(before)s to %(now)s") % {
            "before": components.date_text(before.forecast_finish, now.on),
            "now": components.date_text(now.forecast_finish, now.on),
        }
        found.append(Changed(name, url, text, _late(now), "", 3 + min(abs(days), 60) / 10, worse=days > 0))
    if money and (moved := _moved(now, before)):
        text = _("forecast %(before)s to %(now)s") % {
            "before": components.money_text(before.eac, before.currency, short=True),
            "now": components.money_text(now.eac, now.currency, short=True),
        }
        found.append(Changed(name, url, text, "", "", 3 + min(abs(float(moved)) * 20, 6), worse=moved > 0))
    if now.own_colour and now.own_colour != before.own_colour:
        text = _("the manager calls it %(colour)s") % {"colour": _word(now.own_colour)}
        found.append(Changed(name, url, text, now.own_reason, now.own_colour, 5.0, worse=False))
    return found


def _moved(now: Snapshot, before: Snapshot) -> Decimal:
    """Return by which share of the budget the forecast moved; 0 where that is too little to tell."""
    if now.eac is None or before.eac is None or not now.budget or now.currency != before.currency:
        return Decimal(0)
    share = (now.eac - before.eac) / now.budget
    return share if abs(share) >= MOVED else Decimal(0)


def _word(colour: str) -> str:
    return str(components.RAG_WORDS[colour or "none"]).lower()


def _late(now: Snapshot) -> str:
    if now.days_late is None or now.days_late == 0:
        return ""
    if now.days_late > 0:
        return _("%(days)d working days after the baseline") % {"days": now.days_late}
    return _("%(days)d working days before the baseline") % {"days": -now.days_late}


def turned(lines: Iterable[Line]) -> tuple[int, int]:
    """Return how many projects are worse and how many better than a week before."""
    worse = better = 0
    for line in lines:
        if line.week is None or not line.week.colour or not line.now.colour:
            continue
        step = ORDER[line.now.colour] - ORDER[line.week.colour]
        worse, better = worse + (step > 0), better + (step < 0)
    return worse, better


@dataclass(frozen=True)
class Mover:
    """A project whose forecast moved in four weeks: working days, and percent of its budget."""

    line: Line
    days: int | None
    percent: float | None


def movers(lines: Iterable[Line], *, money: bool, most: int = 6) -> list[Mover]:
    """Return the projects whose finish or cost moved most in four weeks, either way."""
    found = []
    for line in lines:
        now, then = line.now, line.month
        if then is None:
            continue
        days = None if now.days_late is None or then.days_late is None else now.days_late - then.days_late
        percent = None
        if money and now.budget and now.eac is not None and then.eac is not None and now.currency == then.currency:
            percent = round(float((now.eac - then.eac) / now.budget * 100), 1)
        if days or percent:
            found.append(Mover(line, days, percent))
    found.sort(key=lambda one: -(abs(one.days or 0) / 5 + abs(one.percent or 0)))
    return found[:most]


def steps(past: Iterable[Snapshot]) -> list[float | None]:
    """Return how health went, upwards for better, as a sparkline takes it."""
    return [4.0 - ORDER[each.colour] if each.colour else None for each in past]


def week_before(day: dt.date) -> dt.date:
    """Return the day from which changes are told."""
    return day - dt.timedelta(days=7)
