"""Columns of many rows written at once: each row gets its own values, nothing else is touched."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.db.columns import write_columns
from tests.cast import assemble

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_of_every_kind() -> None:
    cast = assemble()
    first, second, other = (cast.north.make(Initiative) for _number in range(3))
    write_columns(
        Initiative,
        [first.pk, second.pk],
        {
            "name": ["One, “two” {3}", "Zwei"],
            "planned_start": [dt.date(2026, 1, 5), None],
            "time_tolerance": [7, None],
            "custom": [{"a": [1]}, {}],
            "budget": [None, "12.50"],
        },
    )
    rows = Initiative.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk")
    told = rows.values_list("name", "planned_start", "time_tolerance", "custom")
    assert list(told) == [("One, “two” {3}", dt.date(2026, 1, 5), 7, {"a": [1]}), ("Zwei", None, None, {})]
    assert [str(each) for each in rows.values_list("budget", flat=True)] == ["None", "12.50"]
    assert Initiative.objects.get(pk=other.pk).name == other.name


def test_nothing_is_written_for_nothing(django_assert_num_queries: object) -> None:
    write_columns(Initiative, [], {"name": []})
    write_columns(Initiative, [1], {})
    assert not Initiative.objects.exists()
