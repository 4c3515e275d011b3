"""A document as MSPDI, Microsoft Project's XML, through MPXJ. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jpype

from quarterdeck.apps.delivery.exchange.document import (
    Dialect,
    DocumentAssignment,
    DocumentCalendar,
    DocumentLink,
    DocumentTask,
    PlanDocument,
    ResourceKind,
)
from quarterdeck.apps.delivery.exchange.java.fields import ACTIVITY_ID, SLACKS
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import duration, field_value, instant
from quarterdeck.apps.delivery.exchange.java.written_calendars import write_calendar
from quarterdeck.apps.delivery.exchange.java.written_fields import CustomFields
from quarterdeck.apps.delivery.exchange.java.written_resources import write_resource
from quarterdeck.apps.delivery.exchange.texts import Units

#: Attributes of the project that name the program and kind of the file it came from: the file written is of its own.
PROVENANCE: Final = frozenset({"FILE_APPLICATION", "SHORT_APPLICATION_NAME", "MPP_FILE_TYPE", "APPLICATION_VERSION"})
TYPES: Final = {"fixed_units": "FIXED_UNITS", "fixed_duration": "FIXED_DURATION", "fixed_work": "FIXED_WORK"}
SOFT: Final = {"MUST_START_ON": "START_ON", "MUST_FINISH_ON": "FINISH_ON"}
#: Blank lines that are written at most, to keep the numbers of rows.
BLANKS: Final = 1000
#: Minutes that are written as 0, where 0 itself would be left out.
NEXT_TO_NOTHING: Final = 0.001
AUTOMATIC: Final = (
    "TaskUniqueID",
    "TaskID",
    "CalendarUniqueID",
    "ResourceUniqueID",
    "ResourceID",
    "AssignmentUniqueID",
    "WBS",
)


def write_mspdi(document: PlanDocument, target: str) -> list[str]:
    """Write a document to a file that Microsoft Project and MPXJ open; return the custom fields without a place."""
    writer = java("mspdi.MSPDIWriter")()
    writer.setWriteTimephasedData(True)
    made = Writer(document)
    writer.write(made.project, target)
    return made.custom.left_out


class Writer:
    """The project of MPXJ that says what a document says."""

    def __init__(self, document: PlanDocument) -> None:
        self.document = document
        self.units = Units(
            minutes_per_day=document.minutes_per_day,
            minutes_per_week=document.minutes_per_week,
            days_per_month=document.days_per_month,
        )
        self.project = java("ProjectFile")()
        config = self.project.getProjectConfig()
        for name in AUTOMATIC:
            getattr(config, f"setAuto{name}")(False)
        self.custom = CustomFields(self.project, document)
        self.calendars: dict[int, Any] = {}
        self.resources: dict[int, Any] = {}
        self.tasks: dict[int, Any] = {}
        self.properties()
        for calendar in self.ordered(document.calendars):
            parent = self.calendars.get(calendar.parent) if calendar.parent is not None else None
            self.calendars[calendar.id] = write_calendar(self.project, calendar, parent)
        default = self.calendars.get(document.calendar) if document.calendar is not None else None
        if default is not None:
            self.project.getProjectProperties().setDefaultCalendar(default)
        for place, resource in enumerate(document.resources, start=1):
            made = write_resource(self.project, resource, place, self.calendars)
            self.resources[resource.id] = made
            self.custom.write("resource", made, resource.custom)
            self.others("ResourceField", made, resource.extra)
        self.lines()
        for link in document.links:
            self.link(link)
        for assignment in document.assignments:
            self.assignment(assignment)

    @staticmethod
    def ordered(calendars: tuple[DocumentCalendar, ...]) -> Iterator[DocumentCalendar]:
        """Yield calendars after those above them."""
        left, done = list(calendars), set[int | None]({None})
        known = {each.id for each in calendars}
        while left:
            ready = [each for each in left if each.parent in done or each.parent not in known]
            yield from ready or left
            done |= {each.id for each in ready}
            left = [each for each in left if each not in ready] if ready else []

    def others(self, class_: str, entity: Any, extra: Mapping[str, Any]) -> None:
        """Write what the document holds under names of MPXJ's fields."""
        fields = java(class_)
        for name, value in extra.items():
            field = getattr(fields, name, None) if name.isupper() or "_" in name else None
            if field is None or not isinstance(field, fields):
                continue
            found = field_value(str(field.getDataType().name()), value)
            if found is not None:
                entity.set(field, found)

    def properties(self) -> None:
        """Write what holds for the whole plan."""
        of, given = self.project.getProjectProperties(), self.document
        self.others("ProjectField", of, {k: v for k, v in given.extra.items() if k not in PROVENANCE})
        kinds = java("ScheduleFrom")
        of.setFileType("MSPDI")
        of.setFileApplication("Microsoft")
        of.setMinutesPerDay(jpype.JClass("java.lang.Integer").valueOf(given.minutes_per_day))
        of.setMinutesPerWeek(jpype.JClass("java.lang.Integer").valueOf(given.minutes_per_week))
        of.setDaysPerMonth(jpype.JClass("java.lang.Integer").valueOf(given.days_per_month))
        of.setProjectTitle(given.title or given.name or None)
        of.setAuthor(given.author or None)
        of.setCurrencyCode(given.currency or None)
        of.setStartDate(instant(given.start))
        of.setFinishDate(instant(given.finish))
        of.setStatusDate(instant(given.status))
        of.setScheduleFrom(kinds.FINISH if given.from_finish else kinds.START)
        of.setHonorConstraints(given.options.get("hard") != [])
        of.setMultipleCriticalPaths(bool(given.options.get("open_ends_critical")))
        slack = given.options.get("critical_float", 0) / given.minutes_per_day
        of.setCriticalSlackLimit(duration([slack, "d"]))

    # -- tasks

    def lines(self) -> None:
        """Write the lines in the order of the outline, blank ones where rows are left out."""
        highest = max((each.id for each in self.document.tasks), default=0)
        row, blanks = 0, 0
        for task in self.document.tasks:
            place = row + 1 if task.row is None else task.row
            while row + 1 < place and blanks < BLANKS:
                row, blanks = row + 1, blanks + 1
                blank = self.project.addTask()
                blank.setNull(True)
                blank.setID(_integer(row))
                blank.setUniqueID(_integer(highest + blanks))
            parent = self.tasks.get(task.parent) if task.parent is not None else None
            made = self.project.addTask() if parent is None else parent.addTask()
            self.tasks[task.id] = made
            row = max(row, place)
            self.task(made, task, place)

    def task(self, made: Any, task: DocumentTask, place: int) -> None:
        """Write one line."""
        self.others("TaskField", made, {k: v for k, v in task.extra.items() if k != "TYPE"})
        unit = task.duration_unit
        made.setUniqueID(_integer(task.id))
        made.setID(_integer(place))
        made.setName(task.name)
        made.setWBS(task.wbs or None)
        made.setActivityID(task.code or None)
        made.setDuration(self.span(task.duration, unit))
        made.setEstimated(task.estimated)
        modes = java("TaskMode")
        made.setTaskMode(modes.MANUALLY_SCHEDULED if task.manual else modes.AUTO_SCHEDULED)
        if task.manual and "MANUAL_DURATION" not in task.extra:
            made.setManualDuration(self.span(task.duration, unit))
        made.setActive(task.active)
        made.setMilestone(task.kind in ("MILESTONE", "START_MILESTONE") or bool(task.extra.get("MILESTONE")))
        made.setSummary(task.kind == "SUMMARY")
        if task.calendar in self.calendars:
            made.setCalendar(self.calendars[task.calendar])
        made.setIgnoreResourceCalendar(task.ignores_resource_calendars)
        self.constraint(made, task)
        made.setDeadline(instant(task.deadline))
        made.setPriority(java("Priority").getInstance(task.priority))
        if task.levelling_delay:
            delay = "ed" if task.levelling_delay_elapsed else "d"
            made.setLevelingDelay(self.span(task.levelling_delay, delay))
        made.setType(java("TaskType").valueOf(TYPES.get(task.type, "FIXED_UNITS")))
        made.setEffortDriven(task.effort_driven)
        made.setNotes(task.notes or None)
        made.setHyperlinkAddress(task.hyperlink or None)
        made.setExternalTask(task.external)
        self.progress(made, task)
        self.stored(made, task)
        self.baselines(made, task)
        self.custom.write("task", made, task.custom | ({ACTIVITY_ID: task.code} if task.code else {}))

    def span(self, minutes: float | None, unit: str) -> Any:
        """Return minutes as a duration in a unit."""
        return None if minutes is None else duration([minutes / self.units.minutes(unit), unit])

    def constraint(self, made: Any, task: DocumentTask) -> None:
        """Write the constraint, the second one too, as Microsoft Project has it: one that it lacks gets the nearest."""
        primavera = self.document.dialect == Dialect.PRIMAVERA
        name = SOFT.get(task.constraint, task.constraint) if task.constraint_is_soft and primavera else task.constraint
        made.setConstraintType(java("ConstraintType").valueOf(task.constraint if not primavera else name))
        made.setConstraintDate(instant(task.constraint_at))
        if task.second_constraint_at is not None:
            made.setSecondaryConstraintType(java("ConstraintType").valueOf(task.second_constraint))
            made.setSecondaryConstraintDate(instant(task.second_constraint_at))

    def progress(self, made: Any, task: DocumentTask) -> None:
        """Write what is done, and what it cost."""
        unit = task.duration_unit
        made.setPercentageComplete(_double(task.percent_complete))
        made.setPercentageWorkComplete(_double(task.percent_work))
        made.setPhysicalPercentComplete(_double(task.percent_physical))
        made.setActualStart(instant(task.actual_start))
        made.setActualFinish(instant(task.actual_finish))
        made.setActualDuration(self.span(task.actual_duration, unit))
        made.setRemainingDuration(self.span(task.remaining, unit))
        made.setSuspendDate(instant(task.suspended))
        made.setResume(instant(task.resumed))
        made.setWork(self.span(task.work, "h"))
        made.setActualWork(self.span(task.actual_work, "h"))
        made.setFixedCost(_double(task.fixed_cost))
        made.setCost(_double(task.cost))
        made.setActualCost(_double(task.actual_cost))

    def stored(self, made: Any, task: DocumentTask) -> None:
        """Write the dates that the document holds."""
        of = task.stored
        made.setStart(instant(of.start))
        made.setFinish(instant(of.finish))
        made.setEarlyStart(instant(of.early_start))
        made.setEarlyFinish(instant(of.early_finish))
        made.setLateStart(instant(of.late_start))
        made.setLateFinish(instant(of.late_finish))
        for name in SLACKS:
            minutes = task.extra.get(name, [of.total_float])[0]  # total float is read as the smaller of the two
            if minutes is not None:
                made.set(getattr(java("TaskField"), name), self.span(minutes or NEXT_TO_NOTHING, "m"))
        if of.total_float is not None:
            made.setTotalSlack(self.span(of.total_float or NEXT_TO_NOTHING, "m"))
        if of.free_float is not None:
            made.setFreeSlack(self.span(of.free_float or NEXT_TO_NOTHING, "m"))
        if of.critical is not None:
            made.setCritical(of.critical)

    def baselines(self, made: Any, task: DocumentTask) -> None:
        """Write the eleven baselines."""
        fields = java("TaskField")
        for each in task.baselines:
            prefix = f"BASELINE{each.number or ''}_"
            values = {
                "START": instant(each.start),
                "FINISH": instant(each.finish),
                "DURATION": self.span(each.duration, task.duration_unit),
                "WORK": self.span(each.work, "h"),
                "COST": None if each.cost is None else _double(each.cost),
            }
            for name, value in values.items():
                if value is not None:
                    made.set(getattr(fields, prefix + name), value)

    # -- links and assignments

    def link(self, held: DocumentLink) -> None:
        """Write one dependency."""
        before, after = self.tasks.get(held.predecessor), self.tasks.get(held.successor)
        if before is None or after is None:
            return
        if held.unit == "PERCENT":
            unit = "e%" if held.calendar == "AROUND_THE_CLOCK" else "%"
            lag = duration([held.lag / 100, unit])
        else:
            unit = held.lag_unit if not held.lag_unit.endswith("%") else "d"
            unit = ("e" if held.unit == "ELAPSED" else "") + unit.removeprefix("e")
            lag = self.span(held.lag, unit)
        builder = java("Relation$Builder")().predecessorTask(before)
        kind = java("RelationType").valueOf(held.kind)
        after.addPredecessor(builder.type(kind).lag(lag).notes(held.notes or None))

    def assignment(self, held: DocumentAssignment) -> None:
        """Write one resource at one task."""
        task = self.tasks.get(held.task)
        resource = self.resources.get(held.resource) if held.resource is not None else None
        if task is None:
            return
        material = any(
            each.id == held.resource and each.kind == ResourceKind.MATERIAL for each in self.document.resources
        )
        made = task.addResourceAssignment(resource)
        hours = 60 if material else 1  # of material, MPXJ holds units as hours
        made.setUniqueID(_integer(held.id))
        made.setUnits(_double(held.units * 100))
        made.setWork(self.span(held.work * hours, "h"))
        made.setActualWork(self.span(held.actual_work * hours, "h"))
        left = held.work - held.actual_work if held.remaining_work is None else held.remaining_work
        made.setRemainingWork(self.span(left * hours, "h"))
        made.setStart(instant(held.start))
        made.setFinish(instant(held.finish))
        made.setDelay(self.span(held.delay, "m"))
        made.setCost(_double(held.cost))
        made.setActualCost(_double(held.actual_cost))
        made.setCostRateTableIndex(held.rate_table)
        made.setNotes(held.notes or None)
        self.others("AssignmentField", made, held.extra)
        self.custom.write("assignment", made, held.custom)


def _integer(value: int) -> Any:
    return jpype.JClass("java.lang.Integer").valueOf(value)


def _double(value: float | str) -> Any:
    return jpype.JClass("java.lang.Double").valueOf(float(value))
