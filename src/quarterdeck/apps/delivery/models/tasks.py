"""Tasks of a plan and the links between them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import DATED, Constraint, LagCalendar, LagUnit, LinkKind, ServiceStart, TaskKind
from quarterdeck.apps.delivery.models.plans import BY_PLAN, Plan, joined
from quarterdeck.kernel.records import Record

#: Room between two neighbours of the outline, so that a task put between them moves no other.
STEP = 1 << 20


class Task(Record):
    """One line of a plan. `position` orders the whole plan, parents before what is below them."""

    row_scope = BY_PLAN
    field_classes = {"fixed_cost": "money", "cost": "money", "actual_cost": "money"}
    follows = frozenset(
        {
            "start",
            "finish",
            "early_start",
            "early_finish",
            "late_start",
            "late_finish",
            "total_float",
            "free_float",
            "critical",
            "near_critical",
            "starts_on",
            "finishes_on",
            "is_summary",
            "level",
            "span",
            "done",
            "changed_in",
            "edited_in",
            "service_risk",
            "service_due",
            "service_breach",
            "service_due_on",
        }
    )

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tasks", verbose_name=_("plan"))
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="parts",
        verbose_name=_("part of"),
    )
    position = models.BigIntegerField(_("order"), default=0, editable=False)
    uid = models.IntegerField(_("number in the plan"), default=0, editable=False)
    name = models.CharField(_("name"), max_length=500)
    wbs = models.CharField(_("WBS"), max_length=200, blank=True, help_text=_("Left empty: by its place."))
    code = models.CharField(_("activity id"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=TaskKind.choices, default=TaskKind.TASK, editable=False)
    duration = models.BigIntegerField(
        _("duration, minutes"), default=480, validators=[MinValueValidator(0), MaxValueValidator(1_000_000_000)]
    )
    duration_unit = models.CharField(_("unit"), max_length=4, default="d", editable=False)
    estimated = models.BooleanField(_("estimated"), default=False, editable=False)
    manual = models.BooleanField(_("dates by hand"), default=False, editable=False)
    manual_start = models.BigIntegerField(_("start by hand, minutes"), null=True, blank=True, editable=False)
    manual_finish = models.BigIntegerField(_("finish by hand, minutes"), null=True, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True, editable=False)
    calendar_uid = models.IntegerField(_("calendar"), null=True, blank=True, editable=False)
    ignores_resource_calendars = models.BooleanField(_("ignores resource calendars"), default=False, editable=False)
    constraint = models.CharField(
        _("constraint"),
        max_length=24,
        choices=Constraint.choices,
        default=Constraint.AS_SOON_AS_POSSIBLE,
        editable=False,
    )
    constraint_at = models.BigIntegerField(_("constraint date, minutes"), null=True, blank=True, editable=False)
    constraint_soft = models.BooleanField(_("constraint yields to links"), default=False, editable=False)
    deadline = models.BigIntegerField(_("deadline, minutes"), null=True, blank=True, editable=False)
    priority = models.PositiveSmallIntegerField(_("priority"), default=500, validators=[MaxValueValidator(1000)])
    delay = models.BigIntegerField(_("levelling delay, minutes"), default=0, editable=False)
    percent = models.FloatField(
        _("complete, %"), default=0.0, editable=False, validators=[MinValueValidator(0.0), MaxValueValidator(100.0)]
    )
    actual_start = models.BigIntegerField(_("actual start, minutes"), null=True, blank=True, editable=False)
    actual_finish = models.BigIntegerField(_("actual finish, minutes"), null=True, blank=True, editable=False)
    remaining = models.BigIntegerField(_("remaining, minutes"), null=True, blank=True, editable=False)
    suspended = models.BigIntegerField(_("suspended, minutes"), null=True, blank=True, editable=False)
    resumed = models.BigIntegerField(_("resumed, minutes"), null=True, blank=True, editable=False)
    #: Pieces of a split task: [work done before the gap, working minutes of gap], in order.
    splits = models.JSONField(_("splits"), default=list, blank=True, editable=False)
    work = models.FloatField(_("work, minutes"), default=0.0, editable=False)
    actual_work = models.FloatField(_("actual work, minutes"), default=0.0, editable=False)
    fixed_cost = models.DecimalField(_("fixed cost"), max_digits=20, decimal_places=4, default=0, editable=False)
    cost = models.DecimalField(_("cost"), max_digits=20, decimal_places=4, default=0, editable=False)
    actual_cost = models.DecimalField(_("actual cost"), max_digits=20, decimal_places=4, default=0, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    #: The service level: so many working days from an event; see `selectors.promises`.
    service_days = models.PositiveSmallIntegerField(_("service level, days"), null=True, blank=True, editable=False)
    service_from = models.CharField(
        _("service level from"), max_length=12, choices=ServiceStart.choices, blank=True, editable=False
    )
    service_at = models.BigIntegerField(_("service level from date, minutes"), null=True, blank=True, editable=False)
    #: What files hold beyond: second constraint, percentages of work, type, links out, custom fields, `extra`.
    more = models.JSONField(_("kept from the file"), default=dict, blank=True, editable=False)

    start = models.BigIntegerField(null=True, editable=False)
    finish = models.BigIntegerField(null=True, editable=False)
    early_start = models.BigIntegerField(null=True, editable=False)
    early_finish = models.BigIntegerField(null=True, editable=False)
    late_start = models.BigIntegerField(null=True, editable=False)
    late_finish = models.BigIntegerField(null=True, editable=False)
    total_float = models.BigIntegerField(_("total float, minutes"), null=True, editable=False)
    free_float = models.BigIntegerField(_("free float, minutes"), null=True, editable=False)
    critical = models.BooleanField(_("critical"), default=False, editable=False)
    near_critical = models.BooleanField(_("nearly critical"), default=False, editable=False)
    starts_on = models.DateField(_("start"), null=True, editable=False)
    finishes_on = models.DateField(_("finish"), null=True, editable=False)
    is_summary = models.BooleanField(_("summary"), default=False, editable=False)
    level = models.PositiveSmallIntegerField(_("level"), default=0, editable=False)
    span = models.BigIntegerField(_("duration as scheduled, minutes"), null=True, editable=False)
    done = models.FloatField(_("complete, %"), default=0.0, editable=False)
    service_risk = models.BigIntegerField(null=True, editable=False)
    service_due = models.BigIntegerField(null=True, editable=False)
    service_breach = models.BigIntegerField(null=True, editable=False)
    service_due_on = models.DateField(_("due by service level"), null=True, editable=False)
    changed_in = models.PositiveIntegerField(default=0, editable=False)
    edited_in = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("plan", "position", "pk")
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=("plan", "position"), name="delivery_task_outline"),
            models.Index(fields=("kind", "finishes_on"), name="delivery_task_due"),
            models.Index(fields=("service_due_on",), name="delivery_task_service"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a constraint without its date, and work that ended before it began."""
        if self.constraint in DATED and self.constraint_at is None:
            raise ValidationError({"constraint_at": gettext("Give the date of the constraint.")})
        if self.actual_start is not None and self.actual_finish is not None and self.actual_finish < self.actual_start:
            raise ValidationError({"actual_finish": gettext("It cannot have finished before it started.")})


class TaskLink(Record):
    """A dependency between two tasks of one plan."""

    row_scope = BY_PLAN

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="links", verbose_name=_("plan"))
    predecessor = models.ForeignKey(
        Task, models.CASCADE, related_name="links_out", editable=False, verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(
        Task, models.CASCADE, related_name="links_in", editable=False, verbose_name=_("successor")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=LinkKind.choices, default=LinkKind.FINISH_START)
    lag = models.BigIntegerField(_("lag"), default=0)
    unit = models.CharField(_("unit"), max_length=8, choices=LagUnit.choices, default=LagUnit.WORKING)
    calendar = models.CharField(
        _("counted on"), max_length=16, choices=LagCalendar.choices, default=LagCalendar.DIALECT
    )
    lag_unit = models.CharField(_("as typed"), max_length=4, default="d", editable=False)

    class Meta:
        ordering = ("plan", "pk")
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="delivery_link_itself",
                violation_error_message=_("A task cannot wait for itself."),
            )
        ]

    def __str__(self) -> str:
        return joined(self, ("predecessor", "successor"), " → ")
