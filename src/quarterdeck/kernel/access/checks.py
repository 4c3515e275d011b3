"""System checks: no record without a stated scope."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record


def _leads_to_scope(model: type[models.Model], path: str) -> bool:
    current: type[models.Model] = model
    for part in path.split("__"):
        try:
            related = current._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return False
        if not isinstance(related, type):
            return False
        current = related
    return current is Scope


@checks.register(checks.Tags.models)
def every_record_states_its_scope(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Each concrete `Record` states `row_scope`, and each path in it leads to `Scope`."""
    found: list[checks.CheckMessage] = []
    for model in apps.get_models():
        if not issubclass(model, Record):
            continue
        paths = getattr(model, "row_scope", None)
        if not isinstance(paths, tuple):
            found.append(checks.Error(f"{model.__name__} states no row_scope.", obj=model, id="access.E001"))
            continue
        found += [
            checks.Error(f"row_scope “{path}” of {model.__name__} does not lead to Scope.", obj=model, id="access.E002")
            for path in paths
            if not _leads_to_scope(model, path)
        ]
    return found
