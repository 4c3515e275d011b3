"""The tasks and obligations that feed service levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from quarterdeck.apps.delivery.choices import FIRST_BASELINE
from quarterdeck.apps.delivery.models import Baseline, Task, TaskAssignment
from quarterdeck.apps.suppliers.choices import ObligationState
from quarterdeck.apps.suppliers.models import ContractProject, Obligation, ServiceLevel, SupplierPerson
from quarterdeck.engine.calendar import local_minutes


@dataclass(frozen=True)
class DueTask:
    """A task given to a supplier: by when it was to end, and when it ended. Instants in minutes, as plans keep them."""

    task: int
    name: str
    initiative: int
    started: int | None
    finished: int | None
    due: int


def tasks_of(supplier_ids: Collection[int]) -> QuerySet[TaskAssignment]:
    """Return the assignments, in current plans, of people of suppliers."""
    people = SupplierPerson.objects.filter(supplier__in=list(supplier_ids))
    mine = Q(resource__person__in=people.values("person"))
    rows = TaskAssignment.objects.filter(mine, plan__is_current=True, task__is_summary=False, task__active=True)
    return rows.order_by("task")


def due_tasks(level: ServiceLevel, now: dt.datetime) -> list[DueTask]:
    """Return the tasks that are cases of a level: done, or past the day agreed, the deadline or else the baseline.

    Of a contract that names initiatives, only their tasks count.
    """
    minute = local_minutes(now, timezone.get_default_timezone())
    rows = tasks_of([level.contract.supplier_id])
    named = ContractProject.objects.filter(contract=level.contract_id).values("initiative")
    if named:
        rows = rows.filter(plan__initiative__in=named)
    tasks = Task.objects.filter(pk__in=rows.order_by().values("task")).select_related("plan").order_by("pk")
    found = list(tasks)
    agreed = _baselines({task.plan_id for task in found})
    result = []
    for task in found:
        due = task.deadline if task.deadline is not None else agreed.get(task.pk)
        if due is None or (task.actual_finish is None and due >= minute):
            continue
        started = task.actual_start if task.actual_start is not None else task.start
        result.append(DueTask(task.pk, task.name, task.plan.initiative_id, started, task.actual_finish, due))
    return result


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
