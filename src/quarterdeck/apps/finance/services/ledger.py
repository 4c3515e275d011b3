"""The ledger and what stands beside it. Rows are posted and reversed, never changed nor removed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.finance.choices import TAKEN_BACK, TYPED
from quarterdeck.apps.finance.models import Actual, BudgetLine, Commitment
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import require
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.audit.states import state_of
from quarterdeck.kernel.records import BulkRefused

#: What makes a row of the ledger the same as one that is there.
_SAME: Final = ("initiative_id", "category_id", "task_id", "posted_on", "amount")
#: Rows looked up at once by their references.
MANY: Final = 500


@transaction.atomic
def actual_post(record: Actual, *, actor: Actor, note: str = "") -> Change | None:
    """Post one row. One that the ledger has already changes nothing; raises ValidationError for one told otherwise."""
    try:
        made = actuals_post([record], actor=actor, note=note)
    except BulkRefused as refused:
        raise refused.errors[0] from refused
    return made[0] if made else None


@transaction.atomic
def actuals_post(rows: Sequence[Actual], *, actor: Actor, note: str = "") -> list[Change]:
    """Post many rows; those that the ledger has already, by source and reference, change nothing.

    Raises BulkRefused with the row by position: for a reference that is known with other figures, twice in one file,
    or of a row that is stored and would be changed.
    """
    refused: dict[int, ValidationError] = {}
    for record in rows:
        record.source = record.source.strip() or TYPED
        record.reference = record.reference.strip() or uuid.uuid4().hex[:12].upper()
        if record.initiative_id:
            record.currency_id = record.initiative.currency_id
    known = _known(rows)
    before = Actual.objects.in_bulk([record.pk for record in rows if not record._state.adding])
    fresh: dict[tuple[str, str], Actual] = {}
    for place, record in enumerate(rows):
        key = (record.source, record.reference)
        stored = known.get(key) or fresh.get(key)
        if not record._state.adding:
            if state_of(record) != state_of(before[record.pk]):
                refused[place] = ValidationError(_("A row of the ledger stays as it is: reverse it and post anew."))
        elif stored is None:
            fresh[key] = record
        elif not _equal(record, stored):
            refused[place] = ValidationError(
                _("The ledger has “%(reference)s” with other figures: reverse it and post anew.")
                % {"reference": record.reference}
            )
        else:
            record.pk, record._state.adding, record.version = stored.pk, False, stored.version
    if refused:
        raise BulkRefused(refused)
    return records.save_many(list(fresh.values()), actor=actor, note=note) if fresh else []


def _known(rows: Sequence[Actual]) -> dict[tuple[str, str], Actual]:
    found: dict[tuple[str, str], Actual] = {}
    references = sorted({record.reference for record in rows})
    for start in range(0, len(references), MANY):
        for each in Actual.objects.filter(reference__in=references[start : start + MANY]):
            found[each.source, each.reference] = each
    return found


def _equal(one: Actual, other: Actual) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAME)


@transaction.atomic
def actual_reverse(record: Actual, *, actor: Actor, reason: str = "") -> Actual:
    """Post the opposite of a row, on the day of the actor. Raises ValidationError for one that is reversed already.

    Raises AccessDenied without the right to post.
    """
    stored = Actual.objects.select_for_update().select_related("initiative").get(pk=record.pk)
    require(actor, "add", [stored])
    if stored.reverses_id is not None:
        raise ValidationError(_("This row is a reversal itself. Post what is right anew."))
    if Actual.objects.filter(reverses=stored).exists():
        raise ValidationError(_("This row is reversed already."))
    made = Actual(
        initiative=stored.initiative,
        category_id=stored.category_id,
        task_id=stored.task_id,
        posted_on=max(actor.today, stored.posted_on),
        amount=-stored.amount,
        currency_id=stored.currency_id,
        description=(reason.strip() or _("Reversal of %(reference)s") % {"reference": stored.reference})[:300],
        source=stored.source,
        reference=f"{stored.reference[:96]}-REV",
        reverses=stored,
    )
    records.save(made, actor=actor, note=reason)
    return made


@transaction.atomic
def actuals_taken_back(rows: Sequence[Actual], *, actor: Actor, reason: str) -> list[Change]:
    """Post the opposite of rows whose posting was taken back, each on its own day; what brought them may come again.

    Those that are reversed already, and reversals, are left.
    """
    reversed_ = set(Actual.objects.filter(reverses__in=rows).values_list("reverses_id", flat=True))
    made = [
        Actual(
            initiative=row.initiative,
            category_id=row.category_id,
            task_id=row.task_id,
            posted_on=row.posted_on,
            amount=-row.amount,
            currency_id=row.currency_id,
            description=reason[:300],
            source=row.source,
            reference=f"{row.reference[:95]}{TAKEN_BACK}",
            reverses=row,
        )
        for row in rows
        if row.reverses_id is None and row.pk not in reversed_
    ]
    return records.save_many(made, actor=actor, note=reason) if made else []


def actual_remove(record: Actual, *, actor: Actor, note: str = "") -> Any:
    """Refuse: rows of the ledger stay."""
    raise ValidationError(_("A row of the ledger stays: reverse it instead."))


def budget_save(record: BudgetLine, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a budget line, in the currency of its initiative; its work package is one of its plans."""
    if record.initiative_id:
        record.currency_id = record.initiative.currency_id
        if record.task is not None and record.task.plan.initiative_id != record.initiative_id:
            raise ValidationError({"task": _("Choose a work package of this initiative.")})
    return records.save(record, actor=actor, note=note)


def commitment_save(record: Commitment, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a commitment, in the currency of its initiative."""
    if record.initiative_id:
        record.currency_id = record.initiative.currency_id
    return records.save(record, actor=actor, note=note)
