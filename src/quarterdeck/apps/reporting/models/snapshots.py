"""Where an initiative stood on a day."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.choices import Colour


class Snapshot(models.Model):
    """What the assessment of a day found of one initiative; of a node, what all projects below it add up to.

    One for each initiative and day: the last assessment of the day stands. Amounts are in `currency`, indices are pure
    numbers, days are working days. Nothing here is typed in; whoever sees the initiative sees it.
    """

    row_scope: ClassVar[tuple[str, ...]] = ("initiative__scope", "initiative__unit__scope")
    field_classes: ClassVar[dict[str, str]] = dict.fromkeys(
        ("budget", "bac", "pv", "ev", "ac", "committed", "eac", "over_budget"), "money"
    )

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="+", verbose_name=_("initiative"), db_index=False
    )
    on = models.DateField(_("day"))
    assessed_at = models.DateTimeField(_("assessed"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    currency = models.CharField(_("currency"), max_length=8, blank=True)

    colour = models.CharField(_("health"), max_length=5, choices=Colour.choices, blank=True)
    #: Colour by dimension; a dimension without records behind it is not there.
    colours = models.JSONField(_("health by dimension"), default=dict)
    own_colour = models.CharField(_("manager’s call"), max_length=5, choices=Colour.choices, blank=True)
    own_reason = models.TextField(_("reason of the call"), blank=True)

    budget = models.DecimalField(_("budget"), max_digits=22, decimal_places=4, null=True)
    bac = models.DecimalField(_("budget at completion"), max_digits=22, decimal_places=4, null=True)
    pv = models.DecimalField(_("planned value"), max_digits=22, decimal_places=4, null=True)
    ev = models.DecimalField(_("earned value"), max_digits=22, decimal_places=4, null=True)
    ac = models.DecimalField(_("actual cost"), max_digits=22, decimal_places=4, null=True)
    committed = models.DecimalField(_("committed"), max_digits=22, decimal_places=4, null=True)
    eac = models.DecimalField(_("estimate at completion"), max_digits=22, decimal_places=4, null=True)
    #: Of the projects that have both a budget and an estimate; None in what was kept before it was.
    over_budget = models.DecimalField(_("estimate over budget"), max_digits=22, decimal_places=4, null=True)
    spi = models.FloatField(_("SPI"), null=True)
    cpi = models.FloatField(_("CPI"), null=True)
    spi_t = models.FloatField(_("SPI(t)"), null=True)
    percent = models.FloatField(_("complete, %"), null=True)

    baseline_finish = models.DateField(_("baseline finish"), null=True)
    forecast_finish = models.DateField(_("forecast finish"), null=True)
    days_late = models.IntegerField(_("late, working days"), null=True)

    #: Projects assessed at and below the node, and how many of them stand at each colour.
    projects = models.PositiveIntegerField(_("projects"), default=0)
    reds = models.PositiveIntegerField(_("red"), default=0)
    ambers = models.PositiveIntegerField(_("amber"), default=0)
    greens = models.PositiveIntegerField(_("green"), default=0)

    #: Facts looked at for accuracy, and those in order.
    checked = models.PositiveIntegerField(_("facts looked at"), default=0)
    sound = models.PositiveIntegerField(_("facts in order"), default=0)
    accuracy = models.FloatField(_("facts in order, %"), null=True)
    #: Honesty signs: names of `selectors.signs`.
    signs = models.JSONField(_("honesty signs"), default=list)
    #: By dimension: facts, the rule that fired, the nearest way to green; see `selectors.facts`.
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        ordering = ("initiative", "-on")
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [models.UniqueConstraint(fields=("initiative", "on"), name="reporting_snapshot_day")]
        indexes = [models.Index(fields=("on",), name="reporting_snapshot_on")]

    def __str__(self) -> str:
        return f"{self.initiative_id}, {self.on}"

    @property
    def over(self) -> Decimal | None:
        """By how much the estimate is over the budget, of the projects that have both."""
        if self.over_budget is not None or self.eac is None or self.budget is None:
            return self.over_budget
        return self.eac - self.budget

    @property
    def unbudgeted(self) -> Decimal:
        """What of the estimate is of projects without a budget."""
        return (self.eac or Decimal(0)) - (self.budget or Decimal(0)) - (self.over or Decimal(0))
