"""What can go wrong with initiatives, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.selectors import gaps
from quarterdeck.apps.portfolio.selectors.gaps import Led
from quarterdeck.kernel import clock
from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch import Fact, check

INITIATIVE = "portfolio.initiative"
#: What names who leads: changes of these may open or close every finding here.
LEADS = (INITIATIVE, "people.roleassignment", "people.person")


def _fact(
    one: Led, message: Text, *, due: dt.date | None = None, key: str = "", values: Mapping[str, Any] | None = None
) -> Fact:
    return Fact(one.record, message, values=values or {}, owner_user=one.owner, due_on=due, url=one.record.url, key=key)


@check(
    name="initiative-without-sponsor",
    title=_("Active initiative without sponsor"),
    function="governance.roles",
    severity="high",
    reads=LEADS,
)
def without_sponsor(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives that nobody sponsors."""
    for one in gaps.without_sponsor(clock.local_date(now), ids):
        yield _fact(one, _("Active, and nobody sponsors it."))


@check(
    name="initiative-without-manager",
    title=_("Active initiative without manager"),
    function="governance.roles",
    severity="high",
    reads=LEADS,
)
def without_manager(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives that nobody manages."""
    for one in gaps.without_manager(clock.local_date(now), ids):
        yield _fact(one, _("Active, and nobody manages it."))


@check(
    name="initiative-led-by-leaver",
    title=_("Sponsor or manager who has left"),
    function="governance.roles",
    severity="high",
    reads=LEADS,
)
def led_by_leaver(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find open initiatives whose sponsor or manager has left and still holds the role."""
    for one, row in gaps.led_by_leavers(clock.local_date(now), ids):
        values = {"person": row.person.name, "role": row.role.name, "day": row.person.ends_on}
        message = _("%(role)s %(person)s left on %(day)s. Name who follows.")
        yield _fact(one, message, due=row.person.ends_on, key=f"assignment-{row.pk}", values=values)


@check(
    name="initiative-without-dates",
    title=_("Active initiative without planned dates"),
    function="delivery.schedule",
    severity="medium",
    reads=LEADS,
)
def without_dates(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active or held initiatives that lack a planned start or finish."""
    for one in gaps.led(gaps.without_dates(ids), clock.local_date(now)):
        if one.record.planned_start is None and one.record.planned_finish is None:
            message: Text = _("No planned start and no planned finish.")
        elif one.record.planned_start is None:
            message = _("No planned start.")
        else:
            message = _("No planned finish.")
        yield _fact(one, message)


@check(
    name="initiative-past-finish",
    title=_("Past its planned finish"),
    function="delivery.schedule",
    severity="high",
    reads=LEADS,
)
def past_finish(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives whose planned finish has passed."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.past_finish(today, ids), today):
        due = one.record.planned_finish
        yield _fact(one, _("Active past its planned finish, %(day)s."), due=due, values={"day": due})


@check(
    name="initiative-outside-parent",
    title=_("Planned outside the dates of what it is part of"),
    function="delivery.schedule",
    severity="medium",
    reads=LEADS,
)
def outside_parent(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find open initiatives planned to start before, or finish after, what they are part of.

    A change of the parent's dates is found on schedule, not at once: what is looked at again is what has changed.
    """
    for one in gaps.led(gaps.outside_parent(ids), clock.local_date(now)):
        record, parent = one.record, one.record.parent
        if parent is None:
            continue
        first, last = parent.planned_start, parent.planned_finish
        if first and record.planned_start and record.planned_start < first:
            values = {"day": record.planned_start, "parent": parent.name, "bound": first}
            message = _("Starts %(day)s, before %(parent)s starts on %(bound)s.")
            yield _fact(one, message, due=record.planned_start, key="start", values=values)
        if last and record.planned_finish and record.planned_finish > last:
            values = {"day": record.planned_finish, "parent": parent.name, "bound": last}
            message = _("Finishes %(day)s, after %(parent)s finishes on %(bound)s.")
            yield _fact(one, message, due=last, key="finish", values=values)


@check(
    name="initiative-untouched",
    title=_("Active initiative that nobody touches"),
    function="delivery.reporting",
    severity="low",
    reads=LEADS,
)
def untouched(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives of which nothing has been changed for as long as the setting says."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.untouched(today, settings.UNTOUCHED_DAYS, ids), today):
        changed = clock.local_date(one.record.updated_at) if one.record.updated_at else None
        yield _fact(one, _("Not changed since %(day)s."), values={"day": changed})


@check(
    name="initiative-below-ended",
    title=_("Open under something that has ended"),
    function="portfolio.structure",
    severity="medium",
    reads=LEADS,
)
def below_ended(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find open initiatives that are part of a completed or cancelled one."""
    for one in gaps.led(gaps.below_ended(ids), clock.local_date(now)):
        parent = one.record.parent
        if parent is not None:
            message = _("Open, while %(parent)s has ended. Move it or end it.")
            yield _fact(one, message, values={"parent": parent.name})


@check(
    name="initiative-hold-past-review",
    title=_("On hold past its day of review"),
    function="governance.decisions",
    severity="medium",
    reads=LEADS,
)
def hold_past_review(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find initiatives on hold that were to be looked at again by now."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.hold_past_review(today, ids), today):
        due = one.record.review_on
        yield _fact(one, _("On hold; it was to be reviewed on %(day)s."), due=due, values={"day": due})
