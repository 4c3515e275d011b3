"""The scale of a rule: green, amber and red with their limits, and the value marked on it; as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.choices import Direction, Input
from quarterdeck.apps.reporting.health_words import figure

WIDTH: Final = 488.0
TOP, THICK, HEIGHT = 18.0, 7.0, 44.0
#: Figures that lie between nothing and all.
SHARES: Final = frozenset({Input.ACCURACY, Input.RED_SHARE, Input.OFF_SHARE})
#: Room that a figure below the scale takes.
ROOM: Final = 40.0


def rule_bar(rule: Mapping[str, Any]) -> SafeString:
    """Return the scale of a rule as a snapshot keeps it: `value`, `amber`, `red`, `direction`, `input`."""
    value, amber, red = float(rule["value"]), float(rule["amber"]), float(rule["red"])
    grows = rule["direction"] == Direction.AT_MOST
    low, high = _ends(value, amber, red, grows=grows)
    if rule["input"] in SHARES:
        low, high = max(low, 0.0), min(high, 100.0)

    def at(number: float) -> float:
        return (number - low) / (high - low) * WIDTH

    edges = (low, amber, red, high) if grows else (low, red, amber, high)
    colours = ("green", "amber", "red") if grows else ("red", "amber", "green")
    parts = [
        f'<rect class="rule-{colour}" x="{at(first) + (1 if place else 0):.1f}" y="{TOP}" '
        f'width="{max(at(last) - at(first) - (1 if place else 0), 0):.1f}" height="{THICK}"/>'
        for place, (colour, first, last) in enumerate(zip(colours, edges, edges[1:], strict=False))
    ]
    name = rule["input"]
    # The limits first; the ends of the scale where they have room beside them.
    marks = [*((limit, "middle") for limit in dict.fromkeys(edges[1:3])), (low, "start"), (high, "end")]
    shown: list[float] = []
    for number, anchor in marks:
        place = at(number)
        if all(abs(place - other) > ROOM for other in shown):
            shown.append(place)
            text = figure(name, round(number, 2), sign=False)
            parts.append(f'<text x="{place:.1f}" y="{TOP + THICK + 15}" text-anchor="{anchor}">{escape(text)}</text>')
    here = min(max(at(value), 1.5), WIDTH - 1.5)
    anchor = "start" if here < 30 else "end" if here > WIDTH - 30 else "middle"
    parts.append(f'<rect class="rule-value" x="{here - 1.5:.1f}" y="{TOP - 4}" width="3" height="{THICK + 8}"/>')
    text = escape(figure(name, value))
    parts.append(f'<text class="rule-here" x="{here:.1f}" y="{TOP - 7}" text-anchor="{anchor}">{text}</text>')
    said = _("%(value)s; amber from %(amber)s, red from %(red)s") % {
        "value": figure(name, value),
        "amber": figure(name, amber, sign=False),
        "red": figure(name, red, sign=False),
    }
    return mark_safe(  # noqa: S308 - numbers and escaped texts only
        f'<svg class="rule-bar" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(said)}">'
        f"{''.join(parts)}</svg>"
    )


def _ends(value: float, amber: float, red: float, *, grows: bool) -> tuple[float, float]:
    """Return the ends of the scale: room for the value, and as much of green and red as the amber band is wide."""
    band = abs(red - amber) or max(abs(red), 1.0) / 2
    if grows:
        return min(amber - band if amber < 0 else min(0.0, amber - band), value), max(red + band, value)
    return min(red - band, value), max(amber + band, value)
