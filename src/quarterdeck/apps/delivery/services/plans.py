"""Plans as wholes: new, copied to try things, made current, dropped; and their baselines."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.document import OFFICE, DocumentCalendar
from quarterdeck.apps.delivery.models import (
    Baseline,
    Plan,
    PlanCalendar,
    PlanResource,
    Task,
    TaskAssignment,
    TaskLink,
)
from quarterdeck.apps.delivery.models.tasks import STEP
from quarterdeck.apps.delivery.selectors.mapping import plain
from quarterdeck.apps.delivery.services.analyses_estimates import unknowns_copied
from quarterdeck.apps.delivery.services.deliverables import deliverables_follow
from quarterdeck.apps.delivery.services.fields import MORNING
from quarterdeck.apps.delivery.services.importing import free_name
from quarterdeck.apps.delivery.services.interfaces import interfaces_follow
from quarterdeck.apps.delivery.services.reckoning import Touched, locked, recalculate
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.calendar import minutes
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, may, refusal
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def plan_new(
    *,
    initiative: Initiative,
    actor: Actor,
    name: str = "",
    start: dt.date | None = None,
    calendars: tuple[DocumentCalendar, ...] = (),
) -> Plan:
    """Make an empty plan of a project, from its planned start, on a calendar of five days of eight hours."""
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    day = start or initiative.planned_start or actor.today
    plan = Plan(
        initiative=initiative,
        name=free_name(initiative, name or _("Plan")),
        start=_morning(day),
        calendar_uid=OFFICE.id,
        is_current=not Plan.objects.filter(initiative=initiative, is_current=True).exists(),
    )
    records.save(plan, actor=actor)
    _calendars(plan, calendars or (OFFICE,), actor)
    recalculate(plan=plan, actor=actor, batch=actor.batch)
    return plan


def plan_save(record: Plan, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a plan by its own fields. One made here starts empty; an Undo writes it as it was."""
    fresh = record._state.adding and actor.via != "undo"
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    with transaction.atomic():
        if fresh and record.initiative_id:
            day = record.initiative.planned_start or actor.today
            record.start = record.start or _morning(day)
            record.calendar_uid = record.calendar_uid or OFFICE.id
            record.is_current = not Plan.objects.filter(initiative=record.initiative, is_current=True).exists()
        change = records.save(record, actor=actor, note=note)
        if fresh:
            _calendars(record, (OFFICE,), actor)
        elif change is not None and "ordered_on" in change.after and actor.via != "undo":
            recalculate(plan=locked(record.pk), actor=actor, batch=change.batch)
        return change


def _morning(day: dt.date) -> int:
    return minutes(day) + MORNING


def _calendars(plan: Plan, told: Iterable[DocumentCalendar], actor: Actor) -> None:
    made = [PlanCalendar(plan=plan, uid=each.id, name=each.name, definition=plain(each)) for each in told]
    records.save_many(made, actor=actor)


@transaction.atomic
def plan_remove(record: Plan, *, actor: Actor, note: str = "") -> Change:
    """Remove a plan with all that it holds. The current one stays as long as there is another."""
    others = Plan.objects.filter(initiative_id=record.initiative_id).exclude(pk=record.pk)
    if record.is_current and others.exists():
        raise ValidationError(_("This is the current plan. Make another one current first."))
    return records.delete(record, actor=actor, note=note)


def baseline_name(actor: Actor) -> str:
    """Return what a baseline is called that is given no name."""
    return _("Baseline of %(day)s") % {"day": date_format(actor.today, "j M Y")}


@transaction.atomic
def baseline_take(*, plan: Plan, actor: Actor, name: str = "", number: int | None = None) -> Baseline:
    """Keep the plan as it is now under a number: the next free one, from 0 on, or, given one, in its place."""
    plan = locked(plan.pk)
    rows = Task.objects.filter(plan=plan).order_by("position", "pk")
    columns = ("pk", "start", "finish", "span", "work", "cost")
    told = list(zip(*rows.values_list(*columns), strict=True)) or [()] * len(columns)
    taken = set(Baseline.objects.filter(plan=plan).values_list("number", flat=True))
    if number is None:
        number = next(each for each in range(len(taken) + 1) if each not in taken)
    record = Baseline.objects.filter(plan=plan, number=number).first() or Baseline(plan=plan, number=number)
    record.name = " ".join(name.split())[:100] or baseline_name(actor)
    if Baseline.objects.filter(plan=plan, name=record.name).exclude(number=number).exists():
        raise ValidationError(_("There is a baseline “%(name)s” already.") % {"name": record.name})
    record.taken_at, record.finish = actor.now, plan.found_finish
    names = ("task", "start", "finish", "duration", "work")
    record.figures = {key: list(column) for key, column in zip(names, told[:5], strict=True)}
    record.costs = [format(each, "f") for each in told[5]]
    records.save(record, actor=actor)
    recalculate(plan=plan, actor=actor, touched=Touched(edited=set(told[0])), batch=actor.batch)
    return record


@transaction.atomic
def plan_adopt(*, plan: Plan, actor: Actor) -> None:
    """Make a plan the current one of its project; the one before stays beside it, and deliverables follow the plan."""
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    plan = locked(plan.pk)
    before = Plan.objects.filter(initiative=plan.initiative, is_current=True).exclude(pk=plan.pk).first()
    if before is not None:
        before.is_current = False
        records.save(before, actor=actor)
    if not plan.is_current:
        plan.is_current = True
        records.save(plan, actor=actor)
    if before is not None:
        deliverables_follow(before=before, plan=plan, actor=actor)
        interfaces_follow(before=before, after=plan, actor=actor)


@transaction.atomic
def plan_copy(*, plan: Plan, actor: Actor, name: str = "") -> Plan:
    """Copy a plan with everything in it, to try things; it names what it is a copy of."""
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    made = Plan.objects.get(pk=plan.pk)
    made.initiative = plan.initiative
    made.origin_id = plan.pk
    made.is_current = False
    made.name = free_name(plan.initiative, name or _("%(name)s, what if") % {"name": plan.name})
    made = _fresh(made)
    records.save(made, actor=actor)
    for model in (PlanCalendar, PlanResource):
        _copied(model, plan, made, actor)
    tasks = _copied_tasks(plan, made, actor)
    resources = dict(
        zip(
            PlanResource.objects.filter(plan=plan).order_by("uid").values_list("pk", flat=True),
            PlanResource.objects.filter(plan=made).order_by("uid").values_list("pk", flat=True),
            strict=True,
        )
    )
    links = list(TaskLink.objects.filter(plan=plan).order_by("pk"))
    for link in links:
        link.predecessor_id, link.successor_id = tasks[link.predecessor_id], tasks[link.successor_id]
        link.plan = made
    records.save_many([_fresh(link) for link in links], actor=actor)
    assigned = list(TaskAssignment.objects.filter(plan=plan).order_by("pk"))
    for each in assigned:
        each.plan, each.task_id = made, tasks[each.task_id]
        each.resource_id = None if each.resource_id is None else resources[each.resource_id]
    records.save_many([_fresh(each) for each in assigned], actor=actor)
    baselines = list(Baseline.objects.filter(plan=plan))
    for base in baselines:
        base.plan = made
        kept = [place for place, key in enumerate(base.figures["task"]) if key in tasks]
        figures = {key: [column[place] for place in kept] for key, column in base.figures.items()}
        base.figures = figures | {"task": [tasks[key] for key in figures["task"]]}
        base.costs = [base.costs[place] for place in kept] if base.costs else []
    records.save_many([_fresh(base) for base in baselines], actor=actor)
    unknowns_copied(plan, made, tasks, actor)
    made = locked(made.pk)
    recalculate(plan=made, actor=actor, touched=Touched(outline=True, links=True), batch=actor.batch)
    return made


def _fresh(record: Any) -> Any:
    """Return a record as one that is not stored yet."""
    record.pk, record._state.adding, record.version = None, True, 1
    for name in ("revision", "changed_in", "edited_in"):
        if hasattr(record, name):
            setattr(record, name, 0)
    return record


def _copied(model: Any, plan: Plan, made: Plan, actor: Actor) -> None:
    found = list(model._default_manager.filter(plan=plan).order_by("uid"))
    for record in found:
        record.plan = made
    records.save_many([_fresh(record) for record in found], actor=actor)


def _copied_tasks(plan: Plan, made: Plan, actor: Actor) -> dict[int, int]:
    """Copy tasks level by level; return the new id of each."""
    found = list(Task.objects.filter(plan=plan).order_by("position", "pk"))
    parents = {record.pk: record.parent_id for record in found}
    waiting = {record.pk: record for record in found}
    known: dict[int, int] = {}
    while waiting:
        ready = [key for key in waiting if parents[key] is None or parents[key] in known]
        batch = [waiting.pop(key) for key in ready]
        for key, record in zip(ready, batch, strict=True):
            above = parents[key]
            record.plan, record.parent_id = made, None if above is None else known[above]
        records.save_many([_fresh(record) for record in batch], actor=actor)
        known |= {key: record.pk for key, record in zip(ready, batch, strict=True)}
    return known


def _require_planning(plan: Plan, actor: Actor) -> None:
    """Refuse whoever may report on tasks but not change their plan."""
    if not may(actor, "change", plan):
        raise AccessDenied(refusal("change", Plan))


@transaction.atomic
def task_save(record: Task, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a task by its own fields and reckon its plan anew; a new one goes to the end of the plan.

    An Undo writes it as it was; the plan is reckoned once all is back.
    """
    if actor.via == "undo":
        return records.save(record, actor=actor, note=note)
    plan = locked(record.plan_id)
    _require_planning(plan, actor)
    if not record._state.adding and not Task.objects.filter(pk=record.pk, plan=plan).exists():
        raise ValidationError({"plan": _("A task stays in its plan.")})
    if record._state.adding:
        last = Task.objects.filter(plan=plan).aggregate(place=Max("position"), uid=Max("uid"))
        record.position = (last["place"] or 0) + STEP
        record.duration = record.duration or plan.minutes_per_day
        record.uid = (last["uid"] or 0) + 1
    change = records.save(record, actor=actor, note=note)
    if change is not None:
        touched = Touched(edited={record.pk}, outline=change.action == "create")
        recalculate(plan=plan, actor=actor, touched=touched, batch=change.batch)
    return change


@transaction.atomic
def task_remove(record: Task, *, actor: Actor, note: str = "") -> Change:
    """Remove a task with all below it, and reckon its plan anew."""
    if actor.via == "undo":
        return records.delete(record, actor=actor, note=note)
    plan, key = locked(record.plan_id), record.pk
    _require_planning(plan, actor)
    change = records.delete(record, actor=actor, note=note)
    recalculate(plan=plan, actor=actor, touched=Touched(removed={key}, links=True, outline=True), batch=change.batch)
    return change
