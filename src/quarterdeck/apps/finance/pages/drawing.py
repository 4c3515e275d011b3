"""The curves of the money page as a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.apps.finance.selectors.curves import Curves
from quarterdeck.kernel.ui import charts, components

#: Days up to which the axis names days.
SHORT: Final = 160


def _scale(highest: float) -> tuple[float, str]:
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if highest >= size * 2:
            return size, letter
    return 1.0, ""


def curves_chart(curves: Curves, currency: str, on: dt.date, *, width: int = 640, height: int = 260) -> SafeString:
    """Return planned value, earned value, actual cost and forecast through time, with their table."""
    series: dict[str, Sequence[float | None]] = {
        _("Planned value"): curves.planned,
        _("Earned value"): curves.earned,
        _("Actual cost"): curves.actual,
        _("Forecast"): curves.forecast,
    }
    names = list(series)
    highest = max((value for line in series.values() for value in line if value is not None), default=0.0)
    size, letter = _scale(highest)
    points = [
        {"day": day.isoformat(), "name": name, "amount": round(value / size, 4)}
        for name, line in series.items()
        for day, value in zip(curves.days, line, strict=True)
        if value is not None
    ]
    tones = [charts.colour(name) for name in ("ink3", "favourable", "ink", "series-1")]
    unit = components.money_text(0, currency).replace("0", "").strip() + letter
    form = "%d %b" if curves.days and (curves.days[-1] - curves.days[0]).days < SHORT else "%b %y"
    encoding: dict[str, Any] = {
        "x": {"field": "day", "type": "temporal", "title": None, "axis": {"format": form, "tickCount": 8}},
        "y": {"field": "amount", "type": "quantitative", "title": unit, "axis": {"tickCount": 5}},
        "color": {
            "field": "name",
            "type": "nominal",
            "sort": names,
            "scale": {"domain": names, "range": tones},
            "legend": {"orient": "top", "symbolType": "stroke"},
        },
        "strokeDash": {
            "field": "name",
            "type": "nominal",
            "scale": {"domain": names, "range": [[4, 3], [1, 0], [1, 0], [1, 0]]},
            "legend": None,
        },
    }
    layers: list[dict[str, Any]] = [{"mark": {"type": "line", "strokeWidth": 2}, "encoding": encoding}]
    if curves.days and curves.days[0] <= on <= curves.days[-1]:
        layers.append(
            {
                "data": {"values": [{"day": on.isoformat()}]},
                "mark": {"type": "rule", "strokeWidth": 1, "color": charts.colour("line2")},
                "encoding": {"x": {"field": "day", "type": "temporal"}},
            }
        )
    spec = {"data": {"values": points}, "layer": layers}
    rows = [
        [components.date_text(day), *("" if value is None else components.number(round(value)) for value in values)]
        for day, *values in zip(curves.days, *series.values(), strict=True)
    ]
    return charts.chart(
        spec,
        title=_("Earned value"),
        description=_told(curves, currency),
        head=[_("By the end of"), *names],
        rows=rows,
        width=width,
        height=height,
    )


def _told(curves: Curves, currency: str) -> str:
    """Return in words where the curves end."""

    def last(line: Sequence[float | None]) -> str:
        found = next((value for value in reversed(line) if value is not None), None)
        return components.money_text(round(found), currency) if found is not None else _("nothing")

    return _("Planned %(planned)s in all, earned %(earned)s, spent %(actual)s, forecast %(forecast)s.") % {
        "planned": last(curves.planned),
        "earned": last(curves.earned),
        "actual": last(curves.actual),
        "forecast": last(curves.forecast),
    }
