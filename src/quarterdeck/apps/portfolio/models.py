"""The tree of initiatives, and the templates from which new ones are made."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency, Office, OrganisationUnit
from quarterdeck.apps.people.models import Role
from quarterdeck.apps.portfolio.choices import (
    CLOSED,
    InitiativeKind,
    InitiativeState,
    Method,
    Priority,
    Stage,
    stages_of,
)
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record


class Initiative(Record):
    """A portfolio, programme or project; it owns the access node below which all that belongs to it is governed.

    Who sponsors and manages it are role assignments at that node, not fields.
    """

    row_scope = ("scope", "unit__scope")
    field_classes = {"budget": "money"}
    currency_field = "currency"

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty: the next, such as PRJ-0042.")
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=InitiativeKind.choices, default=InitiativeKind.PROJECT)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
        help_text=_("A portfolio or programme; only portfolios stand at the top."),
    )
    purpose = models.TextField(_("purpose"), blank=True, help_text=_("What is better when it is done."))
    unit = models.ForeignKey(
        OrganisationUnit, models.PROTECT, related_name="initiatives", verbose_name=_("owning function")
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("office"),
        help_text=_("Left empty: the office that serves its node or the nearest one above."),
    )
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    stage = models.CharField(
        _("stage"), max_length=14, choices=Stage.choices, blank=True, help_text=_("One of the stages of its method.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=InitiativeState.choices, default=InitiativeState.PIPELINE
    )
    state_since = models.DateField(_("state since"), null=True, blank=True)
    state_reason = models.TextField(_("reason of the state"), blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True, help_text=_("Of what is on hold."))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
        help_text=_("Left empty: the organisation’s own."),
    )
    budget = models.DecimalField(
        _("budget"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0"))],
        help_text=_("Of a programme or portfolio: for all below it."),
    )
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish = models.DateField(_("planned finish"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_finish = models.DateField(_("actual finish"), null=True, blank=True)
    tolerance_days = models.PositiveSmallIntegerField(
        _("tolerance on time, days"), null=True, blank=True, help_text=_("Beyond it the level above decides.")
    )
    tolerance_cost = models.DecimalField(
        _("tolerance on cost, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    scope = models.OneToOneField(
        Scope, models.PROTECT, related_name="initiative", editable=False, verbose_name=_("node")
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_start__isnull=True)
                | Q(planned_finish__isnull=True)
                | Q(planned_finish__gte=F("planned_start")),
                name="portfolio_initiative_planned",
                violation_error_message=_("The planned finish is on or after the planned start."),
            ),
            models.CheckConstraint(
                condition=Q(actual_finish__isnull=True) | Q(actual_start__lte=F("actual_finish")),
                name="portfolio_initiative_actual",
                violation_error_message=_("The actual finish is on or after an actual start."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(kind=InitiativeKind.PORTFOLIO),
                name="portfolio_initiative_top",
                violation_error_message=_("Only a portfolio stands at the top; say what this is part of."),
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="portfolio_initiative_budget",
                violation_error_message=_("A budget is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(tolerance_cost__isnull=True) | Q(tolerance_cost__gte=0, tolerance_cost__lte=100),
                name="portfolio_initiative_tolerance",
                violation_error_message=_("A tolerance on cost is 0 to 100 %."),
            ),
        ]
        indexes = [
            models.Index(fields=("state", "planned_finish"), name="portfolio_initiative_due"),
            models.Index(fields=("kind", "name"), name="portfolio_initiative_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a stage that the method does not have."""
        if self.stage and self.stage not in stages_of(self.method):
            raise ValidationError({"stage": _text("The method has no such stage.")})

    @property
    def url(self) -> str:
        """Address of its home page."""
        return f"/{InitiativeKind(self.kind).path}/{self.code}/"

    @property
    def is_closed(self) -> bool:
        """Completed or cancelled."""
        return self.state in CLOSED

    def is_overdue(self, on: dt.date) -> bool:
        """Tell whether it runs past its planned finish on a day."""
        return self.state == InitiativeState.ACTIVE and self.planned_finish is not None and self.planned_finish < on


class InitiativeTemplate(Record):
    """What a new initiative of a usual sort starts with: facts, roles to fill, parts below it."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=InitiativeKind.choices, default=InitiativeKind.PROJECT)
    description = models.TextField(_("when to use it"), blank=True)
    purpose = models.TextField(_("purpose"), blank=True, help_text=_("The first words of each new one’s purpose."))
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    lasts_days = models.PositiveIntegerField(_("usual length, days"), null=True, blank=True)
    tolerance_days = models.PositiveSmallIntegerField(_("tolerance on time, days"), null=True, blank=True)
    tolerance_cost = models.DecimalField(
        _("tolerance on cost, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("initiative template")
        verbose_name_plural = _("initiative templates")

    def __str__(self) -> str:
        return self.name


class TemplateRole(Record):
    """A role to fill when the template is used; a required one must be."""

    row_scope = ()

    template = models.ForeignKey(
        InitiativeTemplate, models.CASCADE, related_name="roles", verbose_name=_("initiative template")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    required = models.BooleanField(_("must be filled"), default=False)

    class Meta:
        ordering = ("role__position", "role__name")
        verbose_name = _("template role")
        verbose_name_plural = _("template roles")
        constraints = [
            models.UniqueConstraint(
                fields=("template", "role"),
                name="portfolio_template_role_once",
                violation_error_message=_("The template has this role already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template}: {self.role}"


class TemplatePart(Record):
    """A programme or project made below the new initiative, starting some days after it."""

    row_scope = ()

    template = models.ForeignKey(
        InitiativeTemplate, models.CASCADE, related_name="parts", verbose_name=_("initiative template")
    )
    above = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
        help_text=_("Left empty: directly below the new initiative."),
    )
    name = models.CharField(_("name"), max_length=150, help_text=_("The new initiative’s name is put before it."))
    kind = models.CharField(_("kind"), max_length=10, choices=InitiativeKind.choices, default=InitiativeKind.PROJECT)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    starts_after = models.PositiveIntegerField(_("starts after, days"), default=0)
    lasts_days = models.PositiveIntegerField(_("length, days"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)

    class Meta:
        ordering = ("template", "position", "name")
        verbose_name = _("template part")
        verbose_name_plural = _("template parts")

    def __str__(self) -> str:
        return f"{self.template}: {self.name}"
