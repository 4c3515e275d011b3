"""What can go wrong with lessons, and which accountability the check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.knowledge import selectors
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check


@check(
    name="lesson-review-overdue",
    title=_("Lesson to be looked at again"),
    function="knowledge.lessons",
    severity="low",
    reads=(selectors.LESSON,),
    remedy=_("Review"),
)
def review_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find published lessons past their day of review."""
    for row, owner in selectors.reviews_overdue(clock.local_date(now), ids):
        message = _("It was to be looked at again on %(day)s.")
        yield Fact(row, message, values={"day": row.review_on}, owner_user=owner, due_on=row.review_on)
