"""Tags and what bears them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.audit.models import Record


class Colour(models.TextChoices):
    """Colour tokens of the design: the six of a series, which state nothing."""

    SERIES1 = "series1", _("Blue")
    SERIES2 = "series2", _("Teal")
    SERIES3 = "series3", _("Ochre")
    SERIES4 = "series4", _("Violet")
    SERIES5 = "series5", _("Slate")
    SERIES6 = "series6", _("Magenta")


class Tag(Record):
    """A word under which records of any kind are found together; the same word in any case is the same tag."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=50)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices, default=Colour.SERIES5)

    class Meta:
        ordering = ("name",)
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="tags_tag_name", violation_error_message=_("There is a tag of this name already.")
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """One tag on one record."""

    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("record_type", "record_id", "tag"), name="tags_tagging_once"),
        ]
        indexes = [models.Index(fields=("tag", "record_type", "record_id"), name="tags_tagging_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag}: {self.record_type} {self.record_id}"
