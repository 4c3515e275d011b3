"""Saved views: a name for a list's state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list's filters, order, grouping and columns under a name; private to its owner or shared with everyone.

    It holds parameters, never rows: what one sees through a shared view is what one may see. It may be the default of
    its owner, or of everyone who holds an access role.
    """

    register = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_shared = models.BooleanField(_("shared with everyone"), default=False)
    is_default = models.BooleanField(_("my default"), default=False)
    default_for = models.ForeignKey("access.AccessRole", models.SET_NULL, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("saved view")
        constraints = [
            models.UniqueConstraint(fields=("register", "owner", "name"), name="registers_view_name"),
            models.UniqueConstraint(
                fields=("register", "owner"), condition=Q(is_default=True), name="registers_view_one_default"
            ),
            models.UniqueConstraint(
                fields=("register", "default_for"),
                condition=Q(default_for__isnull=False),
                name="registers_view_one_role_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file on its way into a register: its columns, what the check found, and whether it was written.

    Only whoever uploaded it sees it. `batch` groups what it writes for one Undo. The step to DONE is taken in the
    transaction that writes the records, so that a run killed at any moment has written everything or nothing, and
    never writes twice.
    """

    class State(models.TextChoices):
        """Where the conversation stands."""

        COLUMNS = "columns", _("Columns to be matched")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Imported")

    register = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLUMNS)
    headers = models.JSONField(default=list)
    headers_key = models.CharField(max_length=64)
    #: `sheet`, `sheets`, `columns` (position -> field), `clears`, `day_first`.
    options = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    #: `counts`, `problems`, `added` and `changed` (the first of them), `errors`.
    report = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    batch = models.UUIDField(unique=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=("register", "user", "-id"), name="registers_import_mine"),
            models.Index(fields=("register", "headers_key"), name="registers_import_headers"),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The uploaded file of a run, kept beside it in the database until the run is done, so that both go and stay
    together.
    """

    run = models.OneToOneField(ImportRun, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("imported file")

    def __str__(self) -> str:
        return str(self.run)
