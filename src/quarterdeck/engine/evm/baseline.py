"""A baseline laid over time: what is due when, what is earned, and earned schedule on the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import fsum
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quarterdeck.engine.calendar import Calendar, around_the_clock, timeline
from quarterdeck.engine.calendar.definition import DAY
from quarterdeck.engine.calendar.spreading import done_by
from quarterdeck.engine.calendar.timeline import LAST_DAY
from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm.measures import TimeMeasures
from quarterdeck.engine.evm.work import (
    Apportioned,
    LevelOfEffort,
    PercentComplete,
    Progress,
    StartFinish,
    UnitsComplete,
    WeightedMilestones,
    Work,
    WorkId,
    check_progress,
    check_works,
)

Amounts = NDArray[np.float64]

#: Amounts of money nearer to each other than this are equal: below it there is only the noise of percentages.
CENT: Final = 0.01
#: Instants on which earned schedule and forecasts fall: whole hours of work from the planned start, as in ProTrack.
HOUR: Final = 60
#: How many amounts a search for an instant may hold at once.
PROBES: Final = 1_000_000
#: The end of the year 9999, the last that a date can tell, in minutes since 1970.
FOREVER: Final = 2_932_897 * DAY
NOTHING: Final = Progress()


class Baseline:
    """Works laid over the working time of their calendars; amounts come in the order of `ids`.

    `start` and `finish` are the first start and the last finish, `duration` (PD) the working minutes between them on
    the baseline's own calendar (None: around the clock), on which earned schedule and forecasts are told.

    Raises EngineError for no works, and naming the work for negative budgets, a finish before the start, weights that
    do not make 1, and work apportioned in a circle or to nothing.

    >>> from quarterdeck.engine.calendar import five_day
    >>> thursday, monday = 0, 4 * 1440
    >>> dig = Work(id="dig", budget=900, start=thursday + 480, finish=monday + 1020, due_at_start=300)
    >>> plan = Baseline([dig], calendar=five_day("office"))
    >>> plan.duration, plan.bac, plan.curve([480, 481, 1440 + 480, monday + 1020]).round(2).tolist()
    (1440, 900.0, [0.0, 300.42, 500.0, 900.0])
    """

    def __init__(self, works: Iterable[Work], *, calendar: Calendar | None = None) -> None:
        self.calendar: Calendar = calendar or around_the_clock()
        self.timeline = timeline(self.calendar)
        self.works = {key: self._in_order(work) for key, work in check_works(works).items()}
        self.ids = tuple(self.works)
        self._measured = {key: self._as_measured(work) for key, work in self.works.items()}
        self.budgets: Amounts = np.array([work.budget for work in self.works.values()], np.float64)
        self.bac = fsum(self.budgets)
        self.start = min(work.start for work in self.works.values())
        self.finish = max(work.finish for work in self.works.values())
        self._origin = self.timeline.work_at(self.start)
        self.duration = self.timeline.work_at(self.finish) - self._origin
        self._lay()

    def _in_order(self, work: Work) -> Work:
        """The work with its finish not before its start; the two may be the sides of time in which nobody works."""
        if work.start <= work.finish:
            return work
        if timeline(work.calendar or self.calendar).between(work.finish, work.start):
            raise EngineError(f"{work.id!r} finishes before it starts", culprits=(work.id,), remedy="Swap its dates.")
        return replace(work, finish=work.start)

    def _as_measured(self, work: Work) -> Work:
        """The work as it is due and earned: as it stands, or, where it is apportioned, as its base with its budget."""
        base = self._base(work)
        if base is work:
            return work
        first = base.due_at_start / base.budget * work.budget if base.budget else 0.0
        return replace(base, id=work.id, budget=work.budget, due_at_start=first)

    def _base(self, work: Work) -> Work:
        while isinstance(technique := work.technique, Apportioned):
            work = self.works[technique.to]
        return work

    def known(self, progress: Mapping[Any, Progress]) -> dict[WorkId, Progress]:
        """The progress by which each work is measured: its own, or, where it is apportioned, its base's with its cost.

        Raises EngineError naming the work for progress that cannot be, or of which there is progress but no work.

        >>> inspect = Work(id="inspect", budget=10, start=0, finish=60, technique=Apportioned(to="dig"))
        >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=60), inspect])
        >>> plan.known({"dig": Progress(complete=0.4, cost=30), "inspect": Progress(cost=5)})["inspect"]
        Progress(actual_start=None, actual_finish=None, complete=0.4, units=0.0, achieved=(), cost=5)
        """
        check_progress(progress, self.works)
        found = {key: progress.get(key, NOTHING) for key in self.ids}
        for key, work in self.works.items():
            if isinstance(work.technique, Apportioned):
                found[key] = replace(progress.get(self._base(work).id, NOTHING), cost=found[key].cost)
        return found

    def part(self, keys: Iterable[WorkId]) -> Baseline:
        """Some of the works as a baseline of their own; what is `known` of them serves it as progress.

        Apportioned work stands on its own there, so that its base may be left out. Raises EngineError naming a work
        that is not in this baseline.

        >>> plan = Baseline([Work(id=1, budget=10, start=0, finish=600), Work(id=2, budget=30, start=600, finish=1200)])
        >>> late = plan.part([2])
        >>> late.bac, late.start
        (30.0, 600)
        """
        chosen = tuple(keys)
        for key in chosen:
            if key not in self.works:
                raise EngineError(f"{key!r} is not in the baseline", culprits=(key,), remedy="Name works of it.")
        return Baseline((self._measured[key] for key in chosen), calendar=self.calendar)

    def _lay(self) -> None:
        """Cut every budget into what is spread over working time and the lumps that are due at an instant."""
        spread = np.zeros(len(self.ids))
        lumps: list[tuple[int, int, float]] = []
        by_calendar: dict[Calendar, list[int]] = {}
        for place, work in enumerate(self._measured.values()):
            by_calendar.setdefault(work.calendar or self.calendar, []).append(place)
            at_once = min(work.start + 1, work.finish)  # what is due at the start is due when the start is past
            match work.technique:
                case StartFinish(share):
                    first = share * work.budget
                    lumps += [(place, at_once, first), (place, work.finish, work.budget - first)]
                case PercentComplete() | UnitsComplete() | LevelOfEffort():
                    spread[place] = work.budget - work.due_at_start
                    lumps.append((place, at_once, work.due_at_start))
                case WeightedMilestones(milestones):
                    lumps += [(place, each.planned, each.weight * work.budget) for each in milestones]
        lumps = [lump for lump in lumps if lump[2]]
        starts, finishes = np.array([(work.start, work.finish) for work in self._measured.values()], np.int64).T
        self._groups = [
            (timeline(calendar), np.array(places), starts[places], finishes[places])
            for calendar, places in by_calendar.items()
        ]
        self._spread = spread[:, None]
        self._lump_place = np.array([place for place, _, _ in lumps], np.int64)
        self._lump_at = np.array([at for _, at, _ in lumps], np.int64)[:, None]
        self._lump_amount = np.array([amount for _, _, amount in lumps], np.float64)[:, None]

    def planned(self, instants: ArrayLike) -> Amounts:
        """Planned value of each of n works at m instants, cumulative: (n, m), in money.

        Even work: budget x W(t) - W(start) over W(finish) - W(start) on its calendar, without what is due at its start
        (due when the start is past). Raises EngineError for instants beyond the calendar.

        >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=1000)])
        >>> plan.planned([250, 2000]).tolist()
        [[25.0, 100.0]]
        """
        at = np.atleast_1d(np.asarray(instants))
        due = np.empty((len(self.ids), len(at)))
        for line, places, starts, finishes in self._groups:
            due[places] = done_by(line, starts, finishes, at)
        due *= self._spread
        np.add.at(due, self._lump_place, self._lump_amount * (at[None, :] >= self._lump_at))
        return due

    def curve(self, instants: ArrayLike) -> Amounts:
        """Planned value of the whole at instants, cumulative, in money: the S-curve.

        >>> plan = Baseline([Work(id=day, budget=10, start=day, finish=day + 2) for day in (0, 1)])
        >>> plan.curve([0, 1, 2, 3]).tolist()
        [0.0, 5.0, 15.0, 20.0]
        """
        total: Amounts = self.planned(instants).sum(axis=0)
        return total

    def earned(self, progress: Mapping[Any, Progress], at: int) -> Amounts:
        """Earned value of each work, in money, by its technique from progress to the instant `at`.

        Work without progress has not begun. Raises EngineError naming the work for progress that cannot be.

        >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=1000, due_at_start=20)])
        >>> plan.earned({"dig": Progress(actual_start=100, complete=0.5)}, at=500).tolist()
        [60.0]
        """
        known, due = self.known(progress), self.planned([at])[:, 0].tolist()
        return np.array(
            [
                value if isinstance(work.technique, LevelOfEffort) else _earned(work, known[key], at)
                for (key, work), value in zip(self._measured.items(), due, strict=True)
            ],
            np.float64,
        )

    def earned_schedule(self, earned: float, at: int, *, step: int = HOUR, cent: float = CENT) -> TimeMeasures:
        """Earned schedule on the calendar, in working minutes from the planned start (`instant_of` makes it a date).

        The status date itself when what is earned is just what is due (within a `cent`). Otherwise the nearest step
        from there: the last at which no more was due than is earned when behind, the first at which as much is due when
        ahead. So a stand of the plan never counts against nor for the project, and ES is the planned duration at most.
        This is ProTrack's rule, with its step of an hour.

        Raises EngineError for a step below a minute.

        >>> plan = Baseline([Work(id="dig", budget=100, start=0, finish=6000)])
        >>> behind = plan.earned_schedule(43, at=3000)
        >>> behind.earned, behind.actual, behind.spi_t
        (2580, 3000, 0.86)
        """
        within("the step", step, low=1)
        actual = max(0, self.timeline.work_at(at) - self._origin)
        due = float(self.curve([at])[0])
        last = -(-self.duration // step)
        if abs(due - earned) <= cent:
            found = actual
        elif due < earned:
            found = step * self._first(earned - cent, "left", actual // step, last, step)
        else:
            ahead = min(-(-actual // step), last)
            found = step * (self._first(earned + cent, "right", 0, ahead, step) - 1)
        return TimeMeasures(planned=self.duration, actual=actual, earned=min(max(found, 0), self.duration))

    def _first(self, amount: float, side: Literal["left", "right"], low: int, high: int, step: int) -> int:
        """The first step from `low` on where as much ("left") or more ("right") is due; `high` at the latest."""
        count = min(max(PROBES // len(self.ids), 2), 64)
        while low < high:
            probes = np.unique(np.linspace(low, high, count, dtype=np.int64))
            due = self.curve(self._instants(probes * step))
            passed = int(np.searchsorted(due, amount, side=side))
            if passed == 0:
                return low
            high = int(probes[min(passed, len(probes) - 1)])
            low = int(probes[passed - 1]) + 1
        return high

    def _instants(self, worked: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.timeline.finish_at(self._origin + worked)

    def instant_of(self, worked: float, *, step: int = HOUR) -> int | None:
        """The instant so many working minutes after the planned start, to the nearest step; None after the year 9999.

        Halves of a step go to the even one (the rule of IEEE 754, and ProTrack's). After the end of the engine's
        calendars, their last week goes on: a forecast from almost no progress can lie centuries ahead.

        >>> from quarterdeck.engine.calendar import five_day, instant
        >>> office = Baseline([Work(id="dig", budget=1, start=480, finish=1020)], calendar=five_day("office"))
        >>> str(instant(office.instant_of(985))), str(instant(office.instant_of(1010)))
        ('1970-01-02 17:00:00', '1970-01-05 09:00:00')
        >>> str(instant(office.instant_of(400 * 52 * 2400))), office.instant_of(1e12)
        ('2368-08-21 17:00:00', None)
        """
        if not worked <= FOREVER:
            return None
        work = self._origin + round(worked / step) * step
        try:
            return self.timeline.finish_at(work)
        except EngineError:
            end = LAST_DAY * DAY
            passed = self.timeline.work_at(end)
            week = passed - self.timeline.work_at(end - 7 * DAY)
            if not week:
                return None
        weeks = -((passed - work) // week)
        found = self.timeline.finish_at(work - weeks * week) + weeks * 7 * DAY
        return found if found <= FOREVER else None


def _earned(work: Work, progress: Progress, at: int) -> float:
    """What is earned of a work's budget, in money."""
    finished = progress.actual_finish is not None and progress.actual_finish <= at
    begun = finished or progress.complete > 0 or (progress.actual_start is not None and progress.actual_start <= at)
    match work.technique:
        case PercentComplete():
            share = 1.0 if finished else progress.complete
        case UnitsComplete(units):
            share = min(progress.units / units, 1.0)
            begun = begun or share > 0
        case StartFinish(at_start):
            return work.budget * (1.0 if finished else at_start if begun else 0.0)
        case WeightedMilestones(milestones):
            return work.budget * fsum(each.weight for each in milestones if each.id in progress.achieved)
        case _:
            raise AssertionError(f"{work.technique} is measured elsewhere")
    return (work.due_at_start if begun else 0.0) + (work.budget - work.due_at_start) * share
