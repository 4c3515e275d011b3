"""A comment on any record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Comment(models.Model):
    """A remark in Markdown on one record, seen by whoever sees that record.

    It has no node of its own, so it is not a Record: it is reached only through the record that it is about. A removed
    comment keeps its place with an empty body; history keeps what it said.
    """

    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    body = models.TextField(_("comment"), max_length=20_000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    author_label = models.CharField(max_length=200)
    mentioned: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("mentioned")
    )
    created_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("edited"), null=True)
    deleted_at = models.DateTimeField(_("removed"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=("record_type", "record_id", "created_at"), name="comments_of_record")]

    def __str__(self) -> str:
        return f"{self.author_label}: {self.body[:60]}"
