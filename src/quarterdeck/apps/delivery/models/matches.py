"""Who and what the names in plan files are, as whoever imported them has said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.people.models import Person


class SourceMatch(models.Model):
    """What a resource or a calendar of files from one source is here; nothing of the two: it stays as the file has it.

    A proposal for the next import from there, never more: who may not see the person is not shown one.
    """

    class Kind(models.TextChoices):
        """What of a file it is about."""

        RESOURCE = "resource", _("Resource")
        CALENDAR = "calendar", _("Calendar")

    #: Program and author of the files, as `services.matching.source_of` tells them.
    source = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: The name in the file, as names are compared.
    key = models.CharField(max_length=300)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("match of a plan file")
        verbose_name_plural = _("matches of plan files")
        constraints = [models.UniqueConstraint(fields=("source", "kind", "key"), name="delivery_source_match")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
