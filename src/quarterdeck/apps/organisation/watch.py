"""What can go wrong with the organisation's own data, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation import selectors
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check


@check(
    name="calendar-without-week",
    title=_("Working calendar without week pattern"),
    function="delivery.calendars",
    severity="high",
    reads=("organisation.workcalendar", "organisation.calendarshift"),
    remedy=_("Add shifts"),
)
def calendar_without_week(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find calendars by which no work would ever be done."""
    for calendar in selectors.calendars_without_week(ids):
        yield Fact(calendar, message=_("No shifts: durations cannot be worked out."))


@check(
    name="exchange-rate-missing",
    title=_("Currency in use without exchange rate"),
    function="finance.exchange_rates",
    severity="high",
    reads=("organisation.currency", "organisation.exchangerate"),
    remedy=_("Enter rate"),
    needs=("add", "organisation.exchangerate"),
)
def exchange_rate_missing(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find currencies in use that cannot be turned into the organisation's own today."""
    base = selectors.base_currency()
    if base is None:
        return
    for currency in selectors.currencies_without_rate(base, clock.local_date(now)):
        if ids is None or currency.pk in ids:
            yield Fact(
                currency,
                message=_("No rate to or from %(base)s in force."),
                values={"base": base.code},
                url=f"/exchange-rates/new/?from_currency={currency.code}&to_currency={base.code}",
            )
