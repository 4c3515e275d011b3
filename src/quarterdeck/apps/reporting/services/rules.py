"""Putting the rules of health that ship into the register, where they can be changed."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from quarterdeck.apps.reporting.catalogue import RULES
from quarterdeck.apps.reporting.models import HealthRule
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor


@transaction.atomic
def install_rules(*, actor: Actor) -> int:
    """Add the rules that ship and are not there yet; return how many. What is there is left as it is."""
    known = set(HealthRule.objects.values_list("input", flat=True))
    fresh = [HealthRule(**asdict(entry)) for entry in RULES if entry.input not in known]
    records.save_many(fresh, actor=actor)
    return len(fresh)
