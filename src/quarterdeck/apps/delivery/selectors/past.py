"""A plan as it was at a moment: its records of then, reckoned anew, since no history tells dates that follow."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

from django.db.models import Max, Q

from quarterdeck.apps.delivery.models import (
    Baseline,
    Plan,
    PlanCalendar,
    PlanResource,
    PlanRevision,
    Task,
    TaskAssignment,
    TaskLink,
)
from quarterdeck.apps.delivery.selectors.network import LINKS, Source
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.records import Past

State = dict[str, Any]


def plan_then(plan: Plan, moment: dt.datetime, *, actor: Actor) -> Plan | None:
    """Return a plan as it was known at a moment; None where it did not exist, or the actor may not see it."""
    found = Past(Plan, moment, actor=actor).records(("initiative",), [plan.pk])
    return found[0] if found else None


def source_then(plan: Plan, moment: dt.datetime) -> Source:
    """Return what a plan was made of at a moment. The caller has checked that the actor may see it."""
    removed = list(chain.from_iterable(PlanRevision.objects.filter(plan=plan).values_list("removed", flat=True)))
    states = _States(plan, moment, removed)
    tasks = sorted(states.of(Task), key=lambda row: (row["position"], row["pk"]))
    known = {row["pk"] for row in tasks}
    resources = {row["pk"]: row for row in states.of(PlanResource)}
    assigned = [row for row in states.of(TaskAssignment) if row["task_id"] in known]
    baselines = {row["number"]: row for row in states.of(Baseline)}
    links = [row for row in states.of(TaskLink) if {row["predecessor_id"], row["successor_id"]} <= known]
    for row in tasks:
        row["has_notes"] = bool(row["notes"])
    with_resource = [(row, resources[row["resource_id"]]) for row in assigned if row["resource_id"] in resources]
    return Source(
        tasks=lambda names: [tuple(row[name] for name in names) for row in tasks],
        links=lambda: [tuple(row[name] for name in LINKS) for row in links],
        calendars=lambda: [(row["pk"], row["uid"], row["definition"]) for row in states.of(PlanCalendar)],
        workers=lambda: [
            (row["task_id"], by["calendar_uid"])
            for row, by in with_resource
            if by["kind"] == "work" and by["calendar_uid"] is not None and row["work"]
        ],
        splits=lambda: [(row["pk"], row["splits"]) for row in tasks if row["splits"]],
        more=lambda: [(row["pk"], row["more"]) for row in tasks if row["more"]],
        assigned=lambda: [(row["task_id"], by["pk"], by["name"], row["units"]) for row, by in with_resource],
        resources=lambda: [(row["pk"], row["name"], row["kind"]) for row in resources.values()],
        baselines=lambda: [(n, row["name"], row["taken_at"]) for n, row in sorted(baselines.items())],
        figures=lambda number: baselines[number]["figures"] if number in baselines else {},
    )


class _States:
    """The last states before a moment of what belongs to one plan."""

    def __init__(self, plan: Plan, moment: dt.datetime, removed: list[int]) -> None:
        self.plan, self.moment, self.removed = plan, moment, removed
        self._read: dict[Any, list[State]] = {}

    def of(self, model: Any) -> list[State]:
        """Return the states of the records of a kind, each with its key, by key."""
        if model not in self._read:
            kind = record_type(model)
            here = Q(record_id__in=model._default_manager.filter(plan=self.plan).values("pk"))
            gone = Change.objects.filter(
                record_type=kind, action=Action.DELETE, at__gt=self.moment, before__plan_id=self.plan.pk
            )
            if model is Task:
                # Which tasks went is written down with each revision of a plan.
                here |= Q(record_id__in=self.removed) if self.removed else Q()
            else:
                here |= Q(record_id__in=gone.values("record_id"))
            known = Change.objects.filter(here, record_type=kind, at__lte=self.moment).order_by()
            latest = known.values("record_id").annotate(last=Max("id")).values("last")
            rows = Change.objects.filter(id__in=latest, state__isnull=False).exclude(action=Action.DELETE)
            told = rows.order_by("record_id").values_list("record_id", "state")
            states = [{**(state or {}), "pk": key} for key, state in told]
            self._read[model] = [row for row in states if row.get("plan_id") == self.plan.pk]
        return self._read[model]
