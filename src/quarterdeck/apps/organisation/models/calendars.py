"""Working calendars: a week pattern of shifts, public holidays of a country, and dated exceptions."""

from __future__ import annotations

import zoneinfo
from decimal import Decimal

import holidays
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.choices import Weekday
from quarterdeck.apps.organisation.hours import parse_hours
from quarterdeck.kernel.audit.models import Record


class WorkCalendar(Record):
    """When work is done: week pattern, less public holidays, changed by exceptions. Times are local to its zone."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    country = models.CharField(
        _("holidays of"),
        max_length=2,
        blank=True,
        help_text=_("Two letters, such as GB. Left empty: no public holidays."),
    )
    subdivision = models.CharField(_("part of the country"), max_length=10, blank=True, help_text=_("Such as SCT."))
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC", help_text=_("Such as Europe/London."))
    hours_per_day = models.DecimalField(
        _("hours per day"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("8"),
        validators=[MinValueValidator(Decimal("0.25")), MaxValueValidator(Decimal("24"))],
        help_text=_("What one day of work means when durations are turned into hours."),
    )
    is_default = models.BooleanField(
        _("of the organisation"), default=False, help_text=_("Used where no other calendar is named.")
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        constraints = [
            models.UniqueConstraint(
                fields=("is_default",),
                condition=Q(is_default=True),
                name="organisation_calendar_default",
                violation_error_message=_("Another calendar is that of the organisation."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check zone, country and subdivision against what is known."""
        self.country, self.subdivision = self.country.upper(), self.subdivision.upper()
        if self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": _text("There is no time zone of this name.")})
        known: dict[str, list[str]] = holidays.list_supported_countries()
        if self.country and self.country not in known:
            raise ValidationError({"country": _text("No holidays are known for this country.")})
        if self.subdivision and self.subdivision not in known.get(self.country, []):
            raise ValidationError({"subdivision": _text("The country has no such part with holidays of its own.")})


class CalendarShift(Record):
    """One shift of a weekday. A shift over midnight is two: to 00:00, and from 00:00 of the next day."""

    row_scope = ()

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="shifts", verbose_name=_("calendar"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))

    class Meta:
        ordering = ("calendar", "weekday", "starts_at")
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}-{self.ends_at:%H:%M}"


class CalendarException(Record):
    """Days that differ from the week pattern: off, or worked in hours of their own. It wins over public holidays.

    With `yearly`, the same days of every year from the first on. An exception of one year wins over a yearly one.
    """

    row_scope = ()

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="exceptions", verbose_name=_("calendar"))
    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    working = models.BooleanField(_("worked"), default=False)
    hours = models.CharField(
        _("hours"),
        max_length=200,
        blank=True,
        help_text=_("Such as 08:00-12:00, 13:00-15:00."),
    )
    yearly = models.BooleanField(_("every year"), default=False)

    class Meta:
        ordering = ("calendar", "starts_on")
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="organisation_exception_dates",
                violation_error_message=_("An exception ends on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=(Q(working=True) & ~Q(hours="")) | Q(working=False, hours=""),
                name="organisation_exception_hours",
                violation_error_message=_("A worked exception states its hours; a day off has none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that the hours can be read."""
        try:
            parse_hours(self.hours)
        except ValidationError as error:
            raise ValidationError({"hours": error.messages}) from error
