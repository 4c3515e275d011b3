"""Workbooks of ProTrack and PMConverter: the baseline with links, resources, agenda and risk, and the tracking periods.

Everything is read as it stands, nothing is reckoned. `holding` then keeps tasks where the workbook has them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import msgspec

from quarterdeck.apps.delivery.exchange.amounts import decimal_text, minutes_of, parse_amount
from quarterdeck.apps.delivery.exchange.document import (
    Dialect,
    DocumentAssignment,
    DocumentBaseline,
    DocumentCalendar,
    DocumentException,
    DocumentLink,
    DocumentPeriod,
    DocumentProgress,
    DocumentRate,
    DocumentResource,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
    Problem,
    ResourceKind,
    Stored,
)
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.texts import KINDS

Row = list[Any]
Sheets = Mapping[str, list[Row]]

BASELINE: Final = "Baseline Schedule"
AGENDA: Final = "Agenda"
LINK: Final = re.compile(r"(\d+)\s*(FS|SS|FF|SF)\s*(.*)")
LAG: Final = re.compile(r"([+-]?)((?:\s*\d+\s*[wdh])+)")
PART: Final = re.compile(r"(\d+)\s*([wdh])")
DEMAND: Final = re.compile(r"(?P<name>.*?)\s*(?:\[(?P<units>[\d.,]+)\s*(?P<percent>%)?[^\]]*\])?$")
SHEET_OF_PERIOD: Final = re.compile(r"(?:Project Control\s*-\s*)?TP\s*(\d+)\s*$")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: The figures of the tracking overview, by column from the fourth.
PUBLISHED: Final = (
    "pv", "ev", "ac", "es", "sv", "spi", "cv", "cpi", "sv_t", "spi_t", "p_factor",
    "time_pv_1", "time_pv_spi", "time_pv_sci", "time_ed_1", "time_ed_spi", "time_ed_sci",
    "time_es_1", "time_es_spi_t", "time_es_sci_t",
    "eac_1", "eac_cpi", "eac_spi", "eac_spi_t", "eac_sci", "eac_sci_t", "eac_08_spi", "eac_08_spi_t",
)  # fmt: skip
#: The name of a file that begins with the number of the project, as in the collection of OR-AS.
NAMED: Final = re.compile(r"([A-Z]\d{4}-\d+)\s+(.+)")
#: The kind of a document that was read here.
KIND: Final = "ProTrack"
#: The longest name of a resource with its units.
LONG: Final = 200


def is_workbook(sheets: Sheets) -> bool:
    """Say whether the sheets are those of such a workbook."""
    return BASELINE in sheets and AGENDA in sheets


def read(name: str, sheets: Sheets) -> PlanDocument:
    """Return what the workbook of a name holds. Raises `Unreadable` where its sheets are laid out otherwise.

    The tasks are not yet held where they stand (`holding.held_in_place`).
    """
    try:
        found = _Workbook(name, {title: trimmed(rows) for title, rows in sheets.items()}).document()
    except (IndexError, KeyError, ValueError, TypeError):
        raise Unreadable(
            "The sheets of the workbook are not laid out as ProTrack does.",
            "Compare them with a workbook that was exported anew.",
        ) from None
    if not found.tasks:
        raise Unreadable("The workbook holds no tasks.", f"Fill in the sheet “{BASELINE}”.")
    return found


def trimmed(rows: list[Row]) -> list[Row]:
    """Return a sheet from its first row and column that hold anything.

    >>> trimmed([["", ""], ["", "ID"], ["", 1.0]])
    [['ID'], [1.0]]
    """
    places = [(at, place) for at, row in enumerate(rows) for place, cell in enumerate(row) if cell not in ("", None)]
    if not places:
        return []
    top, left = min(at for at, _ in places), min(place for _, place in places)
    return [row[left:] for row in rows[top:]]


@dataclass(frozen=True)
class Agenda:
    """The one calendar of a workbook: the same hours on each working day, and holidays."""

    shifts: tuple[tuple[int, int], ...]
    days: frozenset[int]
    holidays: frozenset[dt.date]

    @cached_property
    def day(self) -> int:
        """Working minutes of a working day."""
        return sum(end - start for start, end in self.shifts)

    def minutes(self, text: str) -> int | None:
        """Working minutes of a duration such as `2w 3d 4h`, `-1d` or `0`; None where it is none of these."""
        text = text.strip()
        if re.fullmatch(r"[+-]?0", text):
            return 0
        found = LAG.fullmatch(text)
        if not found:
            return None
        unit = {"w": len(self.days) * self.day, "d": self.day, "h": 60}
        return (-1 if found[1] == "-" else 1) * sum(int(n) * unit[u] for n, u in PART.findall(found[2]))

    def duration(self, value: object) -> int | None:
        """Working minutes of a cell that holds a duration; a number is days; None of a blank."""
        return round(value * self.day) if isinstance(value, float) else self.minutes(str(value))

    def calendar(self) -> DocumentCalendar:
        """The agenda as a document has it."""
        week = tuple(self.shifts if day in self.days else () for day in range(7))
        free = tuple(DocumentException(first=str(day), last=str(day)) for day in sorted(self.holidays))
        return DocumentCalendar(
            id=1, name=AGENDA, week=DocumentWeek(days=week), exceptions=free, minutes_per_day=self.day
        )


class _Workbook:
    def __init__(self, name: str, sheets: Sheets) -> None:
        self.name, self.sheets = name, sheets
        self.problems: list[Problem] = []
        self.agenda = agenda(sheets[AGENDA])
        self.lines = [
            line
            for line in (dict(zip(sheets[BASELINE][1][:14], row, strict=False)) for row in sheets[BASELINE][2:])
            if identity(line["ID"])
        ]
        self.risk = {identity(row[0]): row for row in sheets.get("Risk Analysis", [])[2:] if identity(row[0])}

    def document(self) -> PlanDocument:
        # The first line of many says no more than "Project": the file's name tells one project from another.
        code, name = match.groups() if (match := NAMED.fullmatch(self.name.strip())) else ("", self.name.strip())
        resources = tuple(self.resources())
        tasks, links, demands = self.tasks()
        return PlanDocument(
            name=name,
            program="ProTrack",
            kind=KIND,
            dialect=Dialect.PRIMAVERA,
            title=tasks[0].name if tasks else "",
            start=tasks[0].stored.start if tasks else None,
            finish=tasks[0].stored.finish if tasks else None,
            calendar=1,
            minutes_per_day=self.agenda.day,
            minutes_per_week=len(self.agenda.days) * self.agenda.day,
            calendars=(self.agenda.calendar(),),
            resources=resources,
            tasks=tasks,
            links=links,
            assignments=tuple(self.assignments(tasks, resources, demands)),
            baseline_names={0: "Baseline"},
            periods=tuple(self.periods()),
            problems=tuple(self.problems),
            extra={"code": code},
        )

    def amount(self, value: Any) -> str | None:
        """Return an amount as decimal text; None of a blank, and with a warning of what is none."""
        try:
            return parse_amount(value)
        except ValueError:
            words = f"“{str(value)[:40]}” is no amount."
            if words not in (each.text for each in self.problems):
                self.problems.append(Problem("warning", words))
            return None

    # -- the baseline

    def tasks(self) -> tuple[tuple[DocumentTask, ...], tuple[DocumentLink, ...], dict[int, str]]:
        by_wbs = {str(line["WBS"]): identity(line["ID"]) for line in self.lines if line["WBS"]}
        parents = {identity(each["ID"]): by_wbs.get(str(each["WBS"]).rpartition(".")[0]) for each in self.lines}
        groups = set(parents.values())
        if not by_wbs:
            groups = {identity(each["ID"]) for each in self.lines if self.agenda.duration(each["Duration"]) is None}
        known = {int(identity(line["ID"])) for line in self.lines}
        free = max(known, default=0) + 1
        tasks: list[DocumentTask] = []
        links: list[DocumentLink] = []
        demands: dict[int, str] = {}
        used: set[int] = set()
        for place, line in enumerate(self.lines):
            key = identity(line["ID"])
            id = int(key)
            if id in used:
                words = (
                    f"The ID {id} stands twice in the workbook; “{line['Name']}” got the ID {free}, its links are lost."
                )
                self.problems.append(Problem("warning", words, free))
                id, free = free, free + 1
            else:
                links.extend(self.links(str(line["Predecessors"]), id, known))
            used.add(id)
            demands[id] = str(line["Resource Demand"])
            parent = parents[key]
            group = place == 0 or key in groups
            tasks.append(self.task(line, id, None if parent is None else int(parent), place, group=group))
        if not by_wbs and tasks:
            top = tasks[0].id
            tasks[1:] = [msgspec.structs.replace(each, parent=top) for each in tasks[1:] if each.id != top]
        return tuple(tasks), tuple(links), demands

    def task(self, line: Mapping[str, Any], id: int, parent: int | None, place: int, *, group: bool) -> DocumentTask:
        start, finish = minutes_of(line["Baseline Start"]), minutes_of(line["Baseline End"])
        duration, total = self.agenda.duration(line["Duration"]), self.amount(line["Total Cost"])
        beside = {name: self.amount(line[name]) for name in ("Resource Cost", "Cost/Hour", "Variable Cost")}
        extra = {name: found for name, found in beside.items() if found}
        return DocumentTask(
            id=id,
            name=str(line["Name"]).strip(),
            parent=parent,
            row=0 if place == 0 else id,
            wbs=str(line["WBS"]),
            kind="SUMMARY" if group else "TASK" if duration else "MILESTONE",
            duration=duration or 0,
            fixed_cost=self.amount(line["Fixed Cost"]) or "0",
            cost=total or "0",
            stored=Stored(start=start, finish=finish),
            baselines=(DocumentBaseline(number=0, start=start, finish=finish, duration=duration, cost=total),),
            extra=extra | self.range(identity(line["ID"])),
        )

    def range(self, key: str) -> dict[str, Any]:
        """Return the three durations of a task, in percent of its duration, with the name of their distribution."""
        row = [*self.risk.get(key, []), *[""] * 7][:7]
        low, likely, high = (self.amount(each) for each in row[4:7])
        if low is None or likely is None or high is None:
            return {}
        return {
            "Risk": {
                "distribution": str(row[3]).strip(),
                "optimistic": low,
                "most_probable": likely,
                "pessimistic": high,
            }
        }

    def links(self, text: str, successor: int, known: set[int]) -> Iterator[DocumentLink]:
        for part in filter(None, (each.strip() for each in text.split(";"))):
            found = LINK.fullmatch(part)
            lag = self.agenda.minutes(found[3]) if found and found[3].strip() else 0
            if found is None or lag is None:
                self.problems.append(Problem("warning", f"The predecessor “{part}” is not understood.", successor))
                continue
            before = int(found[1])
            if before not in known or before == successor:
                reason = "the task itself" if before == successor else "not in the workbook"
                words = f"The predecessor “{part}” is {reason}; the link was left out."
                self.problems.append(Problem("warning", words, successor))
                continue
            unit = next((each for each in "hdw" if each in found[3]), "d")
            yield DocumentLink(predecessor=before, successor=successor, kind=KINDS[found[2]], lag=lag, lag_unit=unit)

    # -- resources

    def resources(self) -> Iterator[DocumentResource]:
        for row in self.sheets.get("Resources", [])[2:]:
            if identity(row[0]):
                available, per_use, per_unit = number(row[3]), self.amount(row[4]), self.amount(row[5])
                consumable = str(row[2]).strip().lower().startswith("consum")
                limited = available is not None and available >= 0
                rate = DocumentRate(standard=per_unit or "0", per_use=per_use or "0")
                yield DocumentResource(
                    id=int(identity(row[0])),
                    name=str(row[1]).strip(),
                    kind=ResourceKind.MATERIAL if consumable else ResourceKind.WORK,
                    max_units=available if available is not None and limited else 1.0,
                    rates=(rate,) if rate != DocumentRate() else (),
                    extra={"Availability": str(row[3]).strip(), "Total Cost": self.amount(row[7])},
                )

    def assignments(
        self, tasks: tuple[DocumentTask, ...], resources: tuple[DocumentResource, ...], demands: Mapping[int, str]
    ) -> Iterator[DocumentAssignment]:
        by_name = {each.name: each for each in resources}
        number_ = 0
        for task in tasks:
            for part in (" ".join(each.split()) for each in demands[task.id].split(";")):
                if len(part) > LONG:
                    words = f"“{part[:40]}…” is longer than a resource is; it was left out."
                    self.problems.append(Problem("warning", words, task.id))
                    continue
                found = DEMAND.fullmatch(part)
                if not found or not found["name"]:
                    continue
                resource = by_name.get(found["name"])
                if resource is None:
                    words = f"The resource “{found['name']}” is not on the sheet of resources; it was left out."
                    self.problems.append(Problem("warning", words, task.id))
                    continue
                units = float((found["units"] or "1").replace(",", ".")) / (100 if found["percent"] else 1)
                number_ += 1
                material = resource.kind == ResourceKind.MATERIAL
                yield DocumentAssignment(
                    id=number_,
                    task=task.id,
                    resource=resource.id,
                    units=units,
                    work=units if material else units * task.duration,
                    start=task.stored.start,
                    finish=task.stored.finish,
                )

    # -- tracking

    def periods(self) -> Iterator[DocumentPeriod]:
        """Yield the tracking sheets in the order of their numbers, each with its line of the overview."""
        found = {
            int(match[1]): rows for name, rows in self.sheets.items() if (match := SHEET_OF_PERIOD.fullmatch(name))
        }
        lines = [row for row in self.sheets.get("Tracking Overview", [])[2:] if minutes_of(row[2]) is not None]
        overview = {(str(row[0]).strip(), minutes_of(row[2])): row for row in lines}
        by_date = {minutes_of(row[2]): row for row in lines}
        for _, rows in sorted(found.items()):
            name, status = str(rows[0][5]).strip(), minutes_of(rows[0][2])
            if status is not None:
                line = overview.get((name, status)) or by_date.get(status)
                progress = {int(identity(row[0])): self.progress(row) for row in rows[4:] if identity(row[0])}
                yield DocumentPeriod(
                    name=name,
                    status=status,
                    started=minutes_of(line[1]) if line else None,
                    progress=tuple(progress.values()),
                    published=self.published(line) if line else {},
                )

    def progress(self, row: Row) -> DocumentProgress:
        duration = self.agenda.duration
        return DocumentProgress(
            task=int(identity(row[0])),
            start=minutes_of(row[2]),
            finish=minutes_of(row[3]),
            duration=duration(row[4]),
            resource_cost=self.amount(row[6]),
            fixed_cost=self.amount(row[7]),
            variable_cost=self.amount(row[9]),
            total_cost=self.amount(row[10]),
            actual_start=minutes_of(row[11]),
            actual_duration=duration(row[12]),
            planned_actual_cost=self.amount(row[13]),
            planned_remaining_cost=self.amount(row[14]),
            remaining_duration=duration(row[15]),
            actual_cost=self.amount(row[18]),
            remaining_cost=self.amount(row[19]),
            fraction=number(row[20]),
            state=str(row[21]),
            earned=self.amount(row[22]),
            planned=self.amount(row[23]),
        )

    def published(self, line: Row) -> dict[str, str | int]:
        figures: dict[str, str | int] = {}
        for name, cell in zip(PUBLISHED, line[3:], strict=False):
            value = self.agenda.minutes(cell) if isinstance(cell, str) else minutes_of(cell)
            figures[name] = value if value is not None else cell if isinstance(cell, str) else decimal_text(float(cell))
        return figures


def agenda(rows: list[Row]) -> Agenda:
    """Return the agenda of a workbook. Raises IndexError where no hours are worked."""
    hours: list[tuple[int, int]] = []
    days: set[int] = set()
    holidays: set[dt.date] = set()
    for row in rows[1:]:
        cells = [*row, *[""] * 7][:7]
        span = re.fullmatch(r"(\d+):(\d+) - (\d+):(\d+)", str(cells[0]))
        if span and str(cells[1]).strip().lower() == "yes":
            start, end = int(span[1]) * 60 + int(span[2]), int(span[3]) * 60 + int(span[4])
            hours.append((start, end or 1440))
        if str(cells[4]).strip().lower() == "yes" and str(cells[3]).strip().lower() in WEEKDAYS:
            days.add(WEEKDAYS.index(str(cells[3]).strip().lower()))
        if isinstance(cells[6], dt.date):
            holidays.add(cells[6].date() if isinstance(cells[6], dt.datetime) else cells[6])
    bounds = [hours[0][0], *[edge for a, b in pairwise(hours) if a[1] != b[0] for edge in (a[1], b[0])], hours[-1][1]]
    return Agenda(tuple(zip(bounds[::2], bounds[1::2], strict=True)), frozenset(days), frozenset(holidays))


def identity(value: object) -> str:
    """Return the ID of a line as text; empty where the line has none, so that no task is made of remarks."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text if text.isdigit() and text.isascii() else ""


def number(value: object) -> float | None:
    """Return a figure, also one kept as text, also a percentage; None of a blank."""
    if isinstance(value, bool | dt.date | dt.time) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    found = re.fullmatch(r"\s*(-?\d+(?:[.,]\d+)?)\s*(%?).*", str(value))
    return float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else None
