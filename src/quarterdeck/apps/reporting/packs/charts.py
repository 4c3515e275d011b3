"""The charts of a pack, each defined once: as a Vega-Lite specification here, as a native chart in PowerPoint."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.packs.content import Pack
from quarterdeck.kernel.ui.charts import colour

#: Colour of the palette of each state, worst first as they are stacked from the axis.
STATES = (("reds", "red"), ("ambers", "amber"), ("greens", "green"))
#: Colour of the palette of each amount.
AMOUNTS = (("pv", "ink3"), ("ev", "series-2"), ("ac", "ink"))


def state_labels() -> dict[str, str]:
    """Return the words of the states."""
    return {"reds": _("Red"), "ambers": _("Amber"), "greens": _("Green")}


def amount_labels() -> dict[str, str]:
    """Return the words of the amounts."""
    return {"pv": _("Planned value"), "ev": _("Earned value"), "ac": _("Actual cost")}


def has_amounts(pack: Pack) -> bool:
    """Tell whether there are amounts to draw."""
    return sum(point.ev is not None for point in pack.history) > 1


def health_chart(pack: Pack) -> dict[str, Any]:
    """Return projects by colour, week by week, as stacked columns."""
    labels = state_labels()
    rows = [
        {"on": point.on.isoformat(), "state": labels[name], "count": getattr(point, name), "order": at}
        for point in pack.history
        for at, (name, _tone) in enumerate(STATES)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {
            "x": {
                "field": "on",
                "type": "ordinal",
                "timeUnit": "yearmonthdate",
                "axis": {"format": "%-d %b", "title": None},
            },
            "y": {"field": "count", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1}},
            "color": {
                "field": "state",
                "type": "nominal",
                "scale": {
                    "domain": [labels[name] for name, _tone in STATES],
                    "range": [colour(tone) for _name, tone in STATES],
                },
            },
            "order": {"field": "order"},
        },
    }


def money_chart(pack: Pack) -> dict[str, Any]:
    """Return planned value, earned value and actual cost, week by week, in millions of the node's currency."""
    labels = amount_labels()
    rows = [
        {"on": point.on.isoformat(), "what": labels[name], "amount": value / 1e6}
        for point in pack.history
        for name, _tone in AMOUNTS
        if (value := getattr(point, name)) is not None
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "line"},
        "encoding": {
            "x": {"field": "on", "type": "temporal", "axis": {"format": "%-d %b", "title": None}},
            "y": {"field": "amount", "type": "quantitative", "axis": {"title": None}},
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {
                    "domain": [labels[name] for name, _tone in AMOUNTS],
                    "range": [colour(tone) for _name, tone in AMOUNTS],
                },
            },
            "strokeDash": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": [labels[name] for name, _tone in AMOUNTS], "range": [[4, 3], [1, 0], [1, 0]]},
            },
        },
    }
