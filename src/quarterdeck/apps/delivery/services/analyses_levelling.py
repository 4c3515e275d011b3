"""Levelling of a plan: run, turned into levelling delays, and told in plain values that a page draws."""

from __future__ import annotations

import dataclasses
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from quarterdeck.apps.delivery.choices import Constraint, ResourceKind, TaskKind
from quarterdeck.apps.delivery.models import PlanResource, TaskAssignment
from quarterdeck.apps.delivery.selectors.analyses_inputs import project_calendar
from quarterdeck.apps.delivery.selectors.network import Ints
from quarterdeck.apps.delivery.selectors.solving import Solved, calendar_of
from quarterdeck.engine.calendar import Calendar, timeline
from quarterdeck.engine.cpm import NONE, Columns, Schedule, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling import Activity, Move, Problem, Resource, Usage, level, smooth, usage
from quarterdeck.engine.network import LagCalendar, LagUnit, Link, LinkKind

#: What is aimed at.
FINISH, PRIORITY, FLOAT = "finish", "priority", "float"
#: Constraints under which a task may move to a later time.
FREE: Final = frozenset(
    {
        Constraint.AS_SOON_AS_POSSIBLE,
        Constraint.START_NO_EARLIER_THAN,
        Constraint.FINISH_NO_EARLIER_THAN,
    }
)
#: How often the plan is scheduled in search of the delays; a chain of so many delayed tasks is found.
ROUNDS: Final = 400
#: How often a delay is made longer without moving its task before it is left.
TRIES: Final = 12
#: Links between the parts of two summaries are told one by one up to so many, else through one milestone.
PAIRS: Final = 2500
DAY, WEEK = 1440, 7 * 1440
MONDAY: Final = 4 * DAY
MILESTONES: Final = frozenset({TaskKind.MILESTONE, TaskKind.START_MILESTONE})


@dataclass
class Staff:
    """The resources that are levelled: names and limits by id, and what each task asks of them, in units."""

    names: dict[int, str]
    limits: dict[int, float]
    demands: dict[int, dict[Hashable, float]]
    #: Tasks that ask for more of a resource than there is; they are reckoned with all there is.
    capped: set[int]


@dataclass
class Ground:
    """A plan without its levelling delays, and its work still to be done as activities."""

    now: Solved
    columns: Columns
    bare: Schedule
    staff: Staff
    problem: Problem
    #: Rows of the activities, and those of them that stay where they are.
    rows: dict[int, int]
    held: set[int]


def resources_of(plan_id: int) -> list[tuple[int, str, float, int]]:
    """Return id, name, units and number of tasks of the people and machines that a plan gives work to."""
    counts: dict[int, set[int]] = defaultdict(set)
    rows = TaskAssignment.objects.filter(plan_id=plan_id, resource__kind=ResourceKind.WORK)
    for resource, task in rows.values_list("resource_id", "task_id"):
        if resource is not None:
            counts[resource].add(task)
    found = PlanResource.objects.filter(pk__in=counts).order_by("name", "pk").values_list("pk", "name", "max_units")
    return [(key, name, units, len(counts[key])) for key, name, units in found]


def _staff(now: Solved, options: Mapping[str, Any]) -> Staff:
    limits = {int(key): float(units) for key, units in options["resources"].items() if float(units) > 0}
    names = dict(PlanResource.objects.filter(plan=now.held.plan, pk__in=limits).values_list("pk", "name"))
    limits = {key: limits[key] for key in names}
    demands: dict[int, dict[Hashable, float]] = defaultdict(lambda: defaultdict(float))
    capped: set[int] = set()
    rows = TaskAssignment.objects.filter(plan=now.held.plan, resource__in=names).exclude(work=0, units=0)
    for task, resource, units in rows.values_list("task_id", "resource_id", "units"):
        assert resource is not None
        demands[task][resource] += units
    for task, asked in demands.items():
        for key, units in asked.items():
            limit = limits[int(str(key))]
            if units > limit:
                capped.add(task)
                asked[key] = limit
    return Staff(names, limits, {task: dict(asked) for task, asked in demands.items()}, capped)


def ground_of(now: Solved, options: Mapping[str, Any]) -> Ground:
    """Return the work that a plan has left as a problem of the engine. Raises EngineError where there is nothing to do.

    Work that has begun, dates by hand, dates that must be kept and work as late as possible stay where they are. What
    else waits for no resource stands no earlier than links, calendars and constraints let it, which is where the plan
    without levelling delays has it.
    """
    held = now.held
    assert held.columns is not None
    if held.plan.from_finish:
        raise EngineError("the plan is scheduled from its finish", remedy="Schedule it from its start, then level it.")
    staff = _staff(now, options)
    if not any(staff.demands.values()):
        raise EngineError("no task asks for any of these resources", remedy="Assign people to tasks first.")
    rows, stays = _movable(now)
    delay = held.columns.column("delay").copy()
    free = np.array([row for key, row in rows.items() if key not in stays], np.int64)
    delay[free] = 0
    columns = dataclasses.replace(held.columns, delay=delay)
    bare = schedule(columns, held.options)
    activities = tuple(_activity(now, bare, staff, key, row, stays=key in stays) for key, row in rows.items())
    if not activities:
        raise EngineError("all tasks are finished", remedy="There is nothing to level.")
    start = min(each.started if each.started is not None else each.earliest or 0 for each in activities)
    links, joints = _links(now, rows)
    resources = tuple(Resource(key, limit) for key, limit in staff.limits.items())
    problem = Problem((*activities, *joints), tuple(links), resources, start=start)
    return Ground(now, columns, bare, staff, problem, rows, stays)


def _movable(now: Solved) -> tuple[dict[int, int], set[int]]:
    """Return the rows of unfinished work by id, and which of it stays where it is."""
    rows, held = now.held.rows, now.held
    found: dict[int, int] = {}
    stays: set[int] = set()
    for row in np.flatnonzero(now.leaves).tolist():
        if rows["actual_finish"][row] is not None or rows["kind"][row] not in {TaskKind.TASK, *MILESTONES}:
            continue
        key = int(held.ids[row])
        found[key] = row
        if rows["actual_start"][row] is not None or rows["manual"][row] or rows["constraint"][row] not in FREE:
            stays.add(key)
    return found, stays


def _activity(now: Solved, bare: Schedule, staff: Staff, key: int, row: int, *, stays: bool) -> Activity:
    """Return one task as an activity; one that stays begins where its work left can go on."""
    begins, ends = _place(now, bare, row)
    calendar = _worked(now, row)
    return Activity(
        key,
        int(timeline(calendar).between(begins, ends)),
        staff.demands.get(key, {}),
        calendar,
        earliest=None if stays else begins,
        started=begins if stays else None,
        priority=int(now.held.rows["priority"][row]),
    )


def _place(now: Solved, at: Schedule, row: int) -> tuple[int, int]:
    """Return from when to when the work left of a row is done."""
    begins, ends = int(at.start[row]), int(at.finish[row])
    if now.held.rows["actual_start"][row] is not None:
        begins = min(ends, max(begins, int(at.remaining_start[row])))
    return begins, ends


def _worked(now: Solved, row: int) -> Calendar | None:
    return None if str(now.held.rows["duration_unit"][row]).startswith("e") else calendar_of(now.held, row)


def _links(now: Solved, rows: Mapping[int, int]) -> tuple[list[Link], list[Activity]]:
    """Return the links between unfinished tasks, those of summaries as links of the work below them, and the
    milestones through which large summaries are linked.

    Lags count on the successor's calendar or by the clock, which is what the engine can do where calendars differ; the
    plan is scheduled by its own rules in the end.
    """
    told = now.held.links
    below = _below(now, rows)
    found: list[Link] = []
    joints: list[Activity] = []
    columns = (told[name] for name in ("predecessor_id", "successor_id", "kind", "lag", "unit", "calendar"))
    for before, after, kind, lag, unit, calendar in zip(*columns, strict=True):
        clock = calendar == "AROUND_THE_CLOCK"
        counted = LagCalendar.AROUND_THE_CLOCK if clock else LagCalendar.SUCCESSOR
        firsts, lasts = below.get(before, ()), below.get(after, ())
        if (len(firsts), len(lasts)) != (1, 1) and LinkKind[kind] is not LinkKind.FINISH_START:
            continue
        if len(firsts) * len(lasts) > PAIRS:
            joint = ("joint", before, after)
            joints.append(Activity(joint, 0))
            found += [Link(first, joint) for first in firsts]
            found += [Link(joint, last, LinkKind[kind], int(lag), LagUnit[unit], counted) for last in lasts]
            continue
        found += [
            Link(first, last, LinkKind[kind], int(lag), LagUnit[unit], counted)
            for first in firsts
            for last in lasts
            if first != last
        ]
    return found, joints


def _below(now: Solved, rows: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """Return the unfinished tasks that each row stands for: itself, or those below it."""
    held = now.held
    parents = dict(zip(held.ids.tolist(), held.rows["parent_id"], strict=True))
    found: dict[int, list[int]] = defaultdict(list)
    for key in rows:
        up: int | None = key
        while up is not None:
            found[up].append(key)
            up = parents.get(up)
    return {key: tuple(keys) for key, keys in found.items()}


def delays_for(ground: Ground, starts: Mapping[Any, int]) -> tuple[Ints, Schedule]:
    """Return the levelling delays that put tasks at these starts, by row, and the plan scheduled with them.

    A delay counts from where the links put a task, so those of a task's predecessors are found before its own.
    """
    held = ground.now.held
    free = [key for key in ground.rows if key not in ground.held]
    rows = np.array([ground.rows[key] for key in free], np.int64)
    wanted = np.array([starts[key] for key in free], np.int64)
    order = {key: place for place, key in enumerate(free)}
    before: list[list[int]] = [[] for _each in free]
    for link in ground.problem.links:
        if link.predecessor in order and link.successor in order:
            before[order[link.successor]].append(order[link.predecessor])
    delay = ground.columns.column("delay").copy()
    found, tried = ground.bare, np.zeros(len(free), np.int64)
    for _round in range(ROUNDS):
        short = wanted - found.start[rows]
        waits = short != 0
        ready = np.array([bool(waits[k]) and not any(waits[of] for of in before[k]) for k in range(len(free))], bool)
        # A delay runs by the clock: where it ends before the next shift it moves nothing, and is to be longer.
        step = np.where(short > 0, short << np.minimum(tried, 8), np.maximum(short, -delay[rows]))
        ready &= (step != 0) & (tried < TRIES)
        if not ready.any():
            break
        delay[rows[ready]] += step[ready]
        after = schedule(dataclasses.replace(ground.columns, delay=delay.copy()), held.options)
        moved = after.start[rows] != found.start[rows]
        tried = np.where(ready & ~moved, tried + 1, np.where(moved, 0, tried))
        found = after
    return delay, found


def levelling_of(now: Solved, options: Mapping[str, Any], *, say: Callable[[int], object]) -> dict[str, Any]:
    """Level a plan and return what came of it as plain values; `say` is told each of four steps. Raises EngineError."""
    began = time.monotonic()
    ground = ground_of(now, options)
    say(1)
    goal = options.get("goal", FINISH)
    moves: tuple[Move, ...] = ()
    proof: dict[str, Any] = {}
    if goal == FLOAT:
        end = max(_place(now, ground.bare, row)[1] for row in ground.rows.values())
        even = smooth(ground.problem, finish=end)
        starts = dict(even.starts)
    else:
        done = level(
            ground.problem, time_limit=float(options["seconds"]), strict_priorities=goal == PRIORITY, prove=True
        )
        starts, moves = dict(done.starts), done.moves
        proof = {
            "gap": done.gap,
            "proven": done.optimal,
            "bound": int(ground.problem.start + done.bound),
            "found": done.finish,
            "schedules": done.schedules,
            "slot": done.slot,
        }
    say(2)
    delay, after = delays_for(ground, starts)
    say(3)
    told = {
        "goal": goal,
        **proof,
        "finish_before": int(now.schedule.project_finish) if now.schedule is not None else 0,
        "finish_after": int(after.project_finish),
        "resources": _loads(ground, after),
        "moves": _moves(ground, after, moves),
        "delays": _delays(ground, delay),
        "late": _late(ground, after),
        "held": len(ground.held),
        "tasks": len(ground.rows),
        "capped": [str(now.held.rows["name"][ground.rows[key]]) for key in ground.rows if key in ground.staff.capped],
        "seconds": round(time.monotonic() - began, 2),
    }
    say(4)
    return told


def _delays(ground: Ground, delay: Ints) -> dict[str, list[int]]:
    """Return the delays that differ from those the plan has, by task."""
    held = ground.now.held
    before = np.array(held.rows["delay"], np.int64)
    rows = np.flatnonzero(delay != before)
    return {"task": held.ids[rows].tolist(), "delay": delay[rows].tolist()}


def _moves(ground: Ground, after: Schedule, moves: tuple[Move, ...]) -> list[dict[str, Any]]:
    """Return every task that starts elsewhere than in the plan now, in order of its new start, with what moved it."""
    now = ground.now
    why = {move.activity: move for move in moves}
    names = now.held.rows["name"]
    found = []
    for key, row in ground.rows.items():
        old, new = int(now.found["start"][row]), int(after.start[row])
        if old == new or NONE in (old, new):
            continue
        move = why.get(key)
        by = () if move is None else move.by
        span = timeline(project_calendar(now.held)).between(old, new)
        found.append(
            {
                "task": key,
                "row": row + 1,
                "name": str(names[row]),
                "old": old,
                "new": new,
                "finish": int(after.finish[row]),
                "days": round(span / now.held.plan.minutes_per_day, 2),
                "cause": move.cause.value if move is not None else "",
                "resources": [] if move is None else [ground.staff.names[int(str(each))] for each in move.resources],
                "by": [str(names[ground.rows[int(str(each))]]) for each in by if each in ground.rows][:5],
            }
        )
    return sorted(found, key=lambda each: (each["new"], each["row"]))


def _late(ground: Ground, after: Schedule) -> list[dict[str, Any]]:
    """Return the tasks that end after their deadline once levelled, though they did not before."""
    now = ground.now
    deadline = ground.columns.column("deadline")
    ends, before = after.finish, now.found["finish"]
    rows = [row for row in ground.rows.values() if deadline[row] != NONE]
    return [
        {"name": str(now.held.rows["name"][row]), "by": int(deadline[row]), "finish": int(ends[row])}
        for row in rows
        if ends[row] > deadline[row] >= before[row]
    ]


def _loads(ground: Ground, after: Schedule) -> list[dict[str, Any]]:
    """Return by resource its load by week before and after, its limit, and how many hours lie above that."""
    now = ground.now
    assert now.schedule is not None
    sides = [_usage(ground, at) for at in (now.schedule, after)]
    found: list[dict[str, Any]] = []
    ends = [each.instants[[0, -1]] for side in sides for each in side if len(each.used)]
    if not ends:
        return found
    first = (int(min(each[0] for each in ends)) - MONDAY) // WEEK * WEEK + MONDAY
    last = int(max(each[1] for each in ends))
    weeks = np.arange(first, last + WEEK, WEEK, dtype=np.int64)
    open_ = timeline(project_calendar(now.held)).between(weeks[:-1], weeks[1:]) / 60
    for before, then in zip(*sides, strict=True):
        key = int(str(before.resource))
        limit = ground.staff.limits[key]
        loads = [_by_week(each, each.used, weeks) for each in (before, then)]
        over = [_by_week(each, np.maximum(each.used - each.capacity, 0), weeks) for each in (before, then)]
        found.append(
            {
                "id": key,
                "name": ground.staff.names[key],
                "units": limit,
                "weeks": weeks[:-1].tolist(),
                "limit": np.round(open_ * limit, 2).tolist(),
                "before": np.round(loads[0], 2).tolist(),
                "after": np.round(loads[1], 2).tolist(),
                "over_before": round(float(over[0].sum()), 2),
                "over_after": round(float(over[1].sum()), 2),
                "peak_before": round(float(before.used.max(initial=0)), 3),
                "peak_after": round(float(then.used.max(initial=0)), 3),
            }
        )
    return sorted(found, key=lambda each: (-each["over_before"], each["name"]))


def _usage(ground: Ground, at: Schedule) -> tuple[Usage, ...]:
    places = {key: _place(ground.now, at, row) for key, row in ground.rows.items()}
    starts: dict[Hashable, int] = {key: place[0] for key, place in places.items()}
    ends: dict[Hashable, int] = {key: place[1] for key, place in places.items()}
    return usage(ground.problem, starts, ends)


def _by_week(found: Usage, units: Any, weeks: Ints) -> Any:
    """Return the hours in each week of what holds from each instant to the next."""
    if not len(units):
        return np.zeros(len(weeks) - 1)
    hours = np.concatenate([[0.0], np.cumsum(units * np.diff(found.instants))]) / 60
    return np.diff(np.interp(weeks, found.instants, hours))
