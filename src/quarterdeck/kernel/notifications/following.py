"""Following a record: one is told of what others change on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models
from django.db.models import QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import record_type as type_of
from quarterdeck.kernel.notifications.models import Follow

#: Keys asked for at once: a bulk edit or an import may have changed any number.
CHUNK = 500


def follow(*, record: models.Model, actor: Actor, label: str, url: str = "") -> bool:
    """Let the actor follow a record that the caller knows the actor may see; return whether that is new."""
    if actor.user is None or actor.read_only:
        return False
    _kept, made = Follow.objects.get_or_create(
        user=actor.user,
        record_type=type_of(record),
        record_id=record.pk,
        defaults={"label": label[:300], "url": url, "since": actor.now},
    )
    return made


def unfollow(*, record_type: str, record_id: int, actor: Actor) -> bool:
    """Let the actor follow a record no more; return whether there was something to give up."""
    if actor.user is None or actor.read_only:
        return False
    rows = Follow.objects.filter(user=actor.user, record_type=record_type, record_id=record_id)
    removed, _by_type = rows.delete()
    return bool(removed)


def follows(actor: Actor, record: models.Model) -> bool:
    """Tell whether the actor follows a record."""
    if actor.user is None:
        return False
    return Follow.objects.filter(user=actor.user, record_type=type_of(record), record_id=record.pk).exists()


def followed_by(actor: Actor) -> QuerySet[Follow]:
    """Return what the actor follows, by name."""
    return Follow.objects.filter(user=actor.user) if actor.user is not None else Follow.objects.none()


def followers_of(record_type: str, record_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the active users who follow some records of one type, by record; those nobody follows are left out."""
    found: dict[int, list[User]] = defaultdict(list)
    pks = list(record_ids)
    for start in range(0, len(pks), CHUNK):
        rows = Follow.objects.filter(
            record_type=record_type, record_id__in=pks[start : start + CHUNK], user__is_active=True
        )
        for row in rows.select_related("user").order_by("pk"):
            found[row.record_id].append(row.user)
    return dict(found)
