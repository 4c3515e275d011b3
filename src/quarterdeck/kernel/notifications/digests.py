"""The e-mail digest: what is unread and wanted by mail, in one message per person, as text and as HTML."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs.progress import JobError, Progress
from quarterdeck.kernel.notifications.closing import close
from quarterdeck.kernel.notifications.models import Digest, Notification

log = logging.getLogger(__name__)

#: Notifications listed in one message; the rest is counted.
LISTED = 50


def send_digests(progress: Progress, *, every: str, now: dt.datetime) -> dict[str, int]:
    """Send each user of this rhythm one message with what is new since the last; return how many went out.

    A message is marked as sent after the server took it. When the process dies in between, the same message goes out
    again under the same Message-ID, so that mail programs show it once. Raises JobError when the server takes none.
    """
    waiting = _waiting(every)
    sent = failed = 0
    connection = get_connection()
    for user, notifications in progress.over(waiting):
        try:
            close(notifications, Actor(user=user, now=now))
            message(user, notifications, now=now, connection=connection).send()
        except (SMTPException, OSError):
            log.exception("The digest of user %s was not sent.", user.pk)
            failed += 1
            connection.close()
            continue
        Notification.objects.filter(pk__in=[n.pk for n in notifications]).update(mailed_at=now)
        Digest.objects.update_or_create(user=user, defaults={"sent_at": now}, create_defaults={"sent_at": now})
        sent += 1
    connection.close()
    if failed and not sent:
        raise JobError(_("The mail server took no message. What was to be sent goes out with the next digest."))
    return {"sent": sent, "failed": failed}


def _waiting(every: str) -> list[tuple[User, list[Notification]]]:
    meant = Q(notification_digest__every=every)
    if every == Digest.Every.DAILY:
        # Whoever chose nothing gets mail daily.
        meant |= Q(notification_digest__isnull=True)
    users = User.objects.filter(meant, is_active=True)
    new = Notification.objects.filter(user__in=users, by_mail=True, read_at__isnull=True, mailed_at__isnull=True)
    grouped: dict[int, list[Notification]] = defaultdict(list)
    for notification in new.select_related("user"):
        grouped[notification.user_id].append(notification)
    return [(notifications[0].user, notifications) for notifications in grouped.values()]


def message(
    user: User, notifications: Sequence[Notification], *, now: dt.datetime, connection: Any = None
) -> EmailMultiAlternatives:
    """Return the digest of one user, in their language and time zone."""
    with translation.override(user.language or settings.LANGUAGE_CODE), timezone.override(user.time_zone or None):
        count = len(notifications)
        context = {
            "user": user,
            "count": count,
            "groups": _grouped(notifications[:LISTED]),
            "more": max(0, count - LISTED),
            "home": _absolute("/notifications/"),
            "preferences": _absolute("/notifications/preferences"),
            "now": now,
        }
        subject = ngettext("Quarterdeck: %(count)d thing for you", "Quarterdeck: %(count)d things for you", count)
        made = EmailMultiAlternatives(
            subject=subject % {"count": count},
            body=render_to_string("notifications/mail/digest.txt", context),
            to=[user.email],
            connection=connection,
            headers={"Message-ID": _message_id(user, notifications), "Auto-Submitted": "auto-generated"},
        )
        made.attach_alternative(render_to_string("notifications/mail/digest.html", context), "text/html")
    return made


def _grouped(notifications: Sequence[Notification]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what is told by its kind, the kinds in the order of their latest."""
    found: dict[str, list[dict[str, Any]]] = {}
    for n in sorted(notifications, key=lambda one: one.created_at, reverse=True):
        url = "" if n.closed else _absolute(n.url)
        found.setdefault(n.kind_title, []).append({"text": n.text, "at": n.created_at, "url": url})
    return list(found.items())


def _absolute(url: str) -> str:
    home: str = getattr(settings, "URL", "")
    return f"{home}{url}" if home and url else ""


def _message_id(user: User, notifications: Sequence[Notification]) -> str:
    told = ",".join(f"{n.pk}@{n.created_at.isoformat()}" for n in sorted(notifications, key=lambda n: n.pk))
    digest = hashlib.sha256(f"{user.pk}:{told}".encode()).hexdigest()[:32]
    return f"<digest-{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
