"""When people are away."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.choices import AbsenceKind, DayPart
from quarterdeck.apps.people.models.persons import Person
from quarterdeck.kernel.audit.models import Record


class Absence(Record):
    """Days, or half of one day, on which a person does not work. Why is personal; that it is so, plans must know."""

    row_scope = ("person__unit__scope",)
    row_owner = ("person__user",)
    field_classes = {"kind": "personal", "reason": "personal"}

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind.choices, default=AbsenceKind.LEAVE)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    part = models.CharField(_("part of the day"), max_length=10, choices=DayPart.choices, default=DayPart.WHOLE)
    approved = models.BooleanField(_("approved"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ("-starts_on", "person")
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="people_absence_dates",
                violation_error_message=_("An absence ends on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=Q(part=DayPart.WHOLE) | Q(ends_on=F("starts_on")),
                name="people_absence_part",
                violation_error_message=_("Half a day is on one day."),
            ),
        ]
        indexes = [models.Index(fields=("person", "starts_on"), name="people_absence_person")]

    def __str__(self) -> str:
        return _("%(person)s away from %(day)s") % {"person": self.person, "day": self.starts_on}
