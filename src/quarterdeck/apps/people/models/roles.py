"""The catalogue of roles, and who holds which at which node."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.choices import HeldAt, RoleKind
from quarterdeck.apps.people.models.persons import Person
from quarterdeck.kernel.access.models import AccessRole, Scope
from quarterdeck.kernel.audit.models import Record


class Role(Record):
    """A role of the catalogue: what it is for, what it does and decides, and which rights come with it."""

    row_scope = ()

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=RoleKind.choices, default=RoleKind.SPECIALIST)
    held_at = models.CharField(_("held at"), max_length=10, choices=HeldAt.choices, default=HeldAt.ANY)
    single = models.BooleanField(_("one holder at a time"), default=False, help_text=_("At each node."))
    purpose = models.TextField(_("purpose"), blank=True)
    responsibilities = models.TextField(_("responsibilities"), blank=True, help_text=_("One a line."))
    authority = models.TextField(_("authority"), blank=True)
    decision_limits = models.TextField(_("decision limits"), blank=True)
    access_role = models.ForeignKey(
        AccessRole,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rights"),
        help_text=_("What holders may see and do at the node and below it."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name


class RoleAssignment(Record):
    """A person holds a role at a node between two dates; meanwhile the person's user has the role's rights there."""

    # The node alone decides: whoever looks after the person's unit may not hand out roles elsewhere.
    row_scope = ("scope",)
    row_owner = ("person__user",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments", verbose_name=_("person"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="assignments", verbose_name=_("role"))
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="role_assignments", verbose_name=_("node"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    share = models.DecimalField(
        _("share of time, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )

    class Meta:
        ordering = ("scope__path", "role__position", "-starts_on")
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="people_assignment_dates",
                violation_error_message=_("An assignment ends on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=100),
                name="people_assignment_share",
                violation_error_message=_("A share is 0 to 100 %."),
            ),
        ]
        indexes = [models.Index(fields=("scope", "role", "starts_on"), name="people_assignment_held")]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}, {self.scope}"

    def in_force(self, on: dt.date) -> bool:
        """Tell whether the assignment holds on a day."""
        return self.starts_on <= on and (self.ends_on is None or self.ends_on >= on)
