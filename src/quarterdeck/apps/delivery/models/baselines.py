"""Baselines: what a plan was when it was agreed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models.plans import BY_PLAN, Plan
from quarterdeck.kernel.records import Record


class Baseline(Record):
    """A plan as it was when it was taken: one record, since it is taken, named and dropped as a whole.

    `figures` holds columns of one length: `task` (ids), `start`, `finish`, `duration`, `work`; `costs` the amounts as
    text beside them. Kept as columns, ten thousand tasks are read in some milliseconds and tell one Change.
    """

    row_scope = BY_PLAN
    field_classes = {"costs": "money"}

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="baselines", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False, default=0)
    name = models.CharField(_("name"), max_length=100)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True, editable=False)
    finish = models.BigIntegerField(_("finish, minutes"), null=True, blank=True, editable=False)
    figures = models.JSONField(_("dates and work"), default=dict, editable=False)
    costs = models.JSONField(_("costs"), default=list, blank=True, editable=False)

    class Meta:
        ordering = ("plan", "number")
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="delivery_baseline_number")]

    def __str__(self) -> str:
        return self.name
