"""What can go wrong with the delivery of projects, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import DeliverableState, ServiceState
from quarterdeck.apps.delivery.selectors import interfaces, promises
from quarterdeck.apps.delivery.selectors.deliverables import late
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check


@check(
    name="deliverable-late",
    title=_("Deliverable late"),
    function="delivery.deliverables",
    severity="medium",
    reads=("delivery.deliverable",),
    remedy=_("Open"),
)
def deliverable_late(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find deliverables past the finish of their milestone that are not accepted."""
    for row, owner in late(clock.local_date(now), ids):
        if row.milestone is None:
            continue
        submitted = row.state == DeliverableState.SUBMITTED
        yield Fact(
            row,
            message=_("Submitted and not accepted; it was due with %(milestone)s on %(day)s.")
            if submitted
            else _("Not submitted; it was due with %(milestone)s on %(day)s."),
            values={"milestone": row.milestone.name, "day": row.milestone.finishes_on},
            owner_user=owner,
            due_on=row.milestone.finishes_on,
        )


@check(
    name="interface-late",
    title=_("Interface late"),
    function="delivery.schedule",
    severity="high",
    reads=("delivery.interface",),
    remedy=_("Open"),
)
def interface_late(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find what one project is to hand over to another and gives, by its forecast, after it is needed.

    It begins with a whole working day, so that dates that move within a weekend open and close nothing.
    """
    today = clock.local_date(now)
    for one in interfaces.late(today, ids):
        yield Fact(
            one.record,
            message=_("Given %(given)s, %(days)s working days after %(receiver)s needs it on %(needed)s.")
            if one.given_by is not None and one.given_by >= today
            else _("Not delivered; %(receiver)s needed it on %(needed)s, %(days)s working days ago."),
            values={
                "given": one.given_by,
                "days": one.days,
                "receiver": one.record.receiver.name,
                "needed": one.needed_by,
            },
            owner_user=one.owner,
            due_on=one.needed_by,
        )


@check(
    name="task-service-level",
    title=_("Service level pressing"),
    function="delivery.schedule",
    severity="medium",
    reads=("delivery.plan",),
    remedy=_("Open"),
)
def service_level(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find open tasks of current plans whose service level is broken, at risk, or will be broken by the plan.

    Its subjects are plans, so that edits of tasks, of which there are many, queue nothing.
    """
    for one in promises.pressed(clock.local_date(now), ids):
        plan = one.task.plan
        yield Fact(
            plan,
            message=_("“%(task)s”: the service level, due %(day)s, is broken.")
            if one.state == ServiceState.BREACHED
            else _("“%(task)s”: the service level, due %(day)s, is at risk."),
            values={"task": one.task.name, "day": one.due_on},
            owner_user=one.owner,
            due_on=one.due_on,
            url=f"/projects/{plan.initiative.code}/plan/",
            key=str(one.task.pk),
        )
