"""What may go wrong with the plans of the demo: spreads of estimates by trade, and risks by sort of work."""

from __future__ import annotations

from typing import NamedTuple

#: Trade -> lowest and highest in percent of the plan; others have the last.
SPREADS: dict[str, tuple[int, int]] = {
    "Permits": (-5, 60),
    "Supplier": (-10, 45),
    "Contractor": (-10, 30),
    "Test": (-10, 40),
    "Engineers": (-15, 40),
    "": (-10, 20),
}


class Threat(NamedTuple):
    """A risk: probability in percent, delay in days (low, likely, high) of some steps, cost, and what could be done."""

    name: str
    probability: int
    delay: tuple[int, int, int]
    steps: tuple[str, ...]
    cost: int
    response: str = ""
    price: int = 0
    then: int | None = None


WORKS: tuple[Threat, ...] = (
    Threat(
        "Ground worse than surveyed",
        30,
        (5, 10, 25),
        ("Demolition and excavation", "Foundations and structures"),
        80_000,
        "Trial pits before excavation",
        15_000,
        12,
    ),
    Threat(
        "Permit goes to a second hearing",
        25,
        (15, 30, 60),
        ("Permit application and hearing",),
        10_000,
        "Talks with the authority before filing",
        6_000,
        10,
    ),
    Threat(
        "Long-lead items late",
        35,
        (10, 20, 45),
        ("Delivery of long-lead items",),
        25_000,
        "Order from a second source",
        30_000,
        15,
    ),
    Threat("Trial operation has to be repeated", 20, (5, 10, 20), ("Trial operation",), 15_000),
)
SOFTWARE: tuple[Threat, ...] = (
    Threat(
        "Old data worse than thought",
        40,
        (5, 15, 30),
        ("Migration tools",),
        20_000,
        "Clean the data before the tools are built",
        12_000,
        20,
    ),
    Threat(
        "The other side changes its interface",
        30,
        (5, 10, 25),
        ("Interfaces to finance and identity",),
        15_000,
        "Agree the interface in writing",
        2_000,
        15,
    ),
    Threat(
        "An engineer who matters leaves", 15, (10, 20, 40), ("Core functions",), 30_000, "Work in pairs", 18_000, 10
    ),
    Threat("Users reject the first test", 25, (5, 10, 20), ("System test",), 10_000),
)
