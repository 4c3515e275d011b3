"""The fiscal calendar and the years and periods generated from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.choices import FiscalScheme, Month, NamedAfter, Weekday, YearEnd
from quarterdeck.kernel.audit.models import Record


class FiscalCalendar(Record):
    """The rule by which fiscal years are cut: any start month, by calendar months or by whole weeks."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    start_month = models.PositiveSmallIntegerField(_("first month"), choices=Month.choices, default=Month.JANUARY)
    scheme = models.CharField(_("scheme"), max_length=6, choices=FiscalScheme.choices, default=FiscalScheme.MONTHS)
    week_start = models.PositiveSmallIntegerField(
        _("week starts on"),
        choices=Weekday.choices,
        default=Weekday.MONDAY,
        help_text=_("Years of whole weeks end on the day before."),
    )
    year_end = models.CharField(_("year of weeks ends on"), max_length=8, choices=YearEnd.choices, default=YearEnd.LAST)
    prefix = models.CharField(_("name of years"), max_length=10, default="FY", help_text=_("FY gives FY26."))
    named_after = models.CharField(_("named after"), max_length=6, choices=NamedAfter.choices, default=NamedAfter.ENDS)
    is_default = models.BooleanField(
        _("of the organisation"), default=False, help_text=_("Used where no other calendar is named.")
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("fiscal calendar")
        verbose_name_plural = _("fiscal calendars")
        constraints = [
            models.UniqueConstraint(
                fields=("is_default",),
                condition=Q(is_default=True),
                name="organisation_fiscal_default",
                violation_error_message=_("Another fiscal calendar is that of the organisation."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FiscalYear(Record):
    """One generated year."""

    row_scope = ()

    calendar = models.ForeignKey(
        FiscalCalendar, models.PROTECT, related_name="years", verbose_name=_("fiscal calendar")
    )
    name = models.CharField(_("name"), max_length=20)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        ordering = ("starts_on",)
        verbose_name = _("fiscal year")
        verbose_name_plural = _("fiscal years")
        constraints = [
            models.UniqueConstraint(fields=("calendar", "name"), name="organisation_year_name"),
            models.UniqueConstraint(fields=("calendar", "starts_on"), name="organisation_year_start"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="organisation_year_dates"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weeks(self) -> int:
        """Whole weeks in the year: 52, or 53 in a long one."""
        return ((self.ends_on - self.starts_on).days + 1) // 7


class Period(Record):
    """One of the twelve periods of a fiscal year."""

    row_scope = ()

    year = models.ForeignKey(FiscalYear, models.CASCADE, related_name="periods", verbose_name=_("fiscal year"))
    number = models.PositiveSmallIntegerField(_("number"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    name = models.CharField(_("name"), max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        ordering = ("starts_on",)
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            models.UniqueConstraint(fields=("year", "number"), name="organisation_period_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=12), name="organisation_period_range"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="organisation_period_dates"),
        ]
        indexes = [models.Index(fields=("starts_on", "ends_on"), name="organisation_period_span")]

    def __str__(self) -> str:
        return self.name
