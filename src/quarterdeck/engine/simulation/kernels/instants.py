"""From durations to dates on several calendars: the forward pass of `cpm`, one iteration after the other.

Finishes are minutes of the clock since `origin`, durations still minutes of work on the calendar of each task.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar.table import TableArrays
from quarterdeck.engine.compiled import compiled_bare
from quarterdeck.engine.cpm.kernels.passes import early, finish_of, shifted, w
from quarterdeck.engine.cpm.layout import DELAY, EARLIEST_OF, IGNORE, RULED, SHOWN, Net, Passes, Settings
from quarterdeck.engine.simulation.kernels.draws import Wholes
from quarterdeck.engine.simulation.kernels.passes import PERCENT, Dates, Links, Logic
from quarterdeck.engine.simulation.kernels.random import I4, U8
from quarterdeck.engine.simulation.kernels.strikes import BEYOND, Days, Masks, endured, lane_bit


class Ground(NamedTuple):
    """A compiled plan, where it has several calendars. `net.span` and `net.lag` are room for those of one iteration."""

    several: bool
    origin: int
    net: Net
    table: TableArrays
    settings: Settings
    passes: Passes
    special: Wholes  # links with a lag in percent or with an end that may be absent
    midnights: Wholes  # [calendar, day]: work before each day since the first, the W of which is
    base: NDArray[np.int64]


@compiled_bare
def within(instant: int) -> I4:
    """Return an instant as one of the numbers that rows hold, the ends of them where it is far out."""
    return I4(min(max(instant, -BEYOND), BEYOND))


@compiled_bare
def set_lags(ground: Ground, links: Links, dates: Dates, e: int) -> None:
    """Set the lags that differ from iteration to iteration."""
    after = 0
    for k in range(len(ground.special)):
        j = ground.special[k]
        while links.first[after + 1] <= j:
            after += 1
        p, lag = links.pred[j], np.int64(links.lag[j])
        if links.unit[j] == PERCENT:
            lag = (np.int64(dates.duration[p, e]) * lag + 5000) // 10000
        if links.gated[j] and not dates.present[p] & dates.present[after] & lane_bit(e):
            lag = np.int64(0)
        ground.net.lag[j] = I4(lag)


@compiled_bare
def outlast(ground: Ground, logic: Logic, dates: Dates, i: int, e: int) -> None:
    """Put the finish of node i, early dates found, off by what its conditions cost it."""
    calendar, span, work, c = ground.net.calendar[i], ground.net.span[i], ground.passes.work[i], logic.nodes.weather[i]
    base = ground.base[calendar]
    done = endured(work - base, span, Days(ground.midnights[calendar], logic.weather.pace[c], dates.lost[c]), e)
    if done == BEYOND:
        ground.passes.when[i, 0] = ground.origin + BEYOND
    elif span > 0:
        ground.passes.when[i, 0] = finish_of(ground.table, calendar, base + done)
        dates.duration[i, e] = I4(base + done - work)


@compiled_bare
def decides(ground: Ground, j: int, i: int) -> bool:
    """Return whether a link decides when its successor, node i, starts."""
    net, table, when = ground.net, ground.table, ground.passes.when
    p, kind, calendar, flags = net.pred[j], net.kind[j], net.calendar[i], net.flags[i]
    if flags & IGNORE != 0 or (kind & 1 and net.flags[p] & SHOWN != 0):
        return False
    if flags & EARLIEST_OF != 0:
        return bool(when[p, 1] == when[i, 1])
    instant = when[p, kind & 1]
    if net.lag_calendar[j] == 0:
        instant += net.lag[j]
    else:
        instant = shifted(table, net.lag_calendar[j], instant, net.lag[j])
    if kind & 2:
        return bool(w(table, calendar, instant) - net.span[i] == ground.passes.work[i])
    if flags & RULED != 0:
        instant += net.rules[net.rule[i], DELAY]
    return bool(w(table, calendar, instant) == ground.passes.work[i])


@compiled_bare
def trace_instants(ground: Ground, logic: Logic, total: int, e: int, critical: Masks) -> None:
    """Mark what is critical in one lane, see `passes.trace`; whoever calls has cleared the marks."""
    net, bit = ground.net, lane_bit(e)
    for back in range(len(critical)):
        i = len(critical) - 1 - back
        if logic.nodes.last[i] and ground.passes.when[i, 0] == total:
            critical[i] = U8(critical[i] | bit)
        if critical[i] & bit:
            for j in range(net.first[i], net.first[i + 1]):
                if decides(ground, j, i):
                    critical[net.pred[j]] = U8(critical[net.pred[j]] | bit)


@compiled_bare
def forward_instants(ground: Ground, logic: Logic, dates: Dates, critical: Masks) -> None:
    """Fill the finishes of all lanes and mark what is critical, where there is room for marks."""
    net, when = ground.net, ground.passes.when
    for i in range(len(critical)):
        critical[i] = U8(0)
    for e in range(len(dates.total)):
        for i in range(len(net.span)):
            net.span[i] = dates.duration[i, e]
        set_lags(ground, logic.links, dates, e)
        total = -(1 << 60)
        for i in range(len(net.span)):
            early(i, net, ground.table, ground.settings, ground.passes)
            if logic.nodes.weather[i] >= 0:
                outlast(ground, logic, dates, i, e)
            if logic.nodes.last[i]:
                total = max(total, when[i, 0])
            dates.finish[i, e] = within(when[i, 0] - ground.origin)
            if logic.nodes.outdoors[i] >= 0:
                dates.start[logic.nodes.outdoors[i], e] = within(when[i, 1] - ground.origin)
        dates.total[e] = within(total - ground.origin)
        trace_instants(ground, logic, total, e, critical)
