"""What was spent and what is promised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.finance.choices import TYPED
from quarterdeck.apps.finance.models.costs import BY_INITIATIVE, CostCategory
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record


class Actual(Record):
    """A row of the ledger. It is never changed nor removed; a wrong one is reversed by another row.

    `source` and `reference` together name it once and for all, so that a file taken in twice changes nothing.
    """

    row_scope = BY_INITIATIVE
    field_classes = {"amount": "money"}
    currency_field = "currency"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="actuals", verbose_name=_("initiative"))
    category = models.ForeignKey(CostCategory, models.PROTECT, related_name="actuals", verbose_name=_("category"))
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, related_name="actuals", verbose_name=_("work package")
    )
    posted_on = models.DateField(_("posted on"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    source = models.CharField(
        _("source"), max_length=40, default=TYPED, help_text=_("The ledger or system that it comes from.")
    )
    reference = models.CharField(
        _("reference"),
        max_length=100,
        blank=True,
        help_text=_("Its number there, unique within the source. Left empty, one is given."),
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )

    class Meta:
        ordering = ("-posted_on", "-pk")
        verbose_name = _("actual")
        verbose_name_plural = _("actuals")
        constraints = [
            models.UniqueConstraint(
                fields=("source", "reference"),
                name="finance_actual_reference",
                violation_error_message=_("The ledger has a row of this source and reference already."),
            )
        ]
        indexes = [models.Index(fields=("initiative", "posted_on"), name="finance_actual_posted")]

    def __str__(self) -> str:
        return self.reference


class Commitment(Record):
    """Money promised to someone: an order or contract, with what of it has been invoiced."""

    row_scope = BY_INITIATIVE
    field_classes = {"amount": "money", "invoiced": "money"}
    currency_field = "currency"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="commitments", verbose_name=_("initiative"))
    category = models.ForeignKey(CostCategory, models.PROTECT, related_name="commitments", verbose_name=_("category"))
    reference = models.CharField(_("reference"), max_length=40, unique=True, help_text=_("Number of the order."))
    counterparty = models.CharField(_("to"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    invoiced = models.DecimalField(_("invoiced"), max_digits=20, decimal_places=4, default=0)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    ordered_on = models.DateField(_("ordered on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("Nothing more of it will be invoiced.")
    )

    class Meta:
        ordering = ("due_on", "reference")
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.CheckConstraint(
                condition=Q(invoiced__gte=0) & Q(amount__gte=0),
                name="finance_commitment_amounts",
                violation_error_message=_("Amounts of a commitment are zero or more."),
            )
        ]

    def __str__(self) -> str:
        return self.reference
