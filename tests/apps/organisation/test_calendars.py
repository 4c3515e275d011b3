"""Working time, with the public holidays of England as published for 2026."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation import selectors, services
from quarterdeck.apps.organisation.choices import UnitKind, Weekday
from quarterdeck.apps.organisation.hours import Span, parse_hours, write_hours
from quarterdeck.apps.organisation.models import CalendarException, CalendarShift, OrganisationUnit, WorkCalendar
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied
from tests.apps.organisation.conftest import MakeActor, MakeUnit

D = dt.date


def test_hours_are_read_and_written() -> None:
    spans = parse_hours("13:00-17:30, 8:00-12:00")
    assert spans == (Span(480, 720), Span(780, 1050))
    assert write_hours(spans) == "08:00-12:00, 13:00-17:30"
    assert parse_hours("22:00-00:00") == parse_hours("22:00-24:00") == (Span(1320, 1440),)
    assert parse_hours("") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("8-12", "“8-12” is not a shift"),
        ("08:00-12:70", "is not a shift"),
        ("12:00-08:00", "A shift ends after it starts"),
        ("08:00-12:00, 11:00-13:00", "08:00-12:00 and 11:00-13:00 overlap"),
        ("08:00-24:30", "A shift ends after it starts"),
    ],
)
def test_hours_that_cannot_be_are_refused(text: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        parse_hours(text)


def test_easter_week_of_2026(office_hours: WorkCalendar) -> None:
    time = selectors.working_time(office_hours)
    assert time.holiday(D(2026, 4, 3)) == "Good Friday"
    assert time.holiday(D(2026, 4, 6)) == "Easter Monday"
    assert [time.is_working_day(D(2026, 4, day)) for day in range(1, 8)] == [
        True,  # Wednesday
        True,
        False,  # Good Friday
        False,
        False,
        False,  # Easter Monday
        True,
    ]
    assert time.minutes(D(2026, 4, 1)) == 480
    assert time.hours_per_day == Decimal("8")
    # 2026 has 261 weekdays; England's eight public holidays all fall on one of them (Boxing Day's substitute included).
    assert time.working_days(D(2026, 1, 1), D(2026, 12, 31)) == 253
    assert time.working_days(D(2026, 4, 7), D(2026, 4, 1)) == 0


def test_intervals_skip_what_is_off(office_hours: WorkCalendar) -> None:
    time = selectors.working_time(office_hours)
    found = [(item.starts_at, item.ends_at) for item in time.intervals(D(2026, 4, 2), D(2026, 4, 7))]
    at = dt.datetime
    assert found == [
        (at(2026, 4, 2, 8), at(2026, 4, 2, 12)),
        (at(2026, 4, 2, 13), at(2026, 4, 2, 17)),
        (at(2026, 4, 7, 8), at(2026, 4, 7, 12)),
        (at(2026, 4, 7, 13), at(2026, 4, 7, 17)),
    ]


def test_adding_working_days(office_hours: WorkCalendar) -> None:
    time = selectors.working_time(office_hours)
    assert time.add_working_days(D(2026, 4, 2), 1) == D(2026, 4, 7)
    assert time.add_working_days(D(2026, 4, 7), -1) == D(2026, 4, 2)
    assert time.add_working_days(D(2026, 4, 4), 0) == D(2026, 4, 7)
    assert time.add_working_days(D(2026, 4, 2), 0) == D(2026, 4, 2)


def test_a_calendar_without_shifts_refuses_to_count(system: Actor) -> None:
    empty = WorkCalendar(name="Empty")
    services.calendar_save(empty, actor=system)
    with pytest.raises(ValidationError, match="“Empty” has no working days"):
        selectors.working_time(empty).add_working_days(D(2026, 1, 1), 1)


def test_a_night_shift_is_one_interval(system: Actor) -> None:
    night = WorkCalendar(name="Night")
    services.calendar_save(night, actor=system)
    services.week_set(calendar=night, hours={0: "22:00-24:00", 1: "00:00-06:00"}, actor=system)
    [shift] = selectors.working_time(night).intervals(D(2026, 3, 16), D(2026, 3, 17))
    assert (shift.starts_at.isoformat(), shift.ends_at.isoformat()) == ("2026-03-16T22:00:00", "2026-03-17T06:00:00")


def exception(
    calendar: WorkCalendar, name: str, first: D, last: D, actor: Actor, **fields: object
) -> CalendarException:
    row = CalendarException(calendar=calendar, name=name, starts_on=first, ends_on=last, **fields)
    services.exception_save(row, actor=actor)
    return row


def test_exceptions_win_over_holidays_and_one_year_over_every_year(office_hours: WorkCalendar, system: Actor) -> None:
    exception(office_hours, "Christmas closure", D(2025, 12, 24), D(2026, 1, 2), system, yearly=True)
    exception(office_hours, "Cut-over", D(2026, 12, 29), D(2026, 12, 29), system, working=True, hours="06:00-10:00")
    exception(office_hours, "Worked holiday", D(2026, 5, 4), D(2026, 5, 4), system, working=True, hours="08:00-12:00")
    time = selectors.working_time(office_hours)
    assert time.spans(D(2026, 5, 4)) == (Span(480, 720),)
    assert not time.is_working_day(D(2025, 12, 30))
    assert not time.is_working_day(D(2026, 12, 30))
    assert not time.is_working_day(D(2027, 12, 24))
    assert time.is_working_day(D(2024, 12, 30))  # before the first
    assert time.spans(D(2026, 12, 29)) == (Span(360, 600),)
    assert time.is_working_day(D(2026, 12, 23))


def test_overlapping_exceptions_are_refused(office_hours: WorkCalendar, system: Actor) -> None:
    exception(office_hours, "Closure", D(2025, 12, 24), D(2026, 1, 2), system, yearly=True)
    with pytest.raises(ValidationError, match="“Closure” covers some of these days already"):
        exception(office_hours, "New Year", D(2028, 12, 31), D(2029, 1, 1), system, yearly=True)
    exception(office_hours, "Stocktake", D(2026, 6, 1), D(2026, 6, 2), system)
    with pytest.raises(ValidationError, match="“Stocktake” covers"):
        exception(office_hours, "Move", D(2026, 6, 2), D(2026, 6, 3), system)
    with pytest.raises(ValidationError, match="states its hours"):
        exception(office_hours, "Open", D(2026, 6, 7), D(2026, 6, 7), system, working=True)
    with pytest.raises(ValidationError, match="is not a shift"):
        exception(office_hours, "Open", D(2026, 6, 7), D(2026, 6, 7), system, working=True, hours="morning")
    assert CalendarException.objects.count() == 2


def test_overlapping_shifts_are_refused(office_hours: WorkCalendar, system: Actor) -> None:
    late = CalendarShift(calendar=office_hours, weekday=Weekday.MONDAY, starts_at=dt.time(16), ends_at=dt.time(20))
    with pytest.raises(ValidationError, match="13:00-17:00 and 16:00-20:00 overlap"):
        services.shift_save(late, actor=system)
    late.starts_at = dt.time(17)
    services.shift_save(late, actor=system)
    assert selectors.working_time(office_hours).minutes(D(2026, 3, 16)) == 660


def test_the_week_is_set_as_a_whole(office_hours: WorkCalendar, system: Actor) -> None:
    services.week_set(calendar=office_hours, hours={0: "08:00-12:00", 5: "09:00-11:00"}, actor=system)
    assert [str(row) for row in office_hours.shifts.all()] == ["Monday 08:00-12:00", "Saturday 09:00-11:00"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("time_zone", "Mars/Olympus", "no time zone"),
        ("country", "XX", "No holidays are known"),
        ("subdivision", "BY", "no such part"),
    ],
)
def test_unknown_places_are_refused(
    office_hours: WorkCalendar, system: Actor, field: str, value: str, told: str
) -> None:
    setattr(office_hours, field, value)
    with pytest.raises(ValidationError, match=told):
        services.calendar_save(office_hours, actor=system)


def test_one_calendar_is_that_of_the_organisation(
    office_hours: WorkCalendar, system: Actor, build: OrganisationUnit, unit: MakeUnit
) -> None:
    networks = build.parent
    assert networks is not None
    assert networks.parent is not None
    field = WorkCalendar(name="Field", is_default=True)
    services.calendar_save(field, actor=system)
    office_hours.refresh_from_db()
    assert not office_hours.is_default
    networks.calendar = office_hours
    services.unit_save(networks, actor=system)
    crew = unit("CREW", UnitKind.TEAM, build)
    assert selectors.unit_calendars() == {
        networks.parent.pk: field.pk,
        networks.pk: office_hours.pk,
        build.pk: office_hours.pk,
        crew.pk: office_hours.pk,
    }


def test_reference_data_is_written_at_the_root_only(
    office_hours: WorkCalendar, group: OrganisationUnit, given: MakeActor, stranger: Actor
) -> None:
    local = given(group.scope, {"organisation.*": ["view", "add", "change"]})
    office_hours.hours_per_day = Decimal("7.5")
    for actor in (local, stranger):
        with pytest.raises(AccessDenied):
            services.calendar_save(office_hours, actor=actor)
    office_hours.refresh_from_db()
    assert office_hours.hours_per_day == Decimal("8")


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (D(2026, 6, 5), D(2026, 6, 5), 1),  # a Friday
        (D(2026, 6, 6), D(2026, 6, 7), 0),  # the weekend after it
        (D(2026, 6, 6), D(2026, 6, 15), 6),  # from there to Monday week
        (D(2026, 1, 1), D(2026, 12, 31), 261),
        (D(2026, 6, 8), D(2026, 6, 5), 0),
    ],
)
def test_weekdays_are_counted_where_no_calendar_is_named(first: D, last: D, count: int) -> None:
    assert selectors.weekdays(first, last) == count
