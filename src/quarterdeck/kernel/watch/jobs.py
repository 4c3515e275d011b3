"""Evaluating checks: after a change of what they read, and on schedule."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job
from quarterdeck.kernel.records.events import Changed
from quarterdeck.kernel.watch.checks import checks, reading
from quarterdeck.kernel.watch.evaluation import evaluate
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.services import reopen_accepted

#: More ids than this are not worth listing: the whole check is evaluated.
MANY = 500


@job(title=_("Evaluate a check"), retries=1)
def evaluate_check(progress: Progress, *, check: str, ids: list[int] | None = None) -> dict[str, int] | None:
    """Evaluate one check, for some subjects or as a whole; a check that is gone is passed over."""
    found = checks.get(check)
    if found is None:
        return None
    outcome = evaluate(found, actor=progress.actor, ids=None if ids is None else set(ids))
    return {"facts": outcome.facts, "opened": outcome.opened + outcome.reopened, "closed": outcome.closed}


def _both(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Join the subjects of a waiting evaluation and of a new one; None stands for all."""
    if old.get("ids") is None or new.get("ids") is None:
        return {**old, "ids": None}
    ids = sorted({*old["ids"], *new["ids"]})
    return {**old, "ids": ids if len(ids) <= MANY else None}


@job(title=_("Close findings of checks that are gone"), schedule="daily@05:30")
def close_orphans(progress: Progress) -> dict[str, int]:
    """Close what was found by checks that are not part of the product any more."""
    orphans = Finding.objects.filter(closed_at__isnull=True).exclude(check_name__in=list(checks))
    return {"closed": orphans.update(closed_at=clock.now())}


@job(title=_("Open accepted exceptions again"), schedule="daily@05:40", retries=2)
def end_acceptances(progress: Progress) -> dict[str, int]:
    """Open again what was accepted until today, before the ladder climbs and the digest goes out."""
    return {"opened": reopen_accepted(actor=progress.actor)}


def after_change(event: Changed) -> None:
    """Queue the checks that read what changed: each once, however many changes wait; for the subjects, where known."""
    for check in reading(event.record_type):
        known = not check.whole and event.record_type == check.subject and len(event.record_ids) <= MANY
        enqueue(
            evaluate_check,
            actor=Actor.system(now=clock.now(), via="job"),
            title=str(check.title),
            key=f"check:{check.name}",
            merge=_both,
            check=check.name,
            ids=sorted(event.record_ids) if known else None,
        )
