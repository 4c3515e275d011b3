"""A plan as columns for the page: everything, or the rows that an edit changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from quarterdeck.apps.delivery.choices import FIRST_BASELINE, SHORT_KINDS, LinkKind, ServiceState
from quarterdeck.apps.delivery.exchange.texts import Units, lag_text, predecessor_text, resource_text
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors import promises
from quarterdeck.apps.delivery.selectors.mapping import outline_numbers, parts_of
from quarterdeck.apps.delivery.selectors.network import Held
from quarterdeck.apps.delivery.selectors.solving import DAY, Solved, calendar_of, plain
from quarterdeck.engine.calendar import Calendar, WorkCalendar, instant, timeline
from quarterdeck.engine.cpm import NONE

#: Columns that come from what the engine found, and from what is stored.
FOUND_COLUMNS: Final = (
    "start",
    "finish",
    "late_finish",
    "total_float",
    "free_float",
    "critical",
    "near_critical",
)
STORED_COLUMNS: Final = (
    "name",
    "kind",
    "estimated",
    "actual_start",
    "actual_finish",
    "constraint",
    "constraint_at",
    "deadline",
    "manual",
    "active",
    "priority",
    "work",
)
#: Problems told at once.
MOST: Final = 50
#: Days before and after a plan for which its calendars tell days off.
AROUND: Final = 400


@dataclass(frozen=True)
class Reader:
    """Who reads: whether they may edit, or report progress, and see amounts; and against which baseline."""

    editable: bool
    reports: bool
    sees_money: bool
    baseline: int = FIRST_BASELINE
    #: As of which day service levels stand.
    today: dt.date | None = None


def units_of(plan: Plan) -> Units:
    """Return how long days, weeks and months of a plan are."""
    return Units(
        minutes_per_day=plan.minutes_per_day,
        minutes_per_week=plan.minutes_per_week,
        days_per_month=plan.days_per_month,
    )


def whole(now: Solved, reader: Reader) -> dict[str, Any]:
    """Return everything that the page shows of a plan."""
    source = now.held.source
    return {
        "revision": now.held.plan.revision,
        "plan": plan_facts(now, reader),
        "calendars": calendars(now),
        "tasks": tasks(now, reader),
        "links": links(now),
        "resources": [{"id": key, "name": name, "kind": kind} for key, name, kind in source.resources()],
        "baselines": [
            {"number": number, "name": name, "taken_at": taken.isoformat() if isinstance(taken, dt.datetime) else taken}
            for number, name, taken in source.baselines()
        ],
        "problems": problems(now),
    }


def plan_facts(now: Solved, reader: Reader) -> dict[str, Any]:
    """Return what is said of the plan as a whole."""
    plan = now.held.plan
    by_uid = {uid: key for key, uid, _definition in now.held.written}
    found = now.schedule
    return {
        "id": plan.pk,
        "name": plan.name,
        "start": plan.start if not plan.from_finish or found is None else found.project_start,
        "finish": None if found is None else found.project_finish,
        "status": plan.status,
        "from_finish": plan.from_finish,
        "minutes_per_day": plan.minutes_per_day,
        "minutes_per_week": plan.minutes_per_week,
        "days_per_month": plan.days_per_month,
        "currency": plan.currency,
        "editable": reader.editable,
        "reports": reader.reports,
        "limits": {"todo": plan.todo_limit, "doing": plan.doing_limit},
        "calendar": by_uid.get(plan.calendar_uid) if plan.calendar_uid is not None else None,
    }


def tasks(now: Solved, reader: Reader, rows: Sequence[int] | None = None) -> dict[str, list[Any]]:
    """Return tasks as columns, all or those of some rows, in outline order."""
    held = now.held
    if rows is not None and len(rows) == len(held):
        rows = None
    at = range(len(held)) if rows is None else rows
    index = None if rows is None else np.array(rows, np.int64)

    def taken(name: str) -> list[Any]:
        column = held.rows[name]
        return list(column) if rows is None else [column[row] for row in rows]

    def shown(name: str) -> list[Any]:
        column: NDArray[Any] = now.found[name] if index is None else now.found[name][index]
        return plain(column)

    by_uid = {uid: key for key, uid, _definition in held.written}
    found: dict[str, list[Any]] = {"id": taken("pk"), "parent": taken("parent_id")}
    found |= {name: taken(name) for name in STORED_COLUMNS}
    found |= {name: shown(name) for name in FOUND_COLUMNS}
    numbers = outline_numbers(held.rows["parent_id"], held.rows["pk"])
    own = held.rows["wbs"]
    found["wbs"] = [own[row] or numbers[row] for row in at]
    found["duration"] = shown("span")
    found["unit"] = taken("duration_unit")
    found["percent"] = shown("done")
    found["remaining"] = _remaining(held, found)
    found["calendar"] = [None if uid is None else by_uid.get(uid) for uid in taken("calendar_uid")]
    found["notes"] = taken("has_notes")
    found["cost"] = [float(each) for each in taken("cost")] if reader.sees_money else [None] * len(at)
    found["predecessors"] = _predecessors(held, found["id"] if rows is not None else None, at)
    found["resources"] = _resources(held, found["id"])
    found |= _baseline(held, reader.baseline, found["id"])
    found["parts"] = _parts(now, at)
    return found | _promised(now, at, reader.today)


def _promised(now: Solved, at: Sequence[int], today: dt.date | None) -> dict[str, list[Any]]:
    """Return the service level of each row as typed, when it is due, how it stands, and whether that is pressing."""
    rows, size = now.held.rows, len(at)
    found: dict[str, list[Any]] = {"service": [""] * size, "service_due": [None] * size}
    found |= {"service_state": [""] * size, "service_urgent": [False] * size}
    for place, row in enumerate(at):
        if not rows["service_days"][row]:
            continue
        level = promises.Level(*(rows[name][row] for name in ("service_days", "service_from", "service_at")))
        found["service"][place] = level.text
        risk, due, breach, finish = (plain(now.found[name][row : row + 1])[0] for name in (*promises.FOLLOWS, "finish"))
        found["service_due"][place] = due
        if today is not None:
            ended = rows["actual_finish"][row]
            state = promises.state(risk=risk, breach=breach, ended=ended, finish=finish, on=today)
            found["service_state"][place] = str(ServiceState(state).label) if state else ""
            found["service_urgent"][place] = state in promises.URGENT
    return found


def _remaining(held: Held, found: dict[str, list[Any]]) -> list[Any]:
    """Return what is left of each row: nothing of what is done, all of what has not begun."""
    given = held.rows["remaining"]
    row_of = held.row_of
    remaining: list[int | None] = []
    for key, start, finish, span, percent in zip(
        found["id"], found["actual_start"], found["actual_finish"], found["duration"], found["percent"], strict=True
    ):
        said = given[row_of[key]]
        if finish is not None:
            remaining.append(0)
        elif start is not None and said is not None:
            remaining.append(said)
        else:
            remaining.append(None if span is None else round(span * (100 - percent) / 100))
    return remaining


def _predecessors(held: Held, ids: list[int] | None, at: Sequence[int]) -> list[str]:
    """Return what each row waits for, as typed: by the numbers of rows."""
    wanted = None if ids is None else set(ids)
    row_of, units = held.row_of, units_of(held.plan)
    texts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    told = held.links
    for before, after, kind, lag, unit, typed in zip(
        *(told[name] for name in ("predecessor_id", "successor_id", "kind", "lag", "unit", "lag_unit")), strict=True
    ):
        if wanted is None or after in wanted:
            number = row_of[before] + 1
            plain_link = kind == LinkKind.FINISH_START and not lag
            text = (
                str(number)
                if plain_link
                else predecessor_text(str(number), kind, lag, unit=unit, lag_unit=typed, units=units)
            )
            texts[after].append((number, text))
    keys = held.rows["pk"]
    return [";".join(text for _number, text in sorted(texts[keys[row]])) if keys[row] in texts else "" for row in at]


def _resources(held: Held, ids: Sequence[int]) -> list[str]:
    texts: dict[int, list[str]] = defaultdict(list)
    for task, _key, name, units in held.source.assigned():
        texts[task].append(resource_text(name, units))
    return ["; ".join(texts[key]) if key in texts else "" for key in ids]


def _baseline(held: Held, number: int, ids: Sequence[int]) -> dict[str, list[Any]]:
    figures = held.source.figures(number)
    starts = dict(zip(figures.get("task", ()), figures.get("start", ()), strict=True))
    finishes = dict(zip(figures.get("task", ()), figures.get("finish", ()), strict=True))
    return {
        "baseline_start": [starts.get(key) for key in ids],
        "baseline_finish": [finishes.get(key) for key in ids],
    }


def _parts(now: Solved, at: Sequence[int]) -> list[Any]:
    """Return the pieces of split tasks as instants, None for the others."""
    held = now.held
    splits = held.columns.splits if held.columns is not None else {}
    if not splits:
        return [None] * len(at)
    start, finish = now.found["start"], now.found["finish"]
    return [
        parts_of(splits[row], int(start[row]), int(finish[row]), calendar_of(held, row))
        if row in splits and start[row] != NONE
        else None
        for row in at
    ]


def links(now: Solved) -> dict[str, list[Any]]:
    """Return the links of a plan as columns."""
    held, units = now.held, units_of(now.held.plan)
    told = held.links
    driving = now.schedule.driving.tolist() if now.schedule is not None else []
    return {
        "id": list(told["pk"]),
        "predecessor": list(told["predecessor_id"]),
        "successor": list(told["successor_id"]),
        "kind": [SHORT_KINDS[LinkKind(kind)] for kind in told["kind"]],
        "lag": list(told["lag"]),
        "unit": list(told["unit"]),
        "driving": driving,
        "lag_text": [
            lag_text(lag, unit, typed, units) if lag else ""
            for lag, unit, typed in zip(told["lag"], told["unit"], told["lag_unit"], strict=True)
        ],
    }


def calendars(now: Solved) -> list[dict[str, Any]]:
    """Return the calendars of a plan: the hours of each weekday, and the days without work around the plan."""
    held = now.held
    first = now.schedule.project_start if now.schedule is not None else held.plan.start
    last = now.schedule.project_finish if now.schedule is not None else first
    found = []
    for key, uid, definition in held.written:
        calendar = held.working.own(uid)
        week = week_of(calendar, first)
        found.append(
            {
                "id": key,
                "name": definition.get("name", ""),
                "week": week,
                "off": off_days(calendar, week, first // DAY - AROUND, last // DAY + AROUND),
            }
        )
    return found


def week_of(calendar: Calendar, at: int) -> list[list[list[int]]]:
    """Return the hours of Monday to Sunday that hold for good at an instant."""
    if not isinstance(calendar, WorkCalendar):
        return [[[0, DAY]] for _day in range(7)]
    days = list(calendar.week)
    on = instant(at).date()
    for each in calendar.weeks:
        if each.last is None and each.first <= on:
            days = [own if own is not None else day for own, day in zip(each.week, days, strict=True)]
    return [[list(shift) for shift in day or ()] for day in days]


def off_days(calendar: Calendar, week: list[list[list[int]]], first: int, last: int) -> list[list[int]]:
    """Return spans of days, first and last, that are worked by the week and are not."""
    edges = np.arange(first, last + 2, dtype=np.int64) * DAY
    worked = np.diff(timeline(calendar).work_at(edges))
    days = np.arange(first, last + 1)
    usual = np.array([bool(day) for day in week])[(days + 3) % 7]
    off = days[usual & (worked == 0)]
    if not len(off):
        return []
    starts = off[np.concatenate([[True], np.diff(off) > 1])].tolist()
    ends = off[np.concatenate([np.diff(off) > 1, [True]])].tolist()
    return [list(pair) for pair in zip(starts, ends, strict=True)]


def problems(now: Solved) -> list[dict[str, Any]]:
    """Return what is wrong with the dates of a plan: deadlines missed, and constraints that cannot all hold."""
    held = now.held
    if held.columns is None or now.schedule is None:
        return []
    found, keys = now.found, held.rows["pk"]
    open_ = now.leaves & np.array([each is None for each in held.rows["actual_finish"]], bool)
    deadline = held.columns.column("deadline")
    missed = np.flatnonzero(open_ & (deadline != NONE) & (found["finish"] > deadline))
    told = [
        {
            "severity": "warning",
            "text": _("Finishes after its deadline."),
            "task": keys[row],
            "remedy": _("Shorten what drives it, or agree another deadline."),
        }
        for row in missed[:MOST].tolist()
    ]
    floats = found["total_float"]
    tight = np.flatnonzero(open_ & (floats != NONE) & (floats < 0) & ~np.isin(np.arange(len(held)), missed))
    per_day = held.plan.minutes_per_day
    return told + [
        {
            "severity": "warning",
            "text": _("Too late by %(days)s d for what must hold after it.") % {"days": f"{-floats[row] / per_day:g}"},
            "task": keys[row],
            "remedy": _("Look at the constraints and deadlines that it leads to."),
        }
        for row in tight[: max(0, MOST - len(told))].tolist()
    ]
