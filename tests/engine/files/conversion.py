"""What a schedule file holds, as a `Network` and the `Options` of the program that saved it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from quarterdeck.engine.calendar import (
    Calendar,
    CalendarException,
    CombinedCalendar,
    EffectiveWeek,
    Shifts,
    Week,
    WorkCalendar,
    around_the_clock,
    intersection,
    timeline,
)
from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Critical, Options, OutOfSequence, TotalFloat
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Network, Task, TaskKind

#: Constraints by MPXJ's names; "start on" and "finish on" are Primavera's that do not win over links.
CONSTRAINTS: Final = {
    **{each.name: each for each in Constraint},
    "START_ON": Constraint.MUST_START_ON,
    "FINISH_ON": Constraint.MUST_FINISH_ON,
}
KINDS: Final = {
    "LEVEL_OF_EFFORT": TaskKind.LEVEL_OF_EFFORT,
    "HAMMOCK": TaskKind.HAMMOCK,
    "START_MILESTONE": TaskKind.START_MILESTONE,
    "FINISH_MILESTONE": TaskKind.MILESTONE,
}
LAG_CALENDARS: Final = {
    "PREDECESSOR": LagCalendar.PREDECESSOR,
    "SUCCESSOR": LagCalendar.SUCCESSOR,
    "PROJECT_DEFAULT": LagCalendar.PROJECT,
    "TWENTY_FOUR_HOUR": LagCalendar.AROUND_THE_CLOCK,
}
TOTAL_FLOATS: Final = {
    "SMALLEST_SLACK": TotalFloat.SMALLEST,
    "START_SLACK": TotalFloat.START,
    "FINISH_SLACK": TotalFloat.FINISH,
}


@dataclass(frozen=True)
class Converted:
    """A file as a plan.

    `several` are the tasks whose resources work on calendars that differ from each other; `effective` is on which
    calendar each task's duration is worked, `own` on which it would be without resources.
    """

    network: Network
    options: Options
    several: frozenset[int]
    effective: Mapping[int, Calendar]
    own: Mapping[int, Calendar]


def converted(held: Mapping[str, Any], *, pinned: frozenset[int] = frozenset()) -> Converted:
    """Return the plan of a file, the tasks in `pinned` held where the file has them.

    Raises `EngineError` for what the engine refuses in it.
    """
    return _File(held, pinned).converted()


def is_project(task: Mapping[str, Any]) -> bool:
    """Say whether a line stands for the project, or for a branch of it, and not for work."""
    return bool(task["row"] == 0 or task["Summary"])


def is_primavera(held: Mapping[str, Any]) -> bool:
    """Say whether Primavera saved the file."""
    return "Primavera" in (held["properties"]["FileApplication"] or "")


class _File:
    def __init__(self, held: Mapping[str, Any], pinned: frozenset[int]) -> None:
        self.pinned = pinned
        self.properties = held["properties"]
        self.primavera = is_primavera(held)
        self.links = held["links"]
        self.written = {each["id"]: each for each in held["calendars"]}
        self.calendars: dict[Any, Calendar] = {}
        self.own = self.properties["Calendar"]
        self.tasks = [each for each in held["tasks"] if not each["Null"] and each["stored"]["start"] is not None]
        # A summary without children is Primavera's empty branch, or the project itself.
        self.tasks = [each for each in self.tasks if each["children"] or not is_project(each)]
        self.several: set[int] = set()
        self.effective: dict[int, Calendar] = {}
        self.by_task: dict[int, Calendar] = {}

    def converted(self) -> Converted:
        known = {each["id"] for each in self.tasks}
        tasks = tuple(self.task(each, known) for each in self.tasks)
        links = tuple(
            self.link(each) for each in self.links if each["predecessor"] in known and each["successor"] in known
        )
        of = self.properties
        start = of["PlannedStart"] if self.primavera else of["StartDate"]
        network = Network(
            tasks,
            links,
            self.calendars,
            calendar=None if self.own is None else self.calendar(self.own).id,
            start=start if start is not None else min((each["stored"]["start"] for each in self.tasks), default=0),
            finish=of["MustFinishBy"] if self.primavera or of["ScheduleFrom"] == "START" else of["FinishDate"],
            status=of["StatusDate"] if self.primavera else None,
        )
        return Converted(network, self.options(), frozenset(self.several), self.effective, self.by_task)

    # -- options

    def options(self) -> Options:
        of = self.properties
        threshold = round(of["CriticalSlackLimit"] or 0)
        shared: dict[str, Any] = {
            "critical_float": threshold,
            "near_critical_float": threshold + 2400,
            "critical": Critical.LONGEST_PATH if of["CriticalActivityType"] == "LONGEST_PATH" else Critical.FLOAT,
        }
        if not self.primavera:
            hard = MICROSOFT.hard if of["HonorConstraints"] else frozenset[Constraint]()
            return replace(
                MICROSOFT,
                **shared,
                hard=hard,
                from_finish=of["ScheduleFrom"] == "FINISH",
                open_ends_critical=of["MultipleCriticalPaths"],
            )
        return replace(
            PRIMAVERA,
            **shared,
            lag_calendar=LAG_CALENDARS[of["RelationshipLagCalendar"]],
            total_float=TOTAL_FLOATS[of["TotalSlackCalculationType"]],
            out_of_sequence=OutOfSequence[of["SchedulingProgressedActivities"]],
            open_ends_critical=of["MakeOpenEndedActivitiesCritical"],
            lag_from_actual_start=not of["ComputeStartToStartLagFromEarlyStart"],
        )

    # -- calendars

    def calendar(self, id: int) -> Calendar:
        if id not in self.calendars:
            self.calendars[id] = self.calendar_written(self.written[id])
        return self.calendars[id]

    def calendar_written(self, written: Mapping[str, Any]) -> WorkCalendar:
        weeks = tuple(
            EffectiveWeek(dt.date.fromisoformat(first), dt.date.fromisoformat(last), week(days))
            for first, last, days in written["weeks"]
        )
        exceptions = tuple(
            CalendarException(dt.date.fromisoformat(first), dt.date.fromisoformat(last), shifts(given))
            for first, last, given in written["exceptions"]
        )
        parent = written["parent"]
        if parent is None or parent == written["id"]:
            days = tuple(day or () for day in week(written["week"]))
            return WorkCalendar(written["id"], days, weeks=weeks, exceptions=exceptions)
        above = self.calendar_written(self.written[parent])
        return above.derived(written["id"], week=week(written["week"]), weeks=weeks, exceptions=exceptions)

    def calendar_of(self, task: Mapping[str, Any]) -> Calendar | None:
        """Return on which calendar a task's duration is worked: its own, its resources', or where both work."""
        own = None if task["calendar"] is None else self.calendar(task["calendar"])
        by_resources = not self.is_manual(task)
        if self.primavera:
            by_resources = task["ActivityType"] == "RESOURCE_DEPENDENT"
        if not by_resources or (own is not None and task["IgnoreResourceCalendar"]):
            return own
        workers = [
            self.calendar(each["calendar"])
            for each in task["assignments"]
            if each["calendar"] is not None and each["kind"] in ("WORK", "NON_LABOR") and each["work"]
        ]
        found: list[Calendar] = []
        for worker in workers:
            both = worker if own is None or self.primavera else self.both(own, worker)
            if not any(same(both, other) for other in found):
                found.append(both)
        if len(found) > 1:
            self.several.add(task["id"])
        return found[0] if len(found) == 1 else own

    def both(self, own: Calendar, worker: Calendar) -> Calendar:
        if same(own, worker):
            return own
        found = intersection(own, worker)
        self.calendars[found.id] = found
        return found

    # -- tasks and links

    def is_manual(self, task: Mapping[str, Any]) -> bool:
        by_hand = task["TaskMode"] == "MANUALLY_SCHEDULED" or task["ExternalTask"] or task["id"] in self.pinned
        return not self.primavera and by_hand

    def task(self, task: Mapping[str, Any], known: set[int]) -> Task:
        calendar = self.calendar_of(task)
        project = self.calendar(self.own) if self.own is not None else around_the_clock()
        counted = calendar or project
        self.by_task[task["id"]] = project if task["calendar"] is None else self.calendar(task["calendar"])
        elapsed = task["elapsed"] or task["id"] in self.pinned  # may end out of any calendar's hours
        if elapsed:
            counted = around_the_clock()
        self.effective[task["id"]] = counted
        duration, splits = round(task["Duration"] or 0), self.splits(task["splits"], counted)
        started = task["ActualStart"] is not None
        given = dict[str, Any]()
        start, finish = task["stored"]["start"], task["stored"]["finish"]
        if self.is_manual(task):
            given = {"manual": True, "constraint": Constraint.START_NO_EARLIER_THAN, "constraint_at": start}
            if finish is not None and not started:  # its finish is given too, and not always by its duration
                duration, splits = timeline(counted).between(start, finish), ()
        else:
            given |= self.constraint(task, "", "constraint")
            given |= self.constraint(task, "Secondary", "second_constraint")
        remaining = task["RemainingDuration"]
        return Task(
            id=task["id"],
            duration=duration,
            name=task["Name"] or "",
            kind=KINDS.get(task["ActivityType"], TaskKind.MILESTONE if duration == 0 else TaskKind.TASK),
            parent=task["parent"] if task["parent"] in known else None,
            calendar=None if calendar is None else calendar.id,
            elapsed=elapsed,
            deadline=None if self.primavera else task["Deadline"],
            actual_start=task["ActualStart"],
            actual_finish=task["ActualFinish"],
            remaining=round(remaining) if started and remaining is not None else None,
            suspended=task["SuspendDate"] if self.primavera else None,
            resumed=task["Resume"] if self.primavera and task["SuspendDate"] is not None else None,
            splits=splits,
            delay=round(task["LevelingDelay"] or 0),
            active=self.primavera or task["Active"],
            priority=round(task["priority"] or 500),
            **given,
        )

    @staticmethod
    def constraint(task: Mapping[str, Any], which: str, field: str) -> dict[str, Any]:
        name, at = task[f"{which}ConstraintType"], task[f"{which}ConstraintDate"]
        if name is None or (at is None and not name.startswith("AS_")):
            return {}
        given = {field: CONSTRAINTS[name], f"{field}_at": None if name.startswith("AS_") else at}
        return given | ({"hard": False} if name in ("START_ON", "FINISH_ON") else {})

    @staticmethod
    def splits(parts: list[tuple[int, int]], calendar: Calendar) -> tuple[tuple[int, int], ...]:
        line, done, found = timeline(calendar), 0, []
        for (start, end), (following, _) in pairwise(parts):
            done += line.between(start, end)
            gap = line.between(end, following)
            if gap > 0:
                found.append((done, gap))
        return tuple(found)

    @staticmethod
    def link(link: Mapping[str, Any]) -> Link:
        units, calendar = link["unit"], LagCalendar.DIALECT
        unit = LagUnit.WORKING
        if units.startswith("ELAPSED"):
            unit = LagUnit.ELAPSED
        if "PERCENT" in units:
            unit = LagUnit.PERCENT
            calendar = LagCalendar.AROUND_THE_CLOCK if units.startswith("ELAPSED") else calendar
        kind = LinkKind[link["kind"]]
        return Link(link["predecessor"], link["successor"], kind, round(link["lag"]), unit, calendar)


def shifts(given: list[list[int]]) -> Shifts:
    """Return hours as the engine takes them."""
    return tuple((start, end) for start, end in sorted(given))


def week(days: list[list[list[int]] | None]) -> Week:
    """Return a week as the engine takes it; a day left to the calendar above is None."""
    return tuple(None if day is None else shifts(day) for day in days)


def same(one: Calendar, other: Calendar) -> bool:
    """Say whether two calendars work at the same times, whatever they are called."""
    if isinstance(one, WorkCalendar) and isinstance(other, WorkCalendar):
        base = WorkCalendar("", one.week, weeks=one.weeks, exceptions=one.exceptions)
        return base == WorkCalendar("", other.week, weeks=other.weeks, exceptions=other.exceptions)
    return isinstance(one, CombinedCalendar) and isinstance(other, CombinedCalendar) and one.id == other.id
