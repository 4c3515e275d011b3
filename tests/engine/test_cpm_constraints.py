"""Constraints of all kinds, soft and hard, deadlines and the finish of the project, on dates worked out by hand.

A takes two days from Monday, B one day after it: Wednesday, and the project ends with it.
"""

from dataclasses import replace
from typing import Any

import pytest

from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Critical, Options, TotalFloat
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, Task
from tests.engine.cpm_words import DAY, HOUR, at, late, said, solved, spans

A, LONG = Task("A", 2 * DAY), Task("Long", 5 * DAY)


def b(constraint: Constraint | None = None, when: str = "", **more: Any) -> Task:
    held = {} if constraint is None else {"constraint": constraint, "constraint_at": at(when) if when else None}
    return Task("B", DAY, **(held | more))


SNET, SNLT = Constraint.START_NO_EARLIER_THAN, Constraint.START_NO_LATER_THAN
FNET, FNLT = Constraint.FINISH_NO_EARLIER_THAN, Constraint.FINISH_NO_LATER_THAN
MSO, MFO = Constraint.MUST_START_ON, Constraint.MUST_FINISH_ON
ALAP = Constraint.AS_LATE_AS_POSSIBLE

#: Constraint, date, hard -> where B runs, how late it may (the project ends on Friday with Long), floats of A and B.
CASES = [
    (None, "", None, "Wed 08:00 - Wed 17:00", "Fri 08:00 - Fri 17:00", 2 * DAY, 2 * DAY),
    (SNET, "Thu 08:00", None, "Thu 08:00 - Thu 17:00", "Fri 08:00 - Fri 17:00", 2 * DAY, DAY),
    (SNET, "Mon 08:00", None, "Wed 08:00 - Wed 17:00", "Fri 08:00 - Fri 17:00", 2 * DAY, 2 * DAY),
    (FNET, "Thu 12:00", None, "Wed 13:00 - Thu 12:00", "Fri 08:00 - Fri 17:00", 2 * DAY, DAY + 4 * HOUR),
    (SNLT, "Thu 08:00", None, "Wed 08:00 - Wed 17:00", "Thu 08:00 - Thu 17:00", DAY, DAY),
    (SNLT, "Tue 08:00", False, "Wed 08:00 - Wed 17:00", "Tue 08:00 - Tue 17:00", -DAY, -DAY),
    (SNLT, "Tue 08:00", True, "Tue 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00", -DAY, 0),
    (FNLT, "Tue 17:00", False, "Wed 08:00 - Wed 17:00", "Tue 08:00 - Tue 17:00", -DAY, -DAY),
    (FNLT, "Tue 17:00", True, "Tue 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00", -DAY, 0),
    (MSO, "Thu 08:00", False, "Thu 08:00 - Thu 17:00", "Thu 08:00 - Thu 17:00", DAY, 0),
    (MSO, "Thu 08:00", True, "Thu 08:00 - Thu 17:00", "Thu 08:00 - Thu 17:00", DAY, 0),
    (MSO, "Tue 08:00", False, "Wed 08:00 - Wed 17:00", "Tue 08:00 - Tue 17:00", -DAY, -DAY),
    (MSO, "Tue 08:00", True, "Tue 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00", -DAY, 0),
    (MFO, "Thu 17:00", False, "Thu 08:00 - Thu 17:00", "Thu 08:00 - Thu 17:00", DAY, 0),
    (MFO, "Tue 17:00", False, "Wed 08:00 - Wed 17:00", "Tue 08:00 - Tue 17:00", -DAY, -DAY),
    (MFO, "Tue 17:00", True, "Tue 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00", -DAY, 0),
]


@pytest.mark.parametrize("case", CASES)
def test_soft_and_hard(case: tuple[Constraint | None, str, bool | None, str, str, int, int]) -> None:
    constraint, when, hard, runs, may, *floats = case
    found = solved(A, b(constraint, when, hard=hard), LONG, "A FS B")
    assert (spans(found, "B"), late(found, "B")) == ({"B": runs}, {"B": may})
    assert [found["A"].total_float, found["B"].total_float] == floats
    assert spans(found, "A") == {"A": "Mon 08:00 - Tue 17:00"}


@pytest.mark.parametrize(
    ("constraint", "microsoft", "primavera"),
    [
        (SNLT, "Tue 08:00", "Wed 08:00"),
        (FNLT, "Mon 08:00", "Wed 08:00"),
        (MSO, "Tue 08:00", "Tue 08:00"),
        (MFO, "Mon 08:00", "Mon 08:00"),
    ],
)
def test_which_constraints_are_hard_in_which_dialect(constraint: Constraint, microsoft: str, primavera: str) -> None:
    when = "Tue 08:00" if constraint in (SNLT, MSO) else "Mon 17:00"
    for options, start in ((MICROSOFT, microsoft), (PRIMAVERA, primavera)):
        assert said(solved(A, b(constraint, when), "A FS B", options=options)["B"].start) == start


def test_a_hard_start_cuts_the_backward_pass() -> None:
    """What follows is late; the constraint keeps that from what comes before it."""
    lines = (A, b(MSO, "Thu 08:00", hard=True), Task("C", 2 * DAY, deadline=at("Thu 17:00")), "A FS B", "B FS C")
    found = solved(*lines)
    assert [found[each].total_float for each in "ABC"] == [DAY, 0, -2 * DAY]
    soft = solved(lines[0], b(MSO, "Thu 08:00", hard=False), *lines[2:])
    assert [soft[each].total_float for each in "ABC"] == [-DAY, -2 * DAY, -2 * DAY]


def test_a_deadline_moves_no_date_but_the_late_ones() -> None:
    found = solved(A, b(deadline=at("Tue 17:00")), LONG, "A FS B")
    assert (spans(found, "B"), late(found, "B")) == ({"B": "Wed 08:00 - Wed 17:00"}, {"B": "Tue 08:00 - Tue 17:00"})
    assert (found["A"].total_float, found["A"].negative_float, found["A"].critical) == (-DAY, DAY, True)
    assert (found["B"].free_float, found["B"].interfering_float) == (0, -DAY)
    assert found["Long"].total_float == 0


def test_a_second_constraint() -> None:
    """Start on or after Thursday, and finish on or before Thursday: room for nothing."""
    task = b(SNET, "Thu 08:00", second_constraint=FNLT, second_constraint_at=at("Thu 17:00"))
    found = solved(A, task, LONG, "A FS B", options=PRIMAVERA)
    assert spans(found, "B") == late(found, "B") == {"B": "Thu 08:00 - Thu 17:00"}
    assert (found["A"].total_float, found["A"].free_float, found["B"].total_float) == (DAY, DAY, 0)


class TestAsLateAsPossible:
    """B has two days of total float; C after it one of free float."""

    LINES = (A, b(ALAP), Task("C", DAY), LONG, "A FS B", "B FS C")

    def test_it_uses_up_total_float_and_pushes_what_follows(self) -> None:
        found = solved(*self.LINES, options=MICROSOFT)
        assert spans(found, "A", "B", "C") == {
            "A": "Mon 08:00 - Tue 17:00", "B": "Thu 08:00 - Thu 17:00", "C": "Fri 08:00 - Fri 17:00",
        }  # fmt: skip
        assert [found[each].total_float for each in "ABC"] == [DAY, 0, 0]
        assert [found[each].free_float for each in "ABC"] == [DAY, 0, 0]
        assert (said(found["B"].early_start), said(found["B"].late_start)) == ("Wed 08:00", "Thu 08:00")

    def test_it_uses_up_free_float_and_moves_nothing(self) -> None:
        last = Task("C", DAY, constraint=SNET, constraint_at=at("Fri 08:00"))
        found = solved(A, b(ALAP), last, LONG, "A FS B", "B FS C", options=PRIMAVERA)
        assert spans(found, "A", "B", "C") == {
            "A": "Mon 08:00 - Tue 17:00", "B": "Thu 08:00 - Thu 17:00", "C": "Fri 08:00 - Fri 17:00",
        }  # fmt: skip
        assert spans(solved(*self.LINES, options=PRIMAVERA), "B", "C") == {
            "B": "Wed 08:00 - Wed 17:00", "C": "Thu 08:00 - Thu 17:00",
        }  # fmt: skip

    def test_a_chain_of_them_and_an_open_end(self) -> None:
        for options in (MICROSOFT, PRIMAVERA):
            found = solved(A, b(ALAP), replace(b(ALAP), id="C"), LONG, "A FS B", "B FS C", options=options)
            assert spans(found, "B", "C") == {"B": "Thu 08:00 - Thu 17:00", "C": "Fri 08:00 - Fri 17:00"}
            assert (found["B"].free_float, found["C"].free_float, found["A"].free_float) == (0, 0, DAY)


def test_the_project_must_finish_by_a_date() -> None:
    found = solved(A, b(), "A FS B", finish=at("Fri 17:00"), options=PRIMAVERA)
    assert [found[each].total_float for each in "AB"] == [2 * DAY, 2 * DAY]
    assert (found["B"].free_float, said(found.project_finish)) == (0, "Wed 17:00")
    tight = solved(A, b(), "A FS B", finish=at("Tue 12:00"), options=PRIMAVERA)
    assert [tight[each].total_float for each in "AB"] == [-DAY - 4 * HOUR] * 2


def test_scheduled_back_from_its_finish() -> None:
    back = replace(MICROSOFT, from_finish=True)
    found = solved(A, b(ALAP), LONG, "A FS B", finish=at("Fri+1 17:00"), options=back)
    assert spans(found, "A", "B", "Long") == {
        "A": "Mon+1 08:00 - Tue+1 17:00", "B": "Fri+1 08:00 - Fri+1 17:00", "Long": "Mon+1 08:00 - Fri+1 17:00",
    }  # fmt: skip
    assert said(found.project_start) == "Mon+1 08:00"
    late_a = solved(replace(A, constraint=ALAP), b(ALAP), "A FS B", finish=at("Fri+1 17:00"), options=back)
    assert spans(late_a, "A", "B") == {"A": "Wed+1 08:00 - Thu+1 17:00", "B": "Fri+1 08:00 - Fri+1 17:00"}


def test_backward_a_start_no_earlier_wins_over_links() -> None:
    """Scheduled from the finish, "no earlier" is what cannot be met: B would have to start on Friday."""
    back = replace(MICROSOFT, from_finish=True)
    later = b(SNET, "Mon+2 08:00")
    found = solved(A, later, "A FS B", finish=at("Fri+1 17:00"), options=back)
    assert said(found["B"].start) == "Mon+2 08:00"
    with pytest.raises(EngineError, match="a finish that it has not"):
        solved(A, b(), options=back)


def test_levelling_delay_is_time_of_the_clock() -> None:
    """24 hours after Tuesday 17:00 are Wednesday 17:00, so that B waits until Thursday."""
    found = solved(A, b(delay=24 * HOUR), LONG, "A FS B")
    assert spans(found, "B") == {"B": "Thu 08:00 - Thu 17:00"}
    assert (found["A"].free_float, found["B"].total_float) == (0, DAY)


def test_splits_stretch_a_task() -> None:
    """Four hours of work, four of gap, the other four."""
    found = solved(Task("A", DAY, splits=((240, 240),)), b(), "A FS B")
    assert spans(found, "A", "B") == {"A": "Mon 08:00 - Tue 12:00", "B": "Tue 13:00 - Wed 12:00"}


def test_manual_tasks_stay_and_still_drive() -> None:
    fixed = Task("M", DAY, manual=True, constraint_at=at("Sat 10:00"))
    found = solved(A, fixed, b(), "A FS M", "M FS B")
    assert spans(found, "M", "B") == {"M": "Sat 10:00 - Mon+1 17:00", "B": "Tue+1 08:00 - Tue+1 17:00"}
    early = solved(A, Task("M", DAY, manual=True, constraint_at=at("Mon 08:00")), "A FS M")
    assert spans(early, "M") == {"M": "Mon 08:00 - Mon 17:00"}


class TestFloatsAndCritical:
    def test_a_late_finish_follows_the_late_start_or_dangles(self) -> None:
        """B hangs on the start of A alone: A's start has no float, its finish none either, or all that there is."""
        lines = (Task("A", DAY), Task("B", 3 * DAY), "A SS B")
        found = solved(*lines)
        assert (found["A"].start_float, found["A"].finish_float, found["A"].total_float) == (0, 0, 0)
        for kind, total in zip(TotalFloat, (0, 0, 2 * DAY), strict=True):
            found = solved(*lines, options=replace(MICROSOFT, dangling_finish=True, total_float=kind))
            assert (found["A"].finish_float, found["A"].total_float) == (2 * DAY, total)

    def test_of_a_manual_task_the_finish_counts(self) -> None:
        """As Microsoft Project stores it in task-links-project2013-mpp14, tasks 11 and 13 (joniles/mpxj)."""
        manual = Task("A", DAY, manual=True, constraint_at=at("Mon 08:00"))
        found = solved(manual, Task("B", 3 * DAY), "A SS B")
        assert (found["A"].total_float, late(found, "A")) == (2 * DAY, {"A": "Mon 08:00 - Wed 17:00"})

    def test_the_nearly_critical_band(self) -> None:
        options = replace(MICROSOFT, critical_float=HOUR, near_critical_float=DAY)
        lines = [Task(str(hours), 5 * DAY - hours * HOUR) for hours in (0, 1, 2, 8, 9)]
        found = solved(*lines, options=options)
        assert [(found[t.id].critical, found[t.id].near_critical) for t in lines] == [
            (True, False), (True, False), (False, True), (False, True), (False, False),
        ]  # fmt: skip

    def test_critical_by_the_longest_path(self) -> None:
        """With a finish to meet everything has float, and the longest path is still one."""
        options = replace(PRIMAVERA, critical=Critical.LONGEST_PATH)
        found = solved(A, b(), Task("C", DAY), "A FS B", finish=at("Fri 17:00"), options=options)
        assert [found[each].critical for each in "ABC"] == [True, True, False]
        assert [found[each].near_critical for each in "ABC"] == [False, False, True]

    def test_open_ends_may_be_critical(self) -> None:
        found = solved(A, b(), LONG, "A FS B", options=replace(MICROSOFT, open_ends_critical=True))
        assert [found[each].total_float for each in ("A", "B", "Long")] == [0, 0, 0]

    def test_bands_and_calendars_that_make_no_sense_are_refused(self) -> None:
        with pytest.raises(EngineError, match="below critical"):
            Options(critical_float=10, near_critical_float=5)
