"""Board packs of one's own."""

from __future__ import annotations

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import BoardPack
from quarterdeck.kernel.access.actor import Actor

#: Packs that the page of a node lists.
RECENT = 10


def packs_of(initiative: Initiative, *, actor: Actor) -> list[BoardPack]:
    """Return the actor's own packs of a node, the latest first, without their content."""
    if actor.user is None:
        return []
    rows = BoardPack.objects.filter(initiative=initiative, user=actor.user).select_related("job").defer("content")
    return list(rows.order_by("-pk")[:RECENT])


def pack_at(initiative: Initiative, pk: int, *, actor: Actor) -> BoardPack | None:
    """Return one pack of the actor's own that is made; None for anybody else's."""
    if actor.user is None:
        return None
    return BoardPack.objects.filter(initiative=initiative, user=actor.user, pk=pk, content__isnull=False).first()
