"""A plan of a project, its calendars, and the count of its edits.

Instants are minutes since 1970-01-01 00:00 in the plan's own local time, durations minutes, as in `engine.network`.
Fields named in `follows` are worked out from the others: no Change tells them, and `services.recalculate` alone
writes them.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import Dialect
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

#: How a plan, and what belongs to it, is governed.
BY_PLAN = ("plan__initiative__scope", "plan__initiative__unit__scope")


def joined(record: models.Model, names: tuple[str, str], mark: str) -> str:
    """Return the names of the two that a record joins, such as "Dig → Pour", as far as they are at hand.

    History writes thousands of such labels at once, so none is read for it.
    """
    fields = [record._meta.get_field(name) for name in names]
    known = [field.get_cached_value(record, default=None) for field in fields if isinstance(field, models.ForeignKey)]
    return mark.join(str(one) for one in known if one is not None) or str(record._meta.verbose_name).capitalize()


class Plan(Record):
    """A schedule of a project. A project may have several; the current one is what the house reports from."""

    row_scope = ("initiative__scope", "initiative__unit__scope")
    follows = frozenset(
        {
            "revision",
            "reckoned_at",
            "found_start",
            "found_finish",
            "starts_on",
            "finishes_on",
            "least_float",
            "task_count",
            "critical_count",
            "late_count",
            "milestone_count",
            "percent",
            "trouble",
        }
    )

    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        related_name="plans",
        verbose_name=_("project"),
        limit_choices_to={"kind": Kind.PROJECT},
    )
    name = models.CharField(_("name"), max_length=200)
    is_current = models.BooleanField(
        _("current"), default=False, editable=False, help_text=_("What the project reports from.")
    )
    origin = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("what-if copy of"),
    )
    ordered_on = models.DateField(
        _("ordered"), null=True, blank=True, help_text=_("From when the service levels of tasks count that say so.")
    )
    start = models.BigIntegerField(_("start, minutes"), default=0, editable=False)
    finish = models.BigIntegerField(_("must finish by, minutes"), null=True, blank=True, editable=False)
    from_finish = models.BooleanField(_("scheduled from its finish"), default=False, editable=False)
    status = models.BigIntegerField(_("status date, minutes"), null=True, blank=True, editable=False)
    calendar_uid = models.IntegerField(_("calendar"), null=True, blank=True, editable=False)
    dialect = models.CharField(
        _("reckoned as in"), max_length=10, choices=Dialect.choices, default=Dialect.MICROSOFT, editable=False
    )
    options = models.JSONField(_("scheduling options"), default=dict, blank=True, editable=False)
    minutes_per_day = models.PositiveIntegerField(
        _("minutes of a day"), default=480, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    minutes_per_week = models.PositiveIntegerField(
        _("minutes of a week"), default=2400, validators=[MinValueValidator(1), MaxValueValidator(10080)]
    )
    days_per_month = models.PositiveSmallIntegerField(
        _("days of a month"), default=20, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    todo_limit = models.PositiveSmallIntegerField(
        _("most tasks to do"), null=True, blank=True, editable=False, validators=[MinValueValidator(1)]
    )
    doing_limit = models.PositiveSmallIntegerField(
        _("most tasks in progress"), null=True, blank=True, editable=False, validators=[MinValueValidator(1)]
    )
    currency = models.CharField(_("currency of its amounts"), max_length=8, blank=True, editable=False)
    #: Program, kind of file, title, author and what else the file held that has no field here.
    source = models.JSONField(_("where it came from"), default=dict, blank=True, editable=False)

    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    reckoned_at = models.DateTimeField(_("reckoned"), null=True, editable=False)
    found_start = models.BigIntegerField(_("first start, minutes"), null=True, editable=False)
    found_finish = models.BigIntegerField(_("last finish, minutes"), null=True, editable=False)
    starts_on = models.DateField(_("start"), null=True, editable=False)
    finishes_on = models.DateField(_("finish"), null=True, editable=False)
    least_float = models.BigIntegerField(_("least float, minutes"), null=True, editable=False)
    task_count = models.PositiveIntegerField(_("tasks"), default=0, editable=False)
    critical_count = models.PositiveIntegerField(_("critical tasks"), default=0, editable=False)
    late_count = models.PositiveIntegerField(_("late tasks"), default=0, editable=False)
    milestone_count = models.PositiveIntegerField(_("milestones"), default=0, editable=False)
    percent = models.FloatField(_("complete, %"), default=0.0, editable=False)
    trouble = models.JSONField(_("why it cannot be reckoned"), default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("initiative__code", "-is_current", "name")
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(
                fields=("initiative",),
                condition=Q(is_current=True),
                name="delivery_plan_current",
                violation_error_message=_("The project has a current plan already."),
            ),
            models.UniqueConstraint(
                fields=("initiative", "name"),
                name="delivery_plan_name",
                violation_error_message=_("The project has a plan of this name already."),
            ),
        ]
        indexes = [models.Index(fields=("is_current", "finishes_on"), name="delivery_plan_finish")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a plan of what is no project, and one that is to be scheduled from a finish it does not have."""
        if self.initiative_id and self.initiative.kind != Kind.PROJECT:
            raise ValidationError({"initiative": gettext("Plans belong to projects.")})
        if self.from_finish and self.finish is None:
            raise ValidationError({"from_finish": gettext("Give the finish from which it is scheduled.")})


class PlanCalendar(Record):
    """A working calendar of a plan: the definition as plan files hold it."""

    row_scope = BY_PLAN

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="calendars", verbose_name=_("plan"))
    uid = models.IntegerField(_("number in the plan"), editable=False)
    name = models.CharField(_("name"), max_length=200)
    #: `exchange.document.DocumentCalendar` as plain values.
    definition = models.JSONField(_("definition"), default=dict, editable=False)

    class Meta:
        ordering = ("plan", "uid")
        verbose_name = _("plan calendar")
        verbose_name_plural = _("plan calendars")
        constraints = [models.UniqueConstraint(fields=("plan", "uid"), name="delivery_calendar_uid")]

    def __str__(self) -> str:
        return self.name


class PlanRevision(models.Model):
    """One edit of a plan: which batch it was, and what no row of the plan can tell any more.

    Which rows changed stands in `Task.changed_in`; here stand those that went, and whether links or the outline did.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    batch = models.UUIDField(null=True)
    #: By what name its sender knows it, so that a request sent twice is done once.
    request = models.CharField(max_length=64, blank=True)
    #: The ids of new rows by the names that its sender gave them.
    keys = models.JSONField(default=dict)
    at = models.DateTimeField()
    actor = models.ForeignKey("access.User", models.SET_NULL, null=True, related_name="+")
    removed = models.JSONField(default=list)
    links = models.BooleanField(default=False)
    outline = models.BooleanField(default=False)

    class Meta:
        ordering = ("plan", "number")
        verbose_name = _("revision of a plan")
        verbose_name_plural = _("revisions of plans")
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="delivery_revision_number")]
        indexes = [models.Index(fields=("batch",), name="delivery_revision_batch")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.number}"
