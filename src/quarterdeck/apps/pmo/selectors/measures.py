"""The figures of accountabilities: shares worked out from records, each in one grouped query for all nodes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from quarterdeck.apps.delivery.choices import DeliverableState
from quarterdeck.apps.delivery.models import Deliverable
from quarterdeck.apps.people.models import Qualification
from quarterdeck.apps.pmo.choices import Measure
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.models import ServiceRecord, StockItem, StockLevel
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.watch.selectors import visible_findings

#: Days over which figures of what happens are counted.
WINDOW: Final = dt.timedelta(days=90)
#: The checks by which an active initiative lacks somebody.
UNLED: Final = ("initiative-without-sponsor", "initiative-without-manager")


@dataclass(frozen=True)
class Asked:
    """For whom, for which day, and, of the past, as known at which moment."""

    actor: Actor
    on: dt.date
    moment: dt.datetime | None = None


#: path of a node -> (how many meet it, of how many)
Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """What a figure reads at a node and below: `met` of `whole`. Nothing is measured where there is nothing."""

    met: int = 0
    whole: int = 0

    @property
    def share(self) -> float | None:
        """The share in percent."""
        return self.met / self.whole * 100 if self.whole else None


def below(counts: Counts, path: str, nearer: Iterable[str] = ()) -> Reading:
    """Return what counts at a node and below; what lies at or below the nodes `nearer` counts there."""
    left_out = tuple(nearer)
    found = [pair for place, pair in counts.items() if place.startswith(path) and not place.startswith(left_out)]
    return Reading(sum(met for met, _whole in found), sum(whole for _met, whole in found))


def _counted(pairs: Iterable[tuple[str, bool]]) -> Counts:
    met: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for path, good in pairs:
        whole[path] += 1
        met[path] += good
    return {path: (met[path], number) for path, number in whole.items()}


def _initiatives(asked: Asked) -> list[Initiative]:
    if asked.moment is None:
        return list(visible(Initiative.objects.all(), asked.actor).select_related("scope"))
    return records.as_of(Initiative, asked.moment, actor=asked.actor, related=("scope",))


def _on_time(asked: Asked) -> Counts:
    """Count the open projects with a planned finish, and those that have not passed it."""
    rows = (
        row
        for row in _initiatives(asked)
        if row.kind == Kind.PROJECT and row.state == State.ACTIVE and row.planned_finish is not None
    )
    return _counted((row.scope.path, not row.is_late(asked.on)) for row in rows)


def _led(asked: Asked) -> Counts:
    """Count the active initiatives, and those of which no check says that sponsor or manager is missing."""
    rows = visible_findings(asked.actor).filter(check_name__in=UNLED)
    if asked.moment is None:
        rows = rows.filter(closed_at__isnull=True)
    else:
        still = Q(closed_at__isnull=True) | Q(closed_at__gt=asked.moment)
        rows = rows.filter(still, opened_at__lte=asked.moment)
    lacking = set(rows.values_list("record_id", flat=True))
    active = (row for row in _initiatives(asked) if row.state == State.ACTIVE)
    return _counted((row.scope.path, row.pk not in lacking) for row in active)


def _qualified(asked: Asked) -> Counts:
    """Count the latest qualification of each kind of each person still here, and those that count on the day.

    Only where the actor sees personal facts: until when somebody is qualified is one. Of today only.
    """
    if asked.moment is not None:
        return {}
    later = Qualification.objects.filter(
        person=OuterRef("person"), type=OuterRef("type"), issued_on__gt=OuterRef("issued_on"), issued_on__lte=asked.on
    )
    here = Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=asked.on)
    rows = visible(Qualification.objects.all(), asked.actor).filter(~Exists(later), here, issued_on__lte=asked.on)
    current = Q(expires_on__isnull=True) | Q(expires_on__gte=asked.on)
    grouped = (
        rows.order_by()
        .values_list("person__unit__scope__path")
        .annotate(met=Count("pk", filter=current), whole=Count("pk"))
    )
    return {
        path: (met, whole)
        for path, met, whole in grouped
        if asked.actor.sees("personal", "people.qualification", (path,))
    }


def _deliverables(asked: Asked) -> Counts:
    """Count the deliverables due by the day in the last 90, and those accepted by their date. Of today only."""
    if asked.moment is not None:
        return {}
    due = F("milestone__finishes_on")
    rows = visible(Deliverable.objects.all(), asked.actor).filter(
        milestone__finishes_on__lt=asked.on, milestone__finishes_on__gte=asked.on - WINDOW
    )
    kept = Q(state=DeliverableState.ACCEPTED, accepted_on__lte=due)
    grouped = (
        rows.order_by().values_list("initiative__scope__path").annotate(met=Count("pk", filter=kept), whole=Count("pk"))
    )
    return {path: (met, whole) for path, met, whole in grouped}


def _service(asked: Asked) -> Counts:
    """Count the cases of service levels decided in the last 90 days, and those that met them. Of today only."""
    if asked.moment is not None:
        return {}
    rows = visible(ServiceRecord.objects.all(), asked.actor).filter(
        decided_on__lte=asked.on, decided_on__gt=asked.on - WINDOW, kept__isnull=False
    )
    grouped = (
        rows.order_by()
        .values_list("level__contract__supplier__unit__scope__path")
        .annotate(met=Count("pk", filter=Q(kept=True)), whole=Count("pk"))
    )
    return {path: (met, whole) for path, met, whole in grouped}


def _stocked(asked: Asked) -> Counts:
    """Count the items with a reorder point, and those of which all that is on hand is above it. Of today only.

    Of an item with stock where the actor does not see it, nothing is told.
    """
    if asked.moment is not None:
        return {}
    seen = visible(StockLevel.objects.all(), asked.actor).values("pk")
    hidden = StockLevel.objects.filter(item=OuterRef("pk")).exclude(pk__in=seen)
    rows = visible(StockItem.objects.all(), asked.actor).filter(~Exists(hidden), is_active=True, reorder_point__gt=0)
    there = rows.annotate(there=Coalesce(Sum("levels__on_hand"), Value(Decimal(0))))
    return _counted(
        (path, on_hand > point)
        for path, on_hand, point in there.values_list("unit__scope__path", "there", "reorder_point")
    )


#: How each figure is worked out; exceptions closed in time come with the exceptions themselves.
FIGURES: Final[Mapping[Measure, Callable[[Asked], Counts]]] = {
    Measure.ON_TIME: _on_time,
    Measure.LED: _led,
    Measure.QUALIFIED: _qualified,
    Measure.DELIVERABLES: _deliverables,
    Measure.SERVICE: _service,
    Measure.STOCKED: _stocked,
}
#: Where what makes a figure is listed.
EVIDENCE: Final[Mapping[Measure, str]] = {
    Measure.ON_TIME: "/initiatives/?f.kind=project&f.state=active&sort=planned_finish",
    Measure.LED: "/initiatives/?f.state=active",
    Measure.QUALIFIED: "/qualifications/?sort=expires_on",
    Measure.DELIVERABLES: "/deliverables/",
    Measure.SERVICE: "/service-records/",
    Measure.STOCKED: "/stock-items/",
}


def readings(wanted: Iterable[str], asked: Asked) -> dict[str, Counts]:
    """Return the counts of the figures named, each worked out once."""
    names = set(wanted)
    return {name: work(asked) for name, work in FIGURES.items() if name in names}
