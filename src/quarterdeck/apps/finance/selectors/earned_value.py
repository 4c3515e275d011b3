"""Earned value of projects: the baseline of the current plan against its progress and the ledger.

Planned and earned value are reckoned by the engine from the tasks of the first baseline. What was done is told by a
tracking period that an imported workbook brought, or by the tasks as of the plan's status date, whichever is later.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import msgspec

from quarterdeck.apps.delivery.exchange.document import DocumentPeriod, DocumentProgress
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors.working import Working, frame_of
from quarterdeck.apps.finance.selectors import ledger
from quarterdeck.apps.finance.selectors.measuring import Line, Reading, readings
from quarterdeck.apps.finance.selectors.works import BESIDE, day_of, end_of, works_of
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.calendar import Calendar, around_the_clock, minutes, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.evm import (
    Baseline,
    PercentComplete,
    Progress,
    Status,
    Work,
    assess,
)
from quarterdeck.kernel import clock

From = Literal["ledger", "plan"]


@dataclass(frozen=True)
class EarnedValue:
    """What earned value says of a project at a day. `on` is the day that was measured: that of the last report.

    Amounts are in `currency` (a code, "" where none is stated). `actuals_from` tells whether the actual cost is that of
    the ledger, or of the plan where the ledger has no rows of the project.
    """

    plan: Plan
    on: dt.date
    status: Status
    currency: str
    baseline_start: dt.date
    baseline_finish: dt.date
    actuals_from: From


def earned_value(
    initiative: Initiative, *, on: dt.date | None = None, known_at: dt.datetime | None = None
) -> EarnedValue | None:
    """Return the earned value of a project by the last report up to a day, as known at a moment.

    None without a plan, a baseline or anything budgeted. The caller has checked that the reader may see money.
    """
    return earned_values([initiative], on=on, known_at=known_at).get(initiative.pk)


def earned_values(
    initiatives: Collection[Initiative], *, on: dt.date | None = None, known_at: dt.datetime | None = None
) -> dict[int, EarnedValue]:
    """Return the earned value of many projects by key, in some ten queries; those without are left out."""
    if on is None and known_at is not None:
        on = clock.local_date(known_at)
    found = {}
    for key, each in measured(initiatives, known_at=known_at).items():
        if (value := each.at(on)) is not None:
            found[key] = value
    return found


def earned_history(initiative: Initiative) -> tuple[EarnedValue, ...]:
    """Return the earned value at each tracking period that an imported workbook brought, oldest first."""
    each = measured([initiative]).get(initiative.pk)
    if each is None:
        return ()
    return tuple(value for period in each.periods if (value := each.of_period(period)) is not None)


def measured(initiatives: Collection[Initiative], *, known_at: dt.datetime | None = None) -> dict[int, Measured]:
    """Return what projects are measured by, with the ledger, by key; those that cannot be measured are left out."""
    told = readings(initiatives, known_at=known_at)
    spent = ledger.spent_by_task(list(told), known_at=known_at)
    return {key: Measured(reading, spent.get(key, [])) for key, reading in told.items()}


@dataclass
class Measured:
    """A project with all that its earned value is reckoned from. `spent` are days, tasks and amounts of the ledger."""

    reading: Reading
    spent: list[tuple[dt.date, int | None, Decimal]]
    _laid: dict[tuple[Work, ...], Baseline] = field(default_factory=dict)
    _earned: dict[int, float] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The current plan."""
        return self.reading.plan

    @cached_property
    def periods(self) -> tuple[DocumentPeriod, ...]:
        """The tracking periods of an imported workbook, oldest first."""
        told = [msgspec.convert(each, DocumentPeriod) for each in self.plan.source.get("periods", ())]
        return tuple(sorted(told, key=lambda period: period.status))

    @cached_property
    def currency(self) -> str:
        """The code of the project's currency, or that of its plan."""
        own = self.reading.initiative.currency
        return own.code if own is not None else self.plan.currency if len(self.plan.currency) == 3 else ""

    @cached_property
    def actuals_from(self) -> From:
        """Where the actual cost comes from."""
        return "ledger" if self.spent else "plan"

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """The works of the first baseline with their budgets; none where nothing is budgeted."""
        return tuple(works_of(self.reading, self._calendars))

    @cached_property
    def baseline(self) -> Baseline | None:
        """The first baseline laid over time; None where nothing is budgeted or the engine refuses it."""
        return self.lay(self.works)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the plan."""
        uid = self.plan.calendar_uid
        return around_the_clock() if uid is None else self._working.own(uid)

    @cached_property
    def _working(self) -> Working:
        return Working(
            frame_of(
                dialect=self.plan.dialect,
                given=self.plan.options,
                from_finish=self.plan.from_finish,
                definitions=self.reading.calendars,
            )
        )

    def _calendars(self, line: Line) -> Calendar | None:
        uid = line.calendar_uid
        return None if uid is None or uid == self.plan.calendar_uid else self._working.own(uid)

    def lay(self, works: tuple[Work, ...]) -> Baseline | None:
        """Lay works over time, each set once; None for none, or for what cannot be laid."""
        if not any(work.budget for work in works):
            return None
        if works not in self._laid:
            first = min(work.start for work in works)
            beside = Work(id=BESIDE, budget=0.0, start=first, finish=first)
            try:
                self._laid[works] = Baseline((*works, beside), calendar=self.calendar)
            except EngineError:
                return None
        return self._laid[works]

    def at(self, on: dt.date | None) -> EarnedValue | None:
        """Return the earned value by the last report up to a day; None of one, by the last of all."""
        limit = None if on is None else end_of(on)
        period = next((each for each in reversed(self.periods) if limit is None or each.status <= limit), None)
        own = self.plan.status
        if own is not None and limit is not None and own > limit:
            own = None
        if period is not None and (own is None or own <= period.status):
            return self.of_period(period)
        if own is None:
            own = end_of(clock.local_date(clock.now())) if limit is None else limit
            if self.baseline is not None and not self._begun:
                # Nobody has said anything yet: then nothing is late, and nothing earned.
                own = min(own, self.baseline.start)
        return self.of_tasks(own)

    @cached_property
    def _begun(self) -> bool:
        """Whether anything was reported of the work, or spent on it."""
        done = any(line.percent or line.actual_start is not None for line in self.reading.lines.values())
        return done or bool(self.spent) or self.plan.status is not None

    def earned_by(self, day: dt.date) -> float:
        """Return what was earned by the end of a day, in money, by the report in force then."""
        limit = end_of(day)
        period = next((each for each in reversed(self.periods) if each.status <= limit), None)
        own = self.plan.status
        if period is not None and (own is None or own > limit or own <= period.status):
            if period.status not in self._earned:
                told = self._then(period)
                self._earned[period.status] = (
                    0.0 if told is None else float(told[0].earned(told[1], period.status).sum())
                )
            return self._earned[period.status]
        if limit not in self._earned:
            known = self.baseline
            self._earned[limit] = 0.0 if known is None else float(known.earned(self.progress(limit), limit).sum())
        return self._earned[limit]

    def of_tasks(self, at: int) -> EarnedValue | None:
        """Return the earned value at an instant by what the tasks tell."""
        baseline = self.baseline
        if baseline is None:
            return None
        return self._told(baseline, self.progress(at), at)

    def of_period(self, period: DocumentPeriod) -> EarnedValue | None:
        """Return the earned value at a tracking period by what it tells of each task, its budget and dates included."""
        told = self._then(period)
        return None if told is None else self._told(*told, period.status)

    def _then(self, period: DocumentPeriod) -> tuple[Baseline, dict[int, Progress]] | None:
        lines = {each.task: each for each in period.progress}
        leaves = [line for line in self.reading.leaves().values() if line.uid in lines]
        known = {work.id: work for work in self.works}
        works = tuple(
            work for line in leaves if (work := self._work_then(line, lines[line.uid], known.get(line.pk))) is not None
        )
        baseline = self.lay(works)
        if baseline is None:
            return None
        return baseline, {line.pk: _progress_then(lines[line.uid]) for line in leaves if line.pk in baseline.works}

    def _work_then(self, line: Line, told: DocumentProgress, base: Work | None) -> Work | None:
        """Return a work as its baseline was at a tracking period; what the period leaves open is that of the plan."""
        start = told.start if told.start is not None else base.start if base else None
        finish = told.finish if told.finish is not None else base.finish if base else None
        if start is None or finish is None:
            return None
        budget = float(told.total_cost) if told.total_cost is not None else base.budget if base else 0.0
        first = float(told.fixed_cost or 0) + self.reading.uses.get(line.pk, 0.0)
        return Work(
            id=line.pk,
            budget=budget,
            start=start,
            finish=finish,
            technique=base.technique if base else PercentComplete(),
            due_at_start=min(first, budget),
        )

    def _told(self, baseline: Baseline, done: Mapping[int, Progress], at: int) -> EarnedValue | None:
        day = day_of(at)
        known = self._with_cost(baseline, done, day)
        try:
            status = assess(baseline, known, at)
        except EngineError:
            return None
        return EarnedValue(
            plan=self.plan,
            on=day,
            status=status,
            currency=self.currency,
            baseline_start=day_of(baseline.start),
            baseline_finish=day_of(baseline.finish),
            actuals_from=self.actuals_from,
        )

    def _with_cost(self, baseline: Baseline, done: Mapping[int, Progress], day: dt.date) -> dict[int, Progress]:
        """Return progress with the ledger's costs up to a day, or, where it has none, with those of the plan."""
        if self.actuals_from == "plan":
            return dict(done)
        costs: dict[int, Decimal] = defaultdict(Decimal)
        for posted_on, task, amount in self.spent:
            if posted_on <= day:
                costs[task if task in baseline.works and task is not None else BESIDE] += amount
        keys = {*done, *costs}
        return {key: replace(done.get(key, Progress()), cost=float(costs.get(key, 0))) for key in keys}

    def progress(self, at: int) -> dict[int, Progress]:
        """Return what the tasks tell was done at an instant. Before the last report, work under way went on evenly."""
        baseline = self.baseline
        if baseline is None:
            return {}
        line_of = timeline(self.calendar)
        status = self.plan.status
        found = {}
        for key, line in self.reading.leaves().items():
            if key in baseline.works:
                share = _share_then(line, at, status, line_of)
                found[key] = self._step(line, at, share)
        return found

    def _step(self, line: Line, at: int, share: float) -> Progress:
        technique = self.reading.techniques.get(line.pk)
        now = 1.0 if line.actual_finish is not None else line.percent / 100
        started = line.actual_start if line.actual_start is not None and line.actual_start <= at else None
        finished = line.actual_finish if line.actual_finish is not None and line.actual_finish <= at else None
        achieved = {
            step.pk
            for step in self.reading.milestones.get(line.pk, ())
            if step.achieved_on is not None and minutes(step.achieved_on) < at
        }
        return Progress(
            actual_start=started,
            actual_finish=finished,
            complete=share,
            units=float(technique.units_done) if technique is not None else 0.0,
            achieved=achieved,
            cost=line.actual_cost * (share / now if now else 1.0),
        )


def _progress_then(told: DocumentProgress) -> Progress:
    """Return what a tracking period tells; without an actual start nothing was done, whatever its percentage."""
    begun = told.actual_start is not None
    share = min(max(told.fraction or 0.0, 0.0), 1.0)
    return Progress(
        actual_start=told.actual_start,
        complete=share if begun else 0.0,
        cost=float(told.actual_cost or 0),
    )


def _share_then(line: Line, at: int, status: int | None, working: Any) -> float:
    """Return the share of a task that was done at an instant, by its actual dates and the last report."""
    if line.actual_finish is not None and line.actual_finish <= at:
        return 1.0
    now = 1.0 if line.actual_finish is not None else line.percent / 100
    if status is None or at >= status or line.actual_start is None:
        return now if status is None or at >= status else 0.0
    if line.actual_start >= at:
        return 0.0
    end = status if line.actual_finish is None else min(line.actual_finish, status)
    whole = int(working.between(line.actual_start, end))
    return now * min(1.0, int(working.between(line.actual_start, at)) / whole) if whole > 0 else now
