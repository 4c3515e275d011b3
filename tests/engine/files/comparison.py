"""Our dates beside those stored in a file, why they differ, and beside both those of MPXJ's scheduler."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from quarterdeck.engine.calendar import timeline
from quarterdeck.engine.cpm import Schedule, schedule
from quarterdeck.engine.errors import EngineError
from tests.engine.files.conversion import Converted, converted, is_primavera

FIELDS: Final = ("start", "finish", "total_float", "free_float", "critical")
NO_TASKS: Final = "no tasks with dates"
#: Constraints that bind late dates.
LATE: Final = {"START_NO_LATER_THAN", "FINISH_NO_LATER_THAN", "MUST_START_ON", "MUST_FINISH_ON"}

#: Causes of differences.
DAYS_ONLY: Final = "the file gives dates without times"
UNSCHEDULED: Final = "the file has no late dates: nothing scheduled it"
ESTIMATED: Final = "a manual task of estimated duration is never critical in Microsoft Project"
RESOURCES: Final = "the task's resources work on different calendars"
STALE: Final = "the stored late finish is not that of the stored project: saved without reckoning slack anew"
OUT_OF_HOURS: Final = "a manual finish stands out of working hours, not at the end of the shift before"
OWN_CALENDAR: Final = (
    "Microsoft Project counts slack on the task's own calendar, although resources' hours give its dates"
)
UNEXPLAINED: Final = "unexplained"


@dataclass(frozen=True)
class Difference:
    """One value of one task that is not as stored."""

    task: int
    field: str
    found: float | bool | None
    stored: float | bool
    cause: str = ""


@dataclass(frozen=True)
class Compared:
    """One file: how many values of each field are stored, which of ours and of MPXJ's differ; `refused`: why none."""

    dialect: str = ""
    refused: str = ""
    tasks: int = 0
    values: Mapping[str, int] = field(default_factory=dict)
    ours: tuple[Difference, ...] = ()
    mpxj: tuple[Difference, ...] = ()
    mpxj_refused: str = ""

    @property
    def causes(self) -> dict[str, int]:
        """How many values differ for each cause."""
        return dict(Counter(each.cause for each in self.ours))

    @property
    def mpxj_agrees(self) -> bool:
        """Whether MPXJ's scheduler finds all that is stored."""
        return not self.mpxj and not self.mpxj_refused


def compared(held: Mapping[str, Any]) -> Compared:
    """Schedule what a file holds, and compare every stored value."""
    if "error" in held:
        return Compared(refused=held["error"])
    dialect = "Primavera" if is_primavera(held) else "Microsoft"
    try:
        plan = converted(held)
        if not plan.network.tasks:
            return Compared(dialect, NO_TASKS)
        found = schedule(plan.network, plan.options)
    except EngineError as refused:
        return Compared(dialect, str(refused))
    known = {each.id for each in plan.network.tasks}
    places = [(each["id"], name) for each in held["tasks"] if each["id"] in known for name in FIELDS]
    tasks = {each["id"]: each for each in held["tasks"]}
    stored = {(task, name): tasks[task]["stored"][name] for task, name in places}
    stored = {place: value for place, value in stored.items() if value is not None}
    causes = _Causes(held, plan)
    theirs = held.get("mpxj")
    return Compared(
        dialect,
        tasks=len(known),
        values={name: sum(place[1] == name for place in stored) for name in FIELDS},
        ours=tuple(
            causes.of(Difference(*place, value, stored[place]))
            for place in stored
            if unlike(value := getattr(found[place[0]], place[1]), stored[place])
        ),
        mpxj=tuple(
            Difference(*place, value, stored[place])
            for place in stored
            if theirs and unlike(value := theirs[str(place[0])][place[1]], stored[place])
        ),
        mpxj_refused=held.get("mpxj_error", ""),
    )


def unlike(found: float | bool | None, stored: float | bool) -> bool:
    """Say whether two values differ by half a minute or more: files hold tenths of minutes, the engine whole ones."""
    return found is None or abs(found - stored) >= 0.5


class _Causes:
    """Finds, from what the file holds, why a value differs; what no evidence explains stays unexplained."""

    def __init__(self, held: Mapping[str, Any], plan: Converted) -> None:
        self.held, self.plan = held, plan
        self.tasks = {each["id"]: each for each in held["tasks"]}
        self.days_only = all(not (each["stored"][side] or 0) % 1440 for each in held["tasks"] for side in FIELDS[:2])
        self.unscheduled = all(each["LateStart"] is None for each in held["tasks"])
        self.pinned: Schedule | None = None
        if plan.several:
            again = converted(held, pinned=plan.several)
            self.pinned = schedule(again.network, again.options)

    def of(self, difference: Difference) -> Difference:
        """Return the difference with its cause."""
        task, name = difference.task, difference.field
        return Difference(task, name, difference.found, difference.stored, self.cause(self.tasks[task], difference))

    def cause(self, task: Mapping[str, Any], difference: Difference) -> str:
        if self.unscheduled:
            return UNSCHEDULED
        name = difference.field
        found = self.of_date(task, difference) if name in FIELDS[:2] else self.of_slack(task, difference)
        if found or self.pinned is None:
            return found or UNEXPLAINED
        pinned = getattr(self.pinned[task["id"]], name)
        held = not unlike(pinned, difference.stored)
        held = held or (name == "finish" and self.no_work(task, pinned, difference.stored))
        return RESOURCES if held else UNEXPLAINED

    def of_date(self, task: Mapping[str, Any], difference: Difference) -> str:
        found, stored = difference.found, difference.stored
        if self.days_only and found is not None and found // 1440 == stored // 1440:
            return DAYS_ONLY
        if difference.field != "finish" or found is None or not self.no_work(task, found, stored):
            return ""
        ends = [each for each in self.held["tasks"] if task["id"] in (each["parent"], each["id"])]
        by_hand = any(each["TaskMode"] == "MANUALLY_SCHEDULED" and each["stored"]["finish"] == stored for each in ends)
        return OUT_OF_HOURS if by_hand else ""

    def of_slack(self, task: Mapping[str, Any], difference: Difference) -> str:
        name, stored = difference.field, difference.stored
        manual = task["TaskMode"] == "MANUALLY_SCHEDULED"
        if name == "critical":
            return ESTIMATED if manual and task["Estimated"] and not stored else ""
        if self.is_stale(task):
            return STALE
        return OWN_CALENDAR if self.own_calendar(task, stored) else ""

    def own_calendar(self, task: Mapping[str, Any], stored: float) -> bool:
        own, finish, late = self.plan.own[task["id"]], task["stored"]["finish"], task["LateFinish"]
        if own == self.plan.effective[task["id"]] or None in (finish, late):
            return False
        return not unlike(timeline(own).between(finish, late), stored)

    def no_work(self, task: Mapping[str, Any], one: float, other: float) -> bool:
        return timeline(self.plan.effective[task["id"]]).between(int(one), int(other)) == 0

    def is_stale(self, task: Mapping[str, Any]) -> bool:
        """Say whether nothing binds a task's finish but the project's, and yet its late finish is another."""
        ends = self.held["properties"]["FinishDate"]
        bound = task["Deadline"] is not None or task["ConstraintType"] in LATE or task["children"]
        bound = bound or any(link["predecessor"] == task["id"] for link in self.held["links"])
        if bound or ends is None or task["LateFinish"] is None:
            return False
        return bool(timeline(self.plan.effective[task["id"]]).between(task["LateFinish"], ends) != 0)
