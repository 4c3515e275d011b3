"""What people write to each other, ask to be decided, and how records hang together. Times are months from now.

In a text, `{key}` mentions a person and `[[Name]]` stands for the code of an initiative.
"""

from __future__ import annotations

from typing import NamedTuple


class Remark(NamedTuple):
    """A comment on an initiative."""

    about: str
    at: float
    by: str
    text: str


REMARKS: tuple[Remark, ...] = (
    Remark(
        "Weststraat Junction Renewal",
        -28.1,
        "albrecht",
        "Welding stood still for 17 shifts. {dubois}, I ask for two more weekends next month; operations agree.",
    ),
    Remark("Weststraat Junction Renewal", -28.0, "dubois", "Agreed. Please book the replacement buses today."),
    Remark(
        "Weststraat Junction Renewal",
        -23.4,
        "brouwer",
        "First week at line speed: 41 seconds saved on each passage. Drivers confirm.",
    ),
    Remark(
        "Harbour Line Land Acquisition",
        -17.1,
        "jansen",
        "Both owners accept valuation by a third party if we leave the quay wall to the city. {adebayo}, does that "
        "touch the design?",
    ),
    Remark("Harbour Line Land Acquisition", -17.0, "adebayo", "It does not. Go on; I tell {tavares} on Thursday."),
    Remark(
        "Hydrogen Bus Trial",
        -11.8,
        "lehtonen",
        "The permit of the filling station is void. Without it there is no trial for two years. Options and cost are "
        "in the paper for the board.",
    ),
    Remark(
        "Hydrogen Bus Trial",
        -11.5,
        "belkacem",
        "We stop. What we learnt about range goes into [[Second 60 Electric Buses]].",
    ),
    Remark("Passenger Toilets Pilot", -13.4, "moyo", "Cleaning alone costs 212,000 a year per site. I advise to stop."),
    Remark("First 40 Electric Buses", -9.2, "nkemelu", "Availability in the first quarter: 96.4 %, diesel had 94.1 %."),
    Remark(
        "Substation Veerhaven Renewal",
        -6.4,
        "boateng",
        "Soil report: 380 m³ class B. Removal is permitted from the 14th. {engstrom}, the finish moves by six weeks.",
    ),
    Remark(
        "Substation Veerhaven Renewal",
        -2.0,
        "boateng",
        "Two of five switch panels failed the insulation test. The maker repeats it at its own cost.",
    ),
    Remark(
        "Substation Veerhaven Renewal",
        -1.9,
        "engstrom",
        "{adebayo}, Veerhaven feeds your first section. Float to energising is now nine working days.",
    ),
    Remark(
        "Substation Veerhaven Renewal",
        -1.8,
        "adebayo",
        "Nine days is enough if the cable goes in before the cellar is closed. I keep it on the programme's list.",
    ),
    Remark(
        "Harbour Line Utilities Diversion",
        -4.4,
        "vargas",
        "The main at Kop van Zuid is on no drawing. The grid operator needs ten weeks to move it; we can dig south of "
        "it meanwhile.",
    ),
    Remark(
        "Harbour Line Utilities Diversion",
        -0.9,
        "vargas",
        "Eighty metres are left, all under the crossing at Hillelaan. {adebayo}, I need the second weekend closure "
        "or we finish after the planned date.",
    ),
    Remark(
        "Harbour Line Utilities Diversion",
        -0.5,
        "adebayo",
        "{tavares}, the city offers the closure if we pay for the police. That is 46,000 against 11 days.",
    ),
    Remark(
        "Harbour Line Utilities Diversion",
        -0.1,
        "raman",
        "The planned finish has passed while work goes on. {vargas}, please enter a new date or the reason.",
    ),
    Remark(
        "Lift Bridge Strengthening",
        -3.3,
        "nowicka",
        "The heritage board accepts the plates on the inside of the girders. No visible change from the quay.",
    ),
    Remark("Lift Bridge Strengthening", -0.4, "nowicka", "Steel for the second span is at the yard, four days early."),
    Remark(
        "Harbour Line Signalling",
        -2.7,
        "hartwig",
        "The supplier names the 20th for the interlocking data, six weeks after the contract. Testing shifts with it.",
    ),
    Remark(
        "Harbour Line Signalling",
        -2.5,
        "iyer",
        "I can lend you {hartwig} one tester for a month. Not for longer, the northern control room opens then.",
    ),
    Remark(
        "Harbour Line Signalling",
        -0.6,
        "pritchard",
        "Crossing 14 needs a second detector loop: the bus stop hides the tram from the first. Drawing 14-B is ready "
        "for your check, {hartwig}.",
    ),
    Remark(
        "Harbour Line Signalling",
        -0.3,
        "hartwig",
        "Checked, thank you. Please carry the same change to 15 and 16. {adebayo}, cost is inside tolerance.",
    ),
    Remark(
        "Harbour Line Signalling",
        -0.07,
        "adebayo",
        "{hartwig}, I need the date of the first integrated test for the board on Thursday. Is the 3rd safe?",
    ),
    Remark(
        "Harbour Line Tram Order", -1.2, "hartwig", "Car body 1 is on its bogies. Photographs are in the shared drive."
    ),
    Remark(
        "Harbour Line Tram Order",
        -0.15,
        "mulder",
        "The depot road for the new trams is ready only if [[Depot Throat Realignment]] keeps its date. {vandongen}, "
        "who watches that?",
    ),
    Remark(
        "Lifts at Veerplein",
        -0.8,
        "rahmani",
        "There is no sponsor since the start. {vandongen}, Elise is willing, but the city pays 40 % and wants a say.",
    ),
    Remark(
        "Oude Haven Noise Reduction",
        -0.7,
        "dubois",
        "Inés has left. Until a successor is named I sign the work orders myself. {tanabe}, whom can you free?",
    ),
    Remark(
        "Oude Haven Noise Reduction",
        -0.2,
        "tanabe",
        "Mateo has a day a week from next month, not before. A contractor could start in two weeks. {vandongen}, "
        "which do you prefer?",
    ),
    Remark(
        "Switch Heating Renewal",
        -1.1,
        "nowicka",
        "The supplier withdrew its delivery plan. I took the finish out until there is a new one.",
    ),
    Remark("Regenerative Braking Storage", -2.3, "boateng", "Site is closed and safe. We give back the crane slot."),
    Remark(
        "Hull Depot Rationalisation",
        -1.6,
        "macdonald",
        "The council decides on the riverside plan next quarter. Until then we only keep the roof tight.",
    ),
    Remark(
        "Safety Management Alignment",
        -0.5,
        "fraser",
        "Reporting of near misses rose from 4 to 31 a month since the tablets came. That is what we wanted.",
    ),
    Remark("Livery and Stop Signs", -0.6, "ashcroft", "Happy to sponsor this from here, if the board agrees."),
    Remark(
        "Account Back Office",
        -7.6,
        "deshmukh",
        "Both operators sign. Their fares add nine rules to the engine; the finish moves, the launch does not.",
    ),
    Remark(
        "Account Back Office",
        -0.5,
        "deshmukh",
        "Load test: 412 journeys a second priced, target 300. Two fare rules still differ from the tariff.",
    ),
    Remark(
        "Mobile App Relaunch",
        -0.35,
        "marchand",
        "Eleven of fourteen screens pass with a screen reader. Rest next sprint.",
    ),
    Remark(
        "Concession Card Migration",
        -0.4,
        "marchand",
        "The last group of card holders can move only after the tariff year ends, which is after the programme's own "
        "finish. {deshmukh}, shall the programme be extended?",
    ),
    Remark(
        "Cyber Security Baseline",
        -0.3,
        "khoury",
        "The inspector comes in the second week. Depot Noord still shares one password for its gate. {ionescu}, help.",
    ),
    Remark(
        "Ferry Hull and Engine Refit",
        -2.8,
        "claes",
        "Frames 31 to 44 are 3 mm under the survey. The yard in Göteborg replaces them while the hull is open.",
    ),
    Remark(
        "Ferry Hull and Engine Refit",
        -0.2,
        "sivertsen",
        "Sea trials of the first ferry are booked for the spring tide.",
    ),
)

#: from, kind of link, to, note
LINKS: tuple[tuple[str, str, str, str], ...] = (
    ("Harbour Line Track and Stops", "depends", "Harbour Line Utilities Diversion", "Trench by trench, south first."),
    ("Harbour Line Track and Stops", "depends", "Harbour Line Land Acquisition", ""),
    ("Harbour Line Signalling", "depends", "Harbour Line Track and Stops", "Crossings 1 to 9 before loops are laid."),
    ("Harbour Line Trial Running", "depends", "Harbour Line Signalling", ""),
    ("Harbour Line Trial Running", "depends", "Harbour Line Tram Order", "Four trams at least."),
    ("Substation Veerhaven Renewal", "blocks", "Harbour Line Trial Running", "Power for the first section."),
    ("Harbour Line Tram Order", "depends", "Depot Throat Realignment", "Road 7 takes trams of 42 metres."),
    ("Northern Loop Track Bed", "depends", "Harbour Line Tram Order", "Axle load of the new trams."),
    ("Charging at Depot Zuid", "blocks", "Second 60 Electric Buses", "Lot 2 needs its charging points."),
    ("Charging at Depot Zuid", "depends", "Substation Merwe Renewal", "Only for the last thirty buses."),
    ("Second 60 Electric Buses", "derives", "Zero-Emission Fleet Study", ""),
    ("Driver and Workshop Training", "relates", "Second 60 Electric Buses", ""),
    ("Ticket Machine Alignment", "depends", "Account Back Office", "Fares of the Humber in the engine."),
    ("Concession Card Migration", "depends", "Account Back Office", ""),
    ("Paper Ticket Withdrawal", "depends", "Concession Card Migration", ""),
    ("Bank Card Validators on Buses", "relates", "Bank Card Validators on Trams", "Same terminal, other bracket."),
    ("Real-Time Passenger Information", "derives", "Vehicle Location Feed", ""),
    ("Audible Announcements", "depends", "Real-Time Passenger Information", "Texts come from its feed."),
    ("Predictive Maintenance Pilot", "derives", "Asset Condition Data", ""),
    ("Remote Power Control", "relates", "Cyber Security Baseline", "Remote switching is in its scope."),
    ("Platform Raising, Line 7", "derives", "Platform Raising, Line 4", "Same contractor framework."),
    ("Hull Depot Rationalisation", "relates", "Second 60 Electric Buses", "Room for charging."),
)


class Question(NamedTuple):
    """A request for approval; `answer` is yes or no with when and why, or None while it waits."""

    kind: str
    about: str
    title: str
    asked: float
    by: str
    of: tuple[str, ...]
    due: float
    note: str
    cost: str = ""
    answer: tuple[bool, float, str] | None = None


QUESTIONS: tuple[Question, ...] = (
    Question(
        "portfolio.rebaseline",
        "Substation Veerhaven Renewal",
        "New baseline: finish six weeks later",
        -6.4,
        "boateng",
        ("tavares",),
        -5.9,
        "Polluted soil, permit attached to the risk register.",
        answer=(True, -6.1, "Agreed; the second transformer keeps its date."),
    ),
    Question(
        "portfolio.funding",
        "Harbour Line Utilities Diversion",
        "Release 1.1m from programme contingency",
        -4.3,
        "adebayo",
        ("tavares",),
        -3.9,
        "High-pressure main at Kop van Zuid.",
        answer=(True, -4.1, "Released. Contingency left is 3.4m."),
    ),
    Question(
        "portfolio.start",
        "Passenger Toilets Pilot",
        "Extend the pilot to six more stops",
        -14.1,
        "moyo",
        ("fontaine",),
        -13.6,
        "Two stops have run for three months.",
        answer=(False, -13.7, "Cleaning costs three times the estimate; bring a closure report instead."),
    ),
    Question(
        "portfolio.rebaseline",
        "Ferry Hull and Engine Refit",
        "New baseline: one month later, 7 % dearer",
        -2.8,
        "claes",
        ("sivertsen",),
        -2.4,
        "Frames 31 to 44 are replaced.",
        answer=(True, -2.6, "No choice with the hull open."),
    ),
    Question(
        "portfolio.funding",
        "Harbour Line Utilities Diversion",
        "Pay for the second weekend closure, 46,000",
        -0.5,
        "adebayo",
        ("tavares",),
        0.1,
        "The city closes Hillelaan if we pay for the police.",
        cost="11 days later without it",
    ),
    Question(
        "portfolio.rebaseline",
        "Harbour Line Signalling",
        "New baseline: integrated test on the 3rd",
        -0.3,
        "hartwig",
        ("adebayo", "tavares"),
        0.2,
        "Interlocking data six weeks late; cost inside tolerance.",
        cost="Test crew of six stands by",
    ),
    Question(
        "portfolio.role",
        "Oude Haven Noise Reduction",
        "Contractor as project manager for six months",
        -0.2,
        "tanabe",
        ("vandongen",),
        0.15,
        "Nobody in the department is free before next month.",
        cost="Court order: 1,000 euro a day from next quarter",
    ),
    Question(
        "portfolio.start",
        "Opportunity Charging at Termini",
        "Start before the grid connection is confirmed",
        -0.55,
        "kowalczyk",
        ("vandongen", "belkacem"),
        -0.1,
        "The operator answers in six weeks; design can begin.",
        cost="Bus lot 2 arrives without chargers at termini",
    ),
    Question(
        "portfolio.extend",
        "Account-Based Ticketing",
        "Extend the programme by seven months",
        -0.25,
        "deshmukh",
        ("lindqvist", "vandongen"),
        0.5,
        "Concession cards move after the tariff year.",
    ),
    Question(
        "people.rate",
        "Harbour Line Signalling",
        "Contract of Owen Pritchard: six more months",
        -0.15,
        "hartwig",
        ("tanabe",),
        0.3,
        "Crossings 14 to 23; his track safety certificate is renewed first.",
    ),
)
