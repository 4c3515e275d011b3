"""Work of this app apart from requests."""

from __future__ import annotations

import logging

from django.utils.translation import gettext_lazy

from quarterdeck.apps.suppliers.selectors.watching import levels_in_use
from quarterdeck.apps.suppliers.services import level_evaluate, level_feed
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job

logger = logging.getLogger(__name__)


class NotJudgedError(Exception):
    """Some service levels could not be judged; the text has their codes, the cause is what stopped the first."""


@job(title=gettext_lazy("Judge service levels"), schedule="daily@03:40")
def levels_judged(progress: Progress, *, level_ids: list[int] | None = None) -> dict[str, int]:
    """Take up the cases of plans and obligations, and open the breach cases of what was not kept.

    A level that cannot be judged keeps none of the others from it; the job fails when all have had their turn.
    """
    actor = Actor.system(now=clock.now())
    fed = opened = 0
    failed: dict[str, Exception] = {}
    for level in progress.over(levels_in_use(level_ids)):
        try:
            fed += level_feed(level=level, actor=actor)
            opened += len(level_evaluate(level=level, actor=actor))
        except Exception as error:
            logger.exception("Service level %s could not be judged.", level.code)
            failed[level.code] = error
    if failed:
        raise NotJudgedError(", ".join(failed)) from next(iter(failed.values()))
    return {"records": fed, "breaches": opened}
