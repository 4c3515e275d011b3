"""Levelling against enumeration, published optima and a checker that knows nothing of the search."""

from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import five_day, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling import Activity, Cause, Levelled, Problem, Project, Resource, level, usage
from quarterdeck.engine.network import LagUnit, Link, LinkKind
from tests.engine import psplib

DAY = 1440
FS, SS, FF, SF = LinkKind
WEEK = five_day("office")
LATE = five_day("late", shifts=((720, 1200),))


def check(problem: Problem, done: Levelled) -> None:
    """Every rule, read straight from the problem, minute by minute where calendars differ."""
    lengths = {activity.id: activity.duration for activity in problem.activities}
    spans = {each.id: each.calendar for each in problem.activities}
    for link in problem.links:
        assert link.unit is not LagUnit.PERCENT
        here = (done.finishes if link.kind in (FS, FF) else done.starts)[link.predecessor]
        there = (done.starts if link.kind in (FS, SS) else done.finishes)[link.successor]
        calendar = spans[link.successor]
        if calendar is None or link.unit is LagUnit.ELAPSED:
            assert there >= here + link.lag
        else:
            assert timeline(calendar).between(here, there) >= link.lag
    for activity in problem.activities:
        first, last = done.starts[activity.id], done.finishes[activity.id]
        assert first >= (problem.start if activity.earliest is None else activity.earliest)
        calendar = activity.calendar
        worked = last - first if calendar is None else timeline(calendar).between(first, last)
        assert worked == lengths[activity.id] or (activity.splittable and worked >= lengths[activity.id])
    if not any(activity.splittable for activity in problem.activities):
        assert all(not each.over for each in usage(problem, done.starts, done.finishes))


def by_enumeration(problem: Problem) -> int:
    """The least finish over all orders by serial generation, among which is an optimum (Kolisch, 1996)."""
    capacity = {resource.id: resource.capacity for resource in problem.resources}
    preds: dict[object, list[Link]] = {activity.id: [] for activity in problem.activities}
    for link in problem.links:
        preds[link.successor].append(link)
    best = 10**9
    for order in permutations(problem.activities):
        starts: dict[object, int] = {}
        ends: dict[object, int] = {}
        for each in order:
            if any(link.predecessor not in starts for link in preds[each.id]):
                break
            at = 0
            for link in preds[each.id]:
                from_ = (ends if link.kind in (FS, FF) else starts)[link.predecessor]
                at = max(at, from_ + link.lag - (each.duration if link.kind in (FF, SF) else 0))
            while any(
                sum(
                    other.demands.get(name, 0)
                    for other in problem.activities
                    if other.id in starts and starts[other.id] <= slot < ends[other.id]
                )
                + units
                > capacity[name]
                for slot in range(at, at + each.duration)
                for name, units in each.demands.items()
            ):
                at += 1
            starts[each.id], ends[each.id] = at, at + each.duration
        else:
            best = min(best, max(ends.values()))
    return best


works = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 2))
links = st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([FS, SS, FF, SF]), st.integers(-1, 2))


@settings(max_examples=40)
@given(st.lists(works, min_size=2, max_size=5), st.lists(links, max_size=4))
def test_the_least_finish_of_all_orders(
    raw: list[tuple[int, int, int]], given_links: list[tuple[int, int, LinkKind, int]]
) -> None:
    activities = tuple(
        Activity(number, length, {"crew": crew, "crane": crane}) for number, (length, crew, crane) in enumerate(raw)
    )
    kept = tuple(Link(one, other, kind, lag) for one, other, kind, lag in given_links if one < other < len(raw))
    problem = Problem(activities, kept, (Resource("crew", 2), Resource("crane", 3)))
    done = level(problem, schedules=600)
    check(problem, done)
    assert done.finish == by_enumeration(problem)
    assert done.bound <= done.objective


@settings(max_examples=25)
@given(st.lists(works, min_size=3, max_size=5), st.lists(links, max_size=4))
def test_what_is_proved_is_the_least_of_all_orders(
    raw: list[tuple[int, int, int]], given_links: list[tuple[int, int, LinkKind, int]]
) -> None:
    """From the poorest of searches constraint programming finds the least finish and says so."""
    activities = tuple(
        Activity(number, length, {"crew": crew, "crane": crane}) for number, (length, crew, crane) in enumerate(raw)
    )
    kept = tuple(Link(one, other, kind, lag) for one, other, kind, lag in given_links if one < other < len(raw))
    problem = Problem(activities, kept, (Resource("crew", 2), Resource("crane", 3)))
    done = level(problem, schedules=1, population=1, prove=True)
    check(problem, done)
    assert done.optimal
    assert done.bound == done.objective == by_enumeration(problem)


def test_a_proof_goes_round_what_has_begun() -> None:
    """The only order that fits before the let hours (4 to 6): 3 and 1, then 2; the longest path alone says 3."""
    lengths = {"a": 3, "b": 2, "c": 1}
    works_ = tuple(Activity(name, length, {"press": 1}) for name, length in lengths.items())
    problem = Problem((Activity("let", 2, {"press": 1}, started=4), *works_), resources=(Resource("press"),))
    done = level(problem, schedules=1, population=1, prove=True)
    check(problem, done)
    assert (done.finish, done.optimal) == (8, True)


def test_the_least_cost_of_delay_is_proved() -> None:
    """One crew, three jobs of 1, 2 and 3 days due at once: dearest by day first (Smith, 1956): 5 + 3 * 4 + 6 * 2."""
    days = {"a": (1, 5.0), "b": (2, 4.0), "c": (3, 2.0)}
    problem = Problem(
        tuple(Activity(name, length * DAY, {"crew": 1}, project=name) for name, (length, _) in days.items()),
        resources=(Resource("crew"),),
        projects=tuple(Project(name, 0, cost) for name, (_, cost) in days.items()),
    )
    searched, proved = level(problem), level(problem, prove=True)
    assert searched.objective == proved.objective == pytest.approx(5 + 3 * 4 + 6 * 2)
    assert (searched.optimal, proved.optimal) == (False, True)
    assert proved.gap == 0


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.floats(0.1, 9)), min_size=2, max_size=4))
def test_the_least_cost_of_all_orders(raw: list[tuple[int, int, float]]) -> None:
    """One crew: the sum of cost times days late, over all orders (total weighted tardiness)."""
    problem = Problem(
        tuple(Activity(n, length * DAY, {"crew": 1}, project=n) for n, (length, _, _) in enumerate(raw)),
        resources=(Resource("crew"),),
        projects=tuple(Project(n, due * DAY, cost) for n, (_, due, cost) in enumerate(raw)),
    )

    def cost_of(order: tuple[tuple[int, int, float], ...]) -> float:
        ends = [sum(length for length, _, _ in order[: k + 1]) for k in range(len(order))]
        return sum(cost * max(0, end - due) for end, (_, due, cost) in zip(ends, order, strict=True))

    least = min(cost_of(order) for order in permutations(raw))
    done = level(problem, schedules=60, prove=True)
    assert done.objective == pytest.approx(least, abs=1e-6)
    assert done.optimal
    assert done.bound <= least + 1e-6


def test_delay_is_counted_by_the_clock() -> None:
    """Due on Thursday at 12:00; nine hours of office work end on Friday at 9:00: 21 hours late, at 24 a day."""
    problem = Problem(
        (Activity("A", 540, {"crew": 1}, calendar=WEEK, project="P"),),
        resources=(Resource("crew", calendar=WEEK),),
        projects=(Project("P", 720, 24.0), Project("empty", -1440, 1.0)),
    )
    done = level(problem, prove=True)
    assert (done.finish, done.optimal) == (DAY + 540, True)
    assert done.objective == pytest.approx(21.0)


def test_energy_refutes_what_paths_and_work_do_not() -> None:
    """Two works of 4 that one does after the other, with 2 before and 2 behind: 12, where the path is 8, the work 10.

    Of three works of 3 with two of three places each energy does not know that they cannot share: 6; the model does.
    """
    problem = Problem(tuple(Activity(name, 3, {"berth": 2}) for name in "abc"), resources=(Resource("berth", 3),))
    done = level(problem, schedules=1)
    assert (done.finish, done.bound, done.optimal) == (9, 6.0, False)
    done = level(problem, schedules=1, prove=True)
    assert (done.finish, done.bound, done.optimal) == (9, 9.0, True)
    tight = Problem(
        (Activity("a", 4, {"x": 1}), Activity("b", 4, {"x": 1}), Activity("c", 2, {"x": 1}), Activity("d", 2)),
        (Link("d", "a"), Link("d", "b"), Link("a", "c"), Link("b", "c")),
        (Resource("x"),),
    )
    done = level(tight, schedules=1)
    assert (done.finish, done.bound, done.optimal) == (12, 12.0, True)  # 2 + 4 + 4 + 2; path 8, work 10


def test_without_limits_it_is_the_longest_path() -> None:
    """General Foundry (Render, Stair & Hanna, ch. 13): 15 weeks, nothing moved."""
    weeks = {"A": 2, "B": 3, "C": 2, "D": 4, "E": 4, "F": 3, "G": 5, "H": 2}
    before = {"C": "A", "D": "B", "E": "C", "F": "C", "G": "DE", "H": "FG"}
    problem = Problem(
        tuple(Activity(name, length) for name, length in weeks.items()),
        tuple(Link(one, name) for name, ones in before.items() for one in ones),
    )
    done = level(problem)
    assert (done.finish, done.optimal, done.moves) == (15, True, ())
    assert done.starts["H"] == 13


def test_every_move_has_its_reason() -> None:
    """One digger: the longer dig goes first, the other waits for it, and what follows waits for that."""
    problem = Problem(
        (Activity("long", 8, {"digger": 1}), Activity("short", 3, {"digger": 1}), Activity("fill", 2)),
        (Link("short", "fill"),),
        (Resource("digger"),),
    )
    done = level(problem)
    assert (done.finish, done.optimal) == (11, True)
    assert done.starts == {"short": 0, "fill": 3, "long": 3}
    (move,) = done.moves
    assert (move.activity, move.unlevelled, move.start, move.cause) == ("long", 0, 3, Cause.RESOURCE)
    assert (move.resources, move.by) == (("digger",), ("short",))
    chained = Problem(
        (Activity("a", 4, {"digger": 1}, priority=900), Activity("b", 3, {"digger": 1}), Activity("c", 2)),
        (Link("b", "c"),),
        (Resource("digger"),),
    )
    strict = level(chained, strict_priorities=True)
    assert [(move.activity, move.cause, move.by) for move in strict.moves] == [
        ("b", Cause.RESOURCE, ("a",)),
        ("c", Cause.PREDECESSOR, ("b",)),
    ]


def test_calendars_of_work_and_of_those_who_do_it() -> None:
    """Office 8-12 and 13-17, the fitter from 12 to 20: they have the afternoon in common, four hours a day."""
    thursday = 0  # 1970-01-01
    problem = Problem(
        (
            Activity("fit", 240, {"fitter": 1}, calendar=WEEK),
            Activity("test", 240, {"fitter": 0.5}, calendar=WEEK),
            Activity("tidy", 60, {"fitter": 0.5}, calendar=WEEK),
        ),
        (Link("fit", "test"),),
        (Resource("fitter", calendar=LATE),),
        start=thursday,
    )
    done = level(problem)
    check(problem, done)
    both = timeline(WEEK), timeline(LATE)
    assert both[0].between(done.starts["fit"], done.finishes["fit"]) == 240
    assert done.starts["fit"] == 780  # 13:00, when both work
    assert done.finishes["fit"] == 1020
    assert done.starts["test"] == DAY + 780
    assert done.finish == DAY + 1020


def test_elapsed_lag_runs_through_the_night() -> None:
    problem = Problem(
        (Activity("pour", 480, calendar=WEEK), Activity("strip", 60, calendar=WEEK)),
        (Link("pour", "strip", FS, 960, LagUnit.ELAPSED),),
    )
    done = level(problem)
    assert done.finishes["pour"] == 1020
    assert done.starts["strip"] == DAY + 540  # 17:00 and sixteen hours are 9:00


def test_split_work_goes_round_what_is_in_the_way() -> None:
    """The press is let from hour 2 to 4: whole, the job waits; split, it works before and after."""
    fixed = Activity("let", 2, {"press": 1}, started=2)
    whole = level(Problem((fixed, Activity("job", 3, {"press": 1})), resources=(Resource("press"),)))
    assert (whole.starts["job"], whole.finish) == (4, 7)
    split = level(Problem((fixed, Activity("job", 3, {"press": 1}, splittable=True)), resources=(Resource("press"),)))
    assert (split.starts["job"], split.finish) == (0, 5)


def test_what_has_begun_stays_where_it_is() -> None:
    problem = Problem(
        (Activity("run", 5, {"crew": 1}, started=3), Activity("also", 5, {"crew": 1}, started=4)),
        (Link("run", "also"),),
        (Resource("crew"),),
    )
    assert level(problem).starts == {"run": 3, "also": 4}
    (crew,) = usage(problem, {"run": 3, "also": 4}, {"run": 8, "also": 9})
    assert crew.over == ((4, 8, 1.0),)


def test_the_costliest_project_goes_first() -> None:
    """Both due at 4 with one crew for 4 + 4: who waits costs 4 slots; a day's delay costs 10 against 1."""
    problem = Problem(
        (
            Activity("slow", 4 * DAY, {"crew": 1}, project="cheap"),
            Activity("fast", 4 * DAY, {"crew": 1}, project="dear"),
        ),
        resources=(Resource("crew"),),
        projects=(Project("cheap", 4 * DAY, 1.0), Project("dear", 4 * DAY, 10.0)),
    )
    done = level(problem)
    assert done.starts == {"fast": 0, "slow": 4 * DAY}
    assert done.objective == pytest.approx(4.0)
    assert done.bound == 0


@pytest.mark.parametrize("unit", [1e-6, 1e-12, 1e9])
def test_the_unit_of_money_is_no_matter(unit: float) -> None:
    """Twelve jobs on one crew: the starts are the same in cents, euros and billions, and the cost follows the unit."""
    lengths = [3, 5, 2, 7, 4, 6, 1, 5, 3, 2, 8, 4]
    jobs = tuple(Activity(n, length * 60, {"crew": 1}, project=n) for n, length in enumerate(lengths))

    def priced(by: float) -> Levelled:
        projects = tuple(Project(n, 60 * (n * 5 % 13), by * (1 + n * 7 % 5)) for n in range(len(jobs)))
        return level(Problem(jobs, (), (Resource("crew"),), projects), schedules=2000)

    plain, other = priced(1.0), priced(unit)
    assert plain.objective > 0
    assert other.starts == plain.starts
    assert other.objective == pytest.approx(plain.objective * unit, rel=1e-9)
    assert (other.bound, other.gap) == pytest.approx((plain.bound * unit, plain.gap), rel=1e-9)
    assert other.optimal == plain.optimal


def test_costs_too_far_apart_for_the_model_are_levelled_without_it() -> None:
    """Money that 64 bits do not hold: no proof, but the costly one still goes first; beyond 1e12 it is refused."""
    jobs = tuple(Activity(n, 480, {"crew": 1}, project=n) for n in range(2))
    due = 480, 600

    def priced(most: float) -> Levelled:
        projects = tuple(Project(n, due[n], cost) for n, cost in enumerate((1.0, most)))
        return level(Problem(jobs, (), (Resource("crew"),), projects), prove=True, time_limit=5, schedules=50)

    done = priced(123456789.123)
    assert done.starts == {1: 0, 0: 480}
    assert done.objective == pytest.approx(480 / 1440)
    assert priced(1e11).starts == {1: 0, 0: 480}
    with pytest.raises(EngineError, match="the cost of delay of 1 is more than") as refusal:
        priced(1e13)
    assert refusal.value.culprits == (1, 0)


def test_the_same_whatever_the_threads() -> None:
    problem = Problem(
        tuple(
            Activity(number, 1 + number * 7 % 5, {"a": 3 if number % 3 else 1, "b": number % 3}) for number in range(30)
        ),
        tuple(Link(number, number + 4) for number in range(26)),
        (Resource("a", 5), Resource("b", 3)),
    )
    one, again = (level(problem, schedules=4000, threads=threads, seed=5) for threads in (1, 3))
    assert one == again
    assert one.schedules >= 4000
    check(problem, one)


@pytest.mark.parametrize("kind", ["j30", "j60", "j90", "j120"])
def test_published_instances(shared_data: Path, kind: str) -> None:
    """Never below the best known, and within what 3,000 schedules should reach."""
    found = sorted((shared_data / "psplib" / kind).glob("*.sm"))
    if not found:
        pytest.skip(f"no instances of {kind} are given")
    known = psplib.best_known(shared_data / "psplib")
    for path in (found[0], found[len(found) // 2], found[-1]):
        problem = psplib.instance(path)
        done = level(problem, schedules=3000)
        check(problem, done)
        assert known[path.name] <= done.finish <= known[path.name] * 1.09
        assert done.bound <= known[path.name]


def test_small_published_instances_are_proved(shared_data: Path) -> None:
    found = sorted((shared_data / "psplib" / "j30").glob("*.sm"))[::12]
    if not found:
        pytest.skip("no instances are given")
    known = psplib.best_known(shared_data / "psplib")
    for path in found:
        problem = psplib.instance(path)
        done = level(problem, schedules=3000, prove=True)
        check(problem, done)
        assert (done.finish, done.optimal) == (known[path.name], True)


def starts_of(problem: Problem) -> Mapping[object, int]:
    """The starts after levelling."""
    return level(problem, schedules=60).starts


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem((Activity("A", 1), Activity("A", 1))), "'A' stands twice"),
        (Problem((Activity("A", -1),)), "the duration of activity 'A' is -1"),
        (Problem((Activity("A", 1, {"x": 1}),)), "'A' demands 'x', which is no resource"),
        (Problem((Activity("A", 1, {"x": 2}),), resources=(Resource("x", 1),)), "'A' demands 2 of 'x', which has 1"),
        (
            Problem((Activity("A", 1, {"x": float("nan")}),), resources=(Resource("x"),)),
            "the demand of activity 'A' is nan",
        ),
        (Problem((Activity("A", 1),), (Link("A", "Z"),)), "a link names activity 'Z'"),
        (Problem((Activity("A", 1),), (Link("A", "A"),)), "'A' links to itself"),
        (Problem((Activity("A", 1),), resources=(Resource("x", 1e9),)), "the capacity of 'x'"),
    ],
)
def test_problems_that_are_refused(problem: Problem, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        starts_of(problem)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"population": 0}, "the population is 0"),
        ({"population": 2.5}, "the population is 2.5"),
        ({"seed": -1}, "the seed is -1"),
        ({"seed": "x"}, "the seed is 'x'"),
        ({"threads": 1.5}, "the number of threads is 1.5"),
        ({"schedules": "many"}, "the number of schedules is 'many'"),
        ({"time_limit": "long"}, "the time limit is no number"),
        ({"time_limit": None, "schedules": True}, "the number of schedules is True"),
    ],
)
def test_options_that_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        level(Problem((Activity("A", 1),)), **options)  # type: ignore[arg-type]  # what a form may bring


@pytest.mark.parametrize(
    "problem",
    [
        Problem((Activity("A", cast("int", 1.5)),)),
        Problem((Activity("A", cast("int", None)),)),
        Problem((Activity("A", 1, {"x": cast("float", "two")}),), resources=(Resource("x"),)),
        Problem((Activity("A", 1, started=cast("int", "now")),)),
        Problem((Activity("A", 1, earliest=cast("int", float("nan"))),)),
        Problem((Activity("A", 1),), resources=(Resource("x", cast("float", None)),)),
        Problem((Activity("A", 1, project="p"),), projects=(Project("p", cast("int", "soon"), 1.0),)),
        Problem((Activity("A", 1, project="p"),), projects=(Project("p", 0, cast("float", None)),)),
        Problem((Activity("A", 1),), start=cast("int", 0.5)),
    ],
)
def test_what_is_no_number_is_refused(problem: Problem) -> None:
    with pytest.raises(EngineError):
        starts_of(problem)


def test_a_cycle_is_told_in_order() -> None:
    ring = tuple(Activity(name, 1) for name in "ABCD")
    with pytest.raises(EngineError) as refusal:
        starts_of(Problem(ring, (Link("A", "B"), Link("B", "C"), Link("C", "A"), Link("C", "D"))))
    assert len(refusal.value.culprits) == 3
    assert set(refusal.value.culprits) == {"A", "B", "C"}


def test_calendars_that_never_meet() -> None:
    night = five_day("night", shifts=((0, 300),))
    problem = Problem((Activity("A", 60, {"guard": 1}, calendar=WEEK),), resources=(Resource("guard", calendar=night),))
    with pytest.raises(EngineError):
        starts_of(problem)
