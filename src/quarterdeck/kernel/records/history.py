"""The past: any record, and any register, as it was known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TypeVar

from django.db.models import QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Change, Record
from quarterdeck.kernel.audit.states import State
from quarterdeck.kernel.records.past import Past

R = TypeVar("R", bound=Record)


def history_of(record: Record) -> QuerySet[Change]:
    """Return the changes of a record, latest first. The caller has checked that the actor may see the record."""
    return Change.objects.filter(record_type=record_type(record), record_id=record.pk)


def state_as_of(model: type[Record], pk: int, moment: dt.datetime) -> State | None:
    """Return the whole state of one record as known at a moment, or None when it did not exist then."""
    last = Change.objects.filter(record_type=record_type(model), record_id=pk, at__lte=moment).order_by("-id").first()
    return last.state if last else None


def as_of(
    model: type[R],
    moment: dt.datetime,
    *,
    actor: Actor,
    related: Iterable[str] = (),
    pks: Collection[int] | None = None,
) -> list[R]:
    """Return the records of a model that existed at a moment, as known then, that the actor may see today.

    Rights are today's, applied to the node that governed the record then. `related` names the foreign keys to fill
    with the related records, themselves as of that moment; a few queries, whatever the number of rows.
    """
    return Past(model, moment, actor=actor).records(related, pks)
