"""Cost categories of the demo, which work belongs to which, and with whom orders are placed."""

from __future__ import annotations

from typing import Final, NamedTuple


class Category(NamedTuple):
    """A cost category."""

    code: str
    name: str
    above: str = ""
    kind: str = "opex"
    allowable: bool = True


CATEGORIES: Final = (
    Category("100", "Own staff"),
    Category("110", "Project team", "100"),
    Category("120", "Engineering and design", "100"),
    Category("130", "Operations and training", "100"),
    Category("200", "Works", kind="capex"),
    Category("210", "Civil works", "200", "capex"),
    Category("220", "Systems and cabling", "200", "capex"),
    Category("300", "Equipment and licences", kind="capex"),
    Category("400", "Services"),
    Category("410", "Consultants and developers", "400"),
    Category("420", "Permits and fees", "400", allowable=False),
    Category("900", "Contingency", allowable=False),
)
CONTINGENCY: Final = "900"
#: Who does the work -> category; the others are the project team.
OF_TRADE: Final = {
    "Design": "120",
    "Survey": "120",
    "Architects": "120",
    "Operations": "130",
    "People": "130",
    "Training": "130",
    "Contractor": "210",
    "Test": "220",
    "Supplier": "300",
    "Engineers": "410",
    "Security": "410",
    "Permits": "420",
}
TEAM: Final = "110"
#: How much dearer a day of some work is than one of the project team.
WEIGHT: Final = {"Contractor": 7.0, "Supplier": 9.0, "Engineers": 2.2, "Test": 1.6, "Security": 1.8}
#: Work that is ordered: from whom.
ORDERED: Final = {
    "Contractor": ("Van Rijn Infra", "Humber Civils", "Norrbygg AB", "Maasbouw Combinatie"),
    "Supplier": ("Voltaic Systems", "Railtech Nord", "Kestrel Equipment", "Schelde Power"),
    "Engineers": ("Lumen Software", "Blue Quay Digital", "Integra Consulting"),
    "Test": ("Notified Test House", "Veritas Nord"),
}
#: Of a project without a plan: the shares of its cost, by the beginning of its unit.
MIX: Final = (
    ("INF", {"110": 0.12, "120": 0.16, "210": 0.44, "220": 0.10, "300": 0.15, "420": 0.03}),
    ("DIG", {"110": 0.24, "120": 0.10, "130": 0.10, "300": 0.14, "410": 0.42}),
    ("", {"110": 0.18, "120": 0.06, "130": 0.16, "300": 0.42, "410": 0.15, "420": 0.03}),
)
