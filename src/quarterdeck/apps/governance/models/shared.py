"""What the records of governance have in common."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

#: What is of an initiative is seen from its node, and from the unit whose work it is.
BY_INITIATIVE = ("initiative__scope", "initiative__unit__scope")
NUMBERED = _("Left empty, the next number is taken.")
UNIT_INTERVAL = (MinValueValidator(0), MaxValueValidator(100))


class Escalating(Record):
    """What can be brought before the level above: asked there, answered there, and kept in one record all the while.

    `escalated_to` stays after the answer, so that both ends find it; `answered_on` tells that it has come back.
    """

    escalated_to = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="%(class)ss_escalated",
        verbose_name=_("escalated to"),
    )
    escalated_on = models.DateField(_("escalated on"), null=True, editable=False)
    question = models.TextField(_("asked of the level above"), blank=True, editable=False)
    answer = models.TextField(_("answer"), blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    answered_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        abstract = True
