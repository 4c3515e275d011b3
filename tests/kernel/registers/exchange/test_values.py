"""Cells as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.utils import translation

from quarterdeck.kernel.registers.exchange import values
from quarterdeck.kernel.registers.exchange.values import CellError, reader_for


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (["1.234,56", "7"], ["1234.56", "7"]),
        (["1,234.56", "1,234"], ["1234.56", "1234"]),
        (["1.234.567", "0,5"], ["1234567", "0.5"]),
        (["0,125"], ["0.125"]),
        (["12,5"], ["12.5"]),
        (["1 234,5", "1\u202f000"], ["1234.5", "1000"]),
        (["\u22125", "(3)", "-2"], ["-5", "-3", "-2"]),
        (["£1,200.50", "EUR 3", "4 %"], ["1200.50", "3", "4"]),
        ([12.0, 0.1, 0.30000000000000004], ["12", "0.1", "0.3"]),
        (["1,234"], ["1234"]),
        (["1e3"], ["1e3"]),
    ],
)
def test_numbers(column: list[Any], numbers: list[str]) -> None:
    read = reader_for(models.DecimalField(max_digits=12, decimal_places=4), column, {})
    assert [read(cell) for cell in column] == [Decimal(n) for n in numbers]


def test_one_comma_and_three_digits_is_read_in_the_readers_language() -> None:
    with translation.override("de"):
        read = reader_for(models.DecimalField(max_digits=12, decimal_places=4), ["1,234"], {})
        assert read("1,234") == Decimal("1.234")


@pytest.mark.parametrize("cell", ["twelve", "1.2.x", "--1", "", True, dt.date(2026, 1, 1), "NaN", "1e999"])
def test_what_is_no_number(cell: Any) -> None:
    with pytest.raises(CellError, match="not a number"):
        values.number(cell)


def test_whole_numbers_only() -> None:
    read = reader_for(models.PositiveIntegerField(), ["2", "2.5"], {})
    assert [read("2"), read(3.0)] == [2, 3]
    with pytest.raises(CellError, match=r"“2\.5” is not a whole number"):
        read("2.5")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-31",
        "31.03.2026",
        "31/03/2026",
        "31 Mar 2026",
        "31 March 2026",
        "2026/03/31",
        "20260331",
        "31-Mar-2026",
        "2026-03-31 00:00:00",
        dt.date(2026, 3, 31),
        dt.datetime(2026, 3, 31, 5),  # noqa: DTZ001  cells know no zone
        46112,
        46112.0,
    ],
)
def test_dates(cell: Any) -> None:
    assert reader_for(models.DateField(), [cell], {})(cell) == dt.date(2026, 3, 31)


def test_a_column_tells_whether_the_day_comes_first() -> None:
    column = ["03/04/2026", "12/31/2026"]
    assert reader_for(models.DateField(), column, {"day_first": True})("03/04/2026") == dt.date(2026, 3, 4)
    assert reader_for(models.DateField(), ["03/04/2026"], {"day_first": True})("03/04/2026") == dt.date(2026, 4, 3)
    assert reader_for(models.DateField(), ["03/04/2026"], {"day_first": False})("03/04/2026") == dt.date(2026, 3, 4)


@pytest.mark.parametrize("cell", ["soon", "2026-02-30", "31/31/2026", "45000", 12, True, "0"])
def test_what_is_no_date(cell: Any) -> None:
    with pytest.raises(CellError, match="write it as 2026-03-31"):
        reader_for(models.DateField(), [cell], {})(cell)


def test_moments_and_times() -> None:
    read = reader_for(models.DateTimeField(), ["2026-03-31 14:30"], {})
    assert read("2026-03-31 14:30") == dt.datetime(2026, 3, 31, 14, 30, tzinfo=dt.UTC)
    assert read("31.03.2026 14:30") == dt.datetime(2026, 3, 31, 14, 30, tzinfo=dt.UTC)
    naive = dt.datetime(2026, 3, 31, 14, 30)  # noqa: DTZ001  cells know no zone
    assert read(naive) == dt.datetime(2026, 3, 31, 14, 30, tzinfo=dt.UTC)
    assert values.time("09:15") == dt.time(9, 15)
    assert values.time(0.5) == dt.time(12)


def test_yes_and_no() -> None:
    assert [values.yes_no(c) for c in ("Yes", "x", "TRUE", 1.0, True, "ja")] == [True] * 6
    assert [values.yes_no(c) for c in ("no", "N", "0", False, "false")] == [False] * 5
    with pytest.raises(CellError, match="neither yes nor no"):
        values.yes_no("maybe")


def test_choices_by_label_or_value() -> None:
    field = models.PositiveSmallIntegerField(choices=[(0, "Monday"), (1, "Tuesday")])
    read = reader_for(field, [], {})
    assert [read("monday"), read("1"), read(1.0)] == [0, 1, 1]
    with pytest.raises(CellError, match="“Caturday” is not one of: Monday, Tuesday"):
        read("Caturday")
