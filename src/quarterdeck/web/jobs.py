"""Housekeeping that belongs to no room alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.files import storage
from quarterdeck.kernel.jobs import Progress, job


@job(title=_("Clean up removed files"), schedule="daily@03:30")
def clean_up_files(progress: Progress) -> dict[str, int]:
    """Free the space of files that were removed more than 30 days ago; return the bytes freed."""
    return {"freed": storage.clean_up(now=clock.now())}
