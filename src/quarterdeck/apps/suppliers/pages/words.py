"""Scores, levels and cases in words."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterdeck.apps.suppliers.choices import Dimension, Window
from quarterdeck.apps.suppliers.selectors.page import LevelNow
from quarterdeck.apps.suppliers.selectors.scorecards import Score, Scorecard
from quarterdeck.apps.suppliers.services.notices import percent
from quarterdeck.kernel.ui import components


def score_text(score: Score) -> str:
    """Return a score in percent without its sign; a dash without evidence."""
    return "–" if score.value is None else components.number(score.value)


def total_text(card: Scorecard) -> str:
    """Return the weighted total with one place; a dash without enough evidence."""
    return "–" if card.total is None else components.number(card.total, 1)


def evidence_text(score: Score) -> str:
    """Return what counted for a score."""
    words = {
        Dimension.ON_TIME: _("%(met)s of %(of)s on time"),
        Dimension.IN_FULL: _("%(met)s of %(of)s in full"),
        Dimension.QUALITY: _("%(met)s of %(of)s right"),
        Dimension.COST: _("%(met)s of %(of)s as agreed"),
        Dimension.RESPONSIVENESS: _("%(met)s of %(of)s answered"),
        Dimension.COMPLIANCE: _("%(met)s of %(of)s shown"),
        Dimension.ENGAGEMENT: _("%(met)s of %(of)s held"),
    }
    if score.value is None:
        if not score.of:
            return _("insufficient evidence: no cases")
        return ngettext("insufficient evidence: %(count)d case", "insufficient evidence: %(count)d cases", score.of) % {
            "count": score.of
        }
    return words[score.dimension] % {"met": components.number(score.met), "of": components.number(score.of)}


def share_text(share: float | None) -> str:
    """Return a share as a percentage, one place where it needs one; a dash for none."""
    if share is None:
        return "–"
    return percent(share * 100)


def level_text(row: LevelNow) -> str:
    """Return how a level stands and for how long."""
    if row.latest is None:
        return _("no cases yet")
    count = row.run
    size = {
        Window.CASE: ngettext("%(count)d month", "%(count)d months", count),
        Window.MONTH: ngettext("%(count)d month", "%(count)d months", count),
        Window.QUARTER: ngettext("%(count)d quarter", "%(count)d quarters", count),
        Window.YEAR: ngettext("%(count)d year", "%(count)d years", count),
    }[Window(row.level.window)] % {"count": count}
    words = {"red": _("missed, %(run)s"), "amber": _("met narrowly, %(run)s"), "green": _("met, %(run)s")}
    return words[row.state] % {"run": size}


def in_days(day: dt.date, on: dt.date) -> str:
    """Return how far off a day is."""
    days = (day - on).days
    if days == 0:
        return _("today")
    return _("in %(days)d d") % {"days": days} if days > 0 else _("%(days)d d ago") % {"days": -days}
