"""The checks of a plan against published figures, counted plans, and brute force."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest

from quarterdeck.engine.calendar import five_day, minutes
from quarterdeck.engine.cpm import PRIMAVERA, Columns, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagUnit, Link, LinkKind, Network, Task, TaskKind
from quarterdeck.engine.schedule_quality import ORDER, POINTS, Assessment, Evidence, Limits, Verdict, assess, cpli
from quarterdeck.engine.schedule_quality.checks import facts
from quarterdeck.engine.schedule_quality.further import redundant_links

DAY = 480
OFFICE = five_day("office")
START = minutes(dt.datetime.fromisoformat("2026-01-05T08:00"))  # a Monday
FS, SS, FF, SF = LinkKind


def at(day: int, hour: int = 8) -> int:
    """The instant so many calendar days after the start of the plans."""
    return START + (day * 24 + hour - 8) * 60


def plan(*tasks: Task, links: tuple[Link, ...] = (), status: int | None = None) -> Network:
    """A plan on the office calendar from Monday 5 January 2026."""
    return Network(tasks, links, {"office": OFFICE}, "office", START, status=status)


def checked(*tasks: Task, links: tuple[Link, ...] = (), status: int | None = None, **evidence: object) -> Assessment:
    """The assessment of such a plan."""
    return assess(schedule(plan(*tasks, links=links, status=status)), Evidence(**evidence))  # type: ignore[arg-type]


def chain(*ids: str) -> tuple[Link, ...]:
    return tuple(Link(one, two) for one, two in itertools.pairwise(ids))


def days(id: str, number: float = 1, **said: object) -> Task:
    return Task(id, round(number * DAY), **said)  # type: ignore[arg-type]


# -- published figures


@pytest.mark.parametrize(
    ("length", "total_float", "value", "verdict"),
    [(250, -10, 0.96, Verdict.PASSED), (250, -20, 0.92, Verdict.FAILED), (10, -3, 0.70, Verdict.FAILED)],
)
def test_cpli_of_the_published_examples(length: float, total_float: float, value: float, verdict: Verdict) -> None:
    """CPL 250, TF -10: 0.96; TF -20: 0.92; CPL 10, slip 3: 0.70. CPL / (CPL + TF), as copied, is more."""
    check = cpli(length, total_float)
    assert check.value == pytest.approx(value, abs=1e-12)
    assert check.verdict == verdict
    wrong = length / (length + total_float)
    assert wrong > 1 > value


def test_cpli_of_a_plan_counts_working_days_from_the_status_date() -> None:
    """Ten working days ahead (Monday to Friday week), wanted three working days sooner: 0.70, over the weekend."""
    late = checked(days("a", 10), required=at(8, 17), status=START)  # Tuesday of the second week
    assert late["cpli"].numerator == 7
    assert late["cpli"].value == 0.7
    assert late["cpli"].verdict == Verdict.FAILED
    early = checked(days("a", 10), required=at(14, 17), status=START)  # Monday of the third
    assert early["cpli"].value == 1.1
    by_baseline = checked(days("a", 10), baseline_finish={"a": at(8, 17)})
    assert by_baseline["cpli"].value == 0.7
    assert checked(days("a", 10))["cpli"].verdict == Verdict.NOT_ASSESSED
    assert checked(days("a", 10), required=START, status=at(11, 17))["cpli"].value is None  # no day is left


def executed(due_done: int, due_open: int, early: int) -> Assessment:
    """A plan at day 10: tasks due and done, due and not done, and done before they were due."""
    status = at(11, 17)
    done = {"actual_start": START, "actual_finish": at(2, 17)}
    counts = {"d": due_done, "o": due_open, "e": early}
    tasks = [
        days(f"{kind}{n}", **({} if kind == "o" else done)) for kind, number in counts.items() for n in range(number)
    ]
    baseline = {task.id: at(30, 17) if str(task.id)[0] == "e" else at(2, 17) for task in tasks}
    return checked(*tasks, status=status, baseline_finish=baseline)


def test_bei_of_the_published_example_counts_what_was_done_early() -> None:
    """80 due, 68 done: 0.85, whether or not the 68 were due; the share of hits is another figure."""
    found = executed(due_done=60, due_open=20, early=8)
    assert (found["bei"].numerator, found["bei"].denominator, found["bei"].value) == (68, 80, 0.85)
    assert found["bei"].verdict == Verdict.FAILED
    assert found["hit-tasks"].value == 0.75
    assert executed(due_done=68, due_open=12, early=0)["hit-tasks"].value == 0.85
    assert executed(due_done=76, due_open=4, early=0)["bei"].verdict == Verdict.PASSED  # 0.95
    assert len(found["bei"].tasks) == 20


def test_missed_tasks_are_those_due_that_came_late_or_not_at_all() -> None:
    """One on time, one late, one open, one not due: two missed of three due."""
    tasks = (
        days("on time", actual_start=START, actual_finish=at(0, 17)),
        days("late", actual_start=START, actual_finish=at(1, 17)),
        days("open"),
        days("later"),
    )
    baseline = {task.id: at(0, 17) for task in tasks[:3]} | {"later": at(4, 17)}
    check = checked(*tasks, status=at(2, 17), baseline_finish=baseline)["missed-tasks"]
    assert (check.numerator, check.denominator, check.tasks) == (2, 3, ("late", "open"))
    assert checked(*tasks, status=at(2, 17))["missed-tasks"].verdict == Verdict.NOT_ASSESSED
    assert checked(*tasks, baseline_finish=baseline)["bei"].verdict == Verdict.NOT_ASSESSED


# -- counted plans


def test_logic_excuses_start_and_finish_and_leaves_out_what_is_no_task() -> None:
    """Of four unfinished tasks, `loose` alone is at fault; finished work, summaries and efforts are not counted."""
    found = checked(
        days("done", actual_start=START, actual_finish=at(0, 17)),
        days("a", parent="s"),
        Task("s"),
        days("b"),
        days("loose"),
        Task("end", kind=TaskKind.MILESTONE),
        days("effort", kind=TaskKind.LEVEL_OF_EFFORT),
        days("off", active=False),
        links=(*chain("done", "a", "b", "end"), Link("a", "effort", SS), Link("loose", "off")),
    )
    assert found["logic"].tasks == ("loose",)
    assert found["logic"].denominator == 4
    assert found["missing-predecessors"].tasks == ("loose",)
    assert found["missing-successors"].tasks == ("loose",)


def test_a_task_whose_summary_is_linked_is_not_without_logic() -> None:
    """Links on a summary hold for what lies below it."""
    found = checked(
        days("a"), Task("s"), days("b", parent="s"), days("c", parent="s"), days("d"), links=chain("a", "s", "d")
    )
    assert found["logic"].numerator == 0
    assert (found["summary-links"].numerator, found["summary-links"].denominator) == (2, 2)


def test_leads_lags_and_kinds_are_shares_of_the_links_to_unfinished_tasks() -> None:
    """Twenty links, one to done work: one lead of nineteen, two lags, one start-start; start-finish never passes."""
    ids = [f"t{n}" for n in range(21)]
    tasks = [days(each) for each in ids]
    tasks[1] = replace(tasks[1], actual_start=START, actual_finish=at(0, 17))
    tasks[0] = replace(tasks[0], actual_start=START, actual_finish=at(0, 17))
    links = list(chain(*ids))
    links[5] = replace(links[5], lag=-DAY)
    links[6] = replace(links[6], lag=5000, unit=LagUnit.PERCENT)
    links[7] = replace(links[7], lag=DAY, unit=LagUnit.ELAPSED)
    links[8] = replace(links[8], kind=SS)
    found = checked(*tasks, links=tuple(links), status=at(0, 17))
    assert found["leads"].links == (("t5", "t6", FS),)
    assert [found[each].numerator for each in ("leads", "lags", "relationship-types")] == [1, 2, 18]
    assert {found[each].denominator for each in ("leads", "lags", "relationship-types")} == {19}
    assert found["relationship-types"].verdict == Verdict.PASSED
    links[8] = replace(links[8], kind=SF)
    again = checked(*tasks, links=tuple(links), status=at(0, 17))["relationship-types"]
    assert (again.value, again.verdict) == (18 / 19, Verdict.FAILED)


def test_floats_and_durations_are_long_above_44_days_of_the_tasks_own_calendar() -> None:
    """44 days pass, a minute more does not; a day of the other calendar has ten hours."""
    ten = five_day("ten", shifts=((480, 1080),))
    for calendar, day in (("office", 480), ("ten", 600)):
        for extra, fault in ((0, ()), (1, ("long",))):
            tasks = (Task("long", 44 * day + extra, calendar=calendar), Task("m", kind=TaskKind.MILESTONE))
            network = Network(tasks, (Link("long", "m"),), {"office": OFFICE, "ten": ten}, "office", START)
            found = assess(schedule(network))
            assert found["high-duration"].tasks == fault
            assert found["high-duration"].denominator == 1  # the milestone is not counted
            excused = assess(schedule(network), Evidence(rolling_wave=("long",)))
            assert excused["high-duration"].numerator == 0
    for length, fault in ((45, ()), (46, ("b",))):
        found = checked(days("a", length), days("b"), days("c"), links=(Link("a", "c"), Link("b", "c")))
        assert found["high-float"].tasks == fault
    assert checked(days("a", 10), baseline_duration={"a": 45 * DAY})["high-duration"].tasks == ("a",)


def test_negative_float_hard_constraints_and_the_dates_they_break() -> None:
    """A finish no later than Monday on the second day: hard, its chain negative, the link to it broken."""
    tied = days("b", constraint=Constraint.FINISH_NO_LATER_THAN, constraint_at=at(0, 17))
    found = checked(days("a"), tied, links=chain("a", "b"))
    assert found["hard-constraints"].tasks == ("b",)
    assert found["negative-float"].tasks == ("a",)
    assert found["broken-links"].links == (("a", "b", FS),)
    soft = days("b", constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=at(0))
    found = checked(days("a"), soft, links=chain("a", "b"))
    assert found["hard-constraints"].numerator == 0
    assert found["soft-constraints"].tasks == ("b",)
    assert found["biting-constraints"].tasks == ()
    later = replace(soft, constraint_at=at(2))
    found = checked(days("a"), later, links=chain("a", "b"))
    assert found["biting-constraints"].tasks == ("b",)
    assert found["path-continuity"].tasks == ("b",)


def test_dates_are_invalid_on_the_wrong_side_of_the_status_date() -> None:
    """Not begun before it, begun and not ended before it, happened after it; on it is fine."""
    status = at(2)
    tasks = (
        days("past"),
        days("begun", actual_start=START),
        days("ahead", actual_start=at(3)),
        days("done", actual_start=START, actual_finish=status),
        days("future", constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=status),
    )
    assert checked(*tasks, status=status)["invalid-dates"].tasks == ("past", "begun", "ahead")
    assert checked(*tasks)["invalid-dates"].verdict == Verdict.NOT_ASSESSED
    moved = assess(schedule(plan(*tasks, status=status), PRIMAVERA))
    assert moved["invalid-dates"].tasks == ("ahead",)


def test_resources_inform_and_are_not_scored() -> None:
    """Two tasks of a day, one with a resource; the half day and the milestone are not counted."""
    found = checked(days("a"), days("b"), days("half", 0.5), Task("m"), resourced={"a"})
    assert (found["resources"].value, found["resources"].tasks) == (0.5, ("b",))
    assert found["resources"] not in found.mend_first
    assert checked(days("a"))["resources"].verdict == Verdict.NOT_ASSESSED


def test_600_days_on_a_critical_task_move_the_finish_by_600_days_or_the_path_is_broken() -> None:
    """Sound logic passes; a date that wins over the links keeps the days back, and so does a missing link."""
    sound = checked(days("a"), days("b", 2), days("c"), links=chain("a", "b", "c"))["critical-path-test"]
    assert (sound.numerator, sound.denominator, sound.verdict) == (600.0, 600, Verdict.PASSED)
    must = days("b", constraint=Constraint.MUST_START_ON, constraint_at=at(1))
    stuck = checked(days("a"), must, links=chain("a", "b"))["critical-path-test"]
    assert (stuck.numerator, stuck.verdict, stuck.tasks) == (599.0, Verdict.FAILED, ("a",))
    apart = checked(days("a", deadline=START), days("long", 30), links=())[
        "critical-path-test"
    ]  # a is the most critical and leads nowhere
    assert (apart.numerator, apart.verdict) == (571.0, Verdict.FAILED)
    begun = days("a", 10, actual_start=START, remaining=5 * DAY)
    assert checked(begun, days("b"), links=chain("a", "b"), status=at(7))["critical-path-test"].numerator == 600.0
    done = days("a", actual_start=START, actual_finish=at(0, 17))
    assert checked(done)["critical-path-test"].verdict == Verdict.NOT_ASSESSED


def test_dangling_ends_and_merge_points() -> None:
    """Only a finish-finish holds `b`, only a start-start follows it: both of its ends dangle the other way."""
    links = (Link("a", "b", FF), Link("b", "c", SS), Link("a", "c"))
    found = checked(days("a"), days("b"), days("c"), links=links)
    assert found["dangling-starts"].tasks == ("b",)
    assert found["dangling-finishes"].tasks == ("b",)
    many = [days(f"p{n}") for n in range(5)]
    found = checked(*many, days("merge"), links=tuple(Link(task.id, "merge") for task in many))
    assert found["merge-points"].tasks == ("merge",)


@pytest.mark.parametrize(
    ("kind", "lag", "started", "finished", "fault"),
    [
        (FS, 0, at(2), None, True),  # a is planned to end on Wednesday at 17:00
        (FS, 0, at(3), None, False),
        (FS, -DAY, at(2), None, False),
        (FS, -DAY, at(1), None, True),
        (SS, 0, START, None, False),
        (FF, 0, START, at(1, 17), True),
        (FF, 0, START, at(2, 17), False),
        (SF, 0, START, at(0), False),
    ],
)
def test_progress_out_of_sequence(kind: LinkKind, lag: int, started: int, finished: int | None, fault: bool) -> None:
    """The actual date of the successor against what the link allowed; leads allow as much."""
    first = Task("a", 3 * DAY, actual_start=START)
    second = Task("b", DAY, actual_start=started, actual_finish=finished)
    found = checked(first, second, links=(Link("a", "b", kind, lag),), status=at(2, 9))
    assert (found["out-of-sequence"].links == (("a", "b", kind),)) == fault


def test_score_and_order_of_mending() -> None:
    """Facts before logic before floats; the score is the share of the assessed that passed."""
    found = checked(days("a"), days("b", 50), days("c"), links=chain("a", "b"), status=at(2))
    assert [check.id for check in found.mend_first] == [
        "invalid-dates", "logic", "missing-predecessors", "missing-successors", "high-duration", "high-float",
    ]  # fmt: skip
    assert [check.id for check in found.fourteen] == list(POINTS)
    assert {check.id for check in found.checks} == set(ORDER)
    assert found.score == 6 / 10  # 14 without resources, missed tasks, CPLI and BEI
    assert all(check.remedy.endswith(".") and check.formula for check in found.checks)
    with pytest.raises(EngineError, match="there is no check 'luck'"):
        found["luck"]


def test_evidence_about_tasks_that_are_not_there_is_refused() -> None:
    """The first stranger is named."""
    with pytest.raises(EngineError, match="there is no task 'x' in the plan"):
        checked(days("a"), baseline_finish={"x": START}, status=START)
    with pytest.raises(EngineError, match="there is no task 'x' in the plan"):
        checked(days("a"), finish="x", required=START)
    with pytest.raises(EngineError, match="the baseline of task 'a' is no whole number"):
        checked(days("a"), baseline_finish={"a": float("nan")}, status=START)
    with pytest.raises(EngineError, match="the limit long is nan"):
        Limits(long=float("nan"))


@pytest.mark.parametrize(
    "tasks",
    [
        (days("off", active=False),),
        (Task("s"), Task("t", parent="s", active=False)),
        (Task("m"),),
        (days("loe", kind=TaskKind.LEVEL_OF_EFFORT),),
        (days("a", actual_start=START, actual_finish=at(0, 17)),),
        (Task("a", 1440, elapsed=True, constraint=Constraint.AS_LATE_AS_POSSIBLE),),
    ],
)
def test_plans_of_next_to_nothing_are_checked_too(tasks: tuple[Task, ...]) -> None:
    """What cannot be divided is not assessed; nothing fails but by its own count."""
    for check in checked(*tasks, status=START, baseline_finish={}, resourced=()).checks:
        assert (check.value is None) == (check.denominator == 0) == (check.verdict == Verdict.NOT_ASSESSED)
        assert check.numerator >= len(check.tasks) or check.verdict == Verdict.PASSED


# -- redundant links


def implied(network: Network) -> list[bool]:
    """Whether each link follows from the others, by the longest path between its events, one link at a time."""
    position = {task.id: n for n, task in enumerate(network.tasks)}

    def ends(link: Link) -> tuple[int, int]:
        return 2 * position[link.predecessor] + (link.kind in {FS, FF}), 2 * position[link.successor] + (
            link.kind in {FF, SF}
        )

    found = []
    for asked, link in enumerate(network.links):
        one, two = ends(link)
        twins = [n for n, other in enumerate(network.links) if (ends(other), other.lag) == (ends(link), link.lag)]
        reach = {one: 0}
        for event in range(2 * len(network.tasks)):
            if event not in reach:
                continue
            steps = [(event + 1, 0)] if event % 2 == 0 else []
            for n, other in enumerate(network.links):
                later_twin = n in twins and n >= asked
                if not later_twin and other.lag >= 0 and ends(other)[0] == event:
                    steps.append((ends(other)[1], other.lag))
            for after, lag in steps:
                reach[after] = max(reach.get(after, -1), reach[event] + lag)
        found.append(two in reach and reach[two] >= max(link.lag, 0))
    return found


@pytest.mark.parametrize("seed", range(80))
def test_redundant_links_are_those_that_another_path_implies(seed: int) -> None:
    """Every link against a search of its own, and plans without them all, whatever the durations."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 60 if seed % 10 == 0 else 9))
    tasks = tuple(Task(n, 1) for n in range(count))
    links = []
    for _ in range(int(random.integers(2, 3 * count))):
        one, two = sorted(random.choice(count, 2, replace=False).tolist())
        kind = LinkKind(int(random.choice(4, p=[0.6, 0.15, 0.15, 0.1])))
        links.append(Link(one, two, kind, int(random.choice([0, 0, 0, 1, 2, 5, -1]))))
    network = Network(tasks, tuple(links))
    found = redundant_links(facts(schedule(network), Evidence(), Limits())).tolist()
    assert found == implied(network)
    kept = tuple(link for link, drop in zip(links, found, strict=True) if not drop)
    for _ in range(4):
        lengths = random.integers(0, 6, count).tolist()
        long = tuple(replace(task, duration=length) for task, length in zip(tasks, lengths, strict=True))
        assert (
            schedule(Network(long, tuple(links)), PRIMAVERA).start.tolist()
            == schedule(Network(long, kept), PRIMAVERA).start.tolist()
        )


def test_paths_through_what_does_not_obey_its_links_imply_nothing() -> None:
    """A task that has started, or that must start on a date, passes nothing on."""
    links = (*chain("a", "b", "c"), Link("a", "c"))
    free = checked(days("a"), days("b"), days("c"), links=links)
    assert free["redundant-links"].links == (("a", "c", FS),)
    begun = checked(days("a"), days("b", actual_start=START), days("c"), links=links, status=START)
    assert begun["redundant-links"].links == ()
    must = days("b", constraint=Constraint.MUST_START_ON, constraint_at=START)
    assert checked(days("a"), must, days("c"), links=links)["redundant-links"].links == ()


def test_a_plan_of_columns_is_checked_as_one_of_tasks() -> None:
    """Ids are rows where none are given."""
    columns = Columns(
        duration=np.array([480, 480, 480]), predecessor=np.array([0]), successor=np.array([1]), calendars=(OFFICE,),
        project_calendar=0, start=START,
    )  # fmt: skip
    assert assess(schedule(columns))["logic"].tasks == (2,)
