"""What in the registers of governance is wrong: nobody answers for it, nothing is done, or its day has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from quarterdeck.apps.governance.choices import (
    AMBER_FROM,
    LIVE_ACTION,
    LIVE_ISSUE,
    LIVE_RISK,
    AssumptionState,
    DecisionState,
    RiskKind,
    RiskState,
)
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue, Risk
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.apps.portfolio.choices import ENDED
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.kernel.access.models import User

Found = list[tuple[Any, User | None]]


def _of(rows: QuerySet[Any], ids: Iterable[int] | None, on: dt.date, at: str = "initiative") -> Found:
    """Return records with who answers for each: its owner, else whoever leads the initiative; two queries.

    Where the initiative has ended, nothing is found.
    """
    if ids is not None:
        rows = rows.filter(pk__in=set(ids))
    rows = rows.exclude(initiative__state__in=ENDED)
    found = list(rows.select_related(f"{at}__scope", "owner__user"))
    leads = {
        one.record.pk: one.owner for one in led({row.pk: row for row in (getattr(r, at) for r in found)}.values(), on)
    }
    own = at == "initiative"
    return [(row, (_user(row, on) if own else None) or leads.get(getattr(row, f"{at}_id"))) for row in found]


def _user(row: Any, on: dt.date) -> User | None:
    owner = row.owner
    return owner.user if owner is not None and not owner.has_left(on) else None


def risks_without_owner(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the live risks that nobody owns, or whose owner has left."""
    gone = Q(owner__isnull=True) | Q(owner__ends_on__lt=on)
    return _of(Risk.objects.filter(gone, state__in=LIVE_RISK), ids, on)


def risks_without_response(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the live threats, amber or red, about which nothing is done."""
    rows = Risk.objects.filter(state__in=LIVE_RISK, kind=RiskKind.THREAT, response_kind="")
    return _of(exposure.with_score(rows).filter(score__gte=AMBER_FROM), ids, on)


def reviews_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the live risks that were to be looked at again before a day."""
    return _of(Risk.objects.filter(state__in=LIVE_RISK, review_on__lt=on), ids, on)


def escalations_waiting(model: type[Risk] | type[Issue], on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the records that wait for an answer from above, each with who leads the level asked."""
    rows: QuerySet[Any] = model._default_manager.filter(state=RiskState.ESCALATED, escalated_to__isnull=False)
    return _of(rows, ids, on, at="escalated_to")


def issues_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the live issues past the day by which they were to be resolved."""
    return _of(Issue.objects.filter(state__in=LIVE_ISSUE, due_on__lt=on), ids, on)


def actions_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the actions past their day."""
    return _of(Action.objects.filter(state__in=LIVE_ACTION, due_on__lt=on), ids, on)


def decisions_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the decisions that were needed before a day."""
    return _of(Decision.objects.filter(state=DecisionState.WANTED, due_on__lt=on), ids, on)


def assumptions_overdue(on: dt.date, ids: Iterable[int] | None = None) -> Found:
    """Return the assumptions that were to be shown before a day."""
    return _of(Assumption.objects.filter(state=AssumptionState.OPEN, due_on__lt=on), ids, on)
