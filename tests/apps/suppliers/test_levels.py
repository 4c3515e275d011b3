"""Service records: the clock runs on working days, stands while excused, and tells what is missed without a write."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import ServiceLevel, ServicePause, ServiceRecord
from tests.apps.suppliers.conftest import MONDAY, Deal

FRIDAY = MONDAY + dt.timedelta(days=4)


def test_two_working_days_pass_over_the_weekend(deal: Deal) -> None:
    in_time = deal.case(FRIDAY, 4)  # Friday to Tuesday: Monday and Tuesday are worked
    late = deal.case(FRIDAY, 5)
    assert (in_time.kept, in_time.decided_on) == (True, FRIDAY + dt.timedelta(days=4))
    assert late.kept is False
    assert late.due_at is not None
    assert late.due_at.date() == FRIDAY + dt.timedelta(days=4)


def test_hours_are_counted_in_the_zone_of_the_calendar_over_a_change_of_the_clock(deal: Deal) -> None:
    WorkCalendar.objects.filter(service_levels=deal.level).update(time_zone="Europe/Amsterdam")
    ServiceLevel.objects.filter(pk=deal.level.pk).update(allowance=8, unit="hours")
    deal.level = ServiceLevel.objects.get(pk=deal.level.pk)
    # Friday 27 March 2026, 13:00 in Amsterdam; the clocks go forward on Sunday.
    record = deal.case(dt.date(2026, 3, 27), None, hour=12)
    assert record.due_at is not None
    local = record.due_at.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert (local.date(), local.time()) == (dt.date(2026, 3, 30), dt.time(12, 0))


def test_excused_time_is_not_counted(deal: Deal) -> None:
    record = deal.case(MONDAY, 4)  # due on Wednesday, done on Friday
    assert record.kept is False
    day = dt.datetime.combine(MONDAY, dt.time(0), tzinfo=dt.UTC)
    pause = ServicePause(
        record=record,
        starts_at=day + dt.timedelta(days=1),
        ends_at=day + dt.timedelta(days=3),
        reason="Marigold flood",
    )
    services.pause_save(pause, actor=deal.actor)
    assert ServiceRecord.objects.get(pk=record.pk).kept is True
    services.pause_remove(pause, actor=deal.actor)
    assert ServiceRecord.objects.get(pk=record.pk).kept is False


def test_a_case_that_is_still_excused_is_never_missed(deal: Deal) -> None:
    record = deal.case(MONDAY, None)
    assert record.breaks_at is not None
    starts = dt.datetime.combine(MONDAY, dt.time(10), tzinfo=dt.UTC)
    services.pause_save(ServicePause(record=record, starts_at=starts, reason="Marigold"), actor=deal.actor)
    assert ServiceRecord.objects.get(pk=record.pk).breaks_at is None


def test_a_promise_of_its_own_goes_before_the_level(deal: Deal) -> None:
    promised = dt.datetime.combine(MONDAY + dt.timedelta(days=10), dt.time(17), tzinfo=dt.UTC)
    assert deal.case(MONDAY, 9, promised_at=promised).kept is True
    assert deal.case(MONDAY, 11, promised_at=promised).kept is False


def test_many_records_are_reckoned_as_one_is(deal: Deal) -> None:
    one = deal.case(FRIDAY, 5)
    copies = [
        ServiceRecord(level=deal.level, subject="Marigold", started_at=one.started_at, ended_at=one.ended_at)
        for _ in range(3)
    ]
    services.records_save(copies, actor=deal.actor)
    assert {(row.kept, row.due_at, row.decided_on) for row in copies} == {(one.kept, one.due_at, one.decided_on)}
    assert len({row.reference for row in copies}) == 3


def test_a_new_allowance_holds_for_what_is_not_decided(deal: Deal) -> None:
    done, waiting = deal.case(FRIDAY, 5), deal.case(FRIDAY, None)
    deal.level.allowance = 5
    services.level_save(deal.level, actor=deal.actor)
    assert ServiceRecord.objects.get(pk=done.pk).kept is False
    found = ServiceRecord.objects.get(pk=waiting.pk)
    assert found.due_at is not None
    assert found.due_at.date() == FRIDAY + dt.timedelta(days=7)


def test_a_case_is_done_once_and_not_in_the_future(deal: Deal) -> None:
    record = deal.case(MONDAY, None)
    with pytest.raises(ValidationError, match="not to come"):
        services.record_end(record=record, actor=deal.actor, ended_at=deal.now + dt.timedelta(hours=1))
    services.record_end(record=record, actor=deal.actor, in_full=True)
    assert (record.ended_at, record.kept, record.in_full) == (deal.now, False, True)
    with pytest.raises(ValidationError, match="done already"):
        services.record_end(record=record, actor=deal.actor)
