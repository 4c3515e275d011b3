"""A plan written for others: Microsoft Project's XML, a workbook that reads back as a task list, a calendar feed.

write(document, Path("bridge.xml"), "mspdi")        in a child process with a Java machine
write(document, Path("bridge.xlsx"), "xlsx")        or workbook(document) for its bytes
write(document, Path("bridge.ics"), "ics")          or feed(document, stamp=...) for its bytes
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from icalendar import Calendar, Event, vText

from quarterdeck import __version__
from quarterdeck.apps.delivery.exchange.amounts import moment_of
from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unwritable
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import LIMITS, Limits
from quarterdeck.apps.delivery.exchange.putting import put
from quarterdeck.apps.delivery.exchange.texts import Units, duration_text, predecessor_text, resource_text

#: Kinds that are written, with the ending and the type of their files.
KINDS: Final = {
    "mspdi": (".xml", "application/xml"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ics": (".ics", "text/calendar; charset=utf-8"),
}
#: The sheet beside the task list that says what holds for the whole plan.
PLAN_SHEET: Final = "Plan"
#: Columns that are always there.
ALWAYS: Final = 8
MOMENT: Final = "yyyy-mm-dd hh:mm"

__all__ = ["KINDS", "Unwritable", "feed", "workbook", "write"]


def write(document: PlanDocument, path: Path, kind: str, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Write a plan to a file of a kind, whole or not at all. Raises `Unwritable`.

    Returns the names of custom fields for which the kind has no place left.
    """
    if kind == "mspdi":
        return process.write(document, path, limits)
    if kind not in KINDS:
        raise Unwritable(f"“{kind}” is no kind of file that is written.", f"Choose one of {', '.join(KINDS)}.")
    content = workbook(document) if kind == "xlsx" else feed(document, stamp=dt.datetime.now(dt.UTC))
    put(path, content)
    return ()


# -- workbook

Column = tuple[str, int, Callable[[DocumentTask], Any]]


class _Sheet:
    """The columns of a task list; those that no task fills are left out, but for the first eight."""

    def __init__(self, document: PlanDocument) -> None:
        self.document = document
        self.units = Units(
            minutes_per_day=document.minutes_per_day,
            minutes_per_week=document.minutes_per_week,
            days_per_month=document.days_per_month,
        )
        rows = [each.row for each in document.tasks]
        unique = None not in rows and len(set(rows)) == len(rows)
        self.row = {each.id: each.row if unique else at for at, each in enumerate(document.tasks, start=1)}
        self.level: dict[int, int] = {}
        for each in document.tasks:
            self.level[each.id] = self.level.get(each.parent, 0) + 1 if each.parent is not None else 1
        self.before: dict[int, list[str]] = {}
        for link in document.links:
            text = predecessor_text(
                str(self.row[link.predecessor]),
                link.kind,
                link.lag,
                unit=link.unit,
                lag_unit=link.lag_unit,
                units=self.units,
            )
            self.before.setdefault(link.successor, []).append(text)
        names = {each.id: each.name for each in document.resources}
        self.who: dict[int, list[str]] = {}
        for held in document.assignments:
            name = names.get(held.resource) if held.resource is not None else None
            if name:
                self.who.setdefault(held.task, []).append(resource_text(name, held.units))

    def columns(self) -> Iterator[Column]:
        """Yield heading, width and value of each column."""

        def baseline(field: str) -> Callable[[DocumentTask], Any]:
            return lambda task: next((getattr(each, field) for each in task.baselines if each.number == 0), None)

        yield "ID", 6, lambda task: self.row[task.id]
        yield "Outline Level", 7, lambda task: self.level[task.id]
        yield "WBS", 10, lambda task: task.wbs
        yield "Name", 48, lambda task: task.name
        yield "Duration", 10, lambda task: self.span(task.duration, task.duration_unit, guess=task.estimated)
        yield "Start", 17, lambda task: _moment(task.stored.start)
        yield "Finish", 17, lambda task: _moment(task.stored.finish)
        yield "Predecessors", 18, lambda task: ";".join(self.before.get(task.id, []))
        yield "Resource Names", 24, lambda task: "; ".join(self.who.get(task.id, []))
        yield "Percent Complete", 9, lambda task: f"{task.percent_complete:g}%" if task.percent_complete else ""
        yield "Activity ID", 12, lambda task: task.code
        yield "Milestone", 9, lambda task: "Yes" if task.kind in ("MILESTONE", "START_MILESTONE") else ""
        yield "Work", 9, lambda task: duration_text(round(task.work), "h") if task.work else ""
        yield "Fixed Cost", 12, lambda task: float(task.fixed_cost) if task.fixed_cost != "0" else None
        yield "Actual Start", 17, lambda task: _moment(task.actual_start)
        yield "Actual Finish", 17, lambda task: _moment(task.actual_finish)
        yield (
            "Remaining Duration",
            10,
            lambda task: "" if task.remaining is None else self.span(task.remaining, task.duration_unit),
        )
        yield "Constraint Type", 24, lambda task: _words(task.constraint)
        yield "Constraint Date", 17, lambda task: _moment(task.constraint_at)
        yield "Deadline", 17, lambda task: _moment(task.deadline)
        yield "Task Mode", 10, lambda task: "Manual" if task.manual else ""
        yield "Active", 7, lambda task: "" if task.active else "No"
        yield "Priority", 8, lambda task: task.priority if task.priority != 500 else None
        yield "Total Slack", 10, lambda task: self.slack(task.stored.total_float)
        yield "Free Slack", 10, lambda task: self.slack(task.stored.free_float)
        yield "Critical", 8, lambda task: {None: "", True: "Yes", False: "No"}[task.stored.critical]
        yield "Baseline Start", 17, lambda task: _moment(baseline("start")(task))
        yield "Baseline Finish", 17, lambda task: _moment(baseline("finish")(task))
        yield "Baseline Duration", 10, lambda task: self.slack(baseline("duration")(task))
        yield "Baseline Cost", 12, lambda task: _amount(baseline("cost")(task))
        yield "Notes", 40, lambda task: task.notes
        for field in self.document.fields:
            if field.of == "task":
                yield field.name, 16, lambda task, name=field.name: task.custom.get(name)  # type: ignore[misc]

    def span(self, minutes: int, unit: str, *, guess: bool = False) -> str:
        """Return a duration as it is typed."""
        return duration_text(minutes, unit, self.units, estimated=guess)

    def slack(self, minutes: int | None) -> str:
        """Return a float, which may be negative, in days."""
        if minutes is None:
            return ""
        return ("-" if minutes < 0 else "") + duration_text(abs(minutes), "d", self.units)


def workbook(document: PlanDocument) -> bytes:
    """Return a workbook with the task list; read again it is the same list. No cell is a formula."""
    sheet = _Sheet(document)
    file = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, settings) as book:
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": MOMENT})
        tasks = book.add_worksheet("Tasks")
        filled = [
            (heading, width, [value(task) for task in document.tasks]) for heading, width, value in sheet.columns()
        ]
        kept = [
            each
            for place, each in enumerate(filled)
            if place < ALWAYS or any(value not in ("", None) for value in each[2])
        ]
        for column, (heading, width, values) in enumerate(kept):
            tasks.set_column(column, column, width)
            tasks.write_string(0, column, heading, bold)
            for row, value in enumerate(values, start=1):
                _cell(tasks, row, column, value, moment)
        tasks.freeze_panes(1, 4)
        tasks.autofilter(0, 0, max(len(document.tasks), 1), len(kept) - 1)
        plan = book.add_worksheet(PLAN_SHEET)
        plan.set_column(0, 1, 24)
        for row, (name, value) in enumerate(_whole(document)):
            plan.write_string(row, 0, name, bold)
            _cell(plan, row, 1, value, moment)
    return file.getvalue()


def _whole(document: PlanDocument) -> Iterator[tuple[str, Any]]:
    yield "Plan", document.name
    yield "Project start", _moment(document.start)
    yield "Project finish", _moment(document.finish)
    yield "Status date", _moment(document.status)
    yield "Minutes per day", document.minutes_per_day
    yield "Minutes per week", document.minutes_per_week
    yield "Days per month", document.days_per_month
    yield "Currency", document.currency


def _cell(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    if value in ("", None):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:32_767])


def _moment(minutes: int | None) -> dt.datetime | None:
    return None if minutes is None else moment_of(minutes)


def _amount(text: str | None) -> float | None:
    return None if text is None else float(text)


def _words(name: str) -> str:
    """Return the name of a constraint as people read it.

    >>> _words("START_NO_EARLIER_THAN")
    'Start No Earlier Than'
    """
    return name.replace("_", " ").title()


# -- calendar


def feed(
    document: PlanDocument,
    *,
    stamp: dt.datetime,
    tasks: Collection[int] | None = None,
    host: str = "quarterdeck",
    key: str = "",
) -> bytes:
    """Return the work of a plan as iCalendar, in local time without zone; a milestone is a moment.

    `tasks` limits it to some of them, such as one person's; summaries and tasks without dates are left out. `stamp` is
    when the plan was last changed. `key` tells this plan from others in the ids of events, its name unless given.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Quarterdeck//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(document.name))
    for task in document.tasks:
        if task.kind == "SUMMARY" or task.row == 0 or (tasks is not None and task.id not in tasks):
            continue
        start, finish = task.stored.start, task.stored.finish
        if start is None or not task.active:
            continue
        event = Event()
        event.add("uid", _line(f"{task.id}-{_slug(key or document.name)}@{host}"))
        event.add("dtstamp", stamp.astimezone(dt.UTC))
        event.add("summary", _line(task.name))
        event.add("dtstart", moment_of(start))
        if finish is not None and finish > start:
            event.add("dtend", moment_of(finish))
        about = [f"{task.percent_complete:g} % complete"] if task.percent_complete else []
        if task.notes:
            about.append(task.notes)
        if about:
            event.add("description", vText("\n".join("\n".join(about).splitlines())))
        kinds = ["Milestone"] if finish is None or finish <= start else []
        if task.stored.critical:
            kinds.append("Critical")
        if kinds:
            event.add("categories", kinds)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _line(text: str) -> vText:
    """Return a text for a header: in one line, marks escaped, so that no name begins another header."""
    return vText(" ".join(text.split()))


def _slug(text: str) -> str:
    kept = "".join(each if each.isascii() and each.isalnum() else "-" for each in text.lower())
    return "-".join(filter(None, kept.split("-"))) or "plan"
