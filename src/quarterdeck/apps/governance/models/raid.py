"""Issues, assumptions, decisions, and the actions that follow from any of them."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.governance.choices import (
    LIVE_ACTION,
    LIVE_ISSUE,
    ActionState,
    AssumptionState,
    Category,
    DecisionState,
    IssueState,
    Severity,
)
from quarterdeck.apps.governance.models.risks import Risk
from quarterdeck.apps.governance.models.shared import BY_INITIATIVE, NUMBERED, Escalating
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record


class Issue(Escalating):
    """What has happened and must be dealt with; it may have been a risk before."""

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)
    field_classes = {"cost": "money"}
    currency_field = "currency"

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("issue"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="governance_issues", verbose_name=_("initiative")
    )
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, default=Category.OTHER)
    severity = models.CharField(_("severity"), max_length=1, choices=Severity.choices, default=Severity.MEDIUM)
    state = models.CharField(
        _("state"), max_length=12, choices=IssueState.choices, default=IssueState.OPEN, editable=False
    )
    description = models.TextField(_("what happened"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="governance_issues", verbose_name=_("owner")
    )
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    due_on = models.DateField(_("resolve by"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(
        _("time impact, working days"), null=True, blank=True, validators=[MaxValueValidator(9999)]
    )
    cost = models.DecimalField(
        _("money impact"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    risk = models.OneToOneField(
        Risk, models.PROTECT, null=True, editable=False, related_name="issue", verbose_name=_("was the risk")
    )
    resolution = models.TextField(_("resolution"), blank=True, editable=False)
    resolved_on = models.DateField(_("resolved on"), null=True, editable=False)

    class Meta:
        ordering = ("severity", "due_on", "code")
        verbose_name, verbose_name_plural = _("issue"), _("issues")
        indexes = [
            models.Index(fields=("initiative", "state"), name="governance_issue_of"),
            models.Index(fields=("escalated_to", "state"), name="governance_issue_escalated"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_live(self) -> bool:
        """Whether it still hurts."""
        return self.state in LIVE_ISSUE


class Assumption(Record):
    """What is taken for granted, why, until when it must be shown, and what follows if it is wrong."""

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("assumption"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="governance_assumptions", verbose_name=_("initiative")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=AssumptionState.choices, default=AssumptionState.OPEN, editable=False
    )
    basis = models.TextField(_("why we believe it"), blank=True)
    if_wrong = models.TextField(_("what if it is wrong"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="governance_assumptions", verbose_name=_("owner")
    )
    due_on = models.DateField(_("to be shown by"), null=True, blank=True)
    shown_on = models.DateField(_("shown on"), null=True, editable=False)
    finding = models.TextField(_("what was found"), blank=True, editable=False)

    class Meta:
        ordering = ("due_on", "code")
        verbose_name, verbose_name_plural = _("assumption"), _("assumptions")
        indexes = [models.Index(fields=("initiative", "state"), name="governance_assumption_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Decision(Record):
    """What was decided or waits to be: the question, the options, the choice, by whom and why."""

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("decision"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="governance_decisions", verbose_name=_("initiative")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=DecisionState.choices, default=DecisionState.WANTED, editable=False
    )
    question = models.TextField(_("question"), blank=True)
    options = models.TextField(_("options"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="governance_decisions", verbose_name=_("decided by")
    )
    due_on = models.DateField(_("needed by"), null=True, blank=True)
    outcome = models.TextField(_("what was decided"), blank=True, editable=False)
    reason = models.TextField(_("why"), blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )

    class Meta:
        ordering = ("-code",)
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        indexes = [models.Index(fields=("initiative", "state"), name="governance_decision_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Action(Record):
    """One thing that one person does by a day; it may follow from a risk, issue, assumption or decision."""

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("action"), max_length=200)
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        blank=True,
        related_name="governance_actions",
        verbose_name=_("initiative"),
        help_text=_("Left empty: that of what it follows from."),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=ActionState.choices, default=ActionState.OPEN, editable=False
    )
    description = models.TextField(_("what is to be done"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="governance_actions", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    outcome = models.TextField(_("outcome"), blank=True, editable=False)
    risk = models.ForeignKey(
        Risk, models.CASCADE, null=True, blank=True, related_name="actions", verbose_name=_("from risk")
    )
    issue = models.ForeignKey(
        Issue, models.CASCADE, null=True, blank=True, related_name="actions", verbose_name=_("from issue")
    )
    assumption = models.ForeignKey(
        Assumption, models.CASCADE, null=True, blank=True, related_name="actions", verbose_name=_("from assumption")
    )
    decision = models.ForeignKey(
        Decision, models.CASCADE, null=True, blank=True, related_name="actions", verbose_name=_("from decision")
    )

    class Meta:
        ordering = ("due_on", "code")
        verbose_name, verbose_name_plural = _("action"), _("actions")
        indexes = [models.Index(fields=("initiative", "state"), name="governance_action_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_live(self) -> bool:
        """Whether it is still expected."""
        return self.state in LIVE_ACTION

    @property
    def source(self) -> Record | None:
        """What it follows from."""
        return self.risk or self.issue or self.assumption or self.decision
