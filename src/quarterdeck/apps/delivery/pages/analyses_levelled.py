"""What a page says of a levelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterdeck.apps.delivery.models import Plan, PlanAnalysis
from quarterdeck.apps.delivery.pages.analyses_charts import day, load_chart, signed
from quarterdeck.kernel.ui.components import number

#: Moves and charts of resources that a page shows; the file and the table have all.
MOVES, CHARTS = 300, 6
GOALS: Final = {
    "finish": gettext_lazy("Earliest finish"),
    "priority": gettext_lazy("By priority"),
    "float": gettext_lazy("Within float"),
}


def hours(value: float) -> str:
    """Return hours, to a tenth."""
    return number(round(value, 1), 1)


def line(run: PlanAnalysis, _money: bool) -> dict[str, Any]:
    """Return the figures of a run in the list of runs."""
    found = {"goal": GOALS[run.options["goal"]]}
    if run.result is None:
        return found
    told = run.result
    return found | {
        "before": day(told["finish_before"], year=True),
        "after": day(told["finish_after"], year=True),
        "moves": len(told["moves"]),
        "over": f"{hours(_over(told, 'before'))} → {hours(_over(told, 'after'))} h",
    }


def _over(told: Mapping[str, Any], side: str) -> float:
    return sum(float(each[f"over_{side}"]) for each in told["resources"])


def shown(run: PlanAnalysis, plan: Plan, *, money: bool) -> dict[str, Any]:
    """Return everything that the page of a run shows."""
    told: dict[str, Any] = run.result or {}
    loads = told["resources"]
    over = [each for each in loads if each["over_before"] or each["over_after"]]
    return {
        "cells": _cells(told),
        "goal": GOALS[told["goal"]],
        "moves": [{**move, **_move(move)} for move in told["moves"][:MOVES]],
        "move_count": len(told["moves"]),
        "adoptable": bool(told["delays"]["task"]),
        "charts": [
            {"name": each["name"], "drawn": load_chart(each), **_load(each)} for each in (over or loads)[:CHARTS]
        ],
        "loads": [_load(each) for each in loads],
        "still_over": _over(told, "after") > 0,
        "late": [
            {"name": each["name"], "by": day(each["by"], year=True), "finish": day(each["finish"], year=True)}
            for each in told["late"]
        ],
        "capped": told["capped"],
        "inputs": _inputs(run, told),
    }


def _cells(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the tiles: finish before and after, how good it is, what is still over, how much moves."""
    before, after = told["finish_before"], told["finish_after"]
    moved = after - before
    days = round(moved / 1440)
    late = ngettext("%(n)d day later", "%(n)d days later", days) % {"n": days}
    soon = ngettext("%(n)d day sooner", "%(n)d days sooner", -days) % {"n": -days}
    change = _("as before") if not days else late if days > 0 else soon
    over = [_over(told, side) for side in ("before", "after")]
    state = "green" if over[1] <= 0 else "amber" if over[1] < over[0] else "red"
    cells = [
        {"label": _("Finish before"), "value": day(before, year=True), "note": _("with what is above the limits")},
        {"label": _("Finish after"), "value": day(after, year=True), "note": change},
        {
            "label": _("Above the limits"),
            "value": f"{hours(over[1])} h",
            "note": _("%(hours)s h before") % {"hours": hours(over[0])},
            "state": state,
        },
        {
            "label": _("Tasks moved"),
            "value": number(len(told["moves"])),
            "note": _("of %(n)s still to be done") % {"n": number(told["tasks"])},
        },
    ]
    if told["goal"] == "float":
        return cells
    if told["proven"]:
        value, note = _("Proven"), _("no schedule is shorter")
    elif told["gap"] is None:
        value, note = "–", ""
    else:
        value = _("within %(gap)s %%") % {"gap": number(round(told["gap"] * 100, 1), 1)}
        note = _("not before %(day)s") % {"day": day(told["bound"], year=True)}
    return [*cells, {"label": _("How good"), "value": value, "note": note}]


def _load(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": told["name"],
        "units": f"{told['units']:g}",
        "peak": f"{told['peak_before']:g} → {told['peak_after']:g}",
        "over_before": hours(told["over_before"]),
        "over_after": hours(told["over_after"]),
        "state": "green" if told["over_after"] <= 0 else "red",
    }


def _move(move: Mapping[str, Any]) -> dict[str, str]:
    return {
        "old": day(move["old"], year=True),
        "new": day(move["new"], year=True),
        "until": day(move["finish"], year=True),
        "days": signed(move["days"]),
        "why": why(move),
    }


def why(move: Mapping[str, Any]) -> str:
    """Return in words why a task moved."""
    by = ", ".join(f"“{name}”" for name in move["by"])
    who = ", ".join(move["resources"])
    if move["cause"] == "predecessor":
        return _("Waits for %(by)s.") % {"by": by}
    if move["cause"] == "resource" and who:
        return (
            _("%(who)s is at %(by)s until then.") % {"who": who, "by": by}
            if by
            else _("%(who)s has no room before.") % {"who": who}
        )
    if move["days"] < 0:
        return _("Need not wait any longer.")
    return _("Moved inside its float, for a more even load, or follows what moved.")


def _inputs(run: PlanAnalysis, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was asked, and what was looked at."""
    found = [
        (_("Aim"), str(GOALS[told["goal"]])),
        (_("Plan"), _("revision %(n)s") % {"n": run.revision}),
        (_("Resources"), number(len(run.options["resources"]))),
        (_("Tasks that stay"), number(told["held"])),
    ]
    if "schedules" in told:
        found.append((_("Schedules tried"), number(told["schedules"])))
        if told["slot"] > 1:
            found.append((_("Reckoned in steps of"), _("%(n)s min") % {"n": told["slot"]}))
    return [*found, (_("Time taken"), f"{number(round(told['seconds'], 1), 1)} s")]


def rows(run: PlanAnalysis) -> Iterator[list[Any]]:
    """Yield the lines of the file of all moves."""
    yield [_("Row"), _("Task"), _("Start before"), _("Start after"), _("Finish after"), _("Working days"), _("Why")]
    for move in (run.result or {})["moves"]:
        told = _move(move)
        yield [move["row"], move["name"], told["old"], told["new"], told["until"], told["days"], told["why"]]
