"""A plan as it was at a moment: its records of then, reckoned anew, since no history tells dates that follow."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

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
#: Changes read at once: fewer than a database takes as parameters.
CHUNK: Final = 10_000
#: What of a plan itself decides its dates.
OF_PLANS: Final = frozenset(
    {
        "name",
        "start",
        "finish",
        "from_finish",
        "status",
        "ordered_on",
        "calendar_uid",
        "dialect",
        "options",
        "minutes_per_day",
        "minutes_per_week",
        "days_per_month",
    }
)


def plan_then(plan: Plan, moment: dt.datetime, *, actor: Actor) -> Plan | None:
    """Return a plan as it was known at a moment; None where it did not exist, or the actor may not see it."""
    found = Past(Plan, moment, actor=actor).records(("initiative",), [plan.pk])
    return found[0] if found else None


def source_then(plan: Plan, moment: dt.datetime) -> Source:
    """Return what a plan was made of at a moment. The caller has checked that the actor may see it."""
    return sources_then(plan, (moment,))[0]


def sources_then(plan: Plan, moments: Sequence[dt.datetime]) -> list[Source]:
    """Return what a plan was made of at each of some moments, in as many queries as at one."""
    removed = list(chain.from_iterable(PlanRevision.objects.filter(plan=plan).values_list("removed", flat=True)))
    states = _States(plan, moments, removed)
    return [_source(states, place) for place in range(len(moments))]


def plans_then(plan: Plan, moments: Sequence[dt.datetime]) -> list[Plan | None]:
    """Return the plan itself as it was at each of some moments, None where there was none yet.

    For whoever may see the plan as it is today; `plan_then` asks for rights of then too.
    """
    rows = Change.objects.filter(record_type=record_type(Plan), record_id=plan.pk, at__lte=max(moments))
    told = list(rows.order_by("id").values_list("at", "state"))
    found: list[Plan | None] = []
    for moment in moments:
        state = next((said for at, said in reversed(told) if at <= moment), None)
        then = None if state is None else copy.copy(plan)
        if then is not None and state is not None:
            for name in OF_PLANS & state.keys():
                setattr(then, name, state[name])
            if then.ordered_on is not None:
                then.ordered_on = dt.date.fromisoformat(str(then.ordered_on))
        found.append(then)
    return found


def _source(states: _States, place: int) -> Source:
    """Return the plan of one of the moments."""
    tasks = sorted(states.of(Task, place), key=lambda row: (row["position"], row["pk"]))
    known = {row["pk"] for row in tasks}
    resources = {row["pk"]: row for row in states.of(PlanResource, place)}
    assigned = [row for row in states.of(TaskAssignment, place) if row["task_id"] in known]
    baselines = {row["number"]: row for row in states.of(Baseline, place)}
    links = [row for row in states.of(TaskLink, place) if {row["predecessor_id"], row["successor_id"]} <= known]
    for row in tasks:
        row["has_notes"] = bool(row["notes"])
    with_resource = [(row, resources[row["resource_id"]]) for row in assigned if row["resource_id"] in resources]
    calendars = states.of(PlanCalendar, place)
    return Source(
        tasks=lambda names: [tuple(row.get(name) for name in names) for row in tasks],
        links=lambda: [tuple(row[name] for name in LINKS) for row in links],
        calendars=lambda: [(row["pk"], row["uid"], row["definition"]) for row in calendars],
        workers=lambda: [
            (row["task_id"], by["calendar_uid"])
            for row, by in with_resource
            if by["kind"] == "work" and by["calendar_uid"] is not None and row["work"]
        ],
        splits=lambda: [(row["pk"], row["splits"]) for row in tasks if row["splits"]],
        more=lambda: [(row["pk"], row["more"]) for row in tasks if row["more"]],
        assigned=lambda: [(row["task_id"], by["pk"], by["name"], row["units"]) for row, by in with_resource],
        resources=lambda: [(row["pk"], row["name"], row["kind"]) for row in resources.values()],
        limits=lambda: [
            (row["pk"], row["max_units"], row["calendar_uid"]) for row in resources.values() if row["kind"] == "work"
        ],
        baselines=lambda: [(n, row["name"], row["taken_at"]) for n, row in sorted(baselines.items())],
        figures=lambda number: baselines[number]["figures"] if number in baselines else {},
    )


class _States:
    """The last states before each of some moments of what belongs to one plan."""

    def __init__(self, plan: Plan, moments: Sequence[dt.datetime], removed: list[int]) -> None:
        self.plan, self.moments, self.removed = plan, moments, removed
        self._read: dict[Any, list[list[State]]] = {}

    def of(self, model: Any, place: int) -> list[State]:
        """Return the states of the records of a kind at one of the moments, each with its key, by key."""
        if model not in self._read:
            self._read[model] = self._found(model)
        return self._read[model][place]

    def _found(self, model: Any) -> list[list[State]]:
        kind = record_type(model)
        here = Q(record_id__in=model._default_manager.filter(plan=self.plan).values("pk"))
        gone = Change.objects.filter(
            record_type=kind, action=Action.DELETE, at__gt=min(self.moments), before__plan_id=self.plan.pk
        )
        if model is Task:
            # Which tasks went is written down with each revision of a plan.
            here |= Q(record_id__in=self.removed) if self.removed else Q()
        else:
            here |= Q(record_id__in=gone.values("record_id"))
        lasts = {f"last{n}": Max("id", filter=Q(at__lte=at)) for n, at in enumerate(self.moments)}
        known = Change.objects.filter(here, record_type=kind, at__lte=max(self.moments)).order_by()
        latest = known.values("record_id").annotate(**lasts).values_list(*lasts)
        if len(lasts) == 1:
            return [list(self._states(Q(id__in=latest)).values())]
        columns = [set(column) for column in zip(*latest, strict=True)] or [set()] * len(lasts)
        wanted = sorted(set().union(*columns) - {None})
        found: dict[int, State] = {}
        for first in range(0, len(wanted), CHUNK):
            found |= self._states(Q(id__in=wanted[first : first + CHUNK]))
        return [[row for key, row in found.items() if key in column] for column in columns]

    def _states(self, which: Q) -> dict[int, State]:
        """Return the states that changes left, by change, of what was the plan's then."""
        told = Change.objects.filter(which, state__isnull=False).exclude(action=Action.DELETE).order_by("record_id")
        states = {
            key: {**(state or {}), "pk": record} for key, record, state in told.values_list("id", "record_id", "state")
        }
        return {key: row for key, row in states.items() if row.get("plan_id") == self.plan.pk}
