"""What will be on hand day by day at each location, when it runs short, and what to move or order in time."""

import math
from bisect import insort
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

from quarterdeck.engine.checking import unique, within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.inventory.ledger import EXACT

Place = tuple[Hashable, Hashable]
"""An item at a location."""


@dataclass(frozen=True, slots=True)
class Stocking:
    """An item at a location: what is there today and how it is kept."""

    item: Hashable
    location: Hashable
    on_hand: float
    safety: float = 0.0  # not to be gone below
    lead_time: int = 0  # days from order to receipt
    least: float = 0.0  # the smallest order that the supplier takes
    multiple: float = 0.0  # orders come in multiples of it; 0: any quantity
    lot: float = 0.0  # the economic order quantity; 0: just what is needed


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is on order or in transit."""

    id: Hashable
    item: Hashable
    location: Hashable
    day: int
    quantity: float


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a task needs, where and when; on one day the lower `priority` is served first."""

    id: Hashable
    item: Hashable
    location: Hashable
    day: int
    quantity: float
    priority: int = 500


@dataclass(frozen=True, slots=True)
class Shortage:
    """A requirement that the stock of its location cannot serve in full on its day."""

    requirement: Hashable
    item: Hashable
    location: Hashable
    day: int
    missing: float


@dataclass(frozen=True, slots=True)
class Projection:
    """One item at one location. `days` are those on which something happens, from today; `available` after each.

    `below_safety_on` is the first day under the safety stock, `short_on` the first under nothing; None where never.
    """

    item: Hashable
    location: Hashable
    days: tuple[int, ...]
    available: tuple[float, ...]
    below_safety_on: int | None
    short_on: int | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move this from where it is over to where it is short, to leave on `send_on` and be there on `day`."""

    item: Hashable
    origin: Hashable
    location: Hashable
    send_on: int
    day: int
    quantity: float


@dataclass(frozen=True, slots=True)
class Order:
    """Order this by `order_on` to have it on `day`; `late` days too late when that is already past."""

    item: Hashable
    location: Hashable
    order_on: int
    day: int
    quantity: float
    late: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do, and what stays short whatever is done (orders that come too late)."""

    transfers: tuple[Transfer, ...]
    orders: tuple[Order, ...]
    shortages: tuple[Shortage, ...]


class _Book:
    """One stocking with its moves in order: what comes in the morning before what goes out, the urgent first."""

    def __init__(self, stocking: Stocking, today: int) -> None:
        self.stocking = stocking
        self.today = today
        self.moves: list[tuple[int, int, int, str, float, Hashable]] = []

    @property
    def safety(self) -> float:
        return round(float(self.stocking.safety), EXACT)

    def enter(self, day: int, quantity: float) -> None:
        """Stock comes in (or, negative, leaves for another location) on a day, today at the earliest."""
        insort(self.moves, (max(day, self.today), 0, 0, "", quantity, None))

    def require(self, need: Requirement) -> None:
        """A requirement takes its quantity on its day."""
        day = max(need.day, self.today)
        insort(self.moves, (day, 1, need.priority, str(need.id), -need.quantity, need.id))

    def levels(self) -> list[tuple[int, float]]:
        """What is available at the end of each day on which something happens, today first."""
        level = round(float(self.stocking.on_hand), EXACT)
        ends = {self.today: level}
        for day, *_, quantity, _ in self.moves:
            level = round(level + quantity, EXACT)
            ends[day] = level
        return list(ends.items())

    def first_below(self, bound: float) -> int | None:
        """The first day that ends below the bound."""
        return next((day for day, level in self.levels() if level < bound), None)

    def spare(self, day: int) -> float:
        """What is above the safety stock on this day and on every later one."""
        levels = self.levels()
        before = [level for at, level in levels if at <= day]
        later = [level for at, level in levels if at > day]
        return max(0.0, min([before[-1], *later]) - self.safety)

    def shortages(self) -> list[Shortage]:
        """The requirements that are not served in full on their day."""
        level, short = round(float(self.stocking.on_hand), EXACT), []
        for day, _, _, _, quantity, requirement in self.moves:
            level = round(level + quantity, EXACT)
            if requirement is not None and level < 0:
                missing = round(min(-quantity, -level), EXACT)
                short.append(Shortage(requirement, self.stocking.item, self.stocking.location, day, missing))
        return short


def project(
    stockings: Sequence[Stocking],
    *,
    today: int,
    receipts: Sequence[Receipt] = (),
    requirements: Sequence[Requirement] = (),
) -> tuple[tuple[Projection, ...], tuple[Shortage, ...]]:
    """The availability of each stocking and the requirements that run short, in order of day.

    Overdue receipts are expected today, overdue requirements are needed today. A requirement that is short takes what
    is there; what is missing stays owed and takes the next receipt first, as `available` below nil says. Raises
    EngineError for an item at a location that is not stocked, ids twice, negative quantities.

    >>> stock = [Stocking("pump", "site", on_hand=5, safety=2)]
    >>> needs = [Requirement("T1", "pump", "site", 3, 4), Requirement("T2", "pump", "site", 7, 3)]
    >>> lines, short = project(stock, today=0, receipts=[Receipt("O1", "pump", "site", 9, 10)], requirements=needs)
    >>> lines[0].days, lines[0].available, lines[0].below_safety_on, lines[0].short_on
    ((0, 3, 7, 9), (5.0, 1.0, -2.0, 8.0), 3, 7)
    >>> [(shortage.requirement, shortage.day, shortage.missing) for shortage in short]
    [('T2', 7, 2.0)]
    """
    books = _books(stockings, receipts, requirements, today)
    lines = []
    for book in books.values():
        days, available = zip(*book.levels(), strict=True)
        item, location = book.stocking.item, book.stocking.location
        lines.append(Projection(item, location, days, available, book.first_below(book.safety), book.first_below(0.0)))
    return tuple(lines), _in_order(shortage for book in books.values() for shortage in book.shortages())


def propose(
    stockings: Sequence[Stocking],
    *,
    today: int,
    receipts: Sequence[Receipt] = (),
    requirements: Sequence[Requirement] = (),
    transit: Mapping[Any, int] | None = None,
) -> Proposal:
    """Transfers and orders that keep every location at its safety stock or above, or bring it back as early as can be.

    In order of day, a location that would fall below its safety stock is filled first with what other locations do not
    need (what lies above their safety stock on every later day), the soonest there first; then by an order of what is
    still missing, raised to the lot, the least and the multiple. A transfer that would arrive later than an order is
    not proposed. `transit` holds days by (from, to); pairs left out cannot be served. Raises EngineError as `project`
    does.

    >>> stock = [Stocking("pump", "site", on_hand=0, lead_time=10), Stocking("pump", "store", on_hand=3, safety=1)]
    >>> plan = propose(stock, today=0, requirements=[Requirement("T1", "pump", "site", 20, 5)],
    ...                transit={("store", "site"): 1})
    >>> [(each.origin, each.send_on, each.quantity) for each in plan.transfers]
    [('store', 19, 2.0)]
    >>> [(each.order_on, each.day, each.quantity, each.late) for each in plan.orders], plan.shortages
    ([(10, 20, 3.0, 0)], ())
    """
    books = _books(stockings, receipts, requirements, today)
    # The plan counts what comes too late as if it came in time: what it is for is seen to, and is not ordered twice.
    plan = _books(stockings, receipts, requirements, today)
    routes = _routes(transit or {})
    transfers: list[Transfer] = []
    orders: list[Order] = []
    needs = [
        (day, number) for number, book in enumerate(plan.values()) if (day := book.first_below(book.safety)) is not None
    ]
    heapify(needs)
    places = list(plan)
    while needs:
        day, number = heappop(needs)
        place = places[number]
        real, planned = books[place], plan[place]
        due = planned.first_below(planned.safety)
        if due != day:  # another need of the same place was seen to meanwhile
            if due is not None:
                heappush(needs, (due, number))
            continue
        missing = round(planned.safety - dict(planned.levels())[day], EXACT)
        arrives = max(day, today + real.stocking.lead_time)
        for transfer in _transfers(books, real.stocking, routes, day=day, by=arrives, missing=missing):
            transfers.append(transfer)
            for ledger in (books, plan):
                ledger[transfer.item, transfer.origin].enter(transfer.send_on, -transfer.quantity)
            real.enter(transfer.day, transfer.quantity)
            planned.enter(day, transfer.quantity)
            missing = round(missing - transfer.quantity, EXACT)
        if missing > 0:
            order = _order(real.stocking, missing, day=day, arrives=arrives)
            orders.append(order)
            real.enter(order.day, order.quantity)
            planned.enter(day, order.quantity)
        heappush(needs, (day, number))
    short = _in_order(shortage for book in books.values() for shortage in book.shortages())
    return Proposal(tuple(transfers), tuple(orders), short)


def _transfers(
    books: Mapping[Place, _Book],
    stocking: Stocking,
    routes: Mapping[Hashable, list[tuple[int, Hashable]]],
    *,
    day: int,
    by: int,
    missing: float,
) -> Iterator[Transfer]:
    """What other locations can send for this need to be there by then, the soonest there first."""
    for days, origin in routes.get(stocking.location, ()):
        book = books.get((stocking.item, origin))
        if book is None:
            continue
        send_on = max(day - days, book.today)
        quantity = round(min(book.spare(send_on), missing), EXACT)
        if quantity > 0 and send_on + days <= by:
            missing = round(missing - quantity, EXACT)
            yield Transfer(stocking.item, origin, stocking.location, send_on, send_on + days, quantity)


def _order(stocking: Stocking, missing: float, *, day: int, arrives: int) -> Order:
    quantity = max(missing, stocking.lot, stocking.least)
    if stocking.multiple > 0:
        quantity = math.ceil(round(quantity / stocking.multiple, EXACT)) * stocking.multiple
    return Order(
        stocking.item,
        stocking.location,
        arrives - stocking.lead_time,
        arrives,
        round(float(quantity), EXACT),
        arrives - day,
    )


def _routes(transit: Mapping[Any, int]) -> dict[Hashable, list[tuple[int, Hashable]]]:
    routes: dict[Hashable, list[tuple[int, Hashable]]] = {}
    for (origin, target), days in transit.items():
        within(f"the transit from {origin!r} to {target!r}", days, low=0)
        routes.setdefault(target, []).append((int(days), origin))
    for choices in routes.values():
        choices.sort(key=lambda choice: (choice[0], str(choice[1])))
    return routes


def _in_order(shortages: Iterable[Shortage]) -> tuple[Shortage, ...]:
    return tuple(sorted(shortages, key=lambda shortage: (shortage.day, str(shortage.requirement))))


def _books(
    stockings: Sequence[Stocking], receipts: Sequence[Receipt], requirements: Sequence[Requirement], today: int
) -> dict[Place, _Book]:
    unique("stocked places", ((stocking.item, stocking.location) for stocking in stockings))
    unique("receipts", (receipt.id for receipt in receipts))
    unique("requirements", (requirement.id for requirement in requirements))
    for stocking in stockings:
        for name in ("safety", "lead_time", "least", "multiple", "lot"):
            within(f"the {name.replace('_', ' ')} of {stocking.item!r}", getattr(stocking, name), low=0)
        within(f"the stock of {stocking.item!r}", stocking.on_hand)
    books = {(stocking.item, stocking.location): _Book(stocking, today) for stocking in stockings}
    moves: list[Receipt | Requirement] = [*receipts, *requirements]
    for move in moves:
        within(f"the quantity of {move.id!r}", move.quantity, low=0)
        book = books.get((move.item, move.location))
        if book is None:
            raise EngineError(
                f"{move.id!r} is for {move.item!r} at {move.location!r}, which is not stocked there",
                culprits=(move.id,),
                remedy="Add the item to the location, with 0 on hand if there is none.",
            )
        if isinstance(move, Receipt):
            book.enter(move.day, move.quantity)
        else:
            book.require(move)
    return books
