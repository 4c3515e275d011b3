"""Deliverables that are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from quarterdeck.apps.delivery.choices import DeliverableState
from quarterdeck.apps.delivery.models import Deliverable
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.kernel.access.models import User


def late(on: dt.date, ids: Iterable[int] | None = None) -> list[tuple[Deliverable, User | None]]:
    """Return the deliverables past their due date and not accepted, each with who moves it on: who is to accept what
    was submitted, else who answers for the project.
    """
    rows = Deliverable.objects.exclude(state=DeliverableState.ACCEPTED).filter(milestone__finishes_on__lt=on)
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    found = list(rows.select_related("initiative__scope", "milestone", "acceptor__user"))
    owners = {
        one.record.pk: one.owner for one in led({row.initiative_id: row.initiative for row in found}.values(), on)
    }
    return [(row, _mover(row) or owners.get(row.initiative_id)) for row in found]


def _mover(row: Deliverable) -> User | None:
    waits = row.state == DeliverableState.SUBMITTED and row.acceptor is not None
    return row.acceptor.user if waits and row.acceptor is not None else None
