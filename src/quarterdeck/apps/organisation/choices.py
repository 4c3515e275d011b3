"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Kind of the access node that a unit owns.
UNIT_SCOPE = "unit"


class UnitKind(models.TextChoices):
    """Level of a unit, from the whole enterprise down."""

    ENTERPRISE = "enterprise", _("Enterprise")
    DIVISION = "division", _("Division")
    DEPARTMENT = "department", _("Department")
    TEAM = "team", _("Team")


class OfficeKind(models.TextChoices):
    """What an office serves (P3O)."""

    PORTFOLIO = "portfolio", _("Portfolio office")
    PROGRAMME = "programme", _("Programme office")
    PROJECT = "project", _("Project office")


class Permanence(models.TextChoices):
    """Whether an office stays or ends with what it serves."""

    PERMANENT = "permanent", _("Permanent")
    TEMPORARY = "temporary", _("Temporary")


class Authority(models.TextChoices):
    """How far an office decides: advises, asks for compliance, or runs the work."""

    SUPPORTIVE = "supportive", _("Supportive")
    CONTROLLING = "controlling", _("Controlling")
    DIRECTIVE = "directive", _("Directive")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.SUPPORTIVE: "grey", cls.CONTROLLING: "blue", cls.DIRECTIVE: "blue"}


class Weekday(models.IntegerChoices):
    """Day of the week, numbered as `date.weekday()` does."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Month(models.IntegerChoices):
    """Month of the year."""

    JANUARY = 1, _("January")
    FEBRUARY = 2, _("February")
    MARCH = 3, _("March")
    APRIL = 4, _("April")
    MAY = 5, _("May")
    JUNE = 6, _("June")
    JULY = 7, _("July")
    AUGUST = 8, _("August")
    SEPTEMBER = 9, _("September")
    OCTOBER = 10, _("October")
    NOVEMBER = 11, _("November")
    DECEMBER = 12, _("December")


class FiscalScheme(models.TextChoices):
    """How a fiscal year is cut into twelve periods; the figures are weeks in each period of a quarter."""

    MONTHS = "months", _("Calendar months")
    W445 = "4-4-5", _("4-4-5 weeks")
    W454 = "4-5-4", _("4-5-4 weeks")
    W544 = "5-4-4", _("5-4-4 weeks")


class YearEnd(models.TextChoices):
    """Where a year of whole weeks ends, seen from the end of its last month."""

    LAST = "last", _("Last such weekday of the month")
    NEAREST = "nearest", _("Such weekday nearest the end of the month")


class NamedAfter(models.TextChoices):
    """Which calendar year names a fiscal year."""

    ENDS = "ends", _("The year in which it ends")
    STARTS = "starts", _("The year in which it starts")
