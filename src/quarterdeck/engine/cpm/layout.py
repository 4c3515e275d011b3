"""How a compiled plan lies in memory; what the kernels, and rooms that bring kernels of their own, take."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.int32]
Small: TypeAlias = NDArray[np.int16]
Tiny: TypeAlias = NDArray[np.int8]

# -- what is special about a node: bits of `Net.flags`; a node with none of them has work, links and nothing else

UNFLOORED: Final = 1  # the project start does not hold it
IGNORE: Final = 2  # its links do not move it
SILENT: Final = 4  # it binds nothing that comes before it
FIXED: Final = 8  # it starts when it is said to, on working time or not
FINISHED: Final = 16
STARTED: Final = 32
LATE_TOTAL: Final = 64  # as late as possible, using up total float
LATE_FREE: Final = 128  # as late as possible, using up free float
AT_START: Final = 256  # a milestone at the start of a shift
EARLIEST_OF: Final = 512  # the earliest, not the latest, of what leads to it
PHANTOM: Final = 1024  # no task: does not make the project longer
ACTUALS: Final = 2048  # what comes before it should have been ready for its actual dates
SHOWN: Final = 4096  # links see its actual start, not the start of what remains
OPEN: Final = 8192  # may not finish later than it does
RULED: Final = 16384  # has a row of rules

# -- columns of `Net.rules`, instants unless said

START_FROM: Final = 0  # it starts no earlier; what remains restarts no earlier
FINISH_FROM: Final = 1
START_CAP: Final = 2  # it starts no later, whatever its links say
FINISH_CAP: Final = 3
START_BY: Final = 4  # its late start is no later
FINISH_BY: Final = 5
LATE_START_FLOOR: Final = 6  # its late start is no earlier, whatever follows
LATE_FINISH_FLOOR: Final = 7
DELAY: Final = 8  # minutes
ACTUAL_START: Final = 9
ACTUAL_FINISH: Final = 10
RULES: Final = 11

# -- what set a start, in `Passes.driver`, where it is no edge

BY_PROJECT: Final = -1
BY_RULE: Final = -2


# -- rows of a sheet, in which each task has a column

START, FINISH, EARLY_START, EARLY_FINISH, LATE_START, LATE_FINISH, REMAINING_START = range(7)
START_FLOAT, FINISH_FLOAT, TOTAL_FLOAT, FREE_FLOAT = range(7, 11)
LINES: Final = 11


class Net(NamedTuple):
    """The graph: one entry for each node, in an order in which every edge runs forward, and edges by where they lead.

    The edges that lead to node i lie from `first[i]` to `first[i + 1]`.
    """

    first: Rows
    pred: Rows
    kind: Tiny  # LinkKind
    lag: Rows  # minutes
    lag_calendar: Small  # number in the table; 0: round the clock
    span: Ints  # work from start to finish, gaps included; of a started task what remains
    calendar: Small  # number in the table; 0: round the clock
    flags: Small
    rule: Rows  # row of `rules`, -1 for none
    rules: Ints  # two-dimensional


class Passes(NamedTuple):
    """What the passes find, by node. Works are values of W, see `calendar.kernels`, on the node's calendar."""

    when: Ints  # [i, 0] finish, [i, 1] start as links see them: the scheduled dates
    work: Ints  # W of the start, of a started task of the start of what remains
    driver: Rows  # the edge that set the start, or BY_PROJECT, BY_RULE
    late: Ints  # [i, 0] W of the late finish, [i, 1] W of the late start, [i, 2] total float, [i, 3] free float
    latest: Ints  # the late start, an instant


class Settings(NamedTuple):
    """Options and dates of the project as the kernels take them."""

    start: int
    origin: int  # the project start or, where work may not lie before it, the status date
    finish: int  # NONE where the project need not finish by a date
    status: int  # NONE where work may lie before it
    late_finish: int  # of the project, in the backward pass
    early_finish: int
    from_finish: bool
    out_of_sequence: int  # 0 retained logic, 1 progress override, 2 actual dates
    shown: bool  # links see actual starts
    late_total: bool  # "as late as possible" uses up total float
    hard: int  # bit c: constraint c is hard
    total_float: int  # 0 smallest, 1 start, 2 finish
    free_to_finish: bool
    finish_at_start: bool  # a finish bound by a start shows at it
    dangling: bool  # a late finish is not drawn in by a late start


class Sweep(NamedTuple):
    """What a repair goes by: `stale` marks the nodes to look at again, and is added to on the way.

    `moved` are the nodes that a forward repair looked at; edges by predecessor as in `Plan.outgoing`.
    """

    stale: NDArray[np.bool_]
    moved: NDArray[np.bool_]
    first: Rows
    edges: Rows
    after: Rows
