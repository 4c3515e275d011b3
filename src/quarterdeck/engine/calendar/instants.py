"""Dates and times at the edge: to and from the whole minutes that the engine reckons with.

The engine knows one local time without zone. At the edge an aware time becomes local time in the plan's zone. Where
clocks are put back an hour passes twice and both passes have the same minutes; where they are put forward an hour is
missing and a minute in it is read with the offset before the change. Work is therefore counted by the clock on the
wall: a day has 1,440 minutes on both days too, and a shift from 22:00 to 06:00 is eight hours of work.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from quarterdeck.engine.errors import EngineError

EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - local time without zone, on purpose


def minutes(moment: dt.datetime | dt.date) -> int:
    """Return a naive local time, or the midnight that begins a date, as an instant; seconds are dropped.

    Raises `EngineError` for a time with a zone: `local_minutes` takes those.

    >>> minutes(dt.datetime(1970, 1, 2, 8, 30)), minutes(dt.date(2026, 1, 1))
    (1950, 29453760)
    """
    if not isinstance(moment, dt.datetime):
        return (moment.toordinal() - EPOCH.toordinal()) * 1440
    if moment.tzinfo is not None:
        raise EngineError(
            f"{moment.isoformat()} has a time zone", culprits=(moment,), remedy="Convert it with local_minutes."
        )
    return (moment - EPOCH) // dt.timedelta(minutes=1)


def instant(minutes: int) -> dt.datetime:
    """Return an instant as a naive local time; the inverse of `minutes`.

    Raises `EngineError` for an instant that no date can hold.

    >>> instant(1950)
    datetime.datetime(1970, 1, 2, 8, 30)
    """
    try:
        return EPOCH + dt.timedelta(minutes=int(minutes))
    except OverflowError:
        raise EngineError(f"minute {minutes} has no date", culprits=(minutes,), remedy="Check the instant.") from None


def local_minutes(moment: dt.datetime, zone: dt.tzinfo) -> int:
    """Return an aware time as an instant of the local time of a zone; seconds are dropped.

    Raises `EngineError` for a time without a zone.

    >>> from zoneinfo import ZoneInfo
    >>> noon = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    >>> instant(local_minutes(noon, ZoneInfo("Europe/Berlin")))
    datetime.datetime(2026, 7, 1, 14, 0)
    """
    if moment.tzinfo is None:
        raise EngineError(f"{moment.isoformat()} has no time zone", culprits=(moment,), remedy="Use minutes.")
    return minutes(moment.astimezone(zone).replace(tzinfo=None))


def zoned(minutes: int, zone: dt.tzinfo, *, fold: int = 0) -> dt.datetime:
    """Return an instant of local time as an aware time in a zone; `fold=1`: the second pass of an hour that returns.

    Raises `EngineError` for an instant that no date can hold.

    >>> from zoneinfo import ZoneInfo
    >>> twice = minutes(dt.datetime(2026, 10, 25, 2, 30))
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> [zoned(twice, berlin, fold=fold).astimezone(dt.UTC).hour for fold in (0, 1)]
    [0, 1]
    """
    return instant(minutes).replace(tzinfo=zone, fold=fold)
