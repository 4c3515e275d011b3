"""The same present gives the same demo."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from quarterdeck import demo
from quarterdeck.apps.organisation.models import ExchangeRate
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from tests.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _once(now: dt.datetime) -> tuple[Any, ...]:
    with transaction.atomic():
        built = demo.build(now=now)
        facts = (
            built,
            list(Initiative.objects.values_list("code", "name", "state", "stage", "planned_finish", "budget")),
            list(Person.objects.order_by("code").values_list("code", "name", "email")),
            list(ExchangeRate.objects.values_list("valid_on", "from_currency__code", "rate")),
        )
        transaction.set_rollback(True)
    return facts


def test_two_builds_are_equal() -> None:
    assert _once(NOW) == _once(NOW)


def test_it_can_be_built_on_any_day() -> None:
    """A Sunday, the turn of the year, the end of a February: no rule is broken, the counts stay."""
    for now in (dt.datetime(2028, 2, 29, 0, 5, tzinfo=dt.UTC), dt.datetime(2027, 1, 3, 23, 50, tzinfo=dt.UTC)):
        built, *_rest = _once(now)
        assert (built.projects, built.people, built.users) == (60, 70, 67)
