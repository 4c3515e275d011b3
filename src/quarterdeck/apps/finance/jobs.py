"""Work of this app apart from requests."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy

from quarterdeck.apps.finance.selectors.imported import plans_with_costs, sources_of, undone_since
from quarterdeck.apps.finance.services import costs_of_plan, costs_taken_back
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job

#: How long ago an Undo may have been that is looked at once more.
LATELY: Final = dt.timedelta(days=3)


@job(title=gettext_lazy("Post the costs of imported plans"), schedule="daily@02:20")
def costs_posted(progress: Progress) -> dict[str, int]:
    """Post what imported plans tell of costs and the ledger has not, and reverse what an Undo has taken back: what a
    crash right after either left out.
    """
    actor = Actor.system(now=clock.now())
    for key, initiative, source in sources_of(undone_since(actor.now - LATELY)):
        costs_taken_back(plan_id=key, initiative_id=initiative, source=source, actor=actor)
    return {"rows": sum(costs_of_plan(plan_id=each, actor=actor) for each in progress.over(plans_with_costs()))}
