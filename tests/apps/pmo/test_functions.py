"""Every check of the product serves exactly one function, and every function that ships has an accountability."""

from __future__ import annotations

import pytest

from quarterdeck.apps.pmo.catalogue import LADDER, P3O, SETS, TABLE, TAKES
from quarterdeck.apps.pmo.choices import Function, Rung
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.functions import Served, checks_serving, declare, serving, unmapped


def test_every_check_of_the_product_serves_one_function_of_the_catalogue() -> None:
    assert unmapped() == []
    assert sorted(name for key in Function.values for name in checks_serving(key)) == sorted(checks)


def test_no_two_functions_take_the_same_name() -> None:
    names = [name for takes in TAKES.values() for name in takes]
    assert len(names) == len(set(names))
    with pytest.raises(ValueError, match=r"delivery\.schedule"):
        declare(Served("another", "Another", ("delivery.schedule",)))


@pytest.mark.parametrize(
    ("function", "key"),
    [
        ("delivery.schedule", "timeframes"),
        ("delivery.reporting", "reporting"),
        ("delivery.anything", "timeframes"),
        ("governance.risk", "risk"),
        ("governance.elsewhere", "secretariat"),
        ("people.qualifications", "competence"),
        ("pmo.accountabilities", "performance"),
        ("engagement.communications", "communications"),
    ],
)
def test_the_exact_name_goes_before_the_beginning(function: str, key: str) -> None:
    served = serving(function)
    assert served is not None
    assert served.key == key


def test_a_function_that_nothing_takes_is_found() -> None:
    assert serving("kitchen.coffee") is None


def test_the_templates_are_the_table_of_eight_and_the_fifteen_of_a_p3o() -> None:
    assert (len(TABLE), len(P3O)) == (8, 15)
    assert sorted(entry.function for entry in SETS["all"]) == sorted(Function)


def test_each_rung_comes_no_earlier_than_the_one_before() -> None:
    for days in LADDER.values():
        assert [days[rung] for rung in Rung] == sorted(days.values())
