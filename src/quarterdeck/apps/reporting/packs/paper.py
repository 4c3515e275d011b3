"""A pack as a tagged PDF."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.packs.charts import has_amounts, health_chart, money_chart
from quarterdeck.apps.reporting.packs.content import INDICES, Line, Pack
from quarterdeck.apps.reporting.packs.typesetting import FONT, pdf
from quarterdeck.apps.reporting.packs.wording import amount_heads, colour_word, index_heads, off_line, subtitle, summary
from quarterdeck.kernel.ui.charts import print_svg

#: px of a chart at which its text has its true size.
WIDTH, HEIGHT = 420, 210


def pack_pdf(pack: Pack) -> bytes:
    """Return a pack as a tagged PDF: headline and charts, health grid, a page for each exception, all figures."""
    return pdf("pack", pack_data(pack))


def pack_data(pack: Pack) -> dict[str, Any]:
    """Return what the document is set from: plain texts, each already in the reader's words."""
    node = pack.node
    return {
        "title": pack.title,
        "author": pack.made_by,
        "running": pack.title,
        "subtitle": subtitle(pack),
        "above": pack.above,
        "name": node.name,
        "health": node.colour,
        "health_word": colour_word(node.colour),
        "why": node.why,
        "lead": off_line(pack),
        "cells": [{"label": label, "value": value, "note": note} for label, value, note in summary(pack)],
        "charts": _charts(pack),
        "grid": {
            "title": _("Health"),
            "marks": 1 + len(pack.dimensions),
            "head": [
                *(_("Code"), _("Name"), _("Health")),
                *(label for _key, label in pack.dimensions),
                *(_("Why"), _("Finish"), _("Late"), _("Complete"), _("Estimate")),
            ],
            "rows": [_row(pack, line) for line in pack.standing],
        },
        "exceptions": [_exception(pack, line) for line in pack.exceptions],
        "milestones": {
            "title": _("Milestones"),
            "head": [_("Milestone"), _("Baseline"), _("Finish"), _("Slip")],
        },
        "appendix": {
            "title": _("All figures"),
            "note": _("Amounts in the currency of each project."),
            "head": [_("Code"), _("Name"), *index_heads().values(), *amount_heads().values()],
            "rows": [[line.code, line.name, *(line.text(key) for key in (*INDICES, *AMOUNTS))] for line in pack.lines],
        },
    }


def _charts(pack: Pack) -> list[dict[str, str]]:
    if len(pack.history) < 2:
        return []
    found = [(_("Projects by health"), _("Projects that are red, amber and green, by week."), health_chart(pack))]
    if has_amounts(pack):
        alt = _("Planned value, earned value and actual cost by week.")
        title = _("Value and cost, %(currency)s m") % {"currency": pack.node.currency}
        found.append((title, alt, money_chart(pack)))
    return [
        {"title": title, "alt": alt, "svg": _set(print_svg(spec, width=WIDTH, height=HEIGHT))}
        for title, alt, spec in found
    ]


def _set(svg: str) -> str:
    """Return a drawing whose text is set in the font of the document."""
    return svg.replace("<svg ", f'<svg font-family="{FONT}" ', 1)


def _marks(pack: Pack, line: Line) -> list[str]:
    colours = dict(line.colours)
    return [line.colour, *(colours.get(key, "") for key, _label in pack.dimensions)]


def _row(pack: Pack, line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "project": line.is_project,
        "depth": line.depth - pack.node.depth,
        "marks": _marks(pack, line),
        "why": line.why,
        "finish": line.finish(),
        "slip": line.slip(),
        "percent": line.text("percent"),
        "eac": line.text("eac"),
    }


def figures(line: Line) -> list[tuple[str, str, str]]:
    """Return the ten figures that a project's own page states: label, value, note."""
    return [
        (_("Finish"), line.finish(), line.slip()),
        (_("Complete"), line.text("percent"), ""),
        ("SPI(t)", line.text("spi_t"), ""),
        ("SPI", line.text("spi"), ""),
        ("CPI", line.text("cpi"), ""),
        (_("Budget"), line.text("budget"), ""),
        (_("Actual cost"), line.text("ac"), ""),
        (_("Earned value"), line.text("ev"), ""),
        (_("Planned value"), line.text("pv"), ""),
        (_("Estimate at completion"), line.text("eac"), line.over()),
    ]


def _exception(pack: Pack, line: Line) -> dict[str, Any]:
    colours = dict(line.colours)
    own = _("The manager’s own call: %(reason)s") % {"reason": line.own_reason} if line.own_colour else ""
    return {
        "title": line.name,
        "health": line.colour,
        "health_word": colour_word(line.colour),
        "why": line.why,
        "meta": meta(line),
        "own": own,
        "own_health": line.own_colour,
        "cells": [{"label": label, "value": value, "note": note} for label, value, note in figures(line)],
        "marks": [{"label": label, "colour": colours.get(key, "")} for key, label in pack.dimensions],
        "milestones": [[one.name, one.baseline, one.finish, one.slip] for one in line.milestones],
    }


def meta(line: Line) -> str:
    """Return code, manager and state of a project."""
    return " · ".join(text for text in (line.code, line.manager, line.state) if text)
