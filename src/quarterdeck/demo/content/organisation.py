"""Units, offices, calendars, currencies."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: code, name, kind, code of the unit above, purpose, months from now at which it was founded."""

    code: str
    name: str
    kind: str
    above: str
    purpose: str
    since: float = -38


UNITS: tuple[Unit, ...] = (
    Unit("VTG", "Veerland Transit Group", "enterprise", "", "Moves 640,000 people a day by tram, bus and ferry."),
    Unit("OPS", "Operations", "division", "VTG", "Runs the services that passengers use, safely and on time."),
    Unit("OPS-TRAM", "Tram and Light Rail", "department", "OPS", "Runs nine tram lines with 184 vehicles."),
    Unit("OPS-TRAM-D", "Tram Depots", "team", "OPS-TRAM", "Stables, cleans and maintains the tram fleet."),
    Unit("OPS-BUS", "Bus and Coach", "department", "OPS", "Runs 62 bus lines from four depots."),
    Unit("OPS-HUM", "Humber Coachways", "team", "OPS-BUS", "Runs coach services on both banks of the Humber.", -19.5),
    Unit("OPS-FER", "Ferries", "department", "OPS", "Runs eleven ferry crossings in the delta and on the Elbe."),
    Unit(
        "INF", "Infrastructure", "division", "VTG", "Builds, renews and maintains track, power, signals and stations."
    ),
    Unit("INF-TRK", "Track and Civil Works", "department", "INF", "Keeps 212 km of track and 48 bridges fit for use."),
    Unit("INF-TRK-P", "Possessions", "team", "INF-TRK", "Plans the nights on which track is closed for work."),
    Unit("INF-PWR", "Traction Power", "department", "INF", "Feeds trams and depots from 37 substations."),
    Unit("INF-SIG", "Signalling and Telecoms", "department", "INF", "Keeps signals, radio and control rooms working."),
    Unit("INF-STN", "Stations and Property", "department", "INF", "Keeps 118 stations and stops open to everyone."),
    Unit("DIG", "Digital and Customer", "division", "VTG", "Sells, informs and answers, and keeps the data behind it."),
    Unit("DIG-TKT", "Ticketing and Payments", "department", "DIG", "Takes 1.9 million payments a week."),
    Unit("DIG-DAT", "Data and Platforms", "department", "DIG", "Keeps operational data correct, open and secure."),
    Unit("DIG-CUS", "Customer Services", "department", "DIG", "Answers passengers by telephone, chat and at counters."),
    Unit("COR", "Corporate Services", "division", "VTG", "Money, people, purchasing and the group's programme office."),
    Unit("COR-FIN", "Finance", "department", "COR", "Keeps the books, the budget and the treasury."),
    Unit("COR-HR", "People and Skills", "department", "COR", "Recruits, trains and places the group's people."),
    Unit("COR-PRO", "Procurement", "department", "COR", "Buys rolling stock, works and services by public tender."),
    Unit("COR-PMO", "Group PMO", "department", "COR", "Helps the group choose the right projects and finish them."),
)


class OfficeFacts(NamedTuple):
    """An office, the units and initiatives it serves, and when it was set up and ends, in months from now."""

    code: str
    name: str
    kind: str
    permanence: str
    authority: str
    unit: str
    hub: str
    purpose: str
    terms: str
    serves_units: tuple[str, ...]
    serves_initiatives: tuple[str, ...]
    since: float = -37.6
    until: float | None = None


OFFICES: tuple[OfficeFacts, ...] = (
    OfficeFacts(
        "GPMO",
        "Group PMO",
        "portfolio",
        "permanent",
        "controlling",
        "COR-PMO",
        "",
        "Gives the executive board one true view of every initiative, and holds gates to their evidence.",
        "Owns the method, the reporting calendar and the gate criteria of the group.\n\n"
        "- Advises the portfolio boards on starts, changes and stops.\n"
        "- Refuses a start without purpose, dates, sponsor and manager.\n"
        "- Reports to the chief financial officer; reviewed each January by internal audit.",
        ("VTG",),
        ("Network and Infrastructure", "Fleet and Operations", "Digital and Customer"),
    ),
    OfficeFacts(
        "IPO",
        "Infrastructure Programme Office",
        "programme",
        "permanent",
        "supportive",
        "INF",
        "GPMO",
        "Helps renewal and station projects plan possessions, report and share what they learn.",
        "A spoke of the Group PMO inside Infrastructure. Coaches project managers, plans possessions with Operations, "
        "keeps the risk registers. Warns, and leaves the decision to the sponsor.",
        ("INF",),
        ("Renewals", "Accessible Stations"),
        -37.5,
    ),
    OfficeFacts(
        "HIO",
        "Humber Integration Office",
        "project",
        "temporary",
        "directive",
        "OPS-HUM",
        "GPMO",
        "Brings Humber Coachways into the group within two years of the acquisition.",
        "Runs the integration plan day by day with staff of both companies. Ends when the last system is switched off "
        "and its open actions have owners in the line.",
        ("OPS-HUM",),
        ("Humber Integration",),
        -19.3,
        11,
    ),
)

#: name -> country, part of it, time zone, hours of Monday to Friday, of Saturday and Sunday, exceptions every year
CALENDARS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("Netherlands", "NL", "", "Europe/Amsterdam", "08:30-12:30, 13:00-17:00", ""),
    ("Hamburg", "DE", "HH", "Europe/Berlin", "08:00-12:00, 12:45-16:45", ""),
    ("England", "GB", "ENG", "Europe/London", "09:00-12:30, 13:30-17:30", ""),
    ("Night possessions", "NL", "", "Europe/Amsterdam", "00:00-05:00, 23:00-24:00", "00:00-06:30"),
)
#: unit -> its calendar
UNIT_CALENDARS = {"VTG": "Netherlands", "OPS-FER": "Hamburg", "OPS-HUM": "England", "INF-TRK-P": "Night possessions"}

#: code -> name, rate in euro at the start of the history, drift a month
CURRENCIES: tuple[tuple[str, str, float, float], ...] = (
    ("EUR", "Euro", 1.0, 0.0),
    ("GBP", "Pound sterling", 1.1520, 0.0011),
    ("SEK", "Swedish krona", 0.0868, 0.0001),
)
