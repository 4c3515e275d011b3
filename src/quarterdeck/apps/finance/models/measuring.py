"""How the value of work packages is earned, and which forecast of the cost is believed."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.finance.choices import Forecast, TechniqueKind
from quarterdeck.apps.finance.models.costs import BY_INITIATIVE
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

BY_TASK = ("task__plan__initiative__scope", "task__plan__initiative__unit__scope")


class Technique(Record):
    """How the value of one work package is due and earned; without one, by percent complete."""

    row_scope = BY_TASK

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    task = models.OneToOneField(Task, models.CASCADE, related_name="technique", verbose_name=_("work package"))
    kind = models.CharField(_("technique"), max_length=12, choices=TechniqueKind.choices, default=TechniqueKind.PERCENT)
    share = models.DecimalField(
        _("share at the start, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    units = models.DecimalField(
        _("units in all"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    units_done = models.DecimalField(
        _("units done"),
        max_digits=14,
        decimal_places=3,
        default=0,
        validators=[MinValueValidator(Decimal(0))],
    )
    base = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in step with"),
        help_text=_("The work package that it follows, as inspection follows what it inspects."),
    )

    class Meta:
        ordering = ("task__plan", "task__position")
        verbose_name = _("earning technique")
        verbose_name_plural = _("earning techniques")
        constraints = [
            models.CheckConstraint(
                condition=Q(base__isnull=True) | ~Q(base=F("task")),
                name="finance_technique_itself",
                violation_error_message=_("A work package cannot be in step with itself."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {TechniqueKind(self.kind).label}"

    def clean(self) -> None:
        """Refuse a technique without the figures that it needs."""
        needs = {TechniqueKind.SHARE: "share", TechniqueKind.UNITS: "units", TechniqueKind.APPORTIONED: "base"}
        name = needs.get(TechniqueKind(self.kind))
        if name is not None and getattr(self, "base_id" if name == "base" else name) is None:
            raise ValidationError({name: gettext("This technique needs it.")})
        if self.base is not None and self.base.plan_id != self.task.plan_id:
            raise ValidationError({"base": gettext("Choose a work package of the same plan.")})


class TechniqueMilestone(Record):
    """A step of a work package with its weight; its share is earned when it is achieved."""

    row_scope = tuple(f"technique__{path}" for path in BY_TASK)

    technique = models.ForeignKey(Technique, models.CASCADE, related_name="milestones", verbose_name=_("technique"))
    name = models.CharField(_("name"), max_length=200)
    weight = models.DecimalField(
        _("weight"),
        max_digits=8,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
        help_text=_("Shares are weight out of all weights."),
    )
    planned_on = models.DateField(_("planned on"))
    achieved_on = models.DateField(_("achieved on"), null=True, blank=True)

    class Meta:
        ordering = ("technique", "planned_on", "pk")
        verbose_name = _("weighted milestone")
        verbose_name_plural = _("weighted milestones")

    def __str__(self) -> str:
        return self.name


class EacChoice(Record):
    """Which forecast of the cost at completion is believed of an initiative, and why; the latest is in force."""

    row_scope = BY_INITIATIVE

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="eac_choices", verbose_name=_("initiative"))
    forecast = models.CharField(_("forecast"), max_length=10, choices=Forecast.choices)
    reason = models.TextField(_("reason"))

    class Meta:
        ordering = ("initiative", "-pk")
        verbose_name = _("choice of forecast")
        verbose_name_plural = _("choices of forecast")

    def __str__(self) -> str:
        return str(Forecast(self.forecast).label)
