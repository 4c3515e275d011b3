"""Actual dates, what remains, and work out of sequence, on dates worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest

from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Cause, OutOfSequence, why
from quarterdeck.engine.network import Constraint, Task, TaskKind
from tests.engine.cpm_words import DAY, HOUR, at, late, said, solved, spans

WEDNESDAY = {"status": at("Wed 08:00")}


def a(start: str = "", finish: str = "", **more: Any) -> Task:
    return Task(
        "A", 2 * DAY, actual_start=at(start) if start else None, actual_finish=at(finish) if finish else None, **more
    )


def b(start: str = "", **more: Any) -> Task:
    return Task("B", 2 * DAY, actual_start=at(start) if start else None, **more)


def test_what_is_over_stays_where_it_was() -> None:
    """A started late and finished on Wednesday noon, at lunch."""
    for options in (MICROSOFT, PRIMAVERA):
        found = solved(a("Mon 13:00", "Wed 12:30"), b(), "A FS B", options=options, **WEDNESDAY)
        assert spans(found, "A", "B") == {"A": "Mon 13:00 - Wed 12:30", "B": "Wed 13:00 - Fri 12:00"}
        dates = found["A"]
        assert (dates.total_float, dates.free_float, dates.critical, dates.remaining_start) == (0, 0, False, None)
        assert late(found, "A") == {"A": "Mon 13:00 - Wed 12:30"}
        assert found["B"].critical


def test_nothing_still_to_do_lies_before_the_status_date() -> None:
    """In one dialect; in the other nobody moves what has not started."""
    assert spans(solved(a(), b(), "A FS B", options=PRIMAVERA, **WEDNESDAY), "A", "B") == {
        "A": "Wed 08:00 - Thu 17:00", "B": "Fri 08:00 - Mon+1 17:00",
    }  # fmt: skip
    assert spans(solved(a(), b(), "A FS B", options=MICROSOFT, **WEDNESDAY), "A") == {"A": "Mon 08:00 - Tue 17:00"}


class TestStarted:
    """A started on Monday; the status date is Tuesday noon, twelve of its sixteen hours on."""

    STATUS = {"status": at("Tue 12:00")}

    def test_it_goes_on_from_the_status_date(self) -> None:
        found = solved(a("Mon 08:00", remaining=6 * HOUR), b(), "A FS B", options=PRIMAVERA, **self.STATUS)
        assert spans(found, "A", "B") == {"A": "Mon 08:00 - Wed 10:00", "B": "Wed 10:00 - Fri 10:00"}
        dates = found["A"]
        assert said(dates.remaining_start) == said(dates.early_start) == said(dates.late_start) == "Tue 13:00"
        assert (dates.total_float, dates.start_float, dates.critical) == (0, 0, True)

    def test_it_goes_on_from_where_it_was(self) -> None:
        """Ten of sixteen hours done and no more said: the other six follow them, in the one dialect."""
        found = solved(a("Mon 08:00", remaining=6 * HOUR), b(), "A FS B", options=MICROSOFT, **self.STATUS)
        assert spans(found, "A", "B") == {"A": "Mon 08:00 - Tue 17:00", "B": "Wed 08:00 - Thu 17:00"}
        dates = found["A"]
        assert (said(dates.remaining_start), said(dates.early_start)) == ("Tue 10:00", "Mon 08:00")

    def test_what_remains_follows_from_what_could_be_done(self) -> None:
        """Twelve hours since Monday morning, so four remain."""
        found = solved(a("Mon 08:00"), options=PRIMAVERA, **self.STATUS)
        assert spans(found, "A") == {"A": "Mon 08:00 - Tue 17:00"}
        assert said(found["A"].remaining_start) == "Tue 13:00"

    def test_late_from_its_start_it_ends_late(self) -> None:
        found = solved(a("Tue 10:00"), options=MICROSOFT)
        assert spans(found, "A") == {"A": "Tue 10:00 - Thu 10:00"}

    def test_suspended_and_resumed(self) -> None:
        """Eight hours until Monday 17:00, then nothing until Thursday."""
        task = a("Mon 08:00", suspended=at("Mon 17:00"), resumed=at("Thu 08:00"))
        for options in (MICROSOFT, PRIMAVERA):
            found = solved(task, options=options, **WEDNESDAY)
            assert spans(found, "A") == {"A": "Mon 08:00 - Thu 17:00"}
            assert said(found["A"].remaining_start) == "Thu 08:00"
            assert [reason.cause for reason in why(found, "A")] == [Cause.RESUMED]

    def test_resumed_before_the_status_date(self) -> None:
        """Four hours on Monday morning, four on Tuesday afternoon: eight remain on Wednesday."""
        task = a("Mon 08:00", suspended=at("Mon 12:00"), resumed=at("Tue 13:00"))
        found = solved(task, options=PRIMAVERA, **WEDNESDAY)
        assert spans(found, "A") == {"A": "Mon 08:00 - Wed 17:00"}

    def test_gaps_still_to_come(self) -> None:
        """Eight hours done; the gap after four of them is past, the day's gap after twelve is to come."""
        task = a("Mon 08:00", remaining=8 * HOUR, splits=((4 * HOUR, 4 * HOUR), (12 * HOUR, DAY)))
        found = solved(task, options=MICROSOFT)
        assert said(found["A"].remaining_start) == "Tue 13:00"
        assert spans(found, "A") == {"A": "Mon 08:00 - Thu 12:00"}

    def test_constraints_bind_its_finish_but_no_longer_its_start(self) -> None:
        fixed: dict[str, Any] = {"constraint": Constraint.MUST_START_ON, "constraint_at": at("Fri 08:00")}
        assert spans(solved(a("Mon 08:00", **fixed)), "A") == {"A": "Mon 08:00 - Tue 17:00"}
        by: dict[str, Any] = {"constraint": Constraint.FINISH_NO_LATER_THAN, "constraint_at": at("Tue 12:00")}
        assert solved(a("Mon 08:00", **by))["A"].total_float == -4 * HOUR

    def test_its_total_float_is_that_of_its_finish(self) -> None:
        found = solved(a("Mon 08:00"), Task("Long", 5 * DAY), options=MICROSOFT)
        assert (found["A"].start_float, found["A"].total_float) == (0, 3 * DAY)

    def test_a_milestone_that_is_reached_is_over(self) -> None:
        found = solved(Task("M", kind=TaskKind.MILESTONE, actual_start=at("Tue 09:00")), b(), "M FS B")
        assert (said(found["M"].finish), found["M"].critical, said(found["B"].start)) == (
            "Tue 09:00",
            False,
            "Tue 09:00",
        )

    def test_finished_without_a_start_it_started_its_duration_before(self) -> None:
        assert spans(solved(a("", "Wed 12:00")), "A") == {"A": "Mon 13:00 - Wed 12:00"}


class TestOutOfSequence:
    """B started on Monday although A, which it waits for, has two days to go from Wednesday; one of B's is done."""

    LINES = (a(), b("Mon 08:00", remaining=DAY), Task("C", 5 * DAY), "A FS B")

    @pytest.mark.parametrize(
        ("rule", "remains", "float_a", "float_b"),
        [
            (OutOfSequence.RETAINED_LOGIC, "Fri 08:00 - Fri 17:00", 2 * DAY, 2 * DAY),
            (OutOfSequence.PROGRESS_OVERRIDE, "Wed 08:00 - Wed 17:00", 3 * DAY, 4 * DAY),
            (OutOfSequence.ACTUAL_DATES, "Wed 08:00 - Wed 17:00", -4 * DAY, 4 * DAY),
        ],
    )
    def test_by_each_rule(self, rule: OutOfSequence, remains: str, float_a: int, float_b: int) -> None:
        """C ends on Tuesday; by actual dates A should have ended on Monday morning."""
        found = solved(*self.LINES, options=replace(PRIMAVERA, out_of_sequence=rule), **WEDNESDAY)
        dates = found["B"]
        assert f"{said(dates.remaining_start)} - {said(dates.finish)}" == remains
        assert (said(dates.start), said(found["A"].finish)) == ("Mon 08:00", "Thu 17:00")
        assert (found["A"].total_float, dates.total_float) == (float_a, float_b)

    def test_what_is_over_holds_nothing_back(self) -> None:
        """B is done before A has begun: A is free of it, save by actual dates."""
        done = replace(b("Mon 08:00"), actual_finish=at("Tue 17:00"))
        for rule, expected in ((OutOfSequence.RETAINED_LOGIC, 3 * DAY), (OutOfSequence.ACTUAL_DATES, -4 * DAY)):
            options = replace(PRIMAVERA, out_of_sequence=rule)
            found = solved(a(), done, Task("C", 5 * DAY), "A FS B", options=options, **WEDNESDAY)
            assert found["A"].total_float == expected


def test_a_start_to_start_lag_counts_from_the_actual_start_or_from_what_remains() -> None:
    """A started on Monday; B may start two days after it: on Wednesday, or two days after what remains does."""
    lines = (a("Mon 08:00", remaining=DAY), b(), "A SS+960 B")
    for shown, start in ((True, "Wed 08:00"), (False, "Fri 08:00")):
        options = replace(PRIMAVERA, lag_from_actual_start=shown)
        assert said(solved(*lines, options=options, **WEDNESDAY)["B"].start) == start


def test_a_lag_goes_on_from_the_actual_finish() -> None:
    found = solved(a("Mon 08:00", "Tue 12:00"), b(), "A FS+960 B", options=PRIMAVERA, **WEDNESDAY)
    assert said(found["B"].start) == "Thu 13:00"
