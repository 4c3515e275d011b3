"""What the page of two plans says: figures, rows, the ledger and the trend, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterdeck.apps.delivery.choices import SHORT_KINDS, Constraint, LinkKind
from quarterdeck.apps.delivery.exchange.texts import Units, duration_text, lag_text
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors.comparing import Compared, Dated, Line, tenths
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.selectors.trends import Trends
from quarterdeck.engine.calendar import instant
from quarterdeck.engine.network import Constraint as Code
from quarterdeck.engine.network import LagUnit
from quarterdeck.engine.progress import Change, Course, Ledger, LinkChange
from quarterdeck.engine.progress.alignment import Cause
from quarterdeck.kernel.ui import charts
from quarterdeck.kernel.ui.components import Cell, date_text, money_text, number, signed

#: Changes listed at once.
MOST: Final = 200
CAUSES: Final[dict[Cause, str | Promise]] = {
    Cause.CALENDAR: gettext_lazy("Working time"),
    Cause.SCOPE: gettext_lazy("Tasks added and removed"),
    Cause.LOGIC: gettext_lazy("Links"),
    Cause.DURATION: gettext_lazy("Durations"),
    Cause.CONSTRAINT: gettext_lazy("Dates and constraints"),
    Cause.PROGRESS: gettext_lazy("Progress"),
}
FIELDS: Final[dict[str, str | Promise]] = {
    "calendar": gettext_lazy("calendar"),
    "elapsed": gettext_lazy("kind of duration"),
    "kind": gettext_lazy("kind"),
    "parent": gettext_lazy("part of"),
    "duration": gettext_lazy("duration"),
    "splits": gettext_lazy("splits"),
    "constraint": gettext_lazy("constraint"),
    "constraint_at": gettext_lazy("date of the constraint"),
    "second_constraint": gettext_lazy("second constraint"),
    "second_constraint_at": gettext_lazy("date of the second constraint"),
    "hard": gettext_lazy("stronger than links"),
    "deadline": gettext_lazy("deadline"),
    "delay": gettext_lazy("levelling delay"),
    "manual": gettext_lazy("dates by hand"),
    "actual_start": gettext_lazy("actual start"),
    "actual_finish": gettext_lazy("actual finish"),
    "remaining": gettext_lazy("remaining"),
    "suspended": gettext_lazy("suspended"),
    "resumed": gettext_lazy("resumed"),
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
    "working time": gettext_lazy("working time"),
    "project_calendar": gettext_lazy("calendar of the plan"),
    "start": gettext_lazy("start of the plan"),
    "finish": gettext_lazy("finish of the plan"),
    "status": gettext_lazy("status date"),
    "lag": gettext_lazy("lag"),
    "link added": gettext_lazy("link added"),
    "link removed": gettext_lazy("link removed"),
}
INSTANTS: Final = frozenset(
    {"constraint_at", "second_constraint_at", "deadline", "actual_start", "actual_finish", "suspended", "resumed"}
)
COURSES: Final[dict[Course, str | Promise]] = {
    Course.REACHED: gettext_lazy("reached"),
    Course.STEADY: gettext_lazy("steady"),
    Course.EARLIER: gettext_lazy("earlier each time"),
    Course.LATER: gettext_lazy("later each time"),
    Course.ZIGZAG: gettext_lazy("to and fro"),
    Course.RUNAWAY: gettext_lazy("slips as fast as time passes"),
    Course.UNKNOWN: gettext_lazy("one date only"),
}


@dataclass(frozen=True)
class Row:
    """One task as the table shows it."""

    line: Line
    state: str
    dates: tuple[tuple[str, str], tuple[str, str]]
    spans: tuple[SafeString | str, ...]


def day(at: dt.date | int | None, today: dt.date) -> str:
    """Return a date, or the day of an instant."""
    return date_text(instant(at).date() if isinstance(at, int) else at, today)


def days(minutes: int | None, per_day: int) -> SafeString | str:
    """Return a variance in working days with its sign; a dash for none."""
    return "" if minutes is None else signed(round(minutes / per_day, 1), 1 if minutes % per_day else 0)


def state(line: Line) -> str:
    """Return on which side a task is, empty for both."""
    return _("added") if line.older is None else _("removed") if line.newer is None else ""


def cells(found: Compared, *, money: bool, currency: str, today: dt.date) -> list[Cell]:
    """Return the figures at the head."""
    dates = _("from %(older)s to %(newer)s") % {
        "older": day(found.older.finish, today) or "–",
        "newer": day(found.newer.finish, today) or "–",
    }
    links = 0 if found.said is None else len(found.said.relinked)
    changed = ngettext("%(n)d removed", "%(n)d removed", found.count("removed")) % {"n": found.count("removed")}
    shown = [
        Cell(
            _("Finish moved"), "–" if found.finish is None else str(days(found.finish, found.per_day)), dates, unit="d"
        ),
        Cell(_("Tasks added"), number(found.count("added")), changed, "#compare-tasks"),
        Cell(_("Tasks changed"), number(found.count("changed")), href="#compare-tasks"),
        Cell(_("Links changed"), "–" if found.said is None else number(links), href="#compare-changes"),
        Cell(_("Work"), str(signed(round(found.work / 60), 0)), href="?sort=-work", unit="h"),
    ]
    if money:
        shown.append(Cell(_("Cost"), money_text(found.cost, currency, short=True, sign=True)))
    return shown


def line(one: Line, found: Compared, currency: str, today: dt.date) -> Row:
    """Return a row of the table."""
    per_day = found.per_day
    spans = [days(span, per_day) for span in (one.start, one.finish, one.span)]
    spans.append("" if one.work is None else signed(round(one.work / 60, 1), 1 if one.work % 60 else 0))
    if one.cost is not None:
        spans.append(money_text(one.cost, currency, sign=True))
    return Row(one, state(one), (_dates(one.older, today), _dates(one.newer, today)), tuple(spans))


def _dates(dated: Dated | None, today: dt.date) -> tuple[str, str]:
    return ("", "") if dated is None else (day(dated.start, today), day(dated.finish, today))


# -- what was changed --------------------------------------------------------------------------------------------------


def changes(found: Compared) -> dict[str, Any] | None:
    """Return links and fields as they were and are; None where a side holds dates only."""
    if found.said is None:
        return None
    units = units_of(found.newer.plan)
    rows = [_link(change, found, units) for change in found.said.relinked]
    rows += [
        (
            _name(found, change.task),
            str(FIELDS.get(change.field, change.field)),
            _said(change.field, change.before, found, units),
            _said(change.field, change.after, found, units),
        )
        for change in (*found.said.reconstrained, *found.said.changed)
        if change.field != "parent" or _name(found, change.before) != _name(found, change.after)
    ]
    return {"rows": rows[:MOST], "more": max(0, len(rows) - MOST), "total": len(rows)}


def _name(found: Compared, task: Any) -> str:
    return found.names.get(task, "") if task is not None else ""


def _link(change: LinkChange, found: Compared, units: Units) -> tuple[str, str, str, str]:
    ends = f"{_name(found, change.predecessor)} → {_name(found, change.successor)}"
    kind = SHORT_KINDS[LinkKind[change.kind.name]]
    sides = [_("none") if side is None else f"{kind}{_lag(side, units)}" for side in (change.before, change.after)]
    return ends, _("link"), sides[0], sides[1]


def _lag(said: tuple[int, ...], units: Units) -> str:
    return lag_text(said[0], LagUnit(said[1]).name, "d", units) if said[0] else ""


def _said(name: str, value: Any, found: Compared, units: Units) -> str:
    """Return a value of a field as people say it."""
    if value is None or value in ((), -1):
        return "–"
    if name in INSTANTS:
        moment = instant(value)
        return f"{date_text(moment)}, {moment:%H:%M}"
    if name in ("duration", "remaining", "delay"):
        return duration_text(int(value), "d", units)
    if name in ("constraint", "second_constraint"):
        return str(Constraint[Code(value).name].label)
    if name == "parent":
        return _name(found, value)
    if name in ("elapsed", "manual", "hard"):
        return _("yes") if value else _("no")
    if name == "calendar":
        return _calendar(found, value)
    return str(len(value)) if isinstance(value, tuple) else str(value)


def _calendar(found: Compared, ident: Any) -> str:
    """Return the name of a calendar of the newer plan by its number, or the names of those that work together."""
    now = found.newer.now
    names = {} if now is None else {uid: said.get("name", "") for _pk, uid, said in now.held.written}
    parts: Iterable[Any] = ident if isinstance(ident, tuple) else (ident,)
    return " + ".join(str(names.get(part, part)) for part in parts)


# -- the ledger --------------------------------------------------------------------------------------------------------


def ledger(told: Ledger, found: Compared, today: dt.date) -> dict[str, Any]:
    """Return the ledger: the causes with their days, which add up to the whole, and the changes behind each."""
    per_day = found.per_day
    shares = tenths([entry.minutes for entry in told.entries], per_day)
    entries = []
    for entry, share in zip(told.entries, shares, strict=True):
        parts = _parts(share, [change.minutes for change in entry.changes], per_day)
        label = _("Links and tasks") if entry.with_logic else str(CAUSES[entry.cause])
        moves = [
            (_change(change, entry.cause, found), signed(part, 1))
            for change, part in zip(entry.changes, parts, strict=True)
        ]
        entries.append({"label": label, "days": signed(share, 1), "moves": moves, "plus": share > 0})
    total = sum(shares)
    return {
        "entries": entries,
        "total": signed(total, 1),
        "from": day(told.older, today),
        "to": day(told.newer, today),
        "same": told.minutes == 0,
    }


def _parts(share: Decimal, minutes: list[int], per_day: int) -> list[Decimal]:
    """Return the changes of one cause in tenths of a day that add up to its share."""
    whole = sum(minutes)
    if not whole:
        return tenths(minutes, per_day)
    return tenths([round(each * float(share) / whole * 1000) for each in minutes], 1000)


def _change(change: Change, cause: Cause, found: Compared) -> str:
    """Return one change in words."""
    what = ", ".join(str(FIELDS.get(word, word)) for word in change.what.split(", "))
    if change.link is not None:
        one, two, kind = change.link
        ends = f"{_name(found, one)} → {_name(found, two)}"
        return f"{ends} {SHORT_KINDS[LinkKind[kind.name]]}: {what}"
    if change.task is not None and cause == Cause.PROGRESS:
        return _name(found, change.task)
    if change.task is not None:
        return f"{_name(found, change.task)}: {what}"
    if change.calendar is not None:
        return _("Calendar %(name)s") % {"name": _calendar(found, change.calendar)}
    return _("All others") if change.what == "others" else what[:1].upper() + what[1:]


# -- the trend ---------------------------------------------------------------------------------------------------------


def trend(told: Trends, plan: Plan, today: dt.date) -> dict[str, Any] | None:
    """Return the milestone trend as a chart with its table; None where there is nothing to draw."""
    if not told.wanders or len(told.dates) < 2:
        return None
    values = [
        {"milestone": wander.name, "report": _day(status - 1), "date": _day(date)}
        for wander in told.wanders
        for status, date in wander.trend.points
    ]
    ends = [{"report": told.dates[0].isoformat(), "date": told.dates[0].isoformat()}]
    ends.append({"report": told.dates[-1].isoformat(), "date": told.dates[-1].isoformat()})
    spec = {
        "layer": [
            {
                "data": {"values": ends},
                "mark": {"type": "line", "color": charts.colour("ink3"), "strokeDash": [3, 3], "strokeWidth": 1},
                "encoding": {"x": _axis("report"), "y": _axis("date")},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": _axis("report", _("told on")),
                    "y": _axis("date", _("date given")),
                    "color": {"field": "milestone", "type": "nominal", "legend": {"orient": "right", "columns": 1}},
                    "order": {"field": "report", "type": "temporal"},
                },
            },
        ]
    }
    per_day = plan.minutes_per_day
    rows = [
        [
            wander.name,
            day(wander.trend.points[0][1], today),
            day(wander.trend.points[-1][1], today),
            days(wander.moved, per_day),
            days(wander.moved_last, per_day),
            str(COURSES[wander.trend.course]),
        ]
        for wander in told.wanders
    ]
    head = [_("Milestone"), _("First date"), _("Date now"), _("Moved, d"), _("Since the date before, d"), _("Course")]
    said = _("Each line is a milestone: level keeps its date, rising slips. On the dotted line it is reached.")
    drawn = charts.svg(spec, title=_("Milestone trend"), description=said, width=1180, height=300)
    dates = ", ".join(day(each, today) for each in told.dates)
    return {"drawn": drawn, "head": head, "rows": rows, "said": said, "left_out": told.left_out, "dates": dates}


def _day(at: int) -> str:
    return instant(at).date().isoformat()


def _axis(name: str, title: str | None = None) -> dict[str, Any]:
    return {"field": name, "type": "temporal", "title": title, "axis": {"format": "%d %b %y", "tickCount": 6}}
