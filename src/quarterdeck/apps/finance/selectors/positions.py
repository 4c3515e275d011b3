"""Financial positions: what assessments keep of the money of projects, and what nodes add up from it.

A project's position holds its curve at the ends of months and of the organisation's periods, and on the day itself. A
node adds the amounts of all projects below it, each converted once, and the curves of its parts at its own days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from numpy.typing import NDArray

from quarterdeck.apps.finance.choices import Forecast
from quarterdeck.apps.finance.models import Actual, Commitment, Position
from quarterdeck.apps.finance.models.positions import AMOUNTS, MEASURES
from quarterdeck.apps.finance.selectors.breakdown import Row, Share, added, each_by_category
from quarterdeck.apps.finance.selectors.curves import Curved, Curves, curves, marks, span
from quarterdeck.apps.finance.selectors.earned_value import Measured, measured
from quarterdeck.apps.finance.selectors.money import Money, counted, money_of_projects, summed
from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.models import Period
from quarterdeck.apps.organisation.selectors import periods_between
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.evm import Measures

#: What is kept of a category, after its key.
CATEGORY: Final = ("budget", "planned", "actual", "committed", "forecast")
#: Decimals to which floats of curves and categories are kept.
PLACES: Final = 2
Line: TypeAlias = list[float | None]


class Curve(msgspec.Struct):
    """Cumulative amounts at some days: `selectors.curves.Curves` as it is kept."""

    days: list[dt.date]
    planned: list[float]
    earned: Line
    actual: Line
    forecast: Line

    def at(self, days: Sequence[dt.date], on: dt.date) -> Curves:
        """Return the curves at other days, evenly between those that are kept, as of a day."""
        known = sum(day <= on for day in days)
        planned, earned, actual, ahead = _lines(self, days)
        forecast: Line = [*([None] * max(known - 1, 0)), *ahead[max(known - 1, 0) :].tolist()]
        if 0 < known <= len(days):
            forecast[known - 1] = float(actual[known - 1])
        beyond: Line = [None] * (len(days) - known)
        return Curves(
            list(days), planned.tolist(), [*earned[:known].tolist(), *beyond], [*actual[:known].tolist(), *beyond],
            forecast,
        )  # fmt: skip


@dataclass(frozen=True)
class Reckoned:
    """What is known of the money of projects on a day, by key."""

    projects: Sequence[Initiative]
    on: dt.date
    money: Mapping[int, Money]
    measured: Mapping[int, Measured]


def reckoned(projects: Sequence[Initiative], *, on: dt.date) -> Reckoned:
    """Return what is known of the money of projects on a day; some twenty queries, however many."""
    told = measured(projects)
    values = {key: value for key, each in told.items() if (value := each.at(on)) is not None}
    return Reckoned(projects, on, money_of_projects(projects, on=on, values=values), told)


def positions_of(known: Reckoned) -> list[Position]:
    """Return the positions of projects, not yet written; six queries."""
    drawn = {each.pk: there for each in known.projects if (there := _drawn(known, each)) is not None}
    ends = span(drawn.values())
    periods = periods_between(*ends) if ends is not None else []
    shares = [
        Share(key, money.value, None if money.forecast is None else float(money.forecast))
        for key, money in known.money.items()
    ]
    told = each_by_category(shares, on=known.on)
    found = []
    for each in known.projects:
        position = _begun(each, known.on, known.money[each.pk])
        if each.pk in drawn:
            one = drawn[each.pk]
            posted = [day for day, _task, _amount in one.measured.spent[:1]]
            first, last = span([one]) or (known.on, known.on)
            days = _days(min([first, *posted]), last, periods, known.on)
            position.curve, position.drawn = _kept(curves([one], days=days, on=known.on)), 1
        position.categories = [_line(row) for row in told.get(each.pk, ())]
        found.append(position)
    return found


def _drawn(known: Reckoned, project: Initiative) -> Curved | None:
    """Return a project as it enters curves; None of one without earned value, or that was cancelled."""
    money = known.money[project.pk]
    if money.value is None or money.forecast is None or project.state == State.CANCELLED:
        return None
    return Curved(known.measured[project.pk], money.value, float(money.forecast))


def _days(first: dt.date, last: dt.date, periods: Iterable[Period], on: dt.date) -> list[dt.date]:
    """Return the days of a curve: its marks, the ends of periods, and the day itself where it is among them."""
    found = {*marks(first, last), *(each.ends_on for each in periods if first <= each.ends_on)}
    end = max(marks(first, last)[-1], last)
    return sorted({day for day in found if day <= end} | ({on} if first <= on <= end else set()))


def money_of(position: Position) -> Money:
    """Return the money that a position tells."""
    given = {name: getattr(position, name) for name in MEASURES}
    return Money(
        **{name: getattr(position, name) for name in AMOUNTS},
        currency=position.currency,
        measures=None if None in given.values() else Measures(**given),
        by=Forecast(position.by) if position.by else None,
        missing=tuple(position.missing),
    )


def summed_up(
    node: Initiative, projects: Iterable[tuple[str, Position]], parts: Iterable[tuple[str, Position]], into: Into
) -> Position:
    """Return the position of a node, not yet written.

    `projects` are all below it, `parts` what stands directly below it, each with its state and its last position.
    """
    money = summed((counted(state, money_of(each)) for state, each in projects), into.currency, into.rates)
    position = _begun(node, into.rates.on, money)
    rated = [
        (state, each, float(rate))
        for state, each in parts
        if (rate := into.rates.rate(each.currency, into.currency)) is not None
    ]
    known = [
        (msgspec.convert(each.curve, Curve), rate)
        for state, each, rate in rated
        if each.curve is not None and not (each.initiative.kind == Kind.PROJECT and state == State.CANCELLED)
    ]
    position.drawn = sum(each.drawn for _state, each, _rate in rated)
    if known:
        first = min(curve.days[0] for curve, _rate in known)
        last = max(curve.days[-1] for curve, _rate in known)
        days = _days(first, last, [each for each in into.periods if each.starts_on <= last], into.rates.on)
        position.curve = _kept(_together(known, days, into.rates.on))
    position.categories = [
        _line(row) for row in added([_times(each, rate) for _state, each, rate in rated if each.categories])
    ]
    return position


@dataclass(frozen=True)
class Into:
    """What nodes add up in: a currency, the rates of a day, and the organisation's periods."""

    currency: str
    rates: Rates
    periods: Sequence[Period]


def rows_of(position: Position) -> list[Row]:
    """Return the money of a position by category."""
    return added([_times(position, 1.0)])


def curve_of(position: Position) -> Curve | None:
    """Return the curve of a position."""
    return None if position.curve is None else msgspec.convert(position.curve, Curve)


def latest(initiatives: Iterable[int], on: dt.date, *, whole: bool = True) -> dict[int, Position]:
    """Return the last position of each initiative on or before a day, by the initiative's key; one query.

    Without `whole`, curves and categories are left in the database.
    """
    newest = Position.objects.filter(initiative=OuterRef("pk"), on__lte=on).order_by("-on").values("pk")[:1]
    keys = Initiative.objects.filter(pk__in=list(initiatives)).values(newest=Subquery(newest))
    rows: QuerySet[Position] = Position.objects.filter(pk__in=keys).select_related("initiative")
    return {row.initiative_id: row for row in (rows if whole else rows.defer("curve", "categories"))}


def outdated(on: dt.date) -> list[int]:
    """Return the keys of projects not under way whose kept money a day that came since has changed; one query.

    Those in the pipeline, whose plans may run already, and those with a cost or an order dated ahead of what is kept.
    """
    kept = Position.objects.filter(initiative=OuterRef("pk"), on__lte=on).order_by("-on").values("on")[:1]
    rows = Initiative.objects.filter(kind=Kind.PROJECT).exclude(state__in=(State.ACTIVE, State.ON_HOLD))
    since = {"gt": OuterRef("kept_on"), "lte": on}

    def within(name: str) -> Q:
        return Q(**{f"{name}__{word}": value for word, value in since.items()})

    costs = Actual.objects.filter(within("posted_on"), initiative=OuterRef("pk"))
    orders = Commitment.objects.filter(within("ordered_on") | within("closed_on"), initiative=OuterRef("pk"))
    moved = Q(state=State.PIPELINE) | Exists(costs) | Exists(orders)
    found = rows.annotate(kept_on=Subquery(kept)).filter(moved, kept_on__lt=on)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _begun(record: Initiative, on: dt.date, money: Money) -> Position:
    measures = money.measures
    return Position(
        initiative=record,
        on=on,
        currency=money.currency,
        by=money.by or "",
        missing=list(money.missing),
        **{name: getattr(money, name) for name in AMOUNTS},
        **{name: None if measures is None else getattr(measures, name) for name in MEASURES},
    )


def _line(row: Row) -> list[float | None]:
    return [row.key, *(_short(getattr(row, name)) for name in CATEGORY)]


def _times(position: Position, rate: float) -> list[Row]:
    def times(amount: float | None) -> float | None:
        return None if amount is None else amount * rate

    return [
        Row(
            key=key,
            name="",
            budget=times(budget),
            planned=times(planned),
            actual=actual * rate,
            committed=committed * rate,
            forecast=times(forecast),
        )
        for key, budget, planned, actual, committed, forecast in position.categories or ()
    ]


def _short(amount: float | None) -> float | None:
    return None if amount is None else round(amount, PLACES)


def _kept(found: Curves) -> dict[str, Any]:
    return {
        "days": [day.isoformat() for day in found.days],
        **{
            name: [_short(each) for each in getattr(found, name)]
            for name in ("planned", "earned", "actual", "forecast")
        },
    }


Laid: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]"


def _lines(curve: Curve, days: Sequence[dt.date]) -> Laid:
    """Return planned, earned, actual and forecast at some days: nothing before the first kept, the last one after."""
    at = np.fromiter((day.toordinal() for day in days), np.float64, len(days))
    kept = np.fromiter((day.toordinal() for day in curve.days), np.float64, len(curve.days))

    def laid(line: Line | list[float]) -> NDArray[np.float64]:
        told = np.array([np.nan if each is None else each for each in line], np.float64)
        known = ~np.isnan(told)
        return np.interp(at, kept[known], told[known], left=0.0) if known.any() else np.zeros(len(days))

    return laid(curve.planned), laid(curve.earned), laid(curve.actual), laid(curve.forecast)


def _together(parts: Sequence[tuple[Curve, float]], days: list[dt.date], on: dt.date) -> Curves:
    """Return curves added up at some days, each in the currency of the sum."""
    whole = np.zeros((4, len(days)))
    for curve, rate in parts:
        whole += np.array(_lines(curve, days)) * rate
    sums = [line.tolist() for line in whole]
    return Curve(days, *sums).at(days, on)
