"""Service levels fed by plans and obligations: each case becomes one service record, however often one looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from quarterdeck.apps.suppliers.choices import Source
from quarterdeck.apps.suppliers.models import ServiceLevel, ServiceRecord
from quarterdeck.apps.suppliers.selectors.feeding import due_obligations, due_tasks
from quarterdeck.apps.suppliers.services.levels import record_save
from quarterdeck.engine.calendar import zoned
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Time before its day from which an obligation counts as asked for.
LEAD: Final = dt.timedelta(days=30)


@transaction.atomic
def level_feed(*, level: ServiceLevel, actor: Actor) -> int:
    """Bring the service records of a level in line with the tasks or obligations that feed it; return how many changed.

    A case is taken up when it is done or its day has passed. One that is no case any more, such as a waived obligation,
    goes again.
    """
    if level.source == Source.RECORDS:
        return 0
    known = {row.reference: row for row in ServiceRecord.objects.filter(level=level).exclude(source=Source.RECORDS)}
    written = 0
    for reference, values in _cases(level, actor):
        record = known.pop(reference, None) or ServiceRecord(level=level, reference=reference, source=level.source)
        if all(getattr(record, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(record, name, value)
        written += record_save(record, actor=actor) is not None
    for gone in known.values():
        records.delete(gone, actor=actor)
    return written + len(known)


def _cases(level: ServiceLevel, actor: Actor) -> Iterator[tuple[str, dict[str, Any]]]:
    return _of_tasks(level, actor) if level.source == Source.TASKS else _of_obligations(level, actor)


def _of_tasks(level: ServiceLevel, actor: Actor) -> Iterator[tuple[str, dict[str, Any]]]:
    zone = timezone.get_default_timezone()
    for due in due_tasks(level, actor.now):
        ended = None if due.finished is None else zoned(due.finished, zone)
        starts = [at for at in (due.started, due.finished, due.due) if at is not None]
        yield (
            f"T-{due.task}",
            {
                "subject": due.name[:300],
                "initiative_id": due.initiative,
                "task_id": due.task,
                "started_at": zoned(min(starts), zone),
                "promised_at": zoned(due.due, zone),
                "ended_at": ended,
            },
        )


def _of_obligations(level: ServiceLevel, actor: Actor) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in due_obligations(level, actor.today):
        promised = _at(row.due_on, dt.time(23, 59))
        ended = None if row.met_on is None else _at(row.met_on, dt.time(12))
        started = promised - LEAD
        yield (
            row.code,
            {
                "subject": row.title,
                "initiative_id": row.initiative_id,
                "obligation_id": row.pk,
                "started_at": started if ended is None else min(started, ended),
                "promised_at": promised,
                "ended_at": ended,
            },
        )


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
