"""Calendar feeds: secret links by which a calendar program reads dates for one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.models import Initiative


class PlanFeed(models.Model):
    """A secret link to the dates of a project's current plan, or, without a project, of its owner's own tasks.

    What it shows is looked up at each fetch with the rights that the owner has then. Of the secret its digest is kept.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="plan_feeds")
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="plan_feeds", verbose_name=_("project")
    )
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.initiative) if self.initiative_id else str(_("My tasks"))
