"""Two plans of a project side by side: what moved, by how much and why, and how milestones wandered."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from quarterdeck.apps.delivery.pages import compare_words as words
from quarterdeck.apps.delivery.pages.plan import address
from quarterdeck.apps.delivery.selectors import comparing, plans
from quarterdeck.apps.delivery.selectors.comparing import Compared, Line, Side
from quarterdeck.apps.delivery.selectors.trends import days_of, trends
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.engine.calendar import instant
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel.registers.exchange.export import csv_cell
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Rows shown at once; the file has all.
MOST: Final = 300
SORTS: Final[dict[str, Callable[[Line], Any]]] = {
    "start": lambda line: line.start,
    "finish": lambda line: line.finish,
    "duration": lambda line: line.span,
    "work": lambda line: line.work,
    "cost": lambda line: line.cost,
}


class _Asked:
    """What an address asks for: the plan, what can be compared, and the two sides."""

    def __init__(self, request: HttpRequest, code: str, key: int | None) -> None:
        self.actor, self.frame = actor_of(request), frame_of(request)
        initiative = plans.project_at(code, actor=self.actor)
        self.plans = list(plans.plans_of(code, actor=self.actor)) if initiative is not None else []
        plan = next((each for each in self.plans if key in (None, each.pk)), None)
        if initiative is None or plan is None or not self.actor.can("view", plans.PLAN):
            raise Http404
        self.initiative, self.plan = initiative, plan
        self.moment = self.frame.moment
        self.options = comparing.options(plan, self.plans, self.moment)
        self.today = self.frame.date
        self.keys = {
            "older": request.GET.get("older") or comparing.usual(plan, self.options),
            "newer": request.GET.get("newer") or comparing.NOW,
        }
        self.on = {which: _date(request.GET.get(f"{which}_on", "")) or self._weeks_ago() for which in self.keys}
        self.money = plans.sees_money(plan, self.actor)

    def _weeks_ago(self) -> dt.date:
        return self.today - dt.timedelta(weeks=4)

    def side(self, which: str) -> Side | None:
        """Return one of the sides; None where there is none. Raises EngineError."""
        others = {each.pk: each for each in self.plans}
        return comparing.side(
            self.keys[which], self.plan, others=others, on=self.on[which], moment=self.moment, actor=self.actor
        )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
@login_required
def page(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Show how two plans of a project differ."""
    asked = _Asked(request, code, key)
    vars(request)["nav_key"] = "plans"
    context: dict[str, Any] = {
        "initiative": asked.initiative,
        "tabs": tabs_of(asked.initiative, asked.actor, "plan"),
        "plan": asked.plan,
        "back": address(asked.plan),
        "sides": [
            (which, label, asked.keys[which], asked.on[which])
            for which, label in (("older", _("From")), ("newer", _("To")))
        ],
        "options": asked.options,
        "today": asked.today,
        "query": request.GET.urlencode(),
    }
    try:
        older, newer = asked.side("older"), asked.side("newer")
        if older is None or newer is None:
            missing = asked.on["older" if older is None else "newer"]
            context["trouble"] = _("There was no such plan on %(day)s. Choose a later date or another plan.") % {
                "day": words.day(missing, asked.today)
            }
        else:
            found = comparing.compared(older, newer, asked.plan, money=asked.money)
            context |= _shown(request, asked, found)
    except EngineError as error:
        context["trouble"] = str(error)
    return render(request, "delivery/compare.html", context)


def _shown(request: HttpRequest, asked: _Asked, found: Compared) -> dict[str, Any]:
    """Return what the page shows of a comparison."""
    everything = request.GET.get("all") == "1"
    sort = request.GET.get("sort", "-finish")
    rows = _sorted([line for line in found.lines if everything or line.differs], sort, money=asked.money)
    ledger = comparing.ledger(found.older, found.newer)
    context = {
        "found": found,
        "cells": words.cells(found, money=asked.money, currency=asked.plan.currency, today=asked.today),
        "heads": _heads(sort, money=asked.money),
        "lines": [words.line(line, found, asked.plan.currency, asked.today) for line in rows[:MOST]],
        "more": len(rows) - MOST if len(rows) > MOST else 0,
        "everything": everything,
        "money": asked.money,
        "changes": words.changes(found),
        "ledger": None if ledger is None else words.ledger(ledger, found, asked.today),
        "dates_only": [side.label for side in (found.older, found.newer) if side.schedule is None],
    }
    now = found.newer.now if found.newer.plan.pk == asked.plan.pk else None
    if now is not None and found.newer.key == comparing.NOW:
        wandered = trends(asked.plan, now, days_of(asked.plan, asked.today))
        context["trend"] = words.trend(wandered, asked.plan, asked.today)
    return context


def _sorted(lines: list[Line], sort: str, *, money: bool) -> list[Line]:
    """Return lines by a variance, those without one last; in the order of the plan unless one is named."""
    name = sort.lstrip("-")
    if name not in SORTS or (name == "cost" and not money):
        return lines
    known = [line for line in lines if SORTS[name](line) is not None]
    rest = [line for line in lines if SORTS[name](line) is None]
    return [*sorted(known, key=SORTS[name], reverse=sort.startswith("-")), *rest]


HEADS: Final = (
    ("start", gettext_lazy("Start, d")),
    ("finish", gettext_lazy("Finish, d")),
    ("duration", gettext_lazy("Duration, d")),
    ("work", gettext_lazy("Work, h")),
    ("cost", gettext_lazy("Cost")),
)


def _heads(sort: str, *, money: bool) -> list[tuple[str, str, str]]:
    """Return the columns that sort: the next sort, what is said, and how they sort now."""
    found = []
    for name, label in HEADS:
        if name == "cost" and not money:
            continue
        now = "descending" if sort == f"-{name}" else "ascending" if sort == name else "none"
        found.append((name if now == "descending" else f"-{name}", str(label), now))
    return found


@require_safe
@login_required
def export(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Send the whole table as CSV."""
    asked = _Asked(request, code, key)
    try:
        older, newer = asked.side("older"), asked.side("newer")
        if older is None or newer is None:
            raise Http404
        found = comparing.compared(older, newer, asked.plan, money=asked.money)
    except EngineError as error:
        raise Http404 from error
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerows([csv_cell(cell) for cell in row] for row in _rows(found, money=asked.money))
    name = slugify(f"{asked.initiative.code} compared") or "compared"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _rows(found: Compared, *, money: bool) -> Iterator[list[Any]]:
    """Yield the table as plain values, led by its heads."""
    heads: list[Any] = [
        _("Task"),
        _("State"),
        _("Start before"),
        _("Finish before"),
        _("Start after"),
        _("Finish after"),
    ]
    yield [*heads, *(str(label) for name, label in HEADS if money or name != "cost")]
    for line in found.lines:
        dates = [
            None if at is None else instant(at).date()
            for dated in (line.older, line.newer)
            for at in ((None, None) if dated is None else (dated.start, dated.finish))
        ]
        spans = [None if span is None else _days(span, found) for span in (line.start, line.finish, line.span)]
        work = None if line.work is None else Decimal(str(round(line.work / 60, 2)))
        yield [line.name, words.state(line), *dates, *spans, work, *([line.cost] if money else [])]


def _days(span: int, found: Compared) -> Decimal:
    return Decimal(str(round(span / found.per_day, 2)))
