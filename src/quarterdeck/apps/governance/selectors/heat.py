"""Where the risks at a node and below stand: by probability and impact, by category, and what has moved since a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from quarterdeck.apps.governance.choices import LIVE_RISK, RiskKind, rag_of
from quarterdeck.apps.governance.models import Risk
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import all_below, governed, under, visible
from quarterdeck.kernel.records import Past

RISK: Final = "governance.risk"
#: What is read of each risk: few columns, since there may be tens of thousands.
COLUMNS: Final = (
    "state",
    "kind",
    "category",
    "probability",
    "impact",
    "probability_now",
    "impact_now",
    "chance",
    "cost",
    "cost_now",
    "currency",
    "initiative",
)
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """A live risk by what is drawn of it; `money` is None where none is stated, or it is `closed` to the reader."""

    pk: int
    kind: str
    category: str
    initiative: int
    before: Cell
    now: Cell
    money: Decimal | None
    currency: int | None
    closed: bool

    @property
    def score(self) -> int:
        """Probability times impact as it stands."""
        return self.now[0] * self.now[1]


@dataclass
class Theme:
    """The live risks of one category: how many, on how many initiatives, how bad, what money is expected to be lost.

    Of one that is `closed`, the reader may not see the money of some: no sum is told.
    """

    category: str
    count: int = 0
    initiatives: set[int] = field(default_factory=set)
    by_colour: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    money: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    closed: bool = False


def _opened(actor: Actor) -> frozenset[int] | None:
    """Return the initiatives at which the actor sees the money of risks; None for all. One query where it is some."""
    openings = actor.openings("money", RISK)
    if openings == ("",) or all_below(Risk, openings):
        return None
    if not openings:
        return frozenset()
    return frozenset(Initiative.objects.filter(governed(Initiative, openings)).values_list("pk", flat=True))


def spots(*, actor: Actor, scope: Scope | None, moment: dt.datetime | None = None) -> list[Spot]:
    """Return the live risks at a node and below that the actor may see, now or as known at a moment.

    A risk seen only as one's own, where one has no role, keeps its money to itself. Three queries now, a few of the
    past, whatever the number of risks.
    """
    if moment is None:
        rows: Iterable[tuple[Any, ...]] = (
            under(visible(Risk.objects.all(), actor), scope)
            .filter(state__in=LIVE_RISK)
            .order_by()
            .values_list("pk", *COLUMNS)
        )
    else:
        seen = Past(Risk, moment, actor=actor, scope=scope).glimpse(COLUMNS)
        rows = zip(seen.keys, *(seen.columns[name] for name in COLUMNS), strict=True)
    on = exposure.scale(moment)
    opened = _opened(actor)
    return [_spot(row, on, opened) for row in rows if row[1] in LIVE_RISK]


def _spot(row: tuple[Any, ...], on: Mapping[int, Decimal], opened: frozenset[int] | None) -> Spot:
    pk, _state, kind, category, likely, hurt, likely_now, hurt_now, chance, cost, cost_now, currency, initiative = row
    before, now = (likely, hurt), (likely_now or likely, hurt_now or hurt)
    closed = opened is not None and initiative not in opened
    amount = None if closed else _amount(cost if cost_now is None else cost_now)
    expected = exposure.weighed(now, amount, _amount(chance), on).expected
    if expected is not None and kind == RiskKind.OPPORTUNITY:
        expected = -expected
    return Spot(pk, kind, category, initiative, before, now, expected, currency, closed)


def _amount(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def codes_of(found: Iterable[Spot]) -> dict[int | None, str]:
    """Return the code of each currency by its key; one query."""
    keys = {one.currency for one in found if one.currency is not None}
    return {None: "", **dict(Currency.objects.filter(pk__in=keys).values_list("pk", "code"))} if keys else {None: ""}


def totals(found: Iterable[Spot], codes: Mapping[int | None, str]) -> dict[str, Decimal]:
    """Return the expected money by currency; opportunities count against."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        if one.money is not None:
            sums[codes[one.currency]] += one.money
    return dict(sums)


def themes(found: Iterable[Spot], codes: Mapping[int | None, str]) -> list[Theme]:
    """Return the risks by category, those with most red ones first."""
    by: dict[str, Theme] = {}
    for one in found:
        theme = by.setdefault(one.category, Theme(one.category))
        theme.count += 1
        theme.initiatives.add(one.initiative)
        theme.by_colour[rag_of(one.score)] += 1
        theme.closed |= one.closed
        if one.money is not None:
            theme.money[codes[one.currency]] += one.money
    return sorted(by.values(), key=_worst_first)


def _worst_first(theme: Theme) -> tuple[int, int, int, str]:
    red, amber = theme.by_colour.get("red", 0), theme.by_colour.get("amber", 0)
    return -red, -amber, -theme.count, theme.category


@dataclass(frozen=True)
class Moved:
    """A risk that stands elsewhere than it did: `was` is None where it was not there, `now` where it is no more."""

    pk: int
    was: Cell | None
    now: Cell | None

    @property
    def by(self) -> int:
        """By how much its score has risen; below zero where it has fallen."""
        was, now = (0 if cell is None else cell[0] * cell[1] for cell in (self.was, self.now))
        return now - was


def movement(now: Iterable[Spot], then: Iterable[Spot]) -> list[Moved]:
    """Return what has moved between two days, the largest changes of score first."""
    here = {one.pk: one.now for one in now}
    there = {one.pk: one.now for one in then}
    moved = [Moved(pk, there.get(pk), here.get(pk)) for pk in here.keys() | there.keys()]
    return sorted((one for one in moved if one.was != one.now), key=lambda one: (-abs(one.by), one.pk))


def named(keys: Iterable[int], *, actor: Actor, moment: dt.datetime | None = None) -> dict[int, Risk]:
    """Return risks by key with what their lines show, now or as known at a moment."""
    wanted = set(keys)
    if not wanted:
        return {}
    if moment is not None:
        past = Past(Risk, moment, actor=actor).records(("initiative", "owner", "currency"), pks=wanted)
        return {one.pk: one for one in past}
    rows = visible(Risk.objects.filter(pk__in=wanted), actor)
    return {one.pk: one for one in rows.select_related("initiative__scope", "initiative__unit", "owner", "currency")}
