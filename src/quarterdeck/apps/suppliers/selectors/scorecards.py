"""Scorecards: how suppliers did by dimension and month, what counted, and what it comes to.

A score is the share of cases met, in percent, over twelve months: on time from service records and deliveries; in full,
quality and cost from service records; responsiveness from answers to notices and questions; compliance from reports,
insurances and licences; engagement from contacts held when planned. Fewer than three cases are no evidence, and a total
is told only where dimensions with evidence carry half of the weight.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from django.db.models import F, Q, QuerySet

from quarterdeck.apps.suppliers.choices import (
    ANSWER,
    EVIDENCE,
    GRACE,
    MARGIN,
    MONTHS,
    USUAL,
    BreachState,
    ContactKind,
    Dimension,
    ObligationKind,
    ObligationState,
    Source,
)
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Obligation,
    ScorecardWeight,
    ServiceRecord,
    Supplier,
    SupplierContact,
)
from quarterdeck.apps.suppliers.selectors.tallies import ALL, Tally, tallied
from quarterdeck.apps.suppliers.selectors.windows import add_months, decided
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: What tells the cases of service records: dimension -> the field that says whether it was met.
_OF_RECORDS: Final = {
    Dimension.IN_FULL: "in_full",
    Dimension.QUALITY: "right_first_time",
    Dimension.COST: "as_agreed",
}
#: Suppliers by their keys, or as rows.
Suppliers = Collection[int] | QuerySet[Supplier]
#: Months of the trend.
TREND: Final = 6
#: Dimension, supplier, month, cases met, cases decided.
Count5 = tuple[str, int, dt.date, int, int]
#: Dimension, the day on which it was decided, whether it was met.
Case = tuple[str, dt.date, bool]


@dataclass(frozen=True)
class Score:
    """One dimension of one supplier: cases, the share of them, and how it stands to its target (all in percent)."""

    dimension: Dimension
    weight: float
    target: float
    met: int
    of: int
    trend: tuple[float | None, ...]

    @property
    def value(self) -> float | None:
        """The share of cases met; None without enough of them."""
        return 100 * self.met / self.of if self.of >= EVIDENCE else None

    @property
    def state(self) -> str:
        """Red, amber, green by the target; none without evidence."""
        if self.value is None:
            return "none"
        if self.value >= self.target - 1e-9:
            return "green"
        return "amber" if self.value >= self.target - MARGIN else "red"


@dataclass(frozen=True)
class Scorecard:
    """The dimensions of one supplier, and what they come to."""

    scores: tuple[Score, ...]

    @property
    def evidence(self) -> float:
        """The share of the weights that dimensions with evidence carry."""
        whole = sum(score.weight for score in self.scores)
        known = sum(score.weight for score in self.scores if score.value is not None)
        return known / whole if whole else 0.0

    @property
    def total(self) -> float | None:
        """The weighted mean of the dimensions with evidence; None where they carry less than half of the weight."""
        known = [(score.weight, score.value) for score in self.scores if score.value is not None]
        weight = sum(each for each, _value in known)
        if self.evidence < 0.5 or not weight:
            return None
        return sum(each * value for each, value in known) / weight


def since_of(on: dt.date) -> dt.date:
    """Return the first day that a scorecard of a day counts: that of the month eleven before."""
    return add_months(on.replace(day=1), 1 - MONTHS)


def weights(on: dt.date) -> dict[Dimension, tuple[float, float]]:
    """Return weight and target of each dimension on a day, in percent: the organisation's own, or the usual ones."""
    rows = ScorecardWeight.objects.filter(starts_on__lte=on).order_by("starts_on")
    own = {row.dimension: (float(row.weight), float(row.target)) for row in rows}
    if not own:
        return {Dimension(name): (float(w), float(t)) for name, (w, t) in USUAL.items()}
    return {one: own[one] for one in Dimension if one in own}


def scorecards(
    supplier_ids: Collection[int],
    *,
    on: dt.date,
    actor: Actor,
    among: QuerySet[Supplier] | None = None,
    counts: Iterable[Count5] | None = None,
) -> dict[int, Scorecard]:
    """Return the scorecard of each supplier over the twelve months to a day; two queries, however many suppliers.

    What the actor may not see is not counted. `among` are the suppliers again, as rows. `counts` are those of a past
    date, or counted already, with others that have a card then; left out, they are taken from what is stored.
    """
    found: dict[tuple[int, str], dict[dt.date, tuple[int, int]]] = defaultdict(dict)
    if counts is None:
        stored = tallied(tallies_of(supplier_ids if among is None else among, on=on, actor=actor))
        counts = (each[1:] for each in stored)
    for dimension, supplier, month, met, of in counts:
        before = found[supplier, dimension].get(month, (0, 0))
        found[supplier, dimension][month] = (before[0] + met, before[1] + of)
    months = [add_months(on.replace(day=1), step) for step in range(1 - TREND, 1)]
    known = weights(on)
    result = {}
    for supplier in {*supplier_ids, *(supplier for supplier, _dimension in found)}:
        scores = []
        for dimension, (weight, target) in known.items():
            by_month = found.get((supplier, dimension), {})
            scores.append(
                Score(
                    dimension,
                    weight,
                    target,
                    sum(met for met, _of in by_month.values()),
                    sum(of for _met, of in by_month.values()),
                    tuple(_share(by_month.get(month)) for month in months),
                )
            )
        result[supplier] = Scorecard(tuple(scores))
    return result


def _share(count: tuple[int, int] | None) -> float | None:
    return 100 * count[0] / count[1] if count and count[1] else None


# -- from what is stored


def tallies_of(suppliers: Suppliers, *, on: dt.date, actor: Actor) -> list[Tally]:
    """Return what is counted of some suppliers, by dimension: of what is stored, and the actor may see."""
    since = since_of(on)
    return [
        _records(suppliers, since, on, actor),
        _obligations(suppliers, since, on, actor),
        _answers(suppliers, since, on, actor),
        _contacts(suppliers, since, on, actor),
    ]


def _records(suppliers: Suppliers, since: dt.date, on: dt.date, actor: Actor) -> Tally:
    # What obligations owe counts once: by the obligations themselves.
    rows = ServiceRecord.objects.filter(level__contract__supplier__in=suppliers).exclude(source=Source.OBLIGATIONS)
    rows = visible(decided(rows, actor.now), actor).filter(decided_on__gte=since, decided_on__lte=on)
    asked = ((one, Q(**{f"{name}__isnull": False}), Q(**{name: True})) for one, name in _OF_RECORDS.items())
    return Tally(rows, "level__contract__supplier", "decided_on", ((Dimension.ON_TIME, ALL, Q(kept=True)), *asked))


def _obligations(suppliers: Suppliers, since: dt.date, on: dt.date, actor: Actor) -> Tally:
    owed = Obligation.objects.filter(supplier__in=suppliers, due_on__gte=since, due_on__lte=on)
    owed = owed.exclude(state=ObligationState.WAIVED).filter(Q(met_on__isnull=False) | Q(due_on__lt=on))
    deliver, kept = Q(kind=ObligationKind.DELIVER), Q(met_on__lte=F("due_on"))
    asked = ((Dimension.ON_TIME, deliver, kept), (Dimension.COMPLIANCE, ~deliver, kept))
    return Tally(visible(owed, actor), "supplier", "due_on", asked)


def _answers(suppliers: Suppliers, since: dt.date, on: dt.date, actor: Actor) -> Tally:
    told = BreachCase.objects.filter(level__contract__supplier__in=suppliers)
    told = told.filter(noticed_on__gte=since, noticed_on__lte=on).exclude(state=BreachState.EXCUSED)
    told = told.filter(Q(answered_on__isnull=False) | Q(noticed_on__lt=on - dt.timedelta(days=ANSWER)))
    asked = ((Dimension.RESPONSIVENESS, ALL, Q(answered_in_time=True)),)
    return Tally(visible(told, actor), "level__contract__supplier", "noticed_on", asked)


def _contacts(suppliers: Suppliers, since: dt.date, on: dt.date, actor: Actor) -> Tally:
    asked, met = Q(kind=ContactKind.QUESTION), Q(in_time=True)
    late = Q(asked, planned_on__lt=on) | Q(~asked, planned_on__lt=on - dt.timedelta(days=GRACE))
    planned = SupplierContact.objects.filter(supplier__in=suppliers, planned_on__gte=since, planned_on__lte=on)
    planned = visible(planned.filter(late | Q(held_on__isnull=False)), actor)
    told = ((Dimension.RESPONSIVENESS, asked, met), (Dimension.ENGAGEMENT, ~asked, met))
    return Tally(planned, "supplier", "planned_on", told)


# -- from records at hand, as those of a past date are


def counts_of(
    supplier: int,
    *,
    records: Iterable[ServiceRecord],
    obligations: Iterable[Obligation],
    breaches: Iterable[BreachCase],
    contacts: Iterable[SupplierContact],
    on: dt.date,
    now: dt.datetime,
) -> Iterator[Count5]:
    """Give the same counts of one supplier, from its records as they were at a moment."""
    since = since_of(on)
    cases = chain(
        _cases_of_records(records, now),
        _cases_of_obligations(obligations, on),
        _cases_of_breaches(breaches, on),
        _cases_of_contacts(contacts, on),
    )
    for dimension, day, met in cases:
        if since <= day <= on:
            yield dimension, supplier, day.replace(day=1), int(met), 1


def _cases_of_records(records: Iterable[ServiceRecord], now: dt.datetime) -> Iterator[Case]:
    for record in records:
        known = record.kept is not None or (record.breaks_at is not None and record.breaks_at < now)
        if known and record.decided_on is not None and record.source != Source.OBLIGATIONS:
            yield Dimension.ON_TIME, record.decided_on, record.kept is True
            for one, name in _OF_RECORDS.items():
                if getattr(record, name) is not None:
                    yield one, record.decided_on, getattr(record, name)


def _cases_of_obligations(obligations: Iterable[Obligation], on: dt.date) -> Iterator[Case]:
    for owed in obligations:
        if owed.state != ObligationState.WAIVED and (owed.met_on is not None or owed.due_on < on):
            what = Dimension.ON_TIME if owed.kind == ObligationKind.DELIVER else Dimension.COMPLIANCE
            yield what, owed.due_on, owed.met_on is not None and owed.met_on <= owed.due_on


def _cases_of_breaches(breaches: Iterable[BreachCase], on: dt.date) -> Iterator[Case]:
    for breach in breaches:
        day = breach.noticed_on
        if day is None or breach.state == BreachState.EXCUSED:
            continue
        if breach.answered_on is not None or day < on - dt.timedelta(days=ANSWER):
            yield Dimension.RESPONSIVENESS, day, breach.answered_in_time is True


def _cases_of_contacts(contacts: Iterable[SupplierContact], on: dt.date) -> Iterator[Case]:
    for contact in contacts:
        asked = contact.kind == ContactKind.QUESTION
        if contact.held_on is not None or contact.planned_on < on - dt.timedelta(days=0 if asked else GRACE):
            what = Dimension.RESPONSIVENESS if asked else Dimension.ENGAGEMENT
            yield what, contact.planned_on, contact.in_time is True
