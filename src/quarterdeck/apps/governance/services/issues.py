"""The life of an issue: taken in hand, resolved, closed, taken up again."""

from __future__ import annotations

from django.db import transaction

from quarterdeck.apps.governance.choices import LIVE_ISSUE, IssueState
from quarterdeck.apps.governance.models import Issue
from quarterdeck.apps.governance.services.common import saved
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.turning import stated, turned


@transaction.atomic
def issue_save(record: Issue, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an issue; a new one is raised today unless it says otherwise."""
    if record._state.adding and record.raised_on is None:
        record.raised_on = actor.today
    return saved(record, actor=actor, note=note)


@transaction.atomic
def issue_start(*, record: Issue, actor: Actor) -> Change | None:
    """Say that somebody is on it."""
    return turned(record, since=(IssueState.OPEN,), to=IssueState.IN_HAND, actor=actor)


@transaction.atomic
def issue_resolve(*, record: Issue, resolution: str, actor: Actor) -> Change | None:
    """Say how it was resolved."""
    record.resolution, record.resolved_on = stated(resolution, "resolution"), actor.today
    return turned(record, since=LIVE_ISSUE, to=IssueState.RESOLVED, actor=actor, note=record.resolution)


@transaction.atomic
def issue_close(*, record: Issue, reason: str, actor: Actor) -> Change | None:
    """Close without action, with the reason: it is accepted, or was none."""
    record.resolution, record.resolved_on = stated(reason, "reason"), actor.today
    return turned(record, since=LIVE_ISSUE, to=IssueState.CLOSED, actor=actor, note=record.resolution)


@transaction.atomic
def issue_reopen(*, record: Issue, reason: str, actor: Actor) -> Change | None:
    """Take up again what was thought to be over."""
    record.resolution, record.resolved_on = "", None
    over = (IssueState.RESOLVED, IssueState.CLOSED)
    return turned(record, since=over, to=IssueState.IN_HAND, actor=actor, note=stated(reason, "reason"))
