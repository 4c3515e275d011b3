"""Health by rules that are data, against colours worked out by hand; and in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting import health_words
from quarterdeck.apps.reporting.catalogue import RULES, RuleEntry
from quarterdeck.apps.reporting.models import HealthRule, Snapshot
from quarterdeck.apps.reporting.pages.rule_bar import rule_bar
from quarterdeck.apps.reporting.selectors.facts import MONEY, fact
from quarterdeck.apps.reporting.selectors.judging import judge
from quarterdeck.apps.reporting.selectors.rules import rules_in_force, tailored
from quarterdeck.apps.reporting.selectors.signs import signs
from quarterdeck.apps.reporting.services.rules import install_rules
from quarterdeck.kernel.access.actor import Actor
from tests.apps.organisation.conftest import NOW, system  # noqa: F401

TODAY = NOW.date()
AGREED = Initiative(time_tolerance=30, cost_tolerance=Decimal(20))


@pytest.mark.parametrize(
    ("name", "value", "colour"),
    [
        ("days_late", 5, "green"),
        ("days_late", 6, "amber"),
        ("days_late", 15, "amber"),
        ("days_late", 16, "red"),
        ("days_late", -3, "green"),
        ("least_float", 0, "green"),
        ("least_float", -0.5, "amber"),
        ("least_float", -10.5, "red"),
        ("spi_t", 0.95, "green"),
        ("spi_t", 0.9499, "amber"),
        ("spi_t", 0.84, "red"),
        ("over_budget", 3, "green"),
        ("over_budget", 3.01, "amber"),
        ("over_budget", 10.01, "red"),
        ("cpi", 0.85, "amber"),
        ("bound", 105.5, "red"),
        ("accuracy", 89.9, "amber"),
    ],
)
def test_limits_belong_to_the_better_colour(name: str, value: float, colour: str) -> None:
    judged = judge(tailored(RULES), {name: value}, {})
    assert list(judged.colours.values()) == [colour]


def test_a_tolerance_is_the_red_limit_and_amber_keeps_its_share() -> None:
    rules = {rule.entry.input: rule for found in tailored(RULES, AGREED).values() for rule in found}
    assert (rules["days_late"].amber, rules["days_late"].red) == (10, 30)  # 5 of 15, of 30
    assert (rules["over_budget"].amber, rules["over_budget"].red) == (6, 20)  # 3 of 10, of 20
    assert (rules["spi_t"].amber, rules["spi_t"].red) == (0.95, 0.85)
    judged = judge(tailored(RULES, AGREED), {"days_late": 16}, {})
    assert judged.colours == {"time": "amber"}
    assert judged.why["time"]["rules"][0]["tolerance"] == "time"


def test_the_worst_rule_makes_the_dimension_and_the_worst_dimension_the_whole() -> None:
    judged = judge(tailored(RULES), {"days_late": 12, "spi_t": 0.7, "cpi": 1.1, "accuracy": 100}, {})
    assert judged.colours == {"time": "red", "cost": "green", "data": "green"}
    assert judged.colour == "red"
    assert judged.why["time"]["fired"] == "spi_t"
    assert judged.why["time"]["back"] == [
        {"input": "days_late", "value": 5, "by": -7.0},
        {"input": "spi_t", "value": 0.95, "by": 0.25},
    ]


def test_what_is_not_known_is_not_green() -> None:
    assert judge(tailored(RULES), {"accuracy": 100}, {}).colour == ""
    assert judge(tailored(RULES), {"accuracy": 80}, {}).colour == "amber"
    assert judge(tailored(RULES), {"accuracy": 100, "days_late": 0}, {}).colour == "green"
    assert judge(tailored(RULES), {}, {}).colours == {}


def test_own_rules_take_the_place_of_those_that_ship(system: Actor) -> None:  # noqa: F811
    assert rules_in_force() == RULES
    HealthRule.objects.create(dimension="time", input="days_late", direction="at most", amber=1, red=2)
    HealthRule.objects.create(dimension="cost", input="cpi", direction="at least", amber=1, red=0.9, is_active=False)
    found = {entry.input: entry for entry in rules_in_force()}
    assert found["days_late"] == RuleEntry("time", "days_late", "at most", 1, 2)
    assert "cpi" not in found
    assert len(found) == len(RULES) - 1
    assert install_rules(actor=system) == len(RULES) - 2
    assert install_rules(actor=system) == 0


def test_a_rule_in_the_wrong_order_is_refused() -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="Red comes after amber"):
        HealthRule(dimension="time", input="days_late", direction="at most", amber=5, red=4).clean()
    with pytest.raises(ValidationError, match="another dimension"):
        HealthRule(dimension="cost", input="days_late", direction="at most", amber=5, red=6).clean()


def _snapshot(days: int, **more: Any) -> Snapshot:
    return Snapshot(on=TODAY - dt.timedelta(days=days), **more)


def test_percent_that_stands_still_is_told_with_its_day() -> None:
    past = [_snapshot(28, percent=30.0), _snapshot(21, percent=40.0), _snapshot(7, percent=40.0)]
    now = _snapshot(0, percent=40.0)
    found = signs(now, past, under_way=True, future=0, unstatused=0)
    assert found == [{"key": "frozen", "since": (TODAY - dt.timedelta(days=21)).isoformat(), "value": 40.0}]
    assert signs(now, past, under_way=False, future=0, unstatused=0) == []
    assert signs(now, past[2:], under_way=True, future=0, unstatused=0) == []


def test_a_forecast_that_never_leaves_the_baseline_is_told() -> None:
    day = dt.date(2026, 9, 1)
    past = [_snapshot(back, forecast_finish=day, baseline_finish=day, percent=float(back)) for back in (42, 28, 14)]
    now = _snapshot(0, forecast_finish=day, baseline_finish=day, percent=0.5)
    assert [sign["key"] for sign in signs(now, past, under_way=True, future=0, unstatused=0)] == ["on_plan"]
    moved = [*past, _snapshot(7, forecast_finish=dt.date(2026, 9, 2), baseline_finish=day)]
    assert signs(now, moved, under_way=True, future=0, unstatused=0) == []


def test_green_but_slow_and_dates_that_cannot_be() -> None:
    now = _snapshot(0, colours={"time": "green"}, spi_t=0.89)
    assert [sign["key"] for sign in signs(now, [], under_way=True, future=2, unstatused=1)] == [
        "green_but_slow",
        "future",
        "unstatused",
    ]
    called = _snapshot(0, colours={"time": "red"}, own_colour="green", spi_t=0.5)
    assert [sign["key"] for sign in signs(called, [], under_way=True, future=0, unstatused=0)] == ["green_but_slow"]


def test_why_in_words_and_without_money() -> None:
    facts = {
        "time": [fact("forecast_finish", "date", dt.date(2026, 5, 4), source="plan", name="Plan")],
        "cost": [fact("eac", MONEY, Decimal("1200000.0000"), source="money", currency="GBP")],
    }
    judged = judge(tailored(RULES, AGREED), {"days_late": 35, "over_budget": 8.5}, facts)
    snapshot = Snapshot(on=TODAY, colour=judged.colour, colours=judged.colours, facts=judged.why)
    time, cost = health_words.whys(snapshot, money=True, today=TODAY)
    assert (time.verdict, time.value, time.reason) == ("Time is red", "+35 d", "Finish 35 d late, tolerance 30 d")
    assert (time.facts[0].label, time.facts[0].value) == ("Forecast finish", "4 May")
    assert list(time.back) == ["Win back 25 d: finish at most 10 d late"]
    assert (cost.verdict, cost.value, cost.facts[0].value) == ("Cost is amber", "+8.5%", "£1.20m")
    assert health_words.worst_reason(snapshot, money=True) == "Finish 35 d late, tolerance 30 d"
    closed = health_words.why(snapshot, "cost", money=False, today=TODAY)
    assert (closed.value, closed.facts[0].value, closed.reason) == ("•••", "•••", "Cost beyond its limit")
    assert (closed.rule, list(closed.back), closed.limits) == ("", [], None)
    assert "+35 d; amber from 10 d, red from 30 d" in rule_bar(time.limits or {})
