"""The heat map: five by five, each cell with how many risks stand there and how many did on an earlier day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterdeck.apps.governance.choices import RiskKind, rag_of
from quarterdeck.apps.governance.pages.words import live_url
from quarterdeck.apps.governance.selectors.heat import Cell, Spot
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.ui.components import RAG_WORDS

BEFORE, NOW = "before", "now"
VIEWS: Final = ((NOW, gettext_lazy("As they stand")), (BEFORE, gettext_lazy("Before response")))
_CSS: Final = {"red": "high", "amber": "medium", "green": "low"}


@dataclass(frozen=True)
class Square:
    """One cell: how many risks, by how many more than on the earlier day, and what opens them."""

    score: int
    count: int
    change: str
    css: str
    href: str
    label: str


@dataclass(frozen=True)
class Row:
    """One level of probability with its cells by impact."""

    level: int
    squares: list[Square]


def grid(
    now: Sequence[Spot], then: Sequence[Spot] | None, *, by: str, kind: str, scope: Scope | None, links: bool
) -> list[Row]:
    """Return the map of the risks of a kind, most probable at the top; `then` are those of the earlier day."""
    here = Counter(_cell(one, by) for one in now if one.kind == kind)
    there = Counter(_cell(one, by) for one in then or () if one.kind == kind)
    rows = []
    for likely in range(5, 0, -1):
        squares = []
        for hurt in range(1, 6):
            cell = (likely, hurt)
            change = None if then is None else here[cell] - there[cell]
            names = ("probability", "impact") if by == BEFORE else ("likely", "hurt")
            params = {"f.kind": kind, f"f.{names[0]}": str(likely), f"f.{names[1]}": str(hurt)}
            href = live_url(scope, **params) if links and here[cell] else ""
            squares.append(_square(cell, here[cell], change, kind=kind, href=href))
        rows.append(Row(likely, squares))
    return rows


def _cell(spot: Spot, by: str) -> Cell:
    return spot.before if by == BEFORE else spot.now


def _square(cell: Cell, count: int, change: int | None, *, kind: str, href: str) -> Square:
    likely, hurt = cell
    score = likely * hurt
    colour = rag_of(score)
    css = _CSS[colour] if kind == RiskKind.THREAT else f"heat-{1 if score < 8 else 2 if score < 15 else 3}"
    words = {"count": count, "likely": likely, "hurt": hurt, "score": score, "colour": RAG_WORDS[colour]}
    label = (
        ngettext(
            "%(count)d risk: probability %(likely)d, impact %(hurt)d, score %(score)d, %(colour)s",
            "%(count)d risks: probability %(likely)d, impact %(hurt)d, score %(score)d, %(colour)s",
            count,
        )
        % words
    )
    moved = "" if not change else f"{change:+d}".replace("-", "\u2212")
    if moved:
        label = _("%(label)s, %(change)s since") % {"label": label, "change": moved}
    return Square(score, count, moved, css, href, label)
