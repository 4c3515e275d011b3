"""Which accountability answers for one exception."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from quarterdeck.apps.pmo.choices import State
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.pmo.selectors.gaps import Leaders, in_force
from quarterdeck.apps.pmo.selectors.ladder import nearest
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may
from quarterdeck.kernel.watch.functions import served_by
from quarterdeck.kernel.watch.models import Finding


@dataclass(frozen=True)
class Answered:
    """The accountability, who leads where on the day, and whether the reader may open it."""

    record: Accountability
    leaders: Leaders
    visible: bool


def answered_by(finding: Finding, actor: Actor, moment: dt.datetime | None = None) -> Answered | None:
    """Return what answers for an exception: the nearest accountability of its function, now or as known at a moment."""
    served = served_by(finding.check_name)
    if served is None:
        return None
    if moment is None:
        rows = list(in_force().filter(function=served.key))
    else:
        everyone = Actor.system(now=actor.now)
        related = ("scope", "office__unit__scope", "owner__user", "deputy__user")
        past = records.as_of(Accountability, moment, actor=everyone, related=related)
        rows = [row for row in past if row.state == State.IN_FORCE]
    record = nearest(rows, served.key, finding.scope.path if finding.scope is not None else None)
    if record is None:
        return None
    day = clock.local_date(moment) if moment is not None else actor.today
    return Answered(record, Leaders(day), may(actor, "view", record))
