"""Assessments of the last quarter: one a week and one today, so that trends and what changed have something to tell."""

from __future__ import annotations

import datetime as dt
from typing import Final

from quarterdeck.apps.reporting.services.assessing import assess_all
from quarterdeck.apps.reporting.services.rules import install_rules
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World

#: Weeks of history.
WEEKS: Final = 12


def plan(world: World) -> None:
    """Put the rules of health and the weekly assessments on the timeline; after everything else of their days."""
    world.timeline.add(-WEEKS * 7 / MONTH - 0.1, lambda now: install_rules(actor=world.system(now)))
    for week in range(WEEKS, -1, -1):
        world.timeline.add(-week * 7 / MONTH, lambda now: _assess(world, now))


def _assess(world: World, now: dt.datetime) -> None:
    assess_all(actor=world.system(now))
