"""Persons and their dated cost rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit, WorkCalendar
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.kernel.audit.models import Record


class Person(Record):
    """Someone whom plans, roles and rates refer to; may or may not sign in."""

    row_scope = ("unit__scope",)
    row_owner = ("user",)
    field_classes = {"phone": "personal"}

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty: the next, such as P-0042.")
    )
    name = models.CharField(_("name"), max_length=200)
    preferred_name = models.CharField(_("called"), max_length=100, blank=True)
    sort_name = models.CharField(
        _("sorted as"), max_length=200, blank=True, help_text=_("Left empty: last word of the name first.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PersonKind.choices, default=PersonKind.STAFF)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("signs in as"),
        help_text=_("Roles held by this person give rights to this user."),
    )
    unit = models.ForeignKey(
        OrganisationUnit,
        models.PROTECT,
        related_name="people",
        verbose_name=_("unit"),
        help_text=_("For contacts of suppliers and clients: the unit that keeps the contact."),
    )
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("manager")
    )
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    employer = models.CharField(_("employer"), max_length=200, blank=True, help_text=_("Of those from outside."))
    location = models.CharField(_("location"), max_length=100, blank=True)
    calendar = models.ForeignKey(
        WorkCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("working calendar"),
        help_text=_("Left empty: that of the unit."),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("sort_name", "name")
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="people_person_dates",
                violation_error_message=_("A person leaves on or after the day of joining."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="people_person_email",
                violation_error_message=_("Another person has this e-mail address."),
            ),
        ]
        indexes = [models.Index(fields=("sort_name", "name"), name="people_person_sorted")]

    def __str__(self) -> str:
        return self.preferred_name or self.name

    def has_left(self, on: dt.date) -> bool:
        """Tell whether the person's last day lies before `on`."""
        return self.ends_on is not None and self.ends_on < on


class CostRate(Record):
    """What an hour of a person costs from a day on, until the day from which the next rate holds."""

    row_scope = ("person__unit__scope",)
    field_classes = {"rate": "money"}
    currency_field = "currency"

    person = models.ForeignKey(Person, models.CASCADE, related_name="cost_rates", verbose_name=_("person"))
    starts_on = models.DateField(_("from"))
    rate = models.DecimalField(
        _("rate per hour"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0"))]
    )
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))

    class Meta:
        ordering = ("person", "-starts_on")
        verbose_name = _("cost rate")
        verbose_name_plural = _("cost rates")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "starts_on"),
                name="people_rate_once",
                violation_error_message=_("Another rate of this person starts on the same day."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0),
                name="people_rate_positive",
                violation_error_message=_("A rate is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        # The amount is left out: this text is shown to those who may not see money.
        return _("%(person)s from %(day)s") % {"person": self.person, "day": self.starts_on}
