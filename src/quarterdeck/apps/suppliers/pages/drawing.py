"""How a service level was kept, as a chart with its target."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.pages.words import share_text
from quarterdeck.apps.suppliers.selectors.page import LevelNow
from quarterdeck.kernel.ui import charts


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
