"""The tasks and obligations that feed service levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from quarterdeck.apps.delivery.choices import FIRST_BASELINE
from quarterdeck.apps.delivery.models import Baseline, Plan, Task, TaskAssignment
from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.suppliers.choices import ObligationState
from quarterdeck.apps.suppliers.models import ContractProject, Obligation, ServiceLevel, SupplierPerson
from quarterdeck.engine.calendar import local_minutes, zoned


@dataclass(frozen=True)
class DueTask:
    """A task given to a supplier: by when it was to end, and when it ended. Instants in minutes, as plans keep them.

    `reference` is the same in every copy of its plan; `alike` are the plans that are copies of each other.
    """

    task: int
    reference: str
    plan: int
    alike: frozenset[int]
    name: str
    initiative: int
    started: int | None
    finished: int | None
    due: int | None


@dataclass(frozen=True)
class Fed:
    """The tasks that are cases of a level, and those of its supplier that are none: not due, or of another contract."""

    cases: list[DueTask]
    others: list[DueTask]


def task_reference(task: Task) -> str:
    """Return how the record of a task is named, the same in every copy of its plan."""
    return f"T-{task.plan.initiative_id}-{task.uid}"


def tasks_of(supplier_ids: Collection[int]) -> QuerySet[TaskAssignment]:
    """Return the assignments, in current plans, of people of suppliers."""
    people = SupplierPerson.objects.filter(supplier__in=list(supplier_ids))
    mine = Q(resource__person__in=people.values("person"))
    rows = TaskAssignment.objects.filter(mine, plan__is_current=True, task__is_summary=False, task__active=True)
    return rows.order_by("task")


def due_tasks(level: ServiceLevel, now: dt.datetime) -> Fed:
    """Return the tasks that are cases of a level: done, or past the day agreed, the deadline or else the baseline.

    That day lies within the term of the contract and on or after the level's first. Of a contract that names
    initiatives, only their tasks count. Tasks that are not done are told of only where their project runs.
    """
    contract, zone = level.contract, timezone.get_default_timezone()
    minute = local_minutes(now, zone)
    named = set(ContractProject.objects.filter(contract=contract).values_list("initiative", flat=True))
    rows = tasks_of([contract.supplier_id]).filter(
        Q(task__actual_finish__isnull=False) | Q(plan__initiative__state=State.ACTIVE)
    )
    tasks = list(
        Task.objects.filter(pk__in=rows.order_by().values("task")).select_related("plan__initiative").order_by("pk")
    )
    agreed = _baselines({task.plan_id for task in tasks})
    fed = Fed([], [])
    for task in tasks:
        due = task.deadline if task.deadline is not None else agreed.get(task.pk)
        counts = due is not None and (task.actual_finish is not None or due < minute)
        counts = counts and (not named or task.plan.initiative_id in named)
        if due is not None and counts:
            day = zoned(due, zone).date()
            counts = max(contract.starts_on, level.starts_on) <= day and (
                contract.last_day is None or day <= contract.last_day
            )
        (fed.cases if counts else fed.others).append(_due_task(task, due))
    return fed


def _due_task(task: Task, due: int | None) -> DueTask:
    return DueTask(
        task=task.pk,
        reference=task_reference(task),
        plan=task.plan_id,
        alike=copies_of(task.plan),
        name=task.name,
        initiative=task.plan.initiative_id,
        started=task.actual_start if task.actual_start is not None else task.start,
        finished=task.actual_finish,
        due=due,
    )


def copies_of(plan: Plan) -> frozenset[int]:
    """Return the keys of a plan and of the one that it copies: two plans with one in common are alike."""
    return frozenset({plan.pk} if plan.origin_id is None else {plan.pk, plan.origin_id})


def _baselines(plans: Collection[int]) -> dict[int, int]:
    """Return the agreed finish of tasks by their keys; one query."""
    found: dict[int, int] = {}
    for figures in Baseline.objects.filter(plan__in=list(plans), number=FIRST_BASELINE).values_list(
        "figures", flat=True
    ):
        pairs = zip(figures.get("task", ()), figures.get("finish", ()), strict=False)
        found.update({task: finish for task, finish in pairs if finish is not None})
    return found


def due_obligations(level: ServiceLevel, on: dt.date) -> QuerySet[Obligation]:
    """Return the obligations that are cases of a level: met, or past their day; not those that were waived."""
    rows = Obligation.objects.filter(contract=level.contract_id).exclude(state=ObligationState.WAIVED)
    return rows.filter(Q(met_on__isnull=False) | Q(due_on__lt=on)).order_by("due_on", "pk")
