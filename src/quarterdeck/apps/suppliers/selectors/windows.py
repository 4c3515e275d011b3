"""How service levels were kept, window by window."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from quarterdeck.apps.suppliers.choices import Window
from quarterdeck.apps.suppliers.models import ServiceLevel, ServiceRecord
from quarterdeck.apps.suppliers.selectors.tallies import ALL, Counted, Tally, tallied


@dataclass(frozen=True)
class Stretch:
    """A window with its days, the last included."""

    key: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Kept:
    """How many cases were decided within a window, and how many of them were met."""

    stretch: Stretch
    met: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """Met of decided; None where nothing was decided."""
        return self.met / self.of if self.of else None


def months_of(window: str) -> int:
    """Return how many months a window has; each case is shown by the month."""
    return {Window.QUARTER.value: 3, Window.YEAR.value: 12}.get(window, 1)


def add_months(day: dt.date, count: int) -> dt.date:
    """Return the same day some months on, or the month's last where it is shorter."""
    whole = day.year * 12 + day.month - 1 + count
    year, month = divmod(whole, 12)
    return day_in_month(dt.date(year, month + 1, 1), day.day)


def day_in_month(first: dt.date, day: int) -> dt.date:
    """Return a day of the month that begins on a date, or its last where it is shorter."""
    return first.replace(day=min(day, calendar.monthrange(first.year, first.month)[1]))


def stretch_of(day: dt.date, window: str) -> Stretch:
    """Return the window in which a day lies: calendar month, quarter or year."""
    size = months_of(window)
    first = dt.date(day.year, (day.month - 1) // size * size + 1, 1)
    last = add_months(first, size) - dt.timedelta(days=1)
    key = {1: f"{first:%Y-%m}", 3: f"{first.year}-Q{(first.month + 2) // 3}"}.get(size, str(first.year))
    return Stretch(key, first, last)


def stretches(window: str, first: dt.date, last: dt.date) -> list[Stretch]:
    """Return the windows from the one of a day to that of another, in order."""
    found = [stretch_of(first, window)]
    while found[-1].last < last:
        found.append(stretch_of(found[-1].last + dt.timedelta(days=1), window))
    return found


def decided(rows: QuerySet[ServiceRecord], now: dt.datetime) -> QuerySet[ServiceRecord]:
    """Return the records of which it is known at a moment whether the level was kept."""
    return rows.filter(Q(kept__isnull=False) | Q(breaks_at__lt=now), decided_on__isnull=False)


def of_levels(rows: QuerySet[ServiceRecord], *, first: dt.date, last: dt.date, now: dt.datetime) -> Tally:
    """Return what is counted of levels: their cases decided within some days, and since the level's first."""
    rows = decided(rows, now).filter(decided_on__gte=first, decided_on__lte=last)
    rows = rows.filter(decided_on__gte=F("level__starts_on"))
    return Tally(rows, "level", "decided_on", (("", ALL, Q(kept=True)),))


def by_month(
    rows: QuerySet[ServiceRecord], *, first: dt.date, last: dt.date, now: dt.datetime
) -> dict[int, dict[dt.date, tuple[int, int]]]:
    """Return the cases of each level met and decided since its first day, by the first of the month; one query."""
    return by_level(tallied([of_levels(rows, first=first, last=last, now=now)]))


def by_level(counts: Iterable[Counted]) -> dict[int, dict[dt.date, tuple[int, int]]]:
    """Return counts of levels as met and decided, by level and the first of the month."""
    found: dict[int, dict[dt.date, tuple[int, int]]] = defaultdict(dict)
    for _place, _name, level, month, met, of in counts:
        found[level][month] = (met, of)
    return found


def counted(
    records: Iterable[ServiceRecord], starts: Mapping[int, dt.date], *, first: dt.date, last: dt.date, now: dt.datetime
) -> dict[int, dict[dt.date, tuple[int, int]]]:
    """Return the same of records at hand, as those of a past date are, and the first days of their levels."""
    found: dict[int, dict[dt.date, tuple[int, int]]] = defaultdict(dict)
    for each in records:
        known = each.kept is not None or (each.breaks_at is not None and each.breaks_at < now)
        since = max(first, starts.get(each.level_id, first))
        if not known or each.decided_on is None or not since <= each.decided_on <= last:
            continue
        month = each.decided_on.replace(day=1)
        met, of = found[each.level_id].get(month, (0, 0))
        found[each.level_id][month] = (met + (each.kept is True), of + 1)
    return found


def kept_by_window(
    level: ServiceLevel, months: dict[dt.date, tuple[int, int]], *, first: dt.date, last: dt.date
) -> list[Kept]:
    """Return how a level was kept in each window from one day to another, from its counts by month."""
    found = []
    for stretch in stretches(level.window, max(first, level.starts_on), last):
        inside = [count for month, count in months.items() if stretch.first <= month <= stretch.last]
        found.append(Kept(stretch, sum(met for met, _of in inside), sum(of for _met, of in inside)))
    return found


def missed_in(level_ids: Collection[int], first: dt.date, last: dt.date, now: dt.datetime) -> QuerySet[ServiceRecord]:
    """Return the records of levels that were missed within some days, oldest first."""
    rows = decided(ServiceRecord.objects.filter(level__in=list(level_ids)), now)
    return rows.exclude(kept=True).filter(decided_on__gte=first, decided_on__lte=last).order_by("decided_on", "pk")
