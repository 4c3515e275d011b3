"""What can go wrong with reporting, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.reporting import health_words
from quarterdeck.apps.reporting.choices import Input
from quarterdeck.apps.reporting.selectors import doubts, reports
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


#: What an assessment is made of: whatever changes one may open or close what it found.
ASSESSED = ("portfolio.initiative", "reporting.managercall", "reporting.healthrule")


@check(
    name="forecast-beyond-time",
    title=_("Finish forecast beyond tolerance"),
    function="delivery.schedule",
    severity="high",
    reads=ASSESSED,
    schedule="daily@04:30",
    remedy=_("Replan"),
)
def beyond_time(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active projects whose finish is forecast later than their tolerance, or the rule where none is agreed."""
    for one in doubts.beyond(Input.DAYS_LATE, clock.local_date(now), ids):
        text = _("Finish forecast %(value)s working days late, limit %(limit)s.")
        values = {"value": round(one.value), "limit": round(one.limit)}
        yield Fact(one.record, text, values=values, owner_user=one.owner, url=f"{one.record.url}health/")


@check(
    name="forecast-beyond-cost",
    title=_("Cost forecast beyond tolerance"),
    function="finance.control",
    severity="high",
    reads=ASSESSED,
    schedule="daily@04:30",
    remedy=_("Decide what to do"),
    tells=("money", "portfolio.initiative"),
)
def beyond_cost(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active projects whose cost is forecast beyond their tolerance, or the rule where none is agreed."""
    for one in doubts.beyond(Input.OVER_BUDGET, clock.local_date(now), ids):
        text = _("Cost forecast %(value)s%% over budget, limit %(limit)s%%.")
        values = {"value": round(one.value, 1), "limit": round(one.limit, 1)}
        yield Fact(one.record, text, values=values, owner_user=one.owner, url=f"{one.record.url}health/")


@check(
    name="facts-out-of-order",
    title=_("Facts missing, old or contradictory"),
    function="delivery.reporting",
    severity="medium",
    reads=ASSESSED,
    schedule="daily@04:30",
    remedy=_("Put in order"),
)
def out_of_order(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active projects of which fewer facts are in order than the rule asks."""
    for one in doubts.inaccurate(clock.local_date(now), ids):
        text = _("%(value)s%% of facts in order, limit %(limit)s%%.")
        values = {"value": round(one.value), "limit": round(one.limit)}
        yield Fact(one.record, text, values=values, owner_user=one.owner, url=f"{one.record.url}health/#data")


@check(
    name="honesty-sign",
    title=_("Report in doubt"),
    function="delivery.reporting",
    severity="medium",
    reads=ASSESSED,
    schedule="daily@04:30",
    remedy=_("Check the figures"),
)
def in_doubt(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active projects whose figures show a sign that they may not be true."""
    for one, sign in doubts.signed(clock.local_date(now), ids):
        text, values = health_words.sign_message(sign)
        yield Fact(
            one.record, text, values=values, owner_user=one.owner, key=sign["key"], url=f"{one.record.url}health/"
        )


@check(
    name="managers-call-expired",
    title=_("Manager’s call expired"),
    function="delivery.reporting",
    severity="low",
    reads=("portfolio.initiative", "reporting.managercall"),
    remedy=_("Say how it stands"),
)
def call_expired(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives whose manager’s last call has run out in the last month and was not made again."""
    for one, day in doubts.expired(clock.local_date(now), ids):
        text = _("The manager’s call stood until %(day)s.")
        yield Fact(
            one.record, text, values={"day": day}, owner_user=one.owner, due_on=day, url=f"{one.record.url}health/"
        )
