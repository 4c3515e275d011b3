"""One scale for everything that waits: 0 to 100 points, each explained, so that unlike things stand in one order.

What cannot be compared directly (money, days, a broken rule, people held up) is put on one scale by fixed rules. They
are few and printed on the page, so that anyone can check why one thing stands before another.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterdeck.kernel.needs.registry import Need
from quarterdeck.kernel.ui.components import date_text, money_text

#: Points at most for each part; together 100.
MOST = {"date": 35, "money": 30, "severity": 20, "people": 8, "age": 7}
SEVERITY = {"high": 20, "medium": 10, "low": 3}
#: From these points on it is to be decided today, or this week, whatever its date.
TODAY, THIS_WEEK = 60, 30

RULES: tuple[tuple[str | Promise, int, str | Promise], ...] = (
    (
        gettext_lazy("Date"),
        35,
        gettext_lazy("25 when due, one more for each day over; before that two less for each day to go."),
    ),
    (gettext_lazy("Money"), 30, gettext_lazy("Cost of waiting: 8 for each tenfold above 10 a day in your currency.")),
    (gettext_lazy("Rule broken"), 20, gettext_lazy("20 for high, 10 for medium, 3 for low severity.")),
    (gettext_lazy("People held up"), 8, gettext_lazy("4 for each.")),
    (gettext_lazy("Age"), 7, gettext_lazy("One for each week that it has waited.")),
)


@dataclass(frozen=True)
class Part:
    """One reason: what it is, the points that it gives of those possible, the fact behind it."""

    label: str
    points: int
    most: int
    fact: str


@dataclass(frozen=True)
class Weight:
    """The place of a need on the scale, with its reasons, the heaviest first."""

    points: int
    parts: tuple[Part, ...]


def weigh(need: Need, *, today: dt.date, currency: str = "") -> Weight:
    """Return the points of a need on a day: the sum of at most five parts."""
    parts = [
        part
        for part in (
            _date(need.due_on, today),
            _money(need.cost_per_day, currency),
            _severity(need.severity),
            _people(need.holds_up),
            _age(need.since.date(), today),
        )
        if part is not None and part.points
    ]
    parts.sort(key=lambda part: -part.points)
    return Weight(sum(part.points for part in parts), tuple(parts))


def _date(due: dt.date | None, today: dt.date) -> Part | None:
    if due is None:
        return None
    days = (due - today).days
    points = 25 + min(-days, 10) if days <= 0 else max(0, 24 - 2 * days)
    return Part(_("Date"), points, MOST["date"], due_text(due, today))


def _money(cost: Decimal | None, currency: str) -> Part | None:
    if cost is None or cost <= 10:
        return None
    points = min(MOST["money"], int(8 * math.log10(float(cost) / 10)))
    fact = _("%(amount)s a week") % {"amount": money_text(cost * 7, currency, short=True)}
    return Part(_("Money"), points, MOST["money"], fact)


def _severity(severity: str) -> Part | None:
    words = {"high": _("high"), "medium": _("medium"), "low": _("low")}
    if severity not in words:
        return None
    return Part(_("Rule broken"), SEVERITY[severity], MOST["severity"], words[severity])


def _people(count: int) -> Part | None:
    if count <= 0:
        return None
    fact = ngettext("%(count)d person waits", "%(count)d people wait", count) % {"count": count}
    return Part(_("People held up"), min(MOST["people"], 4 * count), MOST["people"], fact)


def _age(since: dt.date, today: dt.date) -> Part | None:
    days = (today - since).days
    if days < 7:
        return None
    fact = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return Part(_("Age"), min(MOST["age"], days // 7), MOST["age"], fact)


def group_of(need: Need, points: int, today: dt.date) -> str:
    """Return when it is to be done: "today" when due, or heavy enough; "week" when due in seven days; else "later"."""
    days = (need.due_on - today).days if need.due_on is not None else None
    if points >= TODAY or (days is not None and days <= 0):
        return "today"
    return "week" if points >= THIS_WEEK or (days is not None and days <= 7) else "later"


def rag_of(need: Need, today: dt.date) -> str:
    """Return the mark beside the date: red when over or a high rule is broken, amber within a week or at medium."""
    days = (need.due_on - today).days if need.due_on is not None else None
    if (days is not None and days < 0) or need.severity == "high":
        return "red"
    return "amber" if (days is not None and days <= 7) or need.severity == "medium" else ""


def due_text(due: dt.date, today: dt.date) -> str:
    """Return the date in words: overdue 7 d, due today, due tomorrow, due 5 Dec."""
    days = (due - today).days
    if days < 0:
        return _("overdue %(days)d d") % {"days": -days}
    if days == 0:
        return _("due today")
    return _("due tomorrow") if days == 1 else _("due %(day)s") % {"day": date_text(due, today)}
