"""Reader of the workbooks of the empirical project database of OR-AS and Ghent University (Batselier & Vanhoucke 2015).

A workbook holds what ProTrack exported of one real project: baseline schedule, resources, agenda, one sheet for each
tracking period and, on the sheet of the tracking overview, the figures of project control that ProTrack published for
each. Everything is read into plain values, as it stands: blanks are None, and nothing is mended or reckoned. Instants
are minutes since 1970-01-01 00:00, durations and lags working minutes of the workbook's one agenda, in which a day is
as long as its working hours and a week as long as its working days.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from quarterdeck.engine.calendar import CalendarException, WorkCalendar

Row = list[Any]
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  the workbooks know no zone
LINK = re.compile(r"(\d+)\s*(FS|SS|FF|SF)\s*(.*)")
LAG = re.compile(r"([+-]?)((?:\s*\d+\s*[wdh])+)")
PART = re.compile(r"(\d+)\s*([wdh])")
DEMAND = re.compile(r"(?P<name>.*?)\s*(?:\[(?P<units>[\d.,]+)\s*(?P<percent>%)?[^\]]*\])?$")
SHEET_OF_PERIOD = re.compile(r"(?:Project Control\s*-\s*)?TP\s*(\d+)\s*$")
PUBLISHED = (
    "pv", "ev", "ac", "es", "sv", "spi", "cv", "cpi", "sv_t", "spi_t", "p_factor",
    "time_pv_1", "time_pv_spi", "time_pv_sci", "time_ed_1", "time_ed_spi", "time_ed_sci",
    "time_es_1", "time_es_spi_t", "time_es_sci_t",
    "eac_1", "eac_cpi", "eac_spi", "eac_spi_t", "eac_sci", "eac_sci_t", "eac_08_spi", "eac_08_spi_t",
)  # fmt: skip


@dataclass(frozen=True)
class Agenda:
    """The one calendar of a workbook: the same hours on each working day, and holidays."""

    shifts: tuple[tuple[int, int], ...]  # minutes of the day, merged, in order
    days: frozenset[int]  # Monday 0
    holidays: frozenset[dt.date]

    @cached_property
    def day(self) -> int:
        """Working minutes of a working day."""
        return sum(end - start for start, end in self.shifts)

    def minutes(self, text: str) -> int | None:
        """Working minutes of a duration such as `2w 3d 4h`, `-1d` or `0`; None where it is none of these."""
        return minutes_of(text, len(self.days) * self.day, self.day)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The agenda as the engine takes it."""
        week = tuple(self.shifts if day in self.days else () for day in range(7))
        free = tuple(CalendarException(day, day) for day in sorted(self.holidays))
        return WorkCalendar("agenda", week=week, exceptions=free)


@cache
def minutes_of(text: str, week: int, day: int) -> int | None:
    text = text.strip()
    if re.fullmatch(r"[+-]?0", text):
        return 0
    found = LAG.fullmatch(text)
    if not found:
        return None
    unit = {"w": week, "d": day, "h": 60}
    return (-1 if found[1] == "-" else 1) * sum(int(n) * unit[u] for n, u in PART.findall(found[2]))


@dataclass(frozen=True, slots=True)
class Relation:
    """A link; `lag` in working minutes, negative for a lead."""

    predecessor: int
    successor: int
    kind: str  # FS, SS, FF, SF
    lag: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of a resource that an activity takes; a share of one where the workbook gives a percentage."""

    resource: str
    units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A line of the baseline: a group of lines below it in the breakdown, or work."""

    id: int
    name: str
    wbs: str
    group: bool
    parent: int | None
    start: int | None
    finish: int | None
    duration: int | None
    demands: tuple[Demand, ...]
    resource_cost: float | None
    fixed_cost: float | None
    cost_per_hour: float | None
    variable_cost: float | None
    total_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource; `available` None where it is consumed without limit."""

    id: int
    name: str
    kind: str  # Renewable, Consumable
    available: float | None
    cost_per_use: float | None
    cost_per_unit: float | None
    total_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a tracking period says of one activity, and of its baseline as it was at that period."""

    start: int | None
    finish: int | None
    duration: int | None
    resource_cost: float | None
    fixed_cost: float | None
    variable_cost: float | None
    total_cost: float | None
    actual_start: int | None
    actual_duration: int | None
    remaining_duration: int | None
    planned_actual_cost: float | None
    planned_remaining_cost: float | None
    actual_cost: float | None
    remaining_cost: float | None
    fraction: float | None
    state: str  # Not Started, Started, Finished
    ev: float | None
    pv: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A tracking period: progress by activity, and what ProTrack published of the whole (None: nothing)."""

    name: str
    status: int
    progress: Mapping[int, Progress]
    started: int | None = None
    published: Mapping[str, float | int] | None = None  # by PUBLISHED; instants and sv_t in minutes


@dataclass(frozen=True, kw_only=True)
class Project:
    """One workbook."""

    code: str
    name: str
    agenda: Agenda
    activities: tuple[Activity, ...]
    relations: tuple[Relation, ...]
    resources: tuple[Resource, ...]
    periods: tuple[Period, ...]
    overview: int  # lines of the tracking overview, one for each period where it is filled in

    @cached_property
    def by_id(self) -> dict[int, Activity]:
        return {activity.id: activity for activity in self.activities}

    @cached_property
    def work(self) -> tuple[Activity, ...]:
        """The activities that are no group."""
        return tuple(activity for activity in self.activities if not activity.group)

    @cached_property
    def whole(self) -> Activity:
        """The line of the project itself."""
        return self.activities[0]


def instant(value: object) -> int | None:
    """Minutes of a date or date and time, to the nearest; None of anything else."""
    if isinstance(value, dt.datetime):
        return round((value - EPOCH).total_seconds() / 60)
    if isinstance(value, dt.date):
        return (value - EPOCH.date()).days * 1440
    return None


def number(value: object) -> float | None:
    """A figure, also one kept as text, also a percentage; None of a blank."""
    if isinstance(value, bool | dt.date | dt.time) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    found = re.fullmatch(r"\s*(-?\d+(?:[.,]\d+)?)\s*(%?).*", str(value))
    return float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else None


def duration(value: object, agenda: Agenda) -> int | None:
    """Working minutes of a cell that holds a duration; None of a blank."""
    if isinstance(value, float):
        return round(value * agenda.day)
    return agenda.minutes(str(value))


def read(path: Path) -> Project:
    """One workbook."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name.strip(): book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    agenda = read_agenda(sheets["Agenda"])
    activities, relations = read_baseline(sheets["Baseline Schedule"], agenda)
    code, _, name = path.stem.partition(" ")
    return Project(
        code=code,
        name=name.strip(),
        agenda=agenda,
        activities=activities,
        relations=relations,
        resources=tuple(read_resources(sheets["Resources"])),
        periods=tuple(read_periods(sheets, agenda)),
        overview=len(overview_of(sheets)),
    )


@lru_cache(maxsize=1)
def projects(folder: Path) -> tuple[Project, ...]:
    """Every workbook of the folder, in the order of their names; read once in a process."""
    return tuple(read(path) for path in sorted(folder.glob("*.xlsx")))


def read_agenda(rows: list[Row]) -> Agenda:
    hours: list[tuple[int, int]] = []
    days: set[int] = set()
    holidays: set[dt.date] = set()
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for row in rows[1:]:
        cells = [*row, *[""] * 7][:7]
        span = re.fullmatch(r"(\d+):(\d+) - (\d+):(\d+)", str(cells[0]))
        if span and str(cells[1]).strip().lower() == "yes":
            start, end = int(span[1]) * 60 + int(span[2]), int(span[3]) * 60 + int(span[4])
            hours.append((start, end or 1440))
        if str(cells[4]).strip().lower() == "yes" and str(cells[3]).strip().lower() in names:
            days.add(names.index(str(cells[3]).strip().lower()))
        if isinstance(cells[6], dt.date):
            holidays.add(cells[6].date() if isinstance(cells[6], dt.datetime) else cells[6])
    bounds = [hours[0][0], *[edge for a, b in pairwise(hours) if a[1] != b[0] for edge in (a[1], b[0])], hours[-1][1]]
    return Agenda(tuple(zip(bounds[::2], bounds[1::2], strict=True)), frozenset(days), frozenset(holidays))


def read_baseline(rows: list[Row], agenda: Agenda) -> tuple[tuple[Activity, ...], tuple[Relation, ...]]:
    lines = [line for line in (dict(zip(rows[1][:14], row, strict=False)) for row in rows[2:]) if identity(line["ID"])]
    by_wbs = {str(line["WBS"]): identity(line["ID"]) for line in lines if line["WBS"]}
    parents = {identity(line["ID"]): by_wbs.get(str(line["WBS"]).rpartition(".")[0]) for line in lines}
    groups = set(parents.values())
    if not by_wbs:
        groups = {identity(line["ID"]) for line in lines if duration(line["Duration"], agenda) is None}
    activities: list[Activity] = []
    relations: list[Relation] = []
    for place, line in enumerate(lines):
        key = int(line["ID"])
        activities.append(
            Activity(
                id=key,
                name=str(line["Name"]).strip(),
                wbs=str(line["WBS"]),
                group=place == 0 or identity(line["ID"]) in groups,
                parent=key_of(parents[identity(line["ID"])]),
                start=instant(line["Baseline Start"]),
                finish=instant(line["Baseline End"]),
                duration=duration(line["Duration"], agenda),
                demands=tuple(read_demands(str(line["Resource Demand"]))),
                resource_cost=number(line["Resource Cost"]),
                fixed_cost=number(line["Fixed Cost"]),
                cost_per_hour=number(line["Cost/Hour"]),
                variable_cost=number(line["Variable Cost"]),
                total_cost=number(line["Total Cost"]),
            )
        )
        relations.extend(read_relations(str(line["Predecessors"]), key, agenda))
    return tuple(activities), tuple(relations)


def identity(value: object) -> str:
    """The id of a line as text; empty where the line has none, so that no line of the plan is taken from remarks."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text if text.isdigit() else ""


def key_of(text: str | None) -> int | None:
    return int(text) if text else None


def read_relations(text: str, successor: int, agenda: Agenda) -> Iterator[Relation]:
    for part in text.split(";"):
        found = LINK.fullmatch(part.strip())
        if found:
            lag = agenda.minutes(found[3]) if found[3].strip() else 0
            assert lag is not None, f"lag {found[3]!r} of {successor}"
            yield Relation(int(found[1]), successor, found[2], lag)


def read_demands(text: str) -> Iterator[Demand]:
    for part in text.split(";"):
        found = DEMAND.fullmatch(part.strip())
        if found and found["name"]:
            units = float((found["units"] or "1").replace(",", "."))
            yield Demand(found["name"], units / 100 if found["percent"] else units)


def read_resources(rows: list[Row]) -> Iterator[Resource]:
    for row in rows[2:]:
        if identity(row[0]):
            available = number(row[3])
            yield Resource(
                id=int(row[0]),
                name=str(row[1]).strip(),
                kind=str(row[2]).strip(),
                available=None if available is None or available < 0 else available,
                cost_per_use=number(row[4]),
                cost_per_unit=number(row[5]),
                total_cost=number(row[7]),
            )


def read_periods(sheets: Mapping[str, list[Row]], agenda: Agenda) -> Iterator[Period]:
    """The tracking sheets in the order of their numbers, each with the line of the overview for its name and date."""
    found = {int(match[1]): rows for name, rows in sheets.items() if (match := SHEET_OF_PERIOD.fullmatch(name))}
    lines = overview_of(sheets)
    overview = {(str(row[0]).strip(), instant(row[2])): row for row in lines}
    by_date = {instant(row[2]): row for row in lines}
    for _, rows in sorted(found.items()):
        name, status = str(rows[0][5]).strip(), instant(rows[0][2])
        if status is not None:
            line = overview.get((name, status)) or by_date.get(status)
            yield Period(
                name=name,
                status=status,
                progress={int(row[0]): read_progress(row, agenda) for row in rows[4:] if identity(row[0])},
                started=instant(line[1]) if line else None,
                published=read_published(line, agenda) if line else None,
            )


def overview_of(sheets: Mapping[str, list[Row]]) -> list[Row]:
    """The lines of the tracking overview that have a status date."""
    return [row for row in sheets.get("Tracking Overview", [])[2:] if instant(row[2]) is not None]


def read_progress(row: Row, agenda: Agenda) -> Progress:
    return Progress(
        start=instant(row[2]),
        finish=instant(row[3]),
        duration=duration(row[4], agenda),
        resource_cost=number(row[6]),
        fixed_cost=number(row[7]),
        variable_cost=number(row[9]),
        total_cost=number(row[10]),
        actual_start=instant(row[11]),
        actual_duration=duration(row[12], agenda),
        planned_actual_cost=number(row[13]),
        planned_remaining_cost=number(row[14]),
        remaining_duration=duration(row[15], agenda),
        actual_cost=number(row[18]),
        remaining_cost=number(row[19]),
        fraction=number(row[20]),
        state=str(row[21]),
        ev=number(row[22]),
        pv=number(row[23]),
    )


def read_published(line: Row, agenda: Agenda) -> dict[str, float | int]:
    figures: dict[str, float | int] = {}
    for name, cell in zip(PUBLISHED, line[3:], strict=False):
        value = agenda.minutes(cell) if isinstance(cell, str) else instant(cell)
        figures[name] = cell if value is None else value
    return figures
