"""Which plans came with costs of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from quarterdeck.apps.delivery.models import Plan
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Action, Change


def plans_with_costs() -> list[int]:
    """Return the keys of the current plans that brought tracking periods with them."""
    return list(
        Plan.objects.filter(is_current=True, source__has_key="periods").order_by("pk").values_list("pk", flat=True)
    )


def undone_since(moment: dt.datetime) -> list[int]:
    """Return the keys of the plans that an Undo has brought, removed, or set back to another file since a moment."""
    rows = Change.objects.filter(record_type=record_type(Plan), at__gte=moment, via="undo")
    rows = rows.filter(~Q(action=Action.CHANGE) | Q(after__has_key="source"))
    return sorted(set(rows.values_list("record_id", flat=True)))


def sources_of(plan_ids: Iterable[int]) -> list[tuple[int, int, dict[str, Any]]]:
    """Return key, project and origin of plans that an Undo has written: as they are, or were before they went."""
    ids = list(plan_ids)
    found = {
        pk: (initiative, source)
        for pk, initiative, source in Plan.objects.filter(pk__in=ids).values_list("pk", "initiative_id", "source")
    }
    gone = Change.objects.filter(record_type=record_type(Plan), record_id__in=set(ids) - found.keys(), via="undo")
    for key, before in gone.order_by("pk").values_list("record_id", "before"):
        if "source" in before:
            found[key] = before["initiative_id"], before["source"]
    return [(key, initiative, source) for key, (initiative, source) in found.items()]
