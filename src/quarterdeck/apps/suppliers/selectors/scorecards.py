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
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

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
    SupplierContact,
)
from quarterdeck.apps.suppliers.selectors.windows import add_months, decided
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

#: What tells the cases of service records: dimension -> the field that says whether it was met.
_OF_RECORDS: Final = {
    Dimension.IN_FULL: "in_full",
    Dimension.QUALITY: "right_first_time",
    Dimension.COST: "as_agreed",
}
#: Months of the trend.
TREND: Final = 6
#: Supplier, dimension, month, cases met, cases decided.
Count5 = tuple[int, str, dt.date, int, int]
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
    supplier_ids: Collection[int], *, on: dt.date, actor: Actor, counts: Iterable[Count5] | None = None
) -> dict[int, Scorecard]:
    """Return the scorecard of each supplier over the twelve months to a day; five queries, however many suppliers.

    What the actor may not see is not counted.

    `counts` are those of a past date; left out, they are taken from what is stored.
    """
    found: dict[tuple[int, str], dict[dt.date, tuple[int, int]]] = defaultdict(dict)
    told = stored_counts(supplier_ids, on=on, actor=actor) if counts is None else counts
    for supplier, dimension, month, met, of in told:
        before = found[supplier, dimension].get(month, (0, 0))
        found[supplier, dimension][month] = (before[0] + met, before[1] + of)
    months = [add_months(on.replace(day=1), step) for step in range(1 - TREND, 1)]
    known = weights(on)
    result = {}
    for supplier in supplier_ids:
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


def stored_counts(supplier_ids: Collection[int], *, on: dt.date, actor: Actor) -> Iterator[Count5]:
    """Give the counts of what the actor may see by supplier, dimension and month, as the database adds them up."""
    since, ids = since_of(on), list(supplier_ids)
    # What obligations owe counts once: by the obligations themselves.
    records = ServiceRecord.objects.filter(level__contract__supplier__in=ids).exclude(source=Source.OBLIGATIONS)
    rows = _grouped(
        visible(decided(records, actor.now), actor).filter(decided_on__gte=since, decided_on__lte=on),
        "level__contract__supplier",
        "decided_on",
    ).annotate(
        of=Count("pk"),
        met=Count("pk", filter=Q(kept=True)),
        **{f"{one}_of": Count("pk", filter=Q(**{f"{name}__isnull": False})) for one, name in _OF_RECORDS.items()},
        **{f"{one}_met": Count("pk", filter=Q(**{name: True})) for one, name in _OF_RECORDS.items()},
    )
    for row in rows:
        yield row["supplier_key"], Dimension.ON_TIME, row["month"], row["met"], row["of"]
        for one in _OF_RECORDS:
            yield row["supplier_key"], one, row["month"], row[f"{one}_met"], row[f"{one}_of"]
    owed = Obligation.objects.filter(supplier__in=ids, due_on__gte=since, due_on__lte=on)
    owed = owed.exclude(state=ObligationState.WAIVED).filter(Q(met_on__isnull=False) | Q(due_on__lt=on))
    deliver = Q(kind=ObligationKind.DELIVER)
    kept = Q(met_on__lte=F("due_on"))
    for row in _grouped(visible(owed, actor), "supplier", "due_on").annotate(
        delivered=Count("pk", filter=deliver),
        delivered_met=Count("pk", filter=deliver & kept),
        owed=Count("pk", filter=~deliver),
        owed_met=Count("pk", filter=~deliver & kept),
    ):
        yield row["supplier_key"], Dimension.ON_TIME, row["month"], row["delivered_met"], row["delivered"]
        yield row["supplier_key"], Dimension.COMPLIANCE, row["month"], row["owed_met"], row["owed"]
    yield from _answers(ids, since, on, actor)
    yield from _contacts(ids, since, on, actor)


def _grouped(rows: QuerySet[Any], supplier: str, day: str) -> QuerySet[Any, dict[str, Any]]:
    found: Any = rows.order_by().annotate(month=TruncMonth(day), supplier_key=F(supplier))
    grouped: QuerySet[Any, dict[str, Any]] = found.values("supplier_key", "month")
    return grouped


def _answers(ids: list[int], since: dt.date, on: dt.date, actor: Actor) -> Iterator[Count5]:
    told = BreachCase.objects.filter(level__contract__supplier__in=ids, noticed_on__gte=since, noticed_on__lte=on)
    late = on - dt.timedelta(days=ANSWER)
    told = told.exclude(state=BreachState.EXCUSED).filter(Q(answered_on__isnull=False) | Q(noticed_on__lt=late))
    rows = _grouped(visible(told, actor), "level__contract__supplier", "noticed_on").annotate(
        of=Count("pk"), met=Count("pk", filter=Q(answered_in_time=True))
    )
    for row in rows:
        yield row["supplier_key"], Dimension.RESPONSIVENESS, row["month"], row["met"], row["of"]


def _contacts(ids: list[int], since: dt.date, on: dt.date, actor: Actor) -> Iterator[Count5]:
    asked = Q(kind=ContactKind.QUESTION)
    late = Q(asked, planned_on__lt=on) | Q(~asked, planned_on__lt=on - dt.timedelta(days=GRACE))
    planned = SupplierContact.objects.filter(supplier__in=ids, planned_on__gte=since, planned_on__lte=on)
    planned = planned.filter(late | Q(held_on__isnull=False))
    for row in _grouped(visible(planned, actor), "supplier", "planned_on").annotate(
        asked=Count("pk", filter=asked),
        asked_met=Count("pk", filter=asked & Q(in_time=True)),
        held=Count("pk", filter=~asked),
        held_met=Count("pk", filter=~asked & Q(in_time=True)),
    ):
        yield row["supplier_key"], Dimension.RESPONSIVENESS, row["month"], row["asked_met"], row["asked"]
        yield row["supplier_key"], Dimension.ENGAGEMENT, row["month"], row["held_met"], row["held"]


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
            yield supplier, dimension, day.replace(day=1), int(met), 1


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
