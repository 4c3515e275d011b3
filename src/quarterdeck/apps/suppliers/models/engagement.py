"""Planned and logged contacts with suppliers, and what their scorecard weighs."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import ContactKind, Dimension
from quarterdeck.apps.suppliers.models.suppliers import BY_INITIATIVE, BY_SUPPLIER, Supplier
from quarterdeck.kernel.records import Record

_PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class SupplierContact(Record):
    """A contact with a supplier, planned for a day and held, about a project or in general."""

    row_scope = (*BY_SUPPLIER, *BY_INITIATIVE)

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contacts", verbose_name=_("supplier"))
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplier_contacts",
        verbose_name=_("initiative"),
        help_text=_("Left empty: about the supplier as a whole."),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind.choices, default=ContactKind.REVIEW)
    subject = models.CharField(_("about"), max_length=200)
    planned_on = models.DateField(_("planned for"))
    every_days = models.PositiveSmallIntegerField(
        _("again after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("When it is logged, the next is planned so many days later."),
    )
    owner = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplier_contacts",
        verbose_name=_("held by"),
        help_text=_("Left empty: the relationship manager."),
    )
    held_on = models.DateField(_("held on"), null=True, blank=True, editable=False)
    in_time = models.BooleanField(_("in time"), null=True, editable=False)
    outcome = models.TextField(_("outcome"), blank=True, editable=False)
    next = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="previous",
        verbose_name=_("next one"),
    )

    class Meta:
        ordering = ("planned_on", "pk")
        verbose_name = _("contact with a supplier")
        verbose_name_plural = _("contacts with suppliers")

    def __str__(self) -> str:
        return self.subject


class ScorecardWeight(Record):
    """How much a dimension counts on scorecards from a day on, and from which score on it is well."""

    row_scope = ()

    dimension = models.CharField(_("dimension"), max_length=14, choices=Dimension.choices)
    starts_on = models.DateField(_("from"))
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, validators=_PERCENT)
    target = models.DecimalField(_("target, %"), max_digits=5, decimal_places=2, validators=_PERCENT)

    class Meta:
        ordering = ("dimension", "-starts_on")
        verbose_name = _("scorecard weight")
        verbose_name_plural = _("scorecard weights")
        constraints = [
            models.UniqueConstraint(
                fields=("dimension", "starts_on"),
                name="suppliers_weight_once",
                violation_error_message=_("The dimension has a weight from this day already."),
            )
        ]

    def __str__(self) -> str:
        return str(Dimension(self.dimension).label)
