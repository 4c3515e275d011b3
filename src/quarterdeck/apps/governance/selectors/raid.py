"""What is open at a node and below: the few lines that a page shows of each register, and how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When, Window

from quarterdeck.apps.governance.choices import LIVE_ACTION, LIVE_ISSUE, LIVE_RISK, AssumptionState, DecisionState
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue, Risk
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import under, visible
from quarterdeck.kernel.records import Past, Record

#: Lines shown of each kind.
SHOWN: Final = 5


@dataclass(frozen=True)
class Kind:
    """One of the registers: which of its records are open, which date presses, in which order."""

    key: str
    model: Any
    live: tuple[str, ...]
    date: str
    order: tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """The open records of one kind at a node: the first few, how many there are, and how many are past their day."""

    kind: Kind
    shown: Sequence[Any]
    total: int
    late: int


KINDS: Final = (
    Kind("risks", Risk, LIVE_RISK, "review_on", (exposure.score().desc(), "review_on", "code")),
    Kind("issues", Issue, LIVE_ISSUE, "due_on", ("severity", F("due_on").asc(nulls_last=True), "code")),
    Kind("decisions", Decision, (DecisionState.WANTED,), "due_on", (F("due_on").asc(nulls_last=True), "code")),
    Kind("actions", Action, LIVE_ACTION, "due_on", (F("due_on").asc(nulls_last=True), "code")),
    Kind("assumptions", Assumption, (AssumptionState.OPEN,), "due_on", (F("due_on").asc(nulls_last=True), "code")),
)


def addable(actor: Actor, path: str | None = None) -> frozenset[str]:
    """Return the keys of the kinds of which the actor may add records, somewhere or at the node with a path."""
    return frozenset(kind.key for kind in KINDS if actor.can("add", kind.model._meta.label_lower, path))


def open_at(
    scope: Scope | None,
    *,
    actor: Actor,
    on: dt.date,
    moment: dt.datetime | None = None,
    kinds: Sequence[Kind] = KINDS,
) -> list[Part]:
    """Return what is open at a node and below, of each kind that the actor may see; one query for each kind."""
    seen = [kind for kind in kinds if actor.can("view", kind.model._meta.label_lower)]
    if moment is not None:
        return [_past(kind, scope, actor, on, moment) for kind in seen]
    return [_now(kind, scope, actor, on) for kind in seen]


def _now(kind: Kind, scope: Scope | None, actor: Actor, on: dt.date) -> Part:
    late = Case(When(**{f"{kind.date}__lt": on}, then=Value(1)), output_field=IntegerField())
    rows: QuerySet[Any] = under(visible(kind.model.objects.all(), actor), scope).filter(state__in=kind.live)
    rows = rows.select_related("initiative", "owner").order_by(*kind.order)
    shown = list(rows.annotate(all_open=Window(Count("pk")), all_late=Window(Count(late)))[:SHOWN])
    return Part(kind, shown, shown[0].all_open if shown else 0, shown[0].all_late if shown else 0)


def _past(kind: Kind, scope: Scope | None, actor: Actor, on: dt.date, moment: dt.datetime) -> Part:
    found = Past(kind.model, moment, actor=actor, scope=scope).records(("initiative", "owner"))
    live = [one for one in found if one.state in kind.live]
    live.sort(key=lambda one: _pressing(kind, one))
    late = sum((day := getattr(one, kind.date)) is not None and day < on for one in live)
    return Part(kind, live[:SHOWN], len(live), late)


def _pressing(kind: Kind, record: Any) -> tuple[Any, ...]:
    day = getattr(record, kind.date) or dt.date.max
    if isinstance(record, Risk):
        return (-record.now[0] * record.now[1], day, record.code)
    return (record.severity, day, record.code) if isinstance(record, Issue) else (day, record.code)


def waiting_at(record: Any, *, actor: Actor) -> list[Record]:
    """Return the risks and issues that were escalated to an initiative and wait for its answer."""
    condition = Q(escalated_to=record, state="escalated")
    found: list[Any] = []
    for model in (Risk, Issue):
        rows: QuerySet[Any] = visible(model._default_manager.filter(condition), actor)
        found += rows.select_related("initiative", "owner")
    return sorted(found, key=lambda one: (one.escalated_on or dt.date.max, one.code))
