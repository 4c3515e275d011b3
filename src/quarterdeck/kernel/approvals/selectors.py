"""Who waits for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type, visible
from quarterdeck.kernel.approvals.models import Answer, Approval, State, Step


def waiting_for(actor: Actor) -> QuerySet[Step]:
    """Return the steps that wait for the actor's answer, the earliest due first."""
    if actor.user is None:
        return Step.objects.none()
    steps = Step.objects.filter(approver=actor.user, state=Answer.WAITING, approval__state=State.WAITING)
    return steps.select_related("approval__requested_by", "approval__scope", "delegated_from").order_by(
        models.F("approval__due_on").asc(nulls_last=True), "approval__requested_at", "pk"
    )


def asked_by(actor: Actor) -> QuerySet[Approval]:
    """Return what the actor asked for, waiting ones first, with the steps filled."""
    if actor.user is None:
        return Approval.objects.none()
    over = models.Case(models.When(state=State.WAITING, then=0), default=1)
    return with_steps(Approval.objects.filter(requested_by=actor.user)).order_by(over, "-requested_at", "-pk")


def visible_approvals(actor: Actor) -> QuerySet[Approval]:
    """Return the approvals that the actor asked for, has a part in, or may view at their nodes."""
    seen = Q(pk__in=visible(Approval.objects.all(), actor).values("pk"))
    if actor.user is not None and actor.limits is None:
        part = Step.objects.filter(Q(approver=actor.user) | Q(delegated_from=actor.user))
        seen |= Q(pk__in=part.values("approval"))
    return Approval.objects.filter(seen)


def approvals_on(record: models.Model, *, actor: Actor) -> QuerySet[Approval]:
    """Return the approvals about one record that the actor may see, latest first, with the steps filled."""
    about = visible_approvals(actor).filter(record_type=record_type(record), record_id=record.pk)
    return with_steps(about).order_by("-requested_at", "-pk")


def with_steps(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    """Return the approvals with their steps and people filled, in two queries."""
    steps = Step.objects.select_related("approver", "delegated_from")
    return approvals.select_related("requested_by", "scope").prefetch_related(Prefetch("steps", queryset=steps))
