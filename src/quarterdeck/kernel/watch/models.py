"""What the checks found, and when each was last evaluated."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.notifications.messages import Text, render
from quarterdeck.kernel.watch.checks import Severity, checks


class Stage(models.TextChoices):
    """What people have said of an open exception. It closes by the fact going away, not by being said."""

    FOUND = "found", _("Found")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_HAND = "in_hand", _("In hand")
    ACCEPTED = "accepted", _("Accepted")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.FOUND: "amber", cls.ACKNOWLEDGED: "accent", cls.IN_HAND: "green", cls.ACCEPTED: "plain"}


class Finding(models.Model):
    """One fact that one check found about one record: open while it stands, kept when it is gone.

    It is seen by whoever may see the record it is about, by way of the record's node, and by its owner.
    """

    row_scope: ClassVar[tuple[str, ...]] = ("scope",)
    row_owner: ClassVar[tuple[str, ...]] = ("owner",)
    field_classes: ClassVar[dict[str, str]] = {"cost_of_waiting": "money"}

    check_name = models.CharField(max_length=100)
    severity = models.CharField(_("severity"), max_length=6, choices=Severity.choices)
    #: Sorts by severity: 0 is the highest.
    rank = models.PositiveSmallIntegerField()
    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    key = models.CharField(max_length=100, blank=True)
    label = models.CharField(_("record"), max_length=300)
    url = models.CharField(max_length=500, blank=True)
    message = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    scope = models.ForeignKey(Scope, models.CASCADE, null=True, related_name="+", verbose_name=_("node"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="findings", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True)
    cost_of_waiting = models.DecimalField(_("cost of waiting"), max_digits=18, decimal_places=2, null=True)
    first_seen = models.DateTimeField(_("first seen"))
    opened_at = models.DateTimeField(_("open since"))
    last_seen = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    reopened = models.PositiveIntegerField(_("times reopened"), default=0)
    #: What was said of it since it was opened; nothing yet, or opened again since: none.
    handling = models.OneToOneField("Handling", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("rank", "due_on", "opened_at", "pk")
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(fields=("check_name", "record_type", "record_id", "key"), name="watch_finding_once")
        ]
        indexes = [
            models.Index(
                fields=("record_type", "record_id"), condition=Q(closed_at__isnull=True), name="watch_finding_record"
            ),
            models.Index(fields=("scope", "rank"), condition=Q(closed_at__isnull=True), name="watch_finding_scope"),
            models.Index(fields=("owner", "rank"), condition=Q(closed_at__isnull=True), name="watch_finding_owner"),
            models.Index(
                fields=("rank", "due_on", "opened_at"), condition=Q(closed_at__isnull=True), name="watch_finding_order"
            ),
            models.Index(fields=("closed_at",), name="watch_finding_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.text}"

    @property
    def text(self) -> str:
        """What is wrong, in the current language."""
        return render(self.message, self.values)

    @property
    def title(self) -> Text:
        """The title of the check; its name when it is not part of the product any more."""
        known = checks.get(self.check_name)
        return known.title if known else self.check_name

    @property
    def function(self) -> str:
        """The accountability that the check serves; "" when the check is gone."""
        known = checks.get(self.check_name)
        return known.function if known else ""

    @property
    def address(self) -> str:
        """Where the record that it is about is shown."""
        return f"/open/{self.record_type}/{self.record_id}/"

    @property
    def page(self) -> str:
        """Where all that is known of it stands."""
        return f"/exceptions/{self.pk}/"

    @property
    def is_open(self) -> bool:
        """Whether the fact stood when last looked."""
        return self.closed_at is None


class Handling(Record):
    """What people say of one exception from when it was opened until it closes: seen, in hand, or lived with.

    Written by `services.say` alone. The rights are those on the exception: its owner's, and whoever's may change the
    record that it is about.
    """

    row_scope = ("finding__scope",)
    row_owner = ("finding__owner",)

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="handlings", verbose_name=_("exception"))
    stage = models.CharField(_("state"), max_length=12, choices=Stage.choices, default=Stage.FOUND)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    hand_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in hand with"),
    )
    hand_until = models.DateField(_("put right by"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    #: The day on which it is open again.
    accepted_until = models.DateField(_("accepted until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name, verbose_name_plural = _("handling of an exception"), _("handlings of exceptions")
        indexes = [models.Index(fields=("stage", "accepted_until"), name="watch_handling_accepted")]

    def __str__(self) -> str:
        return self.finding.label

    def stage_on(self, day: dt.date) -> Stage:
        """Return the state on a day: what was accepted is open again once its time is over."""
        over = self.stage == Stage.ACCEPTED and self.accepted_until is not None and self.accepted_until <= day
        return Stage.FOUND if over else Stage(self.stage)


class Evaluation(models.Model):
    """When a check was last evaluated as a whole, and what it found."""

    check_name = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    facts = models.PositiveIntegerField()
    seconds = models.FloatField()

    class Meta:
        ordering = ("check_name",)

    def __str__(self) -> str:
        return self.check_name
