"""Passes over part of a plan: what an edit touches, and no more."""

import numpy as np

from quarterdeck.engine.calendar import BEFORE, BEYOND, TableArrays
from quarterdeck.engine.compiled import compiled, compiled_bare
from quarterdeck.engine.cpm.kernels.graph import Flags
from quarterdeck.engine.cpm.kernels.passes import allowed, bind, early, late
from quarterdeck.engine.cpm.layout import EARLIEST_OF, PHANTOM, SILENT, Ints, Net, Passes, Settings, Sweep


@compiled_bare
def repair_forward(net: Net, table: TableArrays, settings: Settings, passes: Passes, sweep: Sweep) -> int:
    """Find the early dates of stale nodes and of what they move; return the latest finish of all."""
    finish = BEFORE
    for i in range(len(net.span)):
        if sweep.stale[i]:
            old_finish, old_start = passes.when[i, 0], passes.when[i, 1]
            early(i, net, table, settings, passes)
            sweep.moved[i] = True
            if passes.when[i, 0] != old_finish or passes.when[i, 1] != old_start:
                for place in range(sweep.first[i], sweep.first[i + 1]):
                    sweep.stale[sweep.after[sweep.edges[place]]] = True
        if passes.when[i, 0] > finish and net.flags[i] & PHANTOM == 0:
            finish = passes.when[i, 0]
    return finish


@compiled_bare
def behind(net: Net, moved: Flags) -> None:
    """Mark the nodes before those that are marked as well."""
    for i in range(len(net.span)):
        if moved[i]:
            for edge in range(net.first[i], net.first[i + 1]):
                moved[net.pred[edge]] = True


@compiled_bare
def repair_backward(net: Net, table: TableArrays, settings: Settings, passes: Passes, sweep: Sweep) -> tuple[int, int]:
    """Find late dates and floats of stale nodes and of what they move; return the least and the greatest late start."""
    least, most = BEYOND, BEFORE
    for i in range(len(net.span) - 1, -1, -1):
        if not sweep.stale[i]:
            continue
        old_late, old_free, old_latest = passes.late[i, 1], passes.late[i, 3], passes.latest[i]
        passes.late[i, :] = BEYOND
        for place in range(sweep.first[i], sweep.first[i + 1]):
            edge = sweep.edges[place]
            after = sweep.after[edge]
            flags = net.flags[after]
            if flags & SILENT == 0 and (flags & EARLIEST_OF == 0 or passes.driver[after] == edge):
                bind(edge, allowed(after, net, table, passes), net, table, passes.late)
        late(i, net, table, settings, passes)
        least = min(least, passes.latest[i])
        most = max(most, passes.latest[i])
        freed = net.flags[i] & PHANTOM != 0 and passes.late[i, 3] != old_free
        if passes.late[i, 1] != old_late or passes.latest[i] != old_latest or freed:
            for edge in range(net.first[i], net.first[i + 1]):
                sweep.stale[net.pred[edge]] = True
    return least, most


@compiled
def finishes_without(net: Net, table: TableArrays, settings: Settings, passes: Passes, sweep: Sweep) -> Ints:
    """Return when the project would finish if each node marked in `sweep.moved` took no time, one at a time."""
    nodes = np.flatnonzero(sweep.moved)
    count = len(net.span)
    found = np.empty(len(nodes), np.int64)
    seen = np.empty(count, np.int32)
    held = np.empty((count, 4), np.int64)
    for k in range(len(nodes)):
        node = nodes[k]
        span = net.span[node]
        net.span[node] = 0
        sweep.stale[node] = True
        looked = 0
        for i in range(node, count):
            if not sweep.stale[i]:
                continue
            sweep.stale[i] = False
            seen[looked] = i
            held[looked, 0], held[looked, 1] = passes.when[i, 0], passes.when[i, 1]
            held[looked, 2], held[looked, 3] = passes.work[i], passes.driver[i]
            early(i, net, table, settings, passes)
            if passes.when[i, 0] != held[looked, 0] or passes.when[i, 1] != held[looked, 1]:
                for place in range(sweep.first[i], sweep.first[i + 1]):
                    sweep.stale[sweep.after[sweep.edges[place]]] = True
            looked += 1
        finish = BEFORE
        for i in range(count):
            if net.flags[i] & PHANTOM == 0:
                finish = max(finish, passes.when[i, 0])
        found[k] = finish
        net.span[node] = span
        for place in range(looked):
            i = seen[place]
            passes.when[i, 0], passes.when[i, 1] = held[place, 0], held[place, 1]
            passes.work[i], passes.driver[i] = held[place, 2], held[place, 3]
    return found
