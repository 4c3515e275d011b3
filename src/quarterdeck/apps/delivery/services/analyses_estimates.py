"""What is not known of a plan, as planners write it: estimates of tasks and risks of the plan."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.amounts import parse_amount
from quarterdeck.apps.delivery.exchange.texts import TextError, Units, decimal, duration_text, parse_duration
from quarterdeck.apps.delivery.models import Plan, PlanRisk, Shape, Task, TaskEstimate
from quarterdeck.apps.delivery.selectors.analyses import open_tasks
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.selectors.plans import may_edit
from quarterdeck.apps.delivery.services.reckoning import locked
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, refusal
from quarterdeck.kernel.audit.models import Change

ENDS: Final = ("low", "likely", "high")
#: Which tasks are set at once.
WITHOUT, CRITICAL, EVERY = "without", "critical", "every"
#: Names of distributions in workbooks.
NAMED: Final = {"triangular": Shape.TRIANGULAR, "uniform": Shape.UNIFORM, "pert": Shape.PERT, "beta": Shape.PERT}


class EstimateRefused(ValidationError):
    """Estimates that cannot be taken: what is wrong with each, by the id of its task."""

    def __init__(self, errors: Mapping[int, str]) -> None:
        super().__init__(list(errors.values()))
        self.errors = dict(errors)


def _planning(plan_id: int, actor: Actor) -> Plan:
    """Return a plan with its row locked. Raises AccessDenied for whoever may not change it."""
    plan = locked(plan_id)
    if not may_edit(plan, actor):
        raise AccessDenied(refusal("change", Plan))
    return plan


def estimated(texts: Sequence[str], units: Units) -> tuple[bool, tuple[float, float, float]]:
    """Return what was typed as low, likely and high: whether in percent of the plan, and the three values.

    >>> estimated(("90%", "100 %", "130%"), Units()), estimated(("3d", "4", "1w"), Units())
    ((True, (90.0, 100.0, 130.0)), (False, (1440.0, 1920.0, 2400.0)))
    """
    shares = [text.strip().endswith("%") for text in texts]
    if any(shares) and not all(shares):
        raise TextError(_("Give all three in percent, or all three as durations."))
    found: list[float] = []
    for text in texts:
        body = text.strip().removesuffix("%").strip()
        if not body:
            raise TextError(_("Give low, likely and high, or none of them."))
        if all(shares):
            try:
                found.append(float(decimal(body)))
            except InvalidOperation:
                raise TextError(_("“%(text)s” is no number.") % {"text": text}) from None
        else:
            found.append(float(parse_duration(body, units).minutes))
    low, likely, high = found
    return all(shares), (low, likely, high)


def texts_of(estimate: TaskEstimate, units: Units) -> tuple[str, str, str]:
    """Return low, likely and high as they are typed."""
    values = (estimate.low, estimate.likely, estimate.high)
    if estimate.relative:
        low, likely, high = (f"{Decimal(str(round(each, 4))).normalize():f}%" for each in values)
    else:
        low, likely, high = (duration_text(round(each), "d", units) for each in values)
    return low, likely, high


@transaction.atomic
def estimates_save(
    *, plan: Plan, rows: Mapping[int, tuple[str, str, str]], shapes: Mapping[int, str], actor: Actor
) -> list[Change]:
    """Write estimates as typed, by task: three texts, all empty to have none. All or nothing, one undoable batch.

    Raises EstimateRefused with what is wrong, by task; AccessDenied.
    """
    plan = _planning(plan.pk, actor)
    units = units_of(plan)
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    known = {each.task_id: each for each in TaskEstimate.objects.filter(plan=plan, task__in=rows)}
    tasks = {each.pk: each for each in Task.objects.filter(plan=plan, pk__in=rows, is_summary=False)}
    errors: dict[int, str] = {}
    written: list[TaskEstimate] = []
    gone: list[TaskEstimate] = []
    for key, texts in rows.items():
        record, task = known.get(key), tasks.get(key)
        if task is None:
            errors[key] = _("This task is not in the plan any more.")
        elif not any(text.strip() for text in texts):
            gone += [record] if record is not None else []
        else:
            record = record or TaskEstimate(plan=plan, task=task)
            record.task = task
            shape = shapes.get(key, "")
            record.shape = shape if shape in Shape.values else record.shape
            try:
                record.relative, (record.low, record.likely, record.high) = estimated(texts, units)
                record.clean_fields(exclude=("plan", "task"))
                record.clean()
            except TextError as error:
                errors[key] = str(error)
            except ValidationError as error:
                errors[key] = " ".join(error.messages)
            written.append(record)
    if errors:
        raise EstimateRefused(errors)
    return [*records.delete_many(gone, actor=actor), *records.save_many(written, actor=actor)]


@transaction.atomic
def estimates_spread(*, plan: Plan, low: float, high: float, which: str, shape: str, actor: Actor) -> list[Change]:
    """Give many tasks an estimate from `low` to `high` percent about the plan, such as -10 to 25; one batch.

    `which`: tasks without an estimate, critical ones, or all with work left. Raises ValidationError, AccessDenied.
    """
    plan = _planning(plan.pk, actor)
    if not -100 <= low <= 0 <= high <= 1000:
        raise ValidationError(_("Give both: −100 to 0 %, and 0 to 1,000 %."))
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    rows = open_tasks(plan)
    if which == CRITICAL:
        rows = [each for each in rows if each.critical]
    known = {each.task_id: each for each in TaskEstimate.objects.filter(plan=plan)}
    if which not in (CRITICAL, EVERY):
        rows = [each for each in rows if each.pk not in known]
    written = []
    for task in rows:
        record = known.get(task.pk) or TaskEstimate(plan=plan, task=task)
        record.task, record.shape, record.relative = task, shape if shape in Shape.values else Shape.TRIANGULAR, True
        record.low, record.likely, record.high = 100.0 + low, 100.0, 100.0 + high
        written.append(record)
    return records.save_many(written, actor=actor)


def estimates_from_file(*, tasks: Iterable[Task], actor: Actor) -> list[Change]:
    """Turn the ranges that a workbook of ProTrack gave tasks, in percent of their duration, into estimates.

    Those that make no sense, and those that say the plan itself, are left where they came from.
    """
    written = []
    for task in tasks:
        told = (task.more.get("extra") or {}).get("Risk") or {}
        ends = [_share(told.get(name)) for name in ("optimistic", "most_probable", "pessimistic")]
        low, likely, high = (*ends, None, None, None)[:3]
        if low is None or likely is None or high is None or not 0 <= low <= likely <= high or low == high == 100:
            continue
        word = str(told.get("distribution", "")).lower()
        shape = next((shape for name, shape in NAMED.items() if name in word), Shape.TRIANGULAR)
        written.append(
            TaskEstimate(plan=task.plan, task=task, shape=shape, relative=True, low=low, likely=likely, high=high)
        )
    return records.save_many(written, actor=actor)


def _share(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def risk_fields(plan: Plan, typed: Mapping[str, str], *, money: bool) -> dict[str, Any]:
    """Return the fields of a risk as typed; without `money` the amounts stay. Raises ValidationError by field."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {name: " ".join(typed.get(name, "").split()) for name in ("name", "response")}
    units = units_of(plan)
    for name in ("probability", "probability_after"):
        text = typed.get(name, "").strip().removesuffix("%").strip()
        try:
            found[name] = float(decimal(text)) if text else None if name.endswith("after") else 0.0
        except InvalidOperation:
            errors[name] = _("“%(text)s” is no number.") % {"text": text}
    for name in ("delay_low", "delay_likely", "delay_high", "delay_after"):
        text = typed.get(name, "").strip()
        try:
            found[name] = parse_duration(text, units).minutes if text else None if name.endswith("after") else 0
        except TextError as error:
            errors[name] = str(error)
    for name in ("cost_low", "cost_likely", "cost_high", "response_cost") if money else ():
        try:
            found[name] = Decimal(parse_amount(typed.get(name, "")) or 0)
        except ValueError:
            errors[name] = _("“%(text)s” is no amount.") % {"text": typed.get(name, "")}
    try:
        found["tasks"] = numbered(plan, typed.get("tasks", ""))
    except ValidationError as error:
        errors["tasks"] = " ".join(error.messages)
    if errors:
        raise ValidationError(errors)
    for name in ("delay", "cost"):
        likely = found.get(f"{name}_likely", 0)
        if likely and not found[f"{name}_low"] and not found[f"{name}_high"]:
            found[f"{name}_low"] = found[f"{name}_high"] = likely
    return found


def numbered(plan: Plan, text: str) -> list[int]:
    """Return the ids of tasks by the numbers of their rows, such as "3, 7-9". Raises ValidationError."""
    order = list(Task.objects.filter(plan=plan).order_by("position", "pk").values_list("pk", "is_summary", "name"))
    found: list[int] = []
    for part in filter(None, (each.strip() for each in text.replace(";", ",").replace("–", "-").split(","))):
        first, _mark, last = part.partition("-")
        if not (first.strip().isdecimal() and (last or first).strip().isdecimal() and len(part) < 15):
            raise ValidationError(_("“%(text)s” is no row. Write rows as 3, 7-9.") % {"text": part})
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= len(order):
            raise ValidationError(_("There is no row %(row)s.") % {"row": part})
        for key, summary, name in order[low - 1 : high]:
            if summary and low == high:
                raise ValidationError(_("“%(name)s” is a summary: name its tasks.") % {"name": name})
            if not summary and key not in found:
                found.append(key)
    return found


@transaction.atomic
def risk_save(*, plan: Plan, typed: Mapping[str, str], actor: Actor, money: bool, key: int | None = None) -> PlanRisk:
    """Note a risk of a plan, or change one. Raises ValidationError by field, AccessDenied."""
    plan = _planning(plan.pk, actor)
    record = PlanRisk(plan=plan) if key is None else PlanRisk.objects.filter(plan=plan, pk=key).first()
    if record is None:
        raise ValidationError(_("This risk has been removed meanwhile."))
    for name, value in risk_fields(plan, typed, money=money).items():
        setattr(record, name, value)
    record.plan = plan
    records.save(record, actor=actor)
    return record


@transaction.atomic
def risk_remove(*, plan: Plan, key: int, actor: Actor) -> None:
    """Remove a risk of a plan; Undo brings it back."""
    plan = _planning(plan.pk, actor)
    record = PlanRisk.objects.filter(plan=plan, pk=key).first()
    if record is not None:
        records.delete(record, actor=actor)


def unknowns_copied(plan: Plan, made: Plan, tasks: Mapping[int, int], actor: Actor) -> None:
    """Take the estimates and risks of a plan over into its copy; `tasks` gives the new id of each task."""
    estimates = list(TaskEstimate.objects.filter(plan=plan))
    risks = list(PlanRisk.objects.filter(plan=plan).order_by("pk"))
    for record in (*estimates, *risks):
        record.pk, record._state.adding, record.version = None, True, 1
    for estimate in estimates:
        estimate.plan, estimate.task_id = made, tasks[estimate.task_id]
    for risk in risks:
        risk.plan = made
        risk.tasks = [tasks[key] for key in risk.tasks if key in tasks]
    records.save_many(estimates, actor=actor)
    records.save_many(risks, actor=actor)
