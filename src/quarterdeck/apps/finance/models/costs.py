"""Cost categories, and what projects may cost."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.delivery.models.plans import joined
from quarterdeck.apps.finance.choices import CostKind
from quarterdeck.apps.organisation.models import Currency, Period
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

#: How money of an initiative is governed.
BY_INITIATIVE = ("initiative__scope", "initiative__unit__scope")


class CostCategory(Record):
    """A sort of cost, in a tree: what budgets, actuals and commitments are told apart by."""

    row_scope = ()

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=CostKind.choices, default=CostKind.OPEX)
    is_allowable = models.BooleanField(
        _("allowable"), default=True, help_text=_("May be charged to a grant or a client.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("cost category")
        verbose_name_plural = _("cost categories")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a category below itself."""
        above, seen = self.parent, set[int]()
        while above is not None and above.pk not in seen:
            if above.pk == self.pk:
                raise ValidationError({"parent": gettext("A category cannot be part of itself.")})
            seen.add(above.pk)
            above = above.parent


class BudgetLine(Record):
    """A part of the budget of an initiative: what for, which work package, when. In the initiative's currency."""

    row_scope = BY_INITIATIVE
    field_classes = {"amount": "money"}
    currency_field = "currency"

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="budget_lines", verbose_name=_("initiative")
    )
    category = models.ForeignKey(CostCategory, models.PROTECT, related_name="budget_lines", verbose_name=_("category"))
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, related_name="budget_lines", verbose_name=_("work package")
    )
    period = models.ForeignKey(
        Period,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="budget_lines",
        verbose_name=_("period"),
        help_text=_("Left empty: spread over the plan."),
    )
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ("initiative__code", "category__code", "pk")
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")

    def __str__(self) -> str:
        # Without the amount: this text is shown to those who may not see money.
        return joined(self, ("category", "initiative"), ", ")
