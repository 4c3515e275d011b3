"""The nightly climb: what stays open goes to the next one up, who is told once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.models import Accountability, Escalation
from quarterdeck.apps.pmo.selectors.gaps import Leaders, in_force
from quarterdeck.apps.pmo.selectors.ladder import days_of, nearest, reached, rules
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.notifications.kinds import Channel, kind
from quarterdeck.kernel.notifications.services import notify
from quarterdeck.kernel.watch.functions import served_by
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import visible_findings
from quarterdeck.kernel.watch.stages import awake

ESCALATED = kind(
    "pmo.escalated",
    title=_("Exceptions escalated to me"),
    message=_(
        "%(accountability)s: exceptions that have come to you as %(rung)s: %(count)s, the oldest open %(days)s d."
    ),
    channel=Channel.DIGEST,
)
#: Rows per statement.
BATCH = 500


@dataclass(frozen=True)
class _Due:
    """A step to take: which exception, whose it is, to whom it goes, after how many days."""

    finding: Finding
    record: Accountability
    rung: Rung
    user: User | None
    age: int


@transaction.atomic
def escalate(*, actor: Actor) -> int:
    """Take every step of the ladder that is due and was not taken since the exception was opened; return how many.

    What is accepted rests. Who holds no sign-in, has left or may not see the exception is not told; the step stands
    with nobody's name. Doing it again takes and tells nothing twice.
    """
    rows = list(in_force())
    if not rows:
        return 0
    due = _seen(_due(rows, actor), actor)
    Escalation.objects.bulk_create(
        [
            Escalation(
                finding=one.finding,
                opened_at=one.finding.opened_at,
                rung=one.rung,
                accountability=one.record,
                user=one.user,
                told_at=actor.now,
            )
            for one in due
        ],
        batch_size=BATCH,
    )
    _tell(due, actor)
    return len(due)


def _due(rows: list[Accountability], actor: Actor) -> list[_Due]:
    today, stated, leaders = actor.today, rules(), Leaders(actor.today)
    findings = Finding.objects.filter(awake(today), closed_at__isnull=True).select_related("scope")
    taken = set(
        Escalation.objects.filter(finding__closed_at__isnull=True).values_list("finding_id", "opened_at", "rung")
    )
    found = []
    for finding in findings.order_by("pk"):
        served = served_by(finding.check_name)
        path = finding.scope.path if finding.scope is not None else None
        record = nearest(rows, served.key, path) if served is not None else None
        if record is None:
            continue
        age = (today - clock.local_date(finding.opened_at)).days
        for rung in reached(days_of(record.office_id, finding.severity, stated), age):
            if (finding.pk, finding.opened_at, str(rung)) not in taken:
                found.append(_Due(finding, record, rung, leaders.holder(record, rung, path), age))
    return found


def _seen(due: list[_Due], actor: Actor) -> list[_Due]:
    """Take the name off steps whose exception the person may not see; one query a person."""
    of_user: dict[int, list[_Due]] = defaultdict(list)
    users: dict[int, User] = {}
    for one in due:
        if one.user is not None:
            users[one.user.pk] = one.user
            of_user[one.user.pk].append(one)
    open_to: set[tuple[int, int]] = set()
    for pk, user in users.items():
        may_see = visible_findings(Actor(user=user, now=actor.now)).filter(closed_at__isnull=True)
        wanted = {one.finding.pk for one in of_user[pk]}
        open_to |= {(pk, found) for found in may_see.values_list("pk", flat=True) if found in wanted}
    return [
        one
        if one.user is not None and (one.user.pk, one.finding.pk) in open_to
        else _Due(one.finding, one.record, one.rung, None, one.age)
        for one in due
    ]


def _tell(due: list[_Due], actor: Actor) -> None:
    """Tell each person once for each accountability and rung, however many exceptions have come."""
    grouped: dict[tuple[int, int, Rung], list[_Due]] = defaultdict(list)
    for one in due:
        if one.user is not None:
            grouped[one.user.pk, one.record.pk, one.rung].append(one)
    for (_user, _record, rung), part in grouped.items():
        first = part[0]
        assert first.user is not None
        values = {
            "accountability": first.record.name,
            "count": len(part),
            "rung": rung.label,
            "days": max(one.age for one in part),
        }
        notify(
            [first.user], kind=ESCALATED, actor=actor, values=values, url=f"/exceptions/?serves={first.record.function}"
        )
