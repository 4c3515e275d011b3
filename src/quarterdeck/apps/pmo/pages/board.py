"""The front door of the office: what it answers for, who owns it, how it stands, and what is open under each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quarterdeck.apps.pmo.choices import Measure, Rung
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.pmo.pages.marks import SHORT, words_of
from quarterdeck.apps.pmo.selectors import board as selectors
from quarterdeck.apps.pmo.selectors.board import Board, Line, Measured
from quarterdeck.apps.pmo.selectors.ladder import Step, standing
from quarterdeck.apps.pmo.selectors.measures import EVIDENCE
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may, may_somewhere
from quarterdeck.kernel.needs.exceptions import MARKS, state_of
from quarterdeck.kernel.needs.order import due_text
from quarterdeck.kernel.ui import components, marks
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.checks import Severity
from quarterdeck.kernel.watch.models import Finding, Stage
from quarterdeck.kernel.watch.selectors import Remedy, remedy_of
from quarterdeck.kernel.watch.stages import Stages, stages

#: Exceptions listed under the accountability picked, and those when all are asked for; the others are counted.
SHOWN, MOST = 6, 500


@dataclass(frozen=True)
class Row:
    """One accountability as the table shows it; `exceptions` lists below it all that is open under it."""

    line: Line
    current: bool
    owner: str
    deputy: str
    measure: str
    now: str
    note: str
    target: str
    trend: SafeString
    up: str
    up_state: str
    exceptions: str


@dataclass(frozen=True)
class Fact:
    """One KPI of the accountability picked, in words."""

    label: str
    value: str
    state: str
    href: str


@dataclass(frozen=True)
class Open:
    """One exception under the accountability picked."""

    finding: Finding
    mark: str
    age: int
    due: str
    late: bool
    stands: str
    remedy: Remedy


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Show the accountabilities below the node and on the date picked; `?show=` picks one, else the worst.

    `all` in the address lists all that is open under the one picked.
    """
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", "pmo.accountability"):
        raise Http404
    found = selectors.board(actor=actor, on=frame.date, moment=frame.moment, scope=frame.scope)
    writes = not (frame.read_only or actor.read_only)
    may_add = writes and may_somewhere(actor, "add", Accountability)
    context: dict[str, Any] = {
        "may_add": may_add,
        "may_change": writes and may_somewhere(actor, "change", Accountability),
        "empty": not found.groups,
    }
    if found.groups:
        picked = _picked(found, request.GET.get("show", ""))
        context |= {
            "cells": _cells(found, frame),
            "groups": [
                (category.label, sum(line.tally.open for line in lines), [_row(line, line is picked) for line in lines])
                for category, lines in found.groups
            ],
            **_panel(picked, found, actor, frame, writes=writes, shown=MOST if "all" in request.GET else SHOWN),
        }
    return render(request, "pmo/board.html", context)


def _picked(found: Board, asked: str) -> Line:
    """Return the line asked for; else the worst: red before amber, the most open exceptions first."""
    for line in found.lines:
        if asked == str(line.record.pk):
            return line
    ranks = {"red": 0, "amber": 1, "green": 2}
    return min(found.lines, key=lambda line: (ranks.get(line.state, 3), -line.tally.high, -line.tally.open))


def _cells(found: Board, frame: Frame) -> list[Cell]:
    lines, whole = found.lines, found.whole
    vacant = sum(line.vacant for line in lines)
    alone = sum(line.record.deputy is None for line in lines)
    states = [line.state for line in lines]
    ages = [line.age for line in lines if line.age is not None]
    late = _("%(n)s overdue") % {"n": whole.overdue}
    notes = [late, *([_("oldest %(days)s d") % {"days": max(ages)}] if ages else [])]
    if whole.accepted:
        notes.append(_("%(n)s accepted") % {"n": whole.accepted})
    share = whole.in_time / whole.judged * 100 if whole.judged else None
    return [
        Cell(
            _("Accountabilities"),
            str(len(lines)),
            _("%(vacant)s without owner, %(alone)s without deputy") % {"vacant": vacant, "alone": alone},
            "/accountabilities/",
            unit=_("in force"),
        ),
        Cell(
            _("Standing"),
            "",
            _("%(n)s not measured yet") % {"n": states.count("")},
            marks=tuple((state, states.count(state)) for state in ("red", "amber", "green")),
        ),
        Cell(
            _("Open exceptions"),
            str(whole.open),
            ", ".join(notes),
            "/exceptions/",
        ),
        Cell(
            _("Closed in time"),
            f"{share:.0f}%" if share is not None else "–",
            _("%(met)s of %(whole)s, last 90 days") % {"met": whole.in_time, "whole": whole.judged},
        ),
        Cell(
            _("Mean time to close"),
            f"{found.mean_days:.1f} d" if found.mean_days is not None else "–",
            _("closed in the last 90 days") if found.mean_days is not None else _("none closed in 90 days"),
        ),
        Cell(
            _("Escalated"),
            str(whole.rungs[Rung.OWNER]),
            _("to owners; %(head)s to heads, %(sponsor)s to sponsors")
            % {"head": whole.rungs[Rung.HEAD], "sponsor": whole.rungs[Rung.SPONSOR]},
        ),
    ]


def _share(value: float | Decimal | None) -> str:
    if value is None:
        return "–"
    exact = Decimal(str(value))
    places = 0 if exact <= 95 or exact == exact.to_integral_value() else 1
    return f"{components.number(exact, places)}%"


def _row(line: Line, current: bool) -> Row:
    record, first = line.record, line.first
    up, up_state = _up(line)
    return Row(
        line=line,
        current=current,
        owner=record.owner.name if record.owner is not None else "",
        deputy=record.deputy.name if record.deputy is not None else "",
        measure=str(Measure(first.kpi.measure).label) if first is not None else "",
        now=_share(first.reading.share) if first is not None and first.reading.whole else "",
        note=_of(first) if first is not None and first.reading.whole else "",
        target=_share(first.kpi.target) if first is not None else "",
        trend=marks.sparkline(line.tally.weeks, {"red": "red", "amber": "amber"}.get(line.state, ""))
        if any(line.tally.weeks)
        else components.EMPTY,
        up=up,
        up_state=up_state,
        exceptions=_all_of(record),
    )


def _all_of(record: Accountability) -> str:
    return f"{reverse('pmo-board')}?show={record.pk}&all=1#picked"


def _of(measured: Measured) -> str:
    return _("%(met)s of %(whole)s") % {"met": measured.reading.met, "whole": measured.reading.whole}


def _up(line: Line) -> tuple[str, str]:
    """Return how far the furthest of the open exceptions has gone up, and how bad that is."""
    for rung, state in ((Rung.SPONSOR, "red"), (Rung.HEAD, "amber"), (Rung.OWNER, ""), (Rung.DEPUTY, "")):
        number = line.tally.rungs[rung]
        if number:
            return f"{number} → {SHORT[rung]}", state
    return "", ""


def why(line: Line) -> list[str]:
    """Return in words what makes a line red or amber."""
    record, tally, said = line.record, line.tally, []
    if record.owner is None:
        said.append(_("Nobody owns it."))
    if line.gone is not None:
        said.append(_("%(name)s, who owns it, has left.") % {"name": line.gone.name})
    for one in line.measured:
        if one.short is not None:
            values = {
                "figure": str(Measure(one.kpi.measure).label).capitalize(),
                "now": _share(one.reading.share),
                "target": _share(one.kpi.target),
            }
            said.append(_("%(figure)s: %(now)s, target %(target)s.") % values)
    if tally.overdue:
        said.append(
            ngettext("%(n)s exception overdue.", "%(n)s exceptions overdue.", tally.overdue) % {"n": tally.overdue}
        )
    if tally.rungs[Rung.SPONSOR]:
        said.append(_("%(n)s with the sponsor.") % {"n": tally.rungs[Rung.SPONSOR]})
    elif tally.rungs[Rung.HEAD]:
        said.append(_("%(n)s with the head of the office.") % {"n": tally.rungs[Rung.HEAD]})
    if record.deputy is None:
        said.append(_("No deputy."))
    return said


def _panel(line: Line, found: Board, actor: Actor, frame: Frame, *, writes: bool, shown: int = SHOWN) -> dict[str, Any]:
    rows = list(selectors.evidence(line, found.answering, actor=actor, moment=frame.moment)[:shown])
    return {
        "line": line,
        "why": why(line),
        "facts": [_fact(one) for one in line.measured],
        "checks": line.checks,
        "review": components.date_text(line.record.review_on, line.on),
        "review_late": line.record.review_on is not None and line.record.review_on < line.on,
        "open": _opened(rows, actor, frame),
        "more": max(0, line.tally.open - len(rows)),
        "all_url": _all_of(line.record) if shown < MOST else "",
        "accepted_url": f"/exceptions/?show=accepted&serves={line.record.function}" if line.tally.accepted else "",
        "may_edit": writes and may(actor, "change", line.record),
    }


def _fact(one: Measured) -> Fact:
    measure = Measure(one.kpi.measure)
    label = str(measure.label).capitalize()
    href = EVIDENCE.get(measure, "")
    if not one.reading.whole:
        return Fact(label, _("not measured yet, target %(target)s") % {"target": _share(one.kpi.target)}, "", "")
    values = {"now": _share(one.reading.share), "of": _of(one), "target": _share(one.kpi.target)}
    short = one.short
    state = "green" if short is None else "red" if short > 10 else "amber"
    return Fact(label, _("%(now)s (%(of)s), target %(target)s") % values, state, href)


def _opened(rows: list[Finding], actor: Actor, frame: Frame) -> list[Open]:
    moment: dt.datetime = frame.moment or actor.now
    steps, on = standing([row.pk for row in rows], moment), stages(actor, frame.moment)
    return [
        Open(
            finding=row,
            mark=MARKS[Severity(row.severity)],
            age=max(0, (frame.date - clock.local_date(row.opened_at)).days),
            due=due_text(row.due_on, frame.date) if row.due_on else "",
            late=row.due_on is not None and row.due_on < frame.date,
            stands=_stands(row, steps, on),
            remedy=remedy_of(row, actor),
        )
        for row in rows
    ]


def _stands(row: Finding, steps: Mapping[int, Step], on: Stages) -> str:
    """Return where an exception stands: what was said of it, and how far it has gone up."""
    stage, words, _late = state_of(row, on)
    said = f"{stage.label}, {words}" if words and stage != Stage.FOUND else words or str(stage.label)
    if row.pk not in steps:
        return said
    up = words_of(steps[row.pk], on.on)
    return up if stage == Stage.FOUND else f"{said}; {up}"
