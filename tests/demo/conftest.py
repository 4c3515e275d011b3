"""The demo, built for all tests of a module at once: one build takes a quarter of a minute."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from quarterdeck import demo
from quarterdeck.apps.organisation.models import ExchangeRate
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.building import Built
from quarterdeck.kernel.audit.models import Change

#: A Thursday afternoon; everything in the demo is relative to it.
NOW = dt.datetime(2026, 5, 21, 14, 30, tzinfo=dt.UTC)


def facts() -> tuple[Any, ...]:
    """Return what two builds must have in common, row by row."""
    return (
        list(Initiative.objects.values_list("code", "name", "state", "stage", "planned_finish", "budget")),
        list(Person.objects.order_by("code").values_list("code", "name", "email", "ends_on")),
        list(
            ExchangeRate.objects.order_by("valid_on", "from_currency__code").values_list(
                "valid_on", "from_currency__code", "rate"
            )
        ),
        list(Change.objects.order_by("id").values_list("at", "record_type", "label", "note")),
    )


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """Build the demo as of NOW twice, which must give the same, inside a transaction taken back after the module."""
    before: Any = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = Path(tmp_path_factory.mktemp("demo-media"))
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            first = transaction.savepoint()
            earlier = (demo.build(now=NOW), facts())
            transaction.savepoint_rollback(first)
            second = demo.build(now=NOW)
            assert (second, facts()) == earlier
            yield second
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            settings.MEDIA_ROOT = before
