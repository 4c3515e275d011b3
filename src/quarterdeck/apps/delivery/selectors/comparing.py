"""Any two plans of a project side by side: the plan now, another of its plans, a baseline, the plan of a past date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import FIRST_BASELINE, TaskKind
from quarterdeck.apps.delivery.models import Baseline, Plan, Task
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.past import plan_then, source_then
from quarterdeck.apps.delivery.selectors.solving import Solved, calendar_of, plain, solved
from quarterdeck.engine.calendar import around_the_clock, timeline
from quarterdeck.engine.cpm import Schedule, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import TaskId
from quarterdeck.engine.progress import Comparison, Ledger, compare, float_ledger
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor

#: Changes of each cause that the ledger shows by themselves; of larger plans fewer, since each takes schedules.
SHOWN, SHOWN_OF_LARGE, LARGE = 40, 8, 2000
#: Tasks named at once from a baseline of a file: fewer than a database takes as parameters.
MOST_NAMED: Final = 30_000
MILESTONES: Final = (TaskKind.MILESTONE, TaskKind.START_MILESTONE)
NOW, DATE, BASELINE, PLAN = "now", "date", "baseline", "plan"


@dataclass(frozen=True)
class Dated:
    """When a task lies on one side: instants, working minutes, minutes of work; None where nothing is known."""

    start: int | None
    finish: int | None
    span: int | None
    work: float | None = None
    cost: Decimal | None = None


@dataclass(frozen=True)
class Option:
    """One thing that can be compared: its key in the address, and what it is called."""

    key: str
    label: str


@dataclass(frozen=True)
class Side:
    """One of the two. `now` is the plan reckoned, None for a baseline of which only dates are known.

    `keys` are the tasks' ids as the base plan knows them, by their own.
    """

    key: str
    label: str
    plan: Plan
    dated: dict[int, Dated]
    finish: int | None
    now: Solved | None = None
    schedule: Schedule | None = None
    keys: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One task of either side. Variances are newer less older, in minutes of work; None where one side has nothing."""

    task: int
    name: str
    level: int
    summary: bool
    milestone: bool
    older: Dated | None
    newer: Dated | None
    start: int | None = None
    finish: int | None = None
    span: int | None = None
    work: float | None = None
    cost: Decimal | None = None

    @property
    def differs(self) -> bool:
        """Whether anything of it moved, or it is on one side only."""
        one_sided = (self.older is None) != (self.newer is None)
        return one_sided or any((self.start, self.finish, self.span, self.work, self.cost))


@dataclass(frozen=True)
class Compared:
    """Two sides compared; `said` is what the engine found of links and fields, None where a side holds dates only."""

    older: Side
    newer: Side
    lines: tuple[Line, ...]
    finish: int | None
    work: float
    cost: Decimal
    said: Comparison | None
    names: dict[TaskId, str]

    @property
    def per_day(self) -> int:
        """Minutes of a working day of the newer side."""
        return self.newer.plan.minutes_per_day

    def count(self, state: str) -> int:
        """Count the tasks that are added, removed or, on both sides, other than they were."""
        if state == "added":
            return sum(line.older is None for line in self.lines)
        if state == "removed":
            return sum(line.newer is None for line in self.lines)
        fields = () if self.said is None else (*self.said.changed, *self.said.reconstrained)
        said = {change.task for change in fields}
        both = (line for line in self.lines if line.older is not None and line.newer is not None)
        return sum(line.differs or line.task in said for line in both)


def options(plan: Plan, plans: Iterable[Plan], moment: dt.datetime | None) -> list[Option]:
    """Return what a plan can be compared with, itself first."""
    found = [Option(NOW, _("%(plan)s, now") % {"plan": plan.name} if moment is None else plan.name)]
    for number, name, taken in baselines(plan, moment):
        day = f", {date_format(clock.local_date(taken), 'j M Y')}" if taken else ""
        found.append(Option(f"{BASELINE}-{number}", _("Baseline “%(name)s”%(day)s") % {"name": name, "day": day}))
    found += [Option(f"{PLAN}-{each.pk}", each.name) for each in plans if each.pk != plan.pk]
    return [*found, Option(DATE, _("%(plan)s on a date") % {"plan": plan.name})]


def baselines(plan: Plan, moment: dt.datetime | None) -> list[tuple[int, str, dt.datetime | None]]:
    """Return number, name and time of the baselines that a plan has, or had at a moment."""
    rows = Baseline.objects.filter(plan=plan).order_by("number").values_list("number", "name", "taken_at", "created_at")
    return [
        (number, name, taken)
        for number, name, taken, made in rows
        if moment is None or (made is None or made <= moment)
    ]


def usual(plan: Plan, found: Sequence[Option]) -> str:
    """Return what a plan is compared with unless said otherwise: its origin, its first baseline, or its past."""
    keys = {each.key for each in found}
    for key in (f"{PLAN}-{plan.origin_id}", f"{BASELINE}-{FIRST_BASELINE}"):
        if key in keys:
            return key
    return next((each.key for each in found if each.key.startswith(BASELINE)), DATE)


def side(
    key: str, plan: Plan, *, others: Mapping[int, Plan], on: dt.date | None, moment: dt.datetime | None, actor: Actor
) -> Side | None:
    """Return one side by its key; None where there is none, or there was none on the date. Raises EngineError."""
    kind, _dash, number = key.partition("-")
    if kind == NOW:
        return _reckoned(Option(key, plan.name), plan, moment, actor)
    if kind == DATE and on is not None:
        at = clock.end_of(on)
        label = _("%(plan)s on %(day)s") % {"plan": plan.name, "day": date_format(on, "j M Y")}
        return _reckoned(Option(key, label), plan, min(at, moment) if moment else at, actor)
    if kind == PLAN and number.isdecimal() and int(number) in others:
        other = others[int(number)]
        return _reckoned(Option(key, other.name), other, moment, actor, plan)
    if kind == BASELINE and number.isdecimal() and len(number) < 6:
        return _baseline(key, plan, int(number), moment, actor)
    return None


def _reckoned(
    named: Option, plan: Plan, moment: dt.datetime | None, actor: Actor, base: Plan | None = None
) -> Side | None:
    """Return a plan as it follows today, or at a moment, with the ids of the base plan."""
    if moment is None:
        now = current(plan)
    else:
        then = plan_then(plan, moment, actor=actor)
        if then is None:
            return None
        now = solved(held(then, source=source_then(plan, moment), shown=True))
    keys = {} if base is None else _same(plan, base, now)
    found = now.schedule
    if keys and found is not None and now.held.columns is not None:
        ids = tuple(keys.get(each, each) for each in now.held.rows["pk"])
        found = schedule(now.held.columns.changed(ids=ids), now.held.options)
    finish = None if found is None else found.project_finish
    return Side(named.key, named.label, plan, _dated(now, keys), finish, now, found, keys)


def _dated(now: Solved, keys: Mapping[int, int]) -> dict[int, Dated]:
    rows = now.held.rows
    columns = (plain(now.found["start"]), plain(now.found["finish"]), plain(now.found["span"]))
    told = zip(rows["pk"], *columns, rows["work"], rows["cost"], strict=True)
    return {
        keys.get(key, key): Dated(start, finish, span, work, Decimal(str(cost)))
        for key, start, finish, span, work, cost in told
    }


def _same(plan: Plan, base: Plan, now: Solved) -> dict[int, int]:
    """Return the ids of a plan's tasks in the base plan; a task that is not there gets its own, below nought.

    A copy keeps the numbers of tasks, and those made after the copying are other tasks. Of plans that are no copies of
    each other, tasks of one number and name are the same.
    """
    cuts = _copied_at(plan, base)
    known: dict[Any, int] = {}
    for key, uid, name, made in Task.objects.filter(plan=base).values_list("pk", "uid", "name", "created_at"):
        if cuts is None or made is None or made <= cuts[1]:
            known[uid if cuts else (uid, name.casefold())] = key
    found: dict[int, int] = {}
    for key, uid, name, made in Task.objects.filter(plan=plan).values_list("pk", "uid", "name", "created_at"):
        if cuts is None or made is None or made <= cuts[0]:
            found[key] = known.get(uid if cuts else (uid, name.casefold()), -key)
    return {key: found.get(key, -key) for key in now.held.rows["pk"]}


def _copied_at(plan: Plan, base: Plan) -> tuple[dt.datetime, dt.datetime] | None:
    """Return until when tasks of a plan, and of the base plan, are those that were copied; None for no copies."""
    if plan.origin_id == base.pk and plan.created_at:
        return plan.created_at, plan.created_at
    if base.origin_id == plan.pk and base.created_at:
        return base.created_at, base.created_at
    if plan.origin_id and plan.origin_id == base.origin_id and plan.created_at and base.created_at:
        return plan.created_at, base.created_at
    return None


def _baseline(key: str, plan: Plan, number: int, moment: dt.datetime | None, actor: Actor) -> Side | None:
    """Return a baseline: the plan as it was when it was taken, or, of one that came in a file, its dates alone."""
    record = Baseline.objects.filter(plan=plan, number=number).first()
    if record is None or (moment is not None and record.created_at is not None and record.created_at > moment):
        return None
    figures = record.figures
    columns = [figures.get(name, ()) for name in ("task", "start", "finish", "duration", "work")]
    costs = [Decimal(each) if each else None for each in record.costs] or [None] * len(columns[0])
    dated = {
        task: Dated(start, finish, span, work, cost)
        for task, start, finish, span, work, cost in zip(*columns, costs, strict=True)
    }
    label = _("Baseline “%(name)s”") % {"name": record.name}
    finish = max((each.finish for each in dated.values() if each.finish is not None), default=record.finish)
    alone = Side(key, label, plan, dated, finish)
    if record.taken_at is None:
        return alone
    try:
        whole = _reckoned(Option(key, label), plan, record.taken_at, actor)
    except EngineError:
        return alone
    if whole is None or {task: (each.start, each.finish) for task, each in whole.dated.items()} != {
        task: (each.start, each.finish) for task, each in dated.items()
    }:
        return alone
    return replace(whole, dated=dated)


def compared(older: Side, newer: Side, ground: Plan, *, money: bool) -> Compared:
    """Compare two sides: by the engine where both are whole plans, by their dates alone otherwise.

    Raises EngineError for a plan that cannot be reckoned.
    """
    said = _said(older, newer)
    moved: Mapping[TaskId, tuple[int | None, int | None, int | None]]
    if said is not None:
        moved = {each.task: (each.start, each.finish, each.duration) for each in said.variances}
        finish: int | None = said.finish
    else:
        known = newer.now or older.now or current(ground)
        moved = _moved(older, newer, known)
        line = timeline(_project_calendar(known))
        both = older.finish is not None and newer.finish is not None
        finish = line.between(older.finish or 0, newer.finish or 0) if both else None
    lines = tuple(_lines(older, newer, moved, ground, money=money))
    leaves = [line for line in lines if not line.summary]
    return Compared(
        older,
        newer,
        lines,
        finish,
        sum((_of(line.newer, "work") or 0) - (_of(line.older, "work") or 0) for line in leaves),
        sum((_cost(line.newer) - _cost(line.older) for line in leaves), Decimal(0)),
        said,
        {line.task: line.name for line in lines},
    )


def _of(dated: Dated | None, name: str) -> Any:
    return None if dated is None else getattr(dated, name)


def _cost(dated: Dated | None) -> Decimal:
    return Decimal(0) if dated is None or dated.cost is None else dated.cost


def _said(older: Side, newer: Side) -> Comparison | None:
    """Return what the engine finds; None where a side holds dates only."""
    if older.schedule is None or newer.schedule is None:
        return None
    return compare(older.schedule, newer.schedule)


def _project_calendar(now: Solved) -> Any:
    place = now.held.project
    return around_the_clock() if place < 0 else now.held.calendars[place]


def _moved(older: Side, newer: Side, known: Solved) -> dict[TaskId, tuple[int | None, int | None, int | None]]:
    """Return the variances of tasks by their dates alone, in working time of the tasks' calendars."""
    row_of = {known_key: row for row, known_key in enumerate(known.held.rows["pk"])}
    found: dict[TaskId, tuple[int | None, int | None, int | None]] = {}
    groups: dict[int, list[int]] = {}
    for task in older.dated.keys() & newer.dated.keys():
        row = row_of.get(task, -1)
        groups.setdefault(int(known.held.worked[row]) if row >= 0 else -1, []).append(task)
    for tasks in groups.values():
        row = row_of.get(tasks[0], -1)
        line = timeline(calendar_of(known.held, row) if row >= 0 else _project_calendar(known))
        for task in tasks:
            before, after = older.dated[task], newer.dated[task]
            dates = [
                None if one is None or two is None else int(line.between(one, two))
                for one, two in ((before.start, after.start), (before.finish, after.finish))
            ]
            span = None if before.span is None or after.span is None else after.span - before.span
            found[task] = (dates[0], dates[1], span)
    return found


def _lines(older: Side, newer: Side, moved: Mapping[TaskId, Any], ground: Plan, *, money: bool) -> Iterable[Line]:
    """Yield the tasks of both in the order of the newer, then those that are in the older alone."""
    facts = {**_facts(older, ground), **_facts(newer, ground)}
    order = [*newer.dated, *(task for task in older.dated if task not in newer.dated)]
    for task in order:
        before, after = older.dated.get(task), newer.dated.get(task)
        name, level, summary, milestone = facts.get(task, (_("Removed task"), 0, False, False))
        start, finish, span = moved.get(task, (None, None, None))
        work = _less(before, after, "work")
        cost = _less(before, after, "cost") if money else None
        yield Line(task, name, level, summary, milestone, before, after, start, finish, span, work, cost)


def _less(before: Dated | None, after: Dated | None, name: str) -> Any:
    one, two = _of(before, name), _of(after, name)
    return None if one is None or two is None else two - one


def _facts(one: Side, ground: Plan) -> dict[int, tuple[str, int, bool, bool]]:
    """Return name, level, and whether it is a summary or a milestone, of each task of a side."""
    if one.now is None:
        rows = Task.objects.filter(plan=ground, pk__in=[*one.dated][:MOST_NAMED])
        return {
            key: (name, level, summary, kind in MILESTONES)
            for key, name, level, summary, kind in rows.values_list("pk", "name", "level", "is_summary", "kind")
        }
    rows_, found = one.now.held.rows, one.now.found
    told = zip(rows_["pk"], rows_["name"], found["level"], found["is_summary"], rows_["duration"], strict=True)
    return {
        one.keys.get(key, key): (name, int(level), bool(summary), duration == 0 and not summary)
        for key, name, level, summary, duration in told
    }


def ledger(older: Side, newer: Side) -> Ledger | None:
    """Return where the days between two sides went; None where a side holds dates only. Raises EngineError."""
    if older.schedule is None or newer.schedule is None or newer.now is None:
        return None
    columns = (older.schedule.plan.columns, newer.schedule.plan.columns)
    large = max(len(each) for each in columns) > LARGE
    return float_ledger(*columns, newer.now.held.options, most=SHOWN_OF_LARGE if large else SHOWN)


def tenths(minutes: Sequence[int], per_day: int) -> list[Decimal]:
    """Return spans as tenths of a working day that add up to the tenths of their sum.

    >>> [str(each) for each in tenths([100, 100, 280], 480)]
    ['0.2', '0.2', '0.6']
    """
    exact = np.array(minutes, float) * 10 / per_day
    floors = np.floor(exact)
    short = round(float(exact.sum())) - int(floors.sum())
    for place in np.argsort(floors - exact, kind="stable")[:short].tolist():
        floors[place] += 1
    return [Decimal(int(each)) / 10 for each in floors.tolist()]
