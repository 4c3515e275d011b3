"""The demo, built once for all tests of this folder: it takes a quarter of a minute."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from quarterdeck import demo
from quarterdeck.demo.building import Built

#: A Thursday afternoon; everything in the demo is relative to it.
NOW = dt.datetime(2026, 5, 21, 14, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """Build the demo as of NOW inside a transaction that is taken back after the module's tests."""
    before: Any = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = Path(tmp_path_factory.mktemp("demo-media"))
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            yield demo.build(now=NOW)
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            settings.MEDIA_ROOT = before
