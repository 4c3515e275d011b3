"""Calendar feeds: whose they are, and what each shows at the moment."""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Any, Final

from django.db.models import Max, QuerySet

from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument, Stored
from quarterdeck.apps.delivery.exchange.writing import feed as written
from quarterdeck.apps.delivery.models import PlanFeed, Task
from quarterdeck.apps.delivery.selectors import mine
from quarterdeck.apps.delivery.selectors.plans import plan_at
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.access.services import digest

#: Entries of one feed.
MOST: Final = 5000


def own(actor: Actor) -> QuerySet[PlanFeed]:
    """Return one's own feeds in force, the newest first."""
    if actor.user is None:
        return PlanFeed.objects.none()
    return PlanFeed.objects.filter(user=actor.user, revoked_at__isnull=True).select_related("initiative")


def opened(text: str) -> PlanFeed | None:
    """Return the feed that a secret opens; None for any other. The work done is the same for both."""
    prefix, _dash, secret = text.partition("-")
    found = PlanFeed.objects.select_related("user", "initiative").filter(prefix=prefix[:12]).first()
    stored = found.digest if found is not None else digest("")
    if not hmac.compare_digest(stored, digest(secret)) or found is None or not secret:
        return None
    return found if found.revoked_at is None and found.user.is_active else None


def entries(feed: PlanFeed, *, actor: Actor) -> bytes | None:
    """Return what a feed shows to its owner now as iCalendar; None where the owner may not see it any more."""
    if feed.initiative is None:
        rows = mine.tasks(actor)
        name = str(feed)
        if not actor.can("view", "delivery.task"):
            return None
    else:
        plan = plan_at(feed.initiative.code, actor=actor)
        if plan is None or not plan.is_current:
            return None
        rows = visible(Task.objects.filter(plan=plan, is_summary=False, active=True), actor)
        name = feed.initiative.name
    told = rows.filter(start__isnull=False).order_by("start", "pk")
    names = ("pk", "name", "start", "finish", "done", "critical", "plan__initiative__name")
    tasks = tuple(_entry(row, alone=feed.initiative is not None) for row in told.values_list(*names)[:MOST])
    stamp: dt.datetime = rows.aggregate(at=Max("plan__reckoned_at"))["at"] or actor.now
    # The key is one for all feeds: an entry that stands in two of them is known as the same.
    return written(PlanDocument(name=name, program="", kind="", tasks=tasks), stamp=stamp, key="task")


def _entry(row: tuple[Any, ...], *, alone: bool) -> DocumentTask:
    key, name, start, finish, done, critical, project = row
    return DocumentTask(
        id=key,
        name=name if alone else f"{name} · {project}",
        row=1,
        percent_complete=done,
        stored=Stored(start=start, finish=finish, critical=critical),
    )
