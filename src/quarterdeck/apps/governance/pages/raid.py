"""The page of risks, issues, assumptions, decisions and actions at a node and below, with the heat map of its risks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quarterdeck.apps.governance.choices import Category, RiskKind, rag_of
from quarterdeck.apps.governance.models import Risk
from quarterdeck.apps.governance.pages import heat as drawing
from quarterdeck.apps.governance.pages.words import (
    NAMES,
    Block,
    Line,
    amounts,
    blocks_of,
    line_of,
    live_url,
)
from quarterdeck.apps.governance.selectors import heat, raid
from quarterdeck.apps.governance.selectors.heat import RISK, Moved, Spot
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.opening import opened
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Days back with which one compares unless another day is chosen.
BACK: Final = 30
#: What has moved is listed up to here.
MOVES: Final = 8
#: Lines of all kinds on the home of an initiative.
LINES: Final = 5


@dataclass(frozen=True)
class Move:
    """A risk that has moved, in words."""

    record: Risk
    was: str
    now: str
    word: str
    tone: str


@require_safe
@login_required
def page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show what is open at an initiative and below, as of the date in force; whoever may not see it gets 404."""
    place = opened(request, code, "raid/", record_type=RISK, may_open=may_open)
    if isinstance(place, HttpResponse):
        return place
    actor, frame = actor_of(request), frame_of(request)
    record = place.record
    told = {
        "record": record,
        "above": place.above,
        "tabs": tabs_of(record, actor, "raid"),
        "may_add": frozenset() if frame.read_only else raid.addable(actor, record.scope.path),
        "asked": [_asked(one, frame) for one in raid.waiting_at(record, actor=actor)] if frame.moment is None else [],
        "has_parts": record.kind != Kind.PROJECT,
    }
    return render(request, "governance/raid.html", {**told, **_context(request, actor, frame, record.scope)})


@require_safe
@login_required
def everywhere(request: HttpRequest) -> HttpResponse:
    """Show the same of everything at the node picked above, or of all that the reader may see."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", RISK):
        raise Http404
    may_add = frozenset() if frame.read_only else raid.addable(actor)
    context = {"record": None, "may_add": may_add, "has_parts": True}
    return render(request, "governance/raid.html", {**context, **_context(request, actor, frame, frame.scope)})


def may_open(record: Initiative, actor: Actor) -> bool:
    """Tell whether the actor sees risks of an initiative: by a role at its node, or at the unit whose work it is."""
    return actor.can("view", RISK, record.scope.path) or actor.can("view", RISK, record.unit.scope.path)


def _asked(record: Any, frame: Frame) -> Line:
    key = "risks" if isinstance(record, Risk) else "issues"
    part = raid.Part(next(kind for kind in raid.KINDS if kind.key == key), (), 0, 0)
    return line_of(record, part, frame.date)


def _context(request: HttpRequest, actor: Actor, frame: Frame, scope: Scope | None) -> dict[str, Any]:
    by = drawing.BEFORE if request.GET.get("by") == drawing.BEFORE else drawing.NOW
    kind = RiskKind.OPPORTUNITY if request.GET.get("kind") == RiskKind.OPPORTUNITY else RiskKind.THREAT
    since = _since(request.GET.get("since", ""), frame.date)
    now = heat.spots(actor=actor, scope=scope, moment=frame.moment)
    then = heat.spots(actor=actor, scope=scope, moment=clock.end_of(since))
    blocks = blocks_of(raid.open_at(scope, actor=actor, on=frame.date, moment=frame.moment), scope, frame.date)
    codes = heat.codes_of(now)
    moves = heat.movement(now, then)
    named = heat.named([one.pk for one in moves[:MOVES]], actor=actor, moment=frame.moment)
    closed = any(one.closed for one in now)
    return {
        "cells": cells(now, blocks, scope, components.CLOSED if closed else amounts(heat.totals(now, codes))),
        "rows": drawing.grid(now, then, by=by, kind=kind, scope=scope, links=not frame.read_only),
        "by": by,
        "views": drawing.VIEWS,
        "kind": kind,
        "kinds": RiskKind.choices,
        "since": since,
        "themes": [_theme(one, scope) for one in heat.themes(now, codes)],
        "moves": [_move(one, named[one.pk]) for one in moves[:MOVES] if one.pk in named],
        "more_moves": max(0, len(moves) - MOVES),
        "blocks": blocks,
        "total": sum(block.total for block in blocks),
        "now": now,
    }


def _since(text: str, on: dt.date) -> dt.date:
    """Return the day to compare with: the one asked for where it lies before, else that of a month back."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = on
    return day if day < on else dt.date.fromordinal(max(1, on.toordinal() - BACK))


def cells(now: list[Spot], blocks: list[Block], scope: Scope | None, expected: str) -> list[Cell]:
    """Return the headline: risks by colour, money expected, and what else is open."""
    colours = Counter(rag_of(one.score) for one in now if one.kind == RiskKind.THREAT)
    note = _("%(red)d red, %(amber)d amber") % {"red": colours["red"], "amber": colours["amber"]}
    state = "red" if colours["red"] else "amber" if colours["amber"] else ""
    found = [
        Cell(_("Open risks"), components.number(len(now)), note, live_url(scope), state),
        Cell(_("Expected loss"), expected or "–", _("money × probability"), live_url(scope, sort="-exposure")),
    ]
    for block in blocks:
        if block.key != "risks":
            late = ngettext("%(count)d overdue", "%(count)d overdue", block.late) % {"count": block.late}
            note = late if block.late else _("none overdue") if block.total else ""
            tone = "amber" if block.late else ""
            found.append(Cell(str(NAMES[block.key]), components.number(block.total), note, block.href, tone))
    return found


def _theme(theme: heat.Theme, scope: Scope | None) -> dict[str, Any]:
    return {
        "label": Category(theme.category).label,
        "href": live_url(scope, **{"f.category": theme.category, "sort": "-score"}),
        "count": theme.count,
        "initiatives": len(theme.initiatives),
        "colours": [(colour, theme.by_colour[colour]) for colour in ("red", "amber", "green")],
        "money": components.CLOSED if theme.closed else amounts(theme.money) or "–",
    }


def _move(move: Moved, record: Risk) -> Move:
    def said(cell: tuple[int, int] | None) -> str:
        return "" if cell is None else f"{cell[0] * cell[1]} {cell[0]}×{cell[1]}"

    if move.was is None:
        word, tone = _("new"), "accent"
    elif move.now is None and record.is_live:
        word, tone = _("moved elsewhere"), ""
    elif move.now is None:
        word, tone = str(record.get_state_display()).lower(), "green"
    else:
        worse = (move.by > 0) == (record.kind == RiskKind.THREAT)
        word, tone = f"{move.by:+d}".replace("-", "\u2212"), "amber" if worse and move.by else ""
    return Move(record, said(move.was), said(move.now), word, tone)


def card(record: Any, actor: Actor) -> str | None:
    """Return what is open at an initiative and below for its home: how many of each, and the five that weigh most."""
    if not isinstance(record, Initiative) or not may_open(record, actor):
        return None
    moment = None if actor.today >= clock.local_date(clock.now()) else actor.now
    parts = raid.open_at(record.scope, actor=actor, on=actor.today, moment=moment)
    blocks = blocks_of(parts, record.scope, actor.today)
    lines = sorted((line for block in blocks for line in block.lines), key=lambda one: -one.weight)[:LINES]
    may_add = moment is None and not actor.read_only and record.is_open and actor.can("add", RISK, record.scope.path)
    if not lines and not may_add:
        return None
    context = {
        "record": record,
        "blocks": [block for block in blocks if block.total],
        "lines": lines,
        "total": sum(block.total for block in blocks),
        "is_project": record.kind == Kind.PROJECT,
        "may_add": may_add,
        "today": actor.today,
    }
    return render_to_string("governance/_card.html", context)
