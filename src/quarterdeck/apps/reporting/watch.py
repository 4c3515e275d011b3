"""What can go wrong with reporting, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.reporting.selectors import reports
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check


@check(
    name="status-report-overdue",
    title=_("Status report overdue"),
    function="delivery.reporting",
    severity="medium",
    reads=("portfolio.initiative", "reporting.statusreport"),
    remedy=_("Write report"),
    needs=("add", reports.REPORT),
)
def report_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find projects whose report for the last period is not handed in though its day has passed."""
    for one in reports.overdue(clock.local_date(now), ids):
        yield Fact(
            one.initiative,
            _("The status report for %(period)s was due %(day)s."),
            values={"period": one.period.name, "day": one.due_on},
            owner_user=one.owner,
            due_on=one.due_on,
            url=f"{one.initiative.url}reports/",
        )
