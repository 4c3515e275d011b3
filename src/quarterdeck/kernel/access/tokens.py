"""From the bearer token of an API request to its actor."""

from __future__ import annotations

import datetime as dt
import hmac

from django.db.models import Q

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import ApiToken
from quarterdeck.kernel.access.services import TOKEN_PREFIX, digest

#: `last_used_at` is written at most this often, so that reading by API stays reading.
USE_NOTED_EVERY = dt.timedelta(minutes=1)


def actor_of_token(bearer: str, *, now: dt.datetime) -> Actor | None:
    """Return the actor of a token as sent (`qd_…`), limited to what the token permits; None when it does not open.

    Unknown, altered, expired, revoked, or its owner deactivated: the answer is the same, and so is the work done.
    """
    kind, _sep, rest = bearer.strip().partition("_")
    prefix, _sep, secret = rest.partition("_")
    if kind != TOKEN_PREFIX or not prefix or not secret:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=prefix[:12]).first()
    stored = token.digest if token else digest("")
    if not hmac.compare_digest(stored, digest(secret)) or token is None:
        return None
    if token.revoked_at is not None or token.expires_at <= now or not token.user.is_active:
        return None
    _note_use(token, now)
    return Actor(user=token.user, now=now, via="api", limits=token.permissions)


def _note_use(token: ApiToken, now: dt.datetime) -> None:
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
