"""A stored plan as the columns that the engine reckons with: read in a few queries, without an object for each task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from django.db.models import Case, Value, When
from numpy.typing import NDArray

from quarterdeck.apps.delivery.choices import Dialect
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanCalendar, PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.selectors.working import Working, frame_of
from quarterdeck.engine.calendar import Calendar
from quarterdeck.engine.cpm import NONE, Columns, Options
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, LinkKind, TaskKind

Ints = NDArray[np.int64]
#: What the engine is told of a task, in the order in which it is read.
INPUTS: Final = (
    "pk",
    "parent_id",
    "position",
    "name",
    "kind",
    "duration",
    "duration_unit",
    "calendar_uid",
    "ignores_resource_calendars",
    "constraint",
    "constraint_at",
    "constraint_soft",
    "deadline",
    "actual_start",
    "actual_finish",
    "remaining",
    "suspended",
    "resumed",
    "delay",
    "manual",
    "manual_start",
    "active",
    "percent",
    "service_days",
    "service_from",
    "service_at",
)
#: What the engine tells of a task, and what is shown with it.
FOUND: Final = (
    "start",
    "finish",
    "early_start",
    "early_finish",
    "late_start",
    "late_finish",
    "total_float",
    "free_float",
    "critical",
    "near_critical",
    "is_summary",
    "level",
    "span",
    "done",
    "service_risk",
    "service_due",
    "service_breach",
)
#: What is shown of a task besides.
SHOWN: Final = ("wbs", "estimated", "priority", "has_notes", "work", "cost")
LINKS: Final = ("pk", "predecessor_id", "successor_id", "kind", "lag", "unit", "calendar", "lag_unit")


@dataclass
class Source:
    """Where a plan is read from: rows as tuples of `INPUTS` and more, in outline order; the database, or the past."""

    tasks: Callable[[tuple[str, ...]], list[tuple[Any, ...]]]
    links: Callable[[], list[tuple[Any, ...]]]
    #: (pk, number in the plan, definition)
    calendars: Callable[[], list[tuple[int, int, dict[str, Any]]]]
    #: (task, its calendar's uid) for each resource with a calendar of its own that does work there.
    workers: Callable[[], list[tuple[int, Any]]]
    splits: Callable[[], list[tuple[int, list[list[int]]]]]
    more: Callable[[], list[tuple[int, dict[str, Any]]]]
    #: (task, resource, its name, units), in the order in which they were given.
    assigned: Callable[[], list[tuple[int, Any, Any, float]]]
    #: (pk, name, kind)
    resources: Callable[[], list[tuple[int, str, str]]]
    #: (pk, units at most, number of its own calendar) of those that work
    limits: Callable[[], list[tuple[int, float, Any]]]
    #: (number, name, when taken)
    baselines: Callable[[], list[tuple[int, str, Any]]]
    figures: Callable[[int], dict[str, list[Any]]]


@dataclass
class Held:
    """A plan in memory: `rows` by name of field in outline order, `links` alike, and what the engine makes of them."""

    plan: Plan
    ids: Ints
    rows: dict[str, Sequence[Any]]
    links: dict[str, Sequence[Any]]
    columns: Columns | None
    options: Options
    source: Source
    working: Working
    #: (pk, number in the plan, definition)
    written: list[tuple[int, int, dict[str, Any]]]
    calendars: tuple[Calendar, ...]
    #: Which calendar each task is worked on, and each is counted on, by place in `calendars`.
    worked: Ints
    project: int
    #: What was stored of `FOUND`, as arrays, None as `NONE`.
    before: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[int, int]:
        """The row of each task by its id."""
        return {key: row for row, key in enumerate(self.ids.tolist())}


def stored(plan: Plan) -> Source:
    """Return the plan as it is stored today."""
    tasks = Task.objects.filter(plan=plan).order_by("position", "pk")
    told = tasks.annotate(has_notes=Case(When(notes="", then=Value(False)), default=Value(True)))
    assignments = TaskAssignment.objects.filter(plan=plan).order_by("pk")
    return Source(
        tasks=lambda names: list((told if "has_notes" in names else tasks).values_list(*names)),
        links=lambda: list(TaskLink.objects.filter(plan=plan).order_by("pk").values_list(*LINKS)),
        calendars=lambda: list(
            PlanCalendar.objects.filter(plan=plan).order_by("uid").values_list("pk", "uid", "definition")
        ),
        workers=lambda: list(
            assignments.filter(resource__kind="work", resource__calendar_uid__isnull=False)
            .exclude(work=0)
            .values_list("task_id", "resource__calendar_uid")
        ),
        splits=lambda: list(tasks.exclude(splits=[]).values_list("pk", "splits")),
        more=lambda: list(tasks.exclude(more={}).values_list("pk", "more")),
        assigned=lambda: list(
            assignments.filter(resource__isnull=False).values_list("task_id", "resource_id", "resource__name", "units")
        ),
        resources=lambda: list(
            PlanResource.objects.filter(plan=plan).order_by("name", "pk").values_list("pk", "name", "kind")
        ),
        limits=lambda: list(
            PlanResource.objects.filter(plan=plan, kind="work").values_list("pk", "max_units", "calendar_uid")
        ),
        baselines=lambda: list(
            Baseline.objects.filter(plan=plan).order_by("number").values_list("number", "name", "taken_at")
        ),
        figures=lambda number: (
            Baseline.objects.filter(plan=plan, number=number).values_list("figures", flat=True).first() or {}
        ),
    )


def held(plan: Plan, *, source: Source | None = None, before: bool = False, shown: bool = False) -> Held:
    """Read a plan for the engine; with `before` what was stored of its dates too, with `shown` what pages show besides.

    Raises EngineError for what no plan can have.
    """
    source = source or stored(plan)
    names = (*INPUTS, *(FOUND if before else ()), *(SHOWN if shown else ()))
    read = source.tasks(names)
    columns: list[Sequence[Any]] = list(zip(*read, strict=True)) if read else [()] * len(names)
    rows = dict(zip(names, columns, strict=True))
    told = source.links()
    links: dict[str, Sequence[Any]] = dict(
        zip(LINKS, zip(*told, strict=True) if told else [()] * len(LINKS), strict=True)
    )
    ids = np.array(rows["pk"], np.int64)
    works = _Worked(plan, source, rows)
    found = Held(
        plan=plan,
        ids=ids,
        rows=rows,
        links=links,
        columns=None,
        options=works.options,
        source=source,
        working=works.working,
        written=works.written,
        calendars=(),
        worked=works.places(),
        project=works.project,
        before={name: numbers(rows[name]) for name in FOUND} if before else {},
    )
    found.calendars = tuple(works.calendars)
    if len(ids):
        found.columns = columns_of(found)
    return found


def numbers(values: Iterable[Any]) -> NDArray[Any]:
    """Return a column as an array, `NONE` where nothing is given."""
    return np.array([NONE if value is None else value for value in values])


def coded(values: Sequence[str], kinds: Any) -> Ints:
    """Return names of an enumeration of the engine as its numbers."""
    known = {each.name: int(each) for each in kinds}
    return np.array([known[value] for value in values], np.int64)


def columns_of(found: Held) -> Columns:
    """Return what the engine takes. Summaries hold no dates of their own; a task by hand stands where it was put."""
    rows, plan, source = found.rows, found.plan, found.source
    place = found.row_of
    parent = np.array([place.get(each, -1) for each in rows["parent_id"]], np.int64)
    manual = np.array(rows["manual"], bool)
    at, by_hand = numbers(rows["constraint_at"]), numbers(rows["manual_start"])
    kind = coded(rows["constraint"], Constraint)
    primavera = plan.dialect == Dialect.PRIMAVERA
    held_there = manual & (by_hand != NONE)
    values: dict[str, Any] = {
        "kind": _kinds(found),
        "parent": parent,
        "calendar": found.worked,
        "elapsed": np.array([unit.startswith("e") for unit in rows["duration_unit"]], np.int64),
        "constraint": np.where(held_there, int(Constraint.START_NO_EARLIER_THAN), kind),
        "constraint_at": np.where(held_there, by_hand, at),
        "hard": np.where(np.array(rows["constraint_soft"], bool), 0, -1),
        "manual": manual.astype(np.int64),
        "active": _in_use(found, parent),
        "delay": np.array(rows["delay"], np.int64),
    }
    spoken = ("suspended", "resumed") if primavera else ("deadline",)
    for name in ("actual_start", "actual_finish", "remaining", *spoken):
        values[name] = numbers(rows[name])
    # Only a task under way has work left of its own; else its duration is what is left.
    values["remaining"] = np.where(values["actual_start"] == NONE, NONE, values["remaining"])
    if primavera:
        values |= _second(found, source)
    ends = [np.array([place[each] for each in found.links[name]], np.int64) for name in LINKS[1:3]]
    return Columns(
        duration=np.array(rows["duration"], np.int64),
        **values,
        splits={place[key]: tuple((int(done), int(gap)) for done, gap in parts) for key, parts in source.splits()},
        predecessor=ends[0],
        successor=ends[1],
        link_kind=coded(found.links["kind"], LinkKind),
        lag=np.array(found.links["lag"], np.int64),
        lag_unit=coded(found.links["unit"], LagUnit),
        lag_calendar=coded(found.links["calendar"], LagCalendar),
        ids=tuple(rows["pk"]),
        names=tuple(rows["name"]),
        calendars=found.calendars,
        calendar_ids=tuple(range(len(found.calendars))),
        project_calendar=found.project,
        start=plan.start,
        finish=plan.finish,
        status=plan.status if found.options.from_status else None,
    )


def _in_use(found: Held, parent: Ints) -> Ints:
    """Return which rows the engine takes: not those out of use, nor branches without anything in them."""
    has_parts = np.zeros(len(found), bool)
    has_parts[parent[parent >= 0]] = True
    branch = coded(found.rows["kind"], TaskKind) == TaskKind.SUMMARY
    used: Ints = (np.array(found.rows["active"], bool) & (has_parts | ~branch)).astype(np.int64)
    return used


def _kinds(found: Held) -> Ints:
    """Return what each task is to the engine: one without duration is a milestone."""
    kinds = coded(found.rows["kind"], TaskKind)
    plain = kinds <= TaskKind.SUMMARY  # task, milestone, summary: the duration says which
    by_length = np.where(np.array(found.rows["duration"], np.int64) == 0, int(TaskKind.MILESTONE), int(TaskKind.TASK))
    kinds_: Ints = np.where(plain, by_length, kinds)
    return kinds_


def _second(found: Held, source: Source) -> dict[str, Ints]:
    """Return Primavera's second constraints."""
    kind, at = np.zeros(len(found), np.int64), np.full(len(found), NONE, np.int64)
    place = found.row_of
    for key, more in source.more():
        if "second_constraint" in more:
            kind[place[key]] = Constraint[more["second_constraint"]]
            given = more.get("second_constraint_at")
            at[place[key]] = NONE if given is None else given
    return {"second_constraint": kind, "second_constraint_at": at}


class _Worked:
    """On which calendar each task is worked: its own, its resources', or where both work."""

    def __init__(self, plan: Plan, source: Source, rows: Mapping[str, Sequence[Any]]) -> None:
        self.written = source.calendars()
        definitions = [definition for _pk, _uid, definition in self.written]
        frame = frame_of(
            dialect=plan.dialect, given=plan.options, from_finish=plan.from_finish, definitions=definitions
        )
        self.plan, self.source, self.rows = plan, source, rows
        self.working = Working(frame)
        self.calendars: list[Calendar] = []
        self._places: dict[Any, int] = {}
        self.project = -1 if plan.calendar_uid is None else self.place(plan.calendar_uid, ())

    @property
    def options(self) -> Options:
        """The rules by which the plan is reckoned."""
        return self.working.options

    def place(self, own: int | None, workers: tuple[int, ...]) -> int:
        """Return the place of the calendar of a task by its own and those of its resources; -1 for the plan's."""
        key = (own, workers)
        if key not in self._places:
            calendar = self.working.effective(own, workers)
            if calendar is None:
                self._places[key] = -1
            else:
                self._places[key] = len(self.calendars)
                self.calendars.append(calendar)
        return self._places[key]

    def places(self) -> Ints:
        """Return the place of each task's calendar, in the order of rows."""
        workers: dict[int, list[int]] = defaultdict(list)
        for task, calendar in self.source.workers():
            if calendar not in workers[task]:
                workers[task].append(calendar)
        microsoft = self.plan.dialect == Dialect.MICROSOFT
        rows = self.rows
        names = ("pk", "calendar_uid", "ignores_resource_calendars", "manual")
        found: list[int] = [
            self.place(own, ())
            if task not in workers or (microsoft and manual) or (alone and not (microsoft and own is None))
            else self.place(own, tuple(workers[task]))
            for task, own, alone, manual in zip(*(rows[name] for name in names), strict=True)
        ]
        return np.array(found, np.int64)
