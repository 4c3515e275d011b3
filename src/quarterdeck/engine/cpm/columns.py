"""A plan as NumPy columns: what a network becomes first, and what plans of a hundred thousand tasks are built from.

Rows are tasks and links in the order in which they are given; a task refers to another by its row. Instants and
durations are minutes, see `network`; an instant or amount that is not given is `NONE`, which is what NumPy's `NaT` is
underneath. A column left out holds the default for every row.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.calendar import Calendar
from quarterdeck.engine.calendar import minutes as minute
from quarterdeck.engine.calendar.definition import EARLIEST, LATEST
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import (
    CalendarId,
    Constraint,
    LagCalendar,
    LagUnit,
    Link,
    LinkKind,
    Network,
    Task,
    TaskId,
    TaskKind,
)

Minutes: TypeAlias = NDArray[np.int64]

#: An instant or amount that is not given.
NONE: Final = int(np.iinfo(np.int64).min)
#: So many tasks or links are refused: they and their results would not fit in memory.
MANY: Final = 10_000_000
#: No duration, lag or delay is longer, in minutes: nearly two thousand years.
LONGEST: Final = 1_000_000_000
FIRST, LAST = minute(EARLIEST), minute(LATEST)

#: What may be said of a task beside its duration -> what holds where nothing is said.
TASK_COLUMNS: Final[Mapping[str, int]] = {
    "kind": TaskKind.TASK,
    "parent": -1,
    "calendar": -1,
    "elapsed": 0,
    "constraint": Constraint.AS_SOON_AS_POSSIBLE,
    "constraint_at": NONE,
    "second_constraint": Constraint.AS_SOON_AS_POSSIBLE,
    "second_constraint_at": NONE,
    "hard": -1,
    "deadline": NONE,
    "actual_start": NONE,
    "actual_finish": NONE,
    "remaining": NONE,
    "suspended": NONE,
    "resumed": NONE,
    "delay": 0,
    "manual": 0,
    "active": 1,
}
#: The same of a link.
LINK_COLUMNS: Final[Mapping[str, int]] = {
    "link_kind": LinkKind.FINISH_START,
    "lag": 0,
    "lag_unit": LagUnit.WORKING,
    "lag_calendar": LagCalendar.DIALECT,
}
INSTANTS: Final = frozenset(
    {"constraint_at", "second_constraint_at", "deadline", "actual_start", "actual_finish", "suspended", "resumed"}
)
AMOUNTS: Final = frozenset({"duration", "remaining", "delay"})
CODES: Final[Mapping[str, int]] = {
    "kind": len(TaskKind),
    "constraint": len(Constraint),
    "second_constraint": len(Constraint),
    "link_kind": len(LinkKind),
    "lag_unit": len(LagUnit),
    "lag_calendar": len(LagCalendar),
}
NOTHING: Final[Mapping[int, tuple[tuple[int, int], ...]]] = {}


def _none() -> Minutes:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A whole plan in columns; those of tasks have one length, those of links another.

    `parent` is a row, `calendar` a place in `calendars`, `predecessor` and `successor` are rows, `hard` is 1, 0 or, for
    the dialect's choice, -1; `splits` is by row. Enumerations are their numbers. Without `ids` a task's id is its row.
    Columns of `datetime64` serve as instants.

    Raises `EngineError` for what no plan can have: no tasks, ten million of them, columns of different lengths,
    numbers that are not whole, negative durations, rows that are not there, ids twice, a task linked to itself, dates
    outside 1900 to 2200.

    >>> plan = Columns(
    ...     duration=np.array([480, 960, 480]), predecessor=np.array([0, 1]), successor=np.array([1, 2])
    ... )
    >>> int(plan.duration.sum()), plan.column("delay").tolist()
    (1920, [0, 0, 0])
    """

    duration: Minutes
    predecessor: Minutes = field(default_factory=_none)
    successor: Minutes = field(default_factory=_none)
    kind: Minutes | None = None
    parent: Minutes | None = None
    calendar: Minutes | None = None
    elapsed: Minutes | None = None
    constraint: Minutes | None = None
    constraint_at: Minutes | None = None
    second_constraint: Minutes | None = None
    second_constraint_at: Minutes | None = None
    hard: Minutes | None = None
    deadline: Minutes | None = None
    actual_start: Minutes | None = None
    actual_finish: Minutes | None = None
    remaining: Minutes | None = None
    suspended: Minutes | None = None
    resumed: Minutes | None = None
    delay: Minutes | None = None
    manual: Minutes | None = None
    active: Minutes | None = None
    link_kind: Minutes | None = None
    lag: Minutes | None = None
    lag_unit: Minutes | None = None
    lag_calendar: Minutes | None = None
    splits: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    ids: Sequence[TaskId] | None = None
    names: Sequence[str] | None = None
    calendars: tuple[Calendar, ...] = ()
    calendar_ids: Sequence[CalendarId] | None = None
    project_calendar: int = -1
    start: int = 0
    finish: int | None = None
    status: int | None = None

    def __post_init__(self) -> None:
        _Check(self).everything()

    def __len__(self) -> int:
        return len(self.duration)

    def column(self, name: str) -> Minutes:
        """Return a column by its name, the default spread over all rows where it was left out.

        >>> Columns(duration=np.array([1, 2])).column("parent").tolist()
        [-1, -1]
        """
        found: Minutes | None = getattr(self, name)
        if found is not None:
            return found
        if name in TASK_COLUMNS:
            return np.broadcast_to(np.int64(TASK_COLUMNS[name]), len(self))
        return np.broadcast_to(np.int64(LINK_COLUMNS[name]), len(self.predecessor))

    @property
    def places(self) -> dict[CalendarId, int]:
        """The place of each calendar by the id that tasks call it by; its own where nothing else is said."""
        own = (calendar.id for calendar in self.calendars)
        return {each: place for place, each in enumerate(own if self.calendar_ids is None else self.calendar_ids)}

    def id_of(self, row: int) -> TaskId:
        """Return the id of the task in a row.

        >>> Columns(duration=np.array([1, 2]), ids=("a", "b")).id_of(1)
        'b'
        """
        return int(row) if self.ids is None else self.ids[row]

    def name_of(self, row: int) -> str:
        """Return what to call the task in a row when talking to people: its name, else its id.

        >>> Columns(duration=np.array([1]), ids=("a",), names=("Dig",)).name_of(0)
        'Dig'
        """
        return (self.names[row] if self.names is not None else "") or str(self.id_of(row))

    def changed(self, **values: Any) -> Columns:
        """Return the same plan with other columns, which are taken as they are, unchecked.

        >>> Columns(duration=np.array([1, 2])).changed(duration=np.array([1, 3])).duration.tolist()
        [1, 3]
        """
        twin = copy.copy(self)
        for name, value in values.items():
            object.__setattr__(twin, name, value)
        return twin


def columns(network: Network) -> Columns:
    """Return a network as columns, tasks and links in their order there.

    Raises `EngineError`, naming the tasks, for a parent, a calendar or an end of a link that is not in the network, for
    two tasks of one id, and for what `Columns` refuses.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> plan = columns(Network((Task("a", 480), Task("b", 960, deadline=9000)), (Link("a", "b"),)))
    >>> plan.ids, plan.predecessor.tolist(), plan.deadline.tolist() == [NONE, 9000]
    (('a', 'b'), [0], True)
    """
    tasks, links = network.tasks, network.links
    rows = rows_by_id(task.id for task in tasks)
    places = {key: place for place, key in enumerate(network.calendars)}
    own = -1 if network.calendar is None else looked_up(network.calendar, places)
    if own is None:
        raise EngineError(
            f"the project's calendar {network.calendar!r} is not among the calendars",
            culprits=(network.calendar,),
            remedy="Add it, or take another.",
        )
    task_values: dict[str, Any] = {name: filled(tasks, name, rows, places) for name in TASK_COLUMNS}
    return Columns(
        duration=numbers([task.duration for task in tasks]),
        **task_values,
        splits={row: task.splits for row, task in enumerate(tasks) if task.splits},
        ids=tuple(task.id for task in tasks),
        names=tuple(task.name for task in tasks),
        calendars=tuple(network.calendars.values()),
        calendar_ids=tuple(network.calendars),
        project_calendar=own,
        start=network.start,
        finish=network.finish,
        status=network.status,
        **link_columns(links, rows),
    )


def rows_by_id(ids: Iterable[TaskId]) -> dict[TaskId, int]:
    """Return the row of each id. Raises `EngineError` naming an id that stands twice.

    >>> rows_by_id(["a", "b"])
    {'a': 0, 'b': 1}
    """
    rows: dict[TaskId, int] = {}
    for row, each in enumerate(ids):
        try:
            first = rows.setdefault(each, row)
        except TypeError:
            raise EngineError(
                f"{each!r} cannot be an id", culprits=(each,), remedy="Take a number, text or tuple."
            ) from None
        if first != row:
            raise EngineError(f"two tasks have the id {each!r}", culprits=(each,), remedy="Give each its own.")
    return rows


def looked_up(key: Hashable, known: Mapping[Any, int]) -> int | None:
    """Return what a key stands for; None for one that is unknown, or no key at all.

    >>> looked_up("a", {"a": 3}), looked_up(["a"], {"a": 3})
    (3, None)
    """
    try:
        return known.get(key)
    except TypeError:
        return None


def link_columns(links: Sequence[Link], rows: Mapping[TaskId, int]) -> dict[str, Minutes]:
    """Return the columns of links. Raises `EngineError` naming both ends where one is not among `rows`.

    >>> link_columns([Link("a", "b", lag=60)], {"a": 0, "b": 1})["lag"].tolist()
    [60]
    """
    try:
        ends = [(rows[link.predecessor], rows[link.successor]) for link in links]
    except (KeyError, TypeError):
        lost = next(
            link for link in links if None in (looked_up(link.predecessor, rows), looked_up(link.successor, rows))
        )
        missing = lost.predecessor if looked_up(lost.predecessor, rows) is None else lost.successor
        raise EngineError(
            f"the link {lost.predecessor!r} → {lost.successor!r} names {missing!r}, which is no task of the plan",
            culprits=(lost.predecessor, lost.successor),
            remedy="Remove the link, or add the task.",
        ) from None
    both = np.array(ends, np.int64).reshape(-1, 2)
    return {
        "predecessor": both[:, 0].copy(),
        "successor": both[:, 1].copy(),
        "link_kind": numbers([link.kind for link in links]),
        "lag": numbers([link.lag for link in links]),
        "lag_unit": numbers([link.unit for link in links]),
        "lag_calendar": numbers([link.calendar for link in links]),
    }


def value(task: Task, name: str, rows: Mapping[TaskId, int], places: Mapping[Any, int]) -> Any:
    """Return what a task holds in one column: references as rows and places, nothing as the default.

    Raises `EngineError` for a parent or calendar that is not there.

    >>> value(Task("a", parent="b"), "parent", {"a": 0, "b": 1}, {}), value(Task("a"), "deadline", {}, {}) == NONE
    (1, True)
    """
    held = getattr(task, name)
    if held is None:
        return TASK_COLUMNS[name]
    if name in {"parent", "calendar"}:
        found = looked_up(held, rows if name == "parent" else places)
        if found is None:
            what = "parent" if name == "parent" else "calendar"
            raise EngineError(
                f"task {task.id!r} names the {what} {held!r}, which is not in the plan",
                culprits=(task.id,),
                remedy=f"Add it, or take another {what}.",
            )
        return found
    return held


def filled(tasks: Sequence[Task], name: str, rows: Mapping[TaskId, int], places: Mapping[Any, int]) -> Minutes | None:
    """Return a column of tasks, or None where it would hold nothing but its default.

    >>> filled([Task("a"), Task("b", deadline=9000)], "deadline", {}, {}).tolist() == [NONE, 9000]
    True
    >>> filled([Task("a")], "deadline", {}, {}) is None
    True
    """
    default = TASK_COLUMNS[name]
    held = [getattr(task, name) for task in tasks]
    if held.count(None) == len(held) or held.count(default) == len(held):
        return None
    return numbers([value(task, name, rows, places) for task in tasks])


def numbers(values: Sequence[Any]) -> NDArray[Any]:
    """Return values as an array of whatever kind of number they are; what is no number becomes NaN, to be refused.

    >>> numbers([480, 960]).tolist(), numbers([480, "long"]).tolist()
    ([480, 960], [480.0, nan])
    """
    if not values:
        return _none()
    try:
        found = np.array(values)
    except (TypeError, ValueError, OverflowError):
        found = np.empty(len(values), object)
    if found.dtype.kind in "iubf" and found.ndim == 1:
        return found
    return np.array([each if isinstance(each, int | float) and -(2**63) <= each < 2**63 else np.nan for each in values])


class _Check:
    """What no plan can have is refused here, once, so that nothing behind needs to ask again."""

    def __init__(self, plan: Columns) -> None:
        self.plan = plan

    def everything(self) -> None:
        self.size()
        for name in ("duration", *TASK_COLUMNS, "predecessor", "successor", *LINK_COLUMNS):
            given = getattr(self.plan, name)
            if given is not None:
                object.__setattr__(self.plan, name, self.whole(name, np.asarray(given)))
        for name in ("start", "finish", "status"):
            self.project_instant(name)
        self.references()
        self.ids()
        self.actuals()
        self.splits()

    def size(self) -> None:
        for count, what in ((len(self.plan.duration), "tasks"), (len(self.plan.predecessor), "links")):
            if count >= MANY:
                raise EngineError(
                    f"the plan has {count:,} {what}, {MANY:,} are too many to schedule at once",
                    remedy="Schedule its parts apart.",
                )
        if len(self.plan.duration) == 0:
            raise EngineError("the plan has no tasks", remedy="Give it at least one.")

    def culprit(self, name: str, row: int) -> tuple[str, tuple[Any, ...]]:
        """Return how to call what stands in a row of a column, and its ids."""
        if name in LINK_COLUMNS or name in {"predecessor", "successor"}:
            ends = [self.plan.predecessor, self.plan.successor]
            pair = tuple(self.id_of(int(end[row])) for end in ends if row < len(end))
            return f"the link {' → '.join(repr(each) for each in pair)}", pair
        return f"task {self.id_of(row)!r}", (self.id_of(row),)

    def id_of(self, row: int) -> Any:
        known = self.plan.ids is None or 0 <= row < len(self.plan.ids)
        return self.plan.id_of(row) if known else row

    def refuse(self, name: str, rows: NDArray[np.bool_], problem: str, remedy: str) -> None:
        if rows.any():
            row = int(np.argmax(rows))
            what, ids = self.culprit(name, row)
            raise EngineError(f"{what} {problem}", culprits=ids, remedy=remedy)

    def whole(self, name: str, given: NDArray[Any]) -> Minutes:
        """Return a column as whole minutes within its range."""
        of_links = name in LINK_COLUMNS or name == "successor"
        wanted = len(self.plan.predecessor if of_links or name == "predecessor" else self.plan.duration)
        if given.shape != (wanted,):
            raise EngineError(
                f"the column {name} has {given.size} values for {wanted} {'links' if of_links else 'tasks'}",
                remedy="Give one for each.",
            )
        word = name.replace("_", " ")
        if given.dtype.kind == "M":
            given = given.astype("M8[m]").view(np.int64)
        if given.dtype.kind not in "iub":
            if given.dtype.kind != "f":
                raise EngineError(f"the column {name} holds no numbers", remedy="Give whole minutes.")
            broken = ~np.isfinite(given) | (given != np.floor(given)) | (np.abs(given) > 2**63)
            self.refuse(name, broken, f"has a {word} that is no whole number", "Give whole minutes.")
        found = given.astype(np.int64, copy=False)
        self.ranges(name, word, found)
        return np.ascontiguousarray(found)

    def ranges(self, name: str, word: str, found: Minutes) -> None:
        if found.size == 0:
            return
        least, most = int(found.min()), int(found.max())
        if name in AMOUNTS and (least < 0 or most > LONGEST):
            self.refuse(name, (found < 0) & (found != NONE), f"has a negative {word}", "Give zero or more minutes.")
            self.refuse(name, found > LONGEST, f"has a {word} of over {LONGEST:,} minutes", "Check the duration.")
        elif name == "lag" and max(most, -least) > LONGEST:
            self.refuse(name, np.abs(found) > LONGEST, f"has a lag of over {LONGEST:,} minutes", "Check the lag.")
        elif name in CODES and not 0 <= least <= most < CODES[name]:
            self.refuse(name, (found < 0) | (found >= CODES[name]), f"has an unknown {word}", "Take a known one.")
        elif name in INSTANTS and (least < FIRST or most > LAST):
            outside = ((found < FIRST) | (found > LAST)) & (found != NONE)
            self.refuse(name, outside, f"has a date ({word}) outside {EARLIEST} to {LATEST}", "Check the date.")

    def project_instant(self, name: str) -> None:
        held = getattr(self.plan, name)
        if held is None and name != "start":
            return
        whole = isinstance(held, int | np.integer) and not isinstance(held, bool)
        if not whole or not FIRST <= held <= LAST:
            raise EngineError(
                f"the {name} of the project is no date between {EARLIEST} and {LATEST}", remedy="Check the date."
            )

    def references(self) -> None:
        plan, count = self.plan, len(self.plan.duration)
        for name, most in (
            ("predecessor", count),
            ("successor", count),
            ("parent", count),
            ("calendar", len(plan.calendars)),
        ):
            held = getattr(plan, name)
            least = 0 if name in {"predecessor", "successor"} else -1
            if held is not None and held.size and not least <= held.min() <= held.max() < most:
                self.refuse(name, (held < least) | (held >= most), f"has a {name} that is not there", "Check the rows.")
        if not -1 <= plan.project_calendar < len(plan.calendars):
            raise EngineError("the project's calendar is not among the calendars", remedy="Check its place.")
        same = plan.predecessor == plan.successor
        if same.any():
            row = int(plan.predecessor[np.argmax(same)])
            raise EngineError(
                f"task {self.id_of(row)!r} is linked to itself", culprits=(self.id_of(row),), remedy="Remove the link."
            )

    def ids(self) -> None:
        for held, what in ((self.plan.ids, "ids"), (self.plan.names, "names")):
            if held is not None and len(held) != len(self.plan.duration):
                raise EngineError(f"there are {len(held)} {what} for {len(self.plan.duration)} tasks")
        if self.plan.ids is not None:
            rows_by_id(self.plan.ids)

    def actuals(self) -> None:
        plan = self.plan
        for one, two, problem in (
            ("actual_start", "actual_finish", "finished before it started"),
            ("suspended", "resumed", "was resumed before it was suspended"),
        ):
            first, second = getattr(plan, one), getattr(plan, two)
            if first is not None and second is not None:
                self.refuse(two, (second != NONE) & (second < first), problem, "Check the two dates.")
        for name in ("constraint", "second_constraint"):
            held = getattr(plan, name)
            if held is not None:
                dated = held >= Constraint.START_NO_EARLIER_THAN
                lost = dated & (plan.column(f"{name}_at") == NONE)
                self.refuse(name, lost, "has a constraint without its date", "Give the date, or take it away.")

    def splits(self) -> None:
        for row, parts in self.plan.splits.items():
            befores = [before for before, _ in parts]
            if befores != sorted(set(befores)) or any(before < 0 or gap < 0 for before, gap in parts):
                raise EngineError(
                    f"the splits of task {self.id_of(row)!r} are not in order",
                    culprits=(self.id_of(row),),
                    remedy="Give each as the work done before it, rising, and the length of the gap.",
                )
