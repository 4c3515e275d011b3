"""The page of one supplier: how it does, what it owes, what is wrong and what was done about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import (
    EXPIRING,
    BreachState,
    ContractState,
    Dimension,
    ObligationState,
    Source,
)
from quarterdeck.apps.suppliers.models import BreachCase, Obligation, ServiceLevel, SupplierContact
from quarterdeck.apps.suppliers.pages import words
from quarterdeck.apps.suppliers.pages.beside import beside
from quarterdeck.apps.suppliers.pages.drawing import level_chart
from quarterdeck.apps.suppliers.selectors import page as selectors
from quarterdeck.apps.suppliers.selectors.attribution import hits, touched
from quarterdeck.apps.suppliers.selectors.page import LevelNow, Told
from quarterdeck.apps.suppliers.selectors.scorecards import Score, since_of
from quarterdeck.apps.suppliers.services.notices import window_text
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_at, row_paths
from quarterdeck.kernel.ui import components, marks
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of

SUPPLIER: Final = "suppliers.supplier"
#: Rows of the short lists.
NEXT: Final = 5
#: Days ahead from which an insurance or licence is watched.
SOON: Final = 30


@dataclass(frozen=True)
class ScoreRow:
    """One line of the scorecard."""

    score: Score
    label: str
    weight: str
    value: str
    target: str
    bullet: SafeString
    trend: SafeString
    evidence: str
    href: str


@dataclass(frozen=True)
class LevelRow:
    """One line of the service levels."""

    row: LevelNow
    now: str
    target: str
    told: str
    state: str


@dataclass(frozen=True)
class Due:
    """One line of the obligations: what, when, how far off."""

    record: Obligation
    state: str
    off: str
    told: str


@dataclass(frozen=True)
class Case:
    """The breach case that comes first: its level through time, its steps, its facts."""

    record: BreachCase
    window: str
    chart: SafeString | None
    steps: list[dict[str, str]]
    touches: list[Initiative]
    verb: str
    url: str
    credit: str


@require_safe
@login_required
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a supplier, as of the date in force; whoever may not see it gets 404."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", SUPPLIER):
        raise Http404
    record = selectors.supplier_at(code.upper(), actor=actor, moment=frame.moment)
    if record is None:
        raise not_shown(frame)
    if record.url != request.path:
        return redirect(record.url)
    vars(request)["nav_key"] = "suppliers"
    told = selectors.told(record, actor=actor, on=frame.date, moment=frame.moment)
    return render(request, "suppliers/supplier.html", _context(request, actor, frame, told))


def _context(request: HttpRequest, actor: Actor, frame: Frame, told: Told) -> dict[str, Any]:
    record, on = told.record, frame.date
    money = actor.sees("money", "suppliers.contract", row_paths(record))
    live = told.live
    about = touched(live[:1], actor=actor) if not frame.read_only else {}
    return {
        **beside(request, actor, frame, record),
        "told": told,
        "category": record.category.name,
        "owner": record.owner.name,
        "scores": [_score(score, told) for score in told.scorecard.scores],
        "total": words.total_text(told.scorecard),
        "evidence": components.number(100 * told.scorecard.evidence),
        "since": components.date_text(since_of(on), on),
        "levels": [_level(row) for row in told.levels],
        "cases": told.cases,
        "level_ids": _ids(told),
        "record_level": next((row.level.pk for row in told.levels if _is_entered(row.level)), None),
        "obligations": _due(told, on),
        "owed": sum(each.state == ObligationState.OPEN for each in told.obligations),
        "case": _case(live[0], told, about.get(live[0].pk, []), actor, frame, money=money) if live else None,
        "more_live": live[1 : NEXT + 1],
        "over": [case for case in told.breaches if case not in live][:NEXT],
        "money": _money(told, on, money=money),
        "hits": [] if frame.read_only else hits(record.pk, told.breaches, on=on, actor=actor),
        "planned": _planned(told, on),
        "held": sorted(
            (each for each in told.contacts if each.held_on), key=lambda each: (each.held_on, each.pk), reverse=True
        )[:NEXT],
        "today": on,
    }


def _is_entered(level: ServiceLevel) -> bool:
    """Tell whether the cases of a level are entered by hand."""
    return level.is_active and level.source == Source.RECORDS


def _ids(told: Told) -> str:
    return ",".join(str(row.level.pk) for row in told.levels)


def _score(score: Score, told: Told) -> ScoreRow:
    target = components.number(score.target)
    return ScoreRow(
        score,
        str(score.dimension.label),
        f"{components.number(score.weight)}%",
        words.score_text(score),
        target,
        marks.bullet(score.value, score.target) if score.value is not None else components.EMPTY,
        marks.sparkline(score.trend),
        words.evidence_text(score),
        _evidence(score.dimension, told) if score.of else "",
    )


def _evidence(dimension: Dimension, told: Told) -> str:
    """Return the list of what counted."""
    span = f"{since_of(told.on):%Y-%m-%d}..{told.on:%Y-%m-%d}"
    levels, supplier = _ids(told), str(told.record.pk)
    if dimension == Dimension.COMPLIANCE:
        return f"/obligations/?{urlencode({'f.supplier': supplier, 'f.kind': '!deliver', 'f.due_on': span})}"
    if dimension == Dimension.ENGAGEMENT:
        kinds = {"f.supplier": supplier, "f.kind": "!question", "f.planned_on": span}
        return f"/supplier-contacts/?{urlencode(kinds)}"
    if dimension == Dimension.RESPONSIVENESS:
        return f"/breaches/?{urlencode({'f.level': levels, 'f.noticed_on': span})}" if levels else ""
    return f"/service-records/?{urlencode({'f.level': levels, 'f.decided_on': span})}" if levels else ""


def _level(row: LevelNow) -> LevelRow:
    return LevelRow(
        row,
        words.share_text(row.latest.share if row.latest is not None else None),
        words.share_text(float(row.level.target) / 100),
        words.level_text(row),
        row.state,
    )


def _due(told: Told, on: dt.date) -> list[Due]:
    found = []
    for each in told.obligations:
        if each.state != ObligationState.OPEN:
            continue
        days = (each.due_on - on).days
        state = "red" if days < 0 else "amber" if each.kind in EXPIRING and days <= SOON else "green"
        repeats = each.get_repeats_display().lower() if each.repeats != "once" else ""
        text = ", ".join(part for part in (each.get_kind_display().lower(), repeats) if part)
        found.append(Due(each, state, words.in_days(each.due_on, on), text))
    return found[:NEXT]


def _case(case: BreachCase, told: Told, touches: list[Initiative], actor: Actor, frame: Frame, *, money: bool) -> Case:
    row = next((each for each in told.levels if each.level.pk == case.level_id), None)
    charted = row is not None and sum(each.share is not None for each in row.kept) > 1
    verbs = {
        BreachState.OPEN: ("notice", _("Log notice sent")),
        BreachState.NOTICED: ("answer", _("Log answer and remedy")),
        BreachState.REMEDY: ("follow", _("Log follow-up")),
        BreachState.FOLLOWED_UP: ("close", _("Close")),
        BreachState.DISPUTED: ("settle", _("Uphold")),
    }
    name, verb = verbs[BreachState(case.state)]
    may_change = not frame.read_only and may_at(actor, "change", case)
    return Case(
        case,
        window_text(case, case.level),
        level_chart(row) if row is not None and charted else None,
        _steps(case, told.on),
        touches,
        verb if may_change else "",
        f"/breaches/{case.code}/do/{name}/",
        _credit(case, money=money),
    )


def _credit(case: BreachCase, *, money: bool) -> str:
    if not case.credit:
        return ""
    share = words.share_text(float(case.credit) / 100)
    if not money:
        return _("%(share)s of the charge") % {"share": share}
    if case.credit_amount is None or case.currency is None:
        return _("%(share)s of the charge") % {"share": share}
    amount = components.money_text(case.credit_amount, case.currency.code)
    return _("%(amount)s, %(share)s of the charge") % {"amount": amount, "share": share}


def _steps(case: BreachCase, on: dt.date) -> list[dict[str, str]]:
    """Return the steps of a case: done with their day, the one that is due, those to come."""
    told = [
        (_("Found"), case.opened_on, None),
        (_("Supplier told"), case.noticed_on, None),
        (_("Answer and remedy"), case.answered_on, None),
        (_("Follow-up"), case.followed_on, case.remedy_on or case.cure_until),
        (_("Closed"), case.closed_on, None),
    ]
    # A supplier that never answers is followed up without: what lies before the last thing done is over.
    now = max((place + 1 for place, (_name, day, _due) in enumerate(told) if day is not None), default=0)
    steps = []
    for place, (name, day, due) in enumerate(told):
        note = components.date_text(day, on)
        if day is None and due is not None:
            note = _("by %(day)s") % {"day": components.date_text(due, on)}
        state = "now" if place == now else "done" if day is not None else ""
        steps.append({"name": name, "note": note, "state": state})
    return steps


def _money(told: Told, on: dt.date, *, money: bool) -> list[Cell]:
    """Return contracts in force, their value, credits of the last twelve months, and what ends next."""
    force = [each for each in told.contracts if each.state == ContractState.IN_FORCE]
    ending = min(
        (each for each in force if each.ends_on is not None), key=lambda each: each.ends_on or on, default=None
    )
    value, credit = components.CLOSED, components.CLOSED
    if money:
        usual = force[0].currency.code if force else ""
        value = _sum([(each.value or Decimal(0), each.currency.code) for each in force], usual)
        given = [case for case in told.breaches if case.credit_amount and case.opened_on >= since_of(on)]
        credit = _sum([(case.credit_amount, case.currency.code) for case in given if case.currency], usual)
    listed = f"/supplier-contracts/?{urlencode({'f.supplier': told.record.pk, 'view': 'all'})}"
    notice = ""
    if ending is not None and ending.notice_on is not None:
        notice = _("notice by %(day)s") % {"day": components.date_text(ending.notice_on, on)}
    return [
        Cell(_("In force"), components.number(len(force)), _("contracts"), listed),
        Cell(_("Value"), value, _("of contracts in force"), listed),
        Cell(_("Service credits"), credit, _("twelve months"), f"/breaches/?{urlencode({'f.level': _ids(told)})}"),
        Cell(_("Ends next"), components.date_text(ending.ends_on, on) if ending else "–", notice, listed),
    ]


def _sum(amounts: list[tuple[Decimal | None, str]], usual: str) -> str:
    """Return the sum of amounts in their currency, the usual one of none; those of several are not added up."""
    codes = {code for _amount, code in amounts} or {usual}
    if len(codes) > 1:
        return _("several currencies")
    whole = sum((amount or Decimal(0) for amount, _code in amounts), Decimal(0))
    return components.money_text(whole, codes.pop(), short=True)


def _planned(told: Told, on: dt.date) -> list[tuple[SupplierContact, str, bool]]:
    """Return the contacts to come and those overdue, the oldest first."""
    waiting = sorted((each for each in told.contacts if each.held_on is None), key=lambda each: each.planned_on)
    return [(each, words.in_days(each.planned_on, on), each.planned_on < on) for each in waiting[:NEXT]]
