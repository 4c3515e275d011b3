"""The dashboard of a portfolio or programme: how it stands on a day, why, what changed, what comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.apps.reporting import dashboard_words as words
from quarterdeck.apps.reporting import health_words
from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.pages import dashboard_charts as draw
from quarterdeck.apps.reporting.pages.health import sees_money
from quarterdeck.apps.reporting.selectors import dashboard as selectors
from quarterdeck.apps.reporting.selectors.dashboard import Board, Group, Line, Milestone
from quarterdeck.apps.reporting.selectors.seen import INITIATIVE
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs import exceptions
from quarterdeck.kernel.ui import components, marks
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.stages import stages

#: Changes, milestones of a part, and exceptions shown before the rest is folded or counted.
CHANGES, MILESTONES, EXCEPTIONS = 8, 7, 8
SHOWN: Final = (Dimension.TIME, Dimension.COST, Dimension.DATA)


@dataclass(frozen=True)
class Row:
    """A project off green in the grid."""

    line: Line
    colours: list[str]
    why: str
    late: str
    late_state: str
    finish: str
    over: str
    over_note: str
    trend: SafeString
    own: str


@dataclass(frozen=True)
class Block:
    """A programme in the grid: its projects off green, and those that are green or on hold by name."""

    group: Group
    colour: str
    over: str
    rows: list[Row]
    green: list[Line]
    held: list[Line]
    other: list[Line]


@dataclass(frozen=True)
class Stretch:
    """Milestones of one stretch of time; `more` are not shown."""

    title: str
    shown: Sequence[Milestone]
    more: int


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the dashboard of the node picked above, else of the topmost."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", INITIATIVE):
        raise Http404
    found = selectors.top(actor=actor, scope_id=frame.scope.pk if frame.scope else None)
    if found is None:
        return render(request, "reporting/dashboard_none.html", {})
    return redirect(f"{found.url}{'dashboard/' if found.kind != Kind.PROJECT else 'health/'}")


@require_safe
@login_required
def dashboard(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the dashboard of a node as of the date in force; of a project, its health."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", INITIATIVE):
        raise Http404
    board = selectors.board(code.upper(), actor=actor, on=frame.date, moment=frame.moment)
    if board is None:
        raise not_shown(frame)
    if board.record.kind == Kind.PROJECT:
        return redirect(f"{board.record.url}health/")
    if f"{board.record.url}dashboard/" != request.path:
        return redirect(f"{board.record.url}dashboard/")
    vars(request)["nav_key"] = "portfolio-dashboard"
    return render(request, "reporting/dashboard.html", context(board, actor, frame))


def context(board: Board, actor: Actor, frame: Frame) -> dict[str, Any]:
    """Return everything that the page shows."""
    money = all(sees_money(line.record, actor) for line in board.lines)
    lines = board.lines
    on = stages(actor, frame.moment)
    found = exceptions.exceptions(actor, scope=board.record.scope, moment=frame.moment)
    counts = {tab.key: tab.count for tab in exceptions.tabs(found, actor, on)}
    worst = list(exceptions.part(found, "open", actor, on)[:EXCEPTIONS])
    changed = words.changes(board, money=money)
    return {
        "board": board,
        "record": board.record,
        "now": board.now,
        "tabs": tabs_of(board.record, actor, "dashboard"),
        "money": money,
        "cells": _cells(board, counts, money=money),
        "blocks": [_block(group, money=money) for group in board.groups],
        "dimensions": [Dimension(key).label for key in SHOWN],
        "off": sum(line.now.colour in ("red", "amber") for line in lines),
        "assessed": components.date_text(board.now.on, frame.date),
        "changes": changed[:CHANGES],
        "more_changes": changed[CHANGES:],
        "since": components.date_text(words.week_before(frame.date), frame.date),
        "stretches": _stretches(selectors.milestones(lines), frame.date),
        "curve": draw.curve(board.past, board.now.currency) if money else "",
        "bubbles": draw.bubbles(lines) if money else "",
        "roadmap": draw.roadmap(lines, frame.date),
        "movers": words.movers(lines, money=money),
        "exceptions": exceptions.lines(worst, actor, on),
        "counts": counts,
        "spent": [_spent(group) for group in board.groups] if money else [],
        "currency": board.now.currency,
    }


def _cells(board: Board, counts: dict[str, int], *, money: bool) -> list[Cell]:
    now, before, scope = board.now, board.week, board.record.scope_id
    worse, better = words.turned(board.lines)
    forecast = [line for line in board.lines if line.now.days_late is not None]
    within = sum("days_late" in _inputs(line.now, "green") for line in forecast)
    beyond = sum("days_late" in _inputs(line.now, "red") for line in forecast)
    projects = f"/initiatives/?scope={scope}&view=active"
    signs = sum(len(line.now.signs) for line in board.lines)
    return [
        Cell(
            _("Health, %(count)d projects") % {"count": now.projects},
            "",
            _("%(worse)d worse, %(better)d better this week") % {"worse": worse, "better": better},
            projects,
            marks=(("red", now.reds), ("amber", now.ambers), ("green", now.greens)),
        ),
        Cell(
            _("Finish within limit"),
            _("%(count)d of %(total)d") % {"count": within, "total": len(forecast)},
            _("%(count)d beyond tolerance") % {"count": beyond},
            f"/plans/?scope={scope}&view=current",
        ),
        _money_cell(now, f"{board.record.url}money/", money=money),
        Cell(
            "SPI · CPI",
            f"{_index(now.spi)} · {_index(now.cpi) if money else components.CLOSED}",
            _("a week before %(spi)s · %(cpi)s")
            % {"spi": _index(before.spi), "cpi": _index(before.cpi) if money else components.CLOSED}
            if before is not None
            else "",
            f"{board.record.url}health/",
        ),
        Cell(
            _("Exceptions open"),
            components.number(counts.get("open", 0)),
            _("%(late)d overdue, %(none)d without owner")
            % {"late": counts.get("overdue", 0), "none": counts.get("unowned", 0)},
            f"/exceptions/?scope={scope}",
        ),
        Cell(
            _("Facts in order"),
            "–" if now.accuracy is None else f"{components.number(now.accuracy, 1)}%",
            _("%(count)d signs of doubt") % {"count": signs} if signs else _("no sign of doubt"),
            "#signs" if signs else f"{board.record.url}health/",
        ),
    ]


def _inputs(snapshot: Snapshot, colour: str) -> set[str]:
    """Return the figures of time that a rule found at a colour."""
    rules = snapshot.facts.get(Dimension.TIME, {}).get("rules", ())
    return {rule["input"] for rule in rules if rule["colour"] == colour}


def _money_cell(now: Snapshot, href: str, *, money: bool) -> Cell:
    label = _("Forecast at completion")
    if not money:
        return Cell(label, components.CLOSED, "", href)
    note, over = "", now.over
    if over is not None and now.budget:
        share = components.signed(over / now.budget * 100, 1, "%")
        note = _("%(over)s to budget, %(share)s") % {
            "over": components.money_text(over, now.currency, short=True, sign=True),
            "share": share,
        }
    if now.unbudgeted > 0 and now.projects > 1:
        outside = components.money_text(now.unbudgeted, now.currency, short=True)
        note = ", ".join(text for text in (note, _("%(amount)s without a budget") % {"amount": outside}) if text)
    return Cell(label, components.money_text(now.eac, now.currency, short=True) or "–", note, href)


def _index(value: float | None) -> str:
    return "–" if value is None else components.number(value, 2)


def _block(group: Group, *, money: bool) -> Block:
    off = [line for line in group.lines if line.now.colour in ("red", "amber")]
    now = group.now
    return Block(
        group,
        now.colour if now is not None else "",
        _over(now)[0] if now is not None and money else "",
        [_row(line, money=money) for line in off],
        [line for line in group.lines if line.now.colour == "green"],
        [line for line in group.lines if line.now.state == State.ON_HOLD],
        [line for line in group.lines if not line.now.colour and line.now.state != State.ON_HOLD],
    )


def _row(line: Line, *, money: bool) -> Row:
    now = line.now
    over, note = _over(now) if money else (components.CLOSED, "")
    return Row(
        line,
        [now.colours.get(key, "") for key in SHOWN],
        health_words.worst_reason(now, money=money),
        "–" if now.days_late is None else str(components.signed(now.days_late, 0, _(" d"))),
        "red" if "days_late" in _inputs(now, "red") else "",
        components.date_text(now.forecast_finish, now.on) or "–",
        over,
        note,
        marks.sparkline(words.steps(line.past), label=_history(line)),
        now.own_colour if now.own_colour and now.own_colour != now.colour else "",
    )


def _history(line: Line) -> str:
    seen: list[str] = []
    for each in line.past:
        word = str(components.RAG_WORDS[each.colour or "none"]).lower()
        if not seen or seen[-1] != word:
            seen.append(word)
    return _("twelve weeks: %(colours)s") % {"colours": ", ".join(seen)}


def _over(now: Snapshot) -> tuple[str, str]:
    """Return by how much the forecast is over the budget: the amount, and percent."""
    over = now.over
    if over is None or not now.budget:
        return "–", ""
    return (
        components.money_text(over, now.currency, short=True, sign=True),
        str(components.signed(over / now.budget * 100, 1, "%")),
    )


def _stretches(milestones: list[Milestone], on: dt.date) -> list[Stretch]:
    late = [one for one in milestones if (one.late or 0) > 0 or one.forecast < on]
    late.sort(key=lambda one: (-(one.late or 0), one.forecast))
    found = [(_("Slipped"), late)]
    for first, last in ((0, 30), (31, 60), (61, 90)):
        title = _("Next 30 days") if not first else _("%(first)d to %(last)d days") % {"first": first, "last": last}
        found.append((title, [one for one in milestones if first <= (one.forecast - on).days <= last]))
    return [Stretch(title, part[:MILESTONES], max(len(part) - MILESTONES, 0)) for title, part in found]


def _spent(group: Group) -> dict[str, Any]:
    """Return the money of a programme, with bars for what is spent and what is forecast of the budget."""
    now = group.now
    if now is None:
        return {"record": group.record}
    budget = now.budget or Decimal(0)

    def share(amount: Decimal | None) -> float:
        return float((amount or Decimal(0)) / budget * 100) if budget else 0.0

    return {
        "record": group.record,
        "budget": components.money_text(now.budget, now.currency, short=True) or "–",
        "actual": components.money_text(now.ac, now.currency, short=True) or "–",
        "forecast": components.money_text(now.eac, now.currency, short=True) or "–",
        "over": _over(now)[1] or "–",
        "bar": marks.bullet(round(share(now.ac), 1), round(share(now.eac), 1), 125),
    }
