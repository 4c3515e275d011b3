"""The specialist roles as shipped."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.catalogue.shape import RoleEntry
from quarterdeck.apps.people.choices import RoleKind

SPECIALISTS: tuple[RoleEntry, ...] = (
    RoleEntry(
        "FINANCE",
        _("Finance partner"),
        RoleKind.SPECIALIST,
        _("Keeps the money of initiatives true and explained."),
        _(
            "Sets up budgets and cost categories\n"
            "Posts and reconciles actual cost each period\n"
            "Challenges outlooks and explains variances\n"
            "Keeps cost and exchange rates\n"
            "Checks funding left and unallowable cost"
        ),
        _("Refuses a posting without source or category."),
        _("Moves no budget; corrects postings within an open period."),
        "finance",
    ),
    RoleEntry(
        "RISK",
        _("Risk specialist"),
        RoleKind.SPECIALIST,
        _("Sees that risks are found, sized, owned and answered."),
        _(
            "Runs risk workshops and interviews\n"
            "Keeps scales, categories and appetite consistent\n"
            "Runs quantitative analysis of time and cost\n"
            "Chases responses due and reviews overdue"
        ),
        _("Sends back a risk without cause, owner or response."),
        _("Accepts no risk; acceptance is the owner’s within tolerance."),
        "specialist",
    ),
    RoleEntry(
        "CHANGE-CONTROL",
        _("Change control specialist"),
        RoleKind.SPECIALIST,
        _("Takes each change through impact, decision and re-baselining."),
        _(
            "Logs requests and checks that they are complete\n"
            "Collects impact on scope, time, cost, benefit and risk\n"
            "Brings each to whoever may decide it\n"
            "Sees that plan and budget follow the decision"
        ),
        _("Sends back an incomplete request."),
        _("Decides no change."),
        "specialist",
    ),
    RoleEntry(
        "QUALITY",
        _("Quality assurance specialist"),
        RoleKind.SPECIALIST,
        _("Assures that method and products meet their criteria."),
        _(
            "Plans and runs audits and health checks\n"
            "Checks acceptance criteria before work starts\n"
            "Follows findings to their closure\n"
            "Reports maturity and repeated faults"
        ),
        _("Raises findings and asks for corrective action."),
        _("Independent of the manager audited; cannot waive a criterion."),
        "specialist",
    ),
    RoleEntry(
        "RESOURCE",
        _("Resource manager"),
        RoleKind.SPECIALIST,
        _("Matches people to work, now and ahead."),
        _(
            "Keeps capacity, skills and absences current\n"
            "Answers resource requests within their service level\n"
            "Forecasts shortage and surplus by skill\n"
            "Watches qualifications and their expiry"
        ),
        _("Confirms soft allocations as hard ones, with the head of the unit."),
        _("Cannot move an allocated person off a critical task without the manager’s consent."),
        "resource_manager",
    ),
    RoleEntry(
        "BENEFITS",
        _("Benefits specialist"),
        RoleKind.SPECIALIST,
        _("Makes benefits measurable and follows them beyond closure."),
        _(
            "Builds benefit maps and profiles with their owners\n"
            "Checks measures, baselines and double counting\n"
            "Collects readings and reports realisation\n"
            "Prepares post-project reviews"
        ),
        _("Refuses a benefit without measure, baseline or owner."),
        _("Changes no target; that is the benefit owner’s with the sponsor."),
        "specialist",
    ),
    RoleEntry(
        "COMMERCIAL",
        _("Commercial specialist"),
        RoleKind.SPECIALIST,
        _("Gets what was bought, at the price and on the terms agreed."),
        _(
            "Prepares sourcing, tenders and contracts\n"
            "Tracks obligations, service levels and credits\n"
            "Manages variations and claims\n"
            "Keeps supplier scorecards"
        ),
        _("Places orders within delegated limits; issues breach notices."),
        _("Signs up to the delegated amount; beyond it the authorised signatory."),
        "project_manager",
    ),
    RoleEntry(
        "COMMS",
        _("Communications specialist"),
        RoleKind.SPECIALIST,
        _("Keeps the right people informed and heard."),
        _(
            "Keeps stakeholders, their attitude and their needs\n"
            "Plans and sends communication on time\n"
            "Runs surveys and reports satisfaction\n"
            "Sees that concerns are acknowledged and closed"
        ),
        _("Publishes agreed messages to agreed audiences."),
        _("Statements to press or regulators need the sponsor."),
        "specialist",
    ),
    RoleEntry(
        "INFORMATION",
        _("Information manager"),
        RoleKind.SPECIALIST,
        _("Keeps documents findable, current and safe."),
        _(
            "Keeps document types, versions and master copies\n"
            "Watches review dates and retention\n"
            "Controls who may see sensitive records\n"
            "Prepares records for audit and hand-over"
        ),
        _("Withdraws superseded documents."),
        _("Destroys nothing before its retention ends."),
        "specialist",
    ),
    RoleEntry(
        "PLANNING",
        _("Planning specialist"),
        RoleKind.SPECIALIST,
        _("Builds plans that hold, and shows early when they do not."),
        _(
            "Builds schedules with logic, calendars and resources\n"
            "Checks schedule quality before a baseline\n"
            "Updates progress and explains movement\n"
            "Keeps interfaces between projects"
        ),
        _("Refuses a baseline that fails the checks where the office is controlling."),
        _("Sets no dates alone; those are the manager’s."),
        "project_manager",
    ),
    RoleEntry(
        "REPORTING",
        _("Reporting specialist"),
        RoleKind.SPECIALIST,
        _("Turns records into figures that decide something."),
        _(
            "Runs the reporting calendar and chases late reports\n"
            "Checks figures against their source\n"
            "Prepares packs for boards\n"
            "Keeps definitions of measures"
        ),
        _("Holds a report back whose figures contradict the records."),
        _("Changes no manager’s narrative or assessment."),
        "specialist",
    ),
    RoleEntry(
        "SECRETARIAT",
        _("Secretariat"),
        RoleKind.SPECIALIST,
        _("Makes boards and reviews work: prepared, minuted, followed up."),
        _(
            "Calls meetings and sends papers in time\n"
            "Writes minutes, decisions and actions once, into their registers\n"
            "Follows actions to closure\n"
            "Keeps membership, quorum and delegated authority"
        ),
        _("Sends back papers that are late or incomplete."),
        _("Has no vote."),
        "specialist",
    ),
    RoleEntry(
        "TOOLS",
        _("Tools specialist"),
        RoleKind.SPECIALIST,
        _("Keeps the systems of the office working for their users."),
        _(
            "Sets up registers, fields, views and reports\n"
            "Helps and trains users\n"
            "Runs imports, exports and interfaces\n"
            "Finds work that can be automated"
        ),
        _("Changes set-up that affects one office’s users."),
        _("Changes that affect figures or rights need the PMO head."),
        "analyst",
    ),
)
