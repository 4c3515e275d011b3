"""Assessments apart from requests: of all by night, of one initiative soon after something of it has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.reporting import services
from quarterdeck.apps.reporting.selectors import trees
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs import Progress, enqueue, job
from quarterdeck.kernel.records.events import Changed

#: Edits of one initiative that come within this time are assessed together.
PAUSE = dt.timedelta(seconds=5)
#: More initiatives than this in one act are left to one job for all.
MANY = 25
#: The apps whose records an assessment reads.
READ = ("portfolio.", "delivery.", "finance.", "reporting.managercall", "people.roleassignment")


@job(title=_("Assess all initiatives"), schedule="daily@03:40", retries=2)
def assess_all(progress: Progress) -> dict[str, Any]:
    """Assess everything under way. Cut short and run again, it writes the same snapshots once more."""
    return {"written": services.assess_all(actor=progress.actor, over=progress.over)}


@job(title=_("Assess an initiative"), retries=2)
def assess_one(progress: Progress, *, initiative_id: int) -> dict[str, Any]:
    """Assess one initiative as it is now, and roll up what it is part of."""
    return {"written": services.assess_with_ancestors([initiative_id], actor=progress.actor)}


def after_change(event: Changed) -> None:
    """Queue the assessment of the initiatives that a change concerns: each once, however many changes wait."""
    if not event.record_type.startswith(READ):
        return
    assess_soon(trees.concerned(event.record_type, event.record_ids))


def assess_soon(found: Collection[int]) -> None:
    """Queue the assessment of initiatives: each once, however many changes wait."""
    if services.collected(found):
        return
    actor = Actor.system(now=clock.now(), via="job")
    if len(found) > MANY:
        enqueue(assess_all, actor=actor, key="assess:all", after=PAUSE)
        return
    for initiative in sorted(found):
        enqueue(assess_one, actor=actor, key=f"assess:{initiative}", after=PAUSE, initiative_id=initiative)
