"""Service levels, the records by which they are judged, and excused time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.selectors import WorkingTime
from quarterdeck.apps.suppliers.choices import LEVEL
from quarterdeck.apps.suppliers.models import BreachCase, ServiceLevel, ServicePause, ServiceRecord
from quarterdeck.apps.suppliers.selectors.clocks import calendar_of, reckon, spelled
from quarterdeck.apps.suppliers.selectors.windows import decided
from quarterdeck.apps.suppliers.services.numbering import code_for
from quarterdeck.engine.calendar import WorkCalendar
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.codes import next_code, next_codes

#: What of a level its clocks depend on.
_CLOCK = ("allowance", "unit", "calendar_id")
#: What of a level its judgements depend on.
_RULES = (*_CLOCK, "target", "window", "source", "starts_on", "contract_id")


@transaction.atomic
def level_save(record: ServiceLevel, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a service level; a new allowance holds for the cases that run.

    Once it has judged, what it promises stays: the past would be judged by other rules than were in force. What feeds
    it stays from its first record on.
    """
    record.code = code_for(record.code, LEVEL)
    before = ServiceLevel.objects.filter(pk=record.pk).values(*_RULES).first() if record.pk else None
    changed = [name for name in _RULES if before is not None and before[name] != getattr(record, name)]
    if changed and _has_judged(record, actor):
        told = _("Cases were judged by it already. Take it out of use and enter a new one from a day on.")
        raise ValidationError({name.removesuffix("_id"): told for name in changed})
    if "source" in changed and ServiceRecord.objects.filter(level=record).exists():
        raise ValidationError({"source": _("It has service records. Take it out of use and enter a new one.")})
    change = records.save(record, actor=actor, note=note)
    if any(name in _CLOCK for name in changed):
        rows = list(ServiceRecord.objects.filter(level=record, kept__isnull=True).prefetch_related("pauses"))
        known = calendar_of(record)
        for row in rows:
            _reckoned(row, row.pauses.all(), known, record)
        records.save_many(rows, actor=actor, note=_("By the changed service level"))
    return change


def _has_judged(level: ServiceLevel, actor: Actor) -> bool:
    rows = ServiceRecord.objects.filter(level=level.pk)
    return BreachCase.objects.filter(level=level.pk).exists() or decided(rows, actor.now).exists()


@transaction.atomic
def record_save(record: ServiceRecord, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a service record, and reckon its clock."""
    record.reference = record.reference.strip() or next_code("SR")
    pauses = list(ServicePause.objects.filter(record=record)) if record.pk else []
    _reckoned(record, pauses, calendar_of(record.level), record.level)
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def records_save(rows: Sequence[ServiceRecord], *, actor: Actor, note: str = "") -> list[Change]:
    """Create or change many service records; each calendar is read once. Raises BulkRefused with the row."""
    fresh = iter(next_codes("SR", sum(not row.reference.strip() for row in rows)))
    pauses: dict[int, list[ServicePause]] = defaultdict(list)
    for pause in ServicePause.objects.filter(record__in=[row.pk for row in rows if row.pk]):
        pauses[pause.record_id].append(pause)
    by_level: dict[int, list[ServiceRecord]] = defaultdict(list)
    for row in rows:
        row.reference = row.reference.strip() or next(fresh)
        if row.level_id and getattr(row, "started_at", None) is not None:
            by_level[row.level_id].append(row)
    for same in by_level.values():
        level = same[0].level
        known = calendar_of(level)
        starts = [row.started_at for row in same]
        ends = [pause.ends_at for row in same for pause in pauses[row.pk or 0] if pause.ends_at is not None]
        calendar = spelled(level, known, min(starts), max([*starts, *ends]))
        for row in same:
            row.level = level
            _reckoned(row, pauses[row.pk or 0], known, level, calendar)
    return records.save_many(rows, actor=actor, note=note)


def record_end(
    *,
    record: ServiceRecord,
    actor: Actor,
    ended_at: dt.datetime | None = None,
    in_full: bool | None = None,
    right_first_time: bool | None = None,
) -> None:
    """Note that a case is done, and how well."""
    if record.ended_at is not None:
        raise ValidationError(_("It is done already."))
    moment = ended_at or actor.now
    if moment > actor.now:
        raise ValidationError({"ended_at": _("Choose a time that is not to come.")})
    record.ended_at, record.in_full, record.right_first_time = moment, in_full, right_first_time
    record_save(record, actor=actor)


@transaction.atomic
def pause_save(record: ServicePause, *, actor: Actor, note: str = "") -> Change | None:
    """Excuse a time of a case; its clock is reckoned anew."""
    change = records.save(record, actor=actor, note=note)
    record_save(ServiceRecord.objects.get(pk=record.record_id), actor=actor, note=record.reason)
    return change


@transaction.atomic
def pause_remove(record: ServicePause, *, actor: Actor, note: str = "") -> Change:
    """Take an excused time back; the clock of its case is reckoned anew."""
    case = record.record_id
    change = records.delete(record, actor=actor, note=note)
    record_save(ServiceRecord.objects.get(pk=case), actor=actor, note=note)
    return change


def _reckoned(
    record: ServiceRecord,
    pauses: Iterable[ServicePause],
    known: WorkingTime | None,
    level: ServiceLevel,
    calendar: WorkCalendar | None = None,
) -> None:
    if getattr(record, "started_at", None) is None:
        return  # the check of the fields says so
    found = reckon(record, pauses, known, level, calendar)
    record.due_at, record.breaks_at = found.due_at, found.breaks_at
    record.kept, record.decided_on = found.kept, found.decided_on
