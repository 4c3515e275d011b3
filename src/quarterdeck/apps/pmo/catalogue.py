"""The one catalogue: which checks serve which function, the accountabilities that ship, the ladder that ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo.choices import Category, Function, Measure, Rung
from quarterdeck.kernel.watch.checks import Severity

#: What checks name as their `function`, by the function that answers for it. `x.*` takes what nothing else names.
TAKES: Final[dict[Function, tuple[str, ...]]] = {
    Function.PERFORMANCE: ("pmo.accountabilities", "pmo.*"),
    Function.SUPPLIER_ENGAGEMENT: ("supplier-engagement", "suppliers.engagement"),
    Function.SUPPLIER_RESPONSIBILITY: ("supplier-responsibility", "supplier-*", "suppliers.*"),
    Function.STOCK: ("suppliers.stock", "suppliers.orders"),
    Function.TIMEFRAMES: ("delivery.schedule", "delivery.deliverables", "delivery.*"),
    Function.ENGAGEMENT: ("engagement.*",),
    Function.COMPETENCE: ("people.qualifications", "resources.assignments"),
    Function.PROCESSES: ("processes.*",),
    Function.BENEFITS: ("portfolio.benefits",),
    Function.COMMERCIAL: ("suppliers.contracts", "finance.commercial"),
    Function.COMMUNICATIONS: ("engagement.communications",),
    Function.INFORMATION: ("knowledge.*",),
    Function.CONSULTANCY: ("portfolio.structure", "portfolio.*"),
    Function.FINANCE: ("finance.control", "finance.exchange_rates", "finance.*"),
    Function.ISSUES: ("governance.issues",),
    Function.CHANGE: ("governance.changes",),
    Function.PLANNING: ("delivery.calendars",),
    Function.QUALITY: ("delivery.quality", "governance.quality"),
    Function.RESOURCES: ("people.reporting_lines", "people.*", "resources.*"),
    Function.RISK: ("governance.risk",),
    Function.REPORTING: ("delivery.reporting", "reporting.*"),
    Function.SECRETARIAT: ("governance.roles", "governance.decisions", "governance.actions", "governance.*"),
    Function.TOOLS: ("organisation.*", "automation.*"),
}


@dataclass(frozen=True)
class Entry:
    """An accountability as shipped, with the share in percent that each figure is to reach."""

    function: Function
    category: Category
    scope: str | Promise
    kpis: tuple[tuple[Measure, int], ...]


_IN_TIME = (Measure.IN_TIME, 90)
_S = Category.SERVICES

#: The table by which an office that coordinates builds, suppliers and stock is judged.
TABLE: Final[tuple[Entry, ...]] = (
    Entry(
        Function.PERFORMANCE,
        Category.PERFORMANCE,
        _("The office’s own functions are delivered within the required timeframes."),
        (_IN_TIME,),
    ),
    Entry(
        Function.SUPPLIER_ENGAGEMENT,
        Category.SUPPLIERS,
        _("All suppliers in projects are kept informed, satisfied and engaged with the required outcomes."),
        (_IN_TIME,),
    ),
    Entry(
        Function.SUPPLIER_RESPONSIBILITY,
        Category.SUPPLIERS,
        _("Suppliers meet obligations and service commitments; breaches are reported."),
        ((Measure.SERVICE, 95), _IN_TIME),
    ),
    Entry(
        Function.STOCK,
        Category.SUPPLIERS,
        _("Stock is ordered to requirement, and its distribution maintained."),
        ((Measure.STOCKED, 90), _IN_TIME),
    ),
    Entry(
        Function.TIMEFRAMES,
        Category.DELIVERY,
        _("Projects finish within the required timeframes, tasks within their service level."),
        ((Measure.ON_TIME, 85), (Measure.DELIVERABLES, 90), _IN_TIME),
    ),
    Entry(
        Function.ENGAGEMENT,
        Category.DELIVERY,
        _("All internal and external stakeholders are informed, satisfied and engaged."),
        (_IN_TIME,),
    ),
    Entry(
        Function.COMPETENCE,
        Category.DELIVERY,
        _("Tasks go to appropriately skilled, competent, qualified people or contractors."),
        ((Measure.QUALIFIED, 98), _IN_TIME),
    ),
    Entry(
        Function.PROCESSES,
        Category.PROCESSES,
        _(
            "Processes are developed and kept, from onboarding to sales handover to handover to Operations; "
            "improvements and automation are recommended."
        ),
        (_IN_TIME,),
    ),
)

#: The functions and services of a portfolio, programme and project office.
P3O: Final[tuple[Entry, ...]] = (
    Entry(Function.BENEFITS, _S, _("Benefits are profiled, owned, tracked and reviewed."), (_IN_TIME,)),
    Entry(Function.COMMERCIAL, _S, _("Contracts are placed and managed to agreed practice."), (_IN_TIME,)),
    Entry(Function.COMMUNICATIONS, _S, _("Communication plans are made and carried out."), (_IN_TIME,)),
    Entry(Function.INFORMATION, _S, _("Records are complete, current and found; lessons are kept."), (_IN_TIME,)),
    Entry(Function.CONSULTANCY, _S, _("Initiatives are set up well, and their teams get help in time."), (_IN_TIME,)),
    Entry(Function.FINANCE, _S, _("Budgets, actuals and forecasts are complete and explained."), (_IN_TIME,)),
    Entry(Function.ISSUES, _S, _("Issues have an owner, an answer and a date."), (_IN_TIME,)),
    Entry(Function.CHANGE, _S, _("Changes are assessed and decided at the right level in time."), (_IN_TIME,)),
    Entry(Function.PLANNING, _S, _("Plans and estimates rest on good calendars and practice."), (_IN_TIME,)),
    Entry(Function.QUALITY, _S, _("Products meet their criteria; reviews take place."), (_IN_TIME,)),
    Entry(Function.RESOURCES, _S, _("Demand and supply of people are known and matched."), (_IN_TIME,)),
    Entry(Function.RISK, _S, _("Risks are owned, responded to and reviewed."), (_IN_TIME,)),
    Entry(Function.REPORTING, _S, _("Status is reported on time and can be relied upon."), (_IN_TIME,)),
    Entry(
        Function.SECRETARIAT,
        _S,
        _("Roles are filled, decisions taken and actions followed up."),
        ((Measure.LED, 98), _IN_TIME),
    ),
    Entry(Function.TOOLS, _S, _("Tools and their data serve the work; people can use them."), (_IN_TIME,)),
)

SETS: Final[dict[str, tuple[Entry, ...]]] = {"table": TABLE, "p3o": P3O, "all": (*TABLE, *P3O)}
SET_LABELS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("table", _("Delivery, suppliers and processes: eight accountabilities")),
    ("p3o", _("Functions and services of a P3O: fifteen accountabilities")),
    ("all", _("Both: twenty-three accountabilities")),
)

#: Days after which an open exception goes to each rung, where an office states nothing else.
LADDER: Final[dict[str, dict[Rung, int]]] = {
    Severity.HIGH: {Rung.DEPUTY: 1, Rung.OWNER: 3, Rung.HEAD: 7, Rung.SPONSOR: 14},
    Severity.MEDIUM: {Rung.DEPUTY: 5, Rung.OWNER: 10, Rung.HEAD: 21, Rung.SPONSOR: 42},
    Severity.LOW: {Rung.DEPUTY: 14, Rung.OWNER: 30, Rung.HEAD: 60, Rung.SPONSOR: 120},
}
#: Days within which an exception is to be closed to count as closed in time, whatever due date its fact has.
LIMIT: Final[dict[str, int]] = {Severity.HIGH: 7, Severity.MEDIUM: 21, Severity.LOW: 60}
