"""Initiatives that something is wrong with, found in a few queries whatever their number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.portfolio.choices import ENDED, MANAGERS, SPONSOR, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import LEADING, manager_role
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.clock import end_of


@dataclass(frozen=True)
class Led:
    """An initiative with the user before whom its trouble is brought: the manager's, else the sponsor's, else none."""

    record: Initiative
    owner: User | None


def _narrowed(rows: QuerySet[Initiative], ids: Iterable[int] | None) -> QuerySet[Initiative]:
    return rows if ids is None else rows.filter(pk__in=set(ids))


def led(rows: Iterable[Initiative], on: dt.date) -> list[Led]:
    """Return initiatives with who answers for them on a day, in one query more; who has left answers for nothing."""
    known = list(rows)
    answering: dict[int, dict[str, User]] = {}
    assigned = held(on).filter(scope__in=[record.scope_id for record in known], role__code__in=LEADING)
    assigned = assigned.filter(Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=on), person__user__isnull=False)
    for row in assigned.select_related("person__user", "role").order_by("starts_on", "pk"):
        if row.person.user is not None:
            answering.setdefault(row.scope_id, {}).setdefault(row.role.code, row.person.user)
    found = []
    for record in known:
        users = answering.get(record.scope_id, {})
        found.append(Led(record, users.get(manager_role(record)) or users.get(SPONSOR)))
    return found


def without_sponsor(on: dt.date, ids: Iterable[int] | None = None) -> list[Led]:
    """Return the active initiatives whose sponsor nobody is on a day."""
    return _lacking(dict.fromkeys(MANAGERS, SPONSOR), on, ids)


def without_manager(on: dt.date, ids: Iterable[int] | None = None) -> list[Led]:
    """Return the active initiatives that nobody manages on a day, by the role that manages their kind."""
    return _lacking(MANAGERS, on, ids)


def _lacking(role_of_kind: Mapping[str, str], on: dt.date, ids: Iterable[int] | None) -> list[Led]:
    missing: Q = Q(pk__in=())
    for kind, code in role_of_kind.items():
        holding = held(on).select_related(None).filter(scope=OuterRef("scope"), role__code=code)
        missing |= Q(Q(kind=kind), ~Exists(holding))
    return led(_narrowed(Initiative.objects.filter(state=State.ACTIVE), ids).filter(missing), on)


def without_dates(ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the active or held initiatives that lack a planned start or finish."""
    rows = Initiative.objects.filter(state__in=(State.ACTIVE, State.ON_HOLD))
    return _narrowed(rows.filter(Q(planned_start__isnull=True) | Q(planned_finish__isnull=True)), ids)


def past_finish(on: dt.date, ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the active initiatives whose planned finish lies before a day."""
    return _narrowed(Initiative.objects.filter(state=State.ACTIVE, planned_finish__lt=on), ids)


def outside_parent(ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the open initiatives planned to start before, or finish after, what they are part of."""
    before = Q(planned_start__lt=F("parent__planned_start"))
    after = Q(planned_finish__gt=F("parent__planned_finish"))
    rows = Initiative.objects.exclude(state__in=ENDED).filter(before | after)
    return _narrowed(rows.select_related("parent"), ids)


def below_ended(ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the open initiatives that are part of a completed or cancelled one."""
    rows = Initiative.objects.exclude(state__in=ENDED).filter(parent__state__in=ENDED)
    return _narrowed(rows.select_related("parent"), ids)


def hold_past_review(on: dt.date, ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the initiatives on hold whose day of review has passed."""
    return _narrowed(Initiative.objects.filter(state=State.ON_HOLD, review_on__lt=on), ids)


def untouched(on: dt.date, days: int, ids: Iterable[int] | None = None) -> QuerySet[Initiative]:
    """Return the active initiatives that nothing has been changed of for some days before a day."""
    since = end_of(on - dt.timedelta(days=days))
    return _narrowed(Initiative.objects.filter(state=State.ACTIVE, updated_at__lte=since), ids)
