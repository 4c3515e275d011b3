"""Into whose hands exceptions can be given."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.models import Grant, Scope, User
from quarterdeck.kernel.watch.models import Finding


def hands(findings: Iterable[Finding], actor: Actor) -> QuerySet[User]:
    """Return who may be offered: the actor, the owners, and whoever has a role at the nodes or above.

    Whether each sees each exception is looked at when it is said. The nodes must be at hand.
    """
    rows = list(findings)
    paths = {row.scope.path if row.scope is not None else "" for row in rows}
    above = {path[:end] for path in paths for end in range(LEVEL, len(path) + 1, LEVEL)}
    if "" in paths:
        above |= set(Scope.objects.filter(parent__isnull=True).values_list("path", flat=True))
    grants = Grant.objects.filter(scope__path__in=above).filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=actor.today), Q(ends_on__isnull=True) | Q(ends_on__gte=actor.today)
    )
    named = {row.owner_id for row in rows if row.owner_id is not None} | {actor.user.pk if actor.user else None}
    offered = Q(pk__in=named - {None}) | Q(pk__in=grants.filter(user__isnull=False).values("user"))
    offered |= Q(access_groups__in=grants.filter(group__isnull=False).values("group"))
    return User.objects.filter(offered, is_active=True).distinct().order_by("name", "pk")
