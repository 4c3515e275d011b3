"""The drawings of the dashboard, each with its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.dashboard import Line
from quarterdeck.kernel.ui import charts, components

#: Projects that bubbles and bars are drawn of.
MOST: Final = 40
COLOURS: Final = {"red": "red", "amber": "amber", "green": "green", "": "ink3"}
_DAY: Final = {"title": None, "format": "%-d %b"}


def curve(past: Sequence[Snapshot], currency: str) -> SafeString | str:
    """Return planned value, earned value and actual cost of a node through its assessments, with its forecast."""
    kept = [each for each in past if each.pv is not None and each.currency == currency]
    if len(kept) < 2:
        return ""
    names = (("pv", _("Planned"), "ink3"), ("ac", _("Actual"), "ink"), ("ev", _("Earned"), "series-2"))
    size, unit = _scale(max(float(getattr(each, name) or 0) for each in kept for name, _l, _t in names))
    values = [
        {"on": each.on.isoformat(), "value": round(float(getattr(each, name)) / size, 4), "what": label}
        for name, label, _tone in names
        for each in kept
        if getattr(each, name) is not None
    ]
    spec: dict[str, Any] = {
        "data": {"values": values},
        "mark": {"type": "line", "point": {"size": 16}},
        "encoding": {
            "x": {"field": "on", "type": "temporal", "axis": _DAY},
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": False},
                "axis": {"title": f"{components.money_text(0, currency).rstrip('0')}{unit}"},
            },
            "color": _colours([(label, tone) for _name, label, tone in names]),
        },
    }
    rows = [
        [components.date_text(each.on), *(_money(each, name) for name in ("pv", "ev", "ac", "eac", "budget"))]
        for each in reversed(kept)
    ]
    head = [_("Assessed"), _("Planned value"), _("Earned value"), _("Actual cost"), _("Forecast"), _("Budget")]
    told = _("The value axis does not begin at zero.")
    title = _("Planned, earned and actual, twelve weeks")
    return charts.chart(spec, title=title, description=told, head=head, rows=rows, width=560, height=230)


def _money(snapshot: Snapshot, name: str) -> str:
    return components.money_text(getattr(snapshot, name), snapshot.currency, short=True) or "–"


def _scale(most: float) -> tuple[float, str]:
    return next(((size, letter) for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")) if most >= size), (1.0, ""))


def _colours(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": [one for one, _tone in pairs], "range": [charts.colour(tone) for _one, tone in pairs]},
    }


def bubbles(lines: Sequence[Line]) -> SafeString | str:
    """Return projects by cost and schedule performance, sized by their budget in the organisation's currency."""
    kept = [line for line in lines if line.now.cpi is not None and line.now.spi_t is not None]
    kept = sorted(kept, key=lambda line: -_weight(line))[:MOST]
    if len(kept) < 2:
        return ""
    named = {line.record.pk for line in kept if line.now.colour == "red"}
    values = [
        {
            "cpi": round(line.now.cpi or 0, 3),
            "spi": round(line.now.spi_t or 0, 3),
            "size": _weight(line),
            "what": line.now.colour or "none",
            "name": line.record.name if line.record.pk in named else "",
        }
        for line in kept
    ]
    x = {"field": "cpi", "type": "quantitative", "scale": {"zero": False, "nice": True, "padding": 24}}
    y = {"field": "spi", "type": "quantitative", "scale": {"zero": False, "nice": True, "padding": 18}}
    x["axis"], y["axis"] = {"title": _("CPI, cost")}, {"title": _("SPI(t), time")}
    tones = [(colour or "none", tone) for colour, tone in COLOURS.items()]
    line = {"type": "rule", "strokeDash": [3, 3], "color": charts.colour("line2")}
    spec: dict[str, Any] = {
        "layer": [
            {"data": {"values": [{}]}, "mark": line, "encoding": {"x": {"datum": 1}}},
            {"data": {"values": [{}]}, "mark": line, "encoding": {"y": {"datum": 1}}},
            {
                "data": {"values": values},
                "mark": {"type": "circle", "opacity": 0.5, "strokeWidth": 1.5},
                "encoding": {
                    "x": x,
                    "y": y,
                    "size": {"field": "size", "type": "quantitative", "scale": {"range": [60, 900]}, "legend": None},
                    "color": {**_colours(tones), "legend": None},
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "text", "align": "left", "dx": 12, "fontWeight": 400, "limit": 150},
                "encoding": {"x": x, "y": y, "text": {"field": "name"}},
            },
        ]
    }
    rows = [
        [
            each.record.name,
            components.number(each.now.cpi or 0, 2),
            components.number(each.now.spi_t or 0, 2),
            components.money_text(each.now.budget, each.now.currency, short=True),
        ]
        for each in kept
    ]
    head = [_("Project"), "CPI", "SPI(t)", _("Budget")]
    told = _("Right is cheaper, up is earlier; size is the budget.")
    title = _("Cost against time")
    return charts.chart(spec, title=title, description=told, head=head, rows=rows, width=560, height=300)


def _weight(line: Line) -> float:
    return float(line.now.facts.get("weight") or 0)


def roadmap(lines: Sequence[Line], on: dt.date) -> SafeString | str:
    """Return when projects run: from start to forecast finish, with the baseline's finish as a tick."""
    kept = [(line, start, finish) for line in lines if (start := _start(line)) and (finish := _finish(line))][:MOST]
    if not kept:
        return ""
    values = [
        {
            "name": line.record.name,
            "start": start.isoformat(),
            "finish": finish.isoformat(),
            "baseline": line.now.baseline_finish.isoformat() if line.now.baseline_finish else None,
            "what": line.now.colour or "none",
        }
        for line, start, finish in kept
    ]
    names = [line.record.name for line, _start, _finish in kept]
    y = {"field": "name", "type": "nominal", "sort": names, "axis": {"title": None, "labelLimit": 220, "grid": False}}
    tones = [(colour or "none", tone) for colour, tone in COLOURS.items()]
    spec: dict[str, Any] = {
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "bar", "height": 9, "opacity": 0.75},
                "encoding": {
                    "x": {"field": "start", "type": "temporal", "axis": {"title": None, "format": "%b %Y"}},
                    "x2": {"field": "finish"},
                    "y": y,
                    "color": {**_colours(tones), "legend": None},
                },
            },
            {
                "data": {"values": [each for each in values if each["baseline"]]},
                "mark": {"type": "tick", "thickness": 2, "size": 15, "color": charts.colour("ink")},
                "encoding": {"x": {"field": "baseline", "type": "temporal"}, "y": y},
            },
            {
                "data": {"values": [{"on": on.isoformat()}]},
                "mark": {"type": "rule", "color": charts.colour("accent"), "strokeWidth": 1.5},
                "encoding": {"x": {"field": "on", "type": "temporal"}},
            },
        ]
    }
    rows = [
        [
            line.record.name,
            components.date_text(start),
            components.date_text(line.now.baseline_finish) or "–",
            components.date_text(finish),
        ]
        for line, start, finish in kept
    ]
    head = [_("Project"), _("Start"), _("Baseline finish"), _("Forecast finish")]
    told = _(
        "Bars from start to forecast finish, coloured by health; ticks are baseline finishes, the line is the day."
    )
    height = 40 + 19 * len(kept)
    return charts.chart(spec, title=_("Roadmap"), description=told, head=head, rows=rows, width=1120, height=height)


def _start(line: Line) -> dt.date | None:
    return line.record.actual_start or line.record.planned_start


def _finish(line: Line) -> dt.date | None:
    return line.now.forecast_finish or line.record.planned_finish
