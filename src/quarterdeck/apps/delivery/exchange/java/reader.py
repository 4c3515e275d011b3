"""A file as MPXJ reads it, made into a `PlanDocument`. Runs in the child process only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from quarterdeck.apps.delivery.exchange.document import (
    Dialect,
    DocumentAssignment,
    DocumentBaseline,
    DocumentLink,
    DocumentTask,
    PlanDocument,
    Problem,
    Stored,
)
from quarterdeck.apps.delivery.exchange.java.calendars import calendars
from quarterdeck.apps.delivery.exchange.java.fields import ACTIVITY_ID, Fields
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.resources import resource
from quarterdeck.apps.delivery.exchange.java.values import money, number, text, unit, when, whole
from quarterdeck.engine.network import LagCalendar, LagUnit, LinkKind

#: Kinds of activities by MPXJ's names; the others are work, a milestone or a summary by what they hold.
KINDS: Final = {
    "LEVEL_OF_EFFORT": "LEVEL_OF_EFFORT",
    "HAMMOCK": "HAMMOCK",
    "START_MILESTONE": "START_MILESTONE",
    "FINISH_MILESTONE": "MILESTONE",
}
#: Constraints of Primavera that do not win over links.
SOFT: Final = {"START_ON": "MUST_START_ON", "FINISH_ON": "MUST_FINISH_ON"}
LAG_CALENDARS: Final = {
    "PREDECESSOR": LagCalendar.PREDECESSOR.name,
    "SUCCESSOR": LagCalendar.SUCCESSOR.name,
    "PROJECT_DEFAULT": LagCalendar.PROJECT.name,
    "TWENTY_FOUR_HOUR": LagCalendar.AROUND_THE_CLOCK.name,
}
FLOATS: Final = {"SMALLEST_SLACK": "SMALLEST", "START_SLACK": "START", "FINISH_SLACK": "FINISH"}
SLACKS: Final = ("TOTAL_SLACK", "FREE_SLACK", "START_SLACK", "FINISH_SLACK")
#: Nearly critical is what has a week more than what is critical.
NEAR: Final = 2400
TASK_TYPES: Final = {
    "FIXED_UNITS": "fixed_units",
    "FIXED_DURATION": "fixed_duration",
    "FIXED_WORK": "fixed_work",
    "FIXED_DURATION_AND_UNITS": "fixed_duration",
}
#: Primavera's fourth type, a duration and units that both stay.
UNITS_TOO: Final = "FIXED_DURATION_AND_UNITS"


class NoPlan(Exception):
    """MPXJ knows no plan in the file."""


class Reader:
    """One file."""

    def __init__(self, path: Path) -> None:
        plans = [each for each in java("reader.UniversalProjectReader")().readAll(str(path)) if each is not None]
        if not plans:
            raise NoPlan
        self.project = max(plans, key=lambda each: len(each.getTasks()))  # the first of several as large
        self.beside = [text(each.getProjectProperties().getName()) for each in plans if each is not self.project]
        self.properties = self.project.getProjectProperties()
        self.fields = java("TaskField")
        self.time = java("TimeUnit")
        self.primavera = "Primavera" in text(self.properties.getFileApplication())
        self.known = Fields(self.project)

    def minutes(self, duration: Any) -> float | None:
        """Return a duration in minutes."""
        if duration is None:
            return None
        return number(duration.convertUnits(self.time.MINUTES, self.properties).getDuration())

    def rounded(self, duration: Any) -> int | None:
        """Return a duration in whole minutes."""
        found = self.minutes(duration)
        return None if found is None else round(found)

    def document(self) -> PlanDocument:
        """Return all that the file holds."""
        of = self.properties
        tasks = tuple(self.task(each) for each in self.project.getTasks() if not each.getNull())
        rows = {each.row: each for each in tasks}
        title = text(of.getProjectTitle())
        start = of.getPlannedStart() if self.primavera else of.getStartDate()
        return PlanDocument(
            name=title or (rows[0].name if 0 in rows else ""),
            program=text(of.getFullApplicationName()) or text(of.getFileApplication()),
            kind=text(of.getFileType()),
            dialect=Dialect.PRIMAVERA if self.primavera else Dialect.MICROSOFT,
            title=title,
            author=text(of.getAuthor()),
            currency=text(of.getCurrencyCode()),
            start=when(start),
            finish=when(of.getFinishDate()),
            from_finish=text(of.getScheduleFrom()) == "FINISH" and not self.primavera,
            must_finish_by=when(of.getMustFinishBy()),
            status=when(of.getStatusDate()),
            calendar=self.id_of(self.project.getDefaultCalendar()),
            minutes_per_day=int(of.getMinutesPerDay()),
            minutes_per_week=int(of.getMinutesPerWeek()),
            days_per_month=int(of.getDaysPerMonth()),
            options=self.options(),
            calendars=tuple(calendars(self.project, {self.id_of(each.getCalendar()) for each in self.resources()})),
            resources=tuple(resource(each, self.known, of) for each in self.resources()),
            tasks=tasks,
            links=tuple(self.links()),
            assignments=tuple(
                self.assignment(each)
                for each in self.project.getResourceAssignments()
                if each.getTask() is not None and not each.getTask().getNull()
            ),
            fields=self.known.definitions(),
            problems=tuple(self.problems()),
            extra=self.known.others("PROJECT", of),
        )

    def resources(self) -> Iterator[Any]:
        """Yield the resources that are more than blank lines or the line of the project."""
        for each in self.project.getResources():
            blank = each.getNull() or (whole(each.getID()) == 0 and not text(each.getName()))
            if not blank or len(each.getTaskAssignments()):
                yield each

    @staticmethod
    def id_of(calendar: Any) -> int | None:
        """Return the id of a calendar, if there is one."""
        return None if calendar is None else int(calendar.getUniqueID())

    def problems(self) -> Iterator[Problem]:
        """Yield what MPXJ passed over, and what lies in other files."""
        if self.beside:
            names = ", ".join(f"“{each}”" for each in self.beside)
            yield Problem("warning", f"Beside this plan the file holds smaller ones, which were left out: {names}.")
        for each in self.project.getIgnoredErrors():
            yield Problem("warning", f"A part of the file could not be read: {first_line(each)}")
        for each in self.project.getTasks():
            if each.getExternalProject() and not each.getNull():
                name = text(each.getSubprojectFile())
                place = f" ({name})" if name else ""
                words = f"“{text(each.getName())}” stands for another plan{place}, which is not part of this file."
                yield Problem("note", words, int(each.getUniqueID()))

    def options(self) -> dict[str, Any]:
        """Return how the program reckons, by the names of `engine.cpm.Options`."""
        of = self.properties
        threshold = self.rounded(of.getCriticalSlackLimit()) or 0
        found: dict[str, Any] = {"critical_float": threshold, "near_critical_float": threshold + NEAR}
        if text(of.getCriticalActivityType()) == "LONGEST_PATH":
            found["critical"] = "LONGEST_PATH"
        if not self.primavera:
            if not of.getHonorConstraints():
                found["hard"] = []
            if of.getMultipleCriticalPaths():
                found["open_ends_critical"] = True
            return found
        return found | {
            "lag_calendar": LAG_CALENDARS[text(of.getRelationshipLagCalendar())],
            "total_float": FLOATS[text(of.getTotalSlackCalculationType())],
            "out_of_sequence": text(of.getSchedulingProgressedActivities()),
            "open_ends_critical": bool(of.getMakeOpenEndedActivitiesCritical()),
            "lag_from_actual_start": not of.getComputeStartToStartLagFromEarlyStart(),
        }

    # -- tasks

    def task(self, task: Any) -> DocumentTask:
        """Return one line."""
        parent, duration = task.getParentTask(), task.getDuration()
        delay, priority = task.getLevelingDelay(), task.getPriority()
        custom = self.known.custom("TASK", task)
        minutes = self.rounded(duration) or 0
        type_ = {"TYPE": UNITS_TOO} if text(task.getType()) == UNITS_TOO else {}
        parts = [(when(each.getStart()) or 0, when(each.getEnd()) or 0) for each in task.getWorkSplits() or []]
        return DocumentTask(
            id=int(task.getUniqueID()),
            name=text(task.getName()),
            parent=None if parent is None else int(parent.getUniqueID()),
            row=whole(task.getID()),
            wbs=text(task.getWBS()),
            code=text(task.getActivityID()) or str(custom.pop(ACTIVITY_ID, "")),
            kind=self.kind(task, minutes),
            duration=minutes,
            duration_unit=unit(None if duration is None else duration.getUnits()),
            estimated=bool(task.getEstimated()),
            manual=not self.primavera and text(task.getTaskMode()) == "MANUALLY_SCHEDULED",
            active=bool(task.getActive()),
            calendar=self.id_of(task.getCalendar()),
            ignores_resource_calendars=bool(task.getIgnoreResourceCalendar()),
            **self.constraint(task, "", "constraint"),
            **self.constraint(task, "Secondary", "second_constraint"),
            constraint_is_soft=text(task.getConstraintType()) in SOFT,
            deadline=when(task.getDeadline()),
            priority=500 if priority is None else int(priority.getValue()),
            levelling_delay=self.rounded(delay) or 0,
            levelling_delay_elapsed=delay is None or bool(delay.getUnits().isElapsed()),
            percent_complete=number(task.getPercentageComplete()) or 0.0,
            percent_work=number(task.getPercentageWorkComplete()) or 0.0,
            percent_physical=number(task.getPhysicalPercentComplete()) or 0.0,
            actual_start=when(task.getActualStart()),
            actual_finish=when(task.getActualFinish()),
            actual_duration=self.rounded(task.getActualDuration()) or None,
            remaining=self.remaining(task),
            suspended=when(task.getSuspendDate()),
            resumed=when(task.getResume()),
            parts=tuple(parts) if len(parts) > 1 else (),
            type=TASK_TYPES.get(text(task.getType()), "fixed_units"),
            effort_driven=bool(task.getEffortDriven()),
            work=self.amount(task.getWork()) or 0.0,
            actual_work=self.amount(task.getActualWork()) or 0.0,
            fixed_cost=money(task.getFixedCost()),
            cost=money(task.getCost()),
            actual_cost=money(task.getActualCost()),
            notes=text(task.getNotes()),
            hyperlink=text(task.getHyperlinkAddress()),
            external=bool(task.getExternalTask()),
            stored=self.stored(task),
            baselines=tuple(self.baselines(task)),
            custom=custom,
            extra=self.known.others("TASK", task) | type_,
        )

    def remaining(self, task: Any) -> int | None:
        """Return what is left of a task that has begun; of others all is."""
        if task.getActualStart() is None:
            return None
        return 0 if task.getActualFinish() is not None else self.rounded(task.getRemainingDuration()) or 0

    @staticmethod
    def kind(task: Any, minutes: int) -> str:
        """Return what the engine takes the task for."""
        if task.hasChildTasks() or task.getSummary() or whole(task.getID()) == 0:
            return "SUMMARY"
        return KINDS.get(text(task.getActivityType()), "TASK" if minutes else "MILESTONE")

    @staticmethod
    def constraint(task: Any, which: str, field: str) -> dict[str, Any]:
        """Return a constraint and its date, where it is whole."""
        name = text(getattr(task, f"get{which}ConstraintType")())
        at = when(getattr(task, f"get{which}ConstraintDate")())
        if name.startswith("AS_"):
            return {field: name}
        return {field: SOFT.get(name, name), f"{field}_at": at} if name and at is not None else {}

    def stored(self, task: Any) -> Stored:
        """Return what the file itself says, not what MPXJ would work out."""
        of, fields = task.getCachedValue, self.fields
        total, free, first, last = (self.rounded(of(getattr(fields, name))) for name in SLACKS)
        if total is None and first is not None and last is not None:
            total = self.rounded(task.getTotalSlack())
        critical = of(fields.CRITICAL)
        return Stored(
            start=when(of(fields.START)),
            finish=when(of(fields.FINISH)),
            total_float=total,
            free_float=free,
            critical=None if critical is None else bool(critical),
            early_start=when(of(fields.EARLY_START)),
            early_finish=when(of(fields.EARLY_FINISH)),
            late_start=when(task.getLateStart()),
            late_finish=when(task.getLateFinish()),
        )

    def baselines(self, task: Any) -> Iterator[DocumentBaseline]:
        """Yield the baselines that say something of the task."""
        for place in range(11):
            values = [self.known.value(task, f"BASELINE{place or ''}_{name}") for name in BASELINE]
            if any(each is not None for each in values):
                start, finish, duration, work, cost = values
                found = DocumentBaseline(
                    number=place,
                    start=when(start),
                    finish=when(finish),
                    duration=self.rounded(duration) or None,
                    work=self.amount(work) or None,
                    cost=None if money(cost) == "0" else money(cost),
                )
                if found != DocumentBaseline(number=place):  # files say nothing as zero
                    yield found

    # -- assignments and links

    def assignment(self, held: Any) -> DocumentAssignment:
        """Return one resource at one task."""
        resource_ = held.getResource()
        material = resource_ is not None and text(resource_.getType()) == "MATERIAL"
        units = number(held.getUnits())
        return DocumentAssignment(
            id=int(held.getUniqueID()),
            task=int(held.getTask().getUniqueID()),
            resource=None if resource_ is None else int(resource_.getUniqueID()),
            units=1.0 if units is None else units / 100,
            work=self.amount(held.getWork(), material) or 0.0,
            actual_work=self.amount(held.getActualWork(), material) or 0.0,
            remaining_work=self.left(held, material),
            start=when(held.getStart()),
            finish=when(held.getFinish()),
            delay=self.rounded(held.getDelay()) or 0,
            cost=money(held.getCost()),
            actual_cost=money(held.getActualCost()),
            rate_table=int(held.getCostRateTableIndex()),
            notes=text(held.getNotes()),
            custom=self.known.custom("ASSIGNMENT", held),
            extra=self.known.others("ASSIGNMENT", held),
        )

    def amount(self, duration: Any, material: bool = False) -> float | None:
        """Return work in minutes, to their tenths; or of material its units, which MPXJ holds as hours."""
        found = self.minutes(duration)
        if found is None:
            return None
        return round(found / 60, 4) if material else round(found, 1)

    def left(self, held: Any, material: bool) -> float:
        """Return what an assignment still has to do."""
        found = self.amount(held.getRemainingWork(), material)
        if found is not None:
            return found
        done = self.amount(held.getActualWork(), material) or 0.0
        return max((self.amount(held.getWork(), material) or 0.0) - done, 0.0)

    def links(self) -> Iterator[DocumentLink]:
        """Yield the dependencies."""
        for link in self.project.getRelations():
            before, after = link.getPredecessorTask(), link.getSuccessorTask()
            if before is None or after is None or before.getNull() or after.getNull():
                continue
            lag = link.getLag()
            typed = unit(lag.getUnits())
            percent, elapsed = typed.endswith("%"), typed.startswith("e")
            kind = LagUnit.PERCENT if percent else LagUnit.ELAPSED if elapsed else LagUnit.WORKING
            calendar = LagCalendar.AROUND_THE_CLOCK if percent and elapsed else LagCalendar.DIALECT
            yield DocumentLink(
                predecessor=int(before.getUniqueID()),
                successor=int(after.getUniqueID()),
                kind=LinkKind[str(link.getType().name())].name,
                lag=round(float(lag.getDuration()) * 100) if percent else self.rounded(lag) or 0,
                unit=kind.name,
                calendar=calendar.name,
                lag_unit=typed,
                notes=text(link.getNotes()),
            )


BASELINE: Final = ("START", "FINISH", "DURATION", "WORK", "COST")


#: How the XML parser says where a file is broken.
PLACED: Final = re.compile(r"[\w.]*SAXParseException; lineNumber: (\d+); columnNumber: \d+; (.*)")


def first_line(refused: object) -> str:
    """Return what an exception of Java says, without its class and trace."""
    found = next(iter(str(refused).splitlines()), "")
    placed = PLACED.fullmatch(found)
    if placed:
        return f"line {placed[1]}: {placed[2]}"
    while ":" in found:  # the classes of exceptions, one in another
        head, _, rest = found.partition(":")
        if "." not in head or " " in head:
            break
        found = rest.strip()
    return found
