"""What the pages of health read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import ManagerCall, Snapshot
from quarterdeck.apps.reporting.selectors.seen import in_whole
from quarterdeck.apps.reporting.selectors.snapshots import trend
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: Days that trends go back: twelve weeks.
QUARTER = 84


def quarter(initiative: Initiative, *, actor: Actor, on: dt.date) -> list[Snapshot]:
    """Return the snapshots of the twelve weeks up to a day, oldest first; none of a node not seen in whole."""
    return trend(initiative, on - dt.timedelta(days=QUARTER + 7), on) if in_whole(initiative, actor) else []


def initiative_at(code: str, *, actor: Actor) -> Initiative | None:
    """Return an initiative that the actor may see."""
    rows = visible(Initiative.objects.filter(code=code.upper()), actor)
    return rows.select_related("scope", "unit__scope", "parent", "currency").first()


def calls(initiative: Initiative, *, actor: Actor, on: dt.date, now: dt.datetime) -> list[ManagerCall]:
    """Return the calls made of an initiative up to a moment, the latest first, as far as the actor may see."""
    rows = visible(ManagerCall.objects.filter(initiative=initiative, created_at__lte=now), actor)
    return list(rows.select_related("created_by").order_by("-created_at"))


def with_health(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add the colour of the last assessment to rows of initiatives, as `health`."""
    newest = Snapshot.objects.filter(initiative=OuterRef("pk")).order_by("-on").values("colour")[:1]
    found: QuerySet[Any] = rows.annotate(health=Subquery(newest))
    return found
