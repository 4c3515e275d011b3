"""Risks: what may happen, how bad it would be before, now and after the response, and which tasks it would hit."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.governance.choices import (
    LIVE_RISK,
    OF_OPPORTUNITIES,
    OF_THREATS,
    Axis,
    Category,
    Level,
    Response,
    RiskKind,
    RiskState,
)
from quarterdeck.apps.governance.models.shared import BY_INITIATIVE, NUMBERED, UNIT_INTERVAL, Escalating
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

POSITIVE = (MinValueValidator(Decimal(0)),)


class ScaleLevel(Record):
    """What one level of probability or impact means here; levels without a row in force mean what ships."""

    row_scope = ()

    axis = models.CharField(_("measures"), max_length=12, choices=Axis.choices)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    meaning = models.CharField(_("meaning"), max_length=300, help_text=_("Such as: more than 10 % of the budget."))
    percent = models.DecimalField(
        _("probability, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=UNIT_INTERVAL,
        help_text=_("Of levels of probability: by which money is weighed."),
    )
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        ordering = ("axis", "level")
        verbose_name, verbose_name_plural = _("level of the risk scale"), _("risk scale")
        constraints = [
            models.UniqueConstraint(
                fields=("axis", "level"),
                condition=Q(is_active=True),
                name="governance_scale_level",
                violation_error_message=_("The scale has this level already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_axis_display()} {self.level}"


class Risk(Escalating):
    """What may happen to an initiative, told as cause, event and effect.

    It is assessed before any response, as it stands now, and as it should stand after the response. Money is weighed by
    the probability: that typed here, else that of the level on the scale.
    """

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)
    field_classes = {"cost": "money", "cost_now": "money", "response_cost": "money", "contingency": "money"}
    currency_field = "currency"

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("risk"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="governance_risks", verbose_name=_("initiative")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RiskKind.choices, default=RiskKind.THREAT)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, default=Category.OTHER)
    state = models.CharField(
        _("state"), max_length=12, choices=RiskState.choices, default=RiskState.OPEN, editable=False
    )
    cause = models.TextField(_("because"), help_text=_("The cause, as it is known today."))
    event = models.TextField(_("it may happen that"), help_text=_("The event, which is uncertain."))
    effect = models.TextField(_("so that"), help_text=_("The effect on what the initiative is for."))
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="governance_risks", verbose_name=_("owner")
    )
    probability = models.PositiveSmallIntegerField(_("probability before"), choices=Level.choices)
    impact = models.PositiveSmallIntegerField(_("impact before"), choices=Level.choices)
    probability_now = models.PositiveSmallIntegerField(
        _("probability now"), choices=Level.choices, null=True, blank=True, help_text=_("Left empty: as before.")
    )
    impact_now = models.PositiveSmallIntegerField(
        _("impact now"), choices=Level.choices, null=True, blank=True, help_text=_("Left empty: as before.")
    )
    probability_target = models.PositiveSmallIntegerField(
        _("probability after response"), choices=Level.choices, null=True, blank=True
    )
    impact_target = models.PositiveSmallIntegerField(
        _("impact after response"), choices=Level.choices, null=True, blank=True
    )
    chance = models.DecimalField(
        _("probability now, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=UNIT_INTERVAL,
        help_text=_("Left empty: that of the level on the scale."),
    )
    cost = models.DecimalField(
        _("money impact"), max_digits=16, decimal_places=2, null=True, blank=True, validators=POSITIVE
    )
    cost_now = models.DecimalField(
        _("money impact now"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=POSITIVE,
        help_text=_("Left empty: as before."),
    )
    days = models.PositiveSmallIntegerField(
        _("time impact, working days"), null=True, blank=True, validators=[MaxValueValidator(9999)]
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    near_on = models.DateField(_("proximity"), null=True, blank=True, help_text=_("When it would strike at first."))
    response_kind = models.CharField(_("response"), max_length=12, choices=Response.choices, blank=True)
    response = models.TextField(_("what is done"), blank=True)
    response_cost = models.DecimalField(
        _("cost of response"), max_digits=16, decimal_places=2, null=True, blank=True, validators=POSITIVE
    )
    contingency = models.DecimalField(
        _("contingency held"), max_digits=16, decimal_places=2, null=True, blank=True, validators=POSITIVE
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing = models.TextField(_("why closed"), blank=True, editable=False)

    class Meta:
        ordering = ("-code",)
        verbose_name, verbose_name_plural = _("risk"), _("risks")
        indexes = [
            models.Index(fields=("initiative", "state"), name="governance_risk_of"),
            models.Index(fields=("escalated_to", "state"), name="governance_risk_escalated"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse a response that is none for this kind of risk."""
        wrong = OF_OPPORTUNITIES if self.kind == RiskKind.THREAT else OF_THREATS
        if self.response_kind in wrong:
            raise ValidationError({"response_kind": gettext("That is no response to this kind of risk.")})

    @property
    def is_live(self) -> bool:
        """Whether it may still happen."""
        return self.state in LIVE_RISK

    @property
    def before(self) -> tuple[int, int]:
        """Probability and impact before any response."""
        return self.probability, self.impact

    @property
    def now(self) -> tuple[int, int]:
        """Probability and impact as it stands; where not assessed anew, as before."""
        return self.probability_now or self.probability, self.impact_now or self.impact

    @property
    def target(self) -> tuple[int, int] | None:
        """Probability and impact after the response; None where none is stated."""
        if self.probability_target is None and self.impact_target is None:
            return None
        likely, hurt = self.now
        return self.probability_target or likely, self.impact_target or hurt

    @property
    def money_now(self) -> Decimal | None:
        """Money at stake as it stands."""
        return self.cost if self.cost_now is None else self.cost_now


class RiskTask(Record):
    """A task that the risk would delay."""

    row_scope = ("risk__initiative__scope", "risk__initiative__unit__scope")

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="tasks", verbose_name=_("risk"))
    task = models.ForeignKey(Task, models.CASCADE, related_name="governance_risks", verbose_name=_("task"))

    class Meta:
        ordering = ("risk", "pk")
        verbose_name, verbose_name_plural = _("task hit by a risk"), _("tasks hit by risks")
        constraints = [
            models.UniqueConstraint(
                fields=("risk", "task"),
                name="governance_risk_task",
                violation_error_message=_("The risk names this task already."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Task hit")
