"""The clock: the one place where the present is read.

Everything below the edge takes `now` as a value, so that history can be built, replayed and tested.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()


def local_date(moment: dt.datetime) -> dt.date:
    """Return the calendar date of an aware moment in the current time zone."""
    return timezone.localtime(moment).date()


def end_of(day: dt.date) -> dt.datetime:
    """Return the last instant of a date in the current time zone: what `as of` that date means."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))
