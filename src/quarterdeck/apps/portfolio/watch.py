"""What can go wrong with initiatives, and which accountability each check serves.

A sponsor or manager who has left is found by the check of people on roles held by leavers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.choices import SPONSOR
from quarterdeck.apps.portfolio.selectors import gaps
from quarterdeck.apps.portfolio.selectors.gaps import Led
from quarterdeck.apps.portfolio.selectors.roles import manager_role
from quarterdeck.kernel import clock
from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch import Fact, check

INITIATIVE = "portfolio.initiative"
#: What names who leads: changes of these may open or close every finding here.
LEADS = (INITIATIVE, "people.roleassignment", "people.person")


#: Who may give roles puts right what is wrong with them.
MAY_GIVE = ("add", "people.roleassignment")


def _fact(
    one: Led,
    message: Text,
    *,
    due: dt.date | None = None,
    key: str = "",
    values: Mapping[str, Any] | None = None,
    url: str = "",
) -> Fact:
    edit = f"/initiatives/{one.record.code}/edit/"
    return Fact(one.record, message, values=values or {}, owner_user=one.owner, due_on=due, url=url or edit, key=key)


def _naming(one: Led, role: str) -> str:
    """Return the address at which somebody is given a role at an initiative."""
    return f"/role-assignments/new/?{urlencode({'scope': one.record.scope_id, 'role': role, 'next': one.record.url})}"


@check(
    name="initiative-without-sponsor",
    title=_("Active without sponsor"),
    function="governance.roles",
    severity="high",
    reads=LEADS,
    remedy=_("Name sponsor"),
    needs=MAY_GIVE,
)
def without_sponsor(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives that nobody sponsors."""
    for one in gaps.without_sponsor(clock.local_date(now), ids):
        yield _fact(one, _("Active, and nobody sponsors it."), url=_naming(one, SPONSOR))


@check(
    name="initiative-without-manager",
    title=_("Active without manager"),
    function="governance.roles",
    severity="high",
    reads=LEADS,
    remedy=_("Name manager"),
    needs=MAY_GIVE,
)
def without_manager(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives that nobody manages."""
    for one in gaps.without_manager(clock.local_date(now), ids):
        yield _fact(one, _("Active, and nobody manages it."), url=_naming(one, manager_role(one.record)))


@check(
    name="initiative-without-dates",
    title=_("Active without planned dates"),
    function="delivery.schedule",
    severity="medium",
    reads=LEADS,
    remedy=_("Set dates"),
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
    remedy=_("Replan"),
)
def past_finish(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives whose planned finish has passed."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.past_finish(today, ids), today):
        due = one.record.planned_finish
        yield _fact(one, _("Active past its planned finish, %(day)s."), due=due, values={"day": due})


@check(
    name="initiative-outside-parent",
    title=_("Planned outside its parent’s dates"),
    function="delivery.schedule",
    severity="medium",
    reads=LEADS,
    remedy=_("Replan"),
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
    title=_("Active and untouched"),
    function="delivery.reporting",
    severity="low",
    reads=LEADS,
    remedy=_("Update"),
)
def untouched(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find active initiatives of which nothing has been changed for as long as the setting says."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.untouched(today, settings.UNTOUCHED_DAYS, ids), today):
        changed = clock.local_date(one.record.updated_at) if one.record.updated_at else None
        yield _fact(one, _("Not changed since %(day)s."), values={"day": changed})


@check(
    name="initiative-below-ended",
    title=_("Open under what has ended"),
    function="portfolio.structure",
    severity="medium",
    reads=LEADS,
    remedy=_("Move"),
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
    title=_("On hold past its review"),
    function="governance.decisions",
    severity="medium",
    reads=LEADS,
    remedy=_("Review"),
)
def hold_past_review(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find initiatives on hold that were to be looked at again by now."""
    today = clock.local_date(now)
    for one in gaps.led(gaps.hold_past_review(today, ids), today):
        due = one.record.review_on
        message = _("On hold; it was to be reviewed on %(day)s.")
        yield _fact(one, message, due=due, values={"day": due}, url=one.record.url)
