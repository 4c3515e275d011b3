"""Work of the office apart from requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo import services
from quarterdeck.kernel.jobs import Progress, job


@job(title=_("Escalate exceptions"), schedule="daily@06:10", retries=2)
def escalate_exceptions(progress: Progress) -> dict[str, int]:
    """Take the steps of the ladder that are due, after the checks of the night and before the digest."""
    return {"steps": services.escalate(actor=progress.actor)}
