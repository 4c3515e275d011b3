"""Charts: a Vega-Lite specification drawn by the server to SVG, in one theme, with its data as a table.

Write a specification with `colour("series-1")` and the like wherever a colour is meant. On a page these become the
style sheet's variables, so that one drawing serves light, dark and print; `print_svg` puts real colours in. The
drawing is kept in the cache under a hash of what it is made of. No script, no inline style: it passes a strict CSP.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import vl_convert
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from quarterdeck.kernel.ui.components import icon

Text = str | Promise
Spec = Mapping[str, Any]

#: Raise it when the theme changes, so that kept drawings are made anew.
VERSION: Final = 2
KEPT_SECONDS: Final = 7 * 24 * 3600

#: Colours by name: what a document on paper shows. On a page the name is a variable of the style sheet.
PALETTE: Final[Mapping[str, str]] = {
    "surface": "#FFFFFF",
    "sunken": "#F8F9FA",
    "line": "#E4E7EB",
    "line2": "#CDD3DA",
    "ink": "#15191F",
    "ink2": "#454E5B",
    "ink3": "#5F6977",
    "accent": "#2456C4",
    "accent-soft": "#EAF0FC",
    "red": "#C4273A",
    "red-text": "#AE1F31",
    "red-soft": "#FCECEE",
    "amber": "#F0A51A",
    "amber-edge": "#AD6C00",
    "amber-soft": "#FDF3DD",
    "green": "#1B7A55",
    "green-soft": "#E4F3EC",
    "series-1": "#2F66D0",
    "series-2": "#0E8080",
    "series-3": "#B06F10",
    "series-4": "#7652C4",
    "series-5": "#64748B",
    "series-6": "#B03A7A",
    "adverse": "#CC7623",
    "favourable": "#0E8080",
}
_NAMES: Final = tuple(PALETTE)
_STAND_IN: Final = re.compile(r"#fe0d([0-9a-f]{2})", re.IGNORECASE)
_SELF_CLOSED_MARK: Final = re.compile(r'<(path|rect|circle|line|text|g)\b([^<>]*?aria-label="([^"]*)"[^<>]*?)/>')
_STYLE: Final = re.compile(r'\sstyle="[^"]*"')
_FONT: Final = "Inter Variable, Inter, Helvetica, Arial, sans-serif"


def colour(name: str) -> str:
    """Return the stand-in for a colour of the theme, to be put into a specification."""
    try:
        return f"#fe0d{_NAMES.index(name):02x}"
    except ValueError:
        raise ValueError(f"No chart colour {name!r}; choose from {', '.join(_NAMES)}.") from None


def theme() -> dict[str, Any]:
    """Return the configuration of every chart: horizontal grid only, quiet axes, 11 px figures."""
    axis = {
        "labelFont": _FONT,
        "labelFontSize": 11,
        "labelColor": colour("ink3"),
        "labelPadding": 6,
        "titleFont": _FONT,
        "titleFontSize": 11,
        "titleFontWeight": 400,
        "titleColor": colour("ink3"),
        "domain": False,
        "ticks": False,
        "grid": False,
    }
    return {
        "background": "transparent",
        "font": _FONT,
        "padding": {"left": 2, "top": 6, "right": 6, "bottom": 2},
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"labelAngle": 0, "labelOverlap": "greedy"},
        "axisY": {
            "grid": True,
            "gridColor": colour("line"),
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "start",
            "titleX": -28,
            "titleY": -12,
        },
        "legend": {
            "labelFont": _FONT,
            "labelFontSize": 11,
            "labelColor": colour("ink2"),
            "title": None,
            "orient": "top",
            "symbolSize": 60,
        },
        "text": {"font": _FONT, "fontSize": 11, "fontWeight": 600, "color": colour("ink")},
        "line": {"strokeWidth": 1.75, "color": colour("series-1"), "strokeJoin": "round"},
        "bar": {"color": colour("series-1"), "cornerRadiusEnd": 1},
        "area": {"color": colour("series-1"), "opacity": 0.16},
        "point": {"color": colour("series-1"), "filled": True, "size": 28},
        # A line says nothing by itself: what it marks stands in words beside it.
        "rule": {"color": colour("ink3"), "aria": False},
        "range": {"category": [colour(f"series-{n}") for n in range(1, 7)]},
    }


def _drawn(spec: Spec, width: int, height: int) -> str:
    """Return the SVG with stand-in colours, from the cache where it was drawn before."""
    whole: dict[str, Any] = copy.deepcopy(dict(spec))
    whole.setdefault("$schema", "https://vega.github.io/schema/vega-lite/v5.json")
    whole.setdefault("width", width)
    whole.setdefault("height", height)
    whole.setdefault("autosize", {"type": "fit", "contains": "padding"})
    whole["config"] = {**theme(), **whole.get("config", {})}
    content = json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str)
    key = f"chart:{VERSION}:{hashlib.sha256(content.encode()).hexdigest()}"
    kept = cache.get(key)
    if isinstance(kept, str):
        return kept
    drawn: str = vl_convert.vegalite_to_svg(json.loads(content))
    drawn = _STYLE.sub("", drawn).replace(f' font-family="{_FONT}"', "")
    drawn = _SELF_CLOSED_MARK.sub(r"<\1\2><title>\3</title></\1>", drawn)
    cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def svg(spec: Spec, *, title: Text, description: Text, width: int = 480, height: int = 200) -> SafeString:
    """Return the chart for a page: coloured by the style sheet, named by `title`, told by `description`.

    `width` and `height` are px at which text has its true size; the drawing scales with its card.
    """
    drawn = _drawn(spec, width, height)
    ident = hashlib.sha256(f"{drawn}{title}{description}".encode()).hexdigest()[:10]
    head = (
        f'role="img" aria-labelledby="t{ident}" aria-describedby="d{ident}">'
        f'<title id="t{ident}">{escape(title)}</title>'
        f'<desc id="d{ident}">{escape(description)}</desc>'
    )
    drawn = drawn.replace(">", f" {head}", 1)
    drawn = re.sub(r' xmlns:xlink="[^"]*"| version="1.1"| class="marks"', "", drawn, count=3)
    drawn = re.sub(r'^<svg([^>]*?) width="[\d.]+" height="[\d.]+"', r"<svg\1", drawn)
    return mark_safe(_STAND_IN.sub(_variable, drawn))  # noqa: S308 - drawn from the specification; texts are escaped


def _variable(found: re.Match[str]) -> str:
    return f"var(--{_NAMES[int(found[1], 16)]})"


def print_svg(spec: Spec, *, width: int = 480, height: int = 200) -> str:
    """Return the same drawing with the light theme's colours, for PDF and slides."""
    return _STAND_IN.sub(lambda found: PALETTE[_NAMES[int(found[1], 16)]], _drawn(spec, width, height))


def table(head: Sequence[Text], rows: Sequence[Sequence[Any]]) -> SafeString:
    """Return the chart's data; the first column is text, the others figures."""
    top = "".join(f'<th scope="col"{_num(at)}>{escape(cell)}</th>' for at, cell in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{_num(at)}>{conditional_escape(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return mark_safe(  # noqa: S308 - every cell is escaped
        f'<table class="list list-compact"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
    )


def _num(place: int) -> str:
    return ' class="num"' if place else ""


def chart(
    spec: Spec,
    *,
    title: Text,
    description: Text,
    head: Sequence[Text],
    rows: Sequence[Sequence[Any]],
    width: int = 480,
    height: int = 200,
) -> SafeString:
    """Return the drawing and its table folded below it."""
    drawn = svg(spec, title=title, description=description, width=width, height=height)
    ident = hashlib.sha256(f"{drawn}{rows!r}".encode()).hexdigest()[:10]
    label = escape(gettext("Table of %(title)s") % {"title": title})
    return mark_safe(  # noqa: S308 - made of escaped parts
        f'<figure class="chart">{drawn}</figure><details class="chart-data"><summary aria-label="{label}">'
        f"{icon('table-2')}<span>{escape(gettext('Table'))}</span></summary>"
        f'<div class="chart-table" id="c{ident}">{table(head, rows)}</div></details>'
    )
