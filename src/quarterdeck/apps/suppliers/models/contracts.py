"""Contracts with suppliers, the projects that they are for, and what they oblige suppliers to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import ContractState, ObligationKind, ObligationState, Repeats
from quarterdeck.apps.suppliers.models.suppliers import BY_INITIATIVE, BY_SUPPLIER, Supplier
from quarterdeck.kernel.records import Record

_NIL = MinValueValidator(Decimal(0))


class Contract(Record):
    """A contract with a supplier: its worth, term, and the days by which something has to be decided."""

    row_scope = BY_SUPPLIER
    field_classes = {"value": "money", "monthly_charge": "money"}
    currency_field = "currency"

    number = models.CharField(
        _("number"), max_length=40, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contracts", verbose_name=_("supplier"))
    name = models.CharField(_("subject"), max_length=200)
    state = models.CharField(
        _("state"), max_length=10, choices=ContractState.choices, default=ContractState.DRAFT, editable=False
    )
    owner = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts_owned",
        verbose_name=_("contract manager"),
        help_text=_("Left empty: the supplier’s relationship manager."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    notice_on = models.DateField(
        _("notice by"), null=True, blank=True, help_text=_("The last day to give notice, or it is renewed.")
    )
    renews = models.BooleanField(_("renewed unless notice is given"), default=False)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2, null=True, blank=True, validators=[_NIL])
    monthly_charge = models.DecimalField(
        _("charge per month"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[_NIL],
        help_text=_("Of which service credits are a share."),
    )
    credit_cap = models.DecimalField(
        _("most credits, % of the charge"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        validators=[_NIL, MaxValueValidator(Decimal(100))],
    )
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))

    class Meta:
        ordering = ("number",)
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="suppliers_contract_dates",
                violation_error_message=_("A contract ends on or after the day it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day of its term; None where it goes on: without an end, or renewed as long as it is in force."""
        return None if self.renews and self.state == ContractState.IN_FORCE else self.ends_on


class ContractProject(Record):
    """An initiative that a contract is for."""

    row_scope = ("contract__supplier__unit__scope", *BY_INITIATIVE)

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="projects", verbose_name=_("contract"))
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="contracts", verbose_name=_("initiative"))
    purpose = models.CharField(_("what for"), max_length=200, blank=True)

    class Meta:
        ordering = ("contract", "initiative__code")
        verbose_name = _("initiative of a contract")
        verbose_name_plural = _("initiatives of contracts")
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "initiative"),
                name="suppliers_contract_project_once",
                violation_error_message=_("The contract names this initiative already."),
            )
        ]

    def __str__(self) -> str:
        return self.initiative.name


class Obligation(Record):
    """Something a supplier owes by a day: a delivery, a report, an insurance, a licence."""

    row_scope = (*BY_SUPPLIER, *BY_INITIATIVE)

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="obligations", verbose_name=_("supplier"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("contract")
    )
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("initiative")
    )
    title = models.CharField(_("what is owed"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=ObligationKind.choices, default=ObligationKind.DELIVER)
    repeats = models.CharField(_("repeats"), max_length=9, choices=Repeats.choices, default=Repeats.ONCE)
    due_on = models.DateField(_("due on"))
    #: The day of the month on which what repeats is due, where the month of `due_on` is too short for it.
    day_of_month = models.PositiveSmallIntegerField(_("day of the month"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=6, choices=ObligationState.choices, default=ObligationState.OPEN, editable=False
    )
    met_on = models.DateField(_("met on"), null=True, blank=True, editable=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, editable=False)
    evidence = models.CharField(
        _("evidence"), max_length=300, blank=True, editable=False, help_text=_("What shows that it was met.")
    )
    reason = models.CharField(_("why waived"), max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ("due_on", "code")
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a contract of another supplier."""
        if self.contract is not None and self.contract.supplier_id != self.supplier_id:
            raise ValidationError({"contract": gettext("Choose a contract of this supplier.")})
