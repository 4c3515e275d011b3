"""A status report in words: what page, phone and paper show of its frozen facts, the same on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.health_words import reason, sign_text
from quarterdeck.apps.reporting.models import Snapshot, StatusReport
from quarterdeck.kernel.notifications.messages import render
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell

NONE = "–"


@dataclass(frozen=True)
class Health:
    """One dimension: its colour, and why in one line."""

    label: str
    colour: str
    why: str


@dataclass(frozen=True)
class Milestone:
    """One milestone: agreed and expected day, how far apart, whether done."""

    name: str
    baseline: str
    finish: str
    slip: str
    done: bool
    state: str


@dataclass(frozen=True)
class Trouble:
    """One open finding: what is wrong with what, who owns it, until when."""

    record: str
    text: str
    state: str
    owner: str
    due: str
    late: bool


@dataclass(frozen=True)
class Moved:
    """One thing that is not as it was in the last published report."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """All that a report says but for its narrative."""

    health: str
    verdict: str
    own: str
    own_reason: str
    dimensions: tuple[Health, ...]
    cells: tuple[Cell, ...]
    money: tuple[Cell, ...]
    milestones: tuple[Milestone, ...]
    troubles: tuple[Trouble, ...]
    moved: tuple[Moved, ...]
    signs: tuple[str, ...]
    on: dt.date | None
    assessed_on: dt.date | None
    since: str


def told(report: StatusReport, *, money: bool) -> Told:
    """Return a report's facts in words; amounts only where `money` is open to the reader."""
    facts = report.facts
    previous = report.previous
    on = day(facts.get("on"))
    colour = str(facts.get("colour") or "")
    own: Mapping[str, Any] = facts.get("own") or {}
    return Told(
        health=colour,
        verdict=verdict(facts),
        own=str(own.get("colour") or ""),
        own_reason=str(own.get("reason") or ""),
        dimensions=tuple(_dimensions(facts, money=money)),
        cells=tuple(_cells(facts, on, money=money)),
        money=tuple(_amounts(report, money=money)),
        milestones=tuple(_milestones(facts, on)),
        troubles=tuple(_troubles(facts, on)),
        moved=tuple(_moved(report, previous, on, money=money)),
        signs=tuple(sign_text(one, on or dt.date.max) for one in facts.get("signs", ())),
        on=on,
        assessed_on=day(facts.get("assessed_on")),
        since=previous.period.name if previous is not None else "",
    )


def day(text: Any) -> dt.date | None:
    """Return a kept day."""
    return dt.date.fromisoformat(text) if text else None


def verdict(facts: Mapping[str, Any]) -> str:
    """Return how it stands in one line: "Forecast 12 d late, tolerance 15 d"."""
    late, tolerance = facts.get("days_late"), facts.get("time_tolerance")
    if late is None:
        return ""
    if late > 0:
        said = _("Forecast %(days)d d late") % {"days": late}
    elif late < 0:
        said = _("Forecast %(days)d d early") % {"days": -late}
    else:
        said = _("Forecast on its baseline")
    return said if tolerance is None else _("%(said)s, tolerance %(days)d d") % {"said": said, "days": tolerance}


def _dimensions(facts: Mapping[str, Any], *, money: bool) -> Iterator[Health]:
    # The words of an assessment are those of the dashboard, from what was kept of it.
    kept = Snapshot(colour=facts.get("colour") or "", colours=facts.get("colours") or {}, facts=facts.get("why") or {})
    for one in Dimension:
        if one in kept.colours:
            yield Health(str(one.label), str(kept.colours[one]), reason(kept, one, money=money))


def _cells(facts: Mapping[str, Any], on: dt.date | None, *, money: bool) -> list[Cell]:
    forecast, baseline = day(facts.get("forecast_finish")), day(facts.get("baseline_finish"))
    late = facts.get("days_late")
    finish = forecast or day(facts.get("planned_finish"))
    note = _("as planned") if forecast is None and finish else ""
    if baseline is not None:
        note = _("baseline %(day)s") % {"day": components.date_text(baseline, on)}
        if late:
            note += _(", %(days)s\u00a0d") % {"days": components.signed(late)}
    return [
        Cell(_("Finish"), components.date_text(finish, on) or NONE, note, state=_time_state(facts)),
        Cell(_("Complete"), number(facts.get("percent"), 0, "%"), ""),
        Cell("SPI(t)", number(facts.get("spi_t"), 2), _("schedule, in time")),
        Cell("SPI", number(facts.get("spi"), 2), _("schedule, in work")),
        Cell("CPI", number(facts.get("cpi"), 2) if money else components.CLOSED, _("cost")),
    ]


def _time_state(facts: Mapping[str, Any]) -> str:
    colour = (facts.get("colours") or {}).get(Dimension.TIME, "")
    return colour if colour in ("red", "amber") else ""


def number(value: Any, places: int, unit: str = "") -> str:
    """Return a figure in the reader's locale, or a dash."""
    return NONE if value is None else f"{components.number(value, places)}{unit}"


def _amounts(report: StatusReport, *, money: bool) -> list[Cell]:
    labels = {
        "budget": _("Budget"),
        "ac": _("Actual cost"),
        "ev": _("Earned value"),
        "pv": _("Planned value"),
        "committed": _("Committed"),
        "eac": _("Estimate at completion"),
    }
    if not money:
        return [Cell(label, components.CLOSED) for label in labels.values()]
    note = {}
    if report.budget and report.eac is not None:
        # Of a node, of the projects that have both; reports of before that was kept compare the sums.
        kept = report.facts.get("over_budget")
        over = Decimal(kept) if kept is not None else report.eac - report.budget
        share = components.signed(over / report.budget * 100, 1)
        note["eac"] = _("%(share)s%% against budget") % {"share": share}
    return [Cell(label, amount(report, name), note.get(name, "")) for name, label in labels.items()]


def amount(report: StatusReport, name: str) -> str:
    """Return an amount of a report in words of its currency, or a dash."""
    code = report.currency.code if report.currency else ""
    return components.money_text(getattr(report, name), code, short=True) or NONE


def _milestones(facts: Mapping[str, Any], on: dt.date | None) -> list[Milestone]:
    found = []
    for one in facts.get("milestones", ()):
        slip, finish = one.get("slip"), day(one.get("finish"))
        state = "green" if one.get("done") else "amber" if slip and slip > 0 else ""
        if not one.get("done") and finish is not None and on is not None and finish < on:
            state = "red"
        said = NONE if slip is None else _("%(days)s d") % {"days": components.signed(slip)}
        baseline = components.date_text(day(one.get("baseline")), on) or NONE
        shown = components.date_text(finish, on) or NONE
        found.append(Milestone(one["name"], baseline, shown, said, bool(one.get("done")), state))
    return found


def _troubles(facts: Mapping[str, Any], on: dt.date | None) -> list[Trouble]:
    states = {"high": "red", "medium": "amber"}
    found = []
    for one in facts.get("findings", ()):
        due = day(one.get("due"))
        text = render(one["message"], one.get("values") or {})
        late = bool(due and on and due < on)
        said = components.date_text(due, on)
        found.append(Trouble(one["record"], text, states.get(one["severity"], ""), one.get("owner") or "", said, late))
    return found


def _moved(report: StatusReport, previous: StatusReport | None, on: dt.date | None, *, money: bool) -> list[Moved]:
    if previous is None:
        return []
    facts, before = report.facts, previous.facts
    found = []
    words = components.RAG_WORDS
    if before.get("colour") != facts.get("colour"):
        old, new = (str(words.get(one.get("colour") or "none", words["none"])) for one in (before, facts))
        found.append(Moved(_("Health"), old, new))
    if before.get("forecast_finish") != facts.get("forecast_finish"):
        old, new = (components.date_text(day(one.get("forecast_finish")), on) or NONE for one in (before, facts))
        found.append(Moved(_("Forecast finish"), old, new))
    for name, label, places, unit in (
        ("percent", _("Complete"), 0, "%"),
        ("spi_t", "SPI(t)", 2, ""),
        *((("cpi", "CPI", 2, ""),) if money else ()),
    ):
        old, new = number(before.get(name), places, unit), number(facts.get(name), places, unit)
        if old != new:
            found.append(Moved(label, old, new))
    for name, label in (("ac", _("Actual cost")), ("eac", _("Estimate at completion"))) if money else ():
        old, new = amount(previous, name), amount(report, name)
        if old != new:
            found.append(Moved(label, old, new))
    known = {one["name"]: one.get("finish") for one in before.get("milestones", ())}
    for one in facts.get("milestones", ()):
        was, now = known.get(one["name"]), one.get("finish")
        if was and was != now:
            found.append(Moved(one["name"], components.date_text(day(was), on), components.date_text(day(now), on)))
    return found
