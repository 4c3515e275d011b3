"""Honesty signs: what makes a report less likely to be true. Pure: from snapshots and counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from quarterdeck.apps.reporting.models import Snapshot

FROZEN, ON_PLAN, GREEN_BUT_SLOW, FUTURE, UNSTATUSED = "frozen", "on_plan", "green_but_slow", "future", "unstatused"
#: Days over which percent complete has not moved, and at least so many assessments that saw it.
STILL: Final = 21
SEEN: Final = 3
#: Days over which the forecast has been the baseline to the day.
PERFECT: Final = 42
#: SPI(t) below which green is doubted.
SLOW: Final = 0.9
#: Days of history that the signs look at.
LOOKS_BACK: Final = 70

Sign = dict[str, Any]


def signs(now: Snapshot, past: Sequence[Snapshot], *, under_way: bool, future: int, unstatused: int) -> list[Sign]:
    """Return the signs of one project: `now` is the snapshot in the making, `past` those before it, oldest first."""
    found: list[Sign] = []
    if under_way:
        since = _same_since(now, past, "percent")
        if since is not None and (now.on - since).days >= STILL and 0 < (now.percent or 0) < 100:
            found.append({"key": FROZEN, "since": since.isoformat(), "value": round(now.percent or 0, 1)})
        since = _on_plan_since(now, past)
        if since is not None and (now.on - since).days >= PERFECT:
            found.append({"key": ON_PLAN, "since": since.isoformat()})
    if "green" in (now.own_colour, now.colours.get("time")) and now.spi_t is not None and now.spi_t < SLOW:
        found.append({"key": GREEN_BUT_SLOW, "value": round(now.spi_t, 2)})
    if future:
        found.append({"key": FUTURE, "value": future})
    if unstatused:
        found.append({"key": UNSTATUSED, "value": unstatused})
    return found


def _same_since(now: Snapshot, past: Sequence[Snapshot], name: str) -> dt.date | None:
    """Return since when a figure has stood, seen at least so many times; None where it moved."""
    value = getattr(now, name)
    if value is None:
        return None
    since, seen = now.on, 1
    for each in reversed(past):
        if getattr(each, name) != value:
            break
        since, seen = each.on, seen + 1
    return since if seen >= SEEN else None


def _on_plan_since(now: Snapshot, past: Sequence[Snapshot]) -> dt.date | None:
    since, seen = None, 0
    for each in (now, *reversed(past)):
        if each.forecast_finish is None or each.forecast_finish != each.baseline_finish:
            break
        since, seen = each.on, seen + 1
    return since if seen >= SEEN else None
