"""Interrupting a task."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.solving import calendar_of
from quarterdeck.apps.delivery.services.fields import refuse
from quarterdeck.engine.calendar import timeline

#: Working minutes for which a task may pause: as long as a duration may be.
MOST: Final = 1_000_000_000


def split_task(plan: Plan, task: Task, at: Any, gap: Any) -> None:
    """Let a task pause at an instant for some working minutes; without a gap, take its pauses away.

    Raises PlanRefused where it is not at work then.
    """
    whole = isinstance(at, int | float) and isinstance(gap, int | float)
    if not whole or task.start is None or task.finish is None or task.manual or task.is_summary:
        raise refuse(task, "split", _("This task cannot be split."))
    if gap <= 0:
        task.splits = []
        return
    now = held(plan)
    line = timeline(calendar_of(now, now.row_of[task.pk]))
    if not task.start < at < task.finish or gap > MOST:
        raise refuse(task, "split", _("The task is not at work then."))
    worked = line.between(task.start, int(at))
    pauses = [(int(done), int(length)) for done, length in task.splits]
    for done, length in pauses:
        if worked > done:
            worked = max(done, worked - length)
    if not 0 < worked < task.duration:
        raise refuse(task, "split", _("The task is not at work then."))
    merged: dict[int, int] = dict(pauses)
    merged[worked] = merged.get(worked, 0) + round(gap)
    task.splits = [list(each) for each in sorted(merged.items())]
