"""The digests, and forgetting what was read long ago."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job
from quarterdeck.kernel.notifications.digests import send_digests
from quarterdeck.kernel.notifications.models import Digest, Notification

#: Days for which a notification that was read stays.
KEPT = 90


@job(title=_("Send the hourly e-mail digest"), schedule="hourly")
def send_hourly(progress: Progress) -> dict[str, int]:
    """Mail those who want it every hour."""
    return send_digests(progress, every=Digest.Every.HOURLY, now=clock.now())


@job(title=_("Send the daily e-mail digest"), schedule="daily@07:00")
def send_daily(progress: Progress) -> dict[str, int]:
    """Mail those who want it every morning."""
    return send_digests(progress, every=Digest.Every.DAILY, now=clock.now())


@job(title=_("Forget old notifications"), schedule="daily@03:20")
def forget(progress: Progress) -> dict[str, int]:
    """Remove what was read long ago."""
    limit = clock.now() - dt.timedelta(days=KEPT)
    return {"removed": Notification.objects.filter(read_at__lt=limit).delete()[0]}
