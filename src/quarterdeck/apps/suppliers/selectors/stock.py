"""What is on hand and why, what it is worth, what tasks need and when, and when it runs short."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.suppliers.choices import MovementKind
from quarterdeck.apps.suppliers.models import (
    MaterialRequirement,
    StockItem,
    StockLevel,
    StockLocation,
    StockMovement,
)
from quarterdeck.apps.suppliers.models.stock import EXACT
from quarterdeck.engine.inventory import (
    Flow,
    Method,
    Projection,
    Requirement,
    Shortage,
    Stocking,
    Valuation,
    project,
    value,
)
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.records import as_of

#: Movements shown on a page, the latest.
SHOWN: Final = 15
#: Tasks that a shortage names.
NAMED: Final = 3
#: Movements of one item that are valued while a page is made.
VALUED: Final = 20_000


def told(quantity: Decimal | float) -> str:
    """Return a quantity as it is said: without zeros behind."""
    exact = round(Decimal(str(quantity)), EXACT).normalize()
    return format(exact, "f") if exact else "0"


@dataclass(frozen=True)
class Need:
    """What a task still needs of an item: how much, where, on which day, for which project."""

    requirement: MaterialRequirement
    task: Task
    day: dt.date
    open: Decimal


@dataclass
class Place:
    """An item at one location: what is there, what of it is kept back, what is asked for, when it runs short."""

    location: StockLocation
    on_hand: Decimal
    minimum: Decimal = Decimal(0)
    needed: Decimal = Decimal(0)
    projection: Projection | None = None
    shortages: list[Shortage] = field(default_factory=list)

    @property
    def short_on(self) -> dt.date | None:
        """The first day on which less than nothing is left."""
        day = self.projection.short_on if self.projection else None
        return None if day is None else dt.date.fromordinal(day)

    @property
    def low_on(self) -> dt.date | None:
        """The first day on which less than the minimum is left."""
        day = self.projection.below_safety_on if self.projection else None
        return None if day is None else dt.date.fromordinal(day)

    @property
    def state(self) -> str:
        """Red where it runs short, amber where it falls below its minimum, else green."""
        if self.short_on is not None or self.on_hand < 0:
            return "red"
        return "amber" if self.low_on is not None or self.on_hand < self.minimum else "green"


@dataclass(frozen=True)
class Posted:
    """One movement as the page tells it: by how much it changed what is on hand here, what was there after it."""

    movement: StockMovement
    change: Decimal
    after: Decimal
    cost: float | None


@dataclass
class OnHand:
    """What the page of an item tells, all locations that the reader may see or one of them."""

    item: StockItem
    on: dt.date
    moment: dt.datetime | None
    at: StockLocation | None = None
    places: list[Place] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    #: The tasks of the needs that the reader may open.
    opened: set[int] = field(default_factory=set)
    #: Whether the reader sees every location of the item.
    whole: bool = False
    posted: list[Posted] = field(default_factory=list)
    movements: int = 0
    #: None where the reader does not see all of it, or not the money.
    valuation: Valuation | None = None

    @property
    def here(self) -> list[Place]:
        """The places that are shown: the one asked for, or all."""
        return [place for place in self.places if self.at is None or place.location.pk == self.at.pk]

    @property
    def total(self) -> Decimal:
        """What is on hand there."""
        return sum((place.on_hand for place in self.here), Decimal(0))

    @property
    def below(self) -> bool:
        """Whether all that is on hand has fallen to the reorder point; not told to who does not see all of it."""
        there = sum((place.on_hand for place in self.places), Decimal(0))
        return self.whole and self.item.reorder_point > 0 and there <= self.item.reorder_point


def item_at(code: str, *, actor: Actor, moment: dt.datetime | None) -> StockItem | None:
    """Return an item that the actor may see, as known at a moment; None alike for none and for a stranger."""
    rows = StockItem.objects.filter(code=code)
    related = ("category", "supplier", "currency", "unit")
    if moment is None:
        return visible(rows, actor).select_related(*related, "unit__scope", "created_by", "updated_by").first()
    keys = list(rows.values_list("pk", flat=True))
    found = as_of(StockItem, moment, actor=actor, related=related, pks=keys) if keys else []
    return found[0] if found else None


def on_hand(
    item: StockItem, *, actor: Actor, on: dt.date, moment: dt.datetime | None, at: str = "", money: bool = False
) -> OnHand:
    """Return what is on hand of an item and the movements that explain it, of what the actor may see.

    Of a past date: by the movements posted until then; what will be needed is told of today alone.
    """
    page = OnHand(item, on, moment)
    rows = StockMovement.objects.filter(item=item)
    rows = rows if moment is None else rows.filter(created_at__lte=moment)
    seen = visible(StockLocation.objects.all(), actor)
    levels = StockLevel.objects.filter(item=item, location__in=seen).select_related("location__keeper")
    known = {level.location_id: level for level in levels.order_by("location__name")}
    sums = None if moment is None else _sums(rows)
    for pk, level in known.items():
        there = (level.on_hand or Decimal(0)) if sums is None else sums.get(pk)
        if there is not None:
            page.places.append(Place(level.location, there, level.minimum if sums is None else Decimal(0)))
    page.at = next((place.location for place in page.places if at and place.location.code == at), None)
    if moment is None:
        _look_ahead(page)
        page.needs = [need for need in page.needs if _is_here(page, need)]
        page.opened = tasks_seen(page.needs, actor)
    costs: Mapping[Any, float] = {}
    page.whole = StockLevel.objects.filter(item=item).count() == len(known)
    if money and page.whole:
        page.valuation = valued(item, rows)
        costs = page.valuation.costs if page.valuation else {}
    _explain(page, visible(rows, actor), costs)
    return page


def _is_here(page: OnHand, need: Need) -> bool:
    return page.at is None or need.requirement.location_id == page.at.pk


def _look_ahead(page: OnHand) -> None:
    """Enter what tasks need, and when each place runs short."""
    page.needs = needs(item_ids=[page.item.pk])
    by_place = {place.location.pk: place for place in page.places}
    page.needs = [need for need in page.needs if need.requirement.location_id in by_place]
    stockings = [
        Stocking(page.item.pk, pk, float(place.on_hand), safety=float(place.minimum)) for pk, place in by_place.items()
    ]
    lines, short = project(stockings, today=page.on.toordinal(), requirements=[asked(need) for need in page.needs])
    for line in lines:
        by_place[line.location].projection = line  # type: ignore[index]  # locations are the keys given above
    for each in short:
        by_place[each.location].shortages.append(each)  # type: ignore[index]  # as above
    for need in page.needs:
        by_place[need.requirement.location_id].needed += need.open


def asked(need: Need) -> Requirement:
    """Return a need as the engine takes it; what the plan calls urgent is served first."""
    row = need.requirement
    return Requirement(
        row.pk, row.item_id, row.location_id, need.day.toordinal(), float(need.open), 1000 - need.task.priority
    )


def _explain(page: OnHand, rows: QuerySet[StockMovement], costs: Mapping[Any, float]) -> None:
    """Enter the latest movements, each with what was on hand after it at the places shown."""
    here = {place.location.pk for place in page.here}
    rows = rows.filter(Q(origin__in=here) | Q(target__in=here))
    page.movements = rows.count()
    latest = rows.select_related("origin", "target", "initiative", "requirement__task", "reverses", "created_by")
    after = page.total
    for row in latest.order_by("-pk")[:SHOWN]:
        change = (row.quantity if row.target_id in here else 0) - (row.quantity if row.origin_id in here else 0)
        page.posted.append(Posted(row, Decimal(change), after, costs.get(row.pk)))
        after -= change


def _sums(rows: QuerySet[StockMovement]) -> dict[int, Decimal]:
    """Return what is on hand by location: what came in less what went out."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for side, sign in (("target", 1), ("origin", -1)):
        grouped = rows.exclude(**{side: None}).order_by().values_list(side).annotate(Sum("quantity"))
        for pk, quantity in grouped:
            found[pk] += sign * quantity
    return dict(found)


def valued(item: StockItem, rows: QuerySet[StockMovement]) -> Valuation | None:
    """Return what an item is worth, by its own method; None where it moved too often for a page."""
    moving = rows.exclude(origin__isnull=False, target__isnull=False).exclude(quantity=0).order_by("pk")
    fields = moving.values_list("pk", "quantity", "origin_id", "unit_cost", "reverses_id")[: VALUED + 1]
    moved = list(fields)
    if len(moved) > VALUED:
        return None
    flows = [
        Flow(pk, float(-quantity if origin else quantity), None if cost is None else float(cost), undone)
        for pk, quantity, origin, cost, undone in moved
    ]
    return value(flows, method=Method(item.valued_by))


def needs(*, item_ids: Collection[int] | None = None, location_ids: Collection[int] | None = None) -> list[Need]:
    """Return what tasks of active projects still need, by the dates of the current plans, in order of day.

    A requirement belongs to its task in every copy of the plan: the current one says when. What a finished task did
    not draw is needed no more. Whoever asks limits what a reader sees.
    """
    rows = MaterialRequirement.objects.filter(task__plan__initiative__state=State.ACTIVE)
    if item_ids is not None:
        rows = rows.filter(item__in=item_ids)
    if location_ids is not None:
        rows = rows.filter(location__in=location_ids)
    found = list(with_issued(rows).select_related("task__plan__initiative", "item", "location"))
    now = _current([row.task for row in found if not row.task.plan.is_current])
    open_ = []
    for row in found:
        task = row.task if row.task.plan.is_current else now.get((row.task.plan.initiative_id, row.task.uid))
        left = row.quantity - row.issued
        if task is None or not task.active or task.starts_on is None or task.done >= 100 or left <= 0:
            continue
        open_.append(Need(row, task, task.starts_on + dt.timedelta(days=row.offset_days), left))
    return sorted(open_, key=lambda need: (need.day, need.requirement.pk))


def with_issued(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add to requirements what was issued for them and not brought back, as `issued`."""
    issued = Sum(
        Case(
            When(movements__kind=MovementKind.ISSUE, then=F("movements__quantity")),
            When(movements__kind=MovementKind.RETURN, then=-F("movements__quantity")),
        ),
        filter=Q(movements__is_reversed=False),
    )
    found: QuerySet[Any] = rows.annotate(issued=Coalesce(issued, Value(Decimal(0))))
    return found


def open_tasks(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow tasks to those that may need material: of current plans, no groups."""
    return rows.filter(plan__is_current=True, is_summary=False, active=True)


def _current(tasks: Iterable[Task]) -> dict[tuple[int, int], Task]:
    """Return the tasks of the current plans that stand for some of other copies, by project and number."""
    wanted = {(task.plan.initiative_id, task.uid) for task in tasks}
    if not wanted:
        return {}
    rows = Task.objects.filter(
        plan__is_current=True,
        plan__initiative__in={initiative for initiative, _uid in wanted},
        uid__in={uid for _initiative, uid in wanted},
    ).select_related("plan__initiative")
    return {(task.plan.initiative_id, task.uid): task for task in rows}


def tasks_seen(found: Sequence[Need], actor: Actor) -> set[int]:
    """Return the tasks among those of some needs that the actor may open, by their ids."""
    rows = visible(Task.objects.filter(pk__in=[need.task.pk for need in found]), actor)
    return set(rows.values_list("pk", flat=True))


@dataclass(frozen=True)
class Short:
    """An item that will be short at a location: how much in all, from which day, for which tasks."""

    level: StockLevel
    day: dt.date
    missing: float
    hit: list[Need]

    @property
    def order_by(self) -> dt.date:
        """The last day on which an order is there in time."""
        return self.day - dt.timedelta(days=self.level.item.lead_days)

    @property
    def tasks(self) -> str:
        """The tasks that are hit, each with its project, the first three by name."""
        named = [f"{need.task.name} ({need.task.plan.initiative.name})" for need in self.hit[:NAMED]]
        more = len(self.hit) - len(named)
        return ", ".join(named) + (f" +{more}" if more else "")


def shortages(*, on: dt.date, ahead: dt.timedelta, ids: Collection[int] | None = None) -> list[Short]:
    """Return the levels that will be short for tasks, of which the last day to order comes within `ahead`, or has."""
    found = needs()
    levels = {
        (level.item_id, level.location_id): level
        for level in StockLevel.objects.filter(
            item__in={need.requirement.item_id for need in found},
            location__in={need.requirement.location_id for need in found},
        ).select_related("item", "location__keeper__user")
    }
    found = [need for need in found if _place_of(need) in levels]
    by_requirement = {need.requirement.pk: need for need in found}
    stockings = [Stocking(item, place, float(row.on_hand or 0)) for (item, place), row in levels.items()]
    _lines, short = project(stockings, today=on.toordinal(), requirements=[asked(need) for need in found])
    grouped: dict[tuple[int, int], list[Shortage]] = defaultdict(list)
    for each in short:
        grouped[_place_of(by_requirement[each.requirement])].append(each)  # type: ignore[index]  # keys given above
    coming = []
    for place, rows in grouped.items():
        level, first = levels[place], dt.date.fromordinal(rows[0].day)
        if ids is not None and level.pk not in ids:
            continue
        if first - dt.timedelta(days=level.item.lead_days) <= on + ahead:
            hit = [by_requirement[each.requirement] for each in rows]  # type: ignore[index]  # as above
            coming.append(Short(level, first, round(sum(each.missing for each in rows), EXACT), hit))
    return sorted(coming, key=lambda each: (each.order_by, each.level.pk))


def _place_of(need: Need) -> tuple[int, int]:
    return need.requirement.item_id, need.requirement.location_id


def to_order(ids: Collection[int] | None = None) -> list[StockItem]:
    """Return the items in use of which all that is on hand has fallen to the reorder point."""
    rows = StockItem.objects.filter(is_active=True, reorder_point__gt=0)
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    there = Coalesce(Sum("levels__on_hand"), Value(Decimal(0)))
    return list(rows.annotate(there=there).filter(there__lte=F("reorder_point")).order_by("pk"))
