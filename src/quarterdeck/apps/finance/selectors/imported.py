"""Which plans came with costs of their own."""

from __future__ import annotations

from quarterdeck.apps.delivery.models import Plan


def plans_with_costs() -> list[int]:
    """Return the keys of the current plans that brought tracking periods with them."""
    return list(
        Plan.objects.filter(is_current=True, source__has_key="periods").order_by("pk").values_list("pk", flat=True)
    )
