"""The money of a project, programme or portfolio: where it stands, told apart, through time, and what it will cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.choices import FORMULAS, USUAL, Forecast
from quarterdeck.apps.finance.pages import drawing
from quarterdeck.apps.finance.selectors import page as selectors
from quarterdeck.apps.finance.selectors.breakdown import Row
from quarterdeck.apps.finance.selectors.earned_value import EarnedValue
from quarterdeck.apps.finance.selectors.money import Money
from quarterdeck.apps.finance.selectors.page import Part, Stretch, Whole
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.opening import opened
from quarterdeck.apps.portfolio.selectors.home import Place
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.engine.evm import CostForecast
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.ui import components, toasts
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of

#: An index below this is told as a concern, below the second as a trouble: the house's usual limits.
WATCH, TROUBLE = 0.95, 0.9
DASH: Final = "–"


@dataclass(frozen=True)
class Line:
    """One row of the table: a name with its link, and the cells of figures, each with its tone."""

    name: str
    cells: list[tuple[str, str]]
    url: str = ""
    code: str = ""
    total: bool = False


@dataclass(frozen=True)
class Variant:
    """One estimate at completion."""

    key: str
    label: str
    formula: str
    amount: str
    beside: str
    chosen: bool


@require_safe
@login_required
def page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the money of an initiative, as of the date in force; whoever may not open it gets 404."""
    place = opened(request, code, "money/", record_type=selectors.ACTUAL, may_open=selectors.may_open)
    if isinstance(place, HttpResponse):
        return place
    actor, frame = actor_of(request), frame_of(request)
    return render(request, "finance/money.html", _context(request, actor, frame, place))


@require_POST
@login_required
def choose(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Choose the forecast that is believed, with its reason."""
    actor = actor_of(request)
    record = selectors.project_at(code, actor=actor)
    if record is None or frame_of(request).read_only or not selectors.sees(record, actor):
        raise Http404
    given = request.POST
    try:
        made = services.forecast_choose(
            initiative=record, forecast=given.get("forecast", ""), reason=given.get("reason", ""), actor=actor
        )
    except ValidationError as error:
        toasts.add(request, " ".join(error.messages), tone="red")
    except PermissionDenied as error:
        toasts.add(request, str(error), tone="red")
    else:
        toasts.add(request, _("Forecast: %(name)s.") % {"name": made.get_forecast_display()})
    return redirect(f"{record.url}money/")


def _context(request: HttpRequest, actor: Actor, frame: Frame, place: Place) -> dict[str, Any]:
    record, on = place.record, frame.date
    is_project = record.kind == Kind.PROJECT
    told: dict[str, Any] = {
        "record": record,
        "above": place.above,
        "is_project": is_project,
        "tabs": tabs_of(record, actor, "money"),
        "read_only": frame.read_only,
    }
    if is_project and not selectors.sees(record, actor):
        return {**told, "closed": True}
    whole = selectors.whole_of(place.node, actor=actor, on=on, known_at=frame.moment)
    views = ("packages", "categories", "periods") if is_project else ("parts", "categories", "periods")
    by = request.GET.get("by", "")
    by = by if by in views else views[0]
    value = selectors.value_of(whole, record) if is_project else None
    money = whole.money
    if money is None:
        part_rows = _table("parts", whole, record, on, frame)
        return {**told, "partly": True, "cells": [], "by": "parts", "views": [], **part_rows}
    on = on if whole.kept is None else whole.kept.on
    curves = selectors.curves_of(whole, on=on)
    may = is_project and not frame.read_only and not actor.read_only
    return {
        **told,
        "cells": cells(money, record, value),
        "currency": money.currency,
        "missing": ", ".join(money.missing),
        "by": by,
        "views": [(view, _VIEWS[view]()) for view in views],
        **_table(by, whole, record, on, frame),
        "chart": None
        if curves is None
        else drawing.curves_chart(curves, money.currency, on, width=620 if value is not None else 1240),
        "drawn": None if is_project else whole.drawn,
        "assessed": None if whole.kept is None else whole.kept.assessed_at,
        "indices": indices(money, value),
        "measured_on": None if value is None else value.on,
        "from_plan": value is not None and value.actuals_from == "plan",
        "variants": [] if value is None else variants(value, money),
        "choice": selectors.choice_of(record, actor=actor, known_at=frame.moment) if value is not None else None,
        "may_choose": may and any(actor.can("add", "finance.eacchoice", path) for path in row_paths(record)),
        "may_post": may and any(actor.can("add", selectors.ACTUAL, path) for path in row_paths(record)),
        "ledger": f"/actuals/?f.initiative={record.pk}" if is_project else f"/actuals/?scope={record.scope_id}",
        "has_plan": value is not None,
    }


_VIEWS: Final = {
    "parts": lambda: _("Parts"),
    "packages": lambda: _("Work packages"),
    "categories": lambda: _("Categories"),
    "periods": lambda: _("Periods"),
}


def _short(amount: Decimal | float | None, currency: str, *, sign: bool = False) -> str:
    if amount is None:
        return DASH
    return components.money_text(Decimal(str(round(float(amount), 2))), currency, short=True, sign=sign)


def cells(money: Money, record: Initiative, value: EarnedValue | None) -> list[Cell]:
    """Return the strip of figures: budget, actual, forecast, commitments, what is left, performance."""
    code, key = money.currency, record.pk
    where = f"f.initiative={key}" if record.kind == Kind.PROJECT else f"scope={record.scope_id}"
    over_plan = money.over_plan
    over, left = money.over_budget, money.left
    measures = money.measures
    return [
        Cell(_("Budget"), _short(money.budget, code), _("approved") if money.budget is not None else _("none set")),
        Cell(
            _("Actual to date"),
            _short(money.actual, code),
            "" if over_plan is None else _("%(amount)s against plan") % {"amount": _short(over_plan, code, sign=True)},
            href=f"/actuals/?{where}",
        ),
        Cell(
            _("Forecast at completion"),
            _short(money.forecast, code),
            _outside(_beside(over, money.budget, code), money, record),
            href="#forecasts" if value is not None else "",
            state=_over_state(over, money.budget),
        ),
        Cell(
            _("Committed, not invoiced"),
            _short(money.committed, code),
            _share(money.committed, None if money.budget is None else money.budget - money.actual),
            href=f"/commitments/?{where}",
        ),
        Cell(
            _("Funding left"),
            _short(left, code),
            _("budget less actual and committed"),
            state="red" if left is not None and left < 0 else "",
        ),
        Cell(
            _("CPI / SPI"),
            f"{_index(measures.cpi)} / {_index(measures.spi)}" if measures is not None else DASH,
            _("cost and schedule performance") if measures is not None else _("no baseline with costs"),
            state=_index_state(measures.cpi, measures.spi) if measures is not None else "",
        ),
    ]


def _beside(over: Decimal | None, budget: Decimal | None, code: str) -> str:
    if over is None:
        return ""
    if not over:
        return _("as the budget")
    share = f", {components.signed(over / budget * 100, 1)}%" if budget else ""
    return _("%(amount)s against budget%(share)s") % {"amount": _short(over, code, sign=True), "share": share}


def _outside(text: str, money: Money, record: Initiative) -> str:
    """Add what of a node's forecast is of projects without a budget."""
    if record.kind == Kind.PROJECT or money.unbudgeted <= 0:
        return text
    more = _("%(amount)s without a budget") % {"amount": _short(money.unbudgeted, money.currency)}
    return ", ".join(part for part in (text, more) if part)


def _share(amount: Decimal, whole: Decimal | None) -> str:
    if not amount or whole is None or whole <= 0:
        return _("nothing open") if not amount else ""
    return _("%(share)s%% of what is to go") % {"share": components.number(amount / whole * 100)}


def _over_state(over: Decimal | None, budget: Decimal | None) -> str:
    if over is None or not budget or over <= budget / 100:
        return ""
    return "red" if over > budget / 10 else "amber"


def _index(value: float | None) -> str:
    return DASH if value is None else components.number(round(value, 2), 2)


def _index_state(*values: float | None) -> str:
    worst = min((value for value in values if value is not None), default=1.0)
    return "red" if worst < TROUBLE else "amber" if worst < WATCH else ""


def indices(money: Money, value: EarnedValue | None) -> list[Cell]:
    """Return the strip below the curves: variances, indices, and what performance is needed from now on."""
    measures = money.measures
    if measures is None:
        return []
    found = [
        Cell("SV", _short(measures.sv, money.currency, sign=True), href=""),
        Cell("CV", _short(measures.cv, money.currency, sign=True)),
        Cell("SPI", _index(measures.spi), state=_index_state(measures.spi)),
        Cell("CPI", _index(measures.cpi), state=_index_state(measures.cpi)),
    ]
    if value is not None:
        spi_t = value.status.time.spi_t
        found.append(Cell("SPI(t)", _index(spi_t), state=_index_state(spi_t)))
    needed = measures.tcpi()
    found.append(Cell("TCPI", _index(needed.index) if needed.attainable else _("not attainable")))
    return found


def variants(value: EarnedValue, money: Money) -> list[Variant]:
    """Return all eight estimates at completion, the one that is believed marked."""
    bac = value.status.total.bac
    chosen = money.by or USUAL
    return [
        Variant(
            key=str(each),
            label=str(Forecast(each).label),
            formula=FORMULAS[each],
            amount=components.money_text(round(value.status.costs[CostForecast[each]]), money.currency),
            beside=str(components.signed(round(value.status.costs[CostForecast[each]] - bac))),
            chosen=each == chosen,
        )
        for each in Forecast.values
    ]


def _amount(value: Decimal | float | None) -> str:
    return DASH if value is None else components.number(round(float(value)))


def _against(value: float | None, base: float | None) -> tuple[str, str]:
    """Return a variance with its tone: red where more than a hundredth beyond what it is against."""
    if value is None:
        return DASH, ""
    adverse = base is not None and value > abs(base) / 100 and value >= 1
    return str(components.signed(round(value))), "is-red" if adverse else ""


def _table(by: str, whole: Whole, record: Initiative, on: dt.date, frame: Frame) -> dict[str, Any]:
    if by == "parts":
        return _parts(whole)
    if by == "periods":
        return _periods(selectors.stretches(whole, on=on), on)
    rows = (
        selectors.packages(whole, record)
        if by == "packages"
        else selectors.categories(whole, on=on, known_at=frame.moment)
    )
    heads = [_("Budget"), _("Planned to date"), _("Earned"), _("Actual"), _("Variance"), _("Committed"), _("Forecast")]
    drop = {5} if by == "packages" else {2}
    lines = [
        Line(row.name or _("No work package"), _cells(row, drop), code="" if by == "packages" else row.code)
        for row in rows
    ]
    if rows:
        lines.append(Line(_("Total"), _cells(_sum(rows), drop), total=True))
    return {
        "heads": [head for place, head in enumerate(heads) if place not in drop],
        "lines": lines,
        "first": _("Work package") if by == "packages" else _("Category"),
    }


def _cells(row: Row, drop: set[int]) -> list[tuple[str, str]]:
    found = [
        (_amount(row.budget), ""),
        (_amount(row.planned), ""),
        (_amount(row.earned), ""),
        (_amount(row.actual), ""),
        _against(row.variance, row.planned),
        (_amount(row.committed), ""),
        (_amount(row.forecast), "is-strong"),
    ]
    return [cell for place, cell in enumerate(found) if place not in drop]


def _sum(rows: list[Row]) -> Row:
    def total(name: str) -> float | None:
        told = [value for row in rows if (value := getattr(row, name)) is not None]
        return sum(told) if told else None

    return Row(
        key=0,
        name="",
        budget=total("budget"),
        planned=total("planned"),
        earned=total("earned"),
        actual=total("actual") or 0.0,
        committed=total("committed") or 0.0,
        forecast=total("forecast"),
    )


def _periods(rows: list[Stretch], on: dt.date) -> dict[str, Any]:
    heads = [_("Planned"), _("Earned"), _("Actual"), _("Variance"), _("Forecast"), _("Planned, sum"), _("Actual, sum")]
    lines = []
    for row in rows:
        variance = None if row.actual is None else row.actual - row.planned
        lines.append(
            Line(
                row.name,
                [
                    (_amount(row.planned), ""),
                    (_amount(row.earned), ""),
                    (_amount(row.actual), ""),
                    ("", "") if row.starts_on <= on < row.ends_on else _against(variance, row.planned),
                    (_amount(row.forecast), ""),
                    (_amount(row.planned_by), ""),
                    (_amount(row.actual_by), ""),
                ],
            )
        )
    return {"heads": heads, "lines": lines, "first": _("Period"), "long": len(lines) > 18}


def _parts(whole: Whole) -> dict[str, Any]:
    heads = [
        *(_("Budget"), _("Planned to date"), _("Actual"), _("Variance"), _("Committed"), _("Forecast")),
        *(_("Forecast against budget"), _("Funding left"), _("SPI"), _("CPI")),
    ]
    lines = [
        Line(part.record.name, _part_cells(part), url=f"{part.record.url}money/", code=part.record.code)
        for part in whole.parts
    ]
    if whole.money is not None and lines:
        lines.append(Line(_("Total"), _money_cells(whole.money), total=True))
    return {"heads": heads, "lines": lines, "first": _("Part")}


def _part_cells(part: Part) -> list[tuple[str, str]]:
    return [(components.CLOSED, "")] * 10 if part.money is None else _money_cells(part.money)


def _money_cells(money: Money) -> list[tuple[str, str]]:
    measures = money.measures
    due = None if money.due is None else float(money.due)
    budget = None if money.budget is None else float(money.budget)
    over = None if money.over_budget is None else float(money.over_budget)
    left = money.left
    return [
        (_amount(budget), ""),
        (_amount(due), ""),
        (_amount(money.actual), ""),
        _against(None if money.over_plan is None else float(money.over_plan), due),
        (_amount(money.committed), ""),
        (_amount(money.forecast), "is-strong"),
        _against(over, budget),
        (_amount(left), "is-red" if left is not None and left < 0 else ""),
        (_index(None if measures is None else measures.spi), _tone(None if measures is None else measures.spi)),
        (_index(None if measures is None else measures.cpi), _tone(None if measures is None else measures.cpi)),
    ]


def _tone(index: float | None) -> str:
    state = _index_state(index)
    return f"is-{state}" if state else ""
