"""What can go wrong with risks, issues and what follows from them, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.governance.models import Issue, Risk
from quarterdeck.apps.governance.selectors import overdue
from quarterdeck.kernel import clock
from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch import Fact, check

RISK, ISSUE = "governance.risk", "governance.issue"


def _past(found: overdue.Found, message: Text, field: str = "due_on") -> Iterable[Fact]:
    for row, owner in found:
        due = getattr(row, field)
        yield Fact(row, message, values={"day": due}, owner_user=owner, due_on=due)


@check(
    name="risk-without-owner",
    title=_("Risk without owner"),
    function="governance.risk",
    severity="high",
    reads=(RISK, "people.person"),
    remedy=_("Name owner"),
)
def without_owner(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find live risks that nobody owns, or whose owner has left."""
    for row, owner in overdue.risks_without_owner(clock.local_date(now), ids):
        left = row.owner is not None
        message = _("%(name)s, who owned it, has left.") if left else _("Nobody owns it.")
        yield Fact(
            row, message, values={"name": str(row.owner or "")}, owner_user=owner, url=f"/risks/{row.code}/edit/"
        )


@check(
    name="risk-without-response",
    title=_("Risk without response"),
    function="governance.risk",
    severity="medium",
    reads=(RISK,),
    remedy=_("State response"),
)
def without_response(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find threats, amber or red, about which nothing is done."""
    for row, owner in overdue.risks_without_response(clock.local_date(now), ids):
        values = {"score": row.now[0] * row.now[1], "likely": row.now[0], "hurt": row.now[1]}
        message = _("Score %(score)s (%(likely)s×%(hurt)s), and no response is stated.")
        yield Fact(row, message, values=values, owner_user=owner, url=f"/risks/{row.code}/edit/")


@check(
    name="risk-review-overdue",
    title=_("Risk review overdue"),
    function="governance.risk",
    severity="medium",
    reads=(RISK,),
    remedy=_("Review"),
)
def review_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find live risks that were to be looked at again by now."""
    found = overdue.reviews_overdue(clock.local_date(now), ids)
    return _past(found, _("It was to be reviewed on %(day)s."), "review_on")


@check(
    name="risk-escalation-waiting",
    title=_("Escalated risk waits for an answer"),
    function="governance.decisions",
    severity="high",
    reads=(RISK,),
    remedy=_("Answer"),
)
def risk_waiting(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find risks that the level above was asked about and has not answered."""
    return _waiting(Risk, now, ids)


@check(
    name="issue-escalation-waiting",
    title=_("Escalated issue waits for an answer"),
    function="governance.decisions",
    severity="high",
    reads=(ISSUE,),
    remedy=_("Answer"),
)
def issue_waiting(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find issues that the level above was asked about and has not answered."""
    return _waiting(Issue, now, ids)


def _waiting(model: type[Risk] | type[Issue], now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    for row, owner in overdue.escalations_waiting(model, clock.local_date(now), ids):
        message = _("%(name)s was asked on %(day)s: %(question)s")
        values = {"name": row.escalated_to.name, "day": row.escalated_on, "question": row.question[:200]}
        yield Fact(row, message, values=values, owner_user=owner, due_on=row.escalated_on)


@check(
    name="issue-overdue",
    title=_("Issue past its day"),
    function="governance.issues",
    severity="high",
    reads=(ISSUE,),
    remedy=_("Open"),
)
def issue_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find live issues that were to be resolved by now."""
    found = overdue.issues_overdue(clock.local_date(now), ids)
    return _past(found, _("Not resolved; it was due on %(day)s."))


@check(
    name="action-overdue",
    title=_("Action overdue"),
    function="governance.actions",
    severity="medium",
    reads=("governance.action",),
    remedy=_("Open"),
)
def action_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find actions past their day."""
    return _past(overdue.actions_overdue(clock.local_date(now), ids), _("Not done; it was due on %(day)s."))


@check(
    name="decision-overdue",
    title=_("Decision overdue"),
    function="governance.decisions",
    severity="medium",
    reads=("governance.decision",),
    remedy=_("Open"),
)
def decision_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find decisions that were needed by now."""
    return _past(overdue.decisions_overdue(clock.local_date(now), ids), _("Not decided; it was needed by %(day)s."))


@check(
    name="assumption-overdue",
    title=_("Assumption not shown in time"),
    function="governance.risk",
    severity="low",
    reads=("governance.assumption",),
    remedy=_("Open"),
)
def assumption_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find assumptions that were to be shown by now."""
    found = overdue.assumptions_overdue(clock.local_date(now), ids)
    return _past(found, _("Still taken for granted; it was to be shown by %(day)s."))
