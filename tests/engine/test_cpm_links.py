"""Links of every kind, their lags, and the calendars that count them, on dates worked out by hand."""

import datetime as dt

import pytest

from quarterdeck.engine.calendar import WorkCalendar, around_the_clock, five_day
from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Options
from quarterdeck.engine.network import LagCalendar, LagUnit, Task, TaskKind
from tests.engine.cpm_words import DAY, HOUR, at, late, link, said, solved, spans

A, B = Task("A", 2 * DAY), Task("B", DAY)
FLOORED = Options(floor=True)


@pytest.mark.parametrize(
    ("text", "b"),
    [
        ("A FS B", "Wed 08:00 - Wed 17:00"),
        ("A FS+480 B", "Thu 08:00 - Thu 17:00"),
        ("A FS+60 B", "Wed 09:00 - Thu 09:00"),
        ("A FS-480 B", "Tue 08:00 - Tue 17:00"),
        ("A FS-90 B", "Tue 15:30 - Wed 15:30"),
        ("A SS B", "Mon 08:00 - Mon 17:00"),
        ("A SS+480 B", "Tue 08:00 - Tue 17:00"),
        ("A SS+300 B", "Mon 14:00 - Tue 14:00"),
        ("A FF B", "Tue 08:00 - Tue 17:00"),
        ("A FF+480 B", "Wed 08:00 - Wed 17:00"),
        ("A FF-120 B", "Mon 15:00 - Tue 15:00"),
        ("A SF+960 B", "Tue 08:00 - Tue 17:00"),
        ("A SF B", "Fri-1 08:00 - Mon 08:00"),  # at the start of the shift that binds it, as Microsoft stores it
        ("A SF+1200 B", "Tue 13:00 - Wed 12:00"),
    ],
)
def test_each_kind_with_lag_and_lead(text: str, b: str) -> None:
    found = solved(A, B, text)
    assert spans(found, "A", "B") == {"A": "Mon 08:00 - Tue 17:00", "B": b}


def test_a_weekend_lies_between_the_end_of_one_shift_and_the_start_of_the_next() -> None:
    found = solved(Task("A", 5 * DAY), B, "A FS B")
    assert spans(found, "A", "B") == {"A": "Mon 08:00 - Fri 17:00", "B": "Mon+1 08:00 - Mon+1 17:00"}
    assert late(found, "A", "B") == {"A": "Mon 08:00 - Fri 17:00", "B": "Mon+1 08:00 - Mon+1 17:00"}
    assert (found["A"].total_float, found["A"].free_float) == (0, 0)


def test_an_elapsed_lag_runs_through_the_weekend() -> None:
    """Two days of the clock after Friday 17:00 end on Sunday; two working days on Tuesday."""
    five = Task("A", 5 * DAY)
    elapsed = solved(five, B, link("A FS+2880 B", unit=LagUnit.ELAPSED))
    assert spans(elapsed, "B") == {"B": "Mon+1 08:00 - Mon+1 17:00"}
    assert spans(solved(five, B, "A FS+960 B"), "B") == {"B": "Wed+1 08:00 - Wed+1 17:00"}


def test_a_lag_in_percent_is_of_the_predecessor() -> None:
    """25 % of two days are four hours: from Tuesday 17:00 to Wednesday 12:00."""
    found = solved(A, B, link("A FS+2500 B", unit=LagUnit.PERCENT))
    assert spans(found, "B") == {"B": "Wed 13:00 - Thu 12:00"}
    lead = solved(A, B, link("A FS-5000 B", unit=LagUnit.PERCENT))
    assert spans(lead, "B") == {"B": "Tue 08:00 - Tue 17:00"}


NIGHT = WorkCalendar("night", week=(((1200, 1680),),) * 5 + ((), ()))  # 20:00 to 04:00
LAGGED = [
    # A ends on Monday 17:00, the lag is eight hours, the successor works nights
    (LagCalendar.PREDECESSOR, "Tue 20:00"),  # until Tuesday 17:00
    (LagCalendar.SUCCESSOR, "Tue 20:00"),  # the whole of Monday's night, until Tuesday 04:00
    (LagCalendar.AROUND_THE_CLOCK, "Tue 01:00"),
    (LagCalendar.PROJECT, "Tue 20:00"),
]


@pytest.mark.parametrize(("whose", "start"), LAGGED)
def test_whose_calendar_counts_the_lag(whose: LagCalendar, start: str) -> None:
    tasks = Task("A", DAY), Task("B", 4 * HOUR, calendar="night")
    found = solved(*tasks, link("A FS+480 B", calendar=whose), calendars={"night": NIGHT})
    assert said(found["B"].start) == start


def test_the_dialects_count_lags_on_different_calendars() -> None:
    """Four hours after Monday 17:00: nights end them at midnight, the office on Tuesday noon."""
    tasks = Task("A", DAY), Task("B", 2 * HOUR, calendar="night")
    microsoft = solved(*tasks, "A FS+240 B", calendars={"night": NIGHT}, options=MICROSOFT)
    primavera = solved(*tasks, "A FS+240 B", calendars={"night": NIGHT}, options=PRIMAVERA)
    assert said(microsoft["B"].start) == "Tue 00:00"
    assert said(primavera["B"].start) == "Tue 20:00"


def test_an_elapsed_duration_runs_around_the_clock() -> None:
    found = solved(Task("A", 3 * DAY), Task("Cure", 48 * HOUR, elapsed=True), B, "A FS Cure", "Cure FS B")
    assert spans(found, "Cure", "B") == {"Cure": "Wed 17:00 - Fri 17:00", "B": "Mon+1 08:00 - Mon+1 17:00"}
    # The weekend is room: A may end on Friday. No float but that of B is 0, and yet these three are the longest path.
    assert [found[each].total_float for each in ("A", "Cure", "B")] == [2 * DAY, 63 * HOUR, 0]
    assert found.longest_path == ("A", "Cure", "B")


class TestMilestones:
    """They stand where their predecessor ends, not where the next shift starts."""

    def test_at_the_end_of_the_shift(self) -> None:
        found = solved(Task("A", 5 * DAY), Task("M", kind=TaskKind.MILESTONE), B, "A FS M", "M FS B")
        assert spans(found, "M", "B") == {"M": "Fri 17:00 - Fri 17:00", "B": "Mon+1 08:00 - Mon+1 17:00"}
        assert late(found, "M") == {"M": "Fri 17:00 - Fri 17:00"}
        assert found["M"].total_float == 0

    def test_at_the_start_of_the_project(self) -> None:
        found = solved(Task("M"), B, "M FS B")
        assert spans(found, "M", "B") == {"M": "Mon 08:00 - Mon 08:00", "B": "Mon 08:00 - Mon 17:00"}
        assert late(found, "M") == {"M": "Mon 08:00 - Mon 08:00"}

    def test_not_outside_working_time(self) -> None:
        """Saturday noon is no place for it."""
        found = solved(Task("A", 5 * DAY), Task("M"), link("A FS+1140 M", unit=LagUnit.ELAPSED))
        assert spans(found, "M") == {"M": "Mon+1 08:00 - Mon+1 08:00"}

    def test_with_float_late_on_the_same_side(self) -> None:
        found = solved(Task("A", DAY), Task("M"), Task("Long", 4 * DAY), "A FS M")
        assert (spans(found, "M"), late(found, "M")) == (
            {"M": "Mon 17:00 - Mon 17:00"},
            {"M": "Thu 17:00 - Thu 17:00"},
        )
        assert found["M"].total_float == 3 * DAY

    def test_a_start_milestone_stands_at_the_start_of_a_shift(self) -> None:
        found = solved(Task("A", 5 * DAY), Task("M", kind=TaskKind.START_MILESTONE), "A FS M")
        assert spans(found, "M") == {"M": "Mon+1 08:00 - Mon+1 08:00"}


def test_a_lead_may_reach_behind_the_start_of_the_project_in_one_dialect() -> None:
    tasks = Task("A", HOUR), B
    assert said(solved(*tasks, "A FS-480 B", options=MICROSOFT)["B"].start) == "Fri-1 09:00"
    assert said(solved(*tasks, "A FS-480 B", options=PRIMAVERA)["B"].start) == "Mon 08:00"
    assert said(solved(*tasks, "A FF-480 B", options=MICROSOFT)["B"].start) == "Mon 08:00"


def test_a_plan_longer_than_its_calendars_were_worked_out() -> None:
    """Forty years of work; the calendars grow as far as is needed."""
    found = solved(Task("A", 40 * 260 * DAY), B, "A FS B")
    assert (found.project_finish - at("Mon 08:00")) // 1440 == 40 * 52 * 7


def test_calendars_of_one_day_a_week() -> None:
    thursday = WorkCalendar("thursday", week=((), (), (), ((480, 960),), (), (), ()))
    found = solved(A, Task("B", 2 * DAY, calendar="thursday"), "A FS B", calendars={"thursday": thursday})
    assert spans(found, "B") == {"B": "Thu 08:00 - Thu+1 16:00"}
    assert late(found, "A") == {"A": "Tue 08:00 - Wed 17:00"}
    assert found["A"].total_float == DAY


def test_round_the_clock_beside_the_office() -> None:
    found = solved(
        Task("A", 24 * HOUR, calendar="24 h"), B, "A FS B", calendars={"24 h": around_the_clock()}, options=FLOORED
    )
    assert spans(found, "A", "B") == {"A": "Mon 08:00 - Tue 08:00", "B": "Tue 08:00 - Tue 17:00"}


def test_holidays_of_one_calendar() -> None:
    site = five_day("site", holidays=[dt.date(2026, 1, 7)])
    found = solved(A, Task("B", 2 * DAY, calendar="site"), "A FS B", calendars={"site": site})
    assert spans(found, "B") == {"B": "Thu 08:00 - Fri 17:00"}
