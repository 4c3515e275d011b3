"""Small drawings for table cells: sparkline, bullet, bar. Coloured by classes, with words for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from quarterdeck.kernel.ui.components import EMPTY, number

Value = int | float | Decimal


def _svg(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - built from numbers and escaped text only


def sparkline(
    values: Sequence[Value | None], tone: str = "", width: int = 64, height: int = 18, label: str = ""
) -> SafeString:
    """Return a line of `width` x `height` px through the values that exist, with a dot at the last; empty for none.

    The scale runs from the lowest to the highest value; a flat series lies in the middle. `tone` is red, amber, green
    or accent.
    """
    points = [(index, float(value)) for index, value in enumerate(values) if value is not None]
    if not points:
        return EMPTY
    low, high = min(v for _, v in points), max(v for _, v in points)
    span, room, top = high - low, height - 6, 3
    steps = max(len(values) - 1, 1)
    places = [
        (2 + index / steps * (width - 6), top + room * (0.5 if span == 0 else 1 - (value - low) / span))
        for index, value in points
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    said = label or gettext("from %(first)s to %(last)s, lowest %(low)s, highest %(high)s") % {
        "first": _plain(points[0][1]),
        "last": _plain(points[-1][1]),
        "low": _plain(low),
        "high": _plain(high),
    }
    css = f"spark spark-{tone}" if tone else "spark"
    x, y = places[-1]
    return _svg(
        f'<svg class="{escape(css)}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">'
        f'<polyline points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/></svg>'
    )


def bullet(value: Value, target: Value, maximum: Value = 100, tone: str = "", label: str = "") -> SafeString:
    """Return a bar of `value` against `maximum` with a tick at `target`; values beyond the scale stop at its end."""
    top = float(maximum) or 1.0
    reach, mark = (max(0.0, min(float(v) / top, 1.0)) * 100 for v in (value, target))
    said = label or gettext("%(value)s, target %(target)s") % {"value": _plain(value), "target": _plain(target)}
    css = f"bullet bullet-{tone}" if tone else "bullet"
    return _svg(
        f'<svg class="{escape(css)}" viewBox="0 0 104 14" role="img" aria-label="{escape(said)}">'
        f'<rect class="track" x="0" y="3" width="102" height="8" rx="1.5"/>'
        f'<rect class="value" x="0" y="3" width="{reach * 1.02:.1f}" height="8" rx="1.5"/>'
        f'<rect class="target" x="{mark * 1.02 - 1:.1f}" y="0" width="2" height="14"/></svg>'
    )


def bar(value: Value, maximum: Value, tone: str = "", label: str = "", *, track: bool = False) -> SafeString:
    """Return a plain bar of `value` against `maximum`; `tone`: adverse, favourable, quiet, red, amber, green."""
    top = float(maximum) or 1.0
    reach = max(0.0, min(abs(float(value)) / abs(top), 1.0)) * 100
    css = f"bar bar-{tone}" if tone else "bar"
    back = '<rect class="track" width="100" height="8"/>' if track else ""
    return _svg(
        f'<svg class="{escape(css)}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label or _plain(value))}">{back}'
        f'<rect class="value" width="{reach:.1f}" height="8"/></svg>'
    )


def _plain(value: Value) -> str:
    """Return a number with as many places as it needs, two at most."""
    exact = Decimal(str(value))
    rounded = round(exact, 2).normalize()
    exponent = rounded.as_tuple().exponent
    return number(rounded, max(0, -exponent) if isinstance(exponent, int) else 0)
