"""The milestone trend: how the date of each milestone wandered from report to report.

Milestone trend analysis puts the status dates on one axis and, on the other, the date that each report gave for a
milestone. A level line keeps its date, a rising one slips; where a line meets the diagonal the milestone is reached.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import TaskId


class Course(StrEnum):
    """Where a milestone is heading."""

    REACHED = "reached"
    STEADY = "steady"
    EARLIER = "earlier"
    LATER = "later"
    ZIGZAG = "zigzag"  # it went to and fro: the dates do not mean much
    RUNAWAY = "runaway"  # it slips by a day a day or faster: it comes no nearer
    UNKNOWN = "unknown"  # one report is no trend


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of one milestone; instants and spans in minutes of the clock.

    `points` are (status date, date given); `moved` the last date less the first, `moved_last` less the one before;
    `slope` the days of slip per day of time by least squares, None with one report; `meets` when the line through the
    last point with that slope meets the diagonal, None where it never does or the milestone is reached.
    """

    milestone: TaskId
    points: tuple[tuple[int, int], ...]
    moved: int
    moved_last: int
    slope: float | None
    meets: int | None
    course: Course


def milestone_trends(reports: Iterable[tuple[int, Mapping[TaskId, int]]], *, steady: float = 0.05) -> tuple[Trend, ...]:
    """Return the trend of every milestone of dated reports, in the order in which they first appear.

    A report is its status date and the date of each milestone then; a milestone may be missing from some. Reports may
    come in any order. With t the status dates and d the dates given, slope = sum (t - mean t)(d - mean d) /
    sum (t - mean t)^2, and the line meets the diagonal at t_n + (d_n - t_n) / (1 - slope). A slope of at most `steady`
    either way is steady; one that both slips and gains by more than the net of it is a zigzag.

    Raises `EngineError` for two reports of one status date, and for a date that is no number.

    >>> day = 1440
    >>> reports = [(0, {"m": 100 * day}), (10 * day, {"m": 102 * day}), (20 * day, {"m": 104 * day})]
    >>> found = milestone_trends(reports)[0]
    >>> found.slope, found.moved // day, found.meets // day, found.course.value
    (0.2, 4, 125, 'later')
    """
    within("the slope that counts as steady", steady, low=0)
    ordered = sorted(reports, key=lambda report: report[0])
    for (one, _), (two, _) in pairwise(ordered):
        if one == two:
            raise EngineError(f"two reports have the status date {one}", culprits=(one,), remedy="Give each its own.")
    points: dict[TaskId, list[tuple[int, int]]] = {}
    for status, dates in ordered:
        for milestone, date in dates.items():
            if not (math.isfinite(date) and math.isfinite(status)):
                raise EngineError(
                    f"the date of milestone {milestone!r} is not a number",
                    culprits=(milestone,),
                    remedy="Give minutes.",
                )
            points.setdefault(milestone, []).append((int(status), int(date)))
    return tuple(_trend(milestone, tuple(given), steady) for milestone, given in points.items())


def _trend(milestone: TaskId, points: tuple[tuple[int, int], ...], steady: float) -> Trend:
    (status, date), slope = points[-1], _slope(points)
    steps = [two[1] - one[1] for one, two in pairwise(points)]
    reached = date <= status
    meets = None
    if not reached and slope is not None and slope < 1:
        meets = status + round((date - status) / (1 - slope))
    return Trend(
        milestone,
        points,
        date - points[0][1],
        steps[-1] if steps else 0,
        slope,
        meets,
        Course.REACHED if reached else _course(steps, slope, steady),
    )


def _slope(points: tuple[tuple[int, int], ...]) -> float | None:
    """Return the slope by least squares, from whole numbers: sums of n times the deviations stay exact."""
    count = len(points)
    if count < 2:
        return None
    statuses, dates = sum(point[0] for point in points), sum(point[1] for point in points)
    upper = sum((count * point[0] - statuses) * (count * point[1] - dates) for point in points)
    return upper / sum((count * point[0] - statuses) ** 2 for point in points)


def _course(steps: list[int], slope: float | None, steady: float) -> Course:
    if slope is None:
        return Course.UNKNOWN
    later, earlier = sum(step for step in steps if step > 0), -sum(step for step in steps if step < 0)
    if min(later, earlier) > abs(later - earlier):
        return Course.ZIGZAG
    if slope >= 1:
        return Course.RUNAWAY
    if abs(slope) <= steady:
        return Course.STEADY
    return Course.LATER if slope > 0 else Course.EARLIER
