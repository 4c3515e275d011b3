"""The common scale: points, groups, marks, each with the value expected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quarterdeck.kernel.needs.order import MOST, due_text, group_of, rag_of, weigh
from quarterdeck.kernel.needs.registry import Need

TODAY = dt.date(2026, 3, 17)
NOW = dt.datetime(2026, 3, 17, 9, 30, tzinfo=dt.UTC)


def need(due: int | None = None, **more: object) -> Need:
    facts: dict[str, object] = {"title": "T", "kind": "K", "reason": "R", "url": "", "icon": "x", "since": NOW}
    if due is not None:
        facts["due_on"] = TODAY + dt.timedelta(days=due)
    return Need(**(facts | more))  # type: ignore[arg-type]  # a test's shorthand


def points(one: Need) -> int:
    return weigh(one, today=TODAY, currency="GBP").points


@pytest.mark.parametrize(
    ("due", "expected"),
    [(None, 0), (30, 0), (12, 0), (11, 2), (7, 10), (1, 22), (0, 25), (-1, 26), (-10, 35), (-99, 35)],
)
def test_points_of_a_date(due: int | None, expected: int) -> None:
    assert points(need(due)) == expected


@pytest.mark.parametrize(("cost", "expected"), [(5, 0), (10, 0), (100, 8), (1000, 16), (10_000, 24), (10**9, 30)])
def test_points_of_money(cost: int, expected: int) -> None:
    assert points(need(cost_per_day=Decimal(cost))) == expected


@pytest.mark.parametrize(("severity", "expected"), [("high", 20), ("medium", 10), ("low", 3), ("", 0)])
def test_points_of_a_broken_rule(severity: str, expected: int) -> None:
    assert points(need(severity=severity)) == expected


def test_people_and_age() -> None:
    assert [points(need(holds_up=n)) for n in (0, 1, 2, 3)] == [0, 4, 8, 8]
    assert [points(need(since=NOW - dt.timedelta(days=n))) for n in (6, 7, 20, 400)] == [0, 1, 2, 7]


def test_all_together_make_100_and_each_part_is_explained() -> None:
    worst = need(-40, cost_per_day=Decimal(10**7), severity="high", holds_up=9, since=NOW - dt.timedelta(days=300))
    weight = weigh(worst, today=TODAY, currency="GBP")
    assert weight.points == 100 == sum(MOST.values())
    assert [(part.label, part.points, part.fact) for part in weight.parts] == [
        ("Date", 35, "overdue 40 d"),
        ("Money", 30, "£70.0m a week"),
        ("Rule broken", 20, "high"),
        ("People held up", 8, "9 people wait"),
        ("Age", 7, "300 days"),
    ]


@pytest.mark.parametrize(
    ("due", "weight", "expected"),
    [
        (0, 25, "today"),
        (-3, 28, "today"),
        (None, 60, "today"),
        (7, 10, "week"),
        (None, 30, "week"),
        (8, 8, "later"),
        (None, 29, "later"),
    ],
)
def test_groups(due: int | None, weight: int, expected: str) -> None:
    assert group_of(need(due), weight, TODAY) == expected


@pytest.mark.parametrize(
    ("due", "severity", "expected"),
    [
        (-1, "", "red"),
        (0, "", "amber"),
        (7, "", "amber"),
        (8, "", ""),
        (None, "high", "red"),
        (None, "medium", "amber"),
        (None, "low", ""),
    ],
)
def test_marks(due: int | None, severity: str, expected: str) -> None:
    assert rag_of(need(due, severity=severity), TODAY) == expected


def test_dates_in_words() -> None:
    words = [due_text(TODAY + dt.timedelta(days=n), TODAY) for n in (-7, 0, 1, 9, 300)]
    assert words == ["overdue 7 d", "due today", "due tomorrow", "due 26 Mar", "due 11 Jan 2027"]
