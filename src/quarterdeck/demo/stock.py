"""Stock: a store, a van and two sites; deliveries, issues and counts of nine months; what tasks to come need."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Final

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import (
    MaterialRequirement,
    StockCategory,
    StockItem,
    StockLevel,
    StockLocation,
    StockMovement,
    Supplier,
)
from quarterdeck.demo.content.stock import ITEMS, LOCATIONS, STORE, USED_AT, ItemFacts
from quarterdeck.demo.world import World
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Months from now at which stock is first kept, at which it moves, and at which tasks' needs are stated.
ENTERED: Final = -9.4
MONTHS: Final = (*(float(month) for month in range(-9, 0)), -0.12)
NEEDED: Final = -0.07


@dataclass
class Known:
    """What the builder keeps: items and locations by name."""

    world: World
    items: dict[str, StockItem] = field(default_factory=dict)
    places: dict[str, StockLocation] = field(default_factory=dict)


def plan(world: World) -> None:
    """Put the stock and its nine months on the timeline."""
    known = Known(world)
    world.timeline.add(ENTERED, partial(_enter, world, known))
    for number, month in enumerate(MONTHS):
        world.timeline.add(month, partial(_month, known, number))
    world.timeline.add(NEEDED, partial(_need, world, known))


def _enter(world: World, known: Known, now: dt.datetime) -> None:
    """Enter items and locations, and take the first stock in."""
    actor, unit = world.system(now), world.units["COR-PRO"]
    for name, kind, project in LOCATIONS:
        place = StockLocation(name=name, kind=kind, unit=unit, initiative=world.initiatives.get(project))
        services.location_save(place, actor=actor)
        known.places[name] = place
    categories: dict[str, StockCategory] = {}
    for number, facts in enumerate(ITEMS):
        if facts.category not in categories:
            categories[facts.category] = StockCategory(name=facts.category)
            records.save(categories[facts.category], actor=actor)
        item = StockItem(
            name=facts.name,
            category=categories[facts.category],
            measure=facts.measure,
            supplier=Supplier.objects.filter(name=facts.supplier).first(),
            lead_days=facts.lead,
            reorder_point=Decimal(facts.reorder),
            valued_by=facts.valued_by,
            currency=world.currencies["EUR"],
            unit=unit,
        )
        services.item_save(item, actor=actor)
        known.items[facts.name] = item
        level = StockLevel(item=item, location=known.places[STORE], minimum=Decimal(facts.reorder // 3))
        services.stock_level_save(level, actor=actor)
        _post(known, facts, actor, "receipt", facts.first, to=STORE, price=facts.price, paper=f"DN {4100 + number}")


def _post(
    known: Known,
    facts: ItemFacts,
    actor: Actor,
    kind: str,
    quantity: int,
    *,
    at: str = "",
    to: str = "",
    price: str = "",
    paper: str = "",
) -> None:
    """Post one movement of the day; what is issued is for the project that uses the item."""
    made = StockMovement(
        kind=kind,
        item=known.items[facts.name],
        quantity=Decimal(quantity),
        origin=known.places.get(at),
        target=known.places.get(to),
        posted_on=actor.today,
        unit_cost=Decimal(price) if price else None,
        reference=paper,
        initiative=known.world.initiatives[facts.project] if kind == "issue" else None,
    )
    services.movement_post(made, actor=actor)


def _month(known: Known, number: int, now: dt.datetime) -> None:
    """Move what a month uses from the store to where it is used, and use it; a delivery each quarter, now and then a
    count."""
    actor = known.world.system(now)
    for place, facts in enumerate(ITEMS):
        draw = zlib.crc32(f"{facts.name}/{number}".encode()) % 100 / 100
        moved = max(1, round(facts.used * (0.8 + 0.4 * draw)))
        where = USED_AT[facts.category]
        if number % 3 == place % 3 and number < len(MONTHS) - 2:
            price = Decimal(facts.price) * (100 + number) / 100
            paper = f"DN {4200 + 10 * number + place}"
            _post(known, facts, actor, "receipt", facts.delivery, to=STORE, price=f"{price:.2f}", paper=paper)
        there = StockLevel.objects.get(item=known.items[facts.name], location=known.places[STORE]).on_hand or 0
        moved = min(moved, int(there))
        if not moved:
            continue
        _post(known, facts, actor, "transfer", moved, at=STORE, to=where)
        _post(known, facts, actor, "issue", max(1, moved - moved // 10), at=where)
        if number % 4 == 3 and moved > 10:
            counted = int(there) - moved - round(moved * 0.03)
            _post(known, facts, actor, "count", max(0, counted), at=STORE)


def _need(world: World, known: Known, now: dt.datetime) -> None:
    """Say what the next tasks of the projects need, three days before they start."""
    actor = world.system(now)
    for facts in ITEMS:
        wanted = dict(facts.needs)
        tasks = Task.objects.filter(
            plan__initiative=world.initiatives[facts.project],
            plan__is_current=True,
            is_summary=False,
            name__in=wanted,
            starts_on__gt=actor.today,
        )
        for task in tasks.order_by("position"):
            made = MaterialRequirement(
                task=task,
                item=known.items[facts.name],
                location=known.places[STORE],
                quantity=Decimal(wanted[task.name]),
                offset_days=-3,
            )
            services.requirement_save(made, actor=actor)
