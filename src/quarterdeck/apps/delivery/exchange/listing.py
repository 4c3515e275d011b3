"""The rows of a task list made into a plan: who is where, tasks, links and resources."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Final

from quarterdeck.apps.delivery.exchange.amounts import minutes_of, moment_of, parse_amount
from quarterdeck.apps.delivery.exchange.cells import (
    COLUMNS,
    NO,
    Row,
    cell_text,
    is_yes,
    parse_date,
    plain_text,
    plain_value,
    slashes_day_first,
    whole_number,
)
from quarterdeck.apps.delivery.exchange.columns import CONSTRAINTS, FIELDS, PRIORITIES, found_in, plain, unit_of
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
    TextError,
    Units,
    each_predecessor,
    parse_duration,
    parse_resources,
)
from quarterdeck.engine.calendar import OFFICE_DAY, five_day, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint

#: Fields whose headings may name a unit.
DURATIONS: Final = frozenset({"duration", "work", "remaining", "baseline_duration", "total_float", "free_float"})
OPENS, CLOSES = OFFICE_DAY[0][0], OFFICE_DAY[-1][1]


@dataclass
class Line:
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


class Rows:
    """A table that is a task list, while it is read."""

    def __init__(self, file: str, rows: Sequence[Row], at: int, *, kind: str, sheet: str, units: Units) -> None:
        self.of_time, self.exact = units, False
        self.file, self.kind, self.sheet = file, kind, sheet
        self.problems: list[Problem] = []
        self.headings = [str(each or "").strip() for each in rows[at][:COLUMNS]]
        self.fields = found_in(rows[at][:COLUMNS])
        self.units = dict(self.units_in_headings())
        self.customs = dict(self.custom_columns())
        self.day_first = slashes_day_first(rows[at + 1 :])
        self.lines = list(self.read(rows, at))
        held = [each.cells.get("percent") for each in self.lines]
        numbers = [each for each in held if isinstance(each, float) and math.isfinite(each)]
        # Cells formatted as per cent are shares of one; no column of percentages lies wholly below one.
        self.shares = kind == "XLSX" and all(0 <= each <= 1 for each in numbers)
        self.line = timeline(five_day("Standard"))

    def units_in_headings(self) -> Iterator[tuple[str, str]]:
        """Yield the units that headings of durations name."""
        for place, name in self.fields.items():
            if name in DURATIONS and (unit := unit_of(self.headings[place])) != "":
                if unit is None:
                    words = f"The heading “{self.headings[place]}” names no unit that is known."
                    self.problems.append(Problem(severity="warning", text=words))
                else:
                    yield name, unit

    def custom_columns(self) -> Iterator[tuple[int, str]]:
        """Yield the columns that become custom fields; no two are called the same."""
        used = {self.headings[place] for place in self.fields}
        known = {name: self.headings[place] for place, name in self.fields.items()}
        for place, text in enumerate(self.headings):
            if not text or place in self.fields:
                continue
            name, number = text, 2
            while name in used:
                name, number = f"{text} ({number})", number + 1
            used.add(name)
            same = known.get(FIELDS.get(plain(text), ""), text if name != text else "")
            if same:
                words = f"The columns “{same}” and “{text}” mean the same: the second is kept as the field “{name}”."
                self.problems.append(Problem(severity="warning", text=words))
            yield place, name

    def left_out(self, row: Row, number: int, *, named: bool) -> None:
        """Tell of cells that have no place."""
        if not named and any(plain_text(each) for each in row):
            words = f"Row {number}: the row has no name and was left out."
            self.problems.append(Problem(severity="warning", text=words))
        for place, cell in enumerate(row):
            if named and plain_text(cell) and not (place < len(self.headings) and self.headings[place]):
                words = (
                    f"Row {number}: “{plain_text(cell)[:40]}” stands in a column without a heading and was left out."
                )
                self.problems.append(Problem(severity="warning", text=words))

    def read(self, rows: Sequence[Row], at: int) -> Iterator[Line]:
        """Yield the rows below the headings that have a name."""
        for number, row in enumerate(rows[at + 1 :], start=at + 2):
            cells = {name: row[place] if place < len(row) else "" for place, name in self.fields.items()}
            named = bool(str(cells.get("name") or "").strip())
            self.left_out(row, number, named=named)
            if not named:
                continue
            custom = {
                text: value
                for place, text in self.customs.items()
                if place < len(row) and (value := plain_value(row[place])) not in ("", None)
            }
            yield Line(number, cells, custom)

    def document(self) -> PlanDocument:
        """Return the plan. Raises `Unreadable` where no row is a task."""
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

    def warn(self, line: Line, text: str) -> None:
        """Tell of a cell that is not understood."""
        self.problems.append(Problem(severity="warning", text=f"Row {line.number}: {text}", task=line.id or None))

    # -- who is where

    def number(self) -> None:
        """Give every line its id: what its column says where that is whole and used once, else its place."""
        given = [whole_number(each.cells.get("id")) for each in self.lines]
        unique = None not in given and len(set(given)) == len(given)
        for place, (line, own) in enumerate(zip(self.lines, given, strict=True), start=1):
            line.id = own if unique and own is not None else place
            if not unique and not plain_text(line.cells.get("code")):
                line.cells["code"] = plain_text(line.cells.get("id"))
            line.wbs = plain_text(line.cells.get("wbs"))
            line.level = whole_number(line.cells.get("outline_level"))
            name = str(line.cells["name"])
            line.indent = len(name.expandtabs(4)) - len(name.expandtabs(4).lstrip())
        if "id" in self.fields.values() and not unique:
            self.problems.append(
                Problem(
                    severity="warning",
                    text="The ids are not whole, or stand twice: they are kept as activity ids, and tasks are numbered "
                    "by their rows.",
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

    def task(self, line: Line, summary: bool) -> DocumentTask:
        """Return the task of a row."""
        cells = line.cells
        start, finish = self.at(line, "start", OPENS), self.at(line, "finish", CLOSES)
        actual_start, actual_finish = self.at(line, "actual_start", OPENS), self.at(line, "actual_finish", CLOSES)
        minutes, unit, estimated = self.duration(line, start, finish)
        marked = is_yes(cells.get("milestone")) or (minutes == 0 and not summary)
        if marked and minutes == 0 and start is None:
            start = finish
        percent = self.percent(line)
        total, fixed = self.money(line, "cost"), self.money(line, "fixed_cost")
        if fixed is None and not summary:  # that of a summary is the sum of those below it
            fixed = total
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
            priority=self.priority(line),
            percent_complete=percent,
            actual_start=actual_start,
            actual_finish=actual_finish,
            remaining=self.span(line, "remaining"),
            work=float(self.span(line, "work", "h") or 0),
            fixed_cost=fixed or "0",
            cost=total or fixed or "0",
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

    def duration(self, line: Line, start: int | None, finish: int | None) -> tuple[int, str, bool]:
        """Return the duration as the list has it, else between its dates, else a day."""
        held = line.cells.get("duration")
        if str(held if held is not None else "").strip():
            try:
                found = parse_duration(cell_text(held), self.of_time, self.units.get("duration", "d"))
            except TextError as refused:
                self.warn(line, str(refused))
            else:
                return found.minutes, found.unit, found.estimated
        if start is not None and finish is not None:
            between = max(int(self.line.between(start, finish)), 0)
            return between, "d", False
        return (0, "d", False) if is_yes(line.cells.get("milestone")) else (self.of_time.minutes_per_day, "d", True)

    def ended(self, start: int, minutes: int, unit: str) -> int | None:
        """Return when a task ends that begins then; None beyond all calendars."""
        try:
            return start + minutes if unit.startswith("e") or not minutes else int(self.line.add(start, minutes))
        except EngineError:  # no day so late is known
            return None

    def constraint(self, line: Line, start: int | None) -> tuple[str, int | None]:
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

    def percent(self, line: Line) -> float:
        """Return how much is done, 0 to 100."""
        held = line.cells.get("percent")
        text = str(held if held is not None else "").strip()
        if not text:
            return 0.0
        try:
            found = float(text.rstrip("% ").replace(",", "."))
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            self.warn(line, f"“{text}” is no percentage.")
            return 0.0
        if isinstance(held, float) and self.shares:
            found *= 100
        if not 0 <= found <= 100:
            self.warn(line, f"“{text}” is no percentage between 0 and 100; the nearer of both is kept.")
        return max(0.0, min(100.0, found))

    def priority(self, line: Line) -> int:
        """Return the priority, a number up to 1000 or a word."""
        held = plain_text(line.cells.get("priority"))
        found = PRIORITIES.get(held.lower(), whole_number(held))
        if held and (found is None or found > 1000):
            self.warn(line, f"“{held}” is no priority.")
            return 500
        return found or 500

    def money(self, line: Line, name: str) -> str | None:
        """Return an amount as decimal text; None of a blank or what is none."""
        held = line.cells.get(name)
        try:
            return parse_amount(held)
        except ValueError:
            self.warn(line, f"“{held}” is no amount.")
            return None

    def span(self, line: Line, name: str, unit: str = "d") -> int | None:
        """Return a span in minutes; a number alone is in the unit of the heading, else in the given one."""
        held = line.cells.get(name)
        if held is None or not str(held).strip():
            return None
        text = cell_text(held)
        negative = text.startswith("-")
        try:
            found = parse_duration(text.lstrip("-"), self.of_time, self.units.get(name, unit))
        except TextError as refused:
            self.warn(line, str(refused))
            return None
        return -found.minutes if negative else found.minutes

    def baseline(self, line: Line) -> Iterator[DocumentBaseline]:
        """Yield the baseline of a row, if it has one."""
        start, finish = self.at(line, "baseline_start", OPENS), self.at(line, "baseline_finish", CLOSES)
        duration, cost = self.span(line, "baseline_duration"), self.money(line, "baseline_cost")
        if any(each is not None for each in (start, finish, duration, cost)):
            yield DocumentBaseline(number=0, start=start, finish=finish, duration=duration, cost=cost)

    def at(self, line: Line, name: str, time: int) -> int | None:
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
        """Yield the links that predecessors and successors name, each once."""
        names: dict[str, int] = {}
        for key in ("name", "wbs", "code", "row", "id"):  # the later wins; of several of one sort the first
            for line in reversed(self.lines):
                text = str(line.id) if key == "row" else plain_text(line.cells.get(key))
                if text:
                    names[text.lower()] = line.id
        told: set[tuple[int, int, str]] = set()
        for name in ("predecessors", "successors"):
            for line in self.lines:
                for each in each_predecessor(plain_text(line.cells.get(name)), self.of_time):
                    if isinstance(each, TextError):
                        self.warn(line, str(each))
                        continue
                    other = names.get(each.task.lower())
                    if other is None or other == line.id:
                        what = "the task itself" if other == line.id else "no task of the list"
                        self.warn(line, f"“{each.task}” among the {name} is {what}.")
                        continue
                    before, after = (other, line.id) if name == "predecessors" else (line.id, other)
                    if name == "successors" and (before, after, each.kind) in told:
                        continue  # said already by the other column
                    told.add((before, after, each.kind))
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
        """Return who works, and on what."""
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


def _type(lines: Sequence[Line], name: str) -> str:
    held = [each.custom[name] for each in lines if name in each.custom]
    if all(isinstance(each, bool) for each in held):
        return "flag"
    if all(isinstance(each, int | float) for each in held):
        return "number"
    if all(isinstance(each, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", each) for each in held):
        return "date"
    return "text"
