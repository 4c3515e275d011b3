"""What people were told, and how they want to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.notifications.kinds import Channel, kinds
from quarterdeck.kernel.notifications.messages import render


class Notification(models.Model):
    """One thing one user is told: kind and values, put into words when shown, about a record pointed at softly."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=100)
    values = models.JSONField(default=dict)
    record_type = models.CharField(max_length=100, blank=True)
    record_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    by_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)
    #: Set by `closing.close` on what is about a record that the reader may not see any more.
    closed: bool = False

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("notification")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "kind", "record_type", "record_id"),
                condition=Q(read_at__isnull=True, record_id__isnull=False),
                name="notifications_one_unread_per_record",
            )
        ]
        indexes = [
            models.Index(fields=("user", "-created_at"), name="notifications_user"),
            models.Index(fields=("user",), condition=Q(read_at__isnull=True), name="notifications_unread"),
            models.Index(
                fields=("user",),
                condition=Q(read_at__isnull=True, by_mail=True, mailed_at__isnull=True),
                name="notifications_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def kind_title(self) -> str:
        """The kind in words; "" when it is not part of the product any more."""
        known = kinds.get(self.kind)
        return str(known.title) if known else ""

    @property
    def text(self) -> str:
        """The sentence in the current language; nothing of a record that the reader may not see any more."""
        if self.closed:
            return _t("Something about a record that is gone, or that you may not see any more.")
        known = kinds.get(self.kind)
        return render(known.message, self.values) if known else str(self.values.get("record", self.kind))


class Preference(models.Model):
    """How one user wants to be told of one kind; the kind's own default holds where there is none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=100)
    channel = models.CharField(max_length=6, choices=Channel.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "kind"), name="notifications_one_preference_per_kind")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.channel}"


class Digest(models.Model):
    """How often a user gets e-mail, and when the last one went out; daily where there is none."""

    class Every(models.TextChoices):
        """The rhythm."""

        HOURLY = "hourly", _("Every hour")
        DAILY = "daily", _("Every morning")
        NEVER = "never", _("Never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_digest")
    every = models.CharField(_("e-mail"), max_length=6, choices=Every.choices, default=Every.DAILY)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("digest")

    def __str__(self) -> str:
        return f"{self.user}: {self.every}"


class Follow(models.Model):
    """One user wants to be told of what changes on one record, pointed at softly; `label` and `url` are how it was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField()
    #: Set by `closing.close` on a record that the follower may not see any more.
    closed: bool = False

    class Meta:
        ordering = ("label", "pk")
        constraints = [
            models.UniqueConstraint(fields=("user", "record_type", "record_id"), name="notifications_follow_once")
        ]
        indexes = [models.Index(fields=("record_type", "record_id"), name="notifications_followed")]

    def __str__(self) -> str:
        return f"{self.user}: {self.label}"
