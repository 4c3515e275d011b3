"""What the organisation keeps about itself."""

from quarterdeck.apps.organisation.models.calendars import CalendarException, CalendarShift, WorkCalendar
from quarterdeck.apps.organisation.models.fiscal import FiscalCalendar, FiscalYear, Period
from quarterdeck.apps.organisation.models.money import Currency, ExchangeRate
from quarterdeck.apps.organisation.models.units import Office, OfficeService, OrganisationUnit

__all__ = [
    "CalendarException",
    "CalendarShift",
    "Currency",
    "ExchangeRate",
    "FiscalCalendar",
    "FiscalYear",
    "Office",
    "OfficeService",
    "OrganisationUnit",
    "Period",
    "WorkCalendar",
]
