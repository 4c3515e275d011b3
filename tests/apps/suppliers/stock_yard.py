"""A yard of the cast's North: one item, a store, a van and a site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import StockItem, StockLevel, StockLocation, StockMovement
from quarterdeck.kernel.access.actor import Actor
from tests.cast import EDITOR, Cast

NOW = dt.datetime(2026, 4, 8, 12, 0, tzinfo=dt.UTC)


@dataclass
class Yard:
    """What moves, between which places, and who posts it."""

    cast: Cast
    item: StockItem
    store: StockLocation
    van: StockLocation
    now: dt.datetime = NOW

    @property
    def actor(self) -> Actor:
        return Actor(user=self.cast.users[EDITOR], now=self.now)

    def post(self, kind: str, quantity: object, **more: object) -> StockMovement:
        """Post a movement of the item on the day of the actor."""
        given = {"kind": kind, "item": self.item, "quantity": Decimal(str(quantity)), "posted_on": self.actor.today}
        made = StockMovement(**{**given, **more})
        services.movement_post(made, actor=self.actor)
        return made

    def receive(self, quantity: object, place: StockLocation | None = None, **more: object) -> StockMovement:
        return self.post("receipt", quantity, target=place or self.store, **more)

    def issue(self, quantity: object, place: StockLocation | None = None, **more: object) -> StockMovement:
        return self.post("issue", quantity, origin=place or self.store, **more)

    def there(self, place: StockLocation | None = None) -> float:
        """What is on hand, as kept."""
        row = StockLevel.objects.filter(item=self.item, location=place or self.store).first()
        return float(row.on_hand or 0) if row is not None else 0.0


def yard_of(cast: Cast) -> Yard:
    """A yard with nothing in it."""
    return Yard(
        cast,
        cast.north.make(StockItem, name="Marigold cable", measure="m", lead_days=14),
        cast.north.make(StockLocation, name="Marigold store"),
        cast.north.make(StockLocation, name="Marigold van", kind="van"),
    )
