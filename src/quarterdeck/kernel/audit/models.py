"""The abstract `Record` and the `Change` that each write to one leaves behind."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """Base of everything the organisation keeps: versioned, attributed, and limited to those who may see its node.

    `row_scope` names the ORM paths to the `Scope` that governs a row; with several, any one of them opens it.
    An empty tuple means reference data of the whole organisation. It must be stated (a system check looks).
    """

    row_scope: ClassVar[tuple[str, ...]]
    #: ORM paths to the user to whom a row belongs, and who may always view it.
    row_owner: ClassVar[tuple[str, ...]] = ()
    #: The foreign key to the currency, known by its `code`, of the row's amounts; sums keep currencies apart.
    currency_field: ClassVar[str] = ""
    #: field name -> class of sensitivity ("money", "personal"); those without the right do not see the field.
    field_classes: ClassVar[dict[str, str]] = {}
    #: Names of fields that are worked out from the others: no Change tells them, and what works them out writes them
    #: apart, by `records.write_followed`.
    follows: ClassVar[frozenset[str]] = frozenset()

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False, null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("last changed"), editable=False, null=True, db_index=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last changed by"),
    )
    custom = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True


class Action(models.TextChoices):
    """What a change did to its record."""

    CREATE = "create", _("Added")
    CHANGE = "change", _("Changed")
    DELETE = "delete", _("Removed")


class Change(models.Model):
    """One write to one record: who, when, by which way, why, the fields before and after, and the whole state after.

    Rows are appended in order of `id` and never edited. `batch` groups what was done in one act, and is what Undo
    takes back.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    via = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    batch = models.UUIDField(default=uuid.uuid4, db_index=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=300)
    version = models.PositiveIntegerField()
    before = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.JSONField(encoder=DjangoJSONEncoder, null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            # With the moment, the last change of every record before a date is found in the index alone.
            models.Index(fields=("record_type", "record_id", "-id", "at"), name="audit_change_record"),
            models.Index(fields=("record_type", "at"), name="audit_change_type_at"),
            models.Index(fields=("at",), name="audit_change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.label}"
