"""Writing a plan through the register. The check does the same and takes it back: it refuses what the write would."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import BulkRefused, StaleRecord
from quarterdeck.kernel.registers.exchange.drafts import Draft, Plan, in_order

#: Records of one bulk write.
CHUNK = 500
Step = Callable[[int], None]
REFUSALS = (ValidationError, BulkRefused, StaleRecord, PermissionDenied, IntegrityError)


def rehearse(plan: Plan, step: Step) -> None:
    """Write the plan and take it back; every row that the write refuses has its errors afterwards."""
    with transaction.atomic():
        write(plan, plan.actor, step)
        transaction.set_rollback(True)


def write(plan: Plan, actor: Actor, step: Step) -> None:
    """Write the drafts that add or change something, those referred to first; errors are left on the drafts.

    Runs in the caller's transaction, which is to be rolled back when `plan.refused` is true afterwards. `step` is told
    how many rows were gone through.
    """
    for level in in_order([draft for draft in plan.drafts if draft.writes]):
        ready = [draft for draft in level if _with_parents(plan, draft)]
        if not plan.register.writes_many:
            for draft in ready:
                _one(plan, draft, actor)
                step(1)
            continue
        for start in range(0, len(ready), CHUNK):
            chunk = ready[start : start + CHUNK]
            _many(plan, chunk, actor)
            step(len(chunk))


def _with_parents(plan: Plan, draft: Draft) -> bool:
    """Tell whether what the row refers to is there; a row below a refused one waits for it to be mended."""
    for name, parent in draft.parents.items():
        if parent.errors:
            text = _("Row %(row)d, which this refers to, is refused. Mend that one first.")
            draft.refuse(plan.targets[name].label, text % {"row": parent.number})
            return False
    return True


def _copy(draft: Draft) -> Any:
    """Return a copy of the draft's record to be written, so that what is taken back leaves the draft as it was."""
    record = copy.copy(draft.record)
    record.custom = dict(record.custom)
    for name, parent in draft.parents.items():
        setattr(record, name, parent.saved if parent.saved is not None else parent.record)
    return record


def _many(plan: Plan, drafts: Sequence[Draft], actor: Actor) -> None:
    """Write a chunk in bulk; when it is refused, find the rows at fault and write the rest."""
    left = list(drafts)
    while left:
        copies = [_copy(draft) for draft in left]
        try:
            with transaction.atomic():
                plan.register.write_many(copies, actor=actor)
        except BulkRefused as refused:
            if isinstance(refused.__cause__, IntegrityError):
                _each(plan, left, actor)
                return
            for position, error in refused.errors.items():
                _note(plan, left[position], error)
            left = [draft for position, draft in enumerate(left) if position not in refused.errors]
        except REFUSALS:
            _each(plan, left, actor)
            return
        else:
            for draft, saved in zip(left, copies, strict=True):
                _keep(plan, draft, saved)
            return


def _keep(plan: Plan, draft: Draft, saved: Any) -> None:
    """Keep what was written where another row refers to it."""
    if draft in plan.referred:
        draft.saved = saved


def _each(plan: Plan, drafts: Sequence[Draft], actor: Actor) -> None:
    for draft in drafts:
        _one(plan, draft, actor)


def _one(plan: Plan, draft: Draft, actor: Actor) -> None:
    """Write one row as a form would."""
    record = _copy(draft)
    try:
        with transaction.atomic():
            plan.register.write(record, actor=actor)
        _keep(plan, draft, record)
    except REFUSALS as error:
        _note(plan, draft, error)


def _note(plan: Plan, draft: Draft, error: Exception) -> None:
    """Leave a refusal on its row, by the label of the column that it names."""
    if isinstance(error, BulkRefused):
        for inner in error.errors.values():
            _note(plan, draft, inner)
    elif isinstance(error, ValidationError):
        if not hasattr(error, "error_dict"):
            draft.refuse("", " ".join(error.messages))
            return
        for name, problems in error.error_dict.items():
            draft.refuse(_label(plan, name), " ".join(_words(problem) for problem in problems))
    elif isinstance(error, IntegrityError):
        draft.refuse(
            "",
            _("This would share what must be unique with another record. Change it, or name that record by its key."),
        )
    else:
        draft.refuse("", str(error))


def _words(problem: ValidationError) -> str:
    """Return a field's problem in words; of one left empty, what to do about it in a file."""
    if problem.code in ("null", "blank"):
        return _("Fill this in: a record needs it.")
    return " ".join(problem.messages)


def _label(plan: Plan, name: str) -> str:
    if name == NON_FIELD_ERRORS:
        return ""
    target = plan.targets.get(name)
    if target is not None:
        return target.label
    try:
        text = str(plan.register.field(name).verbose_name)
    except LookupError:
        return ""
    return text[:1].upper() + text[1:]
