"""What can go wrong with stakeholders, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.engagement import selectors
from quarterdeck.apps.engagement.choices import ConcernState
from quarterdeck.apps.engagement.selectors import CONCERN, PLAN
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check


@check(
    name="contact-overdue",
    title=_("Contact overdue"),
    function="engagement.contacts",
    severity="medium",
    reads=(PLAN,),
    remedy=_("Log contact"),
)
def contact_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find planned contacts past their day."""
    for row, owner in selectors.contacts_overdue(clock.local_date(now), ids):
        yield Fact(
            row,
            _("%(name)s was to be contacted on %(day)s."),
            values={"name": row.stakeholder.name, "day": row.next_on},
            owner_user=owner,
            due_on=row.next_on,
        )


@check(
    name="concern-late",
    title=_("Concern not answered in time"),
    function="engagement.concerns",
    severity="high",
    reads=(CONCERN,),
    remedy=_("Answer"),
)
def concern_late(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find concerns that were not acknowledged, or offered no redress, within the working days allowed."""
    today = clock.local_date(now)
    for row, owner in selectors.concerns_late(today, ids):
        first = row.state == ConcernState.RECEIVED
        due = row.acknowledge_by if first else row.answer_by
        since = row.received_on if first else row.reopened_on or row.received_on
        if first:
            message = _("Received on %(since)s and not acknowledged; that was due on %(day)s.")
        elif row.reopened_on is None:
            message = _("Received on %(since)s and no redress offered; that was due on %(day)s.")
        else:
            message = _("Reopened on %(since)s and no redress offered since; that was due on %(day)s.")
        yield Fact(row, message, values={"since": since, "day": due}, owner_user=owner, due_on=due)


@check(
    name="stakeholder-without-contact",
    title=_("Stakeholder without planned contact"),
    function="engagement.contacts",
    severity="low",
    reads=(selectors.STAKEHOLDER, PLAN),
    remedy=_("Plan contact"),
    needs=("add", PLAN),
)
def not_planned(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find stakeholders of much influence and interest with whom no contact is planned."""
    for row, owner in selectors.not_planned(clock.local_date(now), ids):
        values = {"influence": row.influence, "interest": row.interest}
        message = _("Influence %(influence)s, interest %(interest)s, and no contact is planned.")
        yield Fact(row, message, values=values, owner_user=owner, url=f"/communications/new/?stakeholder={row.pk}")
