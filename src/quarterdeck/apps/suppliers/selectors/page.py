"""What the page of one supplier tells, as of today or of a past date; and the ranking of all."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.db.models import Q, QuerySet

from quarterdeck.apps.suppliers.choices import LIVE, BreachState, SupplierState, Window
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Contract,
    Obligation,
    ServiceLevel,
    ServiceRecord,
    Supplier,
    SupplierCategory,
    SupplierContact,
)
from quarterdeck.apps.suppliers.selectors import windows
from quarterdeck.apps.suppliers.selectors.scorecards import Scorecard, counts_of, scorecards, since_of, tallies_of
from quarterdeck.apps.suppliers.selectors.tallies import tallied
from quarterdeck.apps.suppliers.selectors.windows import Kept
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import record_type, under, visible
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.records import Record, as_of

R = TypeVar("R", bound=Record)
#: Suppliers ranked on one page.
MOST: Final = 200
#: What comes first among live breaches: the one that waits for the office.
_URGENT: Final = (
    BreachState.OPEN,
    BreachState.DISPUTED,
    BreachState.NOTICED,
    BreachState.REMEDY,
    BreachState.FOLLOWED_UP,
)


@dataclass(frozen=True)
class LevelNow:
    """A service level with how it was kept, window by window; the last is the one that runs."""

    level: ServiceLevel
    kept: list[Kept]

    @property
    def latest(self) -> Kept | None:
        """The last window in which cases were decided."""
        return next((each for each in reversed(self.kept) if each.of), None)

    def met(self, each: Kept) -> bool:
        """Tell whether the level was kept in a window."""
        return each.met * 100 >= float(self.level.target) * each.of

    @property
    def run(self) -> int:
        """Return for how many windows in a row, the latest included, it was as in the latest."""
        told = [self.met(each) for each in self.kept if each.of]
        count = 0
        for each in reversed(told):
            if each != told[-1]:
                break
            count += 1
        return count

    @property
    def state(self) -> str:
        """Red while the latest window is missed, amber within a point of the target, else green."""
        if self.latest is None or self.latest.share is None:
            return "none"
        if not self.met(self.latest):
            return "red"
        return "amber" if self.latest.share * 100 < float(self.level.target) + 1 and self.latest.share < 1 else "green"


@dataclass
class Told:
    """What belongs to a supplier, as known at the moment asked about."""

    record: Supplier
    on: dt.date
    now: dt.datetime
    moment: dt.datetime | None
    contracts: list[Contract] = field(default_factory=list)
    levels: list[LevelNow] = field(default_factory=list)
    breaches: list[BreachCase] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    contacts: list[SupplierContact] = field(default_factory=list)
    #: Cases of the service levels that were decided in twelve months.
    cases: int = 0
    scorecard: Scorecard = field(default_factory=lambda: Scorecard(()))
    place: tuple[int, int] | None = None

    @property
    def live(self) -> list[BreachCase]:
        """The cases that are not over, the most urgent first, the oldest of those."""
        found = [case for case in self.breaches if case.state in LIVE]
        return sorted(found, key=lambda case: (_URGENT.index(BreachState(case.state)), case.opened_on, case.code))

    @property
    def state(self) -> str:
        """Red with a breach whose cure is overdue, amber with any, or a dimension in red; else green, or none."""
        if any(case.is_past_cure(self.on) for case in self.live):
            return "red"
        if self.live or any(score.state == "red" for score in self.scorecard.scores):
            return "amber"
        return "green" if self.scorecard.total is not None else "none"


def supplier_at(code: str, *, actor: Actor, moment: dt.datetime | None) -> Supplier | None:
    """Return a supplier that the actor may see, as known at a moment; None alike for none and for a stranger."""
    rows = Supplier.objects.filter(code=code)
    if moment is None:
        return (
            visible(rows, actor).select_related("category", "owner", "unit__scope", "created_by", "updated_by").first()
        )
    keys = list(rows.values_list("pk", flat=True))
    found = as_of(Supplier, moment, actor=actor, related=("category", "owner", "unit"), pks=keys) if keys else []
    return found[0] if found else None


def told(record: Supplier, *, actor: Actor, on: dt.date, moment: dt.datetime | None) -> Told:
    """Return all that the page of a supplier tells."""
    now = moment or actor.now
    page = Told(record, on, now, moment)
    own = ("supplier_id", [record.pk])
    page.contracts = _rows(Contract.objects.filter(supplier=record.pk), actor, moment, "owner", "currency", of=own)
    page.contracts.sort(key=lambda each: each.number)
    for contract in page.contracts:
        contract.supplier = record
    page.obligations = _rows(Obligation.objects.filter(supplier=record.pk), actor, moment, of=own)
    page.obligations.sort(key=lambda each: (each.due_on, each.code))
    contacts = SupplierContact.objects.filter(supplier=record.pk)
    page.contacts = _rows(contacts, actor, moment, "owner", "initiative", of=own)
    contracts = [each.pk for each in page.contracts]
    rows = ServiceLevel.objects.filter(contract__supplier=record.pk)
    levels = sorted(_rows(rows, actor, moment, of=("contract_id", contracts)), key=lambda each: each.code)
    cases = BreachCase.objects.filter(level__contract__supplier=record.pk)
    of = ("level_id", [each.pk for each in levels])
    page.breaches = _rows(cases, actor, moment, "owner", "currency", of=of)
    page.breaches.sort(key=lambda each: (each.opened_on, each.code), reverse=True)
    _of_levels(page, levels, actor)
    known = {each.level.pk: each.level for each in page.levels}
    for case in page.breaches:
        if case.level_id in known:
            case.level = known[case.level_id]
    return page


def _rows(
    rows: QuerySet[R], actor: Actor, moment: dt.datetime | None, *related: str, of: tuple[str, list[int]]
) -> list[R]:
    """Return the rows that the actor may see, as known at a moment; with those removed since, by what they were of."""
    if moment is None:
        return list(visible(rows, actor).select_related(*related) if related else visible(rows, actor))
    name, owners = of
    gone = Change.objects.filter(record_type=record_type(rows.model), action=Action.DELETE, at__gt=moment)
    keys = {*rows.order_by().values_list("pk", flat=True)}
    keys |= {*gone.filter(**{f"before__{name}__in": owners}).values_list("record_id", flat=True)}
    return as_of(rows.model, moment, actor=actor, related=related, pks=keys) if keys else []


def _of_levels(page: Told, levels: list[ServiceLevel], actor: Actor) -> None:
    """Count the cases of the levels by window, and of the supplier by dimension."""
    record, on, now = page.record, page.on, page.now
    rows = ServiceRecord.objects.filter(level__contract__supplier=record.pk)
    # The longest window begins first; each level counts from its own first day.
    first = windows.stretch_of(since_of(on), Window.YEAR).first
    if page.moment is None:
        of_levels = windows.of_levels(visible(rows, actor), first=first, last=on, now=now)
        found = list(tallied([of_levels, *tallies_of(_with_peers(record, actor), on=on, actor=actor)]))
        months = windows.by_level(each for each in found if each[0] == 0)
        cards = scorecards([record.pk], on=on, actor=actor, counts=[each[1:] for each in found if each[0] > 0])
        page.place = _place(cards, record.pk)
    else:
        keys = [level.pk for level in levels]
        known = _rows(rows, actor, page.moment, of=("level_id", keys))
        starts = {level.pk: level.starts_on for level in levels}
        months = windows.counted(known, starts, first=first, last=on, now=now)
        counts = counts_of(
            record.pk,
            records=known,
            obligations=page.obligations,
            breaches=page.breaches,
            contacts=page.contacts,
            on=on,
            now=now,
        )
        cards = scorecards([record.pk], on=on, actor=actor, counts=counts)
    page.scorecard = cards[record.pk]
    contracts = {each.pk: each for each in page.contracts}
    for level in levels:
        if level.contract_id in contracts:
            level.contract = contracts[level.contract_id]
        counts_by_month = months.get(level.pk, {})
        kept = windows.kept_by_window(level, counts_by_month, first=since_of(on), last=on)
        page.levels.append(LevelNow(level, kept))
        page.cases += sum(of for month, (_met, of) in counts_by_month.items() if month >= since_of(on))


def _with_peers(record: Supplier, actor: Actor) -> QuerySet[Supplier]:
    """Return a supplier and the others in use of the same category that the actor sees."""
    peers = visible(Supplier.objects.filter(category=record.category_id), actor).exclude(state=SupplierState.ENDED)
    return Supplier.objects.filter(Q(pk=record.pk) | Q(pk__in=peers.order_by().values("pk"))).order_by()


def _place(cards: dict[int, Scorecard], key: int) -> tuple[int, int] | None:
    """Return the place of one among those that have a total, and how many these are; None where it has none."""
    totals = {each: card.total for each, card in cards.items() if card.total is not None}
    own = totals.get(key)
    return None if own is None else (1 + sum(total > own + 1e-9 for total in totals.values()), len(totals))


@dataclass(frozen=True)
class Ranked:
    """A supplier with its scorecard and its place; without enough evidence it has none."""

    record: Supplier
    card: Scorecard
    live: int
    place: int | None


@dataclass(frozen=True)
class Ranking:
    """Suppliers in order of their totals, and the categories by which they can be narrowed."""

    rows: list[Ranked]
    categories: list[SupplierCategory]
    hidden: int


def ranking(*, actor: Actor, on: dt.date, category: int | None, scope: Scope | None) -> Ranking:
    """Return the suppliers in use that the actor may see, best first, those without a total after them."""
    rows = under(visible(Supplier.objects.exclude(state=SupplierState.ENDED), actor), scope)
    kinds = SupplierCategory.objects.filter(pk__in=rows.order_by().values("category"))
    if category is not None:
        rows = rows.filter(category=category)
    found = list(rows.select_related("category", "owner").order_by("name"))
    cards = scorecards([row.pk for row in found], on=on, actor=actor, among=rows.order_by())
    live = _live([row.pk for row in found], actor)
    totals = sorted(card.total for card in cards.values() if card.total is not None)
    ranked = [
        Ranked(
            row,
            cards[row.pk],
            live.get(row.pk, 0),
            None if (total := cards[row.pk].total) is None else 1 + len(totals) - bisect_right(totals, total + 1e-9),
        )
        for row in found
    ]
    ranked.sort(key=lambda each: (each.place is None, each.place or 0, each.record.name))
    return Ranking(ranked[:MOST], list(kinds), max(0, len(ranked) - MOST))


def _live(suppliers: Collection[int], actor: Actor) -> dict[int, int]:
    """Return how many breach cases of each supplier are not over."""
    rows = visible(BreachCase.objects.filter(level__contract__supplier__in=list(suppliers), state__in=LIVE), actor)
    found: dict[int, int] = {}
    for key in rows.order_by().values_list("level__contract__supplier", flat=True):
        found[key] = found.get(key, 0) + 1
    return found
