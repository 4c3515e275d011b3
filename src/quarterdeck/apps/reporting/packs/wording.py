"""Words that every form of a pack shares."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterdeck.apps.reporting.packs.content import Pack
from quarterdeck.kernel.ui import components


def colour_word(colour: str) -> str:
    """Return a colour as a word."""
    return str(components.RAG_WORDS.get(colour, components.RAG_WORDS["none"]))


def amount_heads() -> dict[str, str]:
    """Return what the amounts are called."""
    return {
        "budget": _("Budget"),
        "bac": _("Budget at completion"),
        "pv": _("Planned value"),
        "ev": _("Earned value"),
        "ac": _("Actual cost"),
        "committed": _("Committed"),
        "eac": _("Estimate at completion"),
    }


def index_heads() -> dict[str, str]:
    """Return what indices and percentages are called."""
    return {"percent": _("Complete, %"), "spi_t": "SPI(t)", "spi": "SPI", "cpi": "CPI"}


def short_heads() -> list[str]:
    """Return what indices and amounts are called where there is little room; `figures_note` spells them out."""
    return [_("Complete"), "SPI(t)", "SPI", "CPI", _("Budget"), "BAC", "PV", "EV", "AC", _("Committed"), "EAC"]


def figures_note() -> str:
    """Return what the short names stand for."""
    return _(
        "BAC budget at completion, PV planned, EV earned value, AC actual cost, EAC estimate at completion, "
        "in the currency of each."
    )


def summary(pack: Pack) -> list[tuple[str, str, str]]:
    """Return the headline of a node: label, value and what it is compared with."""
    node = pack.node
    count = len(pack.projects)
    judged = node.reds + node.ambers + node.greens
    rows = [
        (_("Projects"), components.number(count), _("%(count)d assessed") % {"count": judged}),
        (_("Red"), components.number(node.reds), ""),
        (_("Amber"), components.number(node.ambers), ""),
        (_("Green"), components.number(node.greens), ""),
        ("SPI(t)", node.text("spi_t"), _("schedule, in time")),
        ("SPI", node.text("spi"), _("schedule, in work")),
        ("CPI", node.text("cpi"), _("cost")),
        (_("Complete"), node.text("percent"), ""),
        (_("Budget"), node.text("budget"), ""),
        (_("Actual cost"), node.text("ac"), ""),
        (_("Earned value"), node.text("ev"), ""),
        (_("Estimate at completion"), node.text("eac"), _("%(share)s against budget") % {"share": node.over()}),
    ]
    return [(label, value, note) for label, value, note in rows]


def subtitle(pack: Pack) -> str:
    """Return when and for whom a pack was made."""
    day = components.date_text(pack.made_at)
    return _("As of %(on)s. Made %(day)s by %(who)s.") % {
        "on": components.date_text(pack.on),
        "day": day,
        "who": pack.made_by,
    }


def off_line(pack: Pack) -> str:
    """Return how many projects are off green."""
    count = len(pack.exceptions)
    if not count:
        return _("No project is red or amber.")
    text = ngettext("%(count)d project is red or amber.", "%(count)d projects are red or amber.", count)
    return text % {"count": count}
