"""The tree of initiatives, and the templates from which new ones are made."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency, Office, OrganisationUnit
from quarterdeck.apps.people.models import Role
from quarterdeck.apps.portfolio.choices import WORDS, Kind, Method, Priority, Stage, State, stages_of
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.records import Record


class Initiative(Record):
    """A portfolio, programme or project: a node of the one tree on which everything hangs.

    It owns the access node that governs it and all below. It is seen from there, and from the unit whose work it is.
    """

    row_scope = ("scope", "unit__scope")
    field_classes = {"budget": "money"}
    currency_field = "currency"

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROJECT)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    purpose = models.TextField(_("purpose"), blank=True, help_text=_("What is different when it is done."))
    unit = models.ForeignKey(
        OrganisationUnit,
        models.PROTECT,
        related_name="initiatives",
        verbose_name=_("function"),
        help_text=_("The unit whose work it is."),
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("office"),
        help_text=_("The PMO that serves it. Left empty: that of the node above."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PIPELINE)
    state_since = models.DateField(_("state since"), null=True, blank=True)
    state_reason = models.TextField(_("reason of the state"), blank=True)
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage.choices, blank=True, help_text=_("One of the stages of its method.")
    )
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    priority = models.CharField(_("priority"), max_length=1, choices=Priority.choices, default=Priority.MEDIUM)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency")
    )
    budget = models.DecimalField(
        _("budget"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Of a programme or portfolio: for all below it."),
    )
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish = models.DateField(_("planned finish"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_finish = models.DateField(_("actual finish"), null=True, blank=True)
    time_tolerance = models.PositiveSmallIntegerField(
        _("time tolerance, working days"), null=True, blank=True, validators=[MaxValueValidator(999)]
    )
    cost_tolerance = models.DecimalField(
        _("cost tolerance, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    review_on = models.DateField(_("review on"), null=True, blank=True, help_text=_("When a hold is looked at again."))
    scope = models.OneToOneField(
        Scope, models.PROTECT, related_name="initiative", editable=False, verbose_name=_("node")
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        indexes = [
            models.Index(fields=("kind", "state"), name="portfolio_initiative_kind"),
            models.Index(fields=("state", "planned_finish"), name="portfolio_initiative_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_start__isnull=True)
                | Q(planned_finish__isnull=True)
                | Q(planned_finish__gte=F("planned_start")),
                name="portfolio_initiative_planned",
                violation_error_message=_("The planned finish is on or after the planned start."),
            ),
            models.CheckConstraint(
                condition=Q(actual_start__isnull=True)
                | Q(actual_finish__isnull=True)
                | Q(actual_finish__gte=F("actual_start")),
                name="portfolio_initiative_actual",
                violation_error_message=_("The actual finish is on or after the actual start."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(kind=Kind.PORTFOLIO),
                name="portfolio_initiative_top",
                violation_error_message=_("Only a portfolio stands at the top. Choose what this is part of."),
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="portfolio_initiative_budget",
                violation_error_message=_("A budget is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a stage that the method does not have."""
        if self.stage and self.stage not in stages_of(self.method):
            raise ValidationError({"stage": gettext("The method has no such stage.")})

    @property
    def url(self) -> str:
        """Address of its own page."""
        return f"/{WORDS[self.kind]}/{self.code}/"

    @property
    def is_open(self) -> bool:
        """Whether something is still expected of it."""
        return self.state not in (State.COMPLETED, State.CANCELLED)

    def is_late(self, on: dt.date) -> bool:
        """Tell whether it is open past its planned finish on a day."""
        return self.is_open and self.planned_finish is not None and self.planned_finish < on


class InitiativeTemplate(Record):
    """What a new initiative of one sort starts with: method, tolerances, length, roles to fill, parts below."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROJECT)
    purpose = models.TextField(_("purpose"), blank=True, help_text=_("The first draft of the new purpose."))
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    priority = models.CharField(_("priority"), max_length=1, choices=Priority.choices, default=Priority.MEDIUM)
    length_days = models.PositiveSmallIntegerField(_("length, calendar days"), null=True, blank=True)
    time_tolerance = models.PositiveSmallIntegerField(_("time tolerance, working days"), null=True, blank=True)
    cost_tolerance = models.DecimalField(
        _("cost tolerance, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("initiative template")
        verbose_name_plural = _("initiative templates")

    def __str__(self) -> str:
        return self.name


class TemplateRole(Record):
    """A role that is to be filled when an initiative is made from the template."""

    row_scope = ()

    template = models.ForeignKey(InitiativeTemplate, models.CASCADE, related_name="roles", verbose_name=_("template"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    required = models.BooleanField(_("must be filled"), default=False)

    class Meta:
        ordering = ("role__position",)
        verbose_name = _("role to fill")
        verbose_name_plural = _("roles to fill")
        constraints = [
            models.UniqueConstraint(
                fields=("template", "role"),
                name="portfolio_template_role",
                violation_error_message=_("The template has this role already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template}: {self.role}"


class TemplatePart(Record):
    """A part that is made below a new programme or portfolio."""

    row_scope = ()

    template = models.ForeignKey(InitiativeTemplate, models.CASCADE, related_name="parts", verbose_name=_("template"))
    position = models.PositiveSmallIntegerField(_("order"), default=10)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROJECT)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    starts_after = models.PositiveSmallIntegerField(
        _("starts after, days"), default=0, help_text=_("Calendar days after the whole starts.")
    )
    length_days = models.PositiveSmallIntegerField(_("length, calendar days"), null=True, blank=True)

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("part")
        verbose_name_plural = _("parts")

    def __str__(self) -> str:
        return self.name
