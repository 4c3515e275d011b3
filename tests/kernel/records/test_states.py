"""Each value goes into history and comes back the same, and equal values are kept alike."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from quarterdeck.kernel.audit.states import encode

FIVE_EAST = dt.timezone(dt.timedelta(hours=5))
VALUES: list[tuple[models.Field[Any, Any], Any]] = [
    (models.TimeField(), dt.time(8, 30, 0, 250)),
    (models.DateField(), dt.date(1, 1, 1)),
    (models.DateTimeField(), dt.datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=dt.UTC)),
    (models.DurationField(), dt.timedelta(days=400, seconds=1, microseconds=7)),
    (models.DurationField(), dt.timedelta(days=-1, seconds=5)),
    (models.DecimalField(max_digits=18, decimal_places=2), Decimal("-9999999999999999.99")),
    (models.DecimalField(max_digits=18, decimal_places=2), Decimal("1E+3")),
    (models.DecimalField(max_digits=18, decimal_places=2), Decimal("-0.00")),
    (models.BigIntegerField(), 2**62 + 1),
    (models.BooleanField(), False),
    (models.UUIDField(), uuid.UUID(int=7)),
    (models.JSONField(), {"amount": 12.5, "currency": "EUR"}),
    (models.TextField(), "a\u2028b \U0001f6a2"),
]


@pytest.mark.parametrize(("field", "value"), VALUES, ids=lambda value: getattr(value, "description", None) and "")
def test_comes_back_the_same(field: models.Field[Any, Any], value: Any) -> None:
    kept = json.loads(json.dumps(encode(value), cls=DjangoJSONEncoder))
    assert field.to_python(kept) == value


def test_equal_values_are_kept_alike() -> None:
    moment = dt.datetime(2026, 3, 17, 9, 0, tzinfo=dt.UTC)
    assert encode(moment) == encode(moment.astimezone(FIVE_EAST))
    assert encode(Decimal("10.50")) == encode(Decimal("10.5")) == "10.5"
    assert encode(Decimal("-0.0")) == encode(Decimal(0)) == "0"
