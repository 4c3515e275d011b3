"""What the organisation keeps in stock, where, and how it moves in a month."""

from __future__ import annotations

from typing import Final, NamedTuple


class ItemFacts(NamedTuple):
    """An item: what it is, from whom it comes, what comes and goes, and which project uses it."""

    name: str
    category: str
    measure: str
    supplier: str
    lead: int
    reorder: int
    price: str
    valued_by: str
    project: str
    #: What came at first, what comes with each delivery, and what is used in a month.
    first: int
    delivery: int
    used: int
    #: What tasks of the project need, by their names.
    needs: tuple[tuple[str, int], ...]


#: Tasks of the plans, as their phases are called.
SET_UP, DIG, BASE = "Site set-up and traffic management", "Demolition and excavation", "Foundations and structures"
FIT, FINISH, WIRE, WAVE = "Installation", "Surfaces and finishes", "Cabling and connections", "Second wave"

ITEMS: Final[tuple[ItemFacts, ...]] = (
    ItemFacts("Rail 49E1, 18 m", "Track", "pc", "Brenner Civil Works", 56, 60, "1420", "average",
      "Harbour Line Track and Stops", 240, 90, 22, ((FIT, 220),)),
    ItemFacts("Concrete sleeper B70", "Track", "pc", "Brenner Civil Works", 42, 400, "96.5", "fifo",
      "Harbour Line Track and Stops", 1600, 600, 165, ((BASE, 480), (FIT, 960))),
    ItemFacts("Ballast 31.5/50", "Track", "t", "Brenner Civil Works", 7, 300, "24.2", "average",
      "Harbour Line Track and Stops", 900, 400, 110, ((SET_UP, 120), (BASE, 260), (FINISH, 180))),
    ItemFacts("Cable duct 110 mm, 6 m", "Utilities", "pc", "Brenner Civil Works", 14, 250, "18.4", "average",
      "Harbour Line Signalling", 520, 300, 95, ((DIG, 180), (BASE, 240))),
    ItemFacts("Signal cable 14 × 1.5 mm²", "Signalling", "m", "Alstad Rail Systems", 35, 1500, "6.2", "fifo",
      "Harbour Line Signalling", 2800, 1500, 520, ((SET_UP, 400), (DIG, 1800), (WIRE, 2600))),
    ItemFacts("Axle counter head", "Signalling", "pc", "Alstad Rail Systems", 70, 6, "2860", "average",
      "Harbour Line Signalling", 12, 6, 2, ((BASE, 6), (FIT, 8))),
    ItemFacts("Depot charger 150 kW", "Charging", "pc", "Elbtal Charging Systems", 90, 3, "41500", "fifo",
      "Charging at Depot Zuid", 4, 4, 1, ((WAVE, 4),)),
)  # fmt: skip
#: Location, kind, and the project whose site it is.
STORE, VAN, SITE, DEPOT = "Central store Maaswerf", "Van 4, signalling crew", "Harbour line compound", "Depot Zuid yard"
LOCATIONS: Final = (
    (STORE, "warehouse", ""),
    (VAN, "van", ""),
    (SITE, "site", "Harbour Line Track and Stops"),
    (DEPOT, "site", "Charging at Depot Zuid"),
)
#: Where each category is used.
USED_AT: Final = {"Track": SITE, "Utilities": SITE, "Signalling": VAN, "Charging": DEPOT}
