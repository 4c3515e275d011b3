"""The registers of reporting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import TruncDate
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import HealthRule, ManagerCall, StatusReport
from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.selectors import reports as selectors
from quarterdeck.apps.reporting.selectors.health import with_health
from quarterdeck.apps.reporting.services import calls, reports
from quarterdeck.kernel import markdown
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Column, Register, View, register
from quarterdeck.kernel.registers.spec import extend
from quarterdeck.kernel.ui import components


def _handed_in(rows: QuerySet[Any]) -> QuerySet[Any]:
    day = Case(When(state__in=selectors.HANDED_IN, then=TruncDate("submitted_at")))
    found: QuerySet[Any] = rows.annotate(handed_in=day)
    return found


def _stands(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(stands=F("health"))
    return found


def _said(record: StatusReport) -> str:
    return markdown.plain(record.summary)[:160]


def _mark(value: Any, record: Any) -> SafeString:
    return components.rag(value, quiet=True)


@register
class StatusReportRegister(Register[StatusReport]):
    """What was reported of each project for each period, and what is still to come."""

    model, slug, nav, icon, order = StatusReport, "status-reports", "reports", "file-chart-column", 30
    purpose = _("One report for each project and period: facts by the system, the rest by its manager.")
    columns = ("initiative", "period", "stands", "state", "due_on", "handed_in", "said")
    computed = (
        Column("stands", _("Health"), annotate=_stands, display=_mark),
        Column("handed_in", _("Handed in"), "date", annotate=_handed_in),
        Column("said", _("In short"), "text", value=_said),
    )
    sections = {
        _("Report"): ("initiative", "period", "state", "due_on"),
        _("Narrative"): ("summary", "achieved", "next_steps", "decisions"),
        _("Amounts"): ("currency", *AMOUNTS),
    }
    read_only = ("state", "currency", *AMOUNTS)
    filters = ("initiative", "state", "period", "due_on")
    search, ordering = ("summary", "initiative__name", "initiative__code"), ("-period", "initiative")
    views = (
        View("latest", _("Latest"), {"sort": "-due_on"}, opens=True),
        View("drafts", _("Drafts"), {"f.state": "draft", "sort": "due_on"}),
        View("late", _("Late"), {"f.state": "draft", "f.due_on": "overdue", "sort": "due_on"}),
        View("to-review", _("To review"), {"f.state": "submitted", "sort": "due_on"}),
    )
    writer, remover = reports.report_save, reports.report_remove

    def home(self, record: StatusReport) -> str:
        """The report's own page, below what it is about."""
        return reports.address(record)

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[StatusReport]:
        """Those of what the actor may see."""
        return super().rows(actor, action).select_related("initiative", "period")

    def found(self, record: StatusReport) -> str:
        """Say for which period it is."""
        return record.period.name

    def remark(self, name: str, record: StatusReport, on: dt.date) -> tuple[str, str]:
        """Say of a due day that it has passed."""
        if name == "due_on" and selectors.is_late(record, on):
            return "red", str(_("late"))
        return "", ""


@register
class HealthRuleRegister(Register[HealthRule]):
    """The rules by which health is judged."""

    model, slug, nav, icon, order = HealthRule, "health-rules", "reports", "scale", 80
    purpose = _(
        "What makes a project or programme amber or red. What ships holds for every figure without a rule here."
    )
    columns = ("dimension", "input", "direction", "amber", "red", "tolerance", "is_active")
    sections = {
        _("Rule"): ("dimension", "input", "direction", "is_active"),
        _("Limits"): ("amber", "red", "tolerance"),
    }
    filters, ordering = ("dimension", "is_active"), ("dimension", "input")


@register
class ManagerCallRegister(Register[ManagerCall]):
    """What managers say of the health of their initiatives where they differ from the assessment."""

    model, slug, nav, icon, order = ManagerCall, "manager-calls", "reports", "message-square", 70
    purpose = _("The manager’s own call beside the assessment, never instead of it, with a reason and a last day.")
    columns = ("initiative", "call", "reason", "expires_on", "created_by", "created_at")
    computed = (Column("call", _("Own call"), annotate=lambda rows: rows.annotate(call=F("colour")), display=_mark),)
    sections = {_("Call"): ("initiative", "colour", "reason", "expires_on")}
    filters, search, ordering = ("initiative", "colour", "expires_on"), ("reason", "initiative__name"), ("-expires_on",)
    views = (
        View("standing", _("Standing"), {"f.expires_on": "today..", "sort": "expires_on"}, opens=True),
        View("expired", _("Expired"), {"f.expires_on": "overdue"}),
    )
    writer = calls.call_save

    def initial(self, actor: Actor) -> ManagerCall:
        """Stand for four weeks unless told."""
        return ManagerCall(expires_on=actor.today + dt.timedelta(days=calls.USUAL))


extend(
    Initiative,
    Column(
        "health",
        _("Health"),
        annotate=with_health,
        display=_mark,
        help=_("As last assessed: red, amber or green; none where nothing is assessed."),
    ),
    after="state",
)
