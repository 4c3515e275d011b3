"""Plans of the running projects: imported when a project starts, baselined, and since then reported on."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import (
    OFFICE,
    DocumentAssignment,
    DocumentCalendar,
    DocumentException,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    PlanDocument,
)
from quarterdeck.apps.delivery.models import Baseline, Plan, Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.content.initiatives import Project
from quarterdeck.demo.content.money import WEIGHT
from quarterdeck.demo.content.plans import SORTS, Phase
from quarterdeck.demo.deliverables import deliver
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.world import World
from quarterdeck.engine.calendar import minutes

DAY = 1440
#: The part of a budget that is planned; the rest is contingency.
PLANNED = Decimal("0.93")
#: Working days of a month.
MONTH = 21
#: A plan is drawn up this long after the start; its progress is told at these moments before the present.
DRAWN = 0.15
TOLD = (-2.85, -2.4, -1.95, -1.5, -1.05, -0.55, -0.12)


def plan(world: World) -> None:
    """Put the plans of running projects on the timeline."""
    for facts in projects():
        if facts.end == "active" and facts.start + DRAWN < TOLD[-1] - 0.1:
            world.timeline.add(facts.start + DRAWN, partial(_draw, world, facts))
            for told in TOLD:
                if facts.start + DRAWN < told - 0.1:
                    world.timeline.add(told, partial(_report, world, facts))


def _sort(facts: Project) -> tuple[tuple[Phase, ...], int]:
    return next((phases, whole) for beginning, phases, whole in SORTS if facts.unit.startswith(beginning))


def _chance(facts: Project, word: str) -> float:
    """Return a number between 0 and 1 that is the same every time."""
    return zlib.crc32(f"{facts.name}/{word}".encode()) % 1000 / 1000


def _draw(world: World, facts: Project, now: dt.datetime) -> None:
    """Bring the first plan in and take it as baseline."""
    record = world.initiatives[facts.name]
    actor = world.actor(world.now_in_charge(facts.manager), now)
    made = services.plan_import(
        document=document(world, facts, record), initiative=record, actor=actor, note="First plan of the project."
    )
    services.baseline_take(plan=made.plan, name="Approved plan", actor=actor)


def document(world: World, facts: Project, record: Initiative) -> PlanDocument:
    """Return the plan of a project as it was drawn up."""
    start = record.actual_start or record.planned_start or world.day(facts.start)
    days = facts.months * MONTH
    numbers: dict[str, int] = {}
    tasks: list[DocumentTask] = []
    links: list[DocumentLink] = []
    assigned: list[DocumentAssignment] = []
    team = _team(world, facts)
    costs = _costs(facts, record.budget or Decimal(facts.budget) * 1000)
    phases, whole = _sort(facts)
    for phase in phases:
        above = len(tasks) + 1
        tasks.append(DocumentTask(id=above, name=phase.name, kind="SUMMARY"))
        for step in phase.steps:
            key = numbers[step.name] = len(tasks) + 1
            length = max(1, round(days * step.part / whole * (0.9 + 0.2 * _chance(facts, step.name)))) * 480
            kind, length = ("TASK", length) if step.part else ("MILESTONE", 0)
            cost = str(costs.get(step.name, 0))
            tasks.append(
                DocumentTask(
                    id=key, name=step.name, parent=above, kind=kind, duration=length, fixed_cost=cost, cost=cost
                )
            )
            links += [
                DocumentLink(predecessor=numbers[name], successor=key, lag=round(days * int(lag or 0) / whole) * 480)
                for name, _plus, lag in (before.partition("+") for before in step.after)
            ]
            if step.who:
                assigned.append(
                    DocumentAssignment(id=len(assigned) + 1, task=key, resource=team[step.who][0], work=float(length))
                )
    return PlanDocument(
        name=record.name,
        program="Quarterdeck",
        kind="",
        start=minutes(start) + 480,
        calendar=1,
        calendars=(_calendar(start.year),),
        resources=tuple(DocumentResource(id=number, name=name) for number, name in team.values()),
        tasks=tuple(tasks),
        links=tuple(links),
        assignments=tuple(assigned),
    )


def _costs(facts: Project, budget: Decimal) -> dict[str, Decimal]:
    """Return what each step costs: the budget but for a contingency, by length and by how dear the work is."""
    steps = [step for phase in _sort(facts)[0] for step in phase.steps if step.part]
    weights = {step.name: step.part * WEIGHT.get(step.who, 1.0) for step in steps}
    whole = sum(weights.values())
    return {
        name: (budget * PLANNED * Decimal(weight / whole)).quantize(Decimal(100), ROUND_HALF_UP)
        for name, weight in weights.items()
    }


def slip_of(facts: Project) -> float:
    """Return by what part of its length a project has slipped in all."""
    return max(0.0, facts.finish - facts.start - facts.months) / max(1.0, facts.months)


def trades_of(world: World, facts: Project) -> dict[str, str]:
    """Return by what name each sort of work stands in the plan of a project."""
    return {trade: name for trade, (_number, name) in _team(world, facts).items()}


def _team(world: World, facts: Project) -> dict[str, tuple[int, str]]:
    """Return the number and name of who does each sort of work: people of the team first, then trades."""
    trades = dict.fromkeys(step.who for phase in _sort(facts)[0] for step in phase.steps if step.who)
    people = [world.people[world.now_in_charge(key)].name for key in facts.team if key in world.people]
    return {
        trade: (number, people[number - 1] if number <= len(people) else trade)
        for number, trade in enumerate(trades, start=1)
    }


def _calendar(year: int) -> DocumentCalendar:
    free = [
        DocumentException(first=f"{each}-12-24", last=f"{each + 1}-01-01", name="Between the years")
        for each in range(year - 1, year + 5)
    ]
    return DocumentCalendar(id=OFFICE.id, name="Office hours", week=OFFICE.week, exceptions=tuple(free))


def _report(world: World, facts: Project, now: dt.datetime) -> None:
    """Tell the progress of a running project as of now: what is done, what has begun and how much is left."""
    record = world.initiatives[facts.name]
    plan_ = Plan.objects.filter(initiative=record, is_current=True).first()
    if plan_ is None:
        return
    actor = world.actor(world.now_in_charge(facts.manager), now)
    status = minutes(actor.today) + 1020
    commands = [{"do": "plan", "field": "status", "value": status}, *_progress(facts, plan_, status)]
    services.plan_edit(plan_id=plan_.pk, commands=commands, revision=plan_.revision, actor=actor)
    deliver(plan_, actor=actor)


def _progress(facts: Project, plan_: Plan, status: int) -> Iterator[dict[str, Any]]:
    """Yield the edits: work slips in step with the project's changes of plan, some of it a little more.

    What was agreed is slipped, not what was found since; what is told already is not told again.
    """
    slip = slip_of(facts)
    origin = plan_.start
    figures = Baseline.objects.filter(plan=plan_, number=0).values_list("figures", flat=True).first() or {}
    agreed = dict(zip(figures["task"], zip(figures["start"], figures["finish"], strict=True), strict=True))
    rows = Task.objects.filter(plan=plan_, is_summary=False, actual_finish__isnull=True).order_by("position")
    for key, name, span, begun_at in rows.values_list("pk", "name", "span", "actual_start"):
        late = 1 + slip + 0.06 * _chance(facts, f"{name} late")
        begun, ended = (_working(origin + (at - origin) * late, at) for at in agreed[key])
        if begun <= status and begun_at is None and (span or ended <= status):
            yield {"do": "set", "task": key, "field": "actual_start", "value": begun}
        if ended <= status:
            yield {"do": "set", "task": key, "field": "actual_finish", "value": max(begun, ended)}
        elif begun < status and span:
            done = min(0.95, (status - begun) / max(1, ended - begun) * (0.85 + 0.25 * _chance(facts, f"{name} done")))
            yield {"do": "set", "task": key, "field": "percent", "value": round(100 * done)}


def _working(at: float, like: int) -> int:
    """Return an instant on a working day at the time of day of another."""
    days = int(at) // DAY
    days += max(0, (days + 3) % 7 - 4) and 7 - (days + 3) % 7
    return days * DAY + like % DAY
