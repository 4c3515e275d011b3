"""Plan files on their way in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models.plans import Plan
from quarterdeck.apps.portfolio.models import Initiative


class PlanImport(models.Model):
    """One plan file on its way in: what was read of it, where it is to go, and whether it was written.

    Only whoever uploaded it sees it. `batch` groups what it writes. The step to DONE is taken in the transaction that
    writes the plan, so that an import killed at any moment has written everything or nothing, and never writes twice.
    """

    class State(models.TextChoices):
        """Where the conversation stands."""

        READING = "reading", _("Being read")
        REFUSED = "refused", _("Cannot be read")
        READ = "read", _("Read")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Imported")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    #: Files uploaded together are one upload.
    upload = models.UUIDField(db_index=True)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    #: Counts, warnings, comparison and quality of what was read; or what is wrong with the file.
    report = models.JSONField(default=dict)
    initiative = models.ForeignKey(Initiative, models.SET_NULL, null=True, related_name="+")
    #: The plan to be changed by it, or that it has made.
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, related_name="+")
    batch = models.UUIDField(unique=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("plan import")
        verbose_name_plural = _("plan imports")
        indexes = [models.Index(fields=("user", "-id"), name="delivery_import_mine")]

    def __str__(self) -> str:
        return self.file_name


class PlanFile(models.Model):
    """The uploaded file of an import and what was read of it, until the import is done."""

    run = models.OneToOneField(PlanImport, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()
    #: `PlanDocument` as JSON once it was read.
    document = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("plan file")

    def __str__(self) -> str:
        return str(self.run)
