"""Plans for the projects of a filled database: one is brought in by the services, the others are its copies in bulk.

Each copy begins with its project, in whole weeks; what lies in the past by then is done, so that some plans are
finished, some under way and some to come. The same counts make the same database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import models, transaction

from benchmarks.plan import filled
from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import (
    Baseline,
    Plan,
    PlanCalendar,
    PlanResource,
    Task,
    TaskAssignment,
    TaskLink,
)
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor

CHUNK = 2000
WEEK = 7 * 1440
DAY_ZERO = dt.date(1970, 1, 1)
#: Fields that hold an instant, by model; `_on` dates beside them.
INSTANTS: dict[type[models.Model], tuple[str, ...]] = {
    Plan: ("start", "finish", "status", "found_start", "found_finish"),
    Task: (
        "start",
        "finish",
        "early_start",
        "early_finish",
        "late_start",
        "late_finish",
        "actual_start",
        "actual_finish",
        "constraint_at",
        "deadline",
    ),
    TaskAssignment: ("start", "finish"),
}
#: What a plan is made of, each after what it points to.
PARTS: tuple[type[models.Model], ...] = (PlanCalendar, PlanResource, Task, TaskLink, TaskAssignment, Baseline)
ALL: tuple[type[models.Model], ...] = (Plan, *PARTS)
DAYS = ("starts_on", "finishes_on")


def fill_plans(tasks: int) -> int:
    """Give every project a current plan with a baseline, so that there are about so many tasks; return how many."""
    projects = list(Initiative.objects.filter(kind="project").order_by("pk"))
    each = max(20, tasks // len(projects))
    actor = Actor.system(now=clock.now())
    document = filled(each)
    made = services.plan_import(document=document, initiative=projects[0], actor=actor).plan
    services.baseline_take(plan=made, name="Approved", actor=actor)
    with transaction.atomic():
        _Copies(made, actor.now).write(projects[1:])
    return Task.objects.count()


class _Copies:
    """One plan as rows, and copies of it."""

    def __init__(self, plan: Plan, now: dt.datetime) -> None:
        self.plan, self.now = plan, now
        self.today = (now.date() - DAY_ZERO).days * 1440 + 1020
        self.head: Any = Plan.objects.filter(pk=plan.pk).values().get()
        self.parts: dict[type[models.Model], list[dict[str, Any]]] = {
            model: list(model._default_manager.filter(plan=plan).order_by("pk").values()) for model in PARTS
        }
        self.next: dict[type[models.Model], int] = {
            model: (model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
            for model in ALL
        }

    def write(self, projects: Iterable[Initiative]) -> None:
        """Write a copy for each project, model by model, some projects at a time."""
        waiting = iter(projects)
        while some := list(islice(waiting, 50)):
            made: dict[type[models.Model], list[models.Model]] = {Plan: [], **{model: [] for model in self.parts}}
            for project in some:
                self._copy(project, made)
            for model, rows in made.items():
                model._default_manager.bulk_create(rows, batch_size=CHUNK)

    def _copy(self, project: Initiative, made: dict[type[models.Model], list[models.Model]]) -> None:
        start = project.planned_start or self.now.date()
        weeks = ((start - DAY_ZERO).days * 1440 - self.plan.start) // WEEK
        plan = self._key(Plan)
        keys: dict[type[models.Model], dict[int, int]] = {}
        made[Plan].append(Plan(**self._row(Plan, self.head, weeks) | {"id": plan, "initiative_id": project.pk}))
        for model, rows in self.parts.items():
            known = keys[model] = {row["id"]: self._key(model) for row in rows}
            for row in rows:
                values = self._row(model, row, weeks) | {"id": known[row["id"]], "plan_id": plan}
                values |= dict(self._pointers(row, keys))
                made[model].append(model(**values))

    def _row(self, model: type[models.Model], row: dict[str, Any], weeks: int) -> dict[str, Any]:
        moved = {name: at + weeks * WEEK for name in INSTANTS.get(model, ()) if (at := row[name]) is not None}
        days = {name: row[name] + dt.timedelta(weeks=weeks) for name in DAYS if row.get(name)}
        found = row | moved | days
        if model is Baseline:
            found["figures"] = row["figures"] | {
                name: [None if at is None else at + weeks * WEEK for at in row["figures"][name]]
                for name in ("start", "finish")
            }
        if model is Task and not row["is_summary"] and found["finish"] is not None:
            found |= self._done(found)
        return found

    def _done(self, row: dict[str, Any]) -> dict[str, Any]:
        """What was done of a task by today."""
        if row["finish"] <= self.today:
            return {"actual_start": row["start"], "actual_finish": row["finish"], "percent": 100.0, "done": 100.0}
        if row["start"] < self.today:
            share = round(100 * (self.today - row["start"]) / (row["finish"] - row["start"]))
            return {"actual_start": row["start"], "percent": float(share), "done": float(share)}
        return {}

    def _pointers(
        self, row: dict[str, Any], keys: dict[type[models.Model], dict[int, int]]
    ) -> Iterator[tuple[str, Any]]:
        """What a row says of others of its plan, said of their copies."""
        of_tasks, of_resources = keys.get(Task, {}), keys.get(PlanResource, {})
        for name in ("parent_id", "predecessor_id", "successor_id", "task_id"):
            if row.get(name) is not None:
                yield name, of_tasks[row[name]]
        if row.get("resource_id") is not None:
            yield "resource_id", of_resources[row["resource_id"]]

    def _key(self, model: type[models.Model]) -> int:
        key = self.next[model]
        self.next[model] += 1
        return key
