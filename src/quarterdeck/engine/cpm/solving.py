"""From a plan to its schedule: which passes run, in which order, over calendars long enough."""

from __future__ import annotations

from typing import Final

import numpy as np

from quarterdeck.engine.calendar import BEYOND
from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import NONE, Columns
from quarterdeck.engine.cpm.layout import Ints, Net, Passes
from quarterdeck.engine.cpm.options import MICROSOFT, Options
from quarterdeck.engine.cpm.plan import Plan, compile_plan
from quarterdeck.engine.cpm.results import Schedule
from quarterdeck.engine.network import Network

AWAY: Final = BEYOND // 2
#: Words of a cache line.
LINE: Final = 8


def schedule(network: Network | Columns | Plan, options: Options = MICROSOFT) -> Schedule:
    """Schedule a plan: early and late dates, floats, what drives what.

    The critical path method (Kelley & Walker 1959) with the four kinds of links, calendars, constraints and progress,
    by the rules of `options`. A `Plan` is taken as it was made ready, with the options that it was made ready for; that
    is the way to schedule again and again.

    Instants are minutes since 1970-01-01, floats minutes of work on each task's own calendar. Raises `EngineError` as
    `compile_plan` does, and, naming the calendars, where a plan runs out of 1900 to 2200.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> found = schedule(Network((Task("a", 480), Task("b", 960), Task("c", 240)), (Link("a", "c"), Link("b", "c"))))
    >>> found["c"].start, found["a"].total_float, found.project_finish, found.longest_path
    (960, 480, 1200, ('b', 'c'))
    """
    plan = network if isinstance(network, Plan) else compile_plan(network, options)
    while True:
        found = _passed(plan)
        if found is not None:
            return found
        plan.tables[:] = [plan.table.grown()]


def allocated(count: int) -> Passes:
    """Return room for what the passes find on so many nodes.

    It is one piece of memory, each part at the start of a cache line: a schedule that takes the place of an older one
    is then written where that was, which saves asking the system for pages, as long as the passes themselves take.

    >>> room = allocated(3)
    >>> room.when.shape, room.late.shape, room.driver.dtype.name
    ((3, 2), (3, 4), 'int32')
    """
    words = {"when": 2, "late": 4, "work": 1, "latest": 1}
    step = -(-count // LINE) * LINE
    block = np.empty(step * (sum(words.values()) + 1) + LINE, np.int64)
    at = -(block.ctypes.data // 8) % LINE
    parts: dict[str, Ints] = {}
    for name, width in words.items():
        part = block[at : at + count * width]
        parts[name] = part.reshape(count, width) if width > 1 else part
        at += step * width
    return Passes(**parts, driver=block[at : at + step].view(np.int32)[:count])


def _passed(plan: Plan) -> Schedule | None:
    """Return the schedule, or None where the calendars are too short for it."""
    from quarterdeck.engine.cpm.kernels.passes import backward, forward

    net, settings, table = plan.net, plan.settings, plan.table.arrays
    passes = allocated(len(net.span))
    if len(net.span) == 0:
        end = settings.finish if settings.finish != NONE else settings.start
        return Schedule(plan, passes, settings._replace(late_finish=end, early_finish=settings.start), None)
    start, finish = forward(net, table, settings, passes)
    if settings.from_finish:
        ends = settings._replace(late_finish=settings.finish, early_finish=settings.finish)
        origin, last = backward(net, table, ends, passes)
        if origin < -AWAY or last > AWAY:
            return None
        settings = settings._replace(start=origin, origin=origin)
        start, finish = forward(net, table, settings, passes)
    if start < -AWAY or finish > AWAY:
        return None
    settings = settings._replace(
        early_finish=finish, late_finish=settings.finish if settings.finish != NONE else finish
    )
    first, last = backward(net, table, settings, passes)
    put_off = np.flatnonzero(net.flags & layout.LATE_TOTAL)
    soonest = None
    if len(put_off):
        soonest = put_off, passes.when[put_off].copy()
        late_net = _put_off(net, passes, put_off)
        start, finish = forward(late_net, table, settings, passes)
        settings = settings._replace(early_finish=finish)
        first, last = backward(late_net, table, settings, passes)
    if first < -AWAY or last > AWAY or finish > AWAY:
        return None
    return Schedule(plan, passes, settings, soonest)


def _put_off(net: Net, passes: Passes, nodes: Ints) -> Net:
    """Return the graph in which some nodes start no earlier than their late start."""
    rules = net.rules.copy()
    rows = net.rule[nodes]
    rules[rows, layout.START_FROM] = np.maximum(rules[rows, layout.START_FROM], passes.latest[nodes])
    rules[rows, layout.DELAY] = 0
    return net._replace(rules=rules)
