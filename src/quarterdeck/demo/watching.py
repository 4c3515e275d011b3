"""The watch over the last months: what was wrong was found when it came about, and some of it was seen to."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from quarterdeck.demo.world import World
from quarterdeck.kernel.watch import accept, acknowledge, evaluate, take_in_hand
from quarterdeck.kernel.watch.checks import Severity, checks
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.services import LIMIT, reopen_accepted

#: Moments in months from now at which every check is evaluated, the last of them today.
ROUNDS = (-9.0, -4.5, -2.3, -1.1, -0.8, -0.4, -0.13, -0.06, 0.0)

#: For how many days what was found last is lived with, and why.
ACCEPTED = (
    (30, "Postponed with the consent of all concerned."),
    (60, "Known; the board decides at the turn of the year."),
    (21, "Settled on the phone; the paper follows."),
)


def plan(world: World) -> None:
    """Put the rounds of the watch on the timeline, and what the head of PMO has seen of them."""
    for month in ROUNDS:
        world.timeline.add(month, lambda now: look(world, now))
    world.timeline.add(-1.05, lambda now: _lived_with(world, now))
    world.timeline.add(-0.05, lambda now: _seen(world, now))


def look(world: World, now: dt.datetime) -> None:
    """Evaluate every check as of a moment, and open again what was accepted until then."""
    for check in checks.values():
        evaluate(check, actor=world.system(now))
    reopen_accepted(actor=world.system(now))


def _untouched() -> QuerySet[Finding]:
    found = Finding.objects.filter(closed_at__isnull=True, handling__isnull=True)
    return found.select_related("owner").order_by("opened_at", "pk")


def _lived_with(world: World, now: dt.datetime) -> None:
    """Accept two for a fortnight, which is over by today."""
    head, until = world.actor("vandongen", now), now.date() + dt.timedelta(days=14)
    for finding in list(_untouched().exclude(severity=Severity.HIGH)[:2]):
        accept(finding=finding, until=until, reason="Waits for the next board.", actor=head)


def _seen(world: World, now: dt.datetime) -> None:
    """Acknowledge some, put some in the hands of who owns them, accept some: one of each is left in every state."""
    head, today = world.actor("vandongen", now), now.date()
    for finding in list(_untouched()[:3]):
        acknowledge(finding=finding, actor=head)
    for place, finding in enumerate(list(_untouched().filter(owner__isnull=False)[:4])):
        assert finding.owner is not None
        # The first is promised for a day that has passed since.
        until = today + dt.timedelta(days=1 if place == 0 else 7 * place)
        take_in_hand(finding=finding, by=finding.owner, until=until, actor=head)
    for finding, (days, reason) in zip(list(_untouched().reverse()[:3]), ACCEPTED, strict=False):
        until = today + dt.timedelta(days=min(days, LIMIT[Severity(finding.severity)]))
        accept(finding=finding, until=until, reason=reason, actor=head)
