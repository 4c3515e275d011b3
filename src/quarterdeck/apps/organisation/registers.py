"""The registers of the organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation import services
from quarterdeck.apps.organisation.forms import YearsForm
from quarterdeck.apps.organisation.models import (
    CalendarException,
    CalendarShift,
    Currency,
    ExchangeRate,
    FiscalCalendar,
    FiscalYear,
    Office,
    OfficeService,
    OrganisationUnit,
    Period,
    WorkCalendar,
)
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type, scopes_below
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register


@register
class UnitRegister(Register[OrganisationUnit]):
    """The tree of the enterprise."""

    model, slug, nav, icon, order = OrganisationUnit, "units", "people", "network", 20
    purpose = _(
        "Divisions, departments and teams. People, offices and initiatives belong to one, and rights follow it."
    )
    key, title, tree = "code", "name", "parent"
    columns = ("name", "code", "kind", "parent", "calendar", "starts_on", "ends_on")
    sections = {
        _("Unit"): ("code", "name", "kind", "parent", "purpose"),
        _("Working"): ("calendar", "starts_on", "ends_on"),
    }
    filters, search, ordering, bulk = ("kind", "parent", "ends_on"), ("code", "name"), ("name",), ("kind", "calendar")
    views = (View("closed", _("Closed"), {"f.ends_on": "before:today"}),)
    writer, remover = services.unit_save, services.unit_remove

    def remark(self, name: str, record: OrganisationUnit, on: dt.date) -> tuple[str, str]:
        """Tell which units are closed."""
        return ("", gettext("closed")) if name == "ends_on" and record.ends_on and record.ends_on < on else ("", "")


@register
class OfficeServiceRegister(Register[OfficeService]):
    """Which node which office serves."""

    model, slug = OfficeService, "office-services"
    purpose = _("The units and initiatives that an office serves, with all below them.")
    columns = ("office", "scope", "starts_on", "ends_on")
    sections = {_("Service"): ("office", "scope", "starts_on", "ends_on")}
    filters, ordering = ("office", "scope"), ("office__name", "scope__path")

    def choices(self, name: str, actor: Actor, record: OfficeService | None = None) -> QuerySet[Any]:
        """Offer the nodes that the actor may see."""
        if name == "scope":
            return scopes_below(actor.paths("view", record_type(OfficeService))).filter(is_removed=False)
        return super().choices(name, actor, record)


@register
class OfficeRegister(Register[Office]):
    """The PMOs."""

    model, slug, nav, icon, order = Office, "offices", "pmo", "landmark", 60
    purpose = _(
        "Portfolio, programme and project offices: what each is for, how far its authority goes, whom it serves."
    )
    key, title, tree = "code", "name", "hub"
    columns = ("name", "code", "kind", "authority", "permanence", "unit", "hub", "nodes", "ends_on")
    computed = (
        Column("nodes", _("Nodes served"), "number", annotate=lambda rows: rows.annotate(nodes=Count("services"))),
    )
    sections = {
        _("Office"): ("code", "name", "kind", "permanence", "authority", "unit", "hub", "mailbox"),
        _("Mandate"): ("purpose", "terms", "starts_on", "ends_on"),
    }
    filters, search, ordering = ("kind", "authority", "permanence", "unit"), ("code", "name", "purpose"), ("name",)
    bulk = ("authority",)
    inlines = (Inline(OfficeService, fk="office", fields=("scope", "starts_on", "ends_on")),)
    writer = services.office_save


@register
class ShiftRegister(Register[CalendarShift]):
    """The week patterns."""

    model, slug = CalendarShift, "calendar-shifts"
    purpose = _("From when to when work is done on each weekday.")
    columns = ("calendar", "weekday", "starts_at", "ends_at")
    sections = {_("Shift"): ("calendar", "weekday", "starts_at", "ends_at")}
    filters, ordering = ("calendar", "weekday"), ("calendar__name", "weekday", "starts_at")
    writer = services.shift_save


@register
class ExceptionRegister(Register[CalendarException]):
    """Days that differ from the pattern."""

    model, slug, title = CalendarException, "calendar-exceptions", "name"
    purpose = _("Days off, and days worked in hours of their own.")
    columns = ("name", "calendar", "starts_on", "ends_on", "working", "hours", "yearly")
    sections = {_("Exception"): ("calendar", "name", "starts_on", "ends_on", "working", "hours", "yearly")}
    filters, search, ordering = (
        ("calendar", "starts_on", "working", "yearly"),
        ("name",),
        ("calendar__name", "starts_on"),
    )
    writer = services.exception_save


@register
class CalendarRegister(Register[WorkCalendar]):
    """The working calendars."""

    model, slug, nav, icon, order = WorkCalendar, "work-calendars", "settings", "calendar-days", 20
    purpose = _("When work is done: shifts of a week, less public holidays, changed by exceptions.")
    title = "name"
    columns = ("name", "is_default", "country", "subdivision", "time_zone", "hours_per_day", "shifts_a_week")
    computed = (
        Column(
            "shifts_a_week",
            _("Shifts a week"),
            "number",
            annotate=lambda rows: rows.annotate(shifts_a_week=Count("shifts")),
        ),
    )
    sections = {_("Calendar"): ("name", "country", "subdivision", "time_zone", "hours_per_day", "is_default")}
    read_only, filters, search, ordering = ("is_default",), ("country",), ("name",), ("name",)
    inlines = (
        Inline(CalendarShift, fk="calendar", fields=("weekday", "starts_at", "ends_at")),
        Inline(CalendarException, fk="calendar", fields=("name", "starts_on", "ends_on", "working", "hours", "yearly")),
    )
    actions = (
        Action(
            "adopt",
            _("Make it the organisation’s"),
            run=services.calendar_adopt,
            when=lambda record, actor: not record.is_default,
            icon="check",
        ),
    )
    writer = services.calendar_save


@register
class PeriodRegister(Register[Period]):
    """The periods of fiscal years."""

    model, slug, title = Period, "fiscal-periods", "name"
    purpose = _("The periods in which money is planned and booked; generated from a fiscal calendar.")
    columns = ("name", "year", "number", "quarter", "starts_on", "ends_on")
    sections = {_("Period"): ("year", "number", "quarter", "name", "starts_on", "ends_on")}
    filters, search, ordering = ("year", "quarter", "starts_on"), ("name",), ("starts_on",)
    writer = services.period_save


@register
class YearRegister(Register[FiscalYear]):
    """The fiscal years."""

    model, slug, title = FiscalYear, "fiscal-years", "name"
    purpose = _("Generated from a fiscal calendar; change one by hand only where the rule does not give it.")
    columns = ("name", "calendar", "starts_on", "ends_on", "weeks")
    computed = (Column("weeks", _("Weeks"), "number", value=lambda record: record.weeks),)
    sections = {_("Fiscal year"): ("calendar", "name", "starts_on", "ends_on")}
    filters, search, ordering = ("calendar", "starts_on"), ("name",), ("starts_on",)
    inlines = (Inline(Period, fk="year", fields=("number", "quarter", "name", "starts_on", "ends_on")),)
    writer = services.fiscal_year_save


@register
class FiscalCalendarRegister(Register[FiscalCalendar]):
    """The rules of fiscal years."""

    model, slug, nav, icon, order = FiscalCalendar, "fiscal-calendars", "settings", "calendar-clock", 25
    purpose = _("How fiscal years are cut into periods: by months from any month on, or by weeks.")
    title = "name"
    columns = ("name", "is_default", "start_month", "scheme", "year_end", "week_start", "named_after")
    sections = {
        _("Fiscal calendar"): ("name", "start_month", "scheme", "prefix", "named_after", "is_default"),
        _("Years of weeks"): ("week_start", "year_end"),
    }
    read_only, filters, search, ordering = ("is_default",), ("scheme",), ("name",), ("name",)
    inlines = (Inline(FiscalYear, fk="calendar", fields=("name", "starts_on", "ends_on")),)
    actions = (
        Action(
            "generate",
            _("Generate years"),
            run=services.fiscal_years_generate,
            form=YearsForm,
            icon="plus",
            primary=True,
        ),
        Action(
            "adopt",
            _("Make it the organisation’s"),
            run=services.fiscal_calendar_adopt,
            when=lambda record, actor: not record.is_default,
            icon="check",
        ),
    )
    writer = services.fiscal_calendar_save


@register
class CurrencyRegister(Register[Currency]):
    """The currencies in use."""

    model, slug, nav, icon, order = Currency, "currencies", "settings", "coins", 30
    purpose = _("The currencies in which you plan, pay and sell; figures of the whole are shown in your own.")
    key, title = "code", "code"
    columns = ("code", "name", "minor_units", "is_active", "is_base")
    sections = {_("Currency"): ("code", "name", "minor_units", "is_active", "is_base")}
    read_only, filters, search, ordering = ("is_base",), ("is_active",), ("code", "name"), ("code",)
    bulk = ("is_active",)
    actions = (
        Action(
            "adopt",
            _("Make it the organisation’s"),
            run=services.currency_adopt,
            when=lambda record, actor: not record.is_base,
            icon="check",
        ),
    )
    writer = services.currency_save


@register
class RateRegister(Register[ExchangeRate]):
    """The dated rates between currencies."""

    model, slug, nav, icon, order = ExchangeRate, "exchange-rates", "settings", "arrow-left-right", 35
    purpose = _("What one currency is worth in another from a day on; each holds until the next.")
    columns = ("from_currency", "to_currency", "rate", "valid_on", "source")
    sections = {_("Rate"): ("from_currency", "to_currency", "rate", "valid_on", "source")}
    filters, search = ("from_currency", "to_currency", "valid_on"), ("source",)
    ordering = ("-valid_on", "from_currency__code")
