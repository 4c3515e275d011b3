"""Everything that the money page of an initiative shows, read in some twenty queries whatever its size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quarterdeck.apps.finance.models import EacChoice, Position
from quarterdeck.apps.finance.selectors import positions
from quarterdeck.apps.finance.selectors.breakdown import Row, Share, by_category, by_package
from quarterdeck.apps.finance.selectors.curves import Curved, Curves, curves, marks, month_ends, span
from quarterdeck.apps.finance.selectors.earned_value import EarnedValue, Measured, measured
from quarterdeck.apps.finance.selectors.money import Money, codes_of_nodes, counted, money_of_projects, summed
from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.selectors import periods_between
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.tree import Node
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths, visible

ACTUAL = "finance.actual"
#: Stretches of time shown at most, around the day that is looked at.
STRETCHES = 60


def may_open(record: Initiative, actor: Actor) -> bool:
    """Tell whether an actor may open the money page of an initiative."""
    return any(actor.can("view", ACTUAL, path) for path in row_paths(record))


def sees(record: Initiative, actor: Actor) -> bool:
    """Tell whether an actor sees the amounts of an initiative."""
    return actor.sees("money", ACTUAL, row_paths(record))


@dataclass(frozen=True)
class Part:
    """One part below a node with its money; None: it is closed to the reader."""

    record: Initiative
    money: Money | None


@dataclass
class Whole:
    """The money of an initiative on a day; `money` None: some of it is closed to the reader.

    `kept` is the position of a node that an assessment kept: then nothing was reckoned anew.
    """

    money: Money | None
    projects: list[Initiative]
    own: Mapping[int, Money]
    measured: Mapping[int, Measured]
    rates: Rates
    parts: list[Part] = field(default_factory=list)
    kept: Position | None = None

    @property
    def drawn(self) -> int:
        """Number of projects in the curves."""
        return len(curved(self)) if self.kept is None else self.kept.drawn


@dataclass(frozen=True)
class Stretch:
    """One period of time: what was due, earned and spent in it, and by its end."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    planned: float
    earned: float | None
    actual: float | None
    forecast: float | None
    planned_by: float
    actual_by: float | None


def whole_of(node: Node, *, actor: Actor, on: dt.date, known_at: dt.datetime | None) -> Whole:
    """Return the money of an initiative, its projects as far as the actor sees them."""
    record = node.record
    projects = [each.record for each in node.walk() if each.record.kind == Kind.PROJECT]
    open_ = [each for each in projects if sees(each, actor)]
    if record.kind != Kind.PROJECT and len(open_) == len(projects):
        kept = positions.latest([record.pk, *(part.record.pk for part in node.parts)], on)
        if record.pk in kept and all(part.record.pk in kept for part in node.parts):
            return _kept(node, kept)
    told = measured(open_, known_at=known_at)
    values = {key: value for key, each in told.items() if (value := each.at(on)) is not None}
    own = money_of_projects(open_, on=on, known_at=known_at, values=values)
    rates = Rates(on)
    found = Whole(None, open_, own, told, rates)
    if record.kind == Kind.PROJECT:
        found.money = own.get(record.pk)
        return found
    currency = codes_of_nodes([record])[record.pk]
    found.money = _summed(node, own, currency, rates)
    found.parts = [Part(part.record, _summed(part, own, currency, rates)) for part in node.parts]
    return found


def _kept(node: Node, kept: Mapping[int, Position]) -> Whole:
    """Return the money of a node as it was kept, with that of its parts as they were known then."""
    own = kept[node.record.pk]
    rates = Rates(own.on)
    found = Whole(positions.money_of(own), [], {}, {}, rates, kept=own)
    for part in node.parts:
        state = part.record.state if part.record.kind == Kind.PROJECT else ""
        money = counted(state, positions.money_of(kept[part.record.pk]))
        found.parts.append(Part(part.record, summed([money], own.currency, rates)))
    return found


def _summed(node: Node, own: Mapping[int, Money], currency: str, rates: Rates) -> Money | None:
    projects = [each.record for each in node.walk() if each.record.kind == Kind.PROJECT]
    if any(each.pk not in own for each in projects):
        return None
    return summed([counted(each.state, own[each.pk]) for each in projects], currency, rates)


def _rate(whole: Whole, money: Money) -> float | None:
    wanted = whole.money.currency if whole.money is not None else ""
    rate = whole.rates.rate(money.currency, wanted)
    return None if rate is None else float(rate)


def curved(whole: Whole) -> list[Curved]:
    """Return the projects that enter the curves: those with earned value that were not cancelled."""
    found = []
    for each in whole.projects:
        money = whole.own[each.pk]
        rate = _rate(whole, money)
        if money.value is None or money.forecast is None or rate is None or each.state == State.CANCELLED:
            continue
        found.append(Curved(whole.measured[each.pk], money.value, float(money.forecast), rate))
    return found


def at(whole: Whole, days: Sequence[dt.date], on: dt.date) -> Curves:
    """Return the curves of a whole at some days."""
    if whole.kept is None:
        return curves(curved(whole), days=days, on=on)
    kept = positions.curve_of(whole.kept)
    return Curves(list(days), [], [], []) if kept is None else kept.at(days, on)


def ends_of(whole: Whole) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of the curves of a whole; None where nothing is measured."""
    if whole.kept is None:
        return span(curved(whole))
    kept = positions.curve_of(whole.kept)
    return None if kept is None else (kept.days[0], kept.days[-1])


def curves_of(whole: Whole, *, on: dt.date) -> Curves | None:
    """Return planned, earned, actual and forecast cost through time; None where nothing is measured."""
    ends = ends_of(whole)
    if ends is None:
        return None
    days = around(marks(*ends), on)
    if days[0] < on < days[-1]:
        days = sorted({*days, on})
    return at(whole, days, on)


def around(days: list[dt.date], on: dt.date) -> list[dt.date]:
    """Return at most `STRETCHES` of some days in order, a day well within them."""
    before = sum(day <= on for day in days)
    first = max(0, min(before - STRETCHES // 2, len(days) - STRETCHES))
    return days[first : first + STRETCHES]


def stretches(whole: Whole, *, on: dt.date) -> list[Stretch]:
    """Return the money by the organisation's periods, by months where it has none."""
    ends = ends_of(whole)
    if ends is None:
        return []
    periods = [(each.name, each.starts_on, each.ends_on) for each in periods_between(*ends)]
    if not periods or periods[0][1] > ends[0] or periods[-1][2] < ends[1]:
        months = month_ends(*ends)
        starts = [day.replace(day=1) for day in months]
        periods = [(f"{day:%Y-%m}", first, day) for first, day in zip(starts, months, strict=True)]
    shown = set(around([last for _name, _first, last in periods], on))
    earlier = [last for _name, _first, last in periods if last < min(shown)]
    periods = [each for each in periods if each[2] in shown]
    days = [last for _name, _first, last in periods]
    within = [min(day, on) if first <= on <= day else day for (_n, first, day) in periods]
    cumulative = at(whole, days, on)
    known = at(whole, sorted(set(within)), on)
    earned, actual = (dict(zip(known.days, line, strict=True)) for line in (known.earned, known.actual))
    found: list[Stretch] = []
    before = (0.0, 0.0, 0.0, 0.0)
    if earlier:
        start = at(whole, earlier[-1:], on)
        spent_before = start.actual[0] or 0.0
        before = (start.planned[0], start.earned[0] or 0.0, spent_before, spent_before)
    for place, (name, first, last) in enumerate(periods):
        planned, day = cumulative.planned[place], within[place]
        spent, done, ahead = actual[day], earned[day], cumulative.forecast[place]
        found.append(
            Stretch(
                name=name,
                starts_on=first,
                ends_on=last,
                planned=planned - before[0],
                earned=None if done is None else done - before[1],
                actual=None if spent is None else spent - before[2],
                forecast=None if ahead is None or last <= on else ahead - before[3],
                planned_by=planned,
                actual_by=spent,
            )
        )
        now = before[2] if spent is None else spent
        before = (planned, before[1] if done is None else done, now, now if ahead is None or last <= on else ahead)
    return found


def categories(whole: Whole, *, on: dt.date, known_at: dt.datetime | None) -> list[Row]:
    """Return the money by cost category."""
    if whole.kept is not None:
        return positions.rows_of(whole.kept)
    shares = []
    for each in whole.projects:
        money = whole.own[each.pk]
        rate = _rate(whole, money)
        if rate is not None:
            forecast = None if money.forecast is None else float(money.forecast)
            shares.append(Share(each.pk, money.value, forecast, rate))
    return by_category(shares, on=on, known_at=known_at)


def packages(whole: Whole, record: Initiative) -> list[Row]:
    """Return the money of a project by work package; none without earned value."""
    money = whole.own.get(record.pk)
    if money is None or money.value is None:
        return []
    forecast = None if money.forecast is None else float(money.forecast)
    return by_package(whole.measured[record.pk], money.value, forecast)


def value_of(whole: Whole, record: Initiative) -> EarnedValue | None:
    """Return the earned value of a project itself."""
    money = whole.own.get(record.pk)
    return None if money is None else money.value


def choice_of(record: Initiative, *, actor: Actor, known_at: dt.datetime | None) -> EacChoice | None:
    """Return the choice of a forecast that is in force; None where nobody has chosen."""
    rows = visible(EacChoice.objects.filter(initiative=record), actor).select_related("created_by")
    if known_at is not None:
        rows = rows.filter(created_at__lte=known_at)
    return rows.order_by("-pk").first()


def project_at(code: str, *, actor: Actor) -> Initiative | None:
    """Return a project that the actor may see and whose money they may open."""
    rows: Sequence[Initiative] = list(
        visible(Initiative.objects.filter(kind=Kind.PROJECT, code=code.upper()), actor).select_related(
            "scope", "unit__scope", "currency"
        )[:1]
    )
    return rows[0] if rows and may_open(rows[0], actor) else None
