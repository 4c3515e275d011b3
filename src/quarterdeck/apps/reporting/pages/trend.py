"""How figures went from week to week, as a chart with its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.kernel.ui import charts, components


def trend_chart(past: Sequence[Snapshot], *, money: bool) -> SafeString | str:
    """Return SPI, SPI(t) and CPI through the snapshots; without `money` no CPI; "" where there are too few."""
    lines = [("spi", "SPI", "series-1"), ("spi_t", "SPI(t)", "series-2")]
    if money:
        lines.append(("cpi", "CPI", "series-3"))
    shown = [line for line in lines if sum(getattr(each, line[0]) is not None for each in past) > 1]
    if not shown:
        return ""
    values = [
        {"on": each.on.isoformat(), "value": round(getattr(each, name), 3), "what": label}
        for name, label, _tone in shown
        for each in past
        if getattr(each, name) is not None
    ]
    spec: dict[str, Any] = {
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": charts.colour("ink3")},
                "encoding": {"y": {"datum": 1}},
            },
            {
                "mark": {"type": "line", "point": {"size": 22}},
                "encoding": {
                    "x": {"field": "on", "type": "temporal", "axis": {"title": None, "format": "%-d %b"}},
                    "y": {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": {"title": None}},
                    "color": {
                        "field": "what",
                        "type": "nominal",
                        "scale": {
                            "domain": [label for _name, label, _tone in shown],
                            "range": [charts.colour(tone) for _name, _label, tone in shown],
                        },
                    },
                },
            },
        ],
    }
    head = [_("Assessed"), *(label for _name, label, _tone in shown)]
    rows = [
        [
            components.date_text(each.on),
            *(_index(getattr(each, name)) for name, _label, _tone in shown),
        ]
        for each in reversed(past)
    ]
    title = _("Performance indices, twelve weeks")
    told = _("1 is as planned; below 1 is late or dear.")
    return charts.chart(spec, title=title, description=told, head=head, rows=rows, width=560, height=180)


def _index(value: float | None) -> str:
    return "–" if value is None else components.number(value, 2)
