"""The page of one stock item: what is on hand and why, what tasks need of it, when it runs short."""

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
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quarterdeck.apps.suppliers.choices import MovementKind
from quarterdeck.apps.suppliers.pages.beside import beside
from quarterdeck.apps.suppliers.pages.drawing import availability_chart
from quarterdeck.apps.suppliers.selectors import stock as selectors
from quarterdeck.apps.suppliers.selectors.stock import Need, OnHand, Place, Posted
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

ITEM: Final = "suppliers.stockitem"
MOVEMENT: Final = "suppliers.stockmovement"
#: Needs shown, the next.
NEXT: Final = 12
#: What can be posted from the page: the kind of movement, the side at which the location shown stands, and its icon.
VERBS: Final = (
    (MovementKind.RECEIPT, "target", "circle-arrow-down"),
    (MovementKind.ISSUE, "origin", "circle-arrow-up"),
    (MovementKind.TRANSFER, "origin", "arrow-left-right"),
    (MovementKind.RETURN, "target", "corner-down-left"),
    (MovementKind.COUNT, "origin", "clipboard-check"),
)


@dataclass(frozen=True)
class Verb:
    """A movement that can be posted from the page; the main one stands out."""

    label: str
    href: str
    icon: str
    main: bool


@dataclass(frozen=True)
class PlaceRow:
    """One location of the item."""

    place: Place
    there: str
    needed: str
    minimum: str
    told: str
    href: str
    current: bool


@dataclass(frozen=True)
class NeedRow:
    """One task's need."""

    need: Need
    quantity: str
    opens: bool
    missing: str
    late: bool


@dataclass(frozen=True)
class PostedRow:
    """One movement: signed, with what was there after it."""

    posted: Posted
    change: SafeString
    after: str
    way: str
    cost: str


@require_safe
@login_required
def item_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show an item, as of the date in force; whoever may not see it gets 404."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", ITEM):
        raise Http404
    record = selectors.item_at(code.upper(), actor=actor, moment=frame.moment)
    if record is None:
        raise not_shown(frame)
    if record.url != request.path:
        return redirect(record.url)
    vars(request)["nav_key"] = "stock-items"
    money = actor.sees("money", MOVEMENT, row_paths(record))
    told = selectors.on_hand(
        record, actor=actor, on=frame.date, moment=frame.moment, at=request.GET.get("location", ""), money=money
    )
    may_post = not frame.read_only and record.is_active and actor.can("add", MOVEMENT)
    shown = _charted(told)
    back = {"next": request.get_full_path()}
    return render(
        request,
        "suppliers/stock_item.html",
        {
            **beside(request, actor, frame, record),
            "told": told,
            "measure": record.get_measure_display(),
            "cells": _cells(told, money=money),
            "places": [_place(place, told) for place in told.places],
            "chart": availability_chart(record, shown, told.on, width=640) if shown else None,
            "charted": shown,
            "needs": [_need(need, told) for need in told.needs[:NEXT]],
            "more_needs": max(0, len(told.needs) - NEXT),
            "posted": [_posted(each, told) for each in told.posted],
            "priced": told.valuation is not None,
            "verbs": _verbs(told, back) if may_post else [],
            "may_require": not frame.read_only and actor.can("add", "suppliers.materialrequirement"),
            "require_url": "/material-requirements/new/?" + urlencode({"item": record.pk, **_at(told), **back}),
            "all_url": "/stock-movements/?" + urlencode({"f.item": record.pk}),
            "today": told.on,
        },
    )


def _at(told: OnHand) -> dict[str, int]:
    return {"location": told.at.pk} if told.at is not None else {}


def _charted(told: OnHand) -> Place | None:
    """Return the place whose availability is drawn: the one asked for, else the one that runs short first."""
    drawn = [place for place in told.here if place.projection is not None]
    far = dt.date.max
    return min(drawn, key=lambda each: (each.short_on or far, each.low_on or far, -each.needed), default=None)


def _verbs(told: OnHand, back: dict[str, str]) -> list[Verb]:
    """Return what can be posted, of this item, at the location shown."""
    found = []
    for kind, side, icon in VERBS:
        given: dict[str, Any] = {"kind": kind, "item": told.item.pk}
        if told.at is not None:
            given[side] = told.at.pk
        href = f"/stock-movements/new/?{urlencode({**given, **back})}"
        found.append(Verb(str(kind.label), href, icon, kind == MovementKind.ISSUE))
    return found


def quantity(value: Decimal | float) -> str:
    """Return a quantity with the decimals that it has, three at most."""
    exact = Decimal(str(value)).quantize(Decimal("0.001")).normalize()
    return components.number(exact, max(0, -int(exact.as_tuple().exponent)))


def _cells(told: OnHand, *, money: bool) -> list[Cell]:
    item, measure = told.item, told.item.get_measure_display()
    point = _("reorder point %(point)s") % {"point": quantity(item.reorder_point)} if item.reorder_point else ""
    state = "red" if told.total < 0 else "amber" if told.below else ""
    where = _("at %(place)s") % {"place": told.at.name} if told.at is not None else point
    found = [Cell(_("On hand"), quantity(told.total), where, unit=measure, state=state)]
    if told.moment is None:
        asked = sum((place.needed for place in told.here), Decimal(0))
        found.append(Cell(_("Needed by tasks"), quantity(asked), _("still to be issued"), unit=measure))
        found.append(_short(told))
    if money:
        found.append(_worth(told))
    return found


def _short(told: OnHand) -> Cell:
    """Return when it runs short first, and by when it has to be ordered for that."""
    short = sorted(place.short_on for place in told.here if place.short_on is not None)
    if not short:
        return Cell(_("Runs short"), _("no"), _("of all that tasks need so far"))
    order_by = short[0] - dt.timedelta(days=told.item.lead_days)
    late = (told.on - order_by).days
    note = _("order by %(day)s") % {"day": components.date_text(order_by, told.on)}
    if late > 0:
        note = ngettext("%(days)d day too late to order", "%(days)d days too late to order", late) % {"days": late}
    return Cell(_("Runs short"), components.date_text(short[0], told.on), note, state="red")


def _worth(told: OnHand) -> Cell:
    way = told.item.get_valued_by_display().lower()
    if not told.whole:
        return Cell(_("Value"), "–", _("part of the stock is not yours to see"))
    if told.valuation is None:
        return Cell(
            _("Value"),
            "–",
            _("moved more than %(count)s times: not valued here") % {"count": components.number(selectors.VALUED)},
        )
    each = told.valuation.unit_cost
    note = (
        way
        if each is None
        else _("%(price)s each, %(way)s")
        % {
            "price": components.money_text(Decimal(str(round(each, 2))), told.item.currency.code),
            "way": way,
        }
    )
    amount = Decimal(str(round(told.valuation.value, 2)))
    return Cell(_("Value of all"), components.money_text(amount, told.item.currency.code), note)


def _place(place: Place, told: OnHand) -> PlaceRow:
    words = ""
    if place.short_on is not None:
        words = _("short on %(day)s") % {"day": components.date_text(place.short_on, told.on)}
    elif place.on_hand < 0:
        words = _("below zero")
    elif place.low_on is not None:
        words = _("below minimum on %(day)s") % {"day": components.date_text(place.low_on, told.on)}
    return PlaceRow(
        place,
        quantity(place.on_hand),
        quantity(place.needed) if place.needed else "",
        quantity(place.minimum) if place.minimum else "",
        words,
        f"{told.item.url}?{urlencode({'location': place.location.code})}",
        told.at is not None and place.location.pk == told.at.pk,
    )


def _need(need: Need, told: OnHand) -> NeedRow:
    short = {each.requirement: each.missing for place in told.places for each in place.shortages}
    missing = short.get(need.requirement.pk)
    return NeedRow(
        need,
        quantity(need.open),
        need.task.pk in told.opened,
        "" if missing is None else quantity(missing),
        need.day < told.on,
    )


def _posted(each: Posted, told: OnHand) -> PostedRow:
    row = each.movement
    if row.origin is not None and row.target is not None:
        way = f"{row.origin} → {row.target}"
    else:
        way = str(row.origin or row.target or "")
    places = max(0, -int(each.change.normalize().as_tuple().exponent)) if each.change else 0
    cost = (
        "" if each.cost is None else components.money_text(Decimal(str(round(each.cost, 2))), told.item.currency.code)
    )
    return PostedRow(each, components.signed(each.change, places), quantity(each.after), way, cost)
