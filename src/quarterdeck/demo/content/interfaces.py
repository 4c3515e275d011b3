"""What the projects of the demo hand over to each other, and within how many days their tasks are to be done."""

from __future__ import annotations

from typing import NamedTuple


class Handover(NamedTuple):
    """What one project gives to another: with which task of its plan, for which task of the other's, how far it is."""

    giver: str
    step: str
    receiver: str
    needed_for: str
    what: str
    conditions: str
    state: str


TRACK, SIGNALS, TRAMS = "Harbour Line Track and Stops", "Harbour Line Signalling", "Harbour Line Tram Order"
UTILITIES, BRIDGE = "Harbour Line Utilities Diversion", "Lift Bridge Strengthening"
SUBSTATION, OVERHEAD, REMOTE = (
    "Substation Veerhaven Renewal",
    "Overhead Line Renewal, Section 3",
    "Remote Power Control",
)
CHARGING, BUSES, CREWS = "Charging at Depot Zuid", "Second 60 Electric Buses", "Driver and Workshop Training"
ACCOUNTS, VALIDATORS, APP, CARDS = (
    "Account Back Office",
    "Bank Card Validators on Buses",
    "Mobile App Relaunch",
    "Concession Card Migration",
)
REAL_TIME, ANNOUNCING, SECURITY = (
    "Real-Time Passenger Information",
    "Audible Announcements",
    "Cyber Security Baseline",
)
PROPOSED, AGREED, DELIVERED, ACCEPTED = "proposed", "agreed", "delivered", "accepted"

HANDOVERS: tuple[Handover, ...] = (
    Handover(UTILITIES, "In service", TRACK, "Site set-up and traffic management", "Corridor cleared of utilities",
             "As-built drawings of what stays, signed by each owner.", DELIVERED),
    Handover(BRIDGE, "Works complete", TRACK, "Demolition and excavation", "Bridge deck ready for rails",
             "Load test passed; levels within 5 mm of the drawing.", AGREED),
    Handover(TRACK, "Demolition and excavation", SIGNALS, "Installation", "Cable ducts along the line",
             "Ducts proven by mandrel, with draw ropes.", AGREED),
    Handover(SIGNALS, "Site acceptance tests", TRAMS, "First wave", "Signalling released for test runs",
             "Release note of the assessor for 30 km/h.", PROPOSED),
    Handover(TRAMS, "Acceptance of first units", SIGNALS, "Site acceptance tests", "First tram for test runs",
             "One unit with test rack, three nights a week.", AGREED),
    Handover(SIGNALS, "Detailed design, systems", TRACK, "Design check", "Positions of signals and cabinets",
             "Drawing set checked by operations.", ACCEPTED),
    Handover(BRIDGE, "Foundations and structures", SIGNALS, "Foundations and structures", "Room for the bridge cabinet",
             "Dry, lit, 2.5 m clear height.", AGREED),
    Handover(SUBSTATION, "In service", CHARGING, "Second wave", "Supply of 4 MW at Depot Zuid",
             "Protection settings tested with both feeders.", AGREED),
    Handover(REMOTE, "In service", OVERHEAD, "Site acceptance tests", "Remote switching of section 3",
             "All 14 switches answer within 2 s.", AGREED),
    Handover(OVERHEAD, "Outline design agreed", REMOTE, "Detailed design, systems", "List of switches",
             "With addresses and positions.", ACCEPTED),
    Handover(SUBSTATION, "Works complete", REMOTE, "Installation", "Terminal strip for remote control",
             "Wired and labelled by the agreed list.", DELIVERED),
    Handover(CHARGING, "Acceptance of first units", BUSES, "Acceptance of first units", "Thirty charging points",
             "150 kW each, monitored.", DELIVERED),
    Handover(CREWS, "Training of first crews", BUSES, "Trial on one line", "Forty drivers trained",
             "Certificates entered with the academy.", AGREED),
    Handover(BUSES, "Acceptance of first units", CREWS, "Training of all crews", "Two buses for training",
             "Weekdays 9 to 15, charged.", AGREED),
    Handover(ACCOUNTS, "Ready for test", VALIDATORS, "System test", "Tariff service for tests",
             "All tariffs of the current year.", ACCEPTED),
    Handover(ACCOUNTS, "Interfaces to finance and identity", APP, "Core functions", "Sign-in for customers",
             "Documented, with a test tenant.", ACCEPTED),
    Handover(ACCOUNTS, "Care after go-live", CARDS, "Acceptance by users", "Stable accounts in production",
             "Four weeks without a fault of class 1.", AGREED),
    Handover(REAL_TIME, "Core functions", APP, "System test", "Departure feed",
             "Every line, at most 20 s old.", DELIVERED),
    Handover(REAL_TIME, "Go live", ANNOUNCING, "Cabling and connections", "Stop and line data for announcements",
             "With phonetic names in two languages.", AGREED),
    Handover(SECURITY, "Design agreed", REMOTE, "Cabling and connections", "Rules for remote access",
             "Approved by the security board.", AGREED),
    Handover("Ticket Machine Alignment", "Lessons taken in", CARDS, "Trial migration", "Machines for the new cards",
             "All types of card of the migration.", PROPOSED),
    Handover("Passenger Counting", "Ready for test", REAL_TIME, "Reports", "Load of each trip",
             "Within two minutes of departure.", PROPOSED),
)  # fmt: skip

#: Service levels by step, as typed in plans, and in which programmes they hold.
LEVELS = {
    "Design check": "15d predecessors",
    "Evaluation and award": "20d predecessors",
    "Site acceptance tests": "24d predecessors",
    "Safety case accepted": "12d predecessors",
    "As-built records and close-out": "20d predecessors",
    "System test": "30d predecessors",
    "Acceptance by users": "25d predecessors",
    "Delivery of long-lead items": "80d order",
}
PROGRAMMES = ("Harbour Line Extension", "Traction Power Renewal", "Account-Based Ticketing")
#: When what the long-lead items are for was ordered, in months from now.
ORDERED = {SIGNALS: -1.3, REMOTE: -1.3, OVERHEAD: -2.9, TRACK: -0.2}
