"""Three years as a list of acts, each at its moment, carried out in order of time, all or none.

Offsets are months from the present (negative: past), so that the demo looks alive whenever it is built.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from quarterdeck.kernel import clock

MONTH = 30.4375
#: The present in months: where the history ends.
PRESENT = 0.0
#: After so many acts the database looks at its tables.
LOOKED_AT = 150
Act = Callable[[dt.datetime], object]


class Timeline:
    """Acts to come; `run` carries them out oldest first."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.today = clock.local_date(now)
        self._acts: list[tuple[dt.datetime, int, Act]] = []

    def day(self, months: float) -> dt.date:
        """Return the date that many months from today; a Saturday or Sunday becomes the Friday before."""
        day = self.today + dt.timedelta(days=round(months * MONTH))
        return day - dt.timedelta(days=max(0, day.weekday() - 4))

    def moment(self, months: float, salt: int = 0) -> dt.datetime:
        """Return a moment in the working hours of the day at an offset, never after the present."""
        minute = 7 * 60 + 10 + (salt * 37) % 480
        moment = timezone.make_aware(dt.datetime.combine(self.day(months), dt.time(minute // 60, minute % 60)))
        return min(moment, self.now - dt.timedelta(minutes=20))

    def add(self, months: float, act: Act) -> None:
        """Have an act done at an offset; one still to come is left out. Acts of one day keep the order of adding."""
        if months > PRESENT:
            return
        count = len(self._acts)
        self._acts.append((self.moment(months, count), count, act))

    def run(self) -> int:
        """Carry out every act in one transaction, so that a build cut short leaves nothing; return how many."""
        self._acts.sort(key=lambda entry: (entry[0].date(), entry[1]))
        latest: dt.datetime | None = None
        with transaction.atomic():
            for done, (moment, _count, act) in enumerate(self._acts):
                if done % LOOKED_AT == LOOKED_AT - 1:
                    _look_at_tables()
                # History is in order of time: an act never lies before the one done before it.
                latest = moment if latest is None or moment > latest else latest + dt.timedelta(seconds=40)
                act(min(latest, self.now))
        return len(self._acts)


def _look_at_tables() -> None:
    """Have PostgreSQL see how large its tables are by now.

    It does so by itself, but not of what another transaction has yet to commit: the demo is one, and a search among
    tables that were empty at its start would take seconds by its end. SQLite finds its ways without.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Story:
    """The acts of one thing in order: none comes before the one told before it."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._last = float("-inf")

    def at(self, months: float, act: Act) -> None:
        """Have an act done at an offset, or right after the one before if that is later."""
        self._last = max(self._last, months)
        self._timeline.add(self._last, act)
