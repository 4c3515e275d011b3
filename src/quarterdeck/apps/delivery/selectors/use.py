"""What a plan asks of its people and machines, week by week, against what they have."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from quarterdeck.apps.delivery.selectors.mapping import parts_of
from quarterdeck.apps.delivery.selectors.solving import Solved, calendar_of
from quarterdeck.engine.calendar import Calendar, around_the_clock, instant, minutes, timeline
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.levelling import Activity, Problem, Resource, Usage, usage

DAY: Final = 1440
WEEK: Final = 7 * DAY
#: Resources shown at once.
MOST: Final = 100
#: Weeks and days told at once of a whole plan.
MOST_WEEKS: Final = 1040
MOST_DAYS: Final = 740


@dataclass(frozen=True)
class Cell:
    """One resource in one week, or on one day: minutes asked and had, the most units asked at once, how many short."""

    week: dt.date
    asked: float
    had: float
    peak: float
    short: float

    @property
    def percent(self) -> int | None:
        """The load; None in a week in which the resource does not work."""
        return round(100 * self.asked / self.had) if self.had else None


@dataclass(frozen=True)
class Row:
    """One resource over all weeks; `units` is what it has."""

    resource: int
    name: str
    units: float
    cells: tuple[Cell, ...]

    @property
    def short(self) -> float:
        """The most units that are short in any of the weeks."""
        return max((cell.short for cell in self.cells), default=0.0)


@dataclass(frozen=True)
class Use:
    """Resources by weeks, those that are short first; `left_out` more are not shown."""

    weeks: tuple[dt.date, ...]
    rows: tuple[Row, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Part:
    """What one task asks of a resource in one week."""

    task: int
    name: str
    start: int
    finish: int
    units: float
    asked: float
    total_float: int | None
    critical: bool
    done: float


@dataclass(frozen=True)
class _Piece:
    """A stretch of a task that a resource works at."""

    row: int
    resource: int
    units: float
    start: int
    finish: int
    calendar: Calendar


def monday(day: dt.date) -> dt.date:
    """Return the first day of a week.

    >>> monday(dt.date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return day - dt.timedelta(days=day.weekday())


def use(now: Solved, first: dt.date, count: int, *, days: int = 7, only: int | None = None) -> Use:
    """Return what is asked of each resource, or of one, in some weeks from a Monday on. Raises EngineError.

    `days` is how many one cell spans: weeks by default.
    """
    weeks = tuple(first + dt.timedelta(days=days * n) for n in range(count))
    edges = np.array([minutes(first) + n * days * DAY for n in range(count + 1)], np.int64)
    limits = {key: (units, own) for key, units, own in now.held.source.limits() if only in (None, key)}
    pieces = list(_pieces(now, int(edges[0]), int(edges[-1]), set(limits)))
    asked = {each.resource for each in pieces}
    names = {key: name for key, name, _kind in now.held.source.resources() if key in limits}
    activities = tuple(
        Activity(number, each.finish - each.start, {each.resource: each.units}, each.calendar, started=each.start)
        for number, each in enumerate(pieces)
    )
    problem = Problem(activities, resources=tuple(Resource(key, limits[key][0]) for key in sorted(asked)))
    ends = {number: (each.start, each.finish) for number, each in enumerate(pieces)}
    told = usage(problem, {key: at[0] for key, at in ends.items()}, {key: at[1] for key, at in ends.items()})
    steps = {each.resource: each for each in told}
    rows = []
    for key, name in names.items():
        units, own = limits[key]
        line = timeline(_calendar(now, own))
        had = units * np.diff(line.work_at(edges))
        rows.append(Row(key, name, units, tuple(_cells(steps.get(key), weeks, edges, had.tolist(), units))))
    rows.sort(key=lambda row: (-row.short, not any(cell.asked for cell in row.cells), row.name.casefold()))
    return Use(weeks, tuple(rows[:MOST]), max(0, len(rows) - MOST))


@dataclass(frozen=True)
class Load:
    """What a whole plan asks: of everyone by weeks, of one resource by weeks, or by days where they are few."""

    everyone: Use
    chosen: Row | None
    #: Days that a cell of the chosen one spans.
    days: int


def load(now: Solved, resource: int | None = None, *, by_day: bool = False) -> Load:
    """Return what a plan asks from its first week to its last: `resource`, or who is short most. Raises EngineError."""
    if now.schedule is None:
        return Load(Use((), ()), None, 7)
    first = monday(instant(now.schedule.project_start).date())
    weeks = min(MOST_WEEKS, (instant(now.schedule.project_finish).date() - first).days // 7 + 1)
    everyone = use(now, first, weeks)
    chosen = next((row for row in everyone.rows if row.resource == resource), None)
    chosen = chosen or next(iter(everyone.rows), None)
    if chosen is None or not by_day or weeks * 7 > MOST_DAYS:
        return Load(everyone, chosen, 7)
    return Load(everyone, use(now, first, weeks * 7, days=1, only=chosen.resource).rows[0], 1)


def _calendar(now: Solved, own: int | None) -> Calendar:
    """Return the calendar of a resource: its own, else that of the plan."""
    if own is not None:
        return now.held.working.own(own)
    place = now.held.project
    return around_the_clock() if place < 0 else now.held.calendars[place]


def _pieces(now: Solved, first: int, last: int, known: set[int]) -> Iterator[_Piece]:
    """Yield the stretches of work between two instants, cut to them, of those that work."""
    held, found = now.held, now.found
    row_of, leaves = held.row_of, now.leaves
    splits = held.columns.splits if held.columns is not None else {}
    for task, resource, _name, units in held.source.assigned():
        row = row_of.get(task, -1)
        if resource not in known or row < 0 or not leaves[row] or not units:
            continue
        start, finish = int(found["start"][row]), int(found["finish"][row])
        if NONE in (start, finish) or finish <= first or start >= last:
            continue
        calendar = _worked(now, row)
        stretches = parts_of(splits[row], start, finish, calendar) if row in splits else [(start, finish)]
        for begin, end in stretches:
            if max(begin, first) < min(end, last):
                yield _Piece(row, resource, float(units), max(begin, first), min(end, last), calendar)


def _worked(now: Solved, row: int) -> Calendar:
    clock = str(now.held.rows["duration_unit"][row]).startswith("e")
    return around_the_clock() if clock else calendar_of(now.held, row)


def _cells(
    told: Usage | None,
    weeks: tuple[dt.date, ...],
    edges: np.ndarray[tuple[int], np.dtype[np.int64]],
    had: list[float],
    units: float,
) -> Iterator[Cell]:
    for number, week in enumerate(weeks):
        asked = peak = 0.0
        if told is not None and len(told.used):
            low, high = (
                np.clip(told.instants, edges[number], edges[number + 1])[side] for side in (slice(-1), slice(1, None))
            )
            inside = high > low
            asked = float((told.used * (high - low)).sum())
            peak = float(told.used[inside].max(initial=0.0))
        yield Cell(week, asked, had[number], peak, max(0.0, round(peak - units, 6)))


def behind(now: Solved, resource: int, week: dt.date) -> list[Part]:
    """Return the tasks that ask for a resource in a week, those that ask most first."""
    first = minutes(week)
    told: dict[int, list[_Piece]] = defaultdict(list)
    for each in _pieces(now, first, first + WEEK, {resource}):
        told[each.row].append(each)
    rows, found = now.held.rows, now.found
    parts = [
        Part(
            rows["pk"][row],
            rows["name"][row],
            int(found["start"][row]),
            int(found["finish"][row]),
            pieces[0].units,
            sum(each.units * int(timeline(each.calendar).between(each.start, each.finish)) for each in pieces),
            None if found["total_float"][row] == NONE else int(found["total_float"][row]),
            bool(found["critical"][row]),
            float(found["done"][row]),
        )
        for row, pieces in told.items()
    ]
    return sorted(parts, key=lambda part: (-part.asked, part.start))
