"""Who answers for one exception, and its steps up the ladder: taken and to come."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.selectors.answers import answered_by
from quarterdeck.apps.pmo.selectors.ladder import ladder_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs.answering import Answer, Step
from quarterdeck.kernel.watch.models import Finding


def answer(finding: Finding, actor: Actor, moment: dt.datetime | None) -> Answer | None:
    """Return what answers for an exception that the reader sees; its owners are named where that may be seen too."""
    found = answered_by(finding, actor, moment)
    if found is None:
        return None
    record = found.record
    steps = [
        Step(str(Rung(step.rung).label), step.name or "", step.on, step.taken, step.taken and step.name is not None)
        for step in ladder_of(finding, record, found.leaders, moment or actor.now)
    ]
    url = f"{reverse('pmo-board')}?show={record.pk}#picked" if found.visible else ""
    return Answer(
        label=record.name,
        url=url,
        owner=record.owner.name if record.owner is not None else "",
        deputy=record.deputy.name if record.deputy is not None else "",
        office=record.office.name,
        steps=steps,
    )
