"""Suppliers of the group, their contracts, and how well they do."""

from __future__ import annotations

from typing import NamedTuple


class Level(NamedTuple):
    """A service level: `late` is the part of cases that miss it, `worse` what is added to that in the last quarter."""

    name: str
    allowance: int
    unit: str
    target: int
    window: str
    cases: int
    late: float
    worse: float = 0.0
    clause: str = ""


class SupplierFacts(NamedTuple):
    """A supplier. `ends` and `notice` are months from now; money is in thousands; `contact` is name and role there."""

    name: str
    kind: str
    category: str
    tier: str
    owner: str
    location: str
    contact: tuple[str, str]
    contract: str
    value: int
    monthly: int
    starts: float
    ends: float
    notice: float | None
    projects: tuple[str, ...]
    levels: tuple[Level, ...] = ()
    insured: float = 5.0
    trade: str = ""
    state: str = "approved"
    #: A person of the house’s list who works there.
    known: str = ""
    good: float = 0.95


L, S = Level, SupplierFacts

SUPPLIERS: tuple[SupplierFacts, ...] = (
    S(
        "Brenner Civil Works",
        "contractor",
        "Civil works",
        "strategic",
        "dubois",
        "Dordrecht",
        ("Katja Brenner", "Contracts director"),
        "Track and civil works framework",
        18_400,
        310,
        -26,
        8.2,
        3.1,
        ("Harbour Line Track and Stops", "Harbour Line Utilities Diversion", "Lift Bridge Strengthening"),
        (
            L("Reinstatement within 5 working days", 5, "days", 95, "month", 14, 0.03, 0.14, "14.2"),
            L("Possession handed back on time", 8, "hours", 98, "month", 9, 0.012, 0.0, "11.1"),
            L("As-built drawings within 10 working days", 10, "days", 90, "quarter", 3, 0.05, 0.0, "16.4"),
        ),
        2.0,
        "Contractor",
        known="varga",
        good=0.93,
    ),
    S(
        "Alstad Rail Systems",
        "manufacturer",
        "Signalling and power",
        "strategic",
        "iyer",
        "Lille",
        ("Hugo Lemaire", "Key account director"),
        "Interlocking and trackside equipment",
        12_700,
        180,
        -19,
        17,
        11,
        ("Harbour Line Signalling",),
        (
            L("Design answers within 5 working days", 5, "days", 95, "month", 10, 0.04, 0.16, "8.3"),
            L("Spares within 48 working hours", 48, "hours", 95, "month", 6, 0.02, 0.0, "9.1"),
        ),
        6.0,
        "Supplier",
        known="lemaire",
        good=0.94,
    ),
    S(
        "Elbtal Charging Systems",
        "manufacturer",
        "Fleet and charging",
        "strategic",
        "kowalczyk",
        "Hamburg",
        ("Petra Vogel", "Project director"),
        "Depot chargers and service",
        7_900,
        95,
        -13,
        21,
        15,
        ("Charging at Depot Zuid", "Second 60 Electric Buses"),
        (L("Charger back in service within 8 hours", 8, "hours", 97, "month", 12, 0.015, 0.0, "6.2"),),
        0.7,
        known="vogel",
        good=0.97,
    ),
    S(
        "Ridgeway Rail Design",
        "consultant",
        "Engineering and design",
        "preferred",
        "iyer",
        "Derby",
        ("Claire Ridgeway", "Principal"),
        "Signalling design services",
        1_450,
        38,
        -14,
        1.4,
        0.6,
        ("Harbour Line Signalling", "Remote Power Control"),
        (L("Review comments within 10 working days", 10, "days", 90, "month", 5, 0.05, 0.0),),
        3.5,
        known="pritchard",
        good=0.96,
    ),
    S(
        "Noordzee Bus Bodies",
        "manufacturer",
        "Fleet and charging",
        "strategic",
        "kowalczyk",
        "Breda",
        ("Ruud Hendriks", "Programme director"),
        "Sixty electric buses",
        24_600,
        0,
        -10,
        9,
        None,
        ("Second 60 Electric Buses",),
        (L("Defects of delivered buses mended within 5 working days", 5, "days", 90, "month", 8, 0.06, 0.03),),
        8.0,
        good=0.92,
    ),
    S(
        "Maas Lift and Escalator",
        "contractor",
        "Stations and buildings",
        "preferred",
        "fontaine",
        "Rotterdam",
        ("Ilse de Graaf", "Service manager"),
        "Lifts: supply and maintenance",
        3_200,
        46,
        -30,
        6,
        2.8,
        ("Lifts at Veerplein",),
        (
            L("Lift back in service within 24 working hours", 24, "hours", 95, "month", 11, 0.02, 0.0, "5.4"),
            L("Trapped passengers freed within 1 hour", 1, "hours", 100, "case", 1, 0.05, 0.0, "5.1"),
        ),
        4.2,
    ),
    S(
        "Kestrel Software",
        "supplier",
        "Software and data",
        "preferred",
        "ionescu",
        "Utrecht",
        ("Ben Achterberg", "Delivery lead"),
        "Account back office",
        4_100,
        62,
        -21,
        12,
        9,
        ("Account Back Office", "Bank Card Validators on Buses"),
        (
            L("Severe faults mended within 8 working hours", 8, "hours", 95, "month", 7, 0.05, 0.1, "7.2"),
            L("Changes estimated within 5 working days", 5, "days", 90, "month", 6, 0.04, 0.0),
        ),
        9.0,
        good=0.9,
    ),
    S(
        "Polder Power Networks",
        "utility",
        "Signalling and power",
        "regular",
        "papadaki",
        "The Hague",
        ("Service desk", "Connections"),
        "Grid connections",
        980,
        0,
        -17,
        14,
        None,
        ("Substation Veerhaven Renewal", "Charging at Depot Zuid"),
        (L("Connection offers within 20 working days", 20, "days", 90, "quarter", 2, 0.1, 0.0),),
        12.0,
    ),
    S(
        "Hansen Marine",
        "contractor",
        "Fleet and charging",
        "preferred",
        "sivertsen",
        "Hamburg",
        ("Birte Hansen", "Yard manager"),
        "Ferry refits",
        5_300,
        0,
        -8.6,
        4.6,
        None,
        ("Ferry Hull and Engine Refit",),
        (L("Dock days as planned", 5, "days", 90, "month", 3, 0.08, 0.0),),
        1.6,
    ),
    S(
        "Delta Signs and Livery",
        "supplier",
        "Stations and buildings",
        "regular",
        "moretti",
        "Hull",
        ("Tom Ashby", "Owner"),
        "Livery and stop signs",
        420,
        0,
        -3.6,
        7,
        None,
        ("Livery and Stop Signs",),
        insured=5.5,
    ),
    S(
        "Vanguard Cyber",
        "consultant",
        "Software and data",
        "regular",
        "ionescu",
        "Utrecht",
        ("Amir Tehrani", "Partner"),
        "Security tests",
        260,
        0,
        -4.6,
        3.4,
        None,
        ("Cyber Security Baseline",),
        insured=7.5,
    ),
    S(
        "Groot Asphalt",
        "contractor",
        "Civil works",
        "regular",
        "dubois",
        "Zwijndrecht",
        ("Henk Groot", "Director"),
        "Paving",
        640,
        0,
        -15,
        -0.6,
        None,
        ("Depot Throat Realignment",),
        (L("Paving within 10 working days", 10, "days", 90, "month", 5, 0.12, 0.0),),
        10.0,
        "Contractor",
        good=0.88,
    ),
)
#: What suppliers answer, and the remedies agreed.
ANSWERS = (
    ("A crew was lost to another site; a second one starts on Monday.", "Second crew, and a weekly count of cases."),
    ("The depot moved and routes were longer for a month.", "Routes planned anew; a standby vehicle for late cases."),
    ("Two people were ill and not replaced.", "Cover named for each post, shown with the monthly report."),
)
OUTCOMES = (
    "Work of the month gone through; two late cases explained.",
    "Plan for the next quarter agreed; resources confirmed.",
    "Open invoices cleared; one price query left.",
    "Safety figures reviewed, nothing open.",
)
