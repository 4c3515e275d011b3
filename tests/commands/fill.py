"""Put a few rows with awkward values into every table that takes them: `python -m tests.commands.fill`."""

import datetime as dt
import decimal
import os
import sys
import uuid
from typing import Any

import django
from django.db import DatabaseError, models, transaction

ROWS = 3
MOMENT = dt.datetime(2030, 2, 28, 23, 59, 59, 123456, tzinfo=dt.UTC)


def value(field: Any, n: int) -> Any:
    """Something that this field can hold, different for each row `n`."""
    if field.is_relation:
        found = list(field.related_model._base_manager.order_by("pk")[:ROWS])
        return found[n % len(found)] if found else None
    text = str(field.choices[n % len(field.choices)][0]) if field.choices else f"x{n}"[: field.max_length]
    kinds: list[tuple[type, Any]] = [
        (models.JSONField, {"n": n, "words": ["ä", "'", None, 1.5], "none": None} if n else None if field.null else {}),
        (models.BooleanField, bool(n % 2)),
        (models.DateTimeField, MOMENT + dt.timedelta(hours=n)),
        (models.DateField, MOMENT.date() + dt.timedelta(days=n)),
        (models.TimeField, dt.time(23, n, 59, 999999)),
        (models.DurationField, dt.timedelta(days=n, microseconds=1)),
        (models.DecimalField, decimal.Decimal(n).scaleb(-min(getattr(field, "decimal_places", 0) or 0, 4))),
        (models.FloatField, n + 0.1),
        (models.UUIDField, uuid.uuid5(uuid.NAMESPACE_URL, f"{field}{n}")),
        (models.BinaryField, bytes([0, 255, n])),
        (models.GenericIPAddressField, f"10.0.0.{n}"),
        (models.EmailField, f"person{n}@example.org"),
        (models.FileField, f"folder/ä{n}.txt"),
        (
            models.CharField,
            text,
        ),
        (models.TextField, f"Ünïcode {n}\n\"quoted\", 'too'\t\\ \u2028"),
        (models.IntegerField, n + 1),
    ]
    return next((found for kind, found in kinds if isinstance(field, kind)), None)


def fill(model: type[models.Model]) -> int:
    """How many rows the table took."""
    made = 0
    for n in range(ROWS):
        record = model()
        for field in model._meta.concrete_fields:
            given = value(field, n)
            if not field.primary_key or not isinstance(field, models.AutoField):
                setattr(record, field.name, given)
        try:
            with transaction.atomic():
                record.save(force_insert=True)
            made += 1
        except (DatabaseError, ValueError):
            continue
    return made


def main() -> None:
    """Fill what can be filled, in two rounds since tables depend on each other, and use up a number."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    django.setup()
    from django.apps import apps
    from django.db import connection

    tables = connection.introspection.table_names()
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    empty = [model for model in found if not fill(model)]
    empty = [model for model in empty if not fill(model)]
    from quarterdeck.kernel.access.models import User

    leaver = User.objects.create_user("leaver@example.org", "x", name="Leaver")
    # Past delete(), which looks into tables that may be in the making.
    User.objects.filter(pk=leaver.pk)._raw_delete(connection.alias)
    sys.stdout.write(" ".join([str(len(found)), *(model._meta.db_table for model in empty)]))


if __name__ == "__main__":
    main()
