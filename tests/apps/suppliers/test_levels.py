"""Service records: the clock runs on working days, stands while excused, and tells what is missed without a write."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import BreachCase, ServiceLevel, ServicePause, ServiceRecord
from quarterdeck.kernel import records
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


def test_a_new_allowance_holds_for_cases_that_run_while_none_was_judged(deal: Deal) -> None:
    waiting = deal.case(dt.date(2026, 4, 7), None)  # of yesterday, within two working days
    deal.level.allowance = 5
    services.level_save(deal.level, actor=deal.actor)
    found = ServiceRecord.objects.get(pk=waiting.pk)
    assert found.due_at is not None
    assert found.due_at.date() == dt.date(2026, 4, 14)


CHANGES: dict[str, object] = {
    "target": Decimal(50),
    "window": "year",
    "source": "tasks",
    "allowance": 5,
    "unit": "hours",
    "calendar": None,
    "starts_on": dt.date(2026, 3, 15),
}


@pytest.mark.parametrize(
    ("name", "judged"), [*((name, "a record") for name in CHANGES), ("target", "a late record"), ("target", "a case")]
)
def test_what_was_judged_by_a_level_is_not_judged_anew_by_another(deal: Deal, name: str, judged: str) -> None:
    if judged == "a case":
        case = BreachCase(level=deal.level, first_day=MONDAY, last_day=MONDAY, met=1, missed=1)
        services.breach_save(case, actor=deal.actor)
    else:
        deal.case(MONDAY, 1 if judged == "a record" else None)
    setattr(deal.level, name, CHANGES[name])
    with pytest.raises(ValidationError, match="Take it out of use and enter a new one") as refused:
        services.level_save(deal.level, actor=deal.actor)
    assert list(refused.value.error_dict) == [name]


def test_a_level_with_records_is_not_fed_from_elsewhere(deal: Deal) -> None:
    waiting = deal.case(dt.date(2026, 4, 7), None)  # of yesterday: nothing is judged yet
    deal.level.source, deal.level.allowance = "tasks", None
    with pytest.raises(ValidationError, match="It has service records") as refused:
        services.level_save(deal.level, actor=deal.actor)
    assert list(refused.value.error_dict) == ["source"]
    records.delete(waiting, actor=deal.cast.actor("administrator"))
    services.level_save(deal.level, actor=deal.actor)
    assert ServiceLevel.objects.get(pk=deal.level.pk).source == "tasks"


def test_a_level_that_judged_can_be_renamed_and_taken_out_of_use(deal: Deal) -> None:
    deal.case(MONDAY, 1)
    deal.level.name, deal.level.clause, deal.level.is_active = "Marigold again", "9.1", False
    services.level_save(deal.level, actor=deal.actor)
    assert ServiceLevel.objects.get(pk=deal.level.pk).is_active is False


def test_a_level_that_is_fed_takes_no_records_by_hand(deal: Deal) -> None:
    fed = deal.cast.north.make(ServiceLevel, contract=deal.contract, source="tasks", allowance=None)
    deal.level, own = fed, deal.level
    with pytest.raises(ValidationError, match="fed by") as refused:
        deal.case(MONDAY, 1)
    assert list(refused.value.error_dict) == ["level"]
    row = ServiceRecord(level=fed, subject="Marigold", started_at=deal.now)
    with pytest.raises(records.BulkRefused):
        services.records_save([row], actor=deal.actor)
    deal.level = own
    moved = deal.case(MONDAY, 1)
    moved.level = fed
    with pytest.raises(ValidationError, match="fed by"):
        services.record_save(moved, actor=deal.actor)


def test_excused_times_that_overlap_put_a_promise_off_once(deal: Deal) -> None:
    day = dt.datetime.combine(MONDAY, dt.time(9), tzinfo=dt.UTC)
    record = deal.case(MONDAY, None, promised_at=day + dt.timedelta(days=10))
    for first, last in ((-4, -1), (-2, 1), (2, 4), (3, 5), (3, 4)):
        starts, ends = (day + dt.timedelta(days=days) for days in (first, last))
        services.pause_save(
            ServicePause(record=record, starts_at=starts, ends_at=ends, reason="Marigold"), actor=deal.actor
        )
    # One day after it was asked for, and three from the second to the fifth.
    assert ServiceRecord.objects.get(pk=record.pk).due_at == day + dt.timedelta(days=14)


def test_a_case_is_done_once_and_not_in_the_future(deal: Deal) -> None:
    record = deal.case(MONDAY, None)
    with pytest.raises(ValidationError, match="not to come"):
        services.record_end(record=record, actor=deal.actor, ended_at=deal.now + dt.timedelta(hours=1))
    services.record_end(record=record, actor=deal.actor, in_full=True)
    assert (record.ended_at, record.kept, record.in_full) == (deal.now, False, True)
    with pytest.raises(ValidationError, match="done already"):
        services.record_end(record=record, actor=deal.actor)
