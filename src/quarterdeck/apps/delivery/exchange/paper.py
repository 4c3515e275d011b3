"""A plan laid out on sheets of paper: which lines on which sheet, where bars and links lie. Lengths are points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from quarterdeck.engine.calendar import instant, minutes

DAY: Final = 1440
Span = tuple[int, int]
#: A link is drawn where so few are on a sheet that each can be followed.
LEGIBLE: Final = 90
#: Links to a line further off than this are left out too.
FAR: Final = 40


@dataclass(frozen=True)
class Line:
    """One line of the plan: what stands in the table, and what is drawn beside it. Instants as in `engine.network`."""

    cells: tuple[str, ...]
    level: int
    summary: bool
    milestone: bool
    #: "critical", "near", "done", "plain" or "off".
    tone: str
    start: int | None
    finish: int | None
    done: float = 0.0
    parts: tuple[Span, ...] = ()
    baseline: Span | None = None
    late_finish: int | None = None
    deadline: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Tie:
    """A link between two lines, by their places."""

    before: int
    after: int
    kind: str
    critical: bool


@dataclass(frozen=True)
class Paper:
    """A size of paper, lying, with what of it goes to margins, to a line, and to each column of the table."""

    name: str
    width: float
    height: float
    row: float
    font: float
    columns: tuple[float, ...]

    @property
    def rows(self) -> int:
        """Lines of one sheet."""
        return int((self.height - 2 * MARGIN - TITLE - HEAD - FOOT) // self.row)

    @property
    def chart(self) -> float:
        """The width that is left for the bars."""
        return self.width - 2 * MARGIN - sum(self.columns)


MARGIN: Final = 28.0
TITLE: Final = 40.0
HEAD: Final = 30.0
FOOT: Final = 26.0
#: Room at the right edge for the names of the last milestones.
ROOM: Final = 70.0
PAPERS: Final = {
    "a3": Paper("a3", 1190.55, 841.89, 14.0, 8.0, (24.0, 36.0, 210.0, 46.0, 56.0, 56.0, 34.0, 42.0, 30.0)),
    "a4": Paper("a4", 841.89, 595.28, 12.0, 7.0, (20.0, 30.0, 150.0, 38.0, 48.0, 48.0, 30.0, 36.0, 26.0)),
}


class Axis:
    """Time across the chart: from the first date to the last, with some room about them."""

    def __init__(self, lines: Sequence[Line], width: float) -> None:
        told = [at for line in lines for at in _instants(line)]
        first, last = (min(told), max(told)) if told else (0, 30 * DAY)
        around = max(2 * DAY, (last - first) // 60)
        self.first, self.last, self.width = first - around, last + around, width
        self.per = (width - ROOM) / (self.last - self.first)

    def x(self, at: int) -> float:
        """Return where an instant lies."""
        return round((at - self.first) * self.per, 2)

    def ticks(self) -> list[tuple[dt.date, float]]:
        """Return the beginnings of months, quarters or years, whichever has room for its name."""
        month = 30.4 * DAY * self.per
        step = next(step for step in (1, 3, 12, 60, 1200) if month * step >= 34 or step == 1200)
        day = instant(self.first).date()
        number = day.year * 12 + day.month - 1
        number -= number % step
        found: list[tuple[dt.date, float]] = []
        while True:
            at = dt.date(number // 12, number % 12 + 1, 1)
            x = self.x(minutes(at))
            if x > self.width:
                return found
            if x >= 0:
                found.append((at, x))
            number += step


def _instants(line: Line) -> list[int]:
    told = [line.start, line.finish, *(line.baseline or ())]
    return [at for at in told if at is not None]


def sheets(lines: Sequence[Line], ties: Sequence[Tie], paper: Paper) -> list[dict[str, Any]]:
    """Return the sheets of a plan: its lines in turn, each sheet with the drawing of its own lines."""
    axis = Axis(lines, paper.chart)
    found = []
    for first in range(0, max(1, len(lines)), paper.rows):
        there = lines[first : first + paper.rows]
        found.append(
            {
                "rows": [{"cells": line.cells, "level": line.level, "bold": line.summary} for line in there],
                "bars": [
                    drawn for place, line in enumerate(there) if (drawn := _bar(line, place, axis, paper)) is not None
                ],
                "ties": _ties(there, first, ties, axis, paper),
            }
        )
    return found


def _bar(line: Line, place: int, axis: Axis, paper: Paper) -> dict[str, Any] | None:
    """Return what is drawn of a line; None where it has no dates."""
    if line.start is None or line.finish is None:
        return None
    start, finish = axis.x(line.start), axis.x(line.finish)
    pieces = [(axis.x(a), axis.x(b)) for a, b in line.parts] or [(start, finish)]
    late = None if line.late_finish is None or line.summary or line.tone == "done" else axis.x(line.late_finish)
    return {
        "y": place * paper.row,
        "kind": "summary" if line.summary else "milestone" if line.milestone else "task",
        "tone": line.tone,
        "from": start,
        "to": finish,
        "pieces": pieces,
        "done": _done_to(pieces, line.done),
        "baseline": None if line.baseline is None else [axis.x(at) for at in line.baseline],
        "float": late if late is not None and late > finish + 1 else None,
        "deadline": None if line.deadline is None else axis.x(line.deadline),
        "label": line.label if line.milestone else "",
    }


def _done_to(pieces: Sequence[tuple[float, float]], percent: float) -> float:
    """Return up to where a bar is done; gaps of split work do not count.

    >>> _done_to([(0, 10), (20, 30)], 75)
    25.0
    """
    left = sum(b - a for a, b in pieces) * max(0.0, min(100.0, percent)) / 100
    for a, b in pieces:
        if left <= b - a:
            return round(a + left, 2)
        left -= b - a
    return pieces[-1][1]


def _ties(lines: Sequence[Line], first: int, ties: Sequence[Tie], axis: Axis, paper: Paper) -> list[dict[str, Any]]:
    """Return the links between lines of one sheet, as polylines; none where they are too many to be followed."""
    inside = range(first, first + len(lines))
    here = [tie for tie in ties if tie.before in inside and tie.after in inside and abs(tie.after - tie.before) <= FAR]
    if len(here) > LEGIBLE:
        here = [tie for tie in here if tie.critical]
    if len(here) > LEGIBLE:
        return []
    found = []
    for tie in here:
        ends = lines[tie.before - first], lines[tie.after - first]
        out = ends[0].start if tie.kind.startswith("S") else ends[0].finish
        into = ends[1].finish if tie.kind.endswith("F") else ends[1].start
        if out is not None and into is not None:
            places = (tie.before - first, tie.after - first)
            found.append(
                {"points": _route(axis.x(out), axis.x(into), places, paper, tie.kind), "critical": tie.critical}
            )
    return found


def _route(out: float, into: float, places: tuple[int, int], paper: Paper, kind: str) -> list[tuple[float, float]]:
    """Return the corners of a link: out of one bar, down or up to the other."""
    top, bottom = ((place + 0.42) * paper.row for place in places)
    side = -1 if kind.startswith("S") else 1
    inward = 1 if kind.endswith("F") else -1
    stub = 4.0
    turn = out + side * stub
    if kind == "FS" and into >= turn + 1:
        return [(out, top), (turn, top), (turn, bottom), (into, bottom)]
    if side == inward:
        turn = max(out, into) + stub if side > 0 else min(out, into) - stub
        return [(out, top), (turn, top), (turn, bottom), (into, bottom)]
    middle = top + (0.5 if bottom > top else -0.5) * paper.row
    before = into + inward * stub
    return [(out, top), (turn, top), (turn, middle), (before, middle), (before, bottom), (into, bottom)]
