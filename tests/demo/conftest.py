"""The demo, built for all tests of a module at once: one build takes the best part of a minute."""

import datetime as dt
import json
import os
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

#: Everything in the demo is relative to it: a leap day just after midnight, which must break no rule. It lies in the
#: past: to pages, which ask the clock, nobody has a role yet that begins on a day to come.
NOW = dt.datetime(2024, 2, 29, 0, 5, tzinfo=dt.UTC)
#: The file by which a run on SQLite hands its facts to the one on PostgreSQL.
HANDED = "DEMO_FACTS"


def facts() -> Any:
    """Return what two builds must have in common, row by row."""
    found = (
        list(Initiative.objects.values_list("code", "name", "state", "stage", "planned_finish", "budget")),
        list(Person.objects.order_by("code").values_list("code", "name", "email", "ends_on")),
        list(
            ExchangeRate.objects.order_by("valid_on", "from_currency__code").values_list(
                "valid_on", "from_currency__code", "rate"
            )
        ),
        list(Change.objects.order_by("id").values_list("at", "record_type", "label", "note")),
    )
    return json.loads(json.dumps(found, default=str))


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """Build the demo as of NOW, inside a transaction taken back after the module; two builds must give the same.

    Where both databases are tried, each builds once and they are compared; else a second build is.
    """
    before: Any = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = Path(tmp_path_factory.mktemp("demo-media"))
    handed = Path(os.environ[HANDED]) if HANDED in os.environ else None
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            earlier = handed.read_text() if handed is not None and handed.exists() else None
            if handed is None:
                first = transaction.savepoint()
                demo.build(now=NOW)
                earlier = json.dumps(facts())
                transaction.savepoint_rollback(first)
            found = demo.build(now=NOW)
            if earlier is not None:
                assert facts() == json.loads(earlier)
            elif handed is not None:
                handed.write_text(json.dumps(facts()))
            yield found
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            settings.MEDIA_ROOT = before
