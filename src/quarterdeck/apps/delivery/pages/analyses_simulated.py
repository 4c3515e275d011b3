"""What a page says of a simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.models import Plan, PlanAnalysis
from quarterdeck.apps.delivery.pages.analyses_charts import (
    amount,
    cost_chart,
    day,
    finish_chart,
    share,
    signed,
    tornado,
)
from quarterdeck.kernel.ui.components import CLOSED, number

#: Tasks that a page lists; the file has all.
TOP: Final = 20
#: From which chance on a date counts as safe, and below which as in danger.
SAFE, DANGER = 0.8, 0.5
TARGETS: Final = {
    "asked": gettext_lazy("Target %(day)s"),
    "deadline": gettext_lazy("Deadline %(day)s"),
    "must": gettext_lazy("Must finish %(day)s"),
    "baseline": gettext_lazy("Baseline finish %(day)s"),
    "plan": gettext_lazy("Planned finish %(day)s"),
}
BUDGETS: Final = {
    "asked": gettext_lazy("Target %(amount)s"),
    "baseline": gettext_lazy("Baseline %(amount)s"),
    "project": gettext_lazy("Budget %(amount)s"),
}


def state_of(chance: float) -> str:
    """Return the colour of a chance: green from 80 %, red below 50 %."""
    return "green" if chance >= SAFE else "amber" if chance >= DANGER else "red"


def past(days: float) -> str:
    """Return how far a finish lies from the date to be kept."""
    found = round(abs(days), 1)
    if not found:
        return _("on that day")
    words = _("%(days)s working days past it") if days > 0 else _("%(days)s working days before it")
    return words % {"days": number(found, 1)}


def line(run: PlanAnalysis, money: bool) -> dict[str, Any]:
    """Return the figures of a run in the list of runs."""
    if run.result is None:
        return {}
    finish, cost = run.result["finish"], run.result["cost"]
    return {
        "chance": share(finish["chance"]),
        "chance_state": state_of(finish["chance"]),
        "target": day(finish["target"], year=True),
        "p50": day(finish["marks"]["50"], year=True),
        "p80": day(finish["marks"]["80"], year=True),
        "cost": "–" if cost is None else amount(cost["marks"]["80"], run.result["currency"]) if money else CLOSED,
    }


def shown(run: PlanAnalysis, plan: Plan, *, money: bool) -> dict[str, Any]:
    """Return everything that the page of a run shows."""
    told: dict[str, Any] = run.result or {}
    finish, cost = told["finish"], told["cost"]
    target = str(TARGETS[finish["target_kind"]]) % {"day": day(finish["target"], year=True)}
    currency = told["currency"]
    chance = _("%(target)s, chance %(chance)s") % {"target": target, "chance": share(finish["chance"])}
    tasks = told["tasks"]
    return {
        "cells": _cells(told, target, money),
        "currency": currency,
        "finish_chart": finish_chart(finish, chance),
        "bins": {1: _("by day"), 7: _("by week")}.get(finish["days"], _("by %(days)d days") % {"days": finish["days"]}),
        "iterations": number(run.options["iterations"]),
        "tornado": tornado(told["drivers"]) if told["drivers"] else "",
        "drivers": [{**each, "share": share(each["share"])} for each in told["drivers"]],
        "responses": _responses(told, money),
        "target_day": day(finish["target"]),
        "has_cost": cost is not None,
        "cost_chart": cost_chart(cost, currency, _budget(cost, currency)) if cost is not None and money else "",
        "tasks": [_task(tasks, place) for place in range(min(TOP, len(tasks["id"])))],
        "task_count": len(tasks["id"]),
        "inputs": _inputs(run, told),
        "notices": told["inputs"]["notices"],
    }


def _cells(told: Mapping[str, Any], target: str, money: bool) -> list[dict[str, str]]:
    """Return the tiles: chance, P50, P80, cost, both."""
    finish, cost, marks = told["finish"], told["cost"], told["finish"]["marks"]
    cells = [
        {
            "label": target,
            "value": share(finish["chance"]),
            "note": _("chance to keep it"),
            "state": state_of(finish["chance"]),
        },
        {
            "label": _("P50 finish"),
            "value": day(marks["50"], year=True),
            "note": _("plan %(plan)s, chance %(chance)s")
            % {"plan": day(finish["planned"]), "chance": share(finish["planned_chance"])},
        },
        {"label": _("P80 finish"), "value": day(marks["80"], year=True), "note": past(finish["past"]["80"])},
    ]
    if cost is None:
        return cells
    budget = ""
    if cost["budget"] is not None and money:
        words = _budget(cost, told["currency"])
        budget = _("%(budget)s, chance %(chance)s") % {"budget": words, "chance": share(cost["chance"])}
    value = amount(cost["marks"]["80"], told["currency"]) if money else CLOSED
    cells.append({"label": _("P80 cost"), "value": value, "note": budget})
    if told["both"] is not None:
        both = share(told["both"]) if money else CLOSED
        cells.append({"label": _("Both together"), "value": both, "note": _("time and cost, joint confidence")})
    return cells


def _budget(cost: Mapping[str, Any], currency: str) -> str:
    """Return what the money to be kept is, and how much."""
    if cost["budget"] is None:
        return ""
    return str(BUDGETS[cost["budget_kind"]]) % {"amount": amount(cost["budget"], currency)}


def _responses(told: Mapping[str, Any], money: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"] or _("All together"),
            "for": each["for"],
            "all": each["risk"] is None,
            "days": signed(each["days"]),
            "cost": amount(each["cost"], told["currency"]) if money else CLOSED,
            "chance": share(each["chance"]),
        }
        for each in told["responses"]
    ]


def _task(tasks: Mapping[str, Any], place: int) -> dict[str, Any]:
    return {
        "row": tasks["row"][place],
        "name": tasks["name"][place],
        "criticality": share(tasks["criticality"][place]),
        "bar": tasks["criticality"][place] * 100,
        "cruciality": f"{tasks['cruciality'][place]:.2f}".replace("-0.00", "0.00"),
        "sensitivity": "–" if tasks["sensitivity"][place] is None else f"{tasks['sensitivity'][place]:.2f}",
        "duration": number(round(tasks["duration"][place], 1), 1),
        "planned": day(tasks["planned"][place], year=True),
        "p50": day(tasks["p50"][place], year=True),
        "p80": day(tasks["p80"][place], year=True),
    }


def _inputs(run: PlanAnalysis, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the figures follow from."""
    given, options = told["inputs"], run.options
    within = _("within each phase") if options["within"] == "phase" else _("between all tasks")
    correlation = f"{options['correlation']:g} {within}" if options["correlation"] else _("none")
    found = [
        (_("Plan"), _("revision %(n)s") % {"n": run.revision}),
        (
            _("Estimates"),
            _("%(n)s of %(all)s tasks") % {"n": number(given["estimated"]), "all": number(given["open"])},
        ),
    ]
    if given["spread"]:
        spread = f"{signed_share(options['low'])} / {signed_share(options['high'])}"
        words = _("%(spread)s on %(n)s tasks") % {"spread": spread, "n": number(given["spread"])}
        found.append((_("Spread for the others"), words))
    return [
        *found,
        (_("Risks"), _("%(n)s of %(all)s hit something") % {"n": given["risks"], "all": given["noted"]}),
        (_("Correlation"), correlation),
        (_("Where paths meet"), _("%(days)s d on the mean") % {"days": signed(given["merge_bias"])}),
        (_("P80 is known within"), _("± %(days)s days") % {"days": number(round(given["known_within"], 1), 1)}),
        (
            _("Seed, runs, time"),
            f"{options['seed']}, {number(options['iterations'])}, {number(round(told['seconds'], 2), 2)} s",
        ),
    ]


def signed_share(value: float) -> str:
    """Return percent with their sign.

    >>> signed_share(-10.0), signed_share(25.0)
    ('−10 %', '+25 %')
    """
    return f"{'−' if value < 0 else '+'}{abs(value):g} %"


def rows(run: PlanAnalysis) -> Iterator[list[Any]]:
    """Yield the lines of the file of all tasks."""
    tasks = (run.result or {})["tasks"]
    yield [
        _("Row"),
        _("Task"),
        _("Criticality"),
        _("Rank correlation"),
        _("Sensitivity"),
        _("Mean duration, d"),
        _("Planned finish"),
        "P10",
        "P50",
        "P80",
        "P90",
    ]
    names = ("row", "name", "criticality", "cruciality", "sensitivity", "duration")
    dates = ("planned", "p10", "p50", "p80", "p90")
    for place in range(len(tasks["id"])):
        yield [
            *("" if tasks[name][place] is None else tasks[name][place] for name in names),
            *(day(tasks[name][place], year=True) for name in dates),
        ]


def compared(older: PlanAnalysis, newer: PlanAnalysis, plan: Plan, *, money: bool) -> list[dict[str, str]]:
    """Return the figures of two runs side by side, with what changed."""
    one, two = older.result or {}, newer.result or {}
    sides = [one["finish"], two["finish"]]
    found = [
        {
            "name": _("Chance to keep the date"),
            "older": f"{share(sides[0]['chance'])}, {day(sides[0]['target'], year=True)}",
            "newer": f"{share(sides[1]['chance'])}, {day(sides[1]['target'], year=True)}",
            "change": f"{signed(100 * (sides[1]['chance'] - sides[0]['chance']))} %",
        }
    ]
    for mark in ("10", "50", "80", "90"):
        ends = [side["marks"][mark] for side in sides]
        found.append(
            {
                "name": _("P%(mark)s finish") % {"mark": mark},
                "older": day(ends[0], year=True),
                "newer": day(ends[1], year=True),
                "change": _("%(days)s days") % {"days": signed((ends[1] - ends[0]) / 1440)},
            }
        )
    costs = [one["cost"], two["cost"]]
    for mark in ("50", "80") if None not in costs else ():
        amounts = [cost["marks"][mark] for cost in costs]
        texts = [amount(each, two["currency"]) if money else CLOSED for each in (*amounts, amounts[1] - amounts[0])]
        found.append(
            {"name": _("P%(mark)s cost") % {"mark": mark}, "older": texts[0], "newer": texts[1], "change": texts[2]}
        )
    for label, name in ((_("Estimates"), "estimated"), (_("Risks"), "risks")):
        counts = [side["inputs"][name] for side in (one, two)]
        found.append({"name": label, "older": str(counts[0]), "newer": str(counts[1]), "change": signed_count(counts)})
    return found


def signed_count(counts: list[int]) -> str:
    """Return how a count changed.

    >>> signed_count([3, 5]), signed_count([2, 2])
    ('+2', '0')
    """
    change = counts[1] - counts[0]
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{abs(change)}"
