"""Service levels: a clock that runs on a working calendar and stands while paused, how often it was met, and credits.

The clock of a case counts the working minutes from its start, without those within its pauses: **elapsed** E(t). The
level allows so many, its **allowance**. Since E stands still outside working time, and while paused, three instants
follow for any amount:

* **due**: the first instant at which E reaches the allowance, the end of a shift where there is a choice;
* **at risk**: the first at which E reaches a given share of it;
* **breach**: the last at which E does not exceed it: whoever is done by then has kept the level, be it at night after
  the shift on whose end it was due; one working minute later it is broken.

An allowance of working days, "within 10 working days of the order", ends with the work of the tenth day after the day
of the start on which there is any work; it becomes working minutes once, at the start, and pauses lengthen it alike.
Instants are minutes since 1970-01-01 00:00 local time, durations working minutes, shares run from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, TypeAlias, TypeGuard

import numpy as np

from quarterdeck.engine.calendar import Calendar, Timeline, timeline
from quarterdeck.engine.checking import ratio, unique, within
from quarterdeck.engine.errors import EngineError

DAY: Final = 1440
MOST: Final = 300 * 366 * DAY
NEVER: Final = 1 << 60

Pause: TypeAlias = tuple[int, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """What is promised: so many working minutes, or so many working days, on a calendar.

    `at_risk` is the share of the allowance from which a case is at risk. Raises `EngineError`, naming the level, unless
    exactly one of `minutes` and `days` is given and is a whole number above nil, and `at_risk` above 0 and at most 1.

    >>> from quarterdeck.engine.calendar import five_day
    >>> ServiceLevel(id="survey", calendar=five_day("office"), days=10).at_risk
    0.8
    """

    id: Hashable
    calendar: Calendar
    minutes: int | None = None
    days: int | None = None
    at_risk: float = 0.8

    def __post_init__(self) -> None:
        given = [amount for amount in (self.minutes, self.days) if amount is not None]
        if len(given) != 1 or not _whole(given[0]) or not 1 <= given[0] <= (MOST if self.days is None else MOST // DAY):
            raise EngineError(
                f"service level {self.id!r} allows {self.minutes} minutes and {self.days} days",
                culprits=(self.id,),
                remedy="Give one of the two, a whole number above nil, less than 300 years.",
            )
        within(f"the share from which service level {self.id!r} is at risk", self.at_risk, low=0, high=1, open_low=True)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was promised: begun, ended unless it is open, and paused from one instant to another.

    A pause without end still lasts; pauses may overlap. Raises `EngineError`, naming the case, for an instant that is
    no whole number, an end before the start and a pause that ends before it starts.

    >>> Case("R-1", started=0, stopped=90, pauses=((30, 60),)).stopped
    90
    """

    id: Hashable
    started: int
    stopped: int | None = None
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        for first, last in ((self.started, self.stopped), *self.pauses):
            for instant in (first, 0 if last is None else last):
                _check_instant(f"case {self.id!r} has", instant, self.id)
            if last is not None and last < first:
                what = "ends" if (first, last) == (self.started, self.stopped) else "has a pause that ends"
                raise EngineError(
                    f"case {self.id!r} {what} before it starts", culprits=(self.id,), remedy="Swap the two instants."
                )


class State(StrEnum):
    """How a case stands: the last two are final."""

    RUNNING = "running"
    AT_RISK = "at risk"
    PAUSED = "paused"
    BREACHED = "breached"  # open, and late
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Clock:
    """A case as of an instant; see the module for `due`, `at_risk` and `breach`.

    These are None where a pause without end comes before them: as long as it lasts they move on.
    """

    id: Hashable
    state: State
    allowance: int  # working minutes
    elapsed: int  # working minutes without pauses, up to the end of the case or the instant asked about
    paused: int  # working minutes within pauses, up to the same
    at_risk: int | None
    due: int | None
    breach: int | None

    @property
    def remaining(self) -> int:
        """Working minutes left of the allowance; negative when late."""
        return self.allowance - self.elapsed

    @property
    def decided(self) -> bool:
        """Whether it is known that the level was kept or broken."""
        return self.state in (State.MET, State.MISSED, State.BREACHED)


def clock(level: ServiceLevel, case: Case, *, now: int) -> Clock:
    """Return how one case stands at an instant; what ends later is open still.

    Raises `EngineError` as the calendar's timeline does, for instants outside 1900 to 2200.

    >>> import datetime as dt
    >>> from quarterdeck.engine.calendar import five_day, instant, minutes
    >>> monday = minutes(dt.date(2026, 3, 2))
    >>> level = ServiceLevel(id="answer", calendar=five_day("office"), minutes=480)
    >>> case = Case("R-1", started=monday + 16 * 60, pauses=((monday + DAY + 9 * 60, monday + DAY + 11 * 60),))
    >>> found = clock(level, case, now=monday + DAY + 14 * 60)
    >>> found.state, found.elapsed, found.remaining, str(instant(found.due))
    (<State.RUNNING: 'running'>, 240, 240, '2026-03-04 09:00:00')
    """
    return clocks(level, (case,), now=now)[0]


def clocks(level: ServiceLevel, cases: Iterable[Case], *, now: int) -> tuple[Clock, ...]:
    """Return how each of many cases stands at an instant, in their order; as `clock`, all at once.

    >>> from quarterdeck.engine.calendar import around_the_clock
    >>> level = ServiceLevel(id="answer", calendar=around_the_clock(), minutes=60)
    >>> cases = [Case("A", 0, 60), Case("B", 0, 61), Case("C", 0), Case("D", 50)]
    >>> [found.state.value for found in clocks(level, cases, now=100)]
    ['met', 'missed', 'breached', 'at risk']
    """
    _check_instant(f"service level {level.id!r} is asked at", now, level.id)
    taken = tuple(cases)
    if not taken:
        return ()
    line = timeline(level.calendar)
    runs = _runs(line, level, taken, now)
    risk = [run.reached(run.threshold) for run in runs]
    due = [run.reached(run.allowance) for run in runs]
    breach = [run.exceeded() for run in runs]
    instants = zip(_instants(line, risk, 0), _instants(line, due, 0), _instants(line, breach, 1), strict=True)
    return tuple(run.clock(at) for run, at in zip(runs, instants, strict=True))


@dataclass(frozen=True, slots=True)
class _Run:
    """A case in terms of W: where it began and stands, and the pauses between in order."""

    case: Case
    allowance: int
    threshold: int  # of being at risk
    first: int
    last: int
    pauses: tuple[tuple[int, int], ...]
    ended: bool
    standing: bool  # paused at this instant

    @property
    def paused(self) -> int:
        return sum(max(min(end, self.last) - start, 0) for start, end in self.pauses)

    def reached(self, amount: int) -> int | None:
        """Return the W at which E first reaches an amount."""
        work = self.first + amount
        for start, end in self.pauses:
            if start < work:
                work += end - start
        return work if work < NEVER // 2 else None

    def exceeded(self) -> int | None:
        """Return the W over which E exceeds the allowance: pauses at it are passed over."""
        work = self.first + self.allowance
        for start, end in self.pauses:
            if start <= work:
                work += end - start
        return work if work < NEVER // 2 else None

    def clock(self, instants: tuple[int | None, int | None, int | None]) -> Clock:
        elapsed = self.last - self.first - self.paused
        late = elapsed > self.allowance
        if self.ended:
            state = State.MISSED if late else State.MET
        elif late:
            state = State.BREACHED
        elif self.standing:
            state = State.PAUSED
        else:
            state = State.AT_RISK if elapsed >= self.threshold else State.RUNNING
        return Clock(self.case.id, state, self.allowance, elapsed, self.paused, *instants)


def _runs(line: Timeline, level: ServiceLevel, cases: tuple[Case, ...], now: int) -> list[_Run]:
    """Read W at every instant of every case, all in one look-up."""
    stops = [min(now if case.stopped is None else case.stopped, now) for case in cases]
    pauses = [_merged(case) for case in cases]
    instants = [
        instant for case, stop in zip(cases, stops, strict=True) for instant in (case.started, max(stop, case.started))
    ]
    for each in pauses:
        instants += [instant for start, end in each for instant in (start, start if end == NEVER else end)]
    works = iter(line.work_at(np.array(instants, np.int64)).tolist())
    spans = [(next(works), next(works)) for _ in cases]
    allowances = _allowances(line, level, cases, [first for first, _ in spans])
    return [
        _Run(
            case,
            allowance,
            math.ceil(allowance * Decimal(repr(float(level.at_risk)))),
            first,
            last,
            tuple((next(works), _end(next(works), end)) for _, end in paused),
            case.stopped is not None and case.stopped <= now,
            any(start <= now < end for start, end in paused),
        )
        for case, (first, last), allowance, paused in zip(cases, spans, allowances, pauses, strict=True)
    ]


def _end(work: int, instant: int) -> int:
    return NEVER if instant == NEVER else work


def _merged(case: Case) -> list[tuple[int, int]]:
    """Return the pauses from the start of the case on, in order and apart."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, case.started), NEVER if end is None else end) for start, end in case.pauses):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


def _allowances(line: Timeline, level: ServiceLevel, cases: tuple[Case, ...], first_works: list[int]) -> list[int]:
    """Return the allowance of each case in working minutes."""
    if level.days is None:
        assert level.minutes is not None
        return [level.minutes] * len(cases)
    following = np.array([case.started // DAY + 1 for case in cases], np.int64)
    ahead = 3 * level.days + 14
    while True:
        midnights = np.arange(following.min(), following.max() + ahead + 1, dtype=np.int64) * DAY
        works = line.work_at(midnights)
        worked_days = np.cumsum(works[1:] > works[:-1])  # from the first midnight to the end of each day
        before = np.concatenate([[0], worked_days])[following - following.min()]
        last_day = np.searchsorted(worked_days, before + level.days)
        if last_day.max() < len(worked_days):
            return [int(work) - first for work, first in zip(works[last_day + 1], first_works, strict=True)]
        ahead *= 2


def _instants(line: Timeline, works: list[int | None], side: int) -> list[int | None]:
    """Return the instants of values of W, at the end of a shift (0) or the start of one (1); None stays None."""
    known = np.array([work for work in works if work is not None], np.int64)
    found = iter((line.start_at(known) if side else line.finish_at(known)).tolist())
    return [None if work is None else next(found) for work in works]


# -- over a window


@dataclass(frozen=True, slots=True)
class Performance:
    """How often a level was kept in a window; `share` is None where nothing was decided: no evidence, neither way."""

    met: int
    missed: tuple[Hashable, ...]  # cases, in the order given
    undecided: int  # begun before the end of the window and open at it, not late

    @property
    def share(self) -> float | None:
        """Cases met / cases decided."""
        return ratio(self.met, self.met + len(self.missed))


def performance(level: ServiceLevel, cases: Iterable[Case], *, first: int, last: int, now: int) -> Performance:
    """Return how often a level was kept between two instants, the second exclusive, as known at `now`.

    A case counts in the window in which it was decided: when it ended in time, or when it broke the level, whether it
    is done by now or not. So each case counts once, and one that is never ended cannot hide.

    Raises `EngineError` for a case given twice, a window that ends before it starts, and as `clock` does.

    >>> from quarterdeck.engine.calendar import around_the_clock
    >>> level = ServiceLevel(id="answer", calendar=around_the_clock(), minutes=60)
    >>> cases = [Case("A", 0, 60), Case("B", 0, 500), Case("C", 10), Case("D", 480)]
    >>> found = performance(level, cases, first=0, last=500, now=500)
    >>> found.met, found.missed, found.undecided, round(found.share, 3)
    (1, ('B', 'C'), 1, 0.333)
    """
    for edge in (first, last):
        _check_instant(f"the window of service level {level.id!r} has", edge, level.id)
    if last < first:
        raise EngineError(
            f"the window of service level {level.id!r} ends before it starts",
            culprits=(level.id,),
            remedy="Swap the two instants.",
        )
    taken = tuple(cases)
    unique("cases", (case.id for case in taken))
    met, undecided = 0, 0
    missed: list[Hashable] = []
    for case, found in zip(taken, clocks(level, taken, now=now), strict=True):
        decided = case.stopped if found.state is State.MET else found.breach if found.decided else None
        if decided is None or decided >= last:
            undecided += case.started < last
        elif decided >= first and found.state is State.MET:
            met += 1
        elif decided >= first:
            missed.append(found.id)
    return Performance(met, tuple(missed), undecided)


# -- credits


@dataclass(frozen=True, slots=True)
class Tier:
    """Below this share of cases met (or of time available) so much of the charge is given back."""

    below: float
    credit: float


def credit_share(achieved: float | None, tiers: Iterable[Tier]) -> float:
    """Return the share of the charge that is given back: the greatest among the tiers that were fallen below.

    Without evidence (None) there is no credit. Raises `EngineError` for shares that do not run from 0 to 1.

    >>> compute = [Tier(below=0.9999, credit=0.10), Tier(below=0.99, credit=0.30), Tier(below=0.95, credit=1.0)]
    >>> [credit_share(achieved, compute) for achieved in (0.9999, 0.9998, 0.99, 0.9, None)]
    [0.0, 0.1, 0.1, 1.0, 0.0]
    """
    given = [
        (within("the share below which there is credit", tier.below, low=0, high=1),
         within("the share of the charge given back", tier.credit, low=0, high=1))
        for tier in tiers
    ]  # fmt: skip
    if achieved is None:
        return 0.0
    reached = within("the share achieved", achieved, low=0, high=1)
    return max((credit for below, credit in given if reached < below), default=0.0)


def credit_amount(shares: Iterable[float], *, charge: int, cap: float = 1.0) -> int:
    """Return what is given back of a charge for all levels of a contract together, up to a cap (a share of the charge).

    `charge` and the amount are in the smallest unit of the currency; half a unit is rounded up. Raises `EngineError`
    for shares and a cap that do not run from 0 to 1 and for a charge that is negative or not whole.

    >>> credit_amount([0.10, 0.05], charge=9_999), credit_amount([0.10, 0.30], charge=10_000, cap=0.25)
    (1500, 2500)
    """
    if not _whole(charge) or charge < 0:
        raise EngineError(f"a charge of {charge!r}", remedy="Give a whole number of the smallest unit, from nil on.")
    whole = sum((_exact("the share of the charge given back", share) for share in shares), Decimal(0))
    return int((charge * min(whole, _exact("the cap", cap))).quantize(Decimal(1), ROUND_HALF_UP))


def _exact(name: str, share: float) -> Decimal:
    """Return a share as it is written, so that half a unit is one."""
    return Decimal(repr(within(name, share, low=0, high=1)))


def _check_instant(whose: str, value: object, culprit: Hashable) -> None:
    if not _whole(value) or not -NEVER < value < NEVER:
        raise EngineError(
            f"{whose} an instant that is no whole number of minutes: {value!r}",
            culprits=(culprit,),
            remedy="Give whole minutes since 1970-01-01 00:00.",
        )


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
