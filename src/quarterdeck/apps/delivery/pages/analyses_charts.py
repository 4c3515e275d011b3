"""The drawings of runs: histogram with S-curve, tornado, load of a resource by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quarterdeck.engine.calendar import instant
from quarterdeck.kernel.ui import charts
from quarterdeck.kernel.ui.charts import colour
from quarterdeck.kernel.ui.components import money_text, number

Spec = dict[str, Any]
#: Milliseconds of a minute.
MINUTE: Final = 60_000
#: Marks that stand on the curve; P90 is told in the table.
MARKED: Final = ("10", "50", "80")
NAME: Final = 30


def day(at: float | None, *, year: bool = False) -> str:
    """Return the day of an instant."""
    if at is None:
        return "–"
    return date_format(instant(round(at)), "j M Y" if year else "j M")


def share(value: float | None) -> str:
    """Return a share as whole percent; less than one and more than none says so."""
    if value is None:
        return "–"
    if 0 < value < 0.01:
        return "<1 %"
    return f"{round(value * 100)} %" if value < 0.995 or value == 1 else ">99 %"


def amount(value: float, currency: str) -> str:
    """Return an amount in few signs."""
    return money_text(round(value), currency, short=True)


def _bars(told: Mapping[str, Any], limit: float | None, by: float) -> list[Spec]:
    """Return the bars of a histogram; one in which the limit lies is told in two parts of one height."""
    found = []
    for low, high, count in zip(told["edges"], told["edges"][1:], told["counts"], strict=False):
        parts = [(low, high)] if limit is None or not low < limit < high else [(low, limit), (limit, high)]
        for first, last in parts:
            side = "within" if limit is None or last <= limit else "after"
            found.append({"from": first * by, "to": last * by, "runs": count, "side": side})
    return found


def _curve(told: Mapping[str, Any], by: float) -> list[Spec]:
    return [{"at": at * by, "share": part} for at, part in zip(told["edges"], told["shares"], strict=True)]


def _s_curve(told: Mapping[str, Any], field: Spec, by: float, marks: Sequence[Spec], limit: Spec | None) -> Spec:
    """Return the curve, its marks and the limit, on an axis of shares at the right."""
    y = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"orient": "right", "format": ".0%", "grid": False, "title": None, "tickCount": 5},
    }
    layers: list[Spec] = [
        {
            "data": {"values": _curve(told, by)},
            "mark": {"type": "line", "color": colour("ink"), "strokeWidth": 1.75},
            "encoding": {"x": {**field, "field": "at"}, "y": y},
        },
        {
            "data": {"values": list(marks)},
            "mark": {"type": "rule", "strokeDash": [2, 3], "color": colour("ink2")},
            "encoding": {"x": {**field, "field": "at"}, "y": y, "y2": {"datum": 0}},
        },
        {
            "data": {"values": list(marks)},
            "mark": {
                "type": "point",
                "size": 44,
                "fill": colour("surface"),
                "stroke": colour("ink"),
                "strokeWidth": 1.75,
                "filled": True,
            },
            "encoding": {"x": {**field, "field": "at"}, "y": y},
        },
        {
            "data": {"values": [each for each in marks if not each["first"]]},
            "mark": {"type": "text", "align": "right", "dx": -9, "dy": -7, "color": colour("ink")},
            "encoding": {"x": {**field, "field": "at"}, "y": y, "text": {"field": "label"}},
        },
        {
            "data": {"values": [each for each in marks if each["first"]]},
            "mark": {"type": "text", "align": "left", "dx": 9, "dy": 9, "color": colour("ink")},
            "encoding": {"x": {**field, "field": "at"}, "y": y, "text": {"field": "label"}},
        },
    ]
    if limit is not None:
        layers += [
            {
                "data": {"values": [limit]},
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": colour("red"), "strokeWidth": 1.5},
                "encoding": {"x": {**field, "field": "at"}},
            },
            {
                "data": {"values": [limit]},
                "mark": {
                    "type": "text",
                    "align": limit["align"],
                    "dx": 5 if limit["align"] == "left" else -5,
                    "dy": -6,
                    "baseline": "bottom",
                    "color": colour("red-text"),
                },
                "encoding": {"x": {**field, "field": "at"}, "y": {"value": 0}, "text": {"field": "label"}},
            },
        ]
    return {"layer": layers}


def _marks(told: Mapping[str, Any], by: float, labels: Mapping[str, str]) -> list[Spec]:
    """Return the points that are marked on the curve; the label of one near the left edge stands right of it."""
    low, high = told["edges"][0], told["edges"][-1]
    return [
        {
            "at": told["marks"][name] * by,
            "share": int(name) / 100,
            "label": label,
            "first": told["marks"][name] - low < 0.28 * (high - low),
        }
        for name, label in labels.items()
    ]


def _histogram(bars: list[Spec], field: Spec, title: str) -> Spec:
    return {
        "data": {"values": bars},
        "mark": {"type": "bar", "opacity": 0.55},
        "encoding": {
            "x": {**field, "field": "from"},
            "x2": {"field": "to"},
            "y": {
                "field": "runs",
                "type": "quantitative",
                "title": title,
                "axis": {"tickCount": 5},
                "scale": {"domain": [0, max([each["runs"] for each in bars] or [1]) * 1.05], "nice": False},
            },
            "y2": {"datum": 0},
            "color": {
                "field": "side",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": ["within", "after"], "range": [colour("series-1"), colour("adverse")]},
            },
        },
    }


def finish_chart(told: Mapping[str, Any], words: str) -> SafeString:
    """Return when the plan may be done: runs by week or day, and the chance to be done by then."""
    edges = told["edges"]
    step = max(1, round(len(edges) / 9))
    field = {
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%-d %b", "values": [at * MINUTE for at in edges[::step]]},
    }
    marks = _marks(told, MINUTE, {name: f"P{name} {day(at)}" for name, at in told["marks"].items() if name in MARKED})
    target, low, high = told["target"], edges[0], edges[-1]
    limit = None
    if low <= target <= high:
        left = target - low < 0.6 * (high - low)
        limit = {"at": target * MINUTE, "label": words, "align": "left" if left else "right"}
    bars = _bars(told, target, MINUTE)
    spec = {
        "layer": [_histogram(bars, field, _("Runs")), _s_curve(told, field, MINUTE, marks, limit)],
        "resolve": {"scale": {"y": "independent"}},
        "padding": {"left": 2, "top": 18, "right": 6, "bottom": 2},
    }
    rows = [
        (f"{day(first, year=True)} – {day(last - 1, year=True)}", number(count), share(part))
        for first, last, count, part in zip(edges, edges[1:], told["counts"], told["shares"][1:], strict=False)
    ]
    return charts.chart(
        spec,
        title=_("When it will be done"),
        description=_("P10 %(p10)s, P50 %(p50)s, P80 %(p80)s. %(target)s")
        % {**{f"p{name}": day(at, year=True) for name, at in told["marks"].items()}, "target": words},
        head=(_("Finish"), _("Runs"), _("Chance by then")),
        rows=rows,
        width=720,
        height=300,
    )


def cost_chart(told: Mapping[str, Any], currency: str, words: str) -> SafeString:
    """Return what the plan may cost: runs by amount, and the chance to stay within it; `words` say of the budget."""
    field: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": False, "domain": [told["edges"][0], told["edges"][-1]]},
        "axis": {"format": "~s", "tickCount": 3},
    }
    names = ("50", "80")
    marks = _marks(told, 1, {name: f"P{name} {amount(told['marks'][name], currency)}" for name in names})
    budget, limit = told["budget"], None
    if budget is not None and told["edges"][0] <= budget <= told["edges"][-1]:
        left = budget - told["edges"][0] < 0.5 * (told["edges"][-1] - told["edges"][0])
        limit = {"at": budget, "label": words, "align": "left" if left else "right"}
    bars = _bars(told, budget, 1)
    spec = {
        "layer": [_histogram(bars, field, _("Runs")), _s_curve(told, field, 1, marks, limit)],
        "resolve": {"scale": {"y": "independent"}},
        "padding": {"left": 2, "top": 18, "right": 6, "bottom": 2},
    }
    rows = [
        (f"{amount(first, currency)} – {amount(last, currency)}", number(count), share(part))
        for first, last, count, part in zip(
            told["edges"], told["edges"][1:], told["counts"], told["shares"][1:], strict=False
        )
    ]
    return charts.chart(
        spec,
        title=_("Cost at completion"),
        description=_("P50 %(p50)s, P80 %(p80)s.")
        % {f"p{name}": amount(at, currency) for name, at in told["marks"].items()},
        head=(_("Cost"), _("Runs"), _("Chance within")),
        rows=rows,
        width=360,
        height=240,
    )


def shortened(text: str, most: int = NAME) -> str:
    """Return a name that has room beside a bar."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def tornado(drivers: Sequence[Mapping[str, Any]]) -> SafeString:
    """Return what moves the finish: the mean finish when each is low or high, less the mean, in working days."""
    order = [f"{place + 1}. {shortened(each['name'])}" for place, each in enumerate(drivers)]
    bars = [
        {"name": name, "side": side, "days": each[side], "label": signed(each[side])}
        for name, each in zip(order, drivers, strict=True)
        for side in ("low", "high")
    ]
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 240, "grid": False, "labelColor": colour("ink")},
    }
    reach = max([abs(each["days"]) for each in bars] or [1]) or 1
    x = {
        "field": "days",
        "type": "quantitative",
        "title": None,
        "axis": {"orient": "top", "grid": True, "gridColor": colour("line"), "tickCount": 6},
        "scale": {
            "domain": [
                min([0, *(each["days"] for each in bars)]) - 0.16 * reach,
                max([0, *(each["days"] for each in bars)]) + 0.16 * reach,
            ],
            "nice": False,
        },
    }
    text = {"type": "text", "fontWeight": 600, "color": colour("ink2"), "baseline": "middle"}
    spec = {
        "data": {"values": bars},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.62}},
                "encoding": {
                    "x": {**x, "stack": None},
                    "y": y,
                    "color": {
                        "field": "side",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": ["low", "high"], "range": [colour("favourable"), colour("adverse")]},
                    },
                },
            },
            {
                "transform": [{"filter": "datum.days >= 0"}],
                "mark": {**text, "align": "left", "dx": 5},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
            {
                "transform": [{"filter": "datum.days < 0"}],
                "mark": {**text, "align": "right", "dx": -5},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
        ],
    }
    rows = [
        (each["name"], signed(each["low"]), signed(each["high"]), share(each["share"]), f"{each['correlation']:.2f}")
        for each in drivers
    ]
    return charts.chart(
        spec,
        title=_("What drives the finish"),
        description=_("Change of the mean finish in working days when each is low or high."),
        head=(_("Driver"), _("Low, d"), _("High, d"), _("Share of runs"), _("Rank correlation")),
        rows=rows,
        width=720,
        height=max(90, 34 + 26 * len(drivers)),
    )


def signed(days: float) -> str:
    """Return days with their sign, to a tenth.

    >>> signed(1.24), signed(-0.5), signed(0.01)
    ('+1.2', '−0.5', '0')
    """
    found = round(days, 1)
    if not found:
        return "0"
    return f"{'+' if found > 0 else '−'}{abs(found):.1f}"


def _week(at: int) -> int:
    return at * MINUTE


def _busy(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a resource without the weeks before and after its work."""
    used = [at for at, hours in enumerate(zip(told["before"], told["after"], strict=True)) if any(hours)]
    first, last = (max(0, used[0] - 1), used[-1] + 2) if used else (0, 1)
    return {**told, **{name: told[name][first:last] for name in ("weeks", "before", "after", "limit")}}


def load_chart(told: Mapping[str, Any]) -> SafeString:
    """Return the hours by week that a resource is asked for, before and after levelling, and what it can give."""
    told = _busy(told)
    weeks = told["weeks"]
    bars = [
        {"at": _week(at), "to": _week(at + 7 * 1440 - 720), "within": min(after, limit), "all": after}
        for at, after, limit in zip(weeks, told["after"], told["limit"], strict=True)
    ]
    ends = [*weeks, weeks[-1] + 7 * 1440] if weeks else []
    before = [
        {"at": _week(at), "hours": hours}
        for at, hours in zip(ends, [*told["before"], *told["before"][-1:]], strict=True)
    ]
    limit = [
        {"at": _week(at), "hours": hours} for at, hours in zip(ends, [*told["limit"], *told["limit"][-1:]], strict=True)
    ]
    step = max(1, round(len(weeks) / 8))
    x: Spec = {
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%-d %b", "values": [_week(at) for at in weeks[::step]]},
    }
    y: Spec = {"type": "quantitative", "title": _("Hours a week"), "axis": {"tickCount": 4}}
    line = {"type": "line", "interpolate": "step-after"}
    spec = {
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "bar", "color": colour("red"), "opacity": 0.8},
                "encoding": {
                    "x": {**x, "field": "at"},
                    "x2": {"field": "to"},
                    "y": {**y, "field": "all"},
                    "y2": {"field": "within"},
                },
            },
            {
                "data": {"values": bars},
                "mark": {"type": "bar", "color": colour("series-1"), "opacity": 0.75},
                "encoding": {
                    "x": {**x, "field": "at"},
                    "x2": {"field": "to"},
                    "y": {**y, "field": "within"},
                    "y2": {"datum": 0},
                },
            },
            {
                "data": {"values": before},
                "mark": {**line, "color": colour("adverse"), "strokeDash": [4, 3], "strokeWidth": 1.5},
                "encoding": {"x": {**x, "field": "at"}, "y": {**y, "field": "hours"}},
            },
            {
                "data": {"values": limit},
                "mark": {**line, "color": colour("ink"), "strokeWidth": 1.5},
                "encoding": {"x": {**x, "field": "at"}, "y": {**y, "field": "hours"}},
            },
        ]
    }
    rows = [
        (day(at, year=True), *(number(round(value, 1), 1) for value in values))
        for at, *values in zip(weeks, told["before"], told["after"], told["limit"], strict=True)
    ]
    return charts.chart(
        spec,
        title=told["name"],
        description=_("Above the limit %(before)s h before, %(after)s h after.")
        % {"before": number(told["over_before"], 1), "after": number(told["over_after"], 1)},
        head=(_("Week"), _("Before, h"), _("After, h"), _("Limit, h")),
        rows=rows,
        width=560,
        height=170,
    )


def compare_chart(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> SafeString:
    """Return the S-curves of runs in one drawing."""
    values = [
        {"at": at * MINUTE, "share": part, "run": name}
        for name, told in runs
        for at, part in zip(told["edges"], told["shares"], strict=True)
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "line"},
        "encoding": {
            "x": {
                "field": "at",
                "type": "temporal",
                "scale": {"type": "utc"},
                "title": None,
                "axis": {"format": "%-d %b", "tickCount": 7},
            },
            "y": {"field": "share", "type": "quantitative", "title": None, "axis": {"format": ".0%"}},
            "color": {
                "field": "run",
                "type": "nominal",
                "sort": None,
                "scale": {"range": [colour("series-5"), colour("series-1")]},
            },
        },
    }
    rows = [(name, *(day(told["marks"][mark], year=True) for mark in ("10", "50", "80", "90"))) for name, told in runs]
    return charts.chart(
        spec,
        title=_("Chance of finishing by a day"),
        description=_("The chance curves of both runs."),
        head=(_("Run"), "P10", "P50", "P80", "P90"),
        rows=rows,
        width=720,
        height=280,
    )
