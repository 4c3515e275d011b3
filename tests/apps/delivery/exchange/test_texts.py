"""Durations, predecessors and resources as people type them, and back."""

from __future__ import annotations

import doctest
import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.apps.delivery.exchange.texts import (
    Predecessor,
    Span,
    TextError,
    Units,
    duration_text,
    lag_text,
    parse_duration,
    parse_predecessors,
    parse_resources,
    predecessor_text,
    resource_text,
)

UNITS = st.sampled_from(["m", "h", "d", "w", "mo", "y", "em", "eh", "ed", "ew", "emo"])
SHORT_WEEK = Units(minutes_per_day=450, minutes_per_week=2250)


@pytest.mark.parametrize(
    "name", ["texts", "amounts", "cells", "columns", "inspection", "limits", "protrack", "writing"]
)
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"quarterdeck.apps.delivery.exchange.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("text", "minutes", "unit"),
    [
        ("3d", 1440, "d"),
        ("3 days", 1440, "d"),
        ("2w", 4800, "w"),
        ("2 wks", 4800, "w"),
        ("4h", 240, "h"),
        ("30m", 30, "m"),
        ("90 mins", 90, "m"),
        ("1mo", 9600, "mo"),
        ("3ed", 4320, "ed"),
        ("2 elapsed hours", 120, "eh"),
        ("1,5d", 720, "d"),
        ("2w 3d 4h", 6480, "w"),
        ("5", 2400, "d"),
        ("0", 0, "d"),
    ],
)
def test_durations(text: str, minutes: int, unit: str) -> None:
    assert parse_duration(text) == Span(minutes, unit)


def test_a_guess_is_marked() -> None:
    assert parse_duration("5d?") == Span(2400, "d", estimated=True)
    assert duration_text(2400, "w", estimated=True) == "1w?"


@pytest.mark.parametrize("text", ["", "soon", "3x", "d", "3d now", "-3d", "3d 4eh", "?", "1.2.3d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(TextError, match=r"is no duration\. Write it as 3d"):
        parse_duration(text)


def test_days_are_as_long_as_the_plan_says() -> None:
    assert parse_duration("2d", SHORT_WEEK).minutes == 900
    assert parse_duration("2ed", SHORT_WEEK).minutes == 2880
    assert duration_text(2250, "w", SHORT_WEEK) == "1w"


@given(st.integers(0, 10**7), UNITS, st.sampled_from([Units(), SHORT_WEEK]))
def test_what_is_written_reads_back_to_the_minute(minutes: int, unit: str, units: Units) -> None:
    found = parse_duration(duration_text(minutes, unit, units), units)
    assert (found.minutes, found.elapsed) == (minutes, unit.startswith("e"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", [Predecessor("12")]),
        ("12FS+3d;15SS-50%", [
            Predecessor("12", lag=1440),
            Predecessor("15", "START_START", -5000, "PERCENT", lag_unit="%"),
        ]),
        ("12ff", [Predecessor("12", "FINISH_FINISH")]),
        ("3SF+2ed", [Predecessor("3", "START_FINISH", 2880, "ELAPSED", lag_unit="ed")]),
        ("4FS+25e%", [Predecessor("4", lag=2500, unit="PERCENT", calendar="AROUND_THE_CLOCK", lag_unit="e%")]),
        ("4,5,6", [Predecessor("4"), Predecessor("5"), Predecessor("6")]),
        ("1FS+1,5d,2", [Predecessor("1", lag=720), Predecessor("2")]),
        ("A1010: FF 3 days", [Predecessor("A1010", "FINISH_FINISH", 1440)]),
        ("1.2.3SS", [Predecessor("1.2.3", "START_START")]),
        ("A-10", [Predecessor("A-10")]),
        ("7-2d", [Predecessor("7", lag=-960)]),
        ("7FS−1w", [Predecessor("7", lag=-2400, lag_unit="w")]),
        (" ; ", []),
    ],
)  # fmt: skip
def test_predecessors(text: str, found: list[Predecessor]) -> None:
    assert list(parse_predecessors(text)) == found


@pytest.mark.parametrize(
    ("text", "problem"),
    [("12FS+", "is no predecessor"), ("12FS+d", "is no predecessor"), ("12FS+3x", "has no lag that is understood")],
)
def test_what_is_no_predecessor(text: str, problem: str) -> None:
    with pytest.raises(TextError, match=f"“{re.escape(text)}” {problem}"):
        parse_predecessors(text)


@given(
    st.integers(1, 9999),
    st.sampled_from(["FINISH_START", "START_START", "FINISH_FINISH", "START_FINISH"]),
    st.integers(-100_000, 100_000),
    st.sampled_from(["WORKING", "ELAPSED", "PERCENT"]),
    UNITS,
)
def test_a_link_reads_back(task: int, kind: str, lag: int, unit: str, typed: str) -> None:
    lag_unit = "%" if unit == "PERCENT" else typed
    text = predecessor_text(str(task), kind, lag, unit=unit, lag_unit=lag_unit)
    found = parse_predecessors(f"{text};77")
    assert [each.task for each in found] == [str(task), "77"]
    assert (found[0].kind, found[0].lag) == (kind, lag)
    assert not lag or found[0].unit == unit


def test_lags_and_resources_are_written_short() -> None:
    assert lag_text(-5050, "PERCENT", "%") == "-50.5%"
    assert resource_text("Bob", 0.125) == "Bob 12.5%"
    assert parse_resources("Ann Lee; Bob 12.5%;;Crane (50 %)") == (("Ann Lee", 1.0), ("Bob", 0.125), ("Crane", 0.5))
