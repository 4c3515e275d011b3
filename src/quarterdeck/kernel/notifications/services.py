"""Notify, read, prefer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import record_type as type_of
from quarterdeck.kernel.notifications.closing import close
from quarterdeck.kernel.notifications.kinds import Channel, Kind, kinds
from quarterdeck.kernel.notifications.messages import pack
from quarterdeck.kernel.notifications.models import Digest, Notification, Preference


def notify(
    users: Iterable[User],
    *,
    kind: Kind | str,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    record: models.Model | None = None,
    url: str = "",
) -> int:
    """Tell users something and return how many were told; the actor is never told of the own act.

    A user who has not read what was said of the same kind about the same record gets that one renewed, not a second.
    `record` is named by `%(record)s` unless `values` says otherwise. The caller sees to it that each user may see it.
    `url` is a path within the product. Raises LookupError for an undeclared kind.
    """
    known = kind if isinstance(kind, Kind) else kinds[kind]
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"“{url}” is not a path of this product.")
    own = {user.pk for user in (actor.user, actor.behind) if user is not None}
    wanted = {user.pk: user for user in users if user.is_active and user.pk not in own}
    channels = _channels(known, wanted)
    told = [pk for pk in wanted if channels[pk] != Channel.NONE]
    if not told:
        return 0
    said = pack({"actor": actor.name, **({"record": str(record)} if record is not None else {}), **(values or {})})
    about: dict[str, Any] = {
        "kind": known.name,
        "record_type": type_of(record) if record is not None else "",
        "record_id": record.pk if record is not None else None,
    }
    content = {"values": said, "url": url, "actor": actor.user, "created_at": actor.now}
    with transaction.atomic():
        renewed = _renew(told, about, content) if record is not None else set()
        Notification.objects.bulk_create(
            [
                Notification(user_id=pk, by_mail=channels[pk] == Channel.DIGEST, **about, **content)
                for pk in told
                if pk not in renewed
            ],
            # Someone else may be telling the same at this moment; one of the two is enough.
            ignore_conflicts=record is not None,
        )
    return len(told)


def _channels(kind: Kind, users: Iterable[int]) -> dict[int, str]:
    pks = list(users)
    chosen = dict(Preference.objects.filter(kind=kind.name, user__in=pks).values_list("user_id", "channel"))
    return {pk: chosen.get(pk, kind.channel) for pk in pks}


def _renew(users: list[int], about: dict[str, Any], content: dict[str, Any]) -> set[int]:
    unread = Notification.objects.select_for_update().filter(user__in=users, read_at__isnull=True, **about)
    found = dict(unread.values_list("user_id", "pk"))
    if found:
        Notification.objects.filter(pk__in=list(found.values())).update(**content)
    return set(found)


def of(actor: Actor) -> QuerySet[Notification]:
    """Return the actor's own notifications, latest first."""
    return Notification.objects.filter(user=actor.user) if actor.user is not None else Notification.objects.none()


def unread_count(user: User | None) -> int:
    """Return how many notifications the user has not read."""
    return Notification.objects.filter(user=user, read_at__isnull=True).count() if user is not None else 0


def latest(actor: Actor, *, limit: int = 8) -> list[Notification]:
    """Return the actor's latest notifications, unread ones first."""
    unread = models.Case(models.When(read_at__isnull=True, then=0), default=1)
    rows = of(actor).select_related("actor").order_by(unread, "-created_at", "-id")[:limit]
    return list(close(list(rows), actor))


def mark_read(notification: Notification, *, actor: Actor) -> None:
    """Mark one as read; does nothing for somebody else's, or when the actor only looks."""
    if not actor.read_only:
        of(actor).filter(pk=notification.pk, read_at__isnull=True).update(read_at=actor.now)


def mark_all_read(*, actor: Actor, up_to: dt.datetime | None = None) -> int:
    """Mark all as read that came until `up_to` (default: now); return how many."""
    if actor.read_only:
        return 0
    return of(actor).filter(read_at__isnull=True, created_at__lte=up_to or actor.now).update(read_at=actor.now)


def preferences_of(user: User) -> dict[str, str]:
    """Return the channel of every declared kind for a user."""
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "channel"))
    return {name: chosen.get(name, kind.channel) for name, kind in kinds.items()}


def rhythm_of(user: User) -> str:
    """Return how often the user gets e-mail."""
    return Digest.objects.filter(user=user).values_list("every", flat=True).first() or Digest.Every.DAILY


@transaction.atomic
def prefer(*, actor: Actor, channels: Mapping[str, str], every: str) -> None:
    """Keep how the actor wants to be told of each kind and how often by e-mail; ValueError for an unknown choice."""
    if actor.user is None or actor.read_only:
        return
    wanted = {name: Channel(channel) for name, channel in channels.items() if name in kinds}
    Preference.objects.bulk_create(
        [Preference(user=actor.user, kind=name, channel=channel) for name, channel in wanted.items()],
        update_conflicts=True,
        unique_fields=("user", "kind"),
        update_fields=("channel",),
    )
    Digest.objects.update_or_create(user=actor.user, defaults={"every": Digest.Every(every)})
