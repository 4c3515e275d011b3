"""Plans of three sorts of work: what is done, for how long in parts of the whole, after what, and by whom."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """A line below its phase. `part` is thousandths of the whole length, 0 a milestone; `after` names lines before it.

    A name with a plus has a lag of so many thousandths: "Tender+20".
    """

    name: str
    part: int
    after: tuple[str, ...] = ()
    who: str = ""


class Phase(NamedTuple):
    """A summary and what is below it."""

    name: str
    steps: tuple[Step, ...]


WORKS: tuple[Phase, ...] = (
    Phase(
        "Preparation",
        (
            Step("Site survey and utilities search", 60, (), "Survey"),
            Step("Outline design", 80, ("Site survey and utilities search",), "Design"),
            Step("Environmental screening", 70, ("Site survey and utilities search",), "Permits"),
            Step("Outline design agreed", 0, ("Outline design", "Environmental screening")),
        ),
    ),
    Phase(
        "Design and permits",
        (
            Step("Detailed design, civil works", 110, ("Outline design agreed",), "Design"),
            Step("Detailed design, systems", 90, ("Outline design agreed+15",), "Design"),
            Step("Design check", 35, ("Detailed design, civil works", "Detailed design, systems"), "Survey"),
            Step("Permit application and hearing", 120, ("Outline design agreed",), "Permits"),
            Step("Permits granted", 0, ("Permit application and hearing",)),
        ),
    ),
    Phase(
        "Procurement",
        (
            Step("Tender documents", 45, ("Detailed design, civil works",), "Purchasing"),
            Step("Tender period", 70, ("Tender documents",), "Purchasing"),
            Step("Evaluation and award", 35, ("Tender period",), "Purchasing"),
            Step("Long-lead items ordered", 30, ("Design check",), "Purchasing"),
            Step("Delivery of long-lead items", 150, ("Long-lead items ordered",), "Supplier"),
        ),
    ),
    Phase(
        "Works",
        (
            Step("Site set-up and traffic management", 30, ("Evaluation and award", "Permits granted"), "Contractor"),
            Step("Demolition and excavation", 60, ("Site set-up and traffic management",), "Contractor"),
            Step("Foundations and structures", 110, ("Demolition and excavation",), "Contractor"),
            Step(
                "Installation",
                90,
                ("Foundations and structures", "Delivery of long-lead items"),
                "Supplier",
            ),
            Step("Cabling and connections", 60, ("Installation",), "Contractor"),
            Step("Surfaces and finishes", 55, ("Foundations and structures",), "Contractor"),
            Step("Works complete", 0, ("Cabling and connections", "Surfaces and finishes")),
        ),
    ),
    Phase(
        "Into service",
        (
            Step("Site acceptance tests", 45, ("Works complete",), "Test"),
            Step("Trial operation", 50, ("Site acceptance tests",), "Test"),
            Step("Training of operations", 30, ("Works complete",), "Operations"),
            Step("Safety case accepted", 25, ("Trial operation",), "Permits"),
            Step("In service", 0, ("Safety case accepted", "Training of operations")),
            Step("As-built records and close-out", 40, ("In service",), "Survey"),
        ),
    ),
)

SOFTWARE: tuple[Phase, ...] = (
    Phase(
        "Discovery",
        (
            Step("Interviews with users", 60, (), "Analysts"),
            Step("Process and data as they are", 70, (), "Analysts"),
            Step("Goals and measures agreed", 0, ("Interviews with users", "Process and data as they are")),
        ),
    ),
    Phase(
        "Design",
        (
            Step("Architecture and interfaces", 80, ("Goals and measures agreed",), "Architects"),
            Step("Screens and prototype", 70, ("Goals and measures agreed",), "Design"),
            Step("Tests with users", 40, ("Screens and prototype",), "Design"),
            Step("Privacy and security review", 45, ("Architecture and interfaces",), "Security"),
            Step("Design agreed", 0, ("Tests with users", "Privacy and security review")),
        ),
    ),
    Phase(
        "Build",
        (
            Step("Platform and environments", 60, ("Architecture and interfaces",), "Engineers"),
            Step("Core functions", 180, ("Design agreed", "Platform and environments"), "Engineers"),
            Step("Interfaces to finance and identity", 110, ("Design agreed",), "Engineers"),
            Step("Migration tools", 80, ("Core functions+-60",), "Engineers"),
            Step("Reports", 60, ("Core functions",), "Analysts"),
            Step("Ready for test", 0, ("Core functions", "Interfaces to finance and identity", "Migration tools")),
        ),
    ),
    Phase(
        "Test and roll-out",
        (
            Step("System test", 80, ("Ready for test",), "Test"),
            Step("Load and penetration test", 50, ("Ready for test",), "Security"),
            Step("Trial migration", 45, ("System test",), "Engineers"),
            Step("Acceptance by users", 60, ("System test", "Reports"), "Operations"),
            Step("Training", 50, ("Acceptance by users+-20",), "Operations"),
            Step("Go live", 0, ("Acceptance by users", "Trial migration", "Load and penetration test", "Training")),
            Step("Care after go-live", 90, ("Go live",), "Engineers"),
            Step("Old system switched off", 0, ("Care after go-live",)),
        ),
    ),
)

CHANGE: tuple[Phase, ...] = (
    Phase(
        "Plan",
        (
            Step("Baseline of today’s service", 70, (), "Analysts"),
            Step("Options and business case", 80, ("Baseline of today’s service",), "Analysts"),
            Step("Works council consulted", 90, ("Baseline of today’s service",), "People"),
            Step("Go decision", 0, ("Options and business case", "Works council consulted")),
        ),
    ),
    Phase(
        "Prepare",
        (
            Step("Specification", 70, ("Go decision",), "Engineers"),
            Step("Contract negotiated and signed", 100, ("Specification",), "Purchasing"),
            Step("Depot and equipment made ready", 140, ("Specification",), "Contractor"),
            Step("Rosters and agreements", 90, ("Go decision",), "People"),
            Step("First delivery", 0, ("Contract negotiated and signed+120",)),
        ),
    ),
    Phase(
        "Trial",
        (
            Step("Acceptance of first units", 50, ("First delivery", "Depot and equipment made ready"), "Test"),
            Step("Training of first crews", 60, ("Rosters and agreements", "First delivery"), "Operations"),
            Step("Trial on one line", 90, ("Acceptance of first units", "Training of first crews"), "Operations"),
            Step("Lessons taken in", 30, ("Trial on one line",), "Analysts"),
        ),
    ),
    Phase(
        "Roll-out",
        (
            Step("First wave", 110, ("Lessons taken in",), "Operations"),
            Step("Second wave", 110, ("First wave",), "Operations"),
            Step("Training of all crews", 150, ("Lessons taken in",), "Operations"),
            Step("Old way ended", 0, ("Second wave", "Training of all crews")),
            Step("Benefits measured", 70, ("Old way ended",), "Analysts"),
        ),
    ),
)

#: Which sort of plan a unit's projects follow, by the beginning of its code, and how long its longest chain is.
SORTS: tuple[tuple[str, tuple[Phase, ...], int], ...] = (
    ("INF", WORKS, 900),
    ("DIG", SOFTWARE, 675),
    ("", CHANGE, 900),
)
