"""Summaries, levels of effort, hammocks, inactive tasks and circles, on dates worked out by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quarterdeck.engine.calendar import five_day
from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Columns, Role, compile_plan, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagUnit, Link, Network, Task, TaskKind
from tests.engine.cpm_words import DAY, HOUR, at, late, link, plan, solved, spans

S = Task("S", kind=TaskKind.SUMMARY)
#: S spans A (one day) and B (three days).
TREE = (S, Task("A", DAY, parent="S"), Task("B", 3 * DAY, parent="S"))
X = Task("X", 2 * DAY)


def test_a_summary_spans_its_children() -> None:
    found = solved(*TREE, X, "A FS X")
    assert spans(found, "S") == {"S": "Mon 08:00 - Wed 17:00"}
    dates = found["S"]
    assert (dates.total_float, dates.free_float, dates.critical, dates.on_longest_path) == (0, 0, True, True)
    assert (found["A"].total_float, found["B"].critical) == (0, True)


@pytest.mark.parametrize(
    ("text", "x", "a"),
    [
        ("X FS S", "Mon 08:00 - Tue 17:00", "Wed 08:00 - Wed 17:00"),
        ("X FS+480 S", "Mon 08:00 - Tue 17:00", "Thu 08:00 - Thu 17:00"),
        ("X SS+480 S", "Mon 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00"),
        ("X FF S", "Mon 08:00 - Tue 17:00", "Tue 08:00 - Tue 17:00"),  # no child ends before X
        ("S FS X", "Thu 08:00 - Fri 17:00", "Mon 08:00 - Mon 17:00"),
        ("S SS+480 X", "Tue 08:00 - Wed 17:00", "Mon 08:00 - Mon 17:00"),
        ("S FF X", "Tue 08:00 - Wed 17:00", "Mon 08:00 - Mon 17:00"),
        ("S SF+960 X", "Mon 08:00 - Tue 17:00", "Mon 08:00 - Mon 17:00"),
    ],
)
def test_links_to_and_from_a_summary(text: str, x: str, a: str) -> None:
    found = solved(*TREE, X, text)
    assert spans(found, "X", "A") == {"X": x, "A": a}


def test_a_link_from_a_summary_waits_for_the_last_child_and_gives_the_others_float() -> None:
    found = solved(*TREE, X, "S FS X")
    assert [found[each].total_float for each in ("A", "B", "X", "S")] == [2 * DAY, 0, 0, 0]
    assert late(found, "A") == {"A": "Wed 08:00 - Wed 17:00"}
    assert found.longest_path == ("B", "X")
    assert found.driving.tolist() == [True]


def test_the_free_float_of_a_summary_is_that_of_its_finish() -> None:
    """Not the least below it (sample.mpp of joniles/mpxj, tasks 6, 19 and 22): A has none, since B follows."""
    tree = (S, Task("A", DAY, parent="S"), Task("B", DAY, parent="S"), Task("Long", 5 * DAY), "A FS B")
    assert [solved(*tree)[each].free_float for each in "ABS"] == [0, 3 * DAY, 3 * DAY]
    held = Task("X", DAY, constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=at("Thu 08:00"))
    followed = solved(*tree, held, "S FS X")
    assert [followed[each].free_float for each in "ABS"] == [0, DAY, DAY]


def test_a_start_link_from_a_summary_hangs_on_its_earliest_child() -> None:
    """A starts first; X, four days long, makes its start critical, and that of B not."""
    held = replace(TREE[2], constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=at("Tue 08:00"))
    found = solved(S, TREE[1], held, Task("X", 4 * DAY), "S SS+480 X")
    assert spans(found, "X") == {"X": "Tue 08:00 - Fri 17:00"}
    assert [found[each].start_float for each in "AB"] == [0, DAY]
    assert (found["A"].total_float, found["A"].finish_float) == (0, 0)


def test_nested_summaries_pass_links_on() -> None:
    """T lies in S, D in T: X holds all three back, and Y waits for the last of them."""
    deep = (*TREE, Task("T", parent="S"), Task("D", 4 * DAY, parent="T"), X, Task("Y", DAY))
    found = solved(*deep, "X FS S", "S FS Y")
    assert spans(found, "S", "T", "D", "A", "Y") == {
        "S": "Wed 08:00 - Mon+1 17:00", "T": "Wed 08:00 - Mon+1 17:00", "D": "Wed 08:00 - Mon+1 17:00",
        "A": "Wed 08:00 - Wed 17:00", "Y": "Tue+1 08:00 - Tue+1 17:00",
    }  # fmt: skip
    assert found.longest_path == ("X", "D", "Y")


def test_links_between_summaries_cost_edges_not_products() -> None:
    """Two summaries of a hundred children and a link: two hundred bonds, not ten thousand edges."""
    count = 100
    parent = np.array([-1, -1] + [0] * count + [1] * count)
    given = Columns(
        duration=np.full(2 + 2 * count, 60), parent=parent, predecessor=np.array([0]), successor=np.array([1])
    )
    ready = compile_plan(given)
    assert len(ready.net.pred) == 2 * count + 1
    assert sorted(Role(role) for role in ready.role.tolist() if role) == [Role.GATE, Role.LAST]
    assert schedule(ready).project_finish == 120


@pytest.mark.parametrize(
    ("constraint", "when", "expected"),
    [
        (Constraint.START_NO_EARLIER_THAN, "Tue 08:00", {"start": {"A": "Tue", "B": "Tue"}, "float": [2 * DAY, 0]}),
        (Constraint.FINISH_NO_LATER_THAN, "Tue 17:00", {"start": {"A": "Mon", "B": "Mon"}, "float": [DAY, -DAY]}),
        (Constraint.START_NO_LATER_THAN, "Mon 08:00", {"start": {"A": "Mon", "B": "Mon"}, "float": [0, 0]}),
        (Constraint.MUST_START_ON, "Wed 08:00", {"start": {"A": "Wed", "B": "Wed"}, "float": [0, 0]}),
        (Constraint.MUST_FINISH_ON, "Thu 17:00", {"start": {"A": "Mon", "B": "Mon"}, "float": [2 * DAY, 0]}),
    ],
)
def test_constraints_on_a_summary(constraint: Constraint, when: str, expected: dict[str, Any]) -> None:
    found = solved(replace(S, constraint=constraint, constraint_at=at(when)), *TREE[1:])
    assert {each: spans(found, each)[each][:3] for each in "AB"} == expected["start"]
    assert [found[each].total_float for each in "AB"] == expected["float"]


def test_what_follows_a_summary_waits_for_its_constraint() -> None:
    """A summary that must finish on Friday does so for what comes after it, though its work is done."""
    found = solved(
        replace(S, constraint=Constraint.MUST_FINISH_ON, constraint_at=at("Fri 17:00")), *TREE[1:], X, "S FS X"
    )
    assert spans(found, "S", "X") == {"S": "Mon 08:00 - Wed 17:00", "X": "Mon+1 08:00 - Tue+1 17:00"}


def test_a_deadline_on_a_summary() -> None:
    found = solved(replace(S, deadline=at("Wed 12:00")), *TREE[1:])
    assert [found[each].total_float for each in "ABS"] == [DAY + 4 * HOUR, -4 * HOUR, -4 * HOUR]


def test_a_summary_without_children_is_work() -> None:
    assert spans(solved(Task("S", DAY, kind=TaskKind.SUMMARY)), "S") == {"S": "Mon 08:00 - Mon 17:00"}


class TestLevelsOfEffort:
    """Supervision from the start of A to the finish of C, which follows it."""

    LINES = (
        Task("A", 2 * DAY), Task("C", 3 * DAY), Task("L", kind=TaskKind.LEVEL_OF_EFFORT), "A FS C", "A SS L", "L FF C",
    )  # fmt: skip

    def test_it_spans_its_neighbours(self) -> None:
        for options in (MICROSOFT, PRIMAVERA):
            found = solved(*self.LINES, options=options)
            assert spans(found, "L") == {"L": "Mon 08:00 - Fri 17:00"}
            assert (found["L"].critical, found["L"].on_longest_path, found["C"].free_float) == (False, False, 0)

    def test_it_never_drives(self) -> None:
        """A link that would hold C back until next week."""
        found = solved(*self.LINES, link("L FS+2400 C"))
        assert spans(found, "C") == {"C": "Wed 08:00 - Fri 17:00"}

    def test_of_several_neighbours_the_outermost(self) -> None:
        more = (Task("B", DAY), Task("D", 6 * DAY), "B SS+480 L", "L FF-480 D")
        found = solved(*self.LINES, *more)
        assert spans(found, "L") == {"L": "Mon 08:00 - Tue+1 17:00"}

    def test_a_hammock_without_an_end_has_its_own_duration(self) -> None:
        found = solved(Task("A", 2 * DAY), Task("H", 4 * DAY, kind=TaskKind.HAMMOCK), "A FS H")
        assert spans(found, "H") == {"H": "Wed 08:00 - Mon+1 17:00"}
        assert found.project_finish == at("Tue 17:00")

    def test_one_after_another(self) -> None:
        found = solved(
            *self.LINES, Task("M", kind=TaskKind.LEVEL_OF_EFFORT), Task("E", DAY), "C FS E", "L SS M", "M FF E"
        )
        assert spans(found, "M") == {"M": "Mon 08:00 - Mon+1 17:00"}

    def test_its_calendar_and_its_summary(self) -> None:
        late_shift = five_day("late", shifts=((780, 1260),))
        effort = Task("L", kind=TaskKind.LEVEL_OF_EFFORT, calendar="late", parent="S")
        found = solved(Task("S"), effort, *self.LINES[:2], *self.LINES[3:], calendars={"late": late_shift})
        assert spans(found, "L", "S") == {"L": "Mon 13:00 - Fri 17:00", "S": "Mon 13:00 - Fri 17:00"}


def test_inactive_tasks_drop_out_with_all_below_them() -> None:
    """A waits for nothing once X is gone, and neither does Y for S."""
    gone = replace(S, active=False)
    found = solved(gone, *TREE[1:], X, Task("Y", DAY), "S FS Y", "X FS A")
    assert spans(found, "S", "A", "X", "Y") == {
        "S": "- - -", "A": "- - -", "X": "Mon 08:00 - Tue 17:00", "Y": "Mon 08:00 - Mon 17:00",
    }  # fmt: skip
    assert (found["A"].total_float, found["A"].critical, found.relationship_float.tolist()[0] < 0) == (
        None,
        False,
        True,
    )
    assert not found.driving.any()


def test_a_plan_of_which_nothing_is_active() -> None:
    found = solved(replace(X, active=False))
    assert (found.project_finish, found.longest_path, found["X"].start) == (at("Mon 08:00"), (), None)


class TestCircles:
    def test_the_shortest_is_shown(self) -> None:
        lines = [Task(each, DAY) for each in "ABCDE"]
        texts = ["A FS B", "B FS C", "C FS D", "D FS E", "E FS A", "D SS C"]
        with pytest.raises(EngineError, match="C → D → C") as caught:
            solved(*lines, *texts)
        assert caught.value.culprits == ("C", "D")

    def test_in_names(self) -> None:
        with pytest.raises(EngineError, match=r"links run in a circle: Dig → Pour → Dig\. Remove one"):
            solved(Task(1, name="Dig"), Task(2, name="Pour"), Link(1, 2), Link(2, 1))

    def test_through_a_summary(self) -> None:
        """X waits for S, and B, which is in S, for X."""
        with pytest.raises(EngineError, match="S → X → B → S") as caught:
            solved(*TREE, X, "S FS X", "X FS B")
        assert set(caught.value.culprits) == {"S", "X", "B"}

    def test_between_two_summaries(self) -> None:
        other = (Task("T"), Task("C", DAY, parent="T"))
        with pytest.raises(EngineError, match="S → T → S"):
            solved(*TREE, *other, "S FS T", "T FS S")

    def test_a_start_to_start_link_back_is_none(self) -> None:
        """S starts with its earliest child, so that A may follow X, which follows the start of S."""
        found = solved(*TREE, X, "S SS X")
        assert spans(found, "X") == {"X": "Mon 08:00 - Tue 17:00"}

    def test_tasks_above_themselves(self) -> None:
        with pytest.raises(EngineError, match="their own summaries: A → B → A"):
            solved(Task("A", parent="B"), Task("B", parent="A"), Task("C", parent="A"))

    @pytest.mark.parametrize("text", ["S FS A", "A FS S", "S SS B"])
    def test_links_between_a_summary_and_what_is_below_it(self, text: str) -> None:
        with pytest.raises(EngineError, match="one is a summary of the other"):
            solved(*TREE, text)

    def test_a_long_ring_and_a_short_one(self) -> None:
        """Of fifty thousand tasks in a ring, and two in another."""
        count = 50_000
        ring = np.arange(count)
        given = Columns(
            duration=np.full(count + 2, 60),
            predecessor=np.concatenate([ring, [count, count + 1]]),
            successor=np.concatenate([np.roll(ring, -1), [count + 1, count]]),
        )
        with pytest.raises(EngineError) as caught:
            compile_plan(given)
        assert caught.value.culprits == (count, count + 1)


def test_a_lag_in_percent_of_a_summary_is_refused() -> None:
    with pytest.raises(EngineError, match="in percent of the duration of a summary") as caught:
        schedule(plan(*TREE, X, link("S FS+500 X", unit=LagUnit.PERCENT)))
    assert caught.value.culprits == ("S", "X")


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(EngineError, match="no tasks"):
        schedule(Network(()))
