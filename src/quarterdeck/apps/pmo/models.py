"""What an office answers for, how it is measured, and the ladder that exceptions climb."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.choices import Category, Function, Measure, Rung, State
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.watch.checks import Severity
from quarterdeck.kernel.watch.models import Finding


class Accountability(Record):
    """What the office answers for at a node and below, with the one who owns it. Of two above a node, the nearest."""

    row_scope = ("scope",)
    row_owner = ("owner__user", "deputy__user")

    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    function = models.CharField(
        _("function"), max_length=30, choices=Function.choices, help_text=_("Checks that serve it report here.")
    )
    scope_text = models.TextField(_("what the office answers for"))
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="accountabilities", verbose_name=_("node served"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="accountabilities", verbose_name=_("office"))
    owner = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accountabilities",
        verbose_name=_("designated owner"),
    )
    deputy = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputed_accountabilities",
        verbose_name=_("deputy"),
    )
    review_on = models.DateField(_("next review"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.IN_FORCE)

    class Meta:
        ordering = ("category", "name")
        verbose_name, verbose_name_plural = _("accountability"), _("accountabilities")
        indexes = [models.Index(fields=("function", "scope"), name="pmo_accountability_function")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a deputy who is the owner."""
        if self.owner_id is not None and self.owner_id == self.deputy_id:
            raise ValidationError({"deputy": gettext("The deputy is somebody else than the owner.")})


class Kpi(Record):
    """A figure by which an accountability is measured, and the share it is to reach."""

    row_scope = ("accountability__scope",)

    accountability = models.ForeignKey(
        Accountability, models.CASCADE, related_name="kpis", verbose_name=_("accountability")
    )
    measure = models.CharField(_("figure"), max_length=30, choices=Measure.choices)
    target = models.DecimalField(
        _("target, %"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )

    class Meta:
        ordering = ("accountability", "pk")
        verbose_name, verbose_name_plural = _("KPI"), _("KPIs")
        constraints = [
            models.UniqueConstraint(
                fields=("accountability", "measure"),
                name="pmo_kpi_once",
                violation_error_message=_("This figure measures the accountability already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_measure_display())


class EscalationRule(Record):
    """After how many days an open exception of a severity goes to each rung, under one office; else what ships."""

    row_scope = ("office__unit__scope",)

    office = models.ForeignKey(Office, models.CASCADE, related_name="escalation_rules", verbose_name=_("office"))
    severity = models.CharField(_("severity"), max_length=6, choices=Severity.choices)
    deputy_days = models.PositiveSmallIntegerField(_("deputy after, days"))
    owner_days = models.PositiveSmallIntegerField(_("owner after, days"))
    head_days = models.PositiveSmallIntegerField(_("head of the office after, days"))
    sponsor_days = models.PositiveSmallIntegerField(_("sponsor after, days"))

    class Meta:
        ordering = ("office__name", "severity")
        verbose_name, verbose_name_plural = _("escalation rule"), _("escalation rules")
        constraints = [
            models.UniqueConstraint(
                fields=("office", "severity"),
                name="pmo_escalation_rule_once",
                violation_error_message=_("The office has a rule for this severity already."),
            ),
            models.CheckConstraint(
                condition=Q(deputy_days__lte=F("owner_days"))
                & Q(owner_days__lte=F("head_days"))
                & Q(head_days__lte=F("sponsor_days")),
                name="pmo_escalation_rule_order",
                violation_error_message=_("Each rung comes no earlier than the one before."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.get_severity_display()}"

    def days(self) -> dict[Rung, int]:
        """Return the days of each rung."""
        return {rung: getattr(self, f"{rung.value}_days") for rung in Rung}


class Escalation(models.Model):
    """One step of the ladder that one exception has taken since it was opened: told once, kept. Nobody there: no user.

    Seen through the exception alone.
    """

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    rung = models.CharField(_("escalated to"), max_length=10, choices=Rung.choices)
    accountability = models.ForeignKey(Accountability, models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField(_("told"))

    class Meta:
        ordering = ("pk",)
        verbose_name, verbose_name_plural = _("escalation"), _("escalations")
        constraints = [models.UniqueConstraint(fields=("finding", "opened_at", "rung"), name="pmo_escalation_once")]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.get_rung_display()}"
