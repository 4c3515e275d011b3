"""The charts of suppliers: how a service level was kept; what of an item will be available."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.models import StockItem
from quarterdeck.apps.suppliers.pages.words import share_text
from quarterdeck.apps.suppliers.selectors.page import LevelNow
from quarterdeck.apps.suppliers.selectors.stock import Place
from quarterdeck.apps.suppliers.selectors.stock import told as plain
from quarterdeck.kernel.ui import charts, components

#: Days ahead that are always drawn, and days up to which the axis names days.
AHEAD: Final = 30
SHORT: Final = 160


def level_chart(row: LevelNow, *, width: int = 400, height: int = 150) -> SafeString:
    """Return the share met in each window as a line, missed windows as red diamonds, and the target as a line."""
    told = [each for each in row.kept if each.share is not None]
    target = float(row.level.target)
    points: list[dict[str, Any]] = []
    for place, each in enumerate(told):
        assert each.share is not None
        points.append(
            {
                "window": f"{place:02d}",
                "label": date_format(each.stretch.first, "M"),
                "share": round(each.share * 100, 1),
                "text": share_text(each.share).rstrip("%"),
                "missed": not row.met(each),
            }
        )
    low = min([target, *(point["share"] for point in points)])
    domain = [max(0, low - 6), 101]
    names = {point["window"]: point["label"] for point in points}
    x = {
        "field": "window",
        "type": "ordinal",
        "title": None,
        "axis": {"labelExpr": " : ".join(f"datum.value == '{k}' ? '{v}'" for k, v in names.items()) + " : ''"},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "title": _("% met"),
        "scale": {"domain": domain, "zero": False, "nice": False},
        "axis": {"tickCount": 4},
    }
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"from": domain[0], "to": target}]},
            "mark": {"type": "rect", "color": charts.colour("red-soft")},
            "encoding": {
                "y": {"field": "from", "type": "quantitative", "scale": y["scale"]},
                "y2": {"field": "to"},
            },
        },
        {
            "data": {"values": [{"share": target}]},
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": charts.colour("ink2")},
            "encoding": {"y": {"field": "share", "type": "quantitative"}},
        },
        {"mark": {"type": "line", "color": charts.colour("ink2")}, "encoding": {"x": x, "y": y}},
        {
            "transform": [{"filter": "!datum.missed"}],
            "mark": {"type": "point", "color": charts.colour("ink2"), "size": 22},
            "encoding": {"x": x, "y": y},
        },
        {
            "transform": [{"filter": "datum.missed"}],
            "mark": {"type": "point", "shape": "diamond", "color": charts.colour("red"), "size": 70},
            "encoding": {"x": x, "y": y},
        },
        {
            "transform": [{"filter": "datum.missed"}],
            "mark": {"type": "text", "dy": 14, "color": charts.colour("red-text")},
            "encoding": {"x": x, "y": y, "text": {"field": "text"}},
        },
    ]
    missed = sum(point["missed"] for point in points)
    return charts.chart(
        {"data": {"values": points}, "layer": layers},
        title=_("%(level)s, share met") % {"level": row.level.name},
        description=_("%(missed)d of %(windows)d windows below the target of %(target)s.")
        % {"missed": missed, "windows": len(points), "target": share_text(target / 100)},
        head=[_("Window"), _("Met"), _("Cases"), _("Share")],
        rows=[[each.stretch.key, str(each.met), str(each.of), share_text(each.share)] for each in told],
        width=width,
        height=height,
    )


def availability_chart(
    item: StockItem, place: Place, on: dt.date, *, width: int = 640, height: int = 220
) -> SafeString:
    """Return what will be available at a location, day by day as tasks draw on it, with nothing and the minimum."""
    line = place.projection
    assert line is not None
    days = [dt.date.fromordinal(day) for day in line.days]
    end = max(days[-1], on + dt.timedelta(days=AHEAD)) + dt.timedelta(days=3)
    told = [*zip(days, line.available, strict=True), (end, line.available[-1])]
    points = [{"day": day.isoformat(), "left": left} for day, left in told]
    measure = item.get_measure_display()
    low, high = min(0.0, *line.available), max(float(place.minimum), *line.available, 1.0)
    room = (high - low) * 0.06
    domain = [low - room if low < 0 else 0.0, high + room]
    form = "%d %b" if (end - on).days < SHORT else "%b %y"
    x = {"field": "day", "type": "temporal", "title": None, "axis": {"format": form, "tickCount": 7}}
    y = {
        "field": "left",
        "type": "quantitative",
        "title": measure,
        "scale": {"domain": domain, "nice": False},
        "axis": {"tickCount": 5},
    }
    layers: list[dict[str, Any]] = []
    if low < 0:
        layers.append(
            {
                "data": {"values": [{"from": domain[0], "to": 0}]},
                "mark": {"type": "rect", "color": charts.colour("red-soft")},
                "encoding": {
                    "y": {"field": "from", "type": "quantitative", "scale": y["scale"]},
                    "y2": {"field": "to"},
                },
            }
        )
    rules = [(0.0, "ink3", [1, 0])] + ([(float(place.minimum), "amber-edge", [4, 3])] if place.minimum else [])
    layers += [
        {
            "data": {"values": [{"left": level}]},
            "mark": {"type": "rule", "strokeWidth": 1, "strokeDash": dash, "color": charts.colour(tone)},
            "encoding": {"y": {"field": "left", "type": "quantitative", "scale": y["scale"]}},
        }
        for level, tone, dash in rules
    ]
    layers.append(
        {
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": charts.colour("series-1")},
            "encoding": {"x": x, "y": y},
        }
    )
    below = [{"day": day.isoformat(), "left": left} for day, left in told[:-1] if left < 0]
    layers.append(
        {
            "data": {"values": below},
            "mark": {"type": "point", "shape": "diamond", "filled": True, "color": charts.colour("red"), "size": 60},
            "encoding": {"x": x, "y": y},
        }
    )
    least = min(line.available)
    return charts.chart(
        {"data": {"values": points}, "layer": layers},
        title=_("%(item)s at %(place)s, projected") % {"item": item.name, "place": place.location.name},
        description=_("%(now)s %(measure)s today, %(least)s at least, by what tasks need.")
        % {"now": plain(line.available[0]), "measure": measure, "least": plain(least)},
        head=[_("From"), _("Available, %(measure)s") % {"measure": measure}],
        rows=[[components.date_text(day), plain(left)] for day, left in told[:-1]],
        width=width,
        height=height,
    )
