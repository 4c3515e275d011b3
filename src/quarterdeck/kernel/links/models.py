"""A typed link between two records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How the first record stands to the second, read from the first."""

    RELATES = "relates", _("relates to")
    BLOCKS = "blocks", _("blocks")
    DEPENDS = "depends", _("depends on")
    CAUSES = "causes", _("causes")
    DUPLICATES = "duplicates", _("duplicates")
    REPLACES = "replaces", _("replaces")
    DERIVES = "derives", _("derives from")
    ANSWERS = "answers", _("answers")


#: The same link read from the second record.
INVERSE = {
    Kind.RELATES: _("relates to"),
    Kind.BLOCKS: _("is blocked by"),
    Kind.DEPENDS: _("is needed by"),
    Kind.CAUSES: _("is caused by"),
    Kind.DUPLICATES: _("is duplicated by"),
    Kind.REPLACES: _("is replaced by"),
    Kind.DERIVES: _("gives rise to"),
    Kind.ANSWERS: _("is answered by"),
}
#: Kinds that read the same both ways: kept once, whichever end it was made from.
SYMMETRIC = frozenset({Kind.RELATES})


class Link(models.Model):
    """One link. The labels are those of the ends when it was made, never shown to who may not see the end."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    from_type = models.CharField(max_length=100)
    from_id = models.BigIntegerField()
    from_label = models.CharField(max_length=300)
    to_type = models.CharField(max_length=100)
    to_id = models.BigIntegerField()
    to_label = models.CharField(max_length=300)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.UniqueConstraint(
                fields=("from_type", "from_id", "kind", "to_type", "to_id"), name="links_link_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_type=models.F("to_type"), from_id=models.F("to_id")), name="links_link_not_to_itself"
            ),
        ]
        indexes = [models.Index(fields=("to_type", "to_id"), name="links_link_to")]

    def __str__(self) -> str:
        return f"{self.from_label} {self.get_kind_display()} {self.to_label}"
