"""Work of this app apart from requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from quarterdeck.apps.finance.selectors.imported import plans_with_costs
from quarterdeck.apps.finance.services import costs_of_plan
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job


@job(title=gettext_lazy("Post the costs of imported plans"), schedule="daily@02:20")
def costs_posted(progress: Progress) -> dict[str, int]:
    """Post what imported plans tell of costs and the ledger has not: what a crash right after an import left out."""
    actor = Actor.system(now=clock.now())
    return {"rows": sum(costs_of_plan(plan_id=each, actor=actor) for each in progress.over(plans_with_costs()))}
