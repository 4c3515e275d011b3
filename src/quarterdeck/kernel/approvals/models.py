"""A question with its approvers, each with an answer of their own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.notifications.messages import render


class Rule(models.TextChoices):
    """Whose approval is enough."""

    ANY = "any", _("Any of them")
    ALL = "all", _("All of them")
    QUORUM = "quorum", _("A number of them")


class State(models.TextChoices):
    """Where an approval stands."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Answer(models.TextChoices):
    """What one approver said. One whose answer was not needed any more is passed over."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    PASSED = "passed", _("Not needed")


class Approval(Record):
    """A request to approve something, pointed at softly; decided when the rule over its steps is met or cannot be met.

    `cost` is what waiting costs: a source text with `cost_values`, put into words when shown.
    """

    row_scope = ("scope",)
    row_owner: ClassVar[tuple[str, ...]] = ("requested_by",)

    kind = models.CharField(_("kind"), max_length=100)
    title = models.CharField(_("title"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    record_label = models.CharField(_("subject"), max_length=300)
    url = models.CharField(max_length=500, blank=True)
    scope = models.ForeignKey(Scope, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("node"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="approvals_asked",
        verbose_name=_("asked by"),
    )
    requested_at = models.DateTimeField(_("asked"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    cost = models.CharField(_("cost of waiting"), max_length=300, blank=True)
    cost_values = models.JSONField(default=dict, blank=True)
    rule = models.CharField(_("rule"), max_length=6, choices=Rule.choices, default=Rule.ALL)
    needed = models.PositiveSmallIntegerField(_("approvals needed"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)

    class Meta:
        ordering = ("due_on", "requested_at", "pk")
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="approvals_decided_when_over",
            ),
            models.CheckConstraint(condition=Q(needed__gte=1), name="approvals_needs_someone"),
        ]
        indexes = [
            models.Index(fields=("record_type", "record_id"), name="approvals_subject"),
            models.Index(fields=("due_on",), condition=Q(state="waiting"), name="approvals_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """The colour of the state's badge."""
        return {State.APPROVED: "green", State.DECLINED: "red", State.WAITING: "amber"}.get(State(self.state), "")

    @property
    def page(self) -> str:
        """Where it is decided: the page that the asking app named, else its own."""
        return self.url or reverse("approvals:approval", kwargs={"pk": self.pk})

    @property
    def cost_text(self) -> str:
        """What waiting costs, in the current language; "" when nothing was said."""
        return render(self.cost, self.cost_values) if self.cost else ""


class Step(Record):
    """One approver's part of an approval. Delegating hands it to someone else and keeps whose it was."""

    row_scope = ("approval__scope",)
    row_owner: ClassVar[tuple[str, ...]] = ("approver", "delegated_from")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps", verbose_name=_("approval"))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="approval_steps", verbose_name=_("approver")
    )
    delegated_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delegated from"),
    )
    state = models.CharField(_("answer"), max_length=8, choices=Answer.choices, default=Answer.WAITING)
    note = models.TextField(_("note"), blank=True)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        constraints = [models.UniqueConstraint(fields=("approval", "approver"), name="approvals_one_step_each")]
        indexes = [models.Index(fields=("approver",), condition=Q(state="waiting"), name="approvals_step_waiting")]

    def __str__(self) -> str:
        return f"{self.approval}: {self.approver}"

    @property
    def tone(self) -> str:
        """The colour of the answer's badge."""
        return {Answer.APPROVED: "green", Answer.DECLINED: "red", Answer.WAITING: "amber"}.get(Answer(self.state), "")
