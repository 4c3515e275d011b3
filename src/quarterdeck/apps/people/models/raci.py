"""Who is responsible, accountable, consulted, informed: the standard by role, and what a node changes of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.choices import Raci, RaciEntryLetter
from quarterdeck.apps.people.models.roles import Role
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record


class Activity(Record):
    """A standard activity of running an initiative; a row of the RACI matrix."""

    row_scope = ()

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)
    group = models.CharField(_("group"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("standard activity")
        verbose_name_plural = _("standard activities")

    def __str__(self) -> str:
        return self.name


class RaciDefault(Record):
    """The part that a role has in an activity unless a node says otherwise."""

    row_scope = ()

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="defaults", verbose_name=_("activity"))
    role = models.ForeignKey(Role, models.CASCADE, related_name="raci_defaults", verbose_name=_("role"))
    letter = models.CharField(_("part"), max_length=1, choices=Raci.choices)

    class Meta:
        ordering = ("activity", "role")
        verbose_name = _("standard responsibility")
        verbose_name_plural = _("standard responsibilities")
        constraints = [
            models.UniqueConstraint(
                fields=("activity", "role"),
                name="people_raci_default_once",
                violation_error_message=_("The role has a part in this activity already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity}, {self.role}: {self.letter}"


class RaciEntry(Record):
    """The part that a role has in an activity at one node, in place of the standard."""

    row_scope = ("scope",)

    scope = models.ForeignKey(Scope, models.CASCADE, related_name="raci_entries", verbose_name=_("node"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="entries", verbose_name=_("activity"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="raci_entries", verbose_name=_("role"))
    letter = models.CharField(_("part"), max_length=1, choices=RaciEntryLetter.choices)

    class Meta:
        ordering = ("scope__path", "activity", "role")
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        constraints = [
            models.UniqueConstraint(
                fields=("scope", "activity", "role"),
                name="people_raci_entry_once",
                violation_error_message=_("The role has a part in this activity here already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.activity}, {self.role}: {self.letter}"
