"""What can go wrong with what the office answers for; all of it is brought before the head of the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.pmo.selectors import gaps
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check

FUNCTION = "pmo.accountabilities"
RECORD = "pmo.accountability"
#: What names owners: changes of these may open or close every finding here.
NAMED = (RECORD, "people.person", "people.roleassignment", "organisation.office")


def _edit(record: Accountability) -> str:
    return f"/accountabilities/{record.pk}/edit/"


@check(
    name="accountability-without-owner",
    title=_("Accountability without owner"),
    function=FUNCTION,
    severity="high",
    reads=NAMED,
    remedy=_("Name owner"),
)
def without_owner(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find accountabilities in force that nobody owns."""
    rows = [row for row in gaps.in_force(ids) if row.owner is None]
    leaders = gaps.Leaders(clock.local_date(now))
    for row in rows:
        yield Fact(row, _("In force, and nobody owns it."), owner_user=leaders.head(row), url=_edit(row))


@check(
    name="accountability-owner-left",
    title=_("Owner has left"),
    function=FUNCTION,
    severity="high",
    reads=NAMED,
    remedy=_("Hand over"),
)
def owner_left(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find accountabilities in force whose owner or deputy has left."""
    today = clock.local_date(now)
    leaders = gaps.Leaders(today)
    for row in gaps.in_force(ids):
        for key, person in (("owner", row.owner), ("deputy", row.deputy)):
            if person is None or not person.has_left(today):
                continue
            message = _("%(person)s, who owns it, left on %(day)s.")
            if key == "deputy":
                message = _("%(person)s, its deputy, left on %(day)s.")
            yield Fact(
                row,
                message,
                values={"person": person.name, "day": person.ends_on},
                owner_user=leaders.head(row),
                due_on=person.ends_on,
                url=f"/pmo/hand-over/?{urlencode({'giver': person.pk})}",
                key=key,
            )


@check(
    name="accountability-doubled",
    title=_("Two owners for one function"),
    function=FUNCTION,
    severity="high",
    reads=NAMED,
    remedy=_("End one"),
    whole=True,
)
def doubled(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find accountabilities in force for a function and node that another is in force for as well."""
    leaders = gaps.Leaders(clock.local_date(now))
    for row in gaps.doubled(ids):
        yield Fact(
            row,
            _("%(node)s: %(function)s is answered for twice."),
            values={"node": row.scope.label, "function": row.get_function_display()},
            owner_user=leaders.head(row),
            url=_edit(row),
        )


@check(
    name="accountability-review-overdue",
    title=_("Review of an accountability overdue"),
    function=FUNCTION,
    severity="low",
    reads=NAMED,
    remedy=_("Set next review"),
)
def review_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find accountabilities in force whose day of review has passed."""
    today = clock.local_date(now)
    for row in gaps.in_force(ids).filter(review_on__lt=today):
        owner = row.owner.user if row.owner is not None and not row.owner.has_left(today) else None
        yield Fact(
            row,
            _("To be reviewed by %(day)s."),
            values={"day": row.review_on},
            owner_user=owner,
            due_on=row.review_on,
            url=_edit(row),
        )


@check(
    name="function-unanswered",
    title=_("Function that nobody answers for"),
    function=FUNCTION,
    severity="medium",
    reads=("organisation.office", RECORD),
    remedy=_("Add accountability"),
    needs=("add", RECORD),
)
def unanswered(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find functions that checks serve and no accountability in force answers for, or that no catalogue knows."""
    leaders = gaps.Leaders(clock.local_date(now))
    for one in gaps.unanswered(ids):
        yield Fact(
            one.office,
            _("Nobody answers for %(function)s; checks that serve it: %(number)s."),
            values={"function": one.title, "number": one.checks},
            owner_user=leaders.head(one.office),
            url=f"/accountabilities/new/?{urlencode({'function': one.key, 'office': one.office.pk})}",
            key=f"function-{one.key}"[:100],
        )
