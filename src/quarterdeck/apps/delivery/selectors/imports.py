"""Plan files on their way in, as far as the reader has uploaded them."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from quarterdeck.apps.delivery.models import PlanImport
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: Uploads that the upload page lists, and nodes that it proposes.
RECENT, NODES = 10, 500


def runs_of(upload: uuid.UUID, *, actor: Actor) -> list[PlanImport]:
    """Return the imports of an upload of the actor's own, in order."""
    if actor.user is None:
        return []
    rows = PlanImport.objects.filter(upload=upload, user=actor.user).select_related("plan__initiative", "job")
    return list(rows.order_by("pk"))


def recent(*, actor: Actor) -> QuerySet[PlanImport]:
    """Return the actor's last imports."""
    return PlanImport.objects.filter(user=actor.user).defer("report").order_by("-pk")[:RECENT]


def nodes_for(*, actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of where plans may go: projects, and programmes and portfolios that get new ones."""
    rows = visible(Initiative.objects.all(), actor).order_by("code").values_list("code", "name")
    return list(rows[:NODES])
