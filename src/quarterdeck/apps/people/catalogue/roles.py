"""The roles as shipped, in the order of lists: those who decide, those who manage, those who support."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.catalogue.shape import RoleEntry
from quarterdeck.apps.people.catalogue.specialists import SPECIALISTS
from quarterdeck.apps.people.choices import UNIT_HEAD, HeldAt, RoleKind

GOVERNING: tuple[RoleEntry, ...] = (
    RoleEntry(
        "SPONSOR",
        _("Executive sponsor"),
        RoleKind.GOVERNANCE,
        _("Owns the business case and answers for its success."),
        _(
            "Secures funding and keeps the business case valid\n"
            "Chairs the board and decides at gates\n"
            "Sets tolerances for time, cost, scope, quality, benefit and risk\n"
            "Decides exceptions and changes beyond the manager’s tolerance\n"
            "Removes obstacles across the organisation\n"
            "Confirms that benefits are realised after closure"
        ),
        _("Starts, continues, redirects or stops the initiative within the approved business case."),
        _("Spends up to the approved budget with contingency; beyond it asks the level above."),
        "board",
        HeldAt.INITIATIVE,
        single=True,
    ),
    RoleEntry(
        "BOARD",
        _("Board member"),
        RoleKind.GOVERNANCE,
        _("Shares in directing the initiative, for the interest that he or she stands for."),
        _(
            "Reads the evidence before a gate and votes on it\n"
            "Commits people and money of the unit represented\n"
            "Answers escalated risks and issues in time\n"
            "Declares conflicts of interest"
        ),
        _("One vote at gates and on changes put to the board."),
        _("Decides only together with the board; the sponsor decides where it cannot agree."),
        "board",
    ),
    RoleEntry(
        "SR-USER",
        _("Senior user"),
        RoleKind.GOVERNANCE,
        _("Speaks for those who will use the result, and answers for its benefits."),
        _(
            "States what is needed and in which order\n"
            "Provides users for reviews, tests and training\n"
            "Accepts deliverables against their criteria\n"
            "Reports the benefits that users obtain"
        ),
        _("Accepts or refuses deliverables; votes for the users on the board."),
        _("Agrees to changes of requirements that stay inside scope, cost and time tolerance."),
        "board",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "SR-SUPPLIER",
        _("Senior supplier"),
        RoleKind.GOVERNANCE,
        _("Speaks for those who design, build and deliver the result."),
        _(
            "Commits the people and the skills that the plan asks for\n"
            "Confirms that the design can be built as planned\n"
            "Answers for the quality of what is delivered\n"
            "Resolves priorities between suppliers"
        ),
        _("Commits supplier resources; votes for the suppliers on the board."),
        _("Commits people up to the approved plan; more needs the board."),
        "board",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        UNIT_HEAD,
        _("Head of unit"),
        RoleKind.GOVERNANCE,
        _("Answers for a unit, its people and what it commits to initiatives."),
        _(
            "Provides people as allocated and approves their absence\n"
            "Names a deputy for times away\n"
            "Keeps skills and qualifications of the unit up to date\n"
            "Takes over what initiatives hand to operations"
        ),
        _("Decides who of the unit works on what, within agreed allocations."),
        _("Withdraws an agreed allocation only with the manager of the initiative, or through escalation."),
        "reader",
        HeldAt.UNIT,
        single=True,
    ),
    RoleEntry(
        "PORTFOLIO-MANAGER",
        _("Portfolio manager"),
        RoleKind.MANAGEMENT,
        _("Keeps the set of initiatives the best use of money and people for the objectives."),
        _(
            "Keeps the pipeline, ranks requests and proposes the mix\n"
            "Watches balance of value, risk and capacity\n"
            "Proposes to start, delay or stop initiatives\n"
            "Reports delivery and benefits of the whole"
        ),
        _("Orders initiatives by priority within the approved portfolio."),
        _("Moves money between initiatives within the portfolio’s delegated limit; starts and stops are the board’s."),
        "programme_manager",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "PROGRAMME-MANAGER",
        _("Programme manager"),
        RoleKind.MANAGEMENT,
        _("Delivers the outcomes of a programme through its projects."),
        _(
            "Keeps the programme plan and the links between projects\n"
            "Directs project managers and settles their conflicts\n"
            "Manages risks and issues that cross projects\n"
            "Keeps the programme’s budget and outlook\n"
            "Hands outcomes over so that benefits can follow"
        ),
        _("Directs the projects of the programme; decides exceptions of projects within programme tolerance."),
        _("Uses programme contingency within tolerance; a forecast breach goes to the sponsor."),
        "programme_manager",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "PM",
        _("Project manager"),
        RoleKind.MANAGEMENT,
        _("Delivers the project’s products within its tolerances."),
        _(
            "Makes and keeps the plan, the budget and the outlook\n"
            "Agrees work packages and follows their progress\n"
            "Keeps risks, issues, changes and decisions in their registers\n"
            "Reports status and forecasts on time\n"
            "Raises an exception as soon as a breach is forecast\n"
            "Closes the project with lessons and an orderly handover"
        ),
        _("Runs the project from day to day within the tolerances set by the sponsor."),
        _("Decides changes and spends contingency within tolerance; more goes to the sponsor."),
        "project_manager",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "TEAM-MANAGER",
        _("Team manager"),
        RoleKind.MANAGEMENT,
        _("Delivers agreed work packages with a team or a supplier."),
        _(
            "Plans the work package and agrees it with the project manager\n"
            "Directs the team and checks quality\n"
            "Reports progress, time and remaining work\n"
            "Warns early of risks and delays"
        ),
        _("Assigns work inside the work package."),
        _("Keeps to the work package’s dates and cost; anything beyond goes to the project manager."),
        "member",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "TEAM-MEMBER",
        _("Team member"),
        RoleKind.MANAGEMENT,
        _("Does the work."),
        _(
            "Delivers assigned tasks to their criteria\n"
            "Reports progress and time each week\n"
            "Raises risks, issues and ideas\n"
            "Keeps required qualifications current"
        ),
        _("Chooses how to do assigned work."),
        _("Changes neither scope nor dates; proposes them to the team manager."),
        "member",
        HeldAt.INITIATIVE,
    ),
    RoleEntry(
        "CHANGE-MANAGER",
        _("Business change manager"),
        RoleKind.MANAGEMENT,
        _("Makes the change stick in the unit, so that benefits are realised."),
        _(
            "Assesses who is affected and how ready they are\n"
            "Plans training, support and the way in\n"
            "Tracks resistance and answers it\n"
            "Measures benefits against their profile"
        ),
        _("Decides readiness of the unit for transition, with its head."),
        _("Delays transition within tolerance; a longer delay goes to the sponsor."),
        "member",
    ),
    RoleEntry(
        "PMO-HEAD",
        _("PMO head"),
        RoleKind.PMO,
        _("Answers for the office: its services, its standards and the truth of its figures."),
        _(
            "Agrees and keeps the office’s terms of reference\n"
            "Owns methods, standards and the calendar of reviews\n"
            "Sees that every exception has an owner and is answered\n"
            "Leads and develops the office’s people\n"
            "Advises boards on starts, gates and stops\n"
            "Measures and improves the office’s own service"
        ),
        _("Sets methods and reporting for the nodes that the office serves, as far as its authority model goes."),
        _("Blocks a gate without evidence where the office is controlling; cannot approve budgets."),
        "head",
        single=True,
    ),
    RoleEntry(
        "PMO-SPECIALIST",
        _("PMO specialist"),
        RoleKind.PMO,
        _("Gives expert help in one or more functions of the office."),
        _(
            "Sets up and tailors the method for initiatives\n"
            "Reviews plans, risks and reports and says what to mend\n"
            "Coaches managers and facilitates workshops\n"
            "Keeps templates and practice notes useful"
        ),
        _("Says whether a plan or report meets the standard."),
        _("Recommends; holding a gate back is the PMO head’s decision."),
        "specialist",
    ),
    RoleEntry(
        "PMO-OFFICER",
        _("PMO officer"),
        RoleKind.PMO,
        _("Keeps the registers complete, current and correct."),
        _(
            "Collects and checks data for the reporting cycle\n"
            "Follows up overdue actions, reviews and reports\n"
            "Answers requests to the office within their service level\n"
            "Sets up new initiatives and closes finished ones in the registers"
        ),
        _("Corrects obvious errors of fact in registers, with a note."),
        _("Changes no forecast, status or decision of a manager."),
        "analyst",
    ),
)

ROLES: tuple[RoleEntry, ...] = GOVERNING + SPECIALISTS
