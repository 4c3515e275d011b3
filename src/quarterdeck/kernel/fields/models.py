"""The definition of a custom field; its values live in `Record.custom`."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.audit.models import Record


class Kind(models.TextChoices):
    """What a field holds. In brackets, how `Record.custom` keeps it."""

    TEXT = "text", _("Text")  # string
    LONG_TEXT = "long_text", _("Long text, Markdown")  # string
    NUMBER = "number", _("Number")  # number, at most 15 significant digits
    MONEY = "money", _("Money")  # {"amount": number, "currency": "EUR"}
    DATE = "date", _("Date")  # "2026-03-17"
    CHOICE = "choice", _("Choice")  # string, one of the choices
    YES_NO = "yes_no", _("Yes or no")  # true, false
    RECORD = "record", _("Link to a record, such as a person")  # id
    URL = "url", _("Web address")  # string


class CustomField(Record):
    """A field that records of one type have at a node and below it, beside those they are made with.

    Read by everyone who sees the records; kept by whoever may at the root.
    """

    row_scope = ()

    record_type = models.CharField(_("records"), max_length=100)
    key = models.CharField(
        _("key"),
        max_length=40,
        help_text=_("The column's name in files and in the API; it stays."),
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and underscores, a letter first."))],
    )
    label = models.CharField(_("label"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    #: The record type that a link leads to.
    target = models.CharField(_("links to"), max_length=100, blank=True)
    required = models.BooleanField(_("required"), default=False)
    help = models.CharField(_("help"), max_length=300, blank=True)
    scope = models.ForeignKey(
        Scope,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("at and below"),
        help_text=_("Empty for the whole organisation."),
    )
    position = models.PositiveIntegerField(_("order"), default=0)
    filterable = models.BooleanField(_("filter"), default=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("record_type", "position", "label")
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                fields=("record_type", "key"),
                name="fields_field_key",
                violation_error_message=_("These records have a field of this key already."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Refuse what would make values unreadable: a changed key or kind, no choices, a link to nothing."""
        errors: dict[str, str] = {}
        if model_of(self.record_type) is None:
            errors["record_type"] = gettext("Choose one of those listed.")
        if self.kind == Kind.CHOICE:
            self._clean_choices(errors)
        elif self.choices:
            errors["choices"] = gettext("Only a choice has choices.")
        if self.kind == Kind.RECORD and model_of(self.target) is None:
            errors["target"] = gettext("Say what the link leads to.")
        elif self.kind != Kind.RECORD and self.target:
            errors["target"] = gettext("Only a link leads to a record.")
        stored = CustomField.objects.filter(pk=self.pk).first() if self.pk else None
        if stored is not None:
            for name in ("record_type", "key", "kind", "target"):
                if getattr(stored, name) != getattr(self, name):
                    errors[name] = gettext("This stays as it is. Take the field out of use and add another.")
        if errors:
            raise ValidationError(errors)

    def _clean_choices(self, errors: dict[str, str]) -> None:
        choices = self.choices
        if not isinstance(choices, list) or not choices or not all(isinstance(c, str) and c.strip() for c in choices):
            errors["choices"] = gettext("Name one choice or more.")
            return
        self.choices = [" ".join(choice.split()) for choice in choices]
        if len({choice.casefold() for choice in self.choices}) != len(self.choices):
            errors["choices"] = gettext("Two choices are the same.")
