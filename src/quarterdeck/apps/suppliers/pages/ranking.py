"""Suppliers beside each other: every dimension of every scorecard, best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.suppliers.pages.words import score_text, total_text
from quarterdeck.apps.suppliers.selectors import page as selectors
from quarterdeck.apps.suppliers.selectors.page import Ranked
from quarterdeck.apps.suppliers.selectors.scorecards import Score, since_of, weights
from quarterdeck.kernel.ui import components, marks
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: How a state looks in the grid, and the letter that says it without colour.
_CELLS = {"green": ("heat-1", ""), "amber": ("heat-over-1", "A"), "red": ("heat-over-2", "R")}


@dataclass(frozen=True)
class Cell:
    """One score of the grid: what stands there, how it looks, and what counted."""

    text: str
    css: str
    letter: str
    told: str


@dataclass(frozen=True)
class Row:
    """One supplier of the grid."""

    ranked: Ranked
    place: str
    total: str
    cells: list[Cell]
    trend: SafeString


@require_safe
@login_required
def ranking(request: HttpRequest) -> HttpResponse:
    """Show the ranking of the suppliers that the reader may see; whoever may see none gets 404."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", "suppliers.supplier"):
        raise Http404
    vars(request)["nav_key"] = "supplier-ranking"
    told: dict[str, Any] = {"past": frame.read_only}
    if not frame.read_only:
        given = request.GET.get("category", "")
        category = int(given) if given.isdecimal() and len(given) < 10 else None
        found = selectors.ranking(actor=actor, on=frame.date, category=category, scope=frame.scope)
        told |= {
            "rows": [_row(each) for each in found.rows],
            "heads": [
                (str(one.label), components.number(weight)) for one, (weight, _target) in weights(frame.date).items()
            ],
            "categories": found.categories,
            "category": category,
            "hidden": found.hidden,
            "since": components.date_text(since_of(frame.date)),
        }
    return render(request, "suppliers/ranking.html", told)


def _row(each: Ranked) -> Row:
    return Row(
        each,
        "" if each.place is None else components.number(each.place),
        total_text(each.card),
        [_cell(score) for score in each.card.scores],
        marks.sparkline(monthly(each)),
    )


def monthly(each: Ranked) -> list[float | None]:
    """Return the weighted mean of each month of the trend, of the dimensions with cases in it."""
    found: list[float | None] = []
    for month in zip(*(score.trend for score in each.card.scores), strict=True):
        known = [(s.weight, value) for s, value in zip(each.card.scores, month, strict=True) if value is not None]
        weight = sum(w for w, _value in known)
        found.append(sum(w * value for w, value in known) / weight if weight else None)
    return found


def _cell(score: Score) -> Cell:
    css, letter = _CELLS.get(score.state, ("", ""))
    if score.value is None:
        return Cell("–", "heat-none", "", _("Insufficient evidence: %(cases)d cases") % {"cases": score.of})
    told = _("%(met)d of %(of)d, target %(target)s") % {
        "met": score.met,
        "of": score.of,
        "target": components.number(score.target),
    }
    return Cell(score_text(score), css, letter, told)
