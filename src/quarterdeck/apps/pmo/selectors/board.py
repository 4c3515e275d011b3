"""What the page of accountabilities shows: how each stands on a day, by whose records, in a handful of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Sum

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.catalogue import LIMIT
from quarterdeck.apps.pmo.choices import Category, Measure, Rung, State
from quarterdeck.apps.pmo.models import Accountability, Escalation, Kpi
from quarterdeck.apps.pmo.selectors.ladder import nearest
from quarterdeck.apps.pmo.selectors.measures import WINDOW, Asked, Counts, Reading, below, readings
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import under, visible
from quarterdeck.kernel.watch.checks import Severity
from quarterdeck.kernel.watch.functions import checks_serving, served_by
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import visible_findings
from quarterdeck.kernel.watch.stages import Stages

#: Weeks of the trend, the latest last; there is one point more than weeks.
WEEKS = 12


@dataclass
class Tally:
    """Exceptions counted: open, how many of them past due and of high severity, the oldest, week by week, in time.

    What is `accepted` is counted apart, in none of these. `closed` counts what was closed in the window, `lasted` is
    for how long all of that was open.
    """

    open: int = 0
    high: int = 0
    overdue: int = 0
    accepted: int = 0
    oldest: dt.datetime | None = None
    weeks: list[int] = field(default_factory=lambda: [0] * (WEEKS + 1))
    in_time: int = 0
    judged: int = 0
    closed: int = 0
    lasted: dt.timedelta = dt.timedelta()
    rungs: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: Mapping[str, Any]) -> None:
        """Add the counts of one check at one node."""
        self.open += row["open"]
        self.high += row["high"]
        self.overdue += row["overdue"]
        self.accepted += row["accepted"]
        self.in_time += row["in_time"]
        self.judged += row["closed"] + row["over"]
        self.closed += row["closed"]
        self.lasted += row["lasted"] or dt.timedelta()
        if row["oldest"] is not None:
            self.oldest = row["oldest"] if self.oldest is None else min(self.oldest, row["oldest"])
        for week in range(WEEKS + 1):
            self.weeks[week] += row[f"w{week}"]

    @property
    def mean_days(self) -> float | None:
        """Days for which what was closed was open, on average; None where nothing was."""
        return self.lasted.total_seconds() / 86400 / self.closed if self.closed else None


@dataclass(frozen=True)
class Measured:
    """One KPI with what it reads now."""

    kpi: Kpi
    reading: Reading

    @property
    def short(self) -> Decimal | None:
        """By how many points the target is missed; None where it is met or nothing is measured."""
        share = self.reading.share
        if share is None or Decimal(str(share)) >= self.kpi.target:
            return None
        return self.kpi.target - Decimal(str(share))


@dataclass
class Line:
    """One accountability as it stands."""

    record: Accountability
    on: dt.date
    checks: int
    tally: Tally = field(default_factory=Tally)
    measured: list[Measured] = field(default_factory=list)

    @property
    def first(self) -> Measured | None:
        """The KPI that stands in the row: the first that reads something, else the first."""
        return next((one for one in self.measured if one.reading.whole), self.measured[0] if self.measured else None)

    @property
    def age(self) -> int | None:
        """Days of the oldest open exception."""
        return max(0, (self.on - clock.local_date(self.tally.oldest)).days) if self.tally.oldest else None

    @property
    def gone(self) -> Person | None:
        """The owner, where he or she has left."""
        owner = self.record.owner
        return owner if owner is not None and owner.has_left(self.on) else None

    @property
    def vacant(self) -> bool:
        """Whether nobody who is here owns it."""
        return self.record.owner is None or self.gone is not None

    @property
    def state(self) -> str:
        """Red, amber or green; empty where nothing is measured and no check serves it."""
        missed = [one.short for one in self.measured if one.short is not None]
        if self.vacant or self.tally.rungs[Rung.SPONSOR] or any(short > 10 for short in missed):
            return "red"
        if missed or self.tally.overdue or self.tally.rungs[Rung.HEAD] or self.record.deputy is None:
            return "amber"
        known = self.checks or any(one.reading.whole for one in self.measured)
        return "green" if known else ""


@dataclass(frozen=True)
class Board:
    """The page: lines by category, the figures of the whole, and all in force, seen or not, among which is answered."""

    groups: list[tuple[Category, list[Line]]]
    whole: Tally
    answering: Sequence[Accountability]

    @property
    def mean_days(self) -> float | None:
        """Mean days to close, of what counts on the page."""
        return self.whole.mean_days

    @property
    def lines(self) -> list[Line]:
        """Every line in order."""
        return [line for _category, lines in self.groups for line in lines]


def _kept(asked: Asked, scope: Scope | None) -> tuple[list[Accountability], list[Kpi]]:
    """Return the accountabilities in force below a node with their KPIs, now or as known at the moment."""
    if asked.moment is None:
        rows = under(visible(Accountability.objects.all(), asked.actor), scope).filter(state=State.IN_FORCE)
        found = list(rows.select_related("scope", "office", "owner", "deputy"))
        return found, list(Kpi.objects.filter(accountability__in=found))
    related = ("scope", "office", "owner", "deputy")
    past = records.as_of(Accountability, asked.moment, actor=asked.actor, related=related)
    found = [
        row for row in past if row.state == State.IN_FORCE and (scope is None or row.scope.path.startswith(scope.path))
    ]
    pks = {row.pk for row in found}
    kpis = records.as_of(Kpi, asked.moment, actor=asked.actor)
    return found, [kpi for kpi in kpis if kpi.accountability_id in pks]


def _answering(asked: Asked) -> list[Accountability]:
    """Return all accountabilities in force, whoever may see them: which is nearest hangs on no reader and no node."""
    if asked.moment is None:
        return list(Accountability.objects.filter(state=State.IN_FORCE).select_related("scope"))
    everyone = Actor.system(now=asked.actor.now)
    past = records.as_of(Accountability, asked.moment, actor=everyone, related=("scope",))
    return [row for row in past if row.state == State.IN_FORCE]


def open_at(moment: dt.datetime) -> Q:
    """Return the condition that an exception was open at a moment."""
    return Q(opened_at__lte=moment) & (Q(closed_at__isnull=True) | Q(closed_at__gt=moment))


def _counts(rows: QuerySet[Finding], stages: Stages, end: dt.datetime) -> Iterable[dict[str, Any]]:
    """Count exceptions by check and node in one query: as of `end`, at the end of each week before, and in time."""
    now, on = open_at(end) & stages.awake, stages.on
    closed = Q(closed_at__lte=end, closed_at__gt=end - WINDOW)
    within, over = Q(pk__in=()), Q(pk__in=())
    for severity, days in LIMIT.items():
        limit = dt.timedelta(days=days)
        within |= Q(severity=severity, closed_at__lte=F("opened_at") + limit)
        over |= Q(severity=severity, opened_at__lt=end - limit)
    weeks = {f"w{WEEKS}": Count("pk", filter=now)}
    for week in range(WEEKS):
        then = end - dt.timedelta(weeks=WEEKS - week)
        none = Q(handling__accepted_at__isnull=True) | Q(handling__accepted_at__gt=then)
        awake = none | Q(handling__accepted_until__lte=clock.local_date(then))
        weeks[f"w{week}"] = Count("pk", filter=open_at(then) & awake)
    recent = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=end - max(WINDOW, dt.timedelta(weeks=WEEKS))))
    counted: Iterable[Any] = (
        recent.order_by()
        .values("check_name", "scope__path")
        .annotate(
            open=Count("pk", filter=now),
            high=Count("pk", filter=now & Q(severity=Severity.HIGH)),
            overdue=Count("pk", filter=now & Q(due_on__lt=on)),
            accepted=Count("pk", filter=open_at(end) & stages.accepted),
            oldest=Min("opened_at", filter=now),
            closed=Count("pk", filter=closed),
            in_time=Count("pk", filter=closed & within),
            over=Count("pk", filter=now & over),
            lasted=Sum(ExpressionWrapper(F("closed_at") - F("opened_at"), DurationField()), filter=closed),
            **weeks,
        )
    )
    return counted


def _escalated(rows: QuerySet[Finding], stages: Stages, end: dt.datetime) -> Iterable[tuple[str, str | None, str, int]]:
    """Count the open exceptions by check, node and rung that they have reached; what is accepted stands on none."""
    return (
        Escalation.objects.filter(
            finding__in=rows.filter(open_at(end), stages.awake).order_by().values("pk"),
            opened_at=F("finding__opened_at"),
            told_at__lte=end,
        )
        .order_by()
        .values_list("finding__check_name", "finding__scope__path", "rung")
        .annotate(Count("pk"))
    )


def board(*, actor: Actor, on: dt.date, moment: dt.datetime | None = None, scope: Scope | None = None) -> Board:
    """Return how the accountabilities below a node stand on a day, of what the actor may see; as known at a moment.

    An exception counts where it is answered for: under the nearest accountability of its function at or above its node;
    what has no node, under the topmost.
    """
    asked = Asked(actor, on, moment)
    end = moment or actor.now
    rows, kpis = _kept(asked, scope)
    answering = _answering(asked) if rows else []
    lines = {row.pk: Line(row, on, len(checks_serving(row.function))) for row in rows}
    found, stages = visible_findings(actor), Stages(on, moment)
    whole = Tally()
    for counts in _counts(found, stages, end):
        line = _line(lines, answering, counts["check_name"], counts["scope__path"])
        if line is not None:
            line.tally.add(counts)
            whole.add(counts)
    for check_name, path, rung, number in _escalated(found, stages, end):
        line = _line(lines, answering, check_name, path)
        if line is not None:
            line.tally.rungs[rung] += number
            whole.rungs[rung] += number
    _measure(lines, answering, kpis, readings({kpi.measure for kpi in kpis}, asked))
    groups = [
        (category, sorted((one for one in lines.values() if one.record.category == category), key=_in_order))
        for category in Category
    ]
    return Board([(category, part) for category, part in groups if part], whole, answering)


def _in_order(line: Line) -> tuple[str, int]:
    return line.record.name, line.record.pk


def _line(
    lines: Mapping[int, Line], answering: Sequence[Accountability], check_name: str, path: str | None
) -> Line | None:
    """Return the line under which the exceptions of a check at a node count; None where it is not on the page."""
    served = served_by(check_name)
    place = nearest(answering, served.key, path) if served is not None else None
    return lines.get(place.pk) if place is not None else None


def _nearer(record: Accountability, answering: Iterable[Accountability]) -> list[str]:
    """Return the nodes below that of an accountability where another answers for its function."""
    path = record.scope.path
    paths = [other.scope.path for other in answering if other.function == record.function]
    return [other for other in paths if other != path and other.startswith(path)]


def _measure(
    lines: Mapping[int, Line],
    answering: Sequence[Accountability],
    kpis: Iterable[Kpi],
    counts: Mapping[str, Counts],
) -> None:
    for kpi in kpis:
        line = lines.get(kpi.accountability_id)
        if line is None:
            continue
        if kpi.measure == Measure.IN_TIME:
            reading = Reading(line.tally.in_time, line.tally.judged)
        else:
            nearer = _nearer(line.record, answering)
            reading = below(counts.get(kpi.measure, {}), line.record.scope.path, nearer)
        line.measured.append(Measured(kpi, reading))


def evidence(
    line: Line, answering: Sequence[Accountability], *, actor: Actor, moment: dt.datetime | None
) -> QuerySet[Finding]:
    """Return the open exceptions of an accountability that the actor may see, worst and oldest first: those counted,
    without what is accepted.

    What lies below a nearer accountability of the same function counts there and is left out.
    """
    end = moment or actor.now
    record = line.record
    on = clock.local_date(end)
    rows = visible_findings(actor).filter(
        open_at(end), Stages(on, moment).awake, check_name__in=checks_serving(record.function)
    )
    if nearest(answering, record.function, record.scope.path) != record:
        return rows.none()
    inside = Q(scope__path__startswith=record.scope.path)
    if nearest(answering, record.function, None) == record:
        inside |= Q(scope__isnull=True)
    for path in _nearer(record, answering):
        inside &= ~Q(scope__path__startswith=path)
    return rows.filter(inside).select_related("owner", "scope", "handling").order_by("rank", "opened_at", "pk")
