"""Task lists as CSV and workbooks: a row a task, columns found by their usual English names.

Rows are the outline by their WBS code, their outline level or the spaces before their names; predecessors name rows,
ids, codes or WBS codes. A column that is not known becomes a custom field. What cannot be understood in a cell is a
`Problem` with the number of its row in the file; the task is kept without it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from quarterdeck.apps.delivery.exchange.amounts import decimal_text, minutes_of, moment_of
from quarterdeck.apps.delivery.exchange.columns import found_in, header_at, unit_of
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentBaseline,
    DocumentCalendar,
    DocumentField,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
    Problem,
    Stored,
)
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.texts import (
    UNITS,
    TextError,
    duration_text,
    parse_duration,
    parse_predecessors,
    parse_resources,
)
from quarterdeck.engine.calendar import OFFICE_DAY, five_day, timeline
from quarterdeck.engine.network import Constraint

Row = Sequence[Any]
#: Rows and columns that are read at most.
ROWS: Final = 100_000
COLUMNS: Final = 500
DATES: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y/%m/%d",
    "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%a %d-%b-%y", "%d-%m-%Y",
)  # fmt: skip
SLASHED: Final = re.compile(
    r"(?:[A-Za-z]{2,3} )?(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:,? (\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?)?"
)
YES: Final = frozenset({"yes", "true", "y", "x", "1", "1.0"})
NO: Final = frozenset({"no", "false", "n", "0", "0.0", ""})
CONSTRAINTS: Final = {
    "ASAP": Constraint.AS_SOON_AS_POSSIBLE,
    "ALAP": Constraint.AS_LATE_AS_POSSIBLE,
    "SNET": Constraint.START_NO_EARLIER_THAN,
    "SNLT": Constraint.START_NO_LATER_THAN,
    "FNET": Constraint.FINISH_NO_EARLIER_THAN,
    "FNLT": Constraint.FINISH_NO_LATER_THAN,
    "MSO": Constraint.MUST_START_ON,
    "MFO": Constraint.MUST_FINISH_ON,
}
#: The office calendar that a list is given, having none.
OFFICE: Final = DocumentCalendar(id=1, name="Standard", week=DocumentWeek(days=(OFFICE_DAY,) * 5 + ((), ())))
OPENS, CLOSES = OFFICE_DAY[0][0], OFFICE_DAY[-1][1]


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Return the sheets of a workbook by their names. Raises `Unreadable`."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        return {name.strip(): book.get_sheet_by_name(name).to_python(nrows=ROWS) for name in book.sheet_names}
    except (CalamineError, ValueError, OSError) as error:
        if "password" in str(error).lower():
            raise Unreadable("The workbook is protected with a password.", "Save it without the password.") from None
        raise Unreadable("The workbook is damaged or was cut off.", "Save it again from the spreadsheet.") from None


def read_sheets(path: Path, found: Mapping[str, list[list[Any]]]) -> PlanDocument:
    """Return the plan on the first sheet that is a task list. Raises `Unreadable`."""
    for name, rows in found.items():
        if header_at(rows) is not None:
            return document(path, rows, "XLSX", name)
    raise _no_list()


def read_text(path: Path) -> PlanDocument:
    """Return the plan of a CSV file, in whatever encoding and with whatever separator. Raises `Unreadable`."""
    data = path.read_bytes()
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("This is no text: the file holds zero bytes.", "Save the list as CSV in UTF-8.")
    text = decoded(data)
    head = text[:8192]
    mark = max(",;\t|", key=lambda each: sum(line.count(each) for line in head.splitlines()[:20]))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise Unreadable(f"The list cannot be split into columns: {error}.", "Save it as CSV again.") from None
    if len(rows) > ROWS:
        raise Unreadable(f"The list has more than {ROWS:,} rows.", "Split it.")
    return document(path, rows, "CSV", "")


def decoded(data: bytes) -> str:
    """Return text in UTF-8, UTF-16 with its mark, or Windows' western encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _no_list() -> Unreadable:
    return Unreadable(
        "No row names the columns of a task list.",
        "Name them in one row: Name, Duration, Start, Finish, Predecessors, Outline Level or WBS, Resources, Percent.",
    )


def document(path: Path, rows: Sequence[Row], kind: str, sheet: str) -> PlanDocument:
    """Return the plan of a table. Raises `Unreadable` where nothing tells what its columns are, or no task is in it."""
    at = header_at(rows)
    if at is None:
        raise _no_list()
    return _List(path, rows, at, kind, sheet).document()


@dataclass
class _Line:
    """One row that is a task, while it is read."""

    number: int  # of the row in the file, from 1
    cells: dict[str, Any]
    custom: dict[str, Any]
    id: int = 0
    indent: int = 0
    level: int | None = None
    parent: int | None = None
    wbs: str = ""
    links: list[DocumentLink] = field(default_factory=list)


class _List:
    def __init__(self, path: Path, rows: Sequence[Row], at: int, kind: str, sheet: str) -> None:
        self.path, self.kind, self.sheet = path, kind, sheet
        self.problems: list[Problem] = []
        self.headings = [str(each or "").strip() for each in rows[at][:COLUMNS]]
        self.fields = found_in(rows[at][:COLUMNS])
        self.units = {name: unit_of(self.headings[place]) for place, name in self.fields.items()}
        self.customs = {place: text for place, text in enumerate(self.headings) if text and place not in self.fields}
        self.day_first = _day_first(rows[at + 1 :])
        self.lines = list(self.read(rows, at))
        self.line = timeline(five_day("Standard"))

    def read(self, rows: Sequence[Row], at: int) -> Iterator[_Line]:
        for number, row in enumerate(rows[at + 1 :], start=at + 2):
            cells = {name: row[place] if place < len(row) else "" for place, name in self.fields.items()}
            if not str(cells.get("name") or "").strip():
                continue
            custom = {
                text: value
                for place, text in self.customs.items()
                if place < len(row) and (value := _plain(row[place])) not in ("", None)
            }
            yield _Line(number, cells, custom)

    def document(self) -> PlanDocument:
        if not self.lines:
            raise Unreadable("The list has headings but no tasks.", "Fill in at least one row.")
        self.number()
        self.nest()
        parents = {each.parent for each in self.lines}
        tasks = tuple(self.task(each, each.id in parents) for each in self.lines)
        links = tuple(self.links())
        resources, assignments = self.resources(tasks)
        starts = [each.stored.start for each in tasks if each.stored.start is not None]
        return PlanDocument(
            name=self.path.stem,
            program="Task list",
            kind=self.kind,
            start=min(starts, default=None),
            calendar=1,
            calendars=(OFFICE,),
            resources=resources,
            tasks=tasks,
            links=links,
            assignments=assignments,
            fields=tuple(
                DocumentField(of="task", name=name, field="", type=_type(self.lines, name))
                for name in self.customs.values()
                if any(name in each.custom for each in self.lines)
            ),
            baseline_names={0: "Baseline"} if any(each.baselines for each in tasks) else {},
            problems=tuple(self.problems),
            extra={"SHEET": self.sheet} if self.sheet else {},
        )

    def warn(self, line: _Line, text: str) -> None:
        """Tell of a cell that is not understood."""
        self.problems.append(Problem(severity="warning", text=f"Row {line.number}: {text}", task=line.id or None))

    # -- who is where

    def number(self) -> None:
        """Give every line its id: what its column says where that is whole and used once, else its place."""
        given = [_whole(each.cells.get("id")) for each in self.lines]
        unique = None not in given and len(set(given)) == len(given)
        for place, (line, own) in enumerate(zip(self.lines, given, strict=True), start=1):
            line.id = own if unique and own is not None else place
            line.wbs = _code(line.cells.get("wbs"))
            line.level = _whole(line.cells.get("outline_level"))
            name = str(line.cells["name"])
            line.indent = len(name.expandtabs(4)) - len(name.expandtabs(4).lstrip())
        if "id" in self.fields.values() and not unique:
            self.problems.append(
                Problem(
                    severity="warning", text="The ids are not whole, or stand twice: tasks are numbered by their rows."
                )
            )

    def nest(self) -> None:
        """Find the parents, by level, else by WBS code, else by the spaces before names."""
        if any(each.level is not None for each in self.lines):
            self._by_depth([each.level or 0 for each in self.lines])
        elif any(each.wbs for each in self.lines):
            known = {each.wbs: each.id for each in reversed(self.lines) if each.wbs}
            for each in self.lines:
                above = each.wbs
                while above and each.parent is None:
                    above = above.rpartition(".")[0]
                    parent = known.get(above)
                    each.parent = parent if parent != each.id else None
            self._break_circles()
        elif any(each.indent for each in self.lines):
            self._by_depth([each.indent for each in self.lines])

    def _by_depth(self, depths: Sequence[int]) -> None:
        above: list[tuple[int, int]] = []
        for line, depth in zip(self.lines, depths, strict=True):
            while above and above[-1][0] >= depth:
                above.pop()
            line.parent = above[-1][1] if above else None
            above.append((depth, line.id))

    def _break_circles(self) -> None:
        """Leave out parents that stand below their children: a WBS code that is a part of itself."""
        by_id = {each.id: each for each in self.lines}
        for line in self.lines:
            seen, at = {line.id}, line.parent
            while at is not None and at not in seen:
                seen.add(at)
                at = by_id[at].parent
            if at is not None:
                line.parent = None

    # -- tasks

    def task(self, line: _Line, summary: bool) -> DocumentTask:
        cells = line.cells
        start, finish = self.at(line, "start", OPENS), self.at(line, "finish", CLOSES)
        actual_start, actual_finish = self.at(line, "actual_start", OPENS), self.at(line, "actual_finish", CLOSES)
        minutes, unit, estimated = self.duration(line, start, finish)
        marked = _yes(cells.get("milestone")) or (minutes == 0 and not summary)
        if marked and minutes == 0 and start is None:
            start = finish
        percent = self.percent(line)
        constraint, constraint_at = self.constraint(line, start)
        return DocumentTask(
            id=line.id,
            name=str(cells["name"]).strip(),
            parent=line.parent,
            row=line.id,
            wbs=line.wbs,
            code=_code(cells.get("code")),
            kind="SUMMARY" if summary else "MILESTONE" if marked else "TASK",
            duration=minutes,
            duration_unit=unit,
            estimated=estimated,
            manual="manual" in str(cells.get("manual") or "").lower(),
            active=str(cells.get("active", "yes")).strip().lower() not in NO - {""},
            constraint=constraint,
            constraint_at=constraint_at,
            deadline=self.at(line, "deadline", CLOSES),
            priority=_whole(cells.get("priority")) or 500,
            percent_complete=percent,
            actual_start=actual_start,
            actual_finish=actual_finish,
            remaining=self.span(line, "remaining"),
            work=float(self.span(line, "work", "h") or 0),
            fixed_cost=self.money(line, "cost") or "0",
            cost=self.money(line, "cost") or "0",
            notes=str(cells.get("notes") or "").strip(),
            stored=Stored(
                start=start,
                finish=finish if finish is not None or start is None else self.ended(start, minutes, unit),
                total_float=self.span(line, "total_float"),
                free_float=self.span(line, "free_float"),
                critical=_yes(cells.get("critical")) if str(cells.get("critical") or "").strip() else None,
            ),
            baselines=tuple(self.baseline(line)),
            custom=line.custom,
        )

    def duration(self, line: _Line, start: int | None, finish: int | None) -> tuple[int, str, bool]:
        """Return the duration as the list has it, else between its dates, else a day."""
        held = line.cells.get("duration")
        if str(held if held is not None else "").strip():
            try:
                found = parse_duration(_text(held), UNITS, self.units["duration"])
            except TextError as refused:
                self.warn(line, str(refused))
            else:
                return found.minutes, found.unit, found.estimated
        if start is not None and finish is not None:
            between = max(int(self.line.between(start, finish)), 0)
            return between, "d", False
        return (0, "d", False) if _yes(line.cells.get("milestone")) else (480, "d", True)

    def ended(self, start: int, minutes: int, unit: str) -> int:
        """Return when a task ends that begins then."""
        return start + minutes if unit.startswith("e") or not minutes else int(self.line.add(start, minutes))

    def constraint(self, line: _Line, start: int | None) -> tuple[str, int | None]:
        """Return the constraint; a task that nothing comes before stays where the list has it."""
        held = str(line.cells.get("constraint") or "").strip()
        at = self.at(line, "constraint_at", OPENS)
        if held:
            name = re.sub(r"[\s_-]+", "_", held).upper()
            found = CONSTRAINTS.get(name) or Constraint.__members__.get(name)
            if found is None:
                self.warn(line, f"“{held}” is no constraint.")
            elif found.name.startswith("AS_"):
                return found.name, None
            elif at is not None:
                return found.name, at
        linked = str(line.cells.get("predecessors") or "").strip()
        if start is not None and not linked and not held:
            return Constraint.START_NO_EARLIER_THAN.name, start
        return Constraint.AS_SOON_AS_POSSIBLE.name, None

    def percent(self, line: _Line) -> float:
        held = line.cells.get("percent")
        text = str(held if held is not None else "").strip()
        if not text:
            return 0.0
        try:
            found = float(text.rstrip("% ").replace(",", "."))
        except ValueError:
            self.warn(line, f"“{text}” is no percentage.")
            return 0.0
        share = isinstance(held, float) and 0 < found <= 1 and self.kind == "XLSX"  # a cell formatted as per cent
        return max(0.0, min(100.0, found * 100 if share else found))

    def money(self, line: _Line, name: str) -> str | None:
        held = line.cells.get(name)
        if isinstance(held, int | float) and not isinstance(held, bool):
            return decimal_text(float(held))
        text = re.sub(r"[^\d.,\-]", "", str(held or ""))
        if not text:
            return None
        point = "," if text.rfind(",") > text.rfind(".") and not re.search(r",\d{3}$", text) else "."
        try:
            return decimal_text(float(text.replace("." if point == "," else ",", "").replace(point, ".")))
        except ValueError:
            self.warn(line, f"“{held}” is no amount.")
            return None

    def span(self, line: _Line, name: str, unit: str = "d") -> int | None:
        held = line.cells.get(name)
        if held is None or not str(held).strip():
            return None
        text = _text(held)
        negative = text.startswith("-")
        try:
            found = parse_duration(text.lstrip("-"), UNITS, self.units.get(name, unit) if name != "work" else unit)
        except TextError as refused:
            self.warn(line, str(refused))
            return None
        return -found.minutes if negative else found.minutes

    def baseline(self, line: _Line) -> Iterator[DocumentBaseline]:
        start, finish = self.at(line, "baseline_start", OPENS), self.at(line, "baseline_finish", CLOSES)
        duration, cost = self.span(line, "baseline_duration"), self.money(line, "baseline_cost")
        if any(each is not None for each in (start, finish, duration, cost)):
            yield DocumentBaseline(number=0, start=start, finish=finish, duration=duration, cost=cost)

    def at(self, line: _Line, name: str, time: int) -> int | None:
        """Return a date in minutes; a date without a time at the office's hour."""
        held = line.cells.get(name)
        if held is None or str(held).strip().lower() in ("", "na", "n/a", "-"):
            return None
        found = minutes_of(held) if isinstance(held, dt.date) else parse_date(str(held), day_first=self.day_first)
        if found is None or not dt.date(1900, 1, 1) <= moment_of(found).date() < dt.date(2200, 1, 1):
            self.warn(line, f"“{held}” is no date.")
            return None
        return found + time if found % 1440 == 0 else found

    # -- links and resources

    def links(self) -> Iterator[DocumentLink]:
        names: dict[str, int] = {}
        for key in ("name", "wbs", "code", "row"):  # the later wins
            for line in self.lines:
                text = str(line.id) if key == "row" else _code(line.cells.get(key))
                names[text.lower()] = line.id
        for line in self.lines:
            for name in ("predecessors", "successors"):
                held = _code(line.cells.get(name))
                try:
                    found = parse_predecessors(held)
                except TextError as refused:
                    self.warn(line, str(refused))
                    continue
                for each in found:
                    other = names.get(each.task.lower())
                    if other is None or other == line.id:
                        what = "the task itself" if other == line.id else "no task of the list"
                        self.warn(line, f"“{each.task}” among the {name} is {what}.")
                        continue
                    before, after = (other, line.id) if name == "predecessors" else (line.id, other)
                    if name == "successors" and "predecessors" in self.fields.values():
                        continue  # said already by the other column
                    yield DocumentLink(
                        predecessor=before,
                        successor=after,
                        kind=each.kind,
                        lag=each.lag,
                        unit=each.unit,
                        calendar=each.calendar,
                        lag_unit=each.lag_unit,
                    )

    def resources(
        self, tasks: Sequence[DocumentTask]
    ) -> tuple[tuple[DocumentResource, ...], tuple[DocumentAssignment, ...]]:
        by_name: dict[str, int] = {}
        made: list[DocumentAssignment] = []
        for line, task in zip(self.lines, tasks, strict=True):
            found = parse_resources(str(line.cells.get("resources") or ""))
            total = sum(units for _, units in found)
            for name, units in found:
                id = by_name.setdefault(name, len(by_name) + 1)
                work = task.work * units / total if task.work and total else units * task.duration
                made.append(
                    DocumentAssignment(
                        id=len(made) + 1,
                        task=task.id,
                        resource=id,
                        units=units,
                        work=work,
                        start=task.stored.start,
                        finish=task.stored.finish,
                    )
                )
        return tuple(DocumentResource(id=id, name=name) for name, id in by_name.items()), tuple(made)


def parse_date(text: str, *, day_first: bool = False) -> int | None:
    """Return a date, or a date and time, as people and programs write it, in minutes; None of anything else.

    >>> parse_date("1970-01-02"), parse_date("02.01.1970 08:00"), parse_date("1/2/1970"), parse_date("soon")
    (1440, 1920, 1440, None)
    """
    body = re.sub(r"\s*(?:[A*])$", "", text.strip()).removesuffix("Z")
    found = SLASHED.fullmatch(body)
    if found:
        one, two, year = int(found[1]), int(found[2]), int(found[3])
        month, day = (two, one) if day_first or one > 12 else (one, two)
        year += (2000 if year < 70 else 1900) if year < 100 else 0
        hour, minute = int(found[4] or 0), int(found[5] or 0)
        if found[6]:
            hour = hour % 12 + (12 if found[6].lower() == "pm" else 0)
        try:
            return minutes_of(dt.datetime(year, month, day, hour, minute))  # noqa: DTZ001  plans know no zone
        except ValueError:
            return None
    for each in DATES:
        try:
            return minutes_of(dt.datetime.strptime(body, each))  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _day_first(rows: Sequence[Row]) -> bool:
    """Say whether dates with slashes begin with the day: one of them can be nothing else, and none with the month."""
    firsts, seconds = set(), set()
    for row in rows[:ROWS]:
        for cell in row:
            found = SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
            if found:
                firsts.add(int(found[1]) > 12)
                seconds.add(int(found[2]) > 12)
    return True in firsts and True not in seconds


def _text(value: object) -> str:
    if isinstance(value, dt.timedelta):
        return duration_text(round(value.total_seconds() / 60), "h")
    return _code(value)


def _code(value: object) -> str:
    """Return a cell as text, a whole number without its point."""
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer()
        else str(value if value is not None else "").strip()
    )


def _whole(value: object) -> int | None:
    text = _code(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _yes(value: object) -> bool:
    return str(value if value is not None else "").strip().lower() in YES


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes").removesuffix("T00:00")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _text(value)
    return value.strip() if isinstance(value, str) else value


def _type(lines: Sequence[_Line], name: str) -> str:
    held = [each.custom[name] for each in lines if name in each.custom]
    if all(isinstance(each, bool) for each in held):
        return "flag"
    if all(isinstance(each, int | float) for each in held):
        return "number"
    if all(isinstance(each, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", each) for each in held):
        return "date"
    return "text"
