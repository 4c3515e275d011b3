"""What is not known of a plan, and what was worked out from it: estimates, risks, runs of simulation and levelling."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models.plans import BY_PLAN, Plan, joined
from quarterdeck.apps.delivery.models.tasks import Task
from quarterdeck.kernel.records import Record


class Shape(models.TextChoices):
    """How what may happen is spread between the ends of an estimate."""

    TRIANGULAR = "triangular", _("Triangular")
    PERT = "pert", _("PERT")
    UNIFORM = "uniform", _("Uniform")
    TRIGEN = "trigen", _("P10 to P90")


class TaskEstimate(Record):
    """How long a task may take: low, likely, high.

    Minutes of work of the whole task; or, with `relative`, percent of what is planned. Of a task under way the part
    that remains counts, in proportion.
    """

    row_scope = BY_PLAN

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="estimates", verbose_name=_("plan"))
    task = models.OneToOneField(Task, models.CASCADE, related_name="estimate", verbose_name=_("task"))
    shape = models.CharField(_("shape"), max_length=12, choices=Shape.choices, default=Shape.TRIANGULAR)
    relative = models.BooleanField(_("in percent of the plan"), default=True)
    low = models.FloatField(_("low"), validators=[MinValueValidator(0), MaxValueValidator(100_000_000)])
    likely = models.FloatField(_("likely"), validators=[MinValueValidator(0), MaxValueValidator(100_000_000)])
    high = models.FloatField(_("high"), validators=[MinValueValidator(0), MaxValueValidator(100_000_000)])

    class Meta:
        ordering = ("plan", "task__position")
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")

    def __str__(self) -> str:
        return joined(self, ("task", "plan"), ", ")

    def clean(self) -> None:
        """Refuse an estimate whose three values do not rise."""
        if None not in (self.low, self.likely, self.high) and not self.low <= self.likely <= self.high:
            raise ValidationError({"low": gettext("Low, likely and high must rise.")})


class PlanRisk(Record):
    """An event that may befall a plan: how probable, what it adds to which tasks, and what could be done about it.

    Delays are minutes of work added to each of `tasks` (ids). What is left empty of the response stays as it was.
    """

    row_scope = BY_PLAN
    field_classes = {
        "cost_low": "money",
        "cost_likely": "money",
        "cost_high": "money",
        "response_cost": "money",
    }

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="risks", verbose_name=_("plan"))
    name = models.CharField(_("name"), max_length=200)
    probability = models.FloatField(_("probability, %"), validators=[MinValueValidator(0), MaxValueValidator(100)])
    delay_low = models.BigIntegerField(_("delay, low"), default=0)
    delay_likely = models.BigIntegerField(_("delay, likely"), default=0)
    delay_high = models.BigIntegerField(_("delay, high"), default=0)
    cost_low = models.DecimalField(_("cost, low"), max_digits=20, decimal_places=2, default=0)
    cost_likely = models.DecimalField(_("cost, likely"), max_digits=20, decimal_places=2, default=0)
    cost_high = models.DecimalField(_("cost, high"), max_digits=20, decimal_places=2, default=0)
    tasks = models.JSONField(_("tasks hit"), default=list, blank=True)
    response = models.CharField(_("response"), max_length=200, blank=True)
    response_cost = models.DecimalField(_("cost of the response"), max_digits=20, decimal_places=2, default=0)
    probability_after = models.FloatField(
        _("probability after, %"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    delay_after = models.BigIntegerField(_("delay after"), null=True, blank=True)

    class Meta:
        ordering = ("plan", "pk")
        verbose_name = _("plan risk")
        verbose_name_plural = _("plan risks")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "name"),
                name="delivery_plan_risk_name",
                violation_error_message=_("The plan has a risk of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a delay or cost whose three values do not rise."""
        for name in ("delay", "cost"):
            low, likely, high = (getattr(self, f"{name}_{end}") for end in ("low", "likely", "high"))
            if not low <= likely <= high:
                raise ValidationError({f"{name}_low": gettext("Low, likely and high must rise.")})


class PlanAnalysis(models.Model):
    """One run of a simulation or a levelling: what was asked, of which state of the plan, and what came of it.

    `result` is written at once with `finished_at`, when all is known; until then there is none.
    """

    class Kind(models.TextChoices):
        """What is worked out."""

        SIMULATION = "simulation", _("Risk simulation")
        LEVELLING = "levelling", _("Levelling")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="analyses", verbose_name=_("plan"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField(_("number"))
    options = models.JSONField(_("options"), default=dict)
    #: The revision of the plan that was read; None until it was.
    revision = models.PositiveIntegerField(_("revision"), null=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    #: Why there is no result, in words.
    refusal = models.TextField(_("refusal"), blank=True)
    result = models.JSONField(_("result"), null=True)
    adopted_batch = models.UUIDField(null=True)
    adopted_at = models.DateTimeField(null=True)
    #: The what-if copy that it was adopted as.
    adopted_as = models.ForeignKey(Plan, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("plan", "kind", "-number")
        verbose_name = _("analysis of a plan")
        verbose_name_plural = _("analyses of plans")
        constraints = [models.UniqueConstraint(fields=("plan", "kind", "number"), name="delivery_analysis_number")]

    def __str__(self) -> str:
        return gettext("Run %(number)d") % {"number": self.number}
