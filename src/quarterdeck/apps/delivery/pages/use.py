"""What a plan asks of its people and machines week by week: a table, a chart, the tasks behind each week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.pages.data import json, of_plan, read
from quarterdeck.apps.delivery.pages.plan import address
from quarterdeck.apps.delivery.selectors import use as uses
from quarterdeck.apps.delivery.selectors.solving import Solved
from quarterdeck.apps.delivery.selectors.use import Cell, Part, Row, Use, monday
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.engine.calendar import instant, minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import charts
from quarterdeck.kernel.ui.components import date_text, number
from quarterdeck.kernel.ui.frame import frame_of

#: Weeks shown at once, and by how many one moves on.
WEEKS, STEP = 16, 8
#: Load in percent from which a cell is drawn darker.
HALF, NEARLY = 70, 90
#: Units short from which a week stands out most, as a share of what there is.
FAR: Final = 0.15


@require_safe
@of_plan
def page(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Show who is asked for how much in which week."""
    frame = frame_of(request)
    vars(request)["nav_key"] = "plans"
    context: dict[str, Any] = {
        "initiative": plan.initiative,
        "tabs": tabs_of(plan.initiative, actor, "plan"),
        "plan": plan,
        "back": address(plan),
    }
    try:
        now = read(request, plan, actor)
        first = _first(request.GET.get("from", ""), now, frame.date)
        found = uses.use(now, first, WEEKS)
        context |= _shown(request, now, found, frame.date)
    except EngineError as error:
        context["trouble"] = str(error)
    return render(request, "delivery/use.html", context)


@require_safe
@of_plan
def load(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Give what the whole plan asks of everyone, and of one resource week by week or day by day, for the histogram."""
    key = request.GET.get("resource", "")
    resource = int(key) if key.isdecimal() and len(key) < 19 else None
    try:
        found = uses.load(read(request, plan, actor), resource, by_day=request.GET.get("by") == "day")
    except EngineError as error:
        return json({"message": str(error)}, 422)
    chosen, cells = found.chosen, found.chosen.cells if found.chosen else ()
    return json(
        {
            "resources": [
                {"id": row.resource, "name": row.name, "units": row.units, "short": row.short}
                for row in found.everyone.rows
            ],
            "left_out": found.everyone.left_out,
            "resource": chosen.resource if chosen else None,
            "units": chosen.units if chosen else 0,
            "days": found.days,
            "first": minutes(cells[0].week) if cells else None,
            "asked": [round(cell.asked) for cell in cells],
            "had": [round(cell.had) for cell in cells],
            "peak": [round(cell.peak, 4) for cell in cells],
            "short": [cell.short for cell in cells],
        }
    )


def _first(asked: str, now: Solved, today: dt.date) -> dt.date:
    """Return the first week: the one asked for, else this one, or, of a plan at another time, its first or last."""
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        schedule = now.schedule
        if schedule is None:
            return monday(today)
        start, finish = (instant(at).date() for at in (schedule.project_start, schedule.project_finish))
        day = (
            start if today < start else max(start, finish - dt.timedelta(weeks=WEEKS - 1)) if today > finish else today
        )
    return monday(max(dt.date(1901, 1, 7), min(day, dt.date(2190, 1, 1))))


def _shown(request: HttpRequest, now: Solved, found: Use, today: dt.date) -> dict[str, Any]:
    """Return what the page shows: rows of cells, and the chosen resource with its chart and the tasks of a week."""
    key = request.GET.get("resource", "")
    chosen = next((row for row in found.rows if str(row.resource) == key), found.rows[0] if found.rows else None)
    week = _week(request.GET.get("week", ""), found, chosen)
    short = [row for row in found.rows if row.short]
    context: dict[str, Any] = {
        "weeks": [(text, day.isoformat(), day == monday(today)) for day, text in _labels(found.weeks, today).items()],
        "rows": [(row, [_cell(row, cell, today) for cell in row.cells], row is chosen) for row in found.rows],
        "left_out": found.left_out,
        "short": len(short),
        "earlier": (found.weeks[0] - dt.timedelta(weeks=STEP)).isoformat(),
        "later": (found.weeks[0] + dt.timedelta(weeks=STEP)).isoformat(),
        "from_here": found.weeks[0].isoformat(),
    }
    if chosen is not None and any(cell.asked for cell in chosen.cells):
        context |= {"chosen": chosen, "chart": _chart(chosen, today), "week": date_text(week, today)}
        per_day = now.held.plan.minutes_per_day
        context["parts"] = [_part(part, per_day, today) for part in uses.behind(now, chosen.resource, week)]
        context["cell"] = next(cell for cell in chosen.cells if cell.week == week)
        context["hours"] = number(round(context["cell"].asked / 60, 1), 1)
    return context


def _labels(weeks: Sequence[dt.date], today: dt.date) -> dict[dt.date, str]:
    """Return what weeks are called: with the year where a new one begins."""
    return {day: date_text(day, before) for before, day in zip((today, *weeks), weeks, strict=False)}


def _week(asked: str, found: Use, chosen: Row | None) -> dt.date:
    """Return the week whose tasks are shown: the one asked for, else the one in which the most is short or asked."""
    named = next((day for day in found.weeks if day.isoformat() == asked), None)
    if named is not None or chosen is None:
        return named or found.weeks[0]
    return max(chosen.cells, key=lambda cell: (cell.short, cell.asked)).week


def _cell(row: Row, cell: Cell, today: dt.date) -> dict[str, Any]:
    """Return a cell as drawn: its shade, its figure, and what it says in words."""
    percent = cell.percent
    shade = ""
    if cell.short:
        shade = "heat-over-2" if cell.short >= FAR * max(row.units, 0.01) else "heat-over-1"
    elif percent:
        shade = "heat-1" if percent < HALF else "heat-2" if percent < NEARLY else "heat-3"
    said = _("%(name)s, week of %(day)s: %(load)s") % {
        "name": row.name,
        "day": date_text(cell.week, today),
        "load": _("no work")
        if not cell.asked
        else _("%(n)s %% asked") % {"n": percent if percent is not None else "–"},
    }
    if cell.short:
        said = f"{said}, " + _("short of %(units)s units") % {"units": number(cell.short, 1)}
    return {
        "shade": shade,
        "text": "" if not cell.asked else "–" if percent is None else number(percent),
        "short": f"−{number(cell.short, 1)}" if cell.short else "",
        "week": cell.week.isoformat(),
        "said": said,
        "asked": bool(cell.asked),
    }


def _part(part: Part, per_day: int, today: dt.date) -> dict[str, Any]:
    floats = None if part.total_float is None else part.total_float / per_day
    return {
        "name": part.name,
        "start": date_text(instant(part.start).date(), today),
        "finish": date_text(instant(part.finish).date(), today),
        "units": f"{number(round(100 * part.units))} %",
        "hours": number(round(part.asked / 60, 1), 1),
        "float": "" if floats is None or part.done >= 100 else number(round(floats, 1), 1 if floats % 1 else 0),
        "critical": part.critical and part.done < 100,
        "done": number(round(part.done)),
    }


def _chart(row: Row, today: dt.date) -> SafeString:
    """Return the histogram of one resource: what is asked at most in each week, what is beyond, and what there is."""
    within, beyond = _("within"), _("beyond")
    values = [
        {"week": cell.week.isoformat(), "part": name, "units": round(units, 2), "order": order}
        for cell in row.cells
        for order, (name, units) in enumerate(((within, min(cell.peak, row.units)), (beyond, cell.short)))
        if units
    ]
    colours = {"domain": [within, beyond], "range": [charts.colour("series-1"), charts.colour("adverse")]}
    legend = {"orient": "top"} if row.short else None
    spec = {
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "bar", "size": 34},
                "encoding": {
                    "x": _axis([cell.week for cell in row.cells], today),
                    "y": {"field": "units", "type": "quantitative", "title": _("units"), "stack": True},
                    "color": {"field": "part", "type": "nominal", "scale": colours, "legend": legend},
                    "order": {"field": "order", "type": "quantitative"},
                },
            },
            {
                "data": {"values": [{"units": row.units}]},
                "mark": {"type": "rule", "color": charts.colour("ink"), "strokeWidth": 1.25},
                "encoding": {"y": {"field": "units", "type": "quantitative"}},
            },
        ]
    }
    said = _("%(name)s: units asked at most in each week; the line is what there is, %(units)s.") % {
        "name": row.name,
        "units": number(row.units, 1),
    }
    rows = [
        [date_text(cell.week, today), number(cell.peak, 1), number(row.units, 1), number(cell.short, 1)]
        for cell in row.cells
    ]
    head = [_("Week of"), _("Asked, units"), _("There are"), _("Short")]
    return charts.chart(spec, title=row.name, description=said, head=head, rows=rows, width=1180, height=200)


def _axis(weeks: list[dt.date], today: dt.date) -> dict[str, Any]:
    labels = {day.isoformat(): text for day, text in _labels(weeks, today).items()}
    shown = " : ".join(f"datum.value == '{key}' ? '{text}'" for key, text in labels.items()) + " : ''"
    return {
        "field": "week",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": list(labels)},
        "axis": {"labelExpr": shown},
    }
