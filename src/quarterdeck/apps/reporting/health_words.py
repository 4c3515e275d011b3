"""Snapshots in words: facts, the rule that fired, the nearest way back to green, honesty signs.

Snapshots keep no words; here they get those of the reader's language, and lose what the reader may not see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quarterdeck.apps.reporting.choices import Dimension, Direction, Input
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.facts import DAYS, INDEX, MONEY, PERCENT
from quarterdeck.kernel.ui import components

Text = str | Promise
#: Figures that tell of money without being an amount.
OF_MONEY: Final = frozenset({Input.OVER_BUDGET, Input.BOUND, Input.CPI, "cpi"})
KIND_OF: Final[Mapping[str, str]] = {
    Input.DAYS_LATE: DAYS,
    Input.DAYS_OVERDUE: DAYS,
    Input.LEAST_FLOAT: DAYS,
    Input.SPI_T: INDEX,
    Input.CPI: INDEX,
    Input.OVER_BUDGET: PERCENT,
    Input.BOUND: PERCENT,
    Input.ACCURACY: PERCENT,
    Input.RED_SHARE: PERCENT,
    Input.OFF_SHARE: PERCENT,
}
LABELS: Final[Mapping[str, Text]] = {
    "forecast_finish": gettext_lazy("Forecast finish"),
    "baseline_finish": gettext_lazy("Baseline finish"),
    "planned_finish": gettext_lazy("Planned finish"),
    "last_finish": gettext_lazy("Last forecast finish"),
    "late_tasks": gettext_lazy("Late tasks"),
    Input.DAYS_LATE: gettext_lazy("Late"),
    Input.DAYS_OVERDUE: gettext_lazy("Past planned finish"),
    Input.LEAST_FLOAT: gettext_lazy("Least float"),
    Input.SPI_T: gettext_lazy("Earned schedule SPI(t)"),
    "budget": gettext_lazy("Budget"),
    "eac": gettext_lazy("Forecast at completion"),
    "ac": gettext_lazy("Actual cost"),
    "committed": gettext_lazy("Committed"),
    Input.OVER_BUDGET: gettext_lazy("Forecast over budget"),
    Input.BOUND: gettext_lazy("Spent and committed"),
    Input.CPI: gettext_lazy("Cost performance CPI"),
    "spi": gettext_lazy("Schedule performance SPI"),
    Input.ACCURACY: gettext_lazy("Facts in order"),
    "no_sponsor": gettext_lazy("No sponsor"),
    "no_manager": gettext_lazy("No manager"),
    "no_dates": gettext_lazy("No planned dates"),
    "no_purpose": gettext_lazy("No purpose"),
    "no_budget": gettext_lazy("No budget"),
    "no_plan": gettext_lazy("No plan"),
    "no_baseline": gettext_lazy("No baseline"),
    "no_cost": gettext_lazy("Work done, no cost posted"),
    "old_status": gettext_lazy("Under way, status date old"),
    "undated": gettext_lazy("Tasks without dates"),
    "unstatused": gettext_lazy("Dates passed, not reported on"),
    "future": gettext_lazy("Actual dates in the future"),
    "reds": gettext_lazy("Red"),
    "ambers": gettext_lazy("Amber"),
    "on_time": gettext_lazy("Forecast on time"),
    Input.RED_SHARE: gettext_lazy("Red projects"),
    Input.OFF_SHARE: gettext_lazy("Projects off green"),
}
OWNERS: Final[Mapping[str, Text]] = {
    "manager": gettext_lazy("manager"),
    "sponsor": gettext_lazy("sponsor"),
    "pmo": gettext_lazy("PMO"),
}
VERDICTS: Final[Mapping[str, Text]] = {
    "green": gettext_lazy("%(what)s is green"),
    "amber": gettext_lazy("%(what)s is amber"),
    "red": gettext_lazy("%(what)s is red"),
    "": gettext_lazy("%(what)s is not assessed"),
}


@dataclass(frozen=True)
class ShownFact:
    """One fact in words; `state` colours the value where a rule found it beyond a limit."""

    label: str
    value: str
    source: str
    url: str = ""
    state: str = ""


@dataclass(frozen=True)
class Why:
    """One dimension in words. `limits` are value, amber and red limit of the rule that fired, to be drawn."""

    key: str
    label: str
    colour: str
    verdict: str
    value: str
    reason: str
    facts: Sequence[ShownFact]
    rule: str
    others: Sequence[str]
    back: Sequence[str]
    limits: Mapping[str, Any] | None


def whys(snapshot: Snapshot, *, money: bool, today: dt.date) -> list[Why]:
    """Return what made each dimension what it is; without `money`, figures that tell of it are closed."""
    keys = [key for key in Dimension.values if isinstance(snapshot.facts.get(key), dict)]
    return [why(snapshot, key, money=money, today=today) for key in keys]


def why(snapshot: Snapshot, key: str, *, money: bool, today: dt.date) -> Why:
    """Return what made one dimension what it is."""
    told: Mapping[str, Any] = snapshot.facts[key]
    rules = {rule["input"]: rule for rule in told["rules"]}
    fired = rules.get(told["fired"])
    open_ = money or fired is None or fired["input"] not in OF_MONEY
    colour = snapshot.colour if key == Dimension.PARTS else snapshot.colours.get(key, "")
    label = str(Dimension(key).label)
    shown = [_fact(each, rules, money=money, today=today) for each in told["facts"]]
    return Why(
        key=key,
        label=label,
        colour=colour,
        verdict=str(VERDICTS[colour]) % {"what": _("The whole") if key == Dimension.PARTS else label},
        value=_headline(snapshot, key, fired, open_=open_),
        reason=reason(snapshot, key, money=money),
        facts=shown,
        rule=_rule(fired) if fired and open_ else "",
        others=[_agrees(rule, fired) for rule in rules.values() if fired and rule is not fired and _open(rule, money)],
        back=[_back(each, snapshot) for each in told["back"] if money or each["input"] not in OF_MONEY],
        limits=fired if open_ else None,
    )


def _headline(snapshot: Snapshot, key: str, fired: Mapping[str, Any] | None, *, open_: bool) -> str:
    """Return the figure that a tile shows: of a node how many projects are off green, else what the rule looked at."""
    if fired is None:
        return "–"
    if key == Dimension.PARTS:
        off, total = snapshot.reds + snapshot.ambers, snapshot.reds + snapshot.ambers + snapshot.greens
        return _("%(off)d of %(total)d off green") % {"off": off, "total": total}
    return figure(fired["input"], fired["value"]) if open_ else components.CLOSED


def reason(snapshot: Snapshot, key: str, *, money: bool) -> str:
    """Return in one line why a dimension is what it is: the figure that decided and its limit."""
    told = snapshot.facts.get(key) or {}
    fired = next((rule for rule in told.get("rules", ()) if rule["input"] == told.get("fired")), None)
    if fired is None:
        return ""
    if not _open(fired, money):
        return _("Cost beyond its limit") if fired["colour"] != "green" else _("Cost within its limit")
    name, value = fired["input"], fired["value"]
    if name in (Input.RED_SHARE, Input.OFF_SHARE):
        return _of_parts(snapshot)
    limit = fired["red"] if "tolerance" in fired or fired["colour"] == "red" else fired["amber"]
    text = _REASONS[name] if "tolerance" not in fired else _TOLERATED[name]
    return str(text) % {"value": figure(name, value, sign=False), "limit": figure(name, limit, sign=False)}


_REASONS: Final[Mapping[str, Text]] = {
    Input.DAYS_LATE: gettext_lazy("Finish %(value)s late, limit %(limit)s"),
    Input.DAYS_OVERDUE: gettext_lazy("Open %(value)s past its planned finish, limit %(limit)s"),
    Input.LEAST_FLOAT: gettext_lazy("Least float %(value)s, limit %(limit)s"),
    Input.SPI_T: gettext_lazy("SPI(t) %(value)s, limit %(limit)s"),
    Input.OVER_BUDGET: gettext_lazy("Forecast %(value)s over budget, limit %(limit)s"),
    Input.CPI: gettext_lazy("CPI %(value)s, limit %(limit)s"),
    Input.BOUND: gettext_lazy("Spent and committed %(value)s of budget, limit %(limit)s"),
    Input.ACCURACY: gettext_lazy("%(value)s of facts in order, limit %(limit)s"),
}
_TOLERATED: Final[Mapping[str, Text]] = {
    **_REASONS,
    Input.DAYS_LATE: gettext_lazy("Finish %(value)s late, tolerance %(limit)s"),
    Input.DAYS_OVERDUE: gettext_lazy("Open %(value)s past its planned finish, tolerance %(limit)s"),
    Input.OVER_BUDGET: gettext_lazy("Forecast %(value)s over budget, tolerance %(limit)s"),
}


def worst_reason(snapshot: Snapshot, *, money: bool) -> str:
    """Return why the whole is off green: the reasons of its worst dimensions, two at most; "" where it is not."""
    if snapshot.colour not in ("amber", "red"):
        return ""
    if Dimension.PARTS in snapshot.facts:
        return reason(snapshot, Dimension.PARTS, money=money)
    worst = [key for key in Dimension.values if snapshot.colours.get(key) == snapshot.colour]
    found = [text for key in worst if (text := reason(snapshot, key, money=money))]
    return "; ".join(found[:2])


def figure(name: str, value: float | None, *, sign: bool = True) -> str:
    """Return a figure of a rule with its unit: `+12 d`, `0.93`, `5.5%`."""
    if value is None:
        return "–"
    kind = KIND_OF[name]
    if kind == INDEX:
        return components.number(value, 2)
    places = 0 if float(value).is_integer() else 1
    signed = sign and name in (Input.DAYS_LATE, Input.OVER_BUDGET)
    unit = _("%(n)s d") if kind == DAYS else "%(n)s%%"
    text = str(components.signed(value, places)) if signed else components.number(value, places)
    return unit % {"n": text}


def _open(rule: Mapping[str, Any], money: bool) -> bool:
    return money or rule["input"] not in OF_MONEY


def _of_parts(snapshot: Snapshot) -> str:
    total = snapshot.reds + snapshot.ambers + snapshot.greens
    values = {"reds": snapshot.reds, "ambers": snapshot.ambers, "count": total}
    return _("%(reds)d red and %(ambers)d amber of %(count)d projects") % values


def _fact(each: Mapping[str, Any], rules: Mapping[str, Any], *, money: bool, today: dt.date) -> ShownFact:
    key = each["key"]
    closed = not money and (each["kind"] == MONEY or key in OF_MONEY)
    value = components.CLOSED if closed else _value(each, today)
    colour = rules[key]["colour"] if key in rules else ""
    return ShownFact(
        str(LABELS.get(key, key)),
        value,
        _source(each, today),
        each.get("url", ""),
        colour if colour in ("red", "amber") and not closed else "",
    )


def _value(each: Mapping[str, Any], today: dt.date) -> str:
    value, told = each["value"], each.get("told", {})
    if value is None:
        return "–"
    match each["kind"]:
        case "date":
            return components.date_text(dt.date.fromisoformat(value), today)
        case "money":
            return components.money_text(Decimal(value), told.get("currency", ""), short=True)
        case "count":
            return components.number(value)
        case "index":
            return components.number(value, 2)
        case kind:
            places = 0 if float(value).is_integer() else 1
            return (_("%(n)s d") if kind == DAYS else "%(n)s%%") % {"n": components.number(value, places)}


_SOURCES: Final[Mapping[str, Text]] = {
    "plan": gettext_lazy("plan “%(name)s”"),
    "baseline": gettext_lazy("first baseline"),
    "calendar": gettext_lazy("working days, the plan’s calendar"),
    "weekdays": gettext_lazy("Monday to Friday"),
    "deadlines": gettext_lazy("working days, to deadlines and finish"),
    "tasks": gettext_lazy("of %(of)s tasks"),
    "to": gettext_lazy("to %(on)s"),
    "initiative": gettext_lazy("as agreed"),
    "money": gettext_lazy("money of the project"),
    "budget": gettext_lazy("of the budget"),
    "facts": gettext_lazy("of %(of)s looked at"),
    "owner": gettext_lazy("of %(of)s, owner: %(owner)s"),
    "of_projects": gettext_lazy("of %(of)s assessed"),
    "of_forecast": gettext_lazy("of %(of)s with plan and baseline"),
    "plans": gettext_lazy("latest of all plans"),
    "sum": gettext_lazy("sum of projects"),
    "measured": gettext_lazy("%(measured)s of %(of)s with earned value"),
}


def _source(each: Mapping[str, Any], today: dt.date) -> str:
    told = dict(each.get("told", {}))
    if "on" in told:
        told["on"] = components.date_text(dt.date.fromisoformat(told["on"]), today)
    if "owner" in told:
        told["owner"] = OWNERS[told["owner"]]
    text = str(_SOURCES.get(each.get("source", ""), ""))
    said = text % told if text else ""
    if told.get("since"):
        day = components.date_text(dt.date.fromisoformat(told["since"]), today)
        said = f"{said}, {_('status date %(day)s') % {'day': day}}"
    return said


def _rule(rule: Mapping[str, Any]) -> str:
    """Return the rule that fired as a sentence."""
    name = rule["input"]
    values = {
        "what": Input(name).label,
        "amber": figure(name, rule["amber"], sign=False),
        "red": figure(name, rule["red"], sign=False),
    }
    if rule["direction"] == Direction.AT_MOST:
        text = {
            "green": _("%(what)s: at most %(amber)s is green."),
            "amber": _("%(what)s: more than %(amber)s and at most %(red)s is amber."),
            "red": _("%(what)s: more than %(red)s is red."),
        }[rule["colour"]]
    else:
        text = {
            "green": _("%(what)s: at least %(amber)s is green."),
            "amber": _("%(what)s: below %(amber)s and at least %(red)s is amber."),
            "red": _("%(what)s: below %(red)s is red."),
        }[rule["colour"]]
    said = str(text % values)
    if "tolerance" in rule:
        said += " " + _("The red limit is the tolerance agreed.")
    return said


def _agrees(rule: Mapping[str, Any], fired: Mapping[str, Any]) -> str:
    values = {
        "what": Input(rule["input"]).label,
        "value": figure(rule["input"], rule["value"]),
        "colour": str(components.RAG_WORDS[rule["colour"]]).lower(),
    }
    text = (
        _("%(what)s agrees: %(value)s.") if rule["colour"] == fired["colour"] else _("%(what)s: %(value)s, %(colour)s.")
    )
    return str(text % values)


def _back(each: Mapping[str, Any], snapshot: Snapshot) -> str:
    name, value, by = each["input"], each["value"], each["by"]
    if name in (Input.RED_SHARE, Input.OFF_SHARE):
        total = snapshot.reds + snapshot.ambers + snapshot.greens
        count = ceil(abs(by) / 100 * total - 1e-6)
        words: Callable[[int], str] = (
            (lambda n: ngettext("%(n)d project less at red", "%(n)d projects less at red", n))
            if name == Input.RED_SHARE
            else (lambda n: ngettext("%(n)d project less off green", "%(n)d projects less off green", n))
        )
        return words(count) % {"n": count}
    texts = {
        Input.DAYS_LATE: _("Win back %(by)s: finish at most %(to)s late"),
        Input.DAYS_OVERDUE: _("Finish it, or agree a later finish"),
        Input.LEAST_FLOAT: _("Win back %(by)s of float"),
        Input.SPI_T: _("Raise SPI(t) by %(by)s to %(to)s"),
        Input.OVER_BUDGET: _("Bring the forecast down by %(by)s of the budget, to %(to)s over it"),
        Input.CPI: _("Raise CPI by %(by)s to %(to)s"),
        Input.BOUND: _("Release %(by)s of the budget from what is spent and committed"),
        Input.ACCURACY: _("Put %(by)s more of the facts in order, to %(to)s"),
    }
    values = {"by": figure(name, abs(by), sign=False), "to": figure(name, value, sign=False)}
    return str(texts[Input(name)] % values)


def since(past: Sequence[Snapshot], key: str, colour: str) -> dt.date | None:
    """Return since when a dimension has had its colour; None where the trend does not go back to another one."""
    found: dt.date | None = None
    for each in reversed(past):
        then = each.colour if key == Dimension.PARTS else each.colours.get(key, "")
        if then != colour:
            return found
        found = each.on
    return None


_SIGNS: Final[Mapping[str, Text]] = {
    "frozen": gettext_lazy("Percent complete has stood at %(value)s%% since %(since)s, with work under way"),
    "on_plan": gettext_lazy("The forecast has been the baseline to the day since %(since)s, with work under way"),
    "green_but_slow": gettext_lazy("Green, with an SPI(t) of %(value)s"),
    "future": gettext_lazy("%(value)s tasks have actual dates in the future"),
    "unstatused": gettext_lazy("%(value)s tasks are past their dates and not reported on"),
}


def sign_message(sign: Mapping[str, Any]) -> tuple[Text, dict[str, Any]]:
    """Return an honesty sign as a message with its values, to be put into words when it is read."""
    values: dict[str, Any] = {}
    if "value" in sign:
        value = float(sign["value"])
        values["value"] = int(value) if value.is_integer() else value
    if "since" in sign:
        values["since"] = dt.date.fromisoformat(sign["since"])
    return _SIGNS[sign["key"]], values


def sign_text(sign: Mapping[str, Any], today: dt.date) -> str:
    """Return an honesty sign in words."""
    values: dict[str, str] = {}
    if "value" in sign:
        value = sign["value"]
        places = 2 if sign["key"] == "green_but_slow" else 0 if float(value).is_integer() else 1
        values["value"] = components.number(value, places)
    if "since" in sign:
        values["since"] = components.date_text(dt.date.fromisoformat(sign["since"]), today)
    return str(_SIGNS[sign["key"]]) % values
