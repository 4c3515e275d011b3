"""Which initiatives are assessed, and which nodes stand above them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.apps import apps
from django.db.models import Q, QuerySet

from quarterdeck.apps.portfolio.choices import ENDED, Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import ManagerCall, Snapshot
from quarterdeck.kernel.access.actor import LEVEL, shortest
from quarterdeck.kernel.access.policy import below

#: States in which a project has something to be assessed.
UNDER_WAY = (State.ACTIVE, State.ON_HOLD)
#: Who leads an initiative is told by roles given at its node.
ASSIGNMENT = "people.roleassignment"


def initiatives(ids: Iterable[int]) -> list[Initiative]:
    """Return initiatives by their ids with what an assessment reads of them; one query."""
    return list(_full().filter(pk__in=set(ids)))


def to_assess() -> list[int]:
    """Return the ids of projects under way, and of those that have ended since they were last seen under way."""
    projects = Initiative.objects.filter(kind=Kind.PROJECT)
    now = set(projects.filter(state__in=UNDER_WAY).values_list("pk", flat=True))
    newest: dict[int, str] = {}
    seen = Snapshot.objects.filter(initiative__in=projects.filter(state__in=ENDED).values("pk")).order_by("on")
    for pk, state in seen.values_list("initiative", "state"):
        newest[pk] = state
    return sorted(now | {pk for pk, state in newest.items() if state in UNDER_WAY})


def nodes(ids: Collection[int] | None = None) -> list[Initiative]:
    """Return programmes and portfolios that are open: those at and above some initiatives, or all; two queries."""
    rows = _full().exclude(kind=Kind.PROJECT).exclude(state__in=ENDED)
    if ids is None:
        return list(rows)
    found: set[str] = set()
    for path in Initiative.objects.filter(pk__in=ids).values_list("scope__path", flat=True):
        found |= {path[:end] for end in range(LEVEL, len(path) + 1, LEVEL)}
    return list(rows.filter(scope__path__in=found))


def parts_of(above: Collection[Initiative]) -> dict[int, str]:
    """Return the paths of the projects below some nodes by the project's id; one query."""
    top = shortest(node.scope.path for node in above)
    if not top:
        return {}
    rows = Initiative.objects.filter(below(top, "scope__"), kind=Kind.PROJECT)
    return dict(rows.values_list("pk", "scope__path"))


def calls_in_force(ids: Iterable[int], on: dt.date, now: dt.datetime) -> dict[int, ManagerCall]:
    """Return the latest manager's call of each initiative that stands on a day, as known at a moment; one query."""
    rows = ManagerCall.objects.filter(Q(created_at__isnull=True) | Q(created_at__lte=now), expires_on__gte=on)
    return {row.initiative_id: row for row in rows.filter(initiative__in=set(ids)).order_by("created_at", "pk")}


def concerned(record_type: str, ids: Collection[int]) -> set[int]:
    """Return the ids of the initiatives that records of a type belong to, by the nodes that govern them; one query.

    Records that are gone name none: the next assessment of all finds what went with them.
    """
    model = apps.get_model(record_type)
    if model is Initiative:
        return set(ids)
    if record_type == ASSIGNMENT:
        at = model._default_manager.filter(pk__in=list(ids)[:500]).values("scope")
        return set(Initiative.objects.filter(scope__in=at).values_list("pk", flat=True))
    for path in getattr(model, "row_scope", ()):
        above, _, last = path.rpartition("__")
        if last == "scope" and above and above.rpartition("__")[2] == "initiative":
            rows = model._default_manager.filter(pk__in=list(ids)[:500]).order_by()
            return {pk for pk in rows.values_list(above, flat=True).distinct() if pk is not None}
    return set()


def _full() -> QuerySet[Initiative]:
    return Initiative.objects.select_related("scope", "currency", "unit__scope").order_by("code")
