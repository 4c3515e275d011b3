"""Suppliers, the people one speaks with there, and whom they serve."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import SupplierKind, SupplierState, Tier
from quarterdeck.kernel.records import Record

D = TypeVar("D", dt.date, dt.datetime)


def backwards(first: D | None, last: D | None) -> bool:
    """Tell whether an end lies before its start. In a form either may still be empty, required or not."""
    return first is not None and last is not None and last < first


#: Who governs what belongs to a supplier: the unit that keeps it.
BY_SUPPLIER = ("supplier__unit__scope",)
#: ... and the project or programme that it is about, where one is named.
BY_INITIATIVE = ("initiative__scope", "initiative__unit__scope")


class SupplierCategory(Record):
    """A sort of supply, within which suppliers are compared."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("supplier category")
        verbose_name_plural = _("supplier categories")

    def __str__(self) -> str:
        return self.name


class Supplier(Record):
    """A company that supplies goods, work or services; kept by the unit whose people look after it."""

    row_scope = ("unit__scope",)

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=SupplierKind.choices, default=SupplierKind.SUPPLIER)
    category = models.ForeignKey(SupplierCategory, models.PROTECT, related_name="suppliers", verbose_name=_("category"))
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.REGULAR)
    state = models.CharField(
        _("state"), max_length=10, choices=SupplierState.choices, default=SupplierState.PROSPECT, editable=False
    )
    state_since = models.DateField(_("state since"), null=True, blank=True, editable=False)
    state_reason = models.CharField(_("reason of the state"), max_length=300, blank=True, editable=False)
    unit = models.ForeignKey(
        OrganisationUnit,
        models.PROTECT,
        related_name="suppliers",
        verbose_name=_("kept by"),
        help_text=_("The unit whose people look after the supplier; rights follow it."),
    )
    owner = models.ForeignKey(
        Person, models.PROTECT, related_name="suppliers_owned", verbose_name=_("relationship manager")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/suppliers/{self.code}/overview/"


class SupplierPerson(Record):
    """Someone of the supplier whom one speaks with, or who works on plans; the person is kept among the people."""

    row_scope = BY_SUPPLIER

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="people", verbose_name=_("supplier"))
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="supplier_roles",
        verbose_name=_("person"),
        limit_choices_to={"kind__in": (PersonKind.SUPPLIER, PersonKind.CONTRACTOR)},
        help_text=_("A supplier contact or contractor. Plans’ tasks given to the person count as the supplier’s."),
    )
    role = models.CharField(_("role there"), max_length=100, blank=True)
    is_main = models.BooleanField(_("first contact"), default=False)

    class Meta:
        ordering = ("supplier", "-is_main", "person__sort_name")
        verbose_name = _("person of a supplier")
        verbose_name_plural = _("people of suppliers")
        constraints = [
            models.UniqueConstraint(
                fields=("supplier", "person"),
                name="suppliers_person_once",
                violation_error_message=_("The supplier has this person already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class SupplierUse(Record):
    """A unit or initiative that a supplier serves, and for what."""

    row_scope = (*BY_SUPPLIER, *BY_INITIATIVE)

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="uses", verbose_name=_("supplier"))
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="supplied_by", verbose_name=_("initiative")
    )
    served_unit = models.ForeignKey(
        OrganisationUnit, models.PROTECT, null=True, blank=True, related_name="supplied_by", verbose_name=_("unit")
    )
    purpose = models.CharField(_("what for"), max_length=200)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("supplier", "initiative__code", "pk")
        verbose_name = _("service by a supplier")
        verbose_name_plural = _("services by suppliers")

    def __str__(self) -> str:
        return self.purpose

    def clean(self) -> None:
        """Ask for who is served."""
        if self.initiative_id is None and self.served_unit_id is None:
            raise ValidationError(gettext("Name the initiative or the unit that is served."))
        if backwards(self.starts_on, self.ends_on):
            raise ValidationError({"ends_on": gettext("It ends on or after the day it starts.")})
