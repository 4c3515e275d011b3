"""The organisation itself: catalogue, calendars, money, units, offices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

from quarterdeck.apps.organisation import services
from quarterdeck.apps.organisation.models import (
    CalendarException,
    Currency,
    ExchangeRate,
    FiscalCalendar,
    Office,
    OfficeService,
    OrganisationUnit,
    WorkCalendar,
)
from quarterdeck.apps.people.models import Role
from quarterdeck.apps.people.services import install_catalogue
from quarterdeck.demo.content import organisation as facts
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World
from quarterdeck.kernel import records

#: The history begins here, in months from now.
BEGIN = -38.0


def plan(world: World) -> None:
    """Put the founding of the organisation, and what it keeps up month by month, on the timeline."""
    tell = world.timeline.add
    tell(BEGIN, lambda now: _catalogue(world, now))
    tell(BEGIN, lambda now: _calendars(world, now))
    tell(BEGIN, lambda now: _money(world, now))
    for unit in facts.UNITS:
        tell(unit.since, partial(_unit, world, unit))
    for office in facts.OFFICES:
        tell(office.since, partial(_office, world, office))


def plan_rates(world: World) -> None:
    """Have finance enter the exchange rates on the first of each month."""
    first = (world.day(BEGIN) + dt.timedelta(days=3)).replace(day=1)
    month, count = first, 0
    while month <= world.timeline.today:
        offset = (month - world.timeline.today).days / MONTH
        world.timeline.add(max(offset, BEGIN + 0.3), partial(_rates, world, month, count))
        month, count = (month + dt.timedelta(days=32)).replace(day=1), count + 1


def _catalogue(world: World, now: dt.datetime) -> None:
    install_catalogue(actor=world.system(now))
    world.roles = {role.code: role for role in Role.objects.select_related("access_role")}


def _calendars(world: World, now: dt.datetime) -> None:
    actor = world.system(now)
    for name, country, part, zone, week, weekend in facts.CALENDARS:
        calendar = WorkCalendar(
            name=name, country=country, subdivision=part, time_zone=zone, is_default=name == facts.CALENDARS[0][0]
        )
        services.calendar_save(calendar, actor=actor)
        hours = dict.fromkeys(range(5), week) | (dict.fromkeys((5, 6), weekend) if weekend else {})
        services.week_set(calendar=calendar, hours=hours, actor=actor)
        world.calendars[name] = calendar
    year = world.day(BEGIN).year
    closed = CalendarException(
        calendar=world.calendars["Netherlands"],
        name="Offices closed between the years",
        starts_on=dt.date(year, 12, 27),
        ends_on=dt.date(year, 12, 31),
        yearly=True,
    )
    services.exception_save(closed, actor=actor)
    count = CalendarException(
        calendar=world.calendars["England"],
        name="Stocktaking",
        starts_on=world.day(1.3),
        ends_on=world.day(1.3),
        working=True,
        hours="09:00-12:00",
    )
    services.exception_save(count, actor=actor)


def _money(world: World, now: dt.datetime) -> None:
    actor = world.system(now)
    for code, name, _rate, _drift in facts.CURRENCIES:
        currency = Currency(code=code, name=name, is_base=code == "EUR")
        services.currency_save(currency, actor=actor)
        world.currencies[code] = currency
    calendar = FiscalCalendar(name="Group", start_month=1, is_default=True)
    services.fiscal_calendar_save(calendar, actor=actor)
    year = world.timeline.today.year
    services.fiscal_years_generate(record=calendar, first=year - 3, last=year + 2, actor=actor)


def _rates(world: World, month: dt.date, count: int, now: dt.datetime) -> None:
    rows = []
    for code, _name, start, drift in facts.CURRENCIES[1:]:
        rate = start + drift * count + start * world.chance.uniform(-0.012, 0.012)
        rows.append(
            ExchangeRate(
                from_currency=world.currencies[code],
                to_currency=world.currencies["EUR"],
                rate=Decimal(f"{rate:.5f}"),
                valid_on=month,
                source="European Central Bank, reference rate",
            )
        )
    records.save_many(rows, actor=world.actor("balogun", now))


def _unit(world: World, unit: facts.Unit, now: dt.datetime) -> None:
    calendar = facts.UNIT_CALENDARS.get(unit.code)
    record = OrganisationUnit(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        parent=world.units.get(unit.above),
        calendar=world.calendars[calendar] if calendar else None,
        purpose=unit.purpose,
        starts_on=world.day(unit.since) if unit.since > BEGIN else None,
    )
    actor = world.system(now) if unit.since <= BEGIN else world.actor("vandongen", now)
    services.unit_save(record, actor=actor)
    world.units[unit.code] = record


def _office(world: World, office: facts.OfficeFacts, now: dt.datetime) -> None:
    actor = world.actor("vandongen", now)
    record = Office(
        code=office.code,
        name=office.name,
        kind=office.kind,
        permanence=office.permanence,
        authority=office.authority,
        unit=world.units[office.unit],
        hub=world.offices.get(office.hub),
        purpose=office.purpose,
        terms=office.terms,
        mailbox=f"{office.code.lower()}@veerland.example",
        starts_on=world.day(office.since),
        ends_on=world.day(office.until) if office.until else None,
    )
    services.office_save(record, actor=actor)
    world.offices[office.code] = record
    for code in office.serves_units:
        serve(world, record, world.units[code].scope_id, now)


def serve(world: World, office: Office, scope_id: int, now: dt.datetime) -> None:
    """Have an office serve a node from now on, as long as the office lasts."""
    actor = world.actor("vandongen", now)
    service = OfficeService(office=office, scope_id=scope_id, starts_on=actor.today, ends_on=office.ends_on)
    records.save(service, actor=actor)
