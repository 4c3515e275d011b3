"""The rules by which plans are reckoned, one option each, and the two dialects as tables of them.

Microsoft Project and Oracle Primavera P6 agree on the method and differ in what follows. Every difference is an option
of `Options`; `MICROSOFT` and `PRIMAVERA` set them all, and `dataclasses.replace` changes one. What is said of the two
programs is from their help pages, from the comparison of R. Winter and of T. Boyle, and from what files saved by them
hold; where a file shows otherwise, its option is the one line to change.

| option | Microsoft | Primavera |
|---|---|---|
| `lag_calendar`: whose calendar counts a lag in working time | the successor's | the predecessor's (a project option) |
| `hard`: constraints that win over links, moving dates against logic | all that have a date ("tasks always honour \
their constraint dates") | must start and must finish on (mandatory); "start on" is the same with `Task.hard=False` |
| `as_late`: what "as late as possible" uses up | total float: the task starts at its late start and pushes what \
follows it | free float: nothing that follows moves |
| `from_status`: may work that is still to do lie before the status date | yes, nothing is moved | no |
| `out_of_sequence`: a task has started although what it waits for has not ended | what remains waits (split tasks in \
progress) | what remains waits (retained logic) |
| `lag_from_actual_start`: a start-start lag behind a started task counts from | its actual start | its actual start \
(a project option) |
| `floor`: which tasks the project start holds | those without predecessors, and behind finish-finish links; a lead \
may reach further back | all |
| `total_float` of an unstarted task | the smaller of start and finish float | the smaller (a project option) |
| total float of a started task | finish float | finish float |
| `finish_at_start`: where a finish stands that a start-finish link binds to the start of a shift | there | at the end \
of the shift before |
| `dangling_finish`: may a task that others follow by its start alone finish as late as the project | no: its late \
finish is its late start and its duration; only of a manual task the finish counts | no |
| `free_float_to_finish`: free float of a task that nothing follows | its total float | its distance to the project's \
finish |
| `remaining_dates`: early and late start of a started task | its actual start | when the remaining work can and must \
start |

In both, deadlines and "no later than" bind late dates only, a finish of the project (must finish by) starts the
backward pass, finished tasks have no float, milestones stand at the end of a shift, and free float is never negative.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagCalendar


class OutOfSequence(Enum):
    """What happens to a started task whose predecessors are not done."""

    RETAINED_LOGIC = "retained logic"  # what remains waits for them
    PROGRESS_OVERRIDE = "progress override"  # its links are void: it goes on, and they are free of it
    ACTUAL_DATES = "actual dates"  # it goes on; they should have ended before it started, and so have negative float


class AsLate(Enum):
    """What a task "as late as possible" may use up."""

    TOTAL_FLOAT = "total float"
    FREE_FLOAT = "free float"


class TotalFloat(Enum):
    """Which of start and finish float is a task's total float; of a started task it is always the finish float."""

    SMALLEST = "smallest"
    START = "start"
    FINISH = "finish"


class Critical(Enum):
    """What makes a task critical."""

    FLOAT = "float"  # total float of at most `Options.critical_float`
    LONGEST_PATH = "longest path"  # it lies on a chain of driving links that ends at the project's finish


_DATED: Final = frozenset(Constraint) - {Constraint.AS_SOON_AS_POSSIBLE, Constraint.AS_LATE_AS_POSSIBLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to reckon; see the module for what the dialects choose. Floats are in working minutes.

    Raises `EngineError` for what contradicts itself: a critical float above the nearly critical one, a lag calendar
    that is left to the dialect.
    """

    lag_calendar: LagCalendar = LagCalendar.SUCCESSOR
    hard: frozenset[Constraint] = _DATED
    as_late: AsLate = AsLate.TOTAL_FLOAT
    from_finish: bool = False  # schedule back from `Network.finish`: the start of the project is found
    from_status: bool = False
    out_of_sequence: OutOfSequence = OutOfSequence.RETAINED_LOGIC
    lag_from_actual_start: bool = True
    floor: bool = False  # the project start holds every task, not only those that nothing precedes
    total_float: TotalFloat = TotalFloat.SMALLEST
    finish_at_start: bool = True
    dangling_finish: bool = False
    free_float_to_finish: bool = False
    open_ends_critical: bool = False  # what nothing follows must not finish later than it does
    critical: Critical = Critical.FLOAT
    critical_float: int = 0
    near_critical_float: int = 5 * 480  # the band above it that is nearly critical
    remaining_dates: bool = False

    def __post_init__(self) -> None:
        if self.lag_calendar == LagCalendar.DIALECT:
            raise EngineError("the dialect leaves its lag calendar to the dialect", remedy="Name whose calendar it is.")
        if self.near_critical_float < self.critical_float:
            raise EngineError(
                f"nearly critical ends at {self.near_critical_float} minutes of float, below critical at "
                f"{self.critical_float}",
                remedy="Set near_critical_float to at least critical_float.",
            )


#: Microsoft Project's rules.
MICROSOFT: Final = Options()

#: Oracle Primavera P6's rules, with the settings that it has in a new project.
PRIMAVERA: Final = Options(
    lag_calendar=LagCalendar.PREDECESSOR,
    hard=frozenset({Constraint.MUST_START_ON, Constraint.MUST_FINISH_ON}),
    as_late=AsLate.FREE_FLOAT,
    from_status=True,
    floor=True,
    finish_at_start=False,
    free_float_to_finish=True,
    remaining_dates=True,
)
