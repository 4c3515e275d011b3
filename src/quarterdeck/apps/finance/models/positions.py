"""Where the money of an initiative stood on a day, as its assessment found it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.finance.choices import Forecast
from quarterdeck.apps.portfolio.models import Initiative

AMOUNTS = ("budget", "due", "over_plan", "over_budget", "left", "actual", "committed", "forecast")
MEASURES = ("bac", "pv", "ev", "ac")


class Position(models.Model):
    """What an assessment found of the money of one initiative; of a node, of all projects below it.

    One for each initiative and day: the last assessment of the day stands. Amounts are in `currency` and mean what
    they mean in `selectors.money.Money`. Nothing here is typed in: pages of nodes with thousands of tasks below them
    read it instead of reckoning anew. The curve and the categories of a project are kept of its last day alone: its own
    page reckons them, and nodes add up the last.
    """

    row_scope: ClassVar[tuple[str, ...]] = ("initiative__scope", "initiative__unit__scope")
    field_classes: ClassVar[dict[str, str]] = dict.fromkeys((*AMOUNTS, *MEASURES, "curve", "categories"), "money")

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="+", verbose_name=_("initiative"), db_index=False
    )
    on = models.DateField(_("day"))
    assessed_at = models.DateTimeField(_("assessed"))
    currency = models.CharField(_("currency"), max_length=8, blank=True)

    budget = models.DecimalField(_("budget"), max_digits=22, decimal_places=4, null=True)
    due = models.DecimalField(_("planned to date"), max_digits=22, decimal_places=4, null=True)
    over_plan = models.DecimalField(_("spent over plan"), max_digits=22, decimal_places=4, null=True)
    over_budget = models.DecimalField(_("forecast over budget"), max_digits=22, decimal_places=4, null=True)
    left = models.DecimalField(_("left of the budget"), max_digits=22, decimal_places=4, null=True)
    actual = models.DecimalField(_("actual"), max_digits=22, decimal_places=4)
    committed = models.DecimalField(_("committed"), max_digits=22, decimal_places=4)
    forecast = models.DecimalField(_("forecast"), max_digits=22, decimal_places=4, null=True)
    by = models.CharField(_("forecast by"), max_length=12, choices=Forecast.choices, blank=True)

    bac = models.FloatField(_("budget at completion"), null=True)
    pv = models.FloatField(_("planned value"), null=True)
    ev = models.FloatField(_("earned value"), null=True)
    ac = models.FloatField(_("actual cost of what was earned"), null=True)

    #: Projects that enter the curve.
    drawn = models.PositiveIntegerField(_("projects in the curve"), default=0)
    #: Codes of currencies without a rate, whose amounts are left out.
    missing = models.JSONField(_("currencies without a rate"), default=list)
    #: `selectors.positions.Curve`; None where nothing is measured.
    curve = models.JSONField(_("curve"), null=True)
    #: Lines of `selectors.positions.CATEGORY`.
    categories = models.JSONField(_("categories"), null=True)

    class Meta:
        ordering = ("initiative", "-on")
        verbose_name = _("financial position")
        verbose_name_plural = _("financial positions")
        constraints = [models.UniqueConstraint(fields=("initiative", "on"), name="finance_position_day")]

    def __str__(self) -> str:
        return f"{self.initiative_id}, {self.on}"
