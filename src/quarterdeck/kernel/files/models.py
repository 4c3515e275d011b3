"""A file attached to any record."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Attachment(models.Model):
    """One file on one record, seen by whoever sees that record; several may share one stored content.

    A removed one keeps its row and content for a while (`storage.clean_up`), so that the removal can be undone.
    """

    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    name = models.CharField(_("file name"), max_length=200)
    size = models.BigIntegerField(_("size"), help_text=_("Bytes"))
    content_type = models.CharField(_("type"), max_length=150)
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by")
    )
    uploaded_at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-uploaded_at", "-id")
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=("record_type", "record_id"), name="files_of_record")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address at which the file is handed out."""
        return f"/files/{self.pk}/{quote(self.name)}"
