"""Dates and times at the edge, and Microsoft Project's own reading of recurring exceptions."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import (
    LAST,
    Daily,
    Monthly,
    Nth,
    Pattern,
    RecurringException,
    Weekly,
    Yearly,
    instant,
    local_minutes,
    minutes,
    zoned,
)
from quarterdeck.engine.calendar.expansion import day_number, occurrences
from quarterdeck.engine.errors import EngineError

BERLIN = ZoneInfo("Europe/Berlin")
PROJECT = {"p": "http://schemas.microsoft.com/project"}
FILES = ["calendar-recurring-exceptions-project2007-mspdi.xml", "calendar-recurring-exceptions-project2016-mspdi.xml"]
#: Microsoft's "day", "weekday", "weekend day" and then Sunday to Saturday, as weekdays from Monday.
ITEMS = [(0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (5, 6), (6,), (0,), (1,), (2,), (3,), (4,), (5,)]
POSITIONS = [1, 2, 3, 4, LAST]


def naive(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# -- Microsoft Project's files


def pattern_of(exception: ET.Element) -> Pattern:
    """Read one `Exception` of a file; meanings by Microsoft's Project XML Data Interchange Schema Reference."""

    def number(name: str) -> int:
        return int(exception.findtext(f"p:{name}", "0", PROJECT))

    def day() -> int | Nth:
        if number("Type") in (3, 5):
            return Nth(POSITIONS[number("MonthPosition")], ITEMS[number("MonthItem")])
        return number("MonthDay")

    match number("Type"):
        case 1 | 7:
            return Daily(max(number("Period"), 1))
        case 2 | 3:
            return Yearly(number("Month") + 1, day())
        case 4 | 5:
            return Monthly(day(), number("Period"))
        case _:
            bits = number("DaysOfWeek")
            return Weekly(tuple((bit - 1) % 7 for bit in range(7) if bits >> bit & 1), number("Period"))


@pytest.mark.parametrize("name", FILES)
def test_recurring_exceptions_end_where_microsoft_project_ended_them(shared_data: Path, name: str) -> None:
    """27 patterns a file: the last of the stored number of occurrences falls on the stored finish."""
    exceptions = ET.parse(shared_data / "schedules" / name).getroot().findall(".//p:Exceptions/p:Exception", PROJECT)
    found, stored = {}, {}
    for exception in exceptions:
        label = exception.findtext("p:Name", "", PROJECT)
        first, last = (
            dt.date.fromisoformat(exception.findtext(f"p:TimePeriod/p:{side}", "", PROJECT)[:10])
            for side in ("FromDate", "ToDate")
        )
        times = int(exception.findtext("p:Occurrences", "", PROJECT))
        days = occurrences(RecurringException(pattern_of(exception), first, occurrences=times), day_number(last) + 4000)
        found[label], stored[label] = (len(days), days[-1]), (times, day_number(last))
    assert len(stored) == 27
    assert found == stored


# -- the edge


@settings(max_examples=50)
@given(st.integers(minutes(dt.date(1900, 1, 1)), minutes(dt.date(2200, 1, 1))))
def test_minutes_and_instant_are_inverse_and_agree_with_numpy(at: int) -> None:
    assert minutes(instant(at)) == at
    assert np.datetime64(instant(at), "m").astype(np.int64) == at
    assert local_minutes(zoned(at, dt.UTC), dt.UTC) == at


def test_known_instants() -> None:
    assert minutes(naive("1970-01-01 00:01")) == 1
    assert minutes(naive("1969-12-31 23:59")) == -1
    assert minutes(naive("2026-03-02 08:00")) == 29_540_640  # date -u -d '2026-03-02 08:00' +%s, over 60
    assert minutes(dt.date(2026, 3, 2)) == 29_540_160
    assert minutes(naive("2026-03-02 08:00:59")) == 29_540_640


def test_where_clocks_change_the_wall_is_believed() -> None:
    """Berlin 2026: 29 March 02:00 to 03:00 is missing, 25 October 02:00 to 03:00 passes twice."""
    before, after = (dt.datetime(2026, 3, 29, hour, 59, tzinfo=dt.UTC) for hour in (0, 1))
    assert instant(local_minutes(before, BERLIN)) == naive("2026-03-29 01:59")
    assert instant(local_minutes(after, BERLIN)) == naive("2026-03-29 03:59")
    once, again = (dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC) for hour in (0, 1))
    assert local_minutes(once, BERLIN) == local_minutes(again, BERLIN) == minutes(naive("2026-10-25 02:30"))
    back = [zoned(minutes(naive("2026-10-25 02:30")), BERLIN, fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
    assert back == [once, again]
    missing = zoned(minutes(naive("2026-03-29 02:30")), BERLIN)
    assert missing.astimezone(dt.UTC) == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)


def test_times_of_the_wrong_sort_are_refused() -> None:
    with pytest.raises(EngineError, match=r"has a time zone. Convert it with local_minutes"):
        minutes(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(EngineError, match="has no time zone"):
        local_minutes(naive("2026-01-01 00:00"), BERLIN)
    with pytest.raises(EngineError, match="minute 9000000000000 has no date"):
        instant(9 * 10**12)
    with pytest.raises(EngineError, match="has no date"):
        zoned(2**70, BERLIN)
