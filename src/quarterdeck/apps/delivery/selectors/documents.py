"""A stored plan as a document: what writers of files are given."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from quarterdeck.apps.delivery.choices import TaskKind
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentBaseline,
    DocumentCalendar,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    PlanDocument,
    Stored,
)
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanResource, Task, TaskAssignment
from quarterdeck.apps.delivery.selectors import mapping, promises
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.solving import Solved, calendar_of, solved
from quarterdeck.engine.cpm import NONE


def document_of(plan: Plan, *, money: bool = True) -> PlanDocument:
    """Return a plan as a document, with its dates as they follow today; without `money`, no amounts.

    Raises EngineError for a plan that cannot be scheduled.
    """
    now = solved(held(plan))
    records = {each.pk: each for each in Task.objects.filter(plan=plan)}
    uid_of = {key: each.uid for key, each in records.items()}
    line = plan.source.get("line")
    top = None if line is None else line["id"]
    tasks = _tasks(plan, now, records, top, money)
    if line is not None:
        tasks = (msgspec.convert(line, DocumentTask), *tasks)
    resources, assignments = _people(plan, uid_of, money)
    said = {
        name: plan.source[name] for name in ("title", "author", "extra", "fields", "periods") if name in plan.source
    }
    if any(promises.IN_FILES in task.custom for task in tasks):
        own = {"of": "task", "name": promises.IN_FILES, "field": "", "type": "text"}
        known = said.get("fields", [])
        said["fields"] = known if any(each["name"] == own["name"] for each in known) else [*known, own]
    names = Baseline.objects.filter(plan=plan).values_list("number", "name")
    found = {
        **said,
        "name": plan.name,
        "program": plan.source.get("program", "Quarterdeck"),
        "kind": plan.source.get("kind", ""),
        "dialect": plan.dialect,
        "currency": plan.currency,
        "start": plan.start,
        "finish": plan.finish if plan.from_finish else None if now.schedule is None else now.schedule.project_finish,
        "from_finish": plan.from_finish,
        "must_finish_by": None if plan.from_finish else plan.finish,
        "status": plan.status,
        "calendar": plan.calendar_uid,
        "minutes_per_day": plan.minutes_per_day,
        "minutes_per_week": plan.minutes_per_week,
        "days_per_month": plan.days_per_month,
        "options": plan.options,
        "baseline_names": dict(names),
    }
    return msgspec.structs.replace(
        msgspec.convert(found, PlanDocument),
        calendars=tuple(msgspec.convert(definition, DocumentCalendar) for _pk, _uid, definition in now.held.written),
        tasks=tasks,
        links=_links(now, uid_of),
        resources=resources,
        assignments=assignments,
    )


def _tasks(plan: Plan, now: Solved, records: dict[int, Task], top: int | None, money: bool) -> tuple[DocumentTask, ...]:
    """Return the lines in outline order, with what follows of each."""
    keys, parents = now.held.rows["pk"], now.held.rows["parent_id"]
    numbers = mapping.outline_numbers(parents, keys)
    baselines = _baselines(plan, money)
    dates = {name: now.found[name].tolist() for name in ("start", "finish", "total_float", "free_float")}
    dates |= {name: now.found[name].tolist() for name in ("early_start", "early_finish", "late_start", "late_finish")}
    critical = now.found["critical"].tolist()
    found = []
    for row, (key, parent) in enumerate(zip(keys, parents, strict=True)):
        record = records[key]
        values: dict[str, Any] = {name: getattr(record, name) for name in mapping.TASK_SAME}
        stored = {name: None if column[row] == NONE else column[row] for name, column in dates.items()}
        summary = bool(now.found["is_summary"][row])
        span = int(now.found["span"][row])
        values |= {
            "id": record.uid,
            "name": "" if record.more.get("unnamed") else record.name,
            "parent": top if parent is None else records[parent].uid,
            "row": row + 1,
            "wbs": record.wbs or numbers[row],
            "kind": TaskKind.SUMMARY.value if summary else record.kind,
            "duration": record.duration if not summary else 0 if span == NONE else span,
            "manual": record.manual and not record.more.get("external"),
            "calendar": record.calendar_uid,
            "constraint_is_soft": record.constraint_soft,
            "priority": record.priority,
            "levelling_delay": record.delay,
            "percent_complete": float(now.found["done"][row]),
            "stored": Stored(critical=critical[row], **stored),
            "baselines": tuple(baselines.get(key, ())),
        }
        if money:
            values |= {name: format(getattr(record, name), "f") for name in ("fixed_cost", "cost", "actual_cost")}
        if record.splits and stored["start"] is not None and stored["finish"] is not None:
            pieces = mapping.parts_of(record.splits, stored["start"], stored["finish"], calendar_of(now.held, row))
            values["parts"] = tuple(pieces)
        if level := promises.of_task(record).text:
            values["custom"] = {**record.more.get("custom", {}), promises.IN_FILES: level}
        found.append(mapping.document_task(values, record.more))
    return tuple(found)


def _baselines(plan: Plan, money: bool) -> dict[int, list[DocumentBaseline]]:
    found: dict[int, list[DocumentBaseline]] = defaultdict(list)
    for base in Baseline.objects.filter(plan=plan).order_by("number"):
        figures = base.figures
        costs = base.costs if money and base.costs else [None] * len(figures.get("task", ()))
        names = ("task", "start", "finish", "duration", "work")
        for key, start, finish, duration, work, cost in zip(*(figures.get(n, ()) for n in names), costs, strict=True):
            found[key].append(
                DocumentBaseline(
                    number=base.number, start=start, finish=finish, duration=duration, work=work, cost=cost
                )
            )
    return found


def _links(now: Solved, uid_of: dict[int, int]) -> tuple[DocumentLink, ...]:
    told = now.held.links
    names = ("predecessor_id", "successor_id", *mapping.LINK_SAME)
    return tuple(
        DocumentLink(
            predecessor=uid_of[before],
            successor=uid_of[after],
            kind=kind,
            lag=lag,
            unit=unit,
            calendar=on,
            lag_unit=typed,
        )
        for before, after, kind, lag, unit, on, typed in zip(*(told[name] for name in names), strict=True)
    )


def _people(
    plan: Plan, uid_of: dict[int, int], money: bool
) -> tuple[tuple[DocumentResource, ...], tuple[DocumentAssignment, ...]]:
    """Return resources and assignments."""
    resources = list(PlanResource.objects.filter(plan=plan).order_by("uid"))
    number = {each.pk: each.uid for each in resources}
    made = []
    for each in resources:
        said = {name: value for name, value in each.more.items() if name in mapping.RESOURCE_MORE}
        values = {
            "id": each.uid,
            "name": "" if each.more.get("unnamed") else each.name,
            "kind": each.kind,
            "code": each.code,
            "calendar": each.calendar_uid,
            "max_units": each.max_units,
            "unit": each.unit,
            "rates": each.rates if money else [],
        }
        made.append(msgspec.convert({**said, **values}, DocumentResource))
    assigned = []
    for held_ in TaskAssignment.objects.filter(plan=plan).order_by("uid", "pk"):
        said = {name: value for name, value in held_.more.items() if name in mapping.ASSIGNMENT_MORE}
        values = {name: getattr(held_, name) for name in mapping.ASSIGNMENT_SAME}
        values |= {
            "id": held_.uid,
            "task": uid_of[held_.task_id],
            "resource": None if held_.resource_id is None else number[held_.resource_id],
        }
        if money:
            values |= {name: format(getattr(held_, name), "f") for name in ("cost", "actual_cost")}
        assigned.append(msgspec.convert({**said, **values}, DocumentAssignment))
    return tuple(made), tuple(assigned)
