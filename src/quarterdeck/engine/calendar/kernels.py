"""Calendar arithmetic inside compiled passes: W and its two inverses on a table of many calendars.

`table` is `CalendarTable.arrays`, `calendar` the number of a calendar in it, instants are minutes since 1970-01-01
00:00 and works are values of W, the working minutes from then to an instant on that calendar. With `first` and `last`
the table's horizon:

| function | gives | exact for; else `BEFORE` below, `BEYOND` above |
|---|---|---|
| `work_at(table, calendar, instant)` | W(instant) | first <= instant <= last |
| `finish_at(table, calendar, work)` | the first instant with W = work: end of a shift | W(first) < work <= W(last) |
| `start_at(table, calendar, work)` | the last instant with W = work: start of a shift | W(first) <= work < W(last) |

So W(finish_at(w)) = W(start_at(w)) = w and finish_at(w) <= start_at(w). `BEFORE` and `BEYOND` are -2**60 and 2**60:
given back as an instant or a work, with less than 2**59 added or taken away, they come out as themselves.

* when work can start at or after t: `start_at(work_at(t))`;
* the finish of d > 0 minutes of work from t: `finish_at(work_at(t) + d)`;
* the latest start that leads to a finish t with d > 0 minutes: `start_at(work_at(t) - d)`;
* the last moment of work up to t: `finish_at(work_at(t))`.
"""

from quarterdeck.engine.calendar.table import BEFORE, BEYOND, TIME_BUCKET, WORK_BUCKET, TableArrays
from quarterdeck.engine.compiled import compiled


@compiled
def work_at(table: TableArrays, calendar: int, instant: int) -> int:
    """Return W of an instant, see the module."""
    if instant < table.first:
        return BEFORE
    if instant > table.last:
        return BEYOND
    at = table.by_time[calendar, (instant - table.first) >> TIME_BUCKET]
    while table.starts[at + 1] <= instant:
        at += 1
    return int(min(table.cum[at] + instant - table.starts[at], table.cum[at + 1]))


@compiled
def finish_at(table: TableArrays, calendar: int, work: int) -> int:
    """Return the first instant with W = work, the end of a shift for choice, see the module."""
    done = work - table.first_work[calendar]
    if done <= 0:
        return BEFORE
    if work > table.last_work[calendar]:
        return BEYOND
    at = table.by_work[table.by_work_offsets[calendar] + (done >> WORK_BUCKET)]
    while table.cum[at + 1] < work:
        at += 1
    return int(table.starts[at] + work - table.cum[at])


@compiled
def start_at(table: TableArrays, calendar: int, work: int) -> int:
    """Return the last instant with W = work, the start of a shift for choice, see the module."""
    done = work - table.first_work[calendar]
    if done < 0:
        return BEFORE
    if work >= table.last_work[calendar]:
        return BEYOND
    at = table.by_work[table.by_work_offsets[calendar] + (done >> WORK_BUCKET)]
    while table.cum[at + 1] <= work:
        at += 1
    return int(table.starts[at] + work - table.cum[at])
