"""What was said of exceptions before they had handlings goes on to hold, and comes back on the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quarterdeck.kernel.watch.models import Finding

FIRST, LAST = ("watch", "0001_initial"), ("watch", "0003_said_in_handlings")
UNTIL = dt.date(2026, 2, 1)


def to(target: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_was_said_is_kept_both_ways() -> None:
    apps = to(FIRST)
    try:
        findings = apps.get_model("watch", "Finding")
        ann = apps.get_model("access", "User").objects.create(email="ann@example.org", name="Ann")
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        told: dict[str, Any] = {"severity": "high", "rank": 0, "record_type": "a.b", "label": "x", "message": "m"}
        told |= {"first_seen": at, "opened_at": at, "last_seen": at, "check_name": "c"}
        findings.objects.create(record_id=1, **told)
        findings.objects.create(record_id=2, acknowledged_by=ann, acknowledged_at=at, **told)
        findings.objects.create(record_id=3, snoozed_by=ann, snoozed_until=UNTIL, reason="Known", **told)
        to(LAST)
        held = [row.handling for row in Finding.objects.select_related("handling").order_by("record_id")]
        assert held[0] is None
        said = [(one.stage, one.acknowledged_by_id, one.accepted_until, one.reason, one.custom) for one in held if one]
        assert said == [("acknowledged", ann.pk, None, "", {}), ("accepted", ann.pk, UNTIL, "Known", {})]
        to(FIRST)
        rows = findings.objects.order_by("record_id").values_list(
            "acknowledged_by", "snoozed_by", "snoozed_until", "reason"
        )
        assert list(rows) == [(None, None, None, ""), (ann.pk, None, None, ""), (ann.pk, ann.pk, UNTIL, "Known")]
    finally:
        to(LAST)
