"""What a schedule tells beside its dates: what drives what, why, along which paths, and what holds of every plan."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cpm import (
    MICROSOFT,
    NONE,
    PRIMAVERA,
    Cause,
    Columns,
    Options,
    Schedule,
    drag,
    float_paths,
    reschedule,
    schedule,
    why,
)
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, Link, LinkKind, Network, Task, TaskKind
from tests.engine.cpm_plans import plans
from tests.engine.cpm_reference import Reference
from tests.engine.cpm_words import DAY, HOUR, at, plan, said, solved, spans

MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FOUNDRY: tuple[Task | str, ...] = (
    *(Task(each[0], int(each[1:]) * DAY) for each in ["A2", "B3", "C2", "D4", "E4", "F3", "G5", "H2"]),
    "A FS C", "B FS D", "C FS E", "C FS F", "D FS G", "E FS G", "F FS H", "G FS H",
)  # fmt: skip


def links(found: Schedule, network: Network, flags: Any) -> list[str]:
    return [f"{each.predecessor}{each.successor}" for each, held in zip(network.links, flags, strict=True) if held]


class TestLinks:
    def test_driving_and_relationship_float(self) -> None:
        """General Foundry: F ends six weeks before H waits for it, D one before G does."""
        network = plan(*FOUNDRY)
        found = schedule(network)
        assert links(found, network, found.driving) == ["AC", "BD", "CE", "CF", "EG", "GH"]
        held = {f"{each.predecessor}{each.successor}": int(room) // DAY
                for each, room in zip(network.links, found.relationship_float, strict=True)}  # fmt: skip
        assert held == {"AC": 0, "BD": 0, "CE": 0, "CF": 0, "DG": 1, "EG": 0, "FH": 6, "GH": 0}

    def test_a_link_that_the_dates_break_has_negative_float(self) -> None:
        fixed = Task("B", DAY, constraint=Constraint.MUST_START_ON, constraint_at=at("Mon 08:00"))
        found = solved(Task("A", 2 * DAY), fixed, "A FS B")
        assert (found.relationship_float.tolist(), found.driving.tolist()) == ([-2 * DAY], [False])

    def test_of_several_calendars_the_link_drives_though_it_has_float(self) -> None:
        """Curing ends on Saturday, 63 hours of the clock before work goes on."""
        found = solved(Task("Cure", 5 * 24 * HOUR, elapsed=True), Task("B", DAY), "Cure FS B")
        assert (said(found["Cure"].finish), said(found["B"].start)) == ("Sat 08:00", "Mon+1 08:00")
        assert (found.driving.tolist(), found.relationship_float.tolist()) == ([True], [48 * HOUR])


class TestWhy:
    """Each reason: of which task, what, by whom, what it asked for."""

    @staticmethod
    def told(found: Schedule, task: str) -> list[tuple[Any, ...]]:
        return [(each.task, each.cause, each.by, said(each.asked)) for each in why(found, task)]

    def test_back_along_links_to_the_project_start(self) -> None:
        found = solved(Task("A", 5 * DAY), Task("B", DAY), Task("C", DAY), "A FS B", "B FS+480 C")
        assert self.told(found, "C") == [
            ("C", Cause.LINK, "B", "Tue+1 17:00"),
            ("B", Cause.LINK, "A", "Fri 17:00"),
            ("A", Cause.PROJECT_START, None, "Mon 08:00"),
        ]
        reason = why(found, "B")[0]
        assert reason.link == Link("A", "B")
        assert (said(reason.asked), said(reason.start)) == ("Fri 17:00", "Mon+1 08:00")  # the weekend lies between

    def test_constraints(self) -> None:
        held = Task("B", DAY, constraint=Constraint.FINISH_NO_EARLIER_THAN, constraint_at=at("Thu 12:00"))
        found = solved(Task("A", DAY), held, "A FS B")
        assert self.told(found, "B") == [("B", Cause.CONSTRAINT, None, "Thu 12:00")]
        assert why(found, "B")[0].constraint == Constraint.FINISH_NO_EARLIER_THAN
        capped = replace(held, constraint=Constraint.FINISH_NO_LATER_THAN, constraint_at=at("Mon 17:00"))
        assert self.told(solved(Task("A", DAY), capped, "A FS B"), "B") == [("B", Cause.CONSTRAINT, None, "Mon 17:00")]
        idle = replace(held, constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=at("Mon 08:00"))
        assert self.told(solved(Task("A", DAY), idle, "A FS B"), "B")[0] == ("B", Cause.LINK, "A", "Mon 17:00")

    def test_progress_and_the_status_date(self) -> None:
        status: dict[str, Any] = {"status": at("Wed 08:00"), "options": PRIMAVERA}
        done = Task("A", DAY, actual_start=at("Mon 09:00"), actual_finish=at("Tue 10:00"))
        assert self.told(solved(done, Task("B", DAY), "A FS B", **status), "B") == [
            ("B", Cause.STATUS_DATE, None, "Wed 08:00")
        ]
        assert self.told(solved(done, Task("B", DAY), "A FS B"), "B") == [
            ("B", Cause.LINK, "A", "Tue 10:00"), ("A", Cause.ACTUAL, None, "Mon 09:00"),
        ]  # fmt: skip
        going = Task("A", 2 * DAY, actual_start=at("Mon 09:00"))
        assert self.told(solved(going, **status), "A") == [("A", Cause.STATUS_DATE, None, "Wed 08:00")]

    def test_manual_delayed_and_put_off(self) -> None:
        fixed = Task("A", DAY, manual=True, constraint_at=at("Tue 10:00"))
        assert self.told(solved(fixed), "A") == [("A", Cause.MANUAL, None, "Tue 10:00")]
        delayed = solved(Task("A", DAY), Task("B", DAY, delay=24 * HOUR), "A FS B")
        assert [(each.delay, said(each.start)) for each in why(delayed, "B")] == [(1440, "Wed 08:00"), (0, "Mon 08:00")]
        late = Task("A", DAY, constraint=Constraint.AS_LATE_AS_POSSIBLE)
        for options in (MICROSOFT, PRIMAVERA):
            found = solved(late, Task("Long", 3 * DAY), options=options)
            assert self.told(found, "A") == [("A", Cause.AS_LATE_AS_POSSIBLE, None, "-")]

    def test_through_summaries(self) -> None:
        tree = (Task("S"), Task("A", DAY, parent="S"), Task("B", 2 * DAY, parent="S"))
        found = solved(*tree, Task("X", DAY), Task("Y", DAY), "X FS S", "S FS Y")
        assert self.told(found, "Y") == [
            ("Y", Cause.LINK, "S", "Wed 17:00"),
            ("S", Cause.CHILD, "B", "Wed 17:00"),
            ("B", Cause.SUMMARY, "S", "Mon 17:00"),
            ("S", Cause.LINK, "X", "Mon 17:00"),
            ("X", Cause.PROJECT_START, None, "Mon 08:00"),
        ]
        assert self.told(found, "S")[0] == ("S", Cause.CHILD, "A", "Tue 08:00")

    def test_levels_of_effort(self) -> None:
        effort = Task("L", kind=TaskKind.LEVEL_OF_EFFORT)
        found = solved(Task("A", DAY), Task("B", DAY), effort, "A FS B", "B SS+60 L", "L FF B")
        assert self.told(found, "L") == [
            ("L", Cause.NEIGHBOUR, "B", "Tue 09:00"),
            ("B", Cause.LINK, "A", "Mon 17:00"),
            ("A", Cause.PROJECT_START, None, "Mon 08:00"),
        ]

    def test_of_nothing(self) -> None:
        found = solved(Task("A", DAY, active=False), Task("B"))
        assert why(found, "A") == ()
        with pytest.raises(EngineError, match="no task 'Z'"):
            why(found, "Z")


class TestPaths:
    def test_float_paths_of_general_foundry(self) -> None:
        """The critical path; B-D, which can slip by one; F, by six."""
        found = solved(*FOUNDRY)
        assert [(each.number, each.slip // DAY, "".join(map(str, each.tasks))) for each in float_paths(found)] == [
            (1, 0, "ACEGH"), (2, 1, "BD"), (3, 6, "F"),
        ]  # fmt: skip
        assert [path.tasks for path in float_paths(found, most=1)] == [tuple("ACEGH")]
        assert [path.tasks for path in float_paths(found, to="D")] == [("B", "D")]

    def test_paths_into_a_summary(self) -> None:
        found = solved(Task("S"), Task("A", DAY, parent="S"), Task("B", 2 * DAY, parent="S"), Task("X"), "S FS X")
        assert [(each.slip, each.tasks) for each in float_paths(found)] == [(0, ("B", "X")), (DAY, ("A",))]

    def test_drag_of_general_foundry(self) -> None:
        """Without E the path B-D-G-H of 14 weeks is left; without A and C it is still there."""
        found = solved(*FOUNDRY)
        assert {task: saved // DAY for task, saved in drag(found).items()} == {"A": 1, "C": 1, "E": 1, "G": 5, "H": 2}
        assert drag(found, ["B", "H"]) == {"B": 0, "H": 2 * DAY}
        assert found.passes.when.tolist() == solved(*FOUNDRY).passes.when.tolist()

    @given(plans(most=5))
    @MANY
    def test_drag_is_what_a_plan_without_the_task_saves(self, network: Network) -> None:
        found = schedule(network, PRIMAVERA)
        saved = drag(found, [task.id for task in network.tasks])
        for task in network.tasks:
            gone = replace(task, duration=0)
            lines = tuple(gone if each is task else each for each in network.tasks)
            shorter = Reference(replace(network, tasks=lines), PRIMAVERA).project_finish()
            clock = Reference(network).named(network.calendar)
            if task.duration and not any(each.unit == 2 for each in network.links):
                assert saved[task.id] == max(0, clock.work(found.project_finish) - clock.work(shorter))


def circles(network: Network) -> set[tuple[Any, Any]]:
    """The links that would run in a circle: back to what leads to their beginning."""
    leads = {(each.predecessor, each.successor) for each in network.links}
    while more := {(a, d) for a, b in leads for c, d in leads if b == c} - leads:
        leads |= more
    return {(after, before) for before, after in leads}


class TestEveryPlan:
    @given(plans(), st.sampled_from((MICROSOFT, PRIMAVERA)))
    @MANY
    def test_floats(self, network: Network, options: Options) -> None:
        """None is negative without constraints, something has none, and no free float is more than the total.

        The last where links are plain; a task that ends with the project may slip past a start that hangs on its own.
        """
        found = schedule(network, options)
        assert (found.total_float >= 0).all()
        assert (found.free_float >= 0).all()
        if all(each.kind == LinkKind.FINISH_START and each.lag >= 0 for each in network.links):
            assert (found.free_float <= found.total_float).all()
        assert (found.late_finish >= found.early_finish).all()
        assert found.critical.any() or len({task.calendar for task in network.tasks}) > 1

    @given(plans())
    @MANY
    def test_the_longest_path_is_connected(self, network: Network) -> None:
        """From each of its tasks driving links lead, over it, to one that ends with the project."""
        found = schedule(network, PRIMAVERA)
        on, ends = found.on_longest_path, found.finish == found.project_finish
        follows = {
            row: [
                succ
                for pred, succ, drives in zip(
                    found.plan.columns.predecessor.tolist(),
                    found.plan.columns.successor.tolist(),
                    found.driving,
                    strict=True,
                )
                if pred == row and drives and on[succ]
            ]
            for row in range(len(on))
        }
        assert on[ends].all()
        assert all(ends[row] or follows[row] for row in np.flatnonzero(on).tolist())

    @given(plans(), st.data())
    @MANY
    def test_a_further_link_makes_nothing_earlier(self, network: Network, data: st.DataObject) -> None:
        before = schedule(network, PRIMAVERA)
        assume(len(network.tasks) > 1)
        one, two = data.draw(st.permutations([str(task.id) for task in network.tasks]))[:2]
        more = Link(one, two, data.draw(st.sampled_from(LinkKind)), data.draw(st.integers(-100, 600)))
        assume((one, two) not in circles(network))
        after = schedule(replace(network, links=(*network.links, more)), PRIMAVERA)
        assert (after.early_start >= before.early_start).all()
        assert (after.early_finish >= before.early_finish).all()

    @given(plans())
    @MANY
    def test_the_order_of_tasks_and_links_does_not_matter(self, network: Network) -> None:
        turned = replace(network, tasks=network.tasks[::-1], links=network.links[::-1])
        one, other = schedule(network), schedule(turned)
        for task in network.tasks:
            assert one[task.id] == other[task.id]

    @given(plans())
    @MANY
    def test_shifting_the_start_by_a_week_shifts_everything(self, network: Network) -> None:
        one, other = schedule(network), schedule(replace(network, start=network.start + 7 * 1440))
        assert ((other.start - one.start) == 7 * 1440).all()
        assert (other.total_float == one.total_float).all()


def test_columns_and_tasks_say_the_same() -> None:
    """A plan from columns, ids being rows, gives what the network gives."""
    network = plan(*FOUNDRY)
    rows = {task.id: row for row, task in enumerate(network.tasks)}
    found = schedule(
        Columns(
            duration=np.array([task.duration for task in network.tasks]),
            predecessor=np.array([rows[each.predecessor] for each in network.links]),
            successor=np.array([rows[each.successor] for each in network.links]),
            calendars=tuple(network.calendars.values()),
            project_calendar=0,
            start=network.start,
            deadline=np.array(["NaT"] * 8, "M8[m]"),
        )
    )
    assert (found.start == schedule(network).start).all()
    assert found[7] == schedule(network)["H"]
    assert found.longest_path == (0, 2, 4, 6, 7)
    longer = reschedule(found, tasks=[Task(7, 3 * DAY)])
    assert (said(found.project_finish), said(longer.project_finish)) == ("Fri+2 17:00", "Mon+3 17:00")


def test_ids_of_any_sort_and_a_task_that_is_not_there() -> None:
    found = solved(Task(("a", 1), DAY), Task(7, DAY), Link(("a", 1), 7))
    assert said(found[7].start) == "Tue 08:00"
    unknown: tuple[Any, ...] = ("a", [], None)
    for each in unknown:
        with pytest.raises(EngineError, match="there is no task"):
            found[each]


def test_the_columns_of_a_schedule() -> None:
    found = solved(Task("A", DAY), Task("B", 2 * DAY, active=False), Task("C", 2 * DAY))
    assert found.total_float.tolist() == [DAY, NONE, 0]
    assert (found.critical.tolist(), found.near_critical.tolist()) == ([False, False, True], [True, False, False])
    assert (said(found.project_start), said(found.project_finish)) == ("Mon 08:00", "Tue 17:00")
    assert spans(found, "C") == {"C": "Mon 08:00 - Tue 17:00"}
