"""Making and ending calendar feeds."""

from __future__ import annotations

import secrets
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.models import PlanFeed
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.access.services import digest

#: Feeds in force that one person may have.
MOST: Final = 20


@transaction.atomic
def feed_make(*, actor: Actor, initiative: Initiative | None = None) -> tuple[PlanFeed, str]:
    """Make a feed for oneself; return it and its secret, which is shown once and not kept.

    The caller has checked that the actor sees the project. Raises AccessDenied for whoever acts for another, and
    ValidationError for more feeds than one may have.
    """
    if actor.user is None or actor.behind is not None or actor.read_only:
        raise AccessDenied(_("A calendar feed is made by its owner, signed in."))
    if PlanFeed.objects.filter(user=actor.user, revoked_at__isnull=True).count() >= MOST:
        raise ValidationError(_("You have %(most)d feeds. Revoke one first.") % {"most": MOST})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    made = PlanFeed.objects.create(
        user=actor.user, initiative=initiative, prefix=prefix, digest=digest(secret), created_at=actor.now
    )
    return made, f"{prefix}-{secret}"


def feed_revoke(*, feed: PlanFeed, actor: Actor) -> None:
    """End a feed of one's own now."""
    if actor.user is None or actor.user.pk != feed.user_id or actor.behind is not None or actor.read_only:
        raise AccessDenied(_("A calendar feed is ended by its owner."))
    PlanFeed.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=actor.now)


def feed_used(*, feed: PlanFeed, actor: Actor) -> None:
    """Note that a feed was read, at most once a minute."""
    if feed.last_used_at is None or (actor.now - feed.last_used_at).total_seconds() >= 60:
        PlanFeed.objects.filter(pk=feed.pk).update(last_used_at=actor.now)
