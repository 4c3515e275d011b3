"""Reminders of what is due."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.approvals.models import Approval, State
from quarterdeck.kernel.approvals.services import remind
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.registry import job

#: Days before the due date from which approvers are reminded, every day.
AHEAD = 2


@job(title=_("Remind of approvals"), schedule="daily@06:30")
def remind_due(progress: Progress) -> dict[str, int]:
    """Remind the approvers of everything due within two days or overdue."""
    actor = progress.actor
    due = Approval.objects.filter(state=State.WAITING, due_on__lte=actor.today + dt.timedelta(days=AHEAD))
    return {"told": sum(remind(approval=approval, actor=actor) for approval in progress.over(list(due)))}
