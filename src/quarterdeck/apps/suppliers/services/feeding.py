"""Service levels fed by plans and obligations: each case becomes one service record, however often one looks."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from quarterdeck.apps.suppliers.choices import Source
from quarterdeck.apps.suppliers.models import ServiceLevel, ServiceRecord
from quarterdeck.apps.suppliers.selectors.feeding import (
    DueTask,
    copies_of,
    due_obligations,
    due_tasks,
    task_reference,
)
from quarterdeck.apps.suppliers.services.levels import record_save
from quarterdeck.engine.calendar import zoned
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Time before its day from which an obligation counts as asked for.
LEAD: Final = dt.timedelta(days=30)
#: The reference of a case, and what its record holds.
Values = tuple[str, dict[str, Any]]


@transaction.atomic
def level_feed(*, level: ServiceLevel, actor: Actor) -> int:
    """Bring the service records of a level in line with the tasks or obligations that feed it; return how many changed.

    A case is taken up when it is done or its day has passed. One that is no case any more, such as a waived obligation
    or a task whose end was taken back, goes again. What was decided stays where its task has left the plan.
    """
    if level.source == Source.RECORDS:
        return 0
    rows = ServiceRecord.objects.filter(level=level).exclude(source=Source.RECORDS).select_related("task__plan")
    known = {_named(row): row for row in rows}
    cases, gone = _of_tasks(level, known, actor) if level.source == Source.TASKS else _of_obligations(level, actor)
    written = 0
    for reference, values in cases:
        record = known.pop(reference, None) or ServiceRecord(level=level, source=level.source)
        values["reference"] = reference
        if all(getattr(record, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(record, name, value)
        written += record_save(record, actor=actor) is not None
    removed = [row for reference, row in known.items() if gone is None or reference in gone or not _decided(row, actor)]
    for row in removed:
        records.delete(row, actor=actor)
    return written + len(removed)


def _decided(row: ServiceRecord, actor: Actor) -> bool:
    return row.kept is not None or (row.breaks_at is not None and row.breaks_at < actor.now)


def _named(row: ServiceRecord) -> str:
    """Return the reference of a record; one named by the key of its task, as they once were, by that task's."""
    if row.task is not None and row.reference == f"T-{row.task_id}":
        return task_reference(row.task)
    return row.reference


def _of_tasks(level: ServiceLevel, known: dict[str, ServiceRecord], actor: Actor) -> tuple[list[Values], set[str]]:
    """Return the cases, and the references of what is no case any more."""
    zone = timezone.get_default_timezone()
    fed = due_tasks(level, actor.now)
    cases = []
    for due in fed.cases:
        assert due.due is not None
        ended = None if due.finished is None else zoned(due.finished, zone)
        starts = [at for at in (due.started, due.finished, due.due) if at is not None]
        values = {
            "subject": due.name[:300],
            "initiative_id": due.initiative,
            "task_id": due.task,
            "started_at": zoned(min(starts), zone),
            "promised_at": zoned(due.due, zone),
            "ended_at": ended,
        }
        cases.append((_reference(due, known), values))
    return cases, {_reference(due, known) for due in fed.others}


def _reference(due: DueTask, known: dict[str, ServiceRecord]) -> str:
    """Return the reference of a task: of one that another plan numbers alike, and is no copy of, one of its own."""
    row = known.get(due.reference)
    if row is None or row.task is None or row.subject == due.name[:300] or due.alike & copies_of(row.task.plan):
        return due.reference
    return f"{due.reference}-{due.plan}"


def _of_obligations(level: ServiceLevel, actor: Actor) -> tuple[list[Values], None]:
    """Return the cases; whatever else there is goes."""
    cases: list[Values] = []
    for row in due_obligations(level, actor.today):
        promised = _at(row.due_on, dt.time(23, 59))
        ended = None if row.met_on is None else _at(row.met_on, dt.time(12))
        started = promised - LEAD
        values = {
            "subject": row.title,
            "initiative_id": row.initiative_id,
            "obligation_id": row.pk,
            "started_at": started if ended is None else min(started, ended),
            "promised_at": promised,
            "ended_at": ended,
        }
        cases.append((row.code, values))
    return cases, None


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
