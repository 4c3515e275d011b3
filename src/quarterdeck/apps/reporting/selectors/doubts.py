"""What the last assessments found that someone has to answer for; each in three queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max

from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.apps.reporting.choices import Dimension, Input
from quarterdeck.apps.reporting.models import ManagerCall, Snapshot
from quarterdeck.apps.reporting.selectors.snapshots import latest
from quarterdeck.kernel.access.models import User

#: Days after which a call that has run out is not asked after any more.
FORGOTTEN: Final = 30


@dataclass(frozen=True)
class Found:
    """An initiative with a figure beyond its limit, and who answers for it."""

    record: Initiative
    owner: User | None
    value: float = 0.0
    limit: float = 0.0


def _assessed(on: dt.date, ids: Iterable[int] | None) -> list[tuple[Found, Snapshot]]:
    rows = Initiative.objects.filter(kind=Kind.PROJECT, state=State.ACTIVE).select_related("scope")
    known = latest(rows.values_list("pk", flat=True) if ids is None else ids, on)
    projects = list(rows.filter(pk__in=known))
    return [(Found(one.record, one.owner), known[one.record.pk]) for one in led(projects, on)]


def _rule(snapshot: Snapshot, name: str) -> dict[str, Any] | None:
    for told in snapshot.facts.values():
        if isinstance(told, dict):
            for rule in told.get("rules", ()):
                if rule["input"] == name:
                    found: dict[str, Any] = rule
                    return found
    return None


def beyond(name: str, on: dt.date, ids: Iterable[int] | None = None) -> Iterator[Found]:
    """Yield the active projects of which a figure lies beyond its red limit, which is the tolerance where agreed."""
    for one, snapshot in _assessed(on, ids):
        rule = _rule(snapshot, name)
        if rule is not None and rule["colour"] == "red":
            yield Found(one.record, one.owner, rule["value"], rule["red"])


def inaccurate(on: dt.date, ids: Iterable[int] | None = None) -> Iterator[Found]:
    """Yield the active projects of which too few facts are in order."""
    for one, snapshot in _assessed(on, ids):
        rule = _rule(snapshot, Input.ACCURACY)
        if rule is not None and snapshot.colours.get(Dimension.DATA) in ("amber", "red"):
            yield Found(one.record, one.owner, rule["value"], rule["amber"])


def signed(on: dt.date, ids: Iterable[int] | None = None) -> Iterator[tuple[Found, dict[str, Any]]]:
    """Yield the active projects with each of their honesty signs."""
    for one, snapshot in _assessed(on, ids):
        for sign in snapshot.signs:
            yield one, sign


def expired(on: dt.date, ids: Iterable[int] | None = None) -> Iterator[tuple[Found, dt.date]]:
    """Yield the active initiatives whose last call ran out in the last weeks, with its last day."""
    rows = ManagerCall.objects.filter(initiative__state=State.ACTIVE)
    if ids is not None:
        rows = rows.filter(initiative__in=set(ids))
    last = dict(rows.order_by().values_list("initiative").annotate(last=Max("expires_on")))
    gone = {pk: day for pk, day in last.items() if on - dt.timedelta(days=FORGOTTEN) <= day < on}
    for one in led(Initiative.objects.filter(pk__in=gone).select_related("scope"), on):
        yield Found(one.record, one.owner), gone[one.record.pk]
