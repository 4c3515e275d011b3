"""Smoothing against every schedule inside the floats of small plans."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import five_day, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling import Activity, Problem, Resource, level, smooth, usage
from quarterdeck.engine.network import Link, LinkKind

WEEK = five_day("office")
FS, SS, FF, SF = LinkKind


def measure(problem: Problem, starts: dict[object, int]) -> tuple[float, float]:
    """The greatest use over capacity and the sum of squares of such ratios."""
    lengths = {each.id: each.duration for each in problem.activities}
    last = max(starts[name] + lengths[name] for name in starts)
    peak = squares = 0.0
    for resource in problem.resources:
        for slot in range(last):
            use = sum(
                each.demands.get(resource.id, 0) / resource.capacity
                for each in problem.activities
                if starts[each.id] <= slot < starts[each.id] + each.duration
            )
            peak, squares = max(peak, use), squares + use**2
    return peak, squares


def kept(problem: Problem, starts: dict[object, int]) -> bool:
    """Whether all links hold."""
    lengths = {each.id: each.duration for each in problem.activities}
    return all(
        starts[link.successor] + lengths[link.successor] * (link.kind in (FF, SF))
        >= starts[link.predecessor] + lengths[link.predecessor] * (link.kind in (FS, FF)) + link.lag
        for link in problem.links
    )


works = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3))
links = st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([FS, SS, FF, SF]), st.integers(-1, 1))


@settings(max_examples=40)
@given(st.lists(works, min_size=1, max_size=4), st.lists(links, max_size=3), st.integers(0, 2))
def test_the_most_even_of_all_schedules(
    raw: list[tuple[int, int, int]], given_links: list[tuple[int, int, LinkKind, int]], more: int
) -> None:
    activities = tuple(Activity(number, length, {"a": a, "b": b}) for number, (length, a, b) in enumerate(raw))
    chain = tuple(Link(one, other, kind, lag) for one, other, kind, lag in given_links if one < other < len(raw))
    problem = Problem(activities, chain, (Resource("a", 2), Resource("b", 3)))
    finish = smooth(problem, rounds=1).finish + more
    done = smooth(problem, finish=finish)
    starts = dict(done.starts)
    assert kept(problem, starts)
    assert done.finish <= finish
    least = min(
        measure(problem, dict(enumerate(some)))
        for some in product(*(range(finish - length + 1) for length, _, _ in raw))
        if kept(problem, dict(enumerate(some)))
    )
    assert measure(problem, starts) == pytest.approx(least)
    assert max(done.peaks["a"] / 2, done.peaks["b"] / 3) == pytest.approx(least[0])


def test_the_finish_stays_and_the_peak_falls() -> None:
    """Burgess & Killebrew's way by hand: 4 and 4 at once at first, the short ones one after the other then."""
    works_ = (Activity("main", 6), *(Activity(name, 2, {"crew": 4}) for name in "abc"))
    problem = Problem(works_, resources=(Resource("crew", 6),))
    done = smooth(problem)
    assert (done.finish, done.before, done.peaks) == (6, {"crew": 12.0}, {"crew": 4.0})
    assert sorted(done.starts[name] for name in "abc") == [0, 2, 4]


def test_what_is_levelled_stays_within_capacities_and_calendars() -> None:
    problem = Problem(
        tuple(
            Activity(number, 240 * (1 + number % 3), {"crew": 1 + number % 2}, calendar=WEEK) for number in range(12)
        ),
        tuple(Link(number, number + 4) for number in range(8)),
        (Resource("crew", 3, WEEK),),
        start=5 * 1440,
    )
    levelled = level(problem)
    done = smooth(problem, starts=levelled.starts)
    assert done.finish <= levelled.finish
    assert done.peaks["crew"] <= 3
    assert not usage(problem, done.starts, done.finishes)[0].over
    span = timeline(WEEK)
    for activity in problem.activities:
        assert span.between(done.starts[activity.id], done.finishes[activity.id]) == activity.duration


def test_what_has_begun_does_not_move() -> None:
    works_ = Activity("run", 4, {"crew": 1}, started=0), Activity("dig", 2, {"crew": 1}), Activity("long", 8)
    done = smooth(Problem(works_, resources=(Resource("crew"),)))
    assert done.starts["run"] == 0
    assert done.starts["dig"] >= 4
    assert done.peaks == {"crew": 1.0}


def test_nothing_to_smooth_is_told_in_the_same_words() -> None:
    done = smooth(Problem((), resources=(Resource("crew"),)))
    assert (done.starts, done.finish, done.peaks, done.before) == ({}, 0, {"crew": 0.0}, {"crew": 0.0})


def test_what_is_levelled_around_begun_work_is_smoothed_from_there() -> None:
    works_ = Activity("run", 4, {"crew": 1}, started=1), Activity("dig", 2, {"crew": 1})
    problem = Problem(works_, resources=(Resource("crew"),))
    done = smooth(problem, starts={"run": 1, "dig": 5})
    assert (done.starts["run"], done.finish, done.peaks) == (1, 7, {"crew": 1.0})


@pytest.mark.parametrize(
    ("problem", "options", "said"),
    [
        (Problem((Activity("A", 4, splittable=True),)), {}, "'A' may be split, which smoothing cannot do"),
        (Problem((Activity("A", 4),)), {"finish": 3}, "the finish 3 lies before that of the schedule, 4"),
        (Problem((Activity("A", 4),)), {"starts": {}}, "'A' has no start"),
        (
            Problem((Activity("A", 4), Activity("B", 4)), (Link("A", "B"),)),
            {"starts": {"A": 0, "B": 3}},
            "'B' starts before its predecessors or its date allow",
        ),
        (Problem((Activity("A", 60, calendar=WEEK),)), {"starts": {"A": 0}}, "'A' starts when it does not work"),
        (Problem((Activity("A", 4),)), {"rounds": 0}, "the number of rounds"),
        (Problem((Activity("A", 4),)), {"rounds": 2.5}, "the number of rounds is 2.5"),
        (Problem((Activity("A", 4),)), {"seed": None}, "the seed is None"),
        (Problem((Activity("A", 4),)), {"finish": "late"}, "the finish is 'late'"),
        (Problem((Activity("A", 4),)), {"starts": {"A": 0.5}}, "the start of activity 'A' is 0.5"),
        (Problem((Activity("A", 4),)), {"starts": {"A": 0, "B": 3}}, "a start is given of 'B', which is no activity"),
        (Problem((Activity("A", 4, started=1),)), {"starts": {"A": 0}}, "'A' is to start at 0, but began at 1"),
    ],
)
def test_smoothing_that_is_refused(problem: Problem, options: dict[str, object], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        smooth(problem, **options)  # type: ignore[arg-type]  # one table of several kinds
