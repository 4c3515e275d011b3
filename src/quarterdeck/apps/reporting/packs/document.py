"""A status report as a document on paper."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.packs.blocks import blocks
from quarterdeck.apps.reporting.packs.typesetting import pdf
from quarterdeck.apps.reporting.report_words import told
from quarterdeck.kernel import clock
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell


def report_pdf(report: StatusReport, *, money: bool) -> bytes:
    """Return a report as a tagged PDF; amounts only where `money` is open to the reader."""
    return pdf("report", report_data(report, money=money))


def report_data(report: StatusReport, *, money: bool) -> dict[str, Any]:
    """Return what the document is set from: plain texts, each already in the reader's words."""
    said = told(report, money=money)
    initiative, period = report.initiative, report.period
    title = _("%(name)s, status report %(period)s") % {"name": initiative.name, "period": period.name}
    dates = f"{components.date_text(period.starts_on)} – {components.date_text(period.ends_on)}"
    texts = ((_("Summary"), report.summary), (_("Achieved"), report.achieved), (_("Next steps"), report.next_steps))
    return {
        "title": title,
        "author": report.submitted_by.name if report.submitted_by else "",
        "running": title,
        "foot": _("Facts of %(day)s") % {"day": components.date_text(said.on)} if said.on else "",
        "name": initiative.name,
        "meta": f"{initiative.code} · {period.name}, {dates}",
        "health": said.health,
        "health_word": str(components.RAG_WORDS.get(said.health, components.RAG_WORDS["none"])),
        "verdict": said.verdict,
        "texts": [{"label": label, "blocks": blocks(text)} for label, text in texts if text.strip()],
        "words_facts": _("Facts"),
        "words_money": _("Money"),
        "cells": [cell(one) for one in said.cells],
        "money": [cell(one) for one in said.money],
        "dimensions": [{"label": one.label, "colour": one.colour, "why": one.why} for one in said.dimensions],
        "own": {"colour": said.own, "label": _own(said.own_reason)} if said.own else None,
        "moved": {
            "title": _("Changed since %(since)s") % {"since": said.since},
            "head": [_("What"), _("Then"), _("Now")],
            "rows": [[one.what, one.before, one.after] for one in said.moved],
        },
        "milestones": {
            "title": _("Milestones"),
            "head": ["", _("Milestone"), _("Baseline"), _("Finish"), _("Slip")],
            "rows": [
                {
                    "state": one.state,
                    "name": f"{one.name}, {_('done')}" if one.done else one.name,
                    "baseline": one.baseline,
                    "finish": one.finish,
                    "slip": str(one.slip),
                }
                for one in said.milestones
            ],
        },
        "troubles": {
            "title": _("Open findings"),
            "head": ["", _("Finding"), _("Owner"), _("Due")],
            "rows": [
                {"state": one.state, "text": one.text, "record": one.record, "owner": one.owner, "due": one.due}
                for one in said.troubles
            ],
        },
        "signs": {"title": _("Honesty signs"), "rows": list(said.signs)},
        "decisions": {"title": _("Decisions asked"), "blocks": blocks(report.decisions), "none": _("None.")},
        "signed": " · ".join(_signed(report)),
    }


def cell(one: Cell) -> dict[str, str]:
    """Return a figure as plain texts."""
    return {"label": str(one.label), "value": str(one.value), "note": str(one.note)}


def _own(reason: str) -> str:
    own = _("The manager’s own call")
    return f"{own}: {reason}" if reason else own


def _signed(report: StatusReport) -> list[str]:
    found = []
    if report.submitted_at is not None and report.state != StatusReport.State.DRAFT:
        day = components.date_text(clock.local_date(report.submitted_at))
        found.append(
            _("Handed in %(day)s") % {"day": day} + (f", {report.submitted_by.name}" if report.submitted_by else "")
        )
    if report.published_at is not None:
        day = components.date_text(clock.local_date(report.published_at))
        found.append(
            _("published %(day)s") % {"day": day} + (f", {report.reviewed_by.name}" if report.reviewed_by else "")
        )
    return found
