"""The ledger of stock: movements are never edited, only reversed; what is on hand is their sum."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError

EXACT = 6
"""Decimals to which quantities are kept."""


class MovementKind(StrEnum):
    """What happened to the stock."""

    RECEIPT = "receipt"  # comes in at `to`
    ISSUE = "issue"  # goes out at `at`
    TRANSFER = "transfer"  # goes out at `at` and comes in at `to`
    RETURN = "return"  # comes back in at `to`
    COUNT = "count"  # sets what is on hand at `at` to the quantity counted


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the ledger, in the order in which it was posted."""

    id: Hashable
    item: Hashable
    kind: MovementKind
    quantity: float
    at: Hashable | None = None
    to: Hashable | None = None


NEEDED = {
    MovementKind.RECEIPT: ("to",),
    MovementKind.RETURN: ("to",),
    MovementKind.ISSUE: ("at",),
    MovementKind.COUNT: ("at",),
    MovementKind.TRANSFER: ("at", "to"),
}


def balances(
    movements: Iterable[Movement], *, may_be_negative: frozenset[Any] = frozenset()
) -> dict[tuple[Hashable, Hashable], float]:
    """What is on hand by (item, location) after all movements, in their order.

    Items in `may_be_negative` may be issued before they are received. Raises EngineError for a movement that would
    leave less than nothing, lacks a location, moves nothing from a place to itself, or has a negative quantity.

    >>> posted = [Movement(1, "cable", MovementKind.RECEIPT, 100, to="store"),
    ...           Movement(2, "cable", MovementKind.TRANSFER, 30, at="store", to="van"),
    ...           Movement(3, "cable", MovementKind.COUNT, 28, at="van")]
    >>> balances(posted)
    {('cable', 'store'): 70.0, ('cable', 'van'): 28.0}
    """
    on_hand: dict[tuple[Hashable, Hashable], float] = {}
    for movement in movements:
        _checked(movement)
        if movement.kind is MovementKind.COUNT:
            on_hand[movement.item, movement.at] = round(float(movement.quantity), EXACT)
            continue
        if movement.at is not None and "at" in NEEDED[movement.kind]:
            left = round(on_hand.get((movement.item, movement.at), 0.0) - movement.quantity, EXACT)
            if left < 0 and movement.item not in may_be_negative:
                raise EngineError(
                    f"movement {movement.id!r} takes {movement.quantity:g} of {movement.item!r} from {movement.at!r}, "
                    f"where {left + movement.quantity:g} are",
                    culprits=(movement.id,),
                    remedy="Post the receipt first, or take less.",
                )
            on_hand[movement.item, movement.at] = left
        if movement.to is not None and "to" in NEEDED[movement.kind]:
            place = movement.item, movement.to
            on_hand[place] = round(on_hand.get(place, 0.0) + movement.quantity, EXACT)
    return on_hand


def _checked(movement: Movement) -> None:
    within(f"the quantity of movement {movement.id!r}", movement.quantity, low=0)
    for side in NEEDED[movement.kind]:
        if getattr(movement, side) is None:
            side_in_words = "where from" if side == "at" else "where to"
            raise EngineError(
                f"movement {movement.id!r} ({movement.kind}) does not say {side_in_words}",
                culprits=(movement.id,),
                remedy="Name the location.",
            )
    if movement.kind is MovementKind.TRANSFER and movement.at == movement.to:
        raise EngineError(
            f"movement {movement.id!r} moves from {movement.at!r} to itself",
            culprits=(movement.id,),
            remedy="Name two locations.",
        )
