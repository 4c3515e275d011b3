"""A second, slow and plain scheduler to judge the fast one by: no arrays of shifts, no topological order, no passes.

Working time is counted minute by minute; early dates are relaxed until nothing moves; floats are found by trying: a
task is put off further and further and the whole plan scheduled again. It knows durations, calendars, links of all
kinds with their lags, and what holds a start or a finish back.
"""

import datetime as dt
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from quarterdeck.engine.calendar import WorkCalendar
from quarterdeck.engine.cpm import MICROSOFT, Options
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Network, Task

DAY = 1440
FIRST, LAST = -60, 400  # days since 1970 that are known
EPOCH = dt.date(1970, 1, 1)


@lru_cache(maxsize=32)
def minutes_of(calendar: WorkCalendar) -> "array[int]":
    """W at every minute from FIRST to LAST, for calendars of weeks and exceptions without shifts over midnight."""
    worked = bytearray((LAST - FIRST) * DAY)
    for day in range(FIRST, LAST):
        date = EPOCH + dt.timedelta(days=day)
        shifts = calendar.week[date.weekday()]
        for exception in calendar.exceptions:
            if exception.first <= date <= exception.last:
                shifts = exception.shifts
        for start, end in shifts or ():
            at = (day - FIRST) * DAY
            worked[at + start : at + end] = b"\1" * (end - start)
    return array("q", accumulate(worked, initial=-sum(worked[: -FIRST * DAY])))


@dataclass(frozen=True)
class Clock:
    """Arithmetic of one calendar; None is round the clock."""

    calendar: WorkCalendar | None

    def work(self, instant: int) -> int:
        return instant if self.calendar is None else minutes_of(self.calendar)[instant - FIRST * DAY]

    def finish(self, work: int) -> int:
        """The first instant with so much work before it."""
        return work if self.calendar is None else bisect_left(minutes_of(self.calendar), work) + FIRST * DAY

    def start(self, work: int) -> int:
        """The last instant with so much work before it."""
        return work if self.calendar is None else bisect_right(minutes_of(self.calendar), work) - 1 + FIRST * DAY

    def add(self, instant: int, lag: int) -> int:
        return instant if lag == 0 else self.finish(self.work(instant) + lag)


class Reference:
    """One network under some options."""

    def __init__(self, network: Network, options: Options = MICROSOFT) -> None:
        self.network, self.options = network, options
        self.tasks = {task.id: task for task in network.tasks}
        status = network.status if options.from_status else None
        self.origin = network.start if status is None else max(network.start, status)

    def clock(self, task: Task) -> Clock:
        return Clock(None) if task.elapsed else self.calendar(task)

    def calendar(self, task: Task) -> Clock:
        return self.named(task.calendar if task.calendar is not None else self.network.calendar)

    def named(self, calendar: Hashable | None) -> Clock:
        held = None if calendar is None else self.network.calendars[calendar]
        assert held is None or isinstance(held, WorkCalendar)
        return Clock(held)

    def asked(self, link: Link, starts: Mapping[Hashable, int], finishes: Mapping[Hashable, int]) -> int:
        """The instant that a link asks of its successor's end."""
        pred, succ = self.tasks[link.predecessor], self.tasks[link.successor]
        from_start = link.kind in (LinkKind.START_START, LinkKind.START_FINISH)
        instant = (starts if from_start else finishes)[pred.id]
        lag = link.lag
        if link.unit == LagUnit.PERCENT:
            lag = (link.lag * pred.duration + 5_000) // 10_000
        whose = self.options.lag_calendar if link.calendar == LagCalendar.DIALECT else link.calendar
        clock = {
            LagCalendar.PREDECESSOR: self.calendar(pred),
            LagCalendar.SUCCESSOR: self.calendar(succ),
            LagCalendar.PROJECT: self.named(self.network.calendar),
            LagCalendar.AROUND_THE_CLOCK: Clock(None),
        }[whose]
        return (Clock(None) if link.unit == LagUnit.ELAPSED else clock).add(instant, lag)

    def early(self, put_off: Mapping[Hashable, int] | None = None) -> tuple[dict[Hashable, int], dict[Hashable, int]]:
        """Starts and finishes, every task as soon as it can; `put_off` adds minutes of work before the start of some.

        What is put off starts so much later than it otherwise would, whatever that is.
        """
        starts = dict.fromkeys(self.tasks, self.origin)
        finishes = dict(starts)
        for _ in range(len(self.tasks) + 1):
            before = dict(starts), dict(finishes)
            for task in self.network.tasks:
                starts[task.id], finishes[task.id] = self.placed(
                    task, starts, finishes, (put_off or {}).get(task.id, 0)
                )
            if before == (starts, finishes):
                return starts, finishes
        raise AssertionError("the links run in a circle")

    def placed(
        self, task: Task, starts: Mapping[Hashable, int], finishes: Mapping[Hashable, int], put_off: int
    ) -> tuple[int, int]:
        clock = self.clock(task)
        bounds, ends, starts_of = [self.origin], list[int](), list[int]()
        for link in self.network.links:
            if link.successor == task.id:
                on_start = link.kind in (LinkKind.FINISH_START, LinkKind.START_START)
                (bounds if on_start else ends).append(self.asked(link, starts, finishes))
                if link.kind == LinkKind.START_FINISH and self.options.finish_at_start:
                    starts_of.append(ends[-1])
        for kind, at in ((task.constraint, task.constraint_at), (task.second_constraint, task.second_constraint_at)):
            if at is not None and kind in (Constraint.START_NO_EARLIER_THAN, Constraint.MUST_START_ON):
                bounds.append(at)
            if at is not None and kind in (Constraint.FINISH_NO_EARLIER_THAN, Constraint.MUST_FINISH_ON):
                ends.append(at)
        work = max([clock.work(each) for each in bounds] + [clock.work(each) - task.duration for each in ends])
        work += put_off
        if task.duration:
            finish = clock.finish(work + task.duration)
            at_start = [each for each in starts_of if finish < each == clock.start(work + task.duration)]
            return clock.start(work), max([finish, *at_start])
        instant = max(bounds + ends)
        if put_off:
            instant = clock.finish(work)
        elif clock.finish(work) != instant:
            instant = clock.start(work)
        return instant, instant

    def project_finish(self, put_off: Mapping[Hashable, int] | None = None) -> int:
        return max(self.early(put_off)[1].values())

    def total_float(self, task: Hashable, most: int) -> int:
        """How much work a task can be put off without a later end of the project, up to `most`."""
        end = self.project_finish()
        return self.largest(lambda work: self.project_finish({task: work}) <= end, most)

    def free_float(self, task: Hashable, most: int) -> int:
        """How much work a task can be put off without moving another or the end of the project, up to `most`."""
        starts, finishes = self.early()
        end = max(finishes.values())
        followed = any(link.predecessor == task for link in self.network.links)
        held = {each.id: self.place(each, starts) for each in self.network.tasks if each.id != task}

        def still(work: int) -> bool:
            moved, ended = self.early({task: work})
            others = all(self.place(self.tasks[each], moved) == place for each, place in held.items())
            return others and (followed or max(ended.values()) <= end)

        return self.largest(still, most)

    def place(self, task: Task, starts: Mapping[Hashable, int]) -> int:
        """Where a task stands: work by what is done before it, a milestone by its date."""
        return self.clock(task).work(starts[task.id]) if task.duration else starts[task.id]

    @staticmethod
    def largest(holds: Callable[[int], bool], most: int) -> int:
        """The largest whole number up to `most` for which something holds that holds below it."""
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if holds(middle) else (low, middle - 1)
        return low
