"""The child process of `benchmarks.peers`: MPXJ's schedulers on the plan in a file; prints one JSON object.

python -m benchmarks.mpxj_peer PLAN.npz REPEATS
"""

import json
import resource
import sys
import time
from typing import Any

import jpype
import mpxj
import numpy as np

from quarterdeck.apps.delivery.exchange.java.machine import library
from quarterdeck.apps.delivery.exchange.java.values import when

SCHEDULERS = {"mpxj microsoft": "MicrosoftScheduler", "mpxj primavera": "PrimaveraScheduler"}
KINDS = ("FINISH_START", "START_START", "FINISH_FINISH", "START_FINISH")
WARM = 2.0  # seconds of runs until Java has compiled what is worth it, where runs are short
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def project(plan: Any) -> tuple[Any, list[Any]]:
    """The plan as MPXJ's project, and its tasks in the order of the rows."""
    found = jpype.JClass("org.mpxj.ProjectFile")()
    minutes = jpype.JClass("org.mpxj.TimeUnit").MINUTES
    duration = jpype.JClass("org.mpxj.Duration").getInstance
    calendars = [_calendar(found, shifts) for shifts in plan["shifts"].tolist()]
    found.setDefaultCalendar(calendars[0])
    constraint = jpype.JClass("org.mpxj.ConstraintType").AS_SOON_AS_POSSIBLE
    kind = jpype.JClass("org.mpxj.ActivityType").TASK_DEPENDENT
    tasks = []
    for length, place in zip(plan["duration"].tolist(), plan["calendar"].tolist(), strict=True):
        task = found.addTask()
        task.setDuration(duration(float(length), minutes))
        task.setRemainingDuration(duration(float(length), minutes))
        task.setActualDuration(duration(0.0, minutes))
        task.setActivityType(kind)
        task.setConstraintType(constraint)
        task.setCalendar(calendars[place])
        tasks.append(task)
    builder = jpype.JClass("org.mpxj.Relation$Builder")
    kinds = [getattr(jpype.JClass("org.mpxj.RelationType"), each) for each in KINDS]
    columns = (plan[name].tolist() for name in ("predecessor", "successor", "link_kind", "lag"))
    for one, other, kind, lag in zip(*columns, strict=True):
        link = builder().predecessorTask(tasks[one]).type(kinds[kind]).lag(duration(float(lag), minutes))
        tasks[other].addPredecessor(link)
    return found, tasks


def _calendar(found: Any, shifts: list[list[int]]) -> Any:
    calendar = found.addCalendar()
    clock, span = jpype.JClass("java.time.LocalTime"), jpype.JClass("org.mpxj.LocalTimeRange")
    kinds, days = jpype.JClass("org.mpxj.DayType"), jpype.JClass("java.time.DayOfWeek")
    for number, name in enumerate(WEEKDAYS):
        day = getattr(days, name)
        calendar.setCalendarDayType(day, kinds.WORKING if number < 5 else kinds.NON_WORKING)
        hours = calendar.addCalendarHours(day)
        for start, end in shifts if number < 5 else ():
            hours.add(span(clock.of(start // 60, start % 60), clock.of(end // 60, end % 60)))
    return calendar


def main() -> None:
    """Build, schedule `REPEATS` times with each scheduler, say how long and what was found."""
    plan, repeats = np.load(sys.argv[1]), int(sys.argv[2])
    began = time.perf_counter()
    # As Java starts by itself, with memory to spare: the limits of the product's own child would be a handicap.
    access = "--enable-native-access=ALL-UNNAMED"
    jpype.startJVM(library(), "-Xmx4g", access, classpath=f"{mpxj.mpxj_dir}/*", convertStrings=False)
    ready = time.perf_counter() - began
    start = jpype.JClass("java.time.LocalDateTime").of(*plan["start"].tolist())
    found: dict[str, Any] = {"jvm_s": ready}
    for name, scheduler in SCHEDULERS.items():
        began = time.perf_counter()
        built, tasks = project(plan)
        build = time.perf_counter() - began
        seconds: list[float] = []
        while len(seconds) < repeats or (sum(seconds) < WARM and len(seconds) < 50 * repeats):
            began = time.perf_counter()
            jpype.JClass(f"org.mpxj.cpm.{scheduler}")().schedule(built, start)
            seconds.append(time.perf_counter() - began)
        found[name] = {
            "build_s": build,
            "cold_s": seconds[0],
            "warm_s": min(seconds),
            "early_finish": [when(task.getEarlyFinish()) for task in tasks],
            "late_finish": [when(task.getLateFinish()) for task in tasks],
        }
    found["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
