"""The watch over the last months: what was wrong was found when it came about, and some of it was seen to."""

from __future__ import annotations

import datetime as dt

from quarterdeck.demo.world import World
from quarterdeck.kernel.watch import acknowledge, evaluate
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding

#: Moments in months from now at which every check is evaluated, the last of them today.
ROUNDS = (-9.0, -4.5, -2.3, -1.1, -0.8, -0.4, -0.13, -0.06, 0.0)


def plan(world: World) -> None:
    """Put the rounds of the watch on the timeline, and what the head of PMO has seen of them."""
    for month in ROUNDS:
        world.timeline.add(month, lambda now: look(world, now))
    world.timeline.add(-0.05, lambda now: _seen(world, now))


def look(world: World, now: dt.datetime) -> None:
    """Evaluate every check as of a moment."""
    for check in checks.values():
        evaluate(check, actor=world.system(now))


def _seen(world: World, now: dt.datetime) -> None:
    oldest = Finding.objects.filter(closed_at__isnull=True).order_by("opened_at", "pk")[:2]
    for finding in oldest:
        acknowledge(finding=finding, actor=world.actor("vandongen", now))
