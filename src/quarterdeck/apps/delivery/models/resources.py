"""Who works on a plan, and on what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import ResourceKind
from quarterdeck.apps.delivery.models.plans import BY_PLAN, Plan, joined
from quarterdeck.apps.delivery.models.tasks import Task
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel.records import Record


class PlanResource(Record):
    """A person, machine, material or cost as a plan names it; linked to a person of the house where known."""

    row_scope = BY_PLAN
    field_classes = {"rates": "money"}

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="resources", verbose_name=_("plan"))
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="plan_resources", verbose_name=_("person")
    )
    uid = models.IntegerField(_("number in the plan"), default=0, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=8, choices=ResourceKind.choices, default=ResourceKind.WORK, editable=False
    )
    code = models.CharField(_("code"), max_length=100, blank=True, editable=False)
    calendar_uid = models.IntegerField(_("calendar"), null=True, blank=True, editable=False)
    max_units = models.FloatField(_("units"), default=1.0, editable=False)
    unit = models.CharField(_("unit of material"), max_length=50, blank=True, editable=False)
    rates = models.JSONField(_("rates"), default=list, blank=True, editable=False)
    #: What files hold beyond: address, group, availability, notes, whether in use, `extra`.
    more = models.JSONField(_("kept from the file"), default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("plan", "name")
        verbose_name = _("plan resource")
        verbose_name_plural = _("plan resources")
        constraints = [models.UniqueConstraint(fields=("plan", "uid"), name="delivery_resource_uid")]

    def __str__(self) -> str:
        return self.name


class TaskAssignment(Record):
    """One resource at one task. Work in minutes; of material, units."""

    row_scope = BY_PLAN
    field_classes = {"cost": "money", "actual_cost": "money"}

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="assignments", verbose_name=_("plan"))
    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", editable=False, verbose_name=_("task"))
    resource = models.ForeignKey(
        PlanResource,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="assignments",
        verbose_name=_("resource"),
    )
    uid = models.IntegerField(_("number in the plan"), default=0, editable=False)
    units = models.FloatField(_("units"), default=1.0)
    work = models.FloatField(_("work, minutes"), default=0.0)
    actual_work = models.FloatField(_("actual work, minutes"), default=0.0)
    remaining_work = models.FloatField(_("remaining work, minutes"), null=True, blank=True)
    start = models.BigIntegerField(_("start, minutes"), null=True, blank=True)
    finish = models.BigIntegerField(_("finish, minutes"), null=True, blank=True)
    delay = models.BigIntegerField(_("delay, minutes"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=20, decimal_places=4, default=0)
    actual_cost = models.DecimalField(_("actual cost"), max_digits=20, decimal_places=4, default=0)
    rate_table = models.PositiveSmallIntegerField(_("rate table"), default=0)
    more = models.JSONField(_("kept from the file"), default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("plan", "pk")
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return joined(self, ("resource", "task"), ", ")
