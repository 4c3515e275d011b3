"""The last tracking period of a workbook as the progress of its tasks: a plan is what was told of it last."""

from __future__ import annotations

import msgspec

from quarterdeck.apps.delivery.exchange.document import (
    DocumentPeriod,
    DocumentProgress,
    DocumentTask,
    PlanDocument,
    Problem,
)
from quarterdeck.apps.delivery.exchange.network import network
from quarterdeck.engine.calendar import Timeline, timeline
from quarterdeck.engine.cpm import schedule
from quarterdeck.engine.errors import EngineError

#: What a period calls work that is done.
FINISHED = "finished"


def last_period(document: PlanDocument) -> DocumentPeriod | None:
    """Return the tracking period with the latest status date that tells of any task; None without one."""
    told = [each for each in document.periods if each.progress]
    return max(told, key=lambda each: each.status, default=None)


def as_tracked(document: PlanDocument) -> PlanDocument:
    """Return a document whose tasks are as far as its last tracking period says, at that status date.

    Work counts as begun with an actual start only, as in the earned value of such workbooks. One without tracking
    periods stays as it is; so does one that cannot be scheduled with what was told, with a note that says why.
    """
    period = last_period(document)
    if period is None:
        return document
    try:
        planned = network(document)
        told = {each.task: each for each in period.progress}
        tasks = tuple(
            _done(each, told[each.id], timeline(planned.effective[each.id]))
            if each.id in told and each.kind != "SUMMARY" and each.id in planned.effective
            else each
            for each in document.tasks
        )
        found = msgspec.structs.replace(document, tasks=tasks, status=period.status)
        tracked = network(found)
        if tracked.network.tasks:
            schedule(tracked.network, tracked.options)
    except EngineError as refused:
        words = f"The progress of {period.name} is left out: {refused}"
        return msgspec.structs.replace(document, problems=(*document.problems, Problem("warning", words)))
    return found


def _done(task: DocumentTask, told: DocumentProgress, line: Timeline) -> DocumentTask:
    """Return a task with its actual dates, its percentage, and what is left of it."""
    if told.actual_start is None:
        return task
    fraction = min(max(told.fraction or 0.0, 0.0), 1.0)
    spent = told.actual_duration
    if told.state.strip().lower() == FINISHED or fraction >= 1.0:
        length = task.duration if spent is None else spent
        finish = max(line.add(told.actual_start, length), told.actual_start)
        return msgspec.structs.replace(
            task,
            percent_complete=100.0,
            actual_start=told.actual_start,
            actual_finish=finish,
            actual_duration=length,
            duration=length,
            remaining=0,
        )
    left = told.remaining_duration
    if left is None:
        left = round(task.duration * (1.0 - fraction))
    done = spent if spent is not None else max(task.duration - left, 0)
    return msgspec.structs.replace(
        task,
        percent_complete=round(100 * fraction, 2),
        actual_start=told.actual_start,
        actual_duration=done,
        duration=done + left,
        remaining=left,
    )
