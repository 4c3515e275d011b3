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
from dataclasses import dataclass
from dataclasses import field as made
from itertools import islice
from typing import Any

import msgspec

from quarterdeck.apps.delivery.exchange.amounts import decimal_text, minutes_of, moment_of
from quarterdeck.apps.delivery.exchange.cells import (
    COLUMNS,
    NO,
    ROWS,
    Row,
    cell_text,
    is_yes,
    parse_date,
    plain_text,
    plain_value,
    slashes_day_first,
    whole_number,
)
from quarterdeck.apps.delivery.exchange.columns import CONSTRAINTS, found_in, header_at, unit_of
from quarterdeck.apps.delivery.exchange.document import (
    OFFICE,
    DocumentAssignment,
    DocumentBaseline,
    DocumentField,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    PlanDocument,
    Problem,
    Stored,
)
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.texts import (
    UNITS,
    TextError,
    Units,
    parse_duration,
    parse_predecessors,
    parse_resources,
)
from quarterdeck.engine.calendar import OFFICE_DAY, five_day, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint
from quarterdeck.kernel.registers.exchange.lines import SEPARATORS, NoText, decoded, sample, separated

OPENS, CLOSES = OFFICE_DAY[0][0], OFFICE_DAY[-1][1]


def read_sheets(file: str, found: Mapping[str, list[list[Any]]]) -> PlanDocument:
    """Return the plan on the first sheet that is a task list. Raises `Unreadable`."""
    whole = {str(row[0]).strip(): row[1] for row in found.get("Plan", []) if len(row) > 1 and row[0]}
    for name, rows in found.items():
        if header_at(rows) is not None:
            return with_plan(
                document(file, rows, kind="XLSX", sheet=name, units=units_of(whole), exact="Minutes per day" in whole),
                whole,
            )
    raise _no_list()


def units_of(whole: Mapping[str, Any]) -> Units:
    """Return how long days, weeks and months are, by the sheet “Plan” of a workbook that Quarterdeck wrote."""
    given = {
        field: whole_number(whole.get(name))
        for field, name in (
            ("minutes_per_day", "Minutes per day"),
            ("minutes_per_week", "Minutes per week"),
            ("days_per_month", "Days per month"),
        )
    }
    return Units(**{field: value for field, value in given.items() if value})


def with_plan(found: PlanDocument, whole: Mapping[str, Any]) -> PlanDocument:
    """Return a plan with what its sheet “Plan” says of it."""
    given: dict[str, Any] = {
        field: at
        for field, name in (("start", "Project start"), ("finish", "Project finish"), ("status", "Status date"))
        if (at := minutes_of(whole.get(name))) is not None
    }
    for field, name in (("name", "Plan"), ("currency", "Currency")):
        if str(whole.get(name) or "").strip():
            given[field] = str(whole[name]).strip()
    return msgspec.structs.replace(found, **given) if given else found


def read_text(name: str, data: bytes) -> PlanDocument:
    """Return the plan of a CSV file, in whatever encoding and with whatever separator. Raises `Unreadable`."""
    try:
        text = decoded(data)
    except NoText:
        if b"\0" in data[:4096]:
            raise Unreadable("This is no text: the file holds zero bytes.", "Save the list as CSV in UTF-8.") from None
        raise Unreadable("The characters of the list cannot be read.", "Save it as CSV in UTF-8.") from None
    mark, text = _separated(text)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), ROWS + 1))
    except csv.Error:
        raise Unreadable("The list cannot be split into columns: a cell is too long or its quotation marks are wrong.",
                         "Save it as CSV again.") from None  # fmt: skip
    return document(name, rows, kind="CSV")


def _separated(text: str) -> tuple[str, str]:
    """Return the separator under which most columns of a task list are known, and the text after Excel's `sep=` line.

    Where none is, that of most rows as wide as the first.
    """
    usual, rest = separated(text)
    if rest is not text:
        return usual, rest

    def known(mark: str) -> int:
        try:
            rows = list(csv.reader(sample(text), delimiter=mark))
        except csv.Error:
            return 0
        at = header_at(rows)
        return 0 if at is None else len(found_in(rows[at]))

    return max((usual, *SEPARATORS), key=known), text


def _no_list() -> Unreadable:
    return Unreadable(
        "No row names the columns of a task list.",
        "Name them in one row: Name, Duration, Start, Finish, Predecessors, Outline Level or WBS, Resources, Percent.",
    )


def document(
    name: str, rows: Sequence[Row], *, kind: str, sheet: str = "", units: Units = UNITS, exact: bool = False
) -> PlanDocument:
    """Return the plan of a table; `exact`: midnight means midnight, and not a date without a time.

    Raises `Unreadable` where nothing tells what its columns are, or no task is in it.
    """
    at = header_at(rows)
    if at is None:
        raise _no_list()
    if len(rows) > ROWS:
        raise Unreadable(f"The list has more than {ROWS:,} rows.", "Split it.")
    found = _List(name, rows, at, kind=kind, sheet=sheet, units=units)
    found.exact = exact
    return found.document()


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
    links: list[DocumentLink] = made(default_factory=list)


class _List:
    def __init__(self, file: str, rows: Sequence[Row], at: int, *, kind: str, sheet: str, units: Units) -> None:
        self.of_time, self.exact = units, False
        self.file, self.kind, self.sheet = file, kind, sheet
        self.problems: list[Problem] = []
        self.headings = [str(each or "").strip() for each in rows[at][:COLUMNS]]
        self.fields = found_in(rows[at][:COLUMNS])
        self.units = {name: unit_of(self.headings[place]) for place, name in self.fields.items()}
        self.customs = {place: text for place, text in enumerate(self.headings) if text and place not in self.fields}
        self.day_first = slashes_day_first(rows[at + 1 :])
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
                if place < len(row) and (value := plain_value(row[place])) not in ("", None)
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
        if not starts:
            words = "The list has no dates: it says how long tasks take, and not when the first begins."
            self.problems.append(Problem(severity="note", text=words))
        return PlanDocument(
            name=self.file,
            program="Task list",
            kind=self.kind,
            start=min(starts, default=None),
            calendar=1,
            minutes_per_day=self.of_time.minutes_per_day,
            minutes_per_week=self.of_time.minutes_per_week,
            days_per_month=self.of_time.days_per_month,
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
        given = [whole_number(each.cells.get("id")) for each in self.lines]
        unique = None not in given and len(set(given)) == len(given)
        for place, (line, own) in enumerate(zip(self.lines, given, strict=True), start=1):
            line.id = own if unique and own is not None else place
            line.wbs = plain_text(line.cells.get("wbs"))
            line.level = whole_number(line.cells.get("outline_level"))
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
        marked = is_yes(cells.get("milestone")) or (minutes == 0 and not summary)
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
            code=plain_text(cells.get("code")),
            kind="SUMMARY" if summary else "MILESTONE" if marked else "TASK",
            duration=minutes,
            duration_unit=unit,
            estimated=estimated,
            manual="manual" in str(cells.get("manual") or "").lower(),
            active=str(cells.get("active", "yes")).strip().lower() not in NO - {""},
            constraint=constraint,
            constraint_at=constraint_at,
            deadline=self.at(line, "deadline", CLOSES),
            priority=whole_number(cells.get("priority")) or 500,
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
                critical=is_yes(cells.get("critical")) if str(cells.get("critical") or "").strip() else None,
            ),
            baselines=tuple(self.baseline(line)),
            custom=line.custom,
        )

    def duration(self, line: _Line, start: int | None, finish: int | None) -> tuple[int, str, bool]:
        """Return the duration as the list has it, else between its dates, else a day."""
        held = line.cells.get("duration")
        if str(held if held is not None else "").strip():
            try:
                found = parse_duration(cell_text(held), self.of_time, self.units["duration"])
            except TextError as refused:
                self.warn(line, str(refused))
            else:
                return found.minutes, found.unit, found.estimated
        if start is not None and finish is not None:
            between = max(int(self.line.between(start, finish)), 0)
            return between, "d", False
        return (0, "d", False) if is_yes(line.cells.get("milestone")) else (480, "d", True)

    def ended(self, start: int, minutes: int, unit: str) -> int | None:
        """Return when a task ends that begins then; None beyond all calendars."""
        try:
            return start + minutes if unit.startswith("e") or not minutes else int(self.line.add(start, minutes))
        except EngineError:  # no day so late is known
            return None

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
        text = cell_text(held)
        negative = text.startswith("-")
        try:
            found = parse_duration(
                text.lstrip("-"), self.of_time, unit if name == "work" else self.units.get(name, unit)
            )
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
        return found + time if found % 1440 == 0 and not self.exact else found

    # -- links and resources

    def links(self) -> Iterator[DocumentLink]:
        names: dict[str, int] = {}
        for key in ("name", "wbs", "code", "row"):  # the later wins
            for line in self.lines:
                text = str(line.id) if key == "row" else plain_text(line.cells.get(key))
                names[text.lower()] = line.id
        for line in self.lines:
            for name in ("predecessors", "successors"):
                held = plain_text(line.cells.get(name))
                try:
                    found = parse_predecessors(held, self.of_time)
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
            try:
                found = parse_resources(str(line.cells.get("resources") or ""))
            except TextError as refused:
                self.warn(line, str(refused))
                continue
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


def _type(lines: Sequence[_Line], name: str) -> str:
    held = [each.custom[name] for each in lines if name in each.custom]
    if all(isinstance(each, bool) for each in held):
        return "flag"
    if all(isinstance(each, int | float) for each in held):
        return "number"
    if all(isinstance(each, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", each) for each in held):
        return "date"
    return "text"
