"""Records that name tasks of a plan go with the plan that takes its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import Record


def follow(model: type[Record], field: str, *, before: Plan, after: Plan, actor: Actor) -> int:
    """Let records that name a task of one plan in a field name the same task of another; return how many.

    A copy keeps the numbers of its tasks; of plans that are no copies of each other, tasks of one number and name are
    the same. What the other plan does not have stays where it is. It follows from the plan, so whoever makes a plan
    current needs no right to the records.
    """
    own: Any = model._default_manager
    found = list(own.filter(**{f"{field}__plan": before}).select_related(field))
    if not found:
        return 0
    copies = before.pk == after.origin_id or after.pk == before.origin_id
    copies = copies or (after.origin_id is not None and after.origin_id == before.origin_id)
    rows = Task.objects.filter(plan=after, uid__in={getattr(each, field).uid for each in found})
    known = {_mark(each, copies=copies): each for each in rows}
    moved = []
    for each in found:
        other = known.get(_mark(getattr(each, field), copies=copies))
        if other is not None:
            setattr(each, field, other)
            moved.append(each)
    lent = replace(actor, unlimited=True)
    records.save_many(moved, actor=lent, note=_("Follows the plan “%(name)s”") % {"name": after.name})
    return len(moved)


def _mark(task: Task, *, copies: bool) -> tuple[int, str]:
    """Return by what a task is the same in two plans."""
    return task.uid, "" if copies else " ".join(task.name.split()).casefold()
