"""Status reports to read: those of an initiative, one of them as a document, the card on the initiative's home."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.packs.document import report_pdf
from quarterdeck.apps.reporting.report_words import told
from quarterdeck.apps.reporting.selectors import reports as selectors
from quarterdeck.apps.reporting.services.reports import address
from quarterdeck.kernel import clock, markdown
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Tones of badges, where the choices name theirs otherwise.
_TONES = {"blue": "accent", "grey": ""}
NAV = "status-reports"


def place(request: HttpRequest, kind: str, code: str) -> Initiative:
    """Return the initiative that an address names; 404 for whoever may not see it or no reports at all."""
    actor = actor_of(request)
    initiative = selectors.initiative_at(code, actor=actor)
    if initiative is None or initiative.kind != kind or not actor.can("view", selectors.REPORT):
        raise Http404
    vars(request)["nav_key"] = NAV
    return initiative


def found(request: HttpRequest, kind: str, code: str, pk: int) -> StatusReport:
    """Return the report that an address names, as it was on the date in force."""
    initiative, frame = place(request, kind, code), frame_of(request)
    report = selectors.report_at(initiative, pk, actor=actor_of(request), moment=frame.moment)
    if report is None:
        raise NotHere(_("The report did not exist on that date.") if frame.read_only else "")
    report.initiative = initiative
    return report


def badge(report: StatusReport) -> str:
    """Return a report's state as a badge."""
    tone = StatusReport.State.tones()[StatusReport.State(report.state)]
    return components.badge(StatusReport.State(report.state).label, _TONES.get(tone, tone))


@require_safe
@login_required
def reports(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """List the reports of an initiative, the latest first, and offer to write the next."""
    actor, frame, initiative = actor_of(request), frame_of(request), place(request, kind, code)
    if initiative.code != code:
        return redirect(request.path.replace(f"/{code}/", f"/{initiative.code}/", 1))
    rows = selectors.reports_of(initiative, actor=actor, moment=frame.moment)
    may_start = not frame.read_only and selectors.may_start(initiative, actor)
    period = selectors.period_to_write(initiative, actor.today) if may_start else None
    context = {
        "initiative": initiative,
        "tabs": tabs_of(initiative, actor, "reports"),
        "rows": [_row(report, initiative, frame.date) for report in rows],
        "late": selectors.late_count(rows, frame.date),
        "period": period,
        "due_on": selectors.due_day(period) if period is not None else None,
        "draft": next((one for one in rows if one.state == selectors.DRAFT), None) if may_start else None,
    }
    return render(request, "reporting/report_list.html", context)


def _row(report: StatusReport, initiative: Initiative, on: dt.date) -> dict[str, Any]:
    report.initiative = initiative
    handed_in = clock.local_date(report.submitted_at) if report.submitted_at else None
    return {
        "report": report,
        "url": address(report),
        "badge": badge(report),
        "late": selectors.is_late(report, on),
        "handed_in": handed_in if report.state != selectors.DRAFT else None,
        "asked": bool(report.decisions.strip()),
        "summary": markdown.plain(report.summary)[:200],
    }


@require_safe
@login_required
def report(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Show a report as one readable document, its decisions asked at the foot."""
    actor, frame, record = actor_of(request), frame_of(request), found(request, kind, code, pk)
    initiative = record.initiative
    if initiative.code != code:
        return redirect(address(record))
    writable = not frame.read_only
    context = {
        **shown(record, actor),
        "tabs": tabs_of(initiative, actor, "reports"),
        "may_write": writable and selectors.may_write(record, actor),
        "may_review": writable and record.state == selectors.SUBMITTED and selectors.may_review(record, actor),
        "manager": leads_of([initiative], on=frame.date)[initiative.pk].manager,
        "late": selectors.is_late(record, frame.date),
        "reviewers": selectors.reviewers(initiative, frame.date) if record.state == selectors.SUBMITTED else [],
    }
    return render(request, "reporting/report.html", context)


def shown(record: StatusReport, actor: Actor) -> dict[str, Any]:
    """Return what any page shows of a report: its facts in words and its narrative as HTML."""
    return {
        "report": record,
        "initiative": record.initiative,
        "url": address(record),
        "badge": badge(record),
        "told": told(record, money=selectors.sees_money(record.initiative, actor)),
        "texts": [
            (name, label, markdown.render(text))
            for name, label, text in (
                ("summary", _("Summary"), record.summary),
                ("achieved", _("Achieved"), record.achieved),
                ("next", _("Next steps"), record.next_steps),
            )
            if text.strip()
        ],
        "decisions": markdown.render(record.decisions) if record.decisions.strip() else "",
    }


@require_safe
@login_required
def pdf(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Send a report as a tagged PDF, with amounts where these are open to the reader."""
    record = found(request, kind, code, pk)
    content = report_pdf(record, money=selectors.sees_money(record.initiative, actor_of(request)))
    response = HttpResponse(content, content_type="application/pdf")
    name = slugify(f"{record.initiative.code} {record.initiative.name} {record.period.name}") or "report"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def report_card(record: Any, actor: Actor) -> str | None:
    """Return the latest published report and what is to be written, for an initiative's home."""
    if not isinstance(record, Initiative) or not actor.can("view", selectors.REPORT):
        return None
    rows = selectors.reports_of(record, actor=actor)
    known = [one for one in rows if one.created_at is None or one.created_at <= actor.now]
    may_start = clock.local_date(actor.now) == clock.local_date(clock.now()) and selectors.may_start(record, actor)
    if not known and not may_start:
        return None
    published = (one for one in known if one.published_at is not None and one.published_at <= actor.now)
    latest = next((one for one in published if one.state == selectors.PUBLISHED), None)
    period = selectors.period_to_write(record, actor.today) if may_start else None
    due_on = selectors.due_day(period) if period is not None else None
    for one in (latest, *known[:1]):
        if one is not None:
            one.initiative = record
    context = {
        "initiative": record,
        "latest": latest,
        "latest_url": address(latest) if latest is not None else "",
        "summary": markdown.plain(latest.summary)[:300] if latest is not None else "",
        "draft": known[0] if known and known[0].state != selectors.PUBLISHED and may_start else None,
        "draft_url": address(known[0]) if known else "",
        "period": period,
        "due_on": due_on,
        "late": due_on is not None and due_on < actor.today,
        "count": len(known),
        "late_count": selectors.late_count(known, actor.today),
        "today": actor.today,
    }
    return render_to_string("reporting/report_card.html", context)
