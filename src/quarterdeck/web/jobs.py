"""Housekeeping that belongs to no room alone."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.files import storage
from quarterdeck.kernel.jobs import Progress, job


@job(title=_("Clean up removed files"), schedule="daily@03:30")
def clean_up_files(progress: Progress) -> dict[str, int]:
    """Free the space of files that were removed more than 30 days ago; return the bytes freed."""
    return {"freed": storage.clean_up(now=clock.now())}


@job(title=_("Refresh the database's statistics"), schedule="daily@03:40")
def refresh_statistics(progress: Progress) -> None:
    """Let SQLite look at how its tables have grown, so that it goes on choosing the right index.

    PostgreSQL does so by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize=0x10002")
